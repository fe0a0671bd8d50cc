package customer

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/limit"
	"myisp/models/session"
)

// Attempt is one try to log in.
type Attempt struct {
	ByEmail    bool // G2: the identifier is an e-mail address, not a login
	Identifier string
	Password   string
	PartnerID  int64 // the partner of the host; 0 lets every partner's customers in
	IP         string
	UserAgent  string
}

// The limits of log-in. The narrow one stops guessing at one account from one place; the wide ones stop a crowd. None
// lasts longer than 15 minutes, so nobody can lock a customer out for long.
var (
	perAccountAndAddress = limit.Rule{Name: "login:account+address", Max: 8, Window: 5 * time.Minute}
	perAccount           = limit.Rule{Name: "login:account", Max: 30, Window: 15 * time.Minute}
	perAddress           = limit.Rule{Name: "login:address", Max: 150, Window: 15 * time.Minute}
)

// sameEmail bounds how many accounts of one address a log-in by e-mail tries: families share addresses.
const sameEmail = 4

// errWrong is the one answer for an unknown identifier, a wrong password and another partner's customer (AUTH-1).
var errWrong = db.Invalid{"password": "login.error.wrong"}

// LogIn checks the credentials and starts a session; the token goes into the cookie. Unknown accounts take as long as
// known ones and get the same answer. Errors: db.Invalid on "password", limit.TooMany.
func (s *Store) LogIn(ctx context.Context, a Attempt) (token string, err error) {
	account, source := db.Fold(a.Identifier), limit.Source(a.IP)
	if err := s.limits.TakeAll(ctx, limit.Claim{Rule: perAddress, Subject: source},
		limit.Claim{Rule: perAccountAndAddress, Subject: account + "\x00" + source}, limit.Claim{Rule: perAccount, Subject: account}); err != nil {
		return "", err
	}
	c, err := s.authenticate(ctx, a)
	ctx = audit.With(ctx, audit.Actor{Kind: audit.Customer, ID: c.ID, Name: c.Name, IP: a.IP, UserAgent: a.UserAgent})
	if db.KindOf(err) == db.Unprocess {
		if err := s.log.Note(ctx, c.ID, audit.OpLogIn, audit.Refused, ""); err != nil {
			return "", err
		}
	}
	if err != nil {
		return "", err
	}
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.limits.Clear(ctx, perAccountAndAddress, account+"\x00"+source); err != nil {
			return err
		}
		if err := s.limits.Clear(ctx, perAccount, account); err != nil {
			return err
		}
		if err := s.d.Q(ctx).Model(&Customer{}).Where("id = ?", c.ID).UpdateColumn("last_online_at", s.d.Now()).Error; err != nil {
			return err
		}
		if token, err = s.sessions.Start(ctx, session.Customer, c.ID, a.IP, a.UserAgent); err != nil {
			return err
		}
		return s.log.Note(ctx, c.ID, audit.OpLogIn, audit.Done, "")
	})
	return token, err
}

// authenticate returns whom the credentials fit. With errWrong comes the account that was tried, for the portal log; an
// empty one when there is no such account.
func (s *Store) authenticate(ctx context.Context, a Attempt) (Customer, error) {
	candidates, err := s.candidates(ctx, a.ByEmail, a.Identifier, a.PartnerID)
	if err != nil {
		return Customer{}, err
	}
	checked := false
	for _, c := range candidates {
		if c.PasswordHash == "" {
			continue
		}
		checked = true
		fits, err := s.hasher.Verify(ctx, a.Password, c.PasswordHash)
		if err != nil {
			return Customer{}, err
		}
		if fits {
			return c, nil
		}
	}
	if !checked {
		if err := s.hasher.VerifyNobody(ctx, a.Password); err != nil {
			return Customer{}, err
		}
	}
	if len(candidates) == 1 {
		return candidates[0], errWrong
	}
	return Customer{}, errWrong
}

func (s *Store) candidates(ctx context.Context, byEmail bool, identifier string, partner int64) ([]Customer, error) {
	var list []Customer
	err := s.called(ctx, byEmail, identifier, partner).Limit(sameEmail).Find(&list).Error
	return list, err
}

// called narrows a query to the customers whom an identifier names (G2), in a fixed order.
func (s *Store) called(ctx context.Context, byEmail bool, identifier string, partner int64) *gorm.DB {
	q := s.d.Q(ctx).Where("login_folded = ?", db.Fold(identifier))
	if byEmail {
		q = s.d.Q(ctx).Where("id IN (?)", s.d.Q(ctx).Model(&Contact{}).Select("customer_id").
			Where("kind = ? AND value = ?", ContactEmail, FoldEmail(identifier)))
	}
	if partner != 0 {
		q = q.Where("partner_id = ?", partner)
	}
	return q.Order("id")
}

// LogOut ends the session.
func (m Me) LogOut(ctx context.Context, sessionID int64) error {
	return m.s.sessions.End(ctx, session.Customer, m.id, sessionID)
}

// SetPassword gives a customer a new password and ends every session. The error is db.Invalid on "password_new".
func (s *Store) SetPassword(ctx context.Context, customerID int64, password string) error {
	c, err := s.Find(ctx, customerID)
	if err != nil {
		return err
	}
	hash, err := s.checkedHash(ctx, c, password)
	if err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error { return s.storeHash(ctx, customerID, hash) })
}

func (s *Store) checkedHash(ctx context.Context, c Customer, password string) (string, error) {
	if reason := secret.Refuse(password, append(strings.Split(c.Email, ","), c.Login, c.Name)...); reason != "" {
		return "", db.Invalid{"password_new": reason}
	}
	return s.hasher.Hash(ctx, password)
}

func (s *Store) storeHash(ctx context.Context, customerID int64, hash string) error {
	now := s.d.Now()
	err := s.d.Q(ctx).Model(&Customer{}).Where("id = ?", customerID).
		Updates(map[string]any{"password_hash": hash, "password_changed_at": now, "updated_at": now}).Error
	if err != nil {
		return err
	}
	return s.sessions.EndAll(ctx, session.Customer, customerID)
}
