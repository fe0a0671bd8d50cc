package customer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"gorm.io/gorm"

	"myisp/internal/phone"
	"myisp/internal/secret"
	"myisp/models/db"
	"myisp/models/limit"
)

// The ways a reset code travels (G4).
const (
	ByMail = "email"
	BySMS  = "sms"
)

// The bounds of a password reset: a code lives ten minutes and bears five tries.
const (
	ResetLife  = 10 * time.Minute
	resetTries = 5
)

var (
	resetPerAccount = limit.Rule{Name: "reset:account", Max: 3, Window: 15 * time.Minute}
	resetPerAddress = limit.Rule{Name: "reset:address", Max: 20, Window: time.Hour}
	guessPerAddress = limit.Rule{Name: "reset:guess", Max: 40, Window: time.Hour}
)

// ResetRequest is one asked-for reset. Requests for unknown accounts are rows too (customer 0): they answer, expire and
// run out of tries like the others, so nothing tells them apart from outside.
type ResetRequest struct {
	ID         int64      `gorm:"primaryKey"`
	HandleHash string     `gorm:"size:64;not null;uniqueIndex"`
	CustomerID int64      `gorm:"not null;index"`
	Channel    string     `gorm:"size:8;not null"`
	CodeHash   string     `gorm:"size:64;not null"`
	Tries      int        `gorm:"not null"`
	CreatedAt  time.Time  `gorm:"not null"`
	ExpiresAt  time.Time  `gorm:"not null;index"`
	UsedAt     *time.Time `gorm:""`
}

// ResetAsk is the first step of AUTH-3: who lost the password, and the address or number that proves it.
type ResetAsk struct {
	ByEmail    bool // G2: the identifier is an e-mail address
	Identifier string
	Channel    string // G4: ByMail or BySMS
	Contact    string
	Region     string // the country of numbers written without one
	Alphabet   string // G7 or G9
	Length     int    // G8 or G10
	PartnerID  int64  // as in Attempt
	Language   string
	Host       string // scheme and host for the link in the mail
	IP         string
}

// ResetCode is the payload of the job JobResetCode: what is to be sent to whom.
type ResetCode struct {
	CustomerID int64
	Channel    string
	To         string
	Code       string
	Language   string
	Host       string
}

// JobResetCode sends a reset code by mail or SMS.
const JobResetCode = "customer.reset_code"

// AskReset takes a reset request and returns the handle under which the code is to be confirmed; it belongs into the
// asking browser's cookie. The answer is the same whether the account exists or not. Errors: limit.TooMany, db.Invalid.
func (s *Store) AskReset(ctx context.Context, a ResetAsk) (handle string, err error) {
	bad := db.Invalid{}
	if db.Fold(a.Identifier) == "" {
		bad["identifier"] = "error.required"
	}
	if db.Fold(a.Contact) == "" {
		bad["contact"] = "error.required"
	}
	if err := bad.Or(); err != nil {
		return "", err
	}
	if err := s.limits.Take(ctx, resetPerAddress, limit.Source(a.IP)); err != nil {
		return "", err
	}
	if err := s.limits.Take(ctx, resetPerAccount, db.Fold(a.Identifier)); err != nil {
		return "", err
	}
	code, err := secret.Code(a.Alphabet, a.Length, rand.Reader)
	if err != nil {
		return "", err
	}
	c, to, err := s.resettable(ctx, a)
	if err != nil {
		return "", err
	}
	handle = secret.Token()
	now := s.d.Now()
	row := ResetRequest{HandleHash: secret.SHA256Hex(handle), CustomerID: c.ID, Channel: a.Channel, CodeHash: s.codeHash(handle, code),
		CreatedAt: now, ExpiresAt: now.Add(ResetLife)}
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.d.Q(ctx).Create(&row).Error; err != nil || c.ID == 0 {
			return err
		}
		return s.jobs.Enqueue(ctx, JobResetCode, ResetCode{CustomerID: c.ID, Channel: a.Channel, To: to, Code: code, Language: a.Language, Host: a.Host})
	})
	return handle, err
}

