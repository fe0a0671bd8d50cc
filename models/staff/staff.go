// Package staff holds the provider's own people: who they are, what their roles let them do, how they sign in at /admin,
// and how they manage each other without anybody gaining more than they have.
package staff

import (
	"context"
	"net/mail"
	"strings"
	"time"

	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/job"
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
	PasswordHash string    `gorm:"size:200;not null" json:"-"`
	Disabled     bool      `gorm:"not null"`
	CreatedAt    time.Time `gorm:"not null"`
	UpdatedAt    time.Time `gorm:"not null"`
	// The second factor: the sealed secret ("" is none), the one that is being set up, and the last step whose code was
	// taken, because no code is taken twice.
	FactorSecret  string `gorm:"not null" json:"-"`
	FactorPending string `gorm:"not null" json:"-"`
	FactorStep    int64  `gorm:"not null" json:"-"`

	grants []Permission
}

// TableName names the table.
func (Member) TableName() string { return "staff_members" }

// HasFactor reports whether the member logs in with a second factor.
func (m Member) HasFactor() bool { return m.FactorSecret != "" }

// logged is what the audit log tells of a member: no secrets.
type logged struct {
	Login    string `json:"login"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Role     string `json:"role"`
	Language string `json:"language"`
	Disabled bool   `json:"disabled"`
}

func (m Member) logged() logged {
	return logged{m.Login, m.Name, m.Email, m.Role, m.Language, m.Disabled}
}

// Store holds the staff.
type Store struct {
	d        *db.DB
	hasher   *secret.Hasher
	box      *secret.Box
	codeKey  []byte
	jobs     *job.Store
	limits   *limit.Store
	sessions *session.Store
	log      *audit.Store
}

// New returns the staff on d. Keys seal second factors and authenticate recovery codes.
func New(d *db.DB, hasher *secret.Hasher, keys secret.Keys, jobs *job.Store, limits *limit.Store, sessions *session.Store, log *audit.Store) *Store {
	return &Store{d: d, hasher: hasher, box: keys.Box(), codeKey: keys.Code(), jobs: jobs, limits: limits, sessions: sessions, log: log}
}

// Add creates a member with a password. Errors: db.Invalid on login, role, password_new.
func (s *Store) Add(ctx context.Context, m *Member, password string) error {
	hash, err := s.newcomer(ctx, m, password)
	if err != nil {
		return err
	}
	m.PasswordHash = hash
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.create(ctx, m); err != nil {
			return err
		}
		return s.record(ctx, audit.StaffAdded, *m, nil, m.logged())
	})
}

// newcomer checks a member who is to be created and hashes the password.
func (s *Store) newcomer(ctx context.Context, m *Member, password string) (hash string, err error) {
	m.Login, m.LoginFolded = strings.TrimSpace(m.Login), db.Fold(m.Login)
	m.Email = foldEmail(m.Email)
	bad := db.Invalid{}
	if m.LoginFolded == "" {
		bad["login"] = "error.required"
	} else if len(m.Login) > 200 || len(m.LoginFolded) > 200 {
		bad["login"] = "error.too_long"
	}
	if strings.Contains(m.Login, "@") {
		if taken, err := s.emailTaken(ctx, m.Login, m.ID); err != nil {
			return "", err
		} else if taken {
			bad["login"] = "profile.error.login_taken"
		}
	}
	if ok, err := s.roleExists(ctx, m.Role); err != nil {
		return "", err
	} else if !ok {
		bad["role"] = "error.choice"
	}
	if reason := secret.Refuse(password, m.Login, m.Name, m.Email); reason != "" {
		bad["password_new"] = reason
	}
	if err := bad.Or(); err != nil {
		return "", err
	}
	return s.hasher.Hash(ctx, password)
}

func (s *Store) create(ctx context.Context, m *Member) error {
	m.CreatedAt, m.UpdatedAt = s.d.Now(), s.d.Now()
	err := s.d.Q(ctx).Create(m).Error
	if db.IsDuplicate(err) {
		return db.Invalid{"login": "profile.error.login_taken"}
	}
	return err
}

// SetPassword gives a member a new password and ends their sessions; the command line does it.
func (s *Store) SetPassword(ctx context.Context, login, password string) error {
	m, err := s.byLogin(ctx, login)
	if err != nil {
		return err
	}
	hash, err := s.checkedHash(ctx, m, password)
	if err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.storeHash(ctx, m, hash); err != nil {
			return err
		}
		return s.endSessions(ctx, m.ID)
	})
}

func (s *Store) checkedHash(ctx context.Context, m Member, password string) (string, error) {
	if reason := secret.Refuse(password, m.Login, m.Name, m.Email); reason != "" {
		return "", db.Invalid{"password_new": reason}
	}
	return s.hasher.Hash(ctx, password)
}

// storeHash replaces the password, and with it every link to a new one.
func (s *Store) storeHash(ctx context.Context, m Member, hash string) error {
	now := s.d.Now()
	if err := s.set(ctx, m.ID, map[string]any{"password_hash": hash}); err != nil {
		return err
	}
	if err := s.d.Q(ctx).Model(&PasswordLink{}).Where("member_id = ? AND ended_at IS NULL", m.ID).Update("ended_at", now).Error; err != nil {
		return err
	}
	return s.record(ctx, audit.StaffPasswordSet, m, nil, nil)
}

func (s *Store) set(ctx context.Context, id int64, columns map[string]any) error {
	columns["updated_at"] = s.d.Now()
	return s.d.Q(ctx).Model(&Member{}).Where("id = ?", id).Updates(columns).Error
}

// endSessions signs a member out everywhere, and out of log-ins that wait for the second factor.
func (s *Store) endSessions(ctx context.Context, id int64) error {
	if err := s.endActingsBut(ctx, id, 0); err != nil {
		return err
	}
	if err := s.sessions.EndAll(ctx, session.Staff, id); err != nil {
		return err
	}
	return s.sessions.EndAll(ctx, session.StaffPending, id)
}

// record enters a change of a member into the audit log.
func (s *Store) record(ctx context.Context, action audit.Action, m Member, before, after any) error {
	return s.log.Record(ctx, audit.Change{Action: action, Object: "staff", ObjectID: m.Login, ObjectName: m.Name, Before: before, After: after})
}

// All lists the staff by login.
func (s *Store) All(ctx context.Context) ([]Member, error) {
	return db.From[Member](s.d.Q(ctx)).Order("login_folded").Find()
}

// Find returns a member by id.
func (s *Store) Find(ctx context.Context, id int64) (Member, error) {
	m, err := db.From[Member](s.d.Q(ctx)).Where("id = ?", id).Take()
	return m, db.Found(err)
}

func (s *Store) byLogin(ctx context.Context, login string) (Member, error) {
	m, err := db.From[Member](s.d.Q(ctx)).Where("login_folded = ?", db.Fold(login)).Take()
	return m, db.Found(err)
}

// foldEmail brings an address into the form in which log-in compares it.
func foldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// checkPerson reports what of a name and an address cannot be stored.
func checkPerson(bad db.Invalid, name, email string) {
	switch {
	case name == "":
		bad["name"] = "error.required"
	case len(name) > 200:
		bad["name"] = "error.too_long"
	}
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email || len(email) > 254 {
		bad["email"] = "error.email"
	}
}

// emailTaken reports whether another member has the address, be it as login: two with one could not both log in by it.
func (s *Store) emailTaken(ctx context.Context, email string, but int64) (bool, error) {
	n, err := db.From[Member](s.d.Q(ctx)).Where("(email = ? OR login_folded = ?) AND id <> ?", foldEmail(email), db.Fold(email), but).Count("id")
	return n > 0, err
}
