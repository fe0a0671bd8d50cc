package staff

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/limit"
	"myisp/models/session"
)

// The limits of log-in, as customers have them. Codes of the second factor are short: whoever has the password already
// gets few guesses, fifty a day, of a million codes of which three hold.
var (
	perAccountAndAddress = limit.Rule{Name: "staff:account+address", Max: 8, Window: 5 * time.Minute}
	perAccount           = limit.Rule{Name: "staff:account", Max: 30, Window: 15 * time.Minute}
	perAddress           = limit.Rule{Name: "staff:address", Max: 60, Window: 15 * time.Minute}
	codesPerAccount      = limit.Rule{Name: "staff:code", Max: 8, Window: 5 * time.Minute}
	codesPerDay          = limit.Rule{Name: "staff:code/day", Max: 50, Window: 24 * time.Hour}
)

// LogIn checks login and password and starts a session; pending says that it waits for the second factor (VerifyCode).
// Errors: db.Invalid on "password", limit.TooMany.
func (s *Store) LogIn(ctx context.Context, login, password, ip, userAgent string) (token string, pending bool, err error) {
	account, source := db.Fold(login), limit.Source(ip)
	if err := s.limits.TakeAll(ctx, limit.Claim{Rule: perAddress, Subject: source},
		limit.Claim{Rule: perAccountAndAddress, Subject: account + "\x00" + source}, limit.Claim{Rule: perAccount, Subject: account}); err != nil {
		return "", false, err
	}
	m, err := db.From[Member](s.d.Q(ctx)).Where("(login_folded = ? OR email = ?) AND disabled = ?", account, foldEmail(login), false).
		Order("id").Take()
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return "", false, err
	}
	fits := false
	if err != nil {
		err = s.hasher.VerifyNobody(ctx, password)
	} else {
		fits, err = s.hasher.Verify(ctx, password, m.PasswordHash)
	}
	if err != nil {
		return "", false, err
	}
	if !fits {
		return "", false, db.Invalid{"password": "login.error.wrong"}
	}
	if err := s.limits.Clear(ctx, perAccountAndAddress, account+"\x00"+source); err != nil {
		return "", false, err
	}
	if err := s.limits.Clear(ctx, perAccount, account); err != nil {
		return "", false, err
	}
	if m.HasFactor() {
		token, err = s.sessions.Start(ctx, session.StaffPending, m.ID, ip, userAgent)
		return token, true, err
	}
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		token, err = s.enter(ctx, m, ip, userAgent, "")
		return err
	})
	return token, false, err
}

// enter starts a session, and logs it with the kind of second factor that was given.
func (s *Store) enter(ctx context.Context, m Member, ip, userAgent, factor string) (string, error) {
	token, err := s.sessions.Start(ctx, session.Staff, m.ID, ip, userAgent)
	if err != nil {
		return "", err
	}
	var after any
	if factor != "" {
		after = map[string]string{"second_factor": factor}
	}
	return token, s.record(asMember(ctx, m, ip, userAgent), audit.StaffLogIn, m, nil, after)
}

func asMember(ctx context.Context, m Member, ip, userAgent string) context.Context {
	return audit.With(ctx, audit.Actor{Kind: audit.Staff, ID: m.ID, Name: m.Name, IP: ip, UserAgent: userAgent})
}

// Pending returns the member whose log-in waits for the second factor; db.ErrNotFound when it waited too long.
func (s *Store) Pending(ctx context.Context, token string) (Member, error) {
	row, err := s.sessions.Find(ctx, session.StaffPending, token)
	if err != nil {
		return Member{}, err
	}
	m, err := db.From[Member](s.d.Q(ctx)).Where("id = ? AND disabled = ?", row.SubjectID, false).Take()
	return m, db.Found(err)
}