// resettable finds the one customer whose identifier and contact both fit; the zero Customer when there is none.
func (s *Store) resettable(ctx context.Context, a ResetAsk) (Customer, string, error) {
	kind, value := ContactEmail, FoldEmail(a.Contact)
	if a.Channel == BySMS {
		number, err := phone.Normalize(a.Contact, a.Region)
		if err != nil {
			return Customer{}, "", nil
		}
		kind, value = ContactPhone, number
	}
	candidates, err := s.candidates(ctx, a.ByEmail, a.Identifier, a.PartnerID)
	if err != nil {
		return Customer{}, "", err
	}
	for _, c := range candidates {
		n, err := gorm.G[Contact](s.d.Q(ctx)).Where("customer_id = ? AND kind = ? AND value = ?", c.ID, kind, value).Count(ctx, "id")
		if err != nil {
			return Customer{}, "", err
		}
		if n > 0 {
			return c, value, nil
		}
	}
	return Customer{}, "", nil
}

func (s *Store) codeHash(handle, code string) string {
	return hex.EncodeToString(secret.MAC(s.codeKey, "reset", handle, code))
}

// errCode is the one answer for a wrong, used, expired or never sent code.
var errCode = db.Invalid{"code": "reset.error.code"}

// ConfirmReset is the second step of AUTH-3: the code and the new password. It ends all sessions of the customer.
// Errors: db.Invalid on "code" or "password_new", limit.TooMany.
func (s *Store) ConfirmReset(ctx context.Context, handle, code, password, ip string) error {
	if err := s.limits.Take(ctx, guessPerAddress, limit.Source(ip)); err != nil {
		return err
	}
	// The password is checked before the code is spent, so that a weak one costs neither the code nor a try.
	if reason := secret.Refuse(password); reason != "" {
		return db.Invalid{"password_new": reason}
	}
	request, err := s.spendTry(ctx, handle)
	if err != nil {
		return err
	}
	if request.CustomerID == 0 || !secret.Equal([]byte(request.CodeHash), []byte(s.codeHash(handle, code))) {
		return errCode
	}
	c, err := s.Find(ctx, request.CustomerID)
	if err != nil {
		return err
	}
	hash, err := s.checkedHash(ctx, c, password)
	if err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		now := s.d.Now()
		r := s.d.Q(ctx).Model(&ResetRequest{}).Where("id = ? AND used_at IS NULL", request.ID).Update("used_at", now)
		if r.Error != nil {
			return r.Error
		}
		if r.RowsAffected == 0 {
			return errCode
		}
		// Codes that other requests of this customer still hold die with the old password.
		if err := s.d.Q(ctx).Model(&ResetRequest{}).Where("customer_id = ? AND used_at IS NULL", c.ID).Update("used_at", now).Error; err != nil {
			return err
		}
		return s.storeHash(ctx, c.ID, hash)
	})
}

// spendTry counts a try in the same statement that checks it, so that parallel guesses cannot share one.
func (s *Store) spendTry(ctx context.Context, handle string) (ResetRequest, error) {
	var row ResetRequest
	now := s.d.Now()
	r := s.d.Q(ctx).Model(&ResetRequest{}).
		Where("handle_hash = ? AND used_at IS NULL AND expires_at > ? AND tries < ?", secret.SHA256Hex(handle), now, resetTries).
		UpdateColumn("tries", gorm.Expr("tries + 1"))
	if r.Error != nil {
		return row, r.Error
	}
	if r.RowsAffected == 0 {
		return row, errCode
	}
	err := s.d.Q(ctx).Where("handle_hash = ?", secret.SHA256Hex(handle)).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return row, errCode
	}
	return row, err
}

// PurgeResets deletes requests that ended before t.
func (s *Store) PurgeResets(ctx context.Context, t time.Time) (int64, error) {
	r := s.d.Q(ctx).Where("expires_at < ?", t).Delete(&ResetRequest{})
	return r.RowsAffected, r.Error
}
