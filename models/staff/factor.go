package staff

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
)

// RecoveryCode lets a member in once, instead of a code of the authenticator that was lost.
type RecoveryCode struct {
	ID       int64      `gorm:"primaryKey"`
	MemberID int64      `gorm:"not null;index"`
	CodeHash string     `gorm:"size:64;not null;uniqueIndex"`
	UsedAt   *time.Time `gorm:""`
}

// TableName names the table.
func (RecoveryCode) TableName() string { return "staff_recovery_codes" }

// A code holds for a step; one step before and after counts too, because clocks differ (RFC 6238, 5.2).
const (
	stepSeconds   = 30
	recoveryCodes = 10
)

// recoveryAlphabet has no characters that are taken for others: two times five of them are 49 bits.
const recoveryAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

var errCode = db.Invalid{"code": "staff.error.code"}

// Enrolment is what an authenticator needs to make codes.
type Enrolment struct {
	Secret string // base32, in groups of four as a person types it
	URL    string // otpauth://…, for a QR code
}

func sealedAt(memberID int64) string { return "staff/" + strconv.FormatInt(memberID, 10) + "/factor" }

// BeginFactor draws a new secret and keeps it until a code of it proves that an authenticator has it. A second factor that
// is there already goes on until then.
func (o Self) BeginFactor(ctx context.Context) error {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "MyISP", AccountName: "staff"})
	if err != nil {
		return err
	}
	sealed, err := o.s.box.SealText(key.Secret(), sealedAt(o.m.ID))
	if err != nil {
		return err
	}
	return o.s.set(ctx, o.m.ID, map[string]any{"factor_pending": sealed})
}

// Enrolment returns the secret that waits for its first code; false when none does. Issuer names the portal in the
// authenticator.
func (o Self) Enrolment(issuer string) (Enrolment, bool, error) {
	if o.m.FactorPending == "" {
		return Enrolment{}, false, nil
	}
	key, err := o.s.box.OpenText(o.m.FactorPending, sealedAt(o.m.ID))
	if err != nil {
		return Enrolment{}, false, err
	}
	var groups []string
	for rest := key; rest != ""; {
		n := min(4, len(rest))
		groups = append(groups, rest[:n])
		rest = rest[n:]
	}
	issuer = strings.ReplaceAll(issuer, ":", " ")
	q := "secret=" + key + "&issuer=" + url.PathEscape(issuer) // authenticators do not read + as a space
	return Enrolment{Secret: strings.Join(groups, " "), URL: "otpauth://totp/" + url.PathEscape(issuer+":"+o.m.Login) + "?" + q}, true, nil
}

// ConfirmFactor makes the waiting secret the second factor and returns new recovery codes, which nobody can read again.
// Errors: db.Invalid on "code".
func (o Self) ConfirmFactor(ctx context.Context, code string) (recovery []string, err error) {
	if o.m.FactorPending == "" {
		return nil, errCode
	}
	key, err := o.s.box.OpenText(o.m.FactorPending, sealedAt(o.m.ID))
	if err != nil {
		return nil, err
	}
	step, ok := matchStep(key, digits(code), o.s.d.Now(), 0)
	if !ok {
		return nil, errCode
	}
	err = o.s.d.Tx(ctx, func(ctx context.Context) error {
		r := o.s.d.Q(ctx).Model(&Member{}).Where("id = ? AND factor_pending = ?", o.m.ID, o.m.FactorPending).
			Updates(map[string]any{"factor_secret": o.m.FactorPending, "factor_pending": "", "factor_step": step, "updated_at": o.s.d.Now()})
		if r.Error != nil {
			return r.Error
		}
		if r.RowsAffected == 0 {
			return errCode
		}
		if recovery, err = o.s.newRecoveryCodes(ctx, o.m.ID); err != nil {
			return err
		}
		return o.s.record(ctx, audit.SecondFactorSet, o.m, nil, nil)
	})
	return recovery, err
}

// RemoveFactor takes the member's own second factor away; required refuses it, because it would be asked for at once.
// Errors: db.Invalid on "factor".
func (o Self) RemoveFactor(ctx context.Context, required bool) error {
	if required {
		return db.Invalid{"factor": "staff.error.factor_required"}
	}
	return o.s.dropFactor(ctx, o.m, audit.SecondFactorRemoved)
}

