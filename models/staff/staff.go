// Package staff holds the provider's own people: who they are, their role, and how they sign in at /admin.
package staff

import (
	"context"
	"errors"
	"strings"
	"time"

	"gorm.io/gorm"

	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/limit"
	"myisp/models/session"
)

// Member is one of the provider's people.
type Member struct {
	ID           int64     `gorm:"primaryKey"`
	Login        string    `gorm:"size:200;not null"`
	LoginFolded  string    `gorm:"size:200;not null;uniqueIndex"`
	Email        string    `gorm:"size:254;not null"`
	Name         string    `gorm:"size:200;not null"`
	Role         string    `gorm:"size:32;not null"`
	Language     string    `gorm:"size:16;not null"`
	PasswordHash string    `gorm:"size:200;not null"`
	Disabled     bool      `gorm:"not null"`
	CreatedAt    time.Time `gorm:"not null"`
	UpdatedAt    time.Time `gorm:"not null"`

	grants []Permission
}

// TableName names the table.
func (Member) TableName() string { return "staff_members" }

// Store holds the staff.
type Store struct {
	d        *db.DB
	hasher   *secret.Hasher
	limits   *limit.Store
	sessions *session.Store
	log      *audit.Store
}

// New returns the staff on d.
func New(d *db.DB, hasher *secret.Hasher, limits *limit.Store, sessions *session.Store, log *audit.Store) *Store {
	return &Store{d, hasher, limits, sessions, log}
}

// Add creates a member with a password. Errors: db.Invalid on login, role, password_new.
func (s *Store) Add(ctx context.Context, m *Member, password string) error {
	m.Login, m.LoginFolded = strings.TrimSpace(m.Login), db.Fold(m.Login)
	m.Email = strings.ToLower(strings.TrimSpace(m.Email)) // log-in by e-mail compares it so
	bad := db.Invalid{}
	if m.LoginFolded == "" || len(m.Login) > 200 {
		bad["login"] = "error.required"
	}
	if ok, err := s.roleExists(ctx, m.Role); err != nil {
		return err
	} else if !ok {
		bad["role"] = "error.choice"
	}
	if reason := secret.Refuse(password, m.Login, m.Name, m.Email); reason != "" {
		bad["password_new"] = reason
	}
	if err := bad.Or(); err != nil {
		return err
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	m.PasswordHash, m.CreatedAt, m.UpdatedAt = hash, s.d.Now(), s.d.Now()
	if err := s.d.Q(ctx).Create(m).Error; db.IsDuplicate(err) {
		return db.Invalid{"login": "profile.error.login_taken"}
	} else if err != nil {
		return err
	}
	return nil
}

// SetPassword gives a member a new password and ends their sessions.
func (s *Store) SetPassword(ctx context.Context, login, password string) error {
	m, err := gorm.G[Member](s.d.Q(ctx)).Where("login_folded = ?", db.Fold(login)).Take(ctx)
	if err != nil {
		return db.Found(err)
	}
	if reason := secret.Refuse(password, m.Login, m.Name, m.Email); reason != "" {
		return db.Invalid{"password_new": reason}
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		err := s.d.Q(ctx).Model(&Member{}).Where("id = ?", m.ID).Updates(map[string]any{"password_hash": hash, "updated_at": s.d.Now()}).Error
		if err != nil {
			return err
		}
		return s.sessions.EndAll(ctx, session.Staff, m.ID)
	})
}

// All lists the staff by login.
func (s *Store) All(ctx context.Context) ([]Member, error) {
	return gorm.G[Member](s.d.Q(ctx)).Order("login_folded").Find(ctx)
}

// The limits of log-in, as customers have them.
var (
	perAccountAndAddress = limit.Rule{Name: "staff:account+address", Max: 8, Window: 5 * time.Minute}
	perAccount           = limit.Rule{Name: "staff:account", Max: 30, Window: 15 * time.Minute}
	perAddress           = limit.Rule{Name: "staff:address", Max: 60, Window: 15 * time.Minute}
)

// LogIn checks login and password and starts a session. Errors: db.Invalid on "password", limit.TooMany.
func (s *Store) LogIn(ctx context.Context, login, password, ip, userAgent string) (token string, err error) {
	account, source := db.Fold(login), limit.Source(ip)
	if err := s.limits.TakeAll(ctx, limit.Claim{Rule: perAddress, Subject: source},
		limit.Claim{Rule: perAccountAndAddress, Subject: account + "\x00" + source}, limit.Claim{Rule: perAccount, Subject: account}); err != nil {
		return "", err
	}
	m, err := gorm.G[Member](s.d.Q(ctx)).Where("(login_folded = ? OR email = ?) AND disabled = ?", account, strings.ToLower(strings.TrimSpace(login)), false).
		Order("id").First(ctx)
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return "", err
	}
	fits := false
	if err != nil {
		err = s.hasher.VerifyNobody(ctx, password)
	} else {
		fits, err = s.hasher.Verify(ctx, password, m.PasswordHash)
	}
	if err != nil {
		return "", err
	}
	if !fits {
		return "", db.Invalid{"password": "login.error.wrong"}
	}
	if err := s.limits.Clear(ctx, perAccountAndAddress, account+"\x00"+source); err != nil {
		return "", err
	}
	if err := s.limits.Clear(ctx, perAccount, account); err != nil {
		return "", err
	}
	ctx = audit.With(ctx, audit.Actor{Kind: audit.Staff, ID: m.ID, Name: m.Name, IP: ip, UserAgent: userAgent})
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		token, err = s.sessions.Start(ctx, session.Staff, m.ID, ip, userAgent)
		if err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.StaffLogIn, Object: "staff", ObjectID: m.Login, ObjectName: m.Name})
	})
	return token, err
}

// Resume returns the member of a session token; db.ErrNotFound when the session is over or the member disabled.
func (s *Store) Resume(ctx context.Context, token string) (Member, session.Session, error) {
	row, err := s.sessions.Find(ctx, session.Staff, token)
	if err != nil {
		return Member{}, row, err
	}
	m, err := gorm.G[Member](s.d.Q(ctx)).Where("id = ? AND disabled = ?", row.SubjectID, false).Take(ctx)
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
		if err := s.sessions.End(ctx, session.Staff, m.ID, sessionID); err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.StaffLogOut, Object: "staff", ObjectID: m.Login, ObjectName: m.Name})
	})
}
