package customer

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"

	"myisp/internal/phone"
	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/session"
)

// What staff do at the desk for a customer's credentials: set a password, send a code for one, sign devices out.

// GivePassword sets a customer's password for staff, typed twice. It ends every session and is entered into the log
// without the password, which is never shown again. Errors: db.ErrNotFound, db.Invalid on "password_new" and "confirm".
func (s *Store) GivePassword(ctx context.Context, customerID int64, password, again string) error {
	c, err := s.Find(ctx, customerID)
	if err != nil {
		return err
	}
	if password == "" {
		return db.Invalid{"password_new": "error.required"}
	}
	if password != again {
		return db.Invalid{"confirm": "error.password_mismatch"}
	}
	hash, err := s.checkedHash(ctx, c, password)
	if err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.storeHash(ctx, customerID, hash); err != nil {
			return err
		}
		// Codes that are under way would let somebody set yet another one.
		if err := s.d.Q(ctx).Model(&ResetRequest{}).Where("customer_id = ? AND used_at IS NULL", c.ID).Update("used_at", s.d.Now()).Error; err != nil {
			return err
		}
		// Whoever sets a password can log in with it: the customer is told, and sees it among what happened.
		if err := s.log.Note(ctx, c.ID, audit.OpPasswordGiven, audit.Done, ""); err != nil {
			return err
		}
		if err := s.tell(ctx, c, ProfileNotice{Password: true}); err != nil {
			return err
		}
		return s.log.Record(ctx, changeOf(audit.CustomerPassword, c))
	})
}

// tell has every address that is, or was, a customer's told of what staff changed.
func (s *Store) tell(ctx context.Context, was Customer, n ProfileNotice) error {
	n.CustomerID, n.At, n.Staff, n.Language = was.ID, s.d.Now(), true, was.Language
	for _, to := range phone.Split(was.Email) {
		n.To = to
		if err := s.jobs.Enqueue(ctx, JobProfileNotice, n); err != nil {
			return err
		}
	}
	return nil
}

// Ways lists where a code for a new password can be sent: "email:alice@example.com", "sms:+14155550101".
func (c *Customer) Ways(region string) []string {
	var ways []string
	for _, contact := range c.Contacts(region) {
		way := ByMail + ":" + contact.Value
		if contact.Kind == ContactPhone {
			way = BySMS + ":" + contact.Value
		}
		if !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	return ways
}

// Invitation is staff's wish to send a customer a code for a new password.
type Invitation struct {
	Way              string // one of Ways
	Region           string
	Alphabet         string // G7 or G9
	Length           int    // G8 or G10
	Language, Origin string // of the letter; scheme and host of its link
}

// SendCode sends a customer the code of a password reset that staff have asked for, with a link that opens the page where
// it is entered; nobody learns a password by it. The code lives as long as any other (ResetLife), and counts among those of the
// day. Errors: db.ErrNotFound, db.Invalid on "way", limit.TooMany.
func (s *Store) SendCode(ctx context.Context, customerID int64, i Invitation) error {
	c, err := s.Find(ctx, customerID)
	if err != nil {
		return err
	}
	if !slices.Contains(c.Ways(i.Region), i.Way) {
		return db.Invalid{"way": "error.choice"}
	}
	channel, to, _ := strings.Cut(i.Way, ":")
	if err := s.limits.Take(ctx, codesPerAccountAndDay, strconv.FormatInt(c.ID, 10)); err != nil {
		return err
	}
	code, err := secret.Code(i.Alphabet, i.Length, rand.Reader)
	if err != nil {
		return err
	}
	handle := secret.Token()
	now := s.d.Now()
	row := ResetRequest{HandleHash: secret.SHA256Hex(handle), CustomerID: c.ID, Channel: channel, CodeHash: s.codeHash(handle, code),
		CreatedAt: now, ExpiresAt: now.Add(ResetLife)}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.d.Q(ctx).Create(&row).Error; err != nil {
			return err
		}
		payload := ResetCode{CustomerID: c.ID, Channel: channel, To: to, Code: code, Language: i.Language, Host: i.Origin, Request: handle}
		if err := s.jobs.Enqueue(ctx, JobResetCode, payload); err != nil {
			return err
		}
		masked := to
		if channel == BySMS {
			masked = phone.Mask(to)
		}
		change := changeOf(audit.CustomerPasswordSent, c)
		change.After = map[string]string{"channel": channel, "to": masked}
		return s.log.Record(ctx, change)
	})
}

// EndSessions signs one device of a customer out for staff, or with 0 all of them.
func (s *Store) EndSessions(ctx context.Context, customerID, sessionID int64) error {
	c, err := s.Find(ctx, customerID)
	if err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		list, err := s.Of(customerID).Sessions(ctx)
		if err != nil {
			return err
		}
		ended := 0
		for _, live := range list {
			if sessionID != 0 && live.ID != sessionID {
				continue
			}
			if err := s.sessions.End(ctx, session.Customer, customerID, live.ID); err != nil {
				return err
			}
			ended++
		}
		if sessionID != 0 && ended == 0 {
			return db.ErrNotFound
		}
		if ended == 0 {
			return nil
		}
		change := changeOf(audit.CustomerSessionsEnded, c)
		change.After = map[string]int{"sessions": ended}
		return s.log.Record(ctx, change)
	})
}
