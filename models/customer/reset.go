package customer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"myisp/internal/phone"
	"myisp/internal/secret"
	"myisp/models/db"
	"myisp/models/limit"
	"myisp/models/session"
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

// The limits of asking count an account from one address, and an address, so that no stranger elsewhere uses up the
// owner's. Codes that are really sent are counted for the account: who asks in a crowd neither fills its owner's
// mailbox nor spends the provider's SMS. That one is kept in silence, because saying so would tell that the account exists.
var (
	resetPerAccountAndAddress = limit.Rule{Name: "reset:account+address", Max: 3, Window: 15 * time.Minute}
	resetPerPairAndDay        = limit.Rule{Name: "reset:account+address/day", Max: 6, Window: 24 * time.Hour}
	resetPerAddress           = limit.Rule{Name: "reset:address", Max: 20, Window: time.Hour}
	resetPerAddressAndDay     = limit.Rule{Name: "reset:address/day", Max: 100, Window: 24 * time.Hour}
	codesPerAccountAndDay     = limit.Rule{Name: "reset:codes/day", Max: 10, Window: 24 * time.Hour}
	guessPerAddress           = limit.Rule{Name: "reset:guess", Max: 40, Window: time.Hour}
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

// ResetCode is the payload of the job JobResetCode: what is to be sent to whom. Customer 0 is nobody.
type ResetCode struct {
	CustomerID int64
	Channel    string
	To         string
	Code       string
	Language   string
	Host       string
	Request    string // the handle, where staff asked: their customer's browser does not have it yet
}

// JobResetCode sends a reset code by mail or SMS.
const JobResetCode = "customer.reset_code"

// AskReset takes a reset request and returns the handle under which the code is to be confirmed; it belongs into the
// asking browser's cookie. The answer is the same whether the account exists or not, and so is the work: every request
// runs the same statements and enqueues a job, which for nobody does nothing. Errors: limit.TooMany, db.Invalid.
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
	source := limit.Source(a.IP)
	pair := db.Fold(a.Identifier) + "\x00" + source
	if err := s.limits.TakeAll(ctx, limit.Claim{Rule: resetPerAddress, Subject: source}, limit.Claim{Rule: resetPerAddressAndDay, Subject: source},
		limit.Claim{Rule: resetPerAccountAndAddress, Subject: pair}, limit.Claim{Rule: resetPerPairAndDay, Subject: pair}); err != nil {
		return "", err
	}
	code, err := secret.Code(a.Alphabet, a.Length, rand.Reader)
	if err != nil {
		return "", err
	}
	id, to, err := s.resettable(ctx, a)
	if err != nil {
		return "", err
	}
	handle = secret.Token()
	now := s.d.Now()
	row := ResetRequest{HandleHash: secret.SHA256Hex(handle), CustomerID: id, Channel: a.Channel, CodeHash: s.codeHash(handle, code),
		CreatedAt: now, ExpiresAt: now.Add(ResetLife)}
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.d.Q(ctx).Create(&row).Error; err != nil {
			return err
		}
		return s.jobs.Enqueue(ctx, JobResetCode, ResetCode{CustomerID: id, Channel: a.Channel, To: to, Code: code, Language: a.Language, Host: a.Host})
	})
	return handle, err
}

// resettable finds the one customer whose identifier and contact both fit and who may be sent a code, and where to; 0 when
// there is none. What is asked of the database does not depend on what is found.
func (s *Store) resettable(ctx context.Context, a ResetAsk) (id int64, to string, err error) {
	kind, value := ContactEmail, FoldEmail(a.Contact)
	if a.Channel == BySMS {
		number, err := phone.Normalize(a.Contact, a.Region)
		if err != nil {
			number = "" // nobody's
		}
		kind, value = ContactPhone, number
	}
	having := s.d.Q(ctx).Model(&Contact{}).Select("customer_id").Where("kind = ? AND value = ?", kind, value)
	var found []int64
	if err := s.called(ctx, a.ByEmail, a.Identifier, a.PartnerID).Model(&Customer{}).Where("id IN (?)", having).Limit(1).Pluck("id", &found).Error; err != nil {
		return 0, "", err
	}
	if len(found) > 0 {
		id, to = found[0], value
	}
	subject := strconv.FormatInt(id, 10)
	if id == 0 {
		subject = "nobody\x00" + db.Fold(a.Identifier) // a counter of its own, as an account has
	}
	may, err := s.maySend(ctx, id, subject, limit.Source(a.IP))
	if err != nil || !may {
		return 0, "", err
	}
	return id, to, nil
}

// maySend counts a code for the subject, which stands for the customer, and tells whether it is within the day's. Where the
// customer has logged in before the owner probably is, so a crowd elsewhere cannot use up that chance.
func (s *Store) maySend(ctx context.Context, id int64, subject, source string) (bool, error) {
	known, err := s.sessions.Addresses(ctx, session.Customer, id)
	if err != nil {
		return false, err
	}
	err = s.limits.Take(ctx, codesPerAccountAndDay, subject)
	if errors.As(err, new(limit.TooMany)) {
		return slices.ContainsFunc(known, func(ip string) bool { return limit.Source(ip) == source }), nil
	}
	return err == nil, err
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