// RenewRecoveryCodes replaces the recovery codes by ten new ones. Errors: db.Invalid on "factor".
func (o Self) RenewRecoveryCodes(ctx context.Context) (codes []string, err error) {
	if !o.m.HasFactor() {
		return nil, db.Invalid{"factor": "staff.error.no_factor"}
	}
	err = o.s.d.Tx(ctx, func(ctx context.Context) error {
		if codes, err = o.s.newRecoveryCodes(ctx, o.m.ID); err != nil {
			return err
		}
		return o.s.record(ctx, audit.RecoveryCodesRenewed, o.m, nil, nil)
	})
	return codes, err
}

// RecoveryCodesLeft counts the member's unused recovery codes.
func (o Self) RecoveryCodesLeft(ctx context.Context) (int64, error) {
	return db.From[RecoveryCode](o.s.d.Q(ctx)).Where("member_id = ? AND used_at IS NULL", o.m.ID).Count("id")
}

// ResetFactor takes a member's second factor away by login, for the command line: the way back in when everybody's is lost.
func (s *Store) ResetFactor(ctx context.Context, login string) error {
	m, err := s.byLogin(ctx, login)
	if err != nil {
		return err
	}
	return s.dropFactor(ctx, m, audit.SecondFactorReset)
}

func (s *Store) dropFactor(ctx context.Context, m Member, action audit.Action) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.set(ctx, m.ID, map[string]any{"factor_secret": "", "factor_pending": ""}); err != nil {
			return err
		}
		if err := s.d.Q(ctx).Where("member_id = ?", m.ID).Delete(&RecoveryCode{}).Error; err != nil {
			return err
		}
		if !m.HasFactor() {
			return nil
		}
		return s.record(ctx, action, m, nil, nil)
	})
}

// spend takes a code of the second factor, once, and tells of what kind it was: "authenticator" or "recovery_code".
func (s *Store) spend(ctx context.Context, m Member, code string) (kind string, err error) {
	if plain := digits(code); len(plain) == 6 && strings.Trim(plain, "0123456789") == "" {
		return "authenticator", s.spendStep(ctx, m, plain)
	}
	r := s.d.Q(ctx).Model(&RecoveryCode{}).Where("member_id = ? AND code_hash = ? AND used_at IS NULL", m.ID, s.recoveryHash(m.ID, code)).
		Update("used_at", s.d.Now())
	if r.Error == nil && r.RowsAffected == 0 {
		r.Error = errCode
	}
	return "recovery_code", r.Error
}

func (s *Store) spendStep(ctx context.Context, m Member, code string) error {
	if !m.HasFactor() {
		return errCode
	}
	key, err := s.box.OpenText(m.FactorSecret, sealedAt(m.ID))
	if err != nil {
		return err
	}
	step, ok := matchStep(key, code, s.d.Now(), m.FactorStep)
	if !ok {
		return errCode
	}
	// The step is taken in one statement, so that of two log-ins with one code only one comes in.
	r := s.d.Q(ctx).Model(&Member{}).Where("id = ? AND factor_step < ?", m.ID, step).Update("factor_step", step)
	if r.Error == nil && r.RowsAffected == 0 {
		return errCode
	}
	return r.Error
}

// matchStep finds the step, later than the last one taken, whose code this is.
func matchStep(key, code string, now time.Time, last int64) (int64, bool) {
	current := now.Unix() / stepSeconds
	for _, step := range []int64{current, current - 1, current + 1} {
		if step <= last || step < 0 {
			continue
		}
		want, err := hotp.GenerateCodeCustom(key, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && secret.Equal([]byte(want), []byte(code)) {
			return step, true
		}
	}
	return 0, false
}

// digits drops what people type between the groups of a code.
func digits(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, strings.TrimSpace(code))
}

func (s *Store) newRecoveryCodes(ctx context.Context, memberID int64) ([]string, error) {
	if err := s.d.Q(ctx).Where("member_id = ?", memberID).Delete(&RecoveryCode{}).Error; err != nil {
		return nil, err
	}
	codes, rows := make([]string, recoveryCodes), make([]RecoveryCode, recoveryCodes)
	for i := range codes {
		code, err := secret.Code(recoveryAlphabet, 10, rand.Reader)
		if err != nil {
			return nil, err
		}
		codes[i] = code[:5] + "-" + code[5:]
		rows[i] = RecoveryCode{MemberID: memberID, CodeHash: s.recoveryHash(memberID, codes[i])}
	}
	return codes, s.d.Q(ctx).Create(&rows).Error
}

func (s *Store) recoveryHash(memberID int64, code string) string {
	return hex.EncodeToString(secret.MAC(s.codeKey, "staff recovery", strconv.FormatInt(memberID, 10), strings.ToUpper(digits(code))))
}