// VerifyCode is the second step of a log-in: a code of the authenticator or a recovery code, in exchange for a session.
// Errors: db.ErrNotFound as of Pending, db.Invalid on "code", limit.TooMany.
func (s *Store) VerifyCode(ctx context.Context, pending, code, ip, userAgent string) (token string, err error) {
	m, err := s.Pending(ctx, pending)
	if err != nil {
		return "", err
	}
	account := m.LoginFolded
	if err := s.limits.TakeAll(ctx, limit.Claim{Rule: codesPerAccount, Subject: account}, limit.Claim{Rule: codesPerDay, Subject: account}); err != nil {
		return "", err
	}
	ctx = asMember(ctx, m, ip, userAgent)
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		kind, err := s.spend(ctx, m, code)
		if err != nil {
			return err
		}
		if err := s.sessions.Drop(ctx, session.StaffPending, pending); err != nil {
			return err
		}
		for _, rule := range []limit.Rule{codesPerAccount, codesPerDay} {
			if err := s.limits.Clear(ctx, rule, account); err != nil {
				return err
			}
		}
		token, err = s.enter(ctx, m, ip, userAgent, kind)
		return err
	})
	if db.KindOf(err) == db.Unprocess { // the password was right, so its owner should know
		return "", errors.Join(err, s.record(ctx, audit.SecondFactorFailed, m, nil, nil))
	}
	return token, err
}

// Resume returns the member of a session token; db.ErrNotFound when the session is over or the member disabled.
func (s *Store) Resume(ctx context.Context, token string) (Member, session.Session, error) {
	row, err := s.sessions.Find(ctx, session.Staff, token)
	if err != nil {
		return Member{}, row, err
	}
	m, err := db.From[Member](s.d.Q(ctx)).Where("id = ? AND disabled = ?", row.SubjectID, false).Take()
	if err != nil {
		return m, row, db.Found(err)
	}
	if m.grants, err = s.grants(ctx, m.Role); err != nil {
		return m, row, err
	}
	return m, row, s.sessions.Touch(ctx, row)
}

// LogOut ends the session.
func (s *Store) LogOut(ctx context.Context, m Member, sessionID int64) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.endActings(ctx, sessionID); err != nil {
			return err
		}
		if err := s.sessions.End(ctx, session.Staff, m.ID, sessionID); err != nil {
			return err
		}
		return s.record(ctx, audit.StaffLogOut, m, nil, nil)
	})
}

// StepUpAfter is how long after giving the password a member may change roles, colleagues and the own second factor
// without giving it again: a session left open, or its stolen cookie, is not enough for that.
const StepUpAfter = 15 * time.Minute

// Fresh reports whether the session's owner gave the password lately enough for what needs it.
func (s *Store) Fresh(row session.Session) bool { return s.d.Now().Sub(row.Proved()) <= StepUpAfter }

// StepUp takes the password again, and notes in the session that it did. Errors: db.Invalid on "password", limit.TooMany.
func (s *Store) StepUp(ctx context.Context, m Member, row session.Session, password, ip string) error {
	if err := s.confirm(ctx, m, password, ip, "password"); err != nil {
		return err
	}
	return s.sessions.Prove(ctx, row.ID)
}

// confirm checks the password of a member who is signed in, within the limits of log-in.
func (s *Store) confirm(ctx context.Context, m Member, password, ip, field string) error {
	pair := m.LoginFolded + "\x00" + limit.Source(ip)
	if err := s.limits.TakeAll(ctx, limit.Claim{Rule: perAccountAndAddress, Subject: pair}, limit.Claim{Rule: perAccount, Subject: m.LoginFolded}); err != nil {
		return err
	}
	fits, err := s.hasher.Verify(ctx, password, m.PasswordHash)
	if err != nil {
		return err
	}
	if !fits {
		return db.Invalid{field: "error.password_wrong"}
	}
	if err := s.limits.Clear(ctx, perAccountAndAddress, pair); err != nil {
		return err
	}
	return s.limits.Clear(ctx, perAccount, m.LoginFolded)
}
