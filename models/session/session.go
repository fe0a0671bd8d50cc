// Package session keeps who is signed in on which device, for customers and staff alike.
//
// The browser holds a random token only; the table holds its SHA-256, so a copy of the database signs nobody in.
package session

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"myisp/internal/secret"
	"myisp/models/db"
)

// Realm separates customers' sessions from staff's: a token of one never opens the other.
type Realm string

// The realms. A session of StaffPending knows a password and not yet the second factor: it opens nothing but the question
// for the code.
const (
	Customer     Realm = "customer"
	Staff        Realm = "staff"
	StaffPending Realm = "pending"
)

// Session is one signed-in device.
type Session struct {
	ID         int64      `gorm:"primaryKey"`
	TokenHash  string     `gorm:"size:64;not null;uniqueIndex"`
	Realm      Realm      `gorm:"size:8;not null;index:sessions_subject,priority:1"`
	SubjectID  int64      `gorm:"not null;index:sessions_subject,priority:2"`
	IP         string     `gorm:"size:64;not null"`
	UserAgent  string     `gorm:"size:300;not null"`
	CreatedAt  time.Time  `gorm:"not null"`
	LastSeenAt time.Time  `gorm:"not null"`
	ExpiresAt  time.Time  `gorm:"not null;index"`
	RevokedAt  *time.Time `gorm:""`
	ProvedAt   *time.Time `gorm:""` // when its owner last gave the password again; nil since log-in

	// A customer's session that is a member of staff's: who acts as the customer, out of which session of theirs, and
	// whether they may change anything. 0 for sessions of the subject's own.
	ActorID        int64 `gorm:"not null"`
	ActorSessionID int64 `gorm:"not null;index:sessions_actor,where:actor_session_id > 0"`
	ActorWrites    bool  `gorm:"not null"`
}

// Proved is when the session's owner last gave the password.
func (s Session) Proved() time.Time {
	if s.ProvedAt != nil {
		return *s.ProvedAt
	}
	return s.CreatedAt
}

// How long sessions last: idle without being used, whole from log-in on however much it is used, so that a stolen cookie
// ends by itself. Customers look in about once a month, on a phone of their own, at their own account only. Staff see
// everybody's: a working day at most, and an hour (ASVS 7.3; NIST 800-63B, AAL2) that outlasts a long call, not an evening.
const (
	customerIdle  = 30 * 24 * time.Hour
	customerWhole = 90 * 24 * time.Hour
	staffIdle     = 60 * time.Minute
	staffWhole    = 12 * time.Hour
	pendingWhole  = 10 * time.Minute // from the password to the code
	touchEvery    = 5 * time.Minute  // how exactly a session's last use is known; no longer than a part of the shortest idle
)

// Longest is how long a session can last; what a browser keeps of it may last as long.
const Longest = customerWhole

func (r Realm) idle() time.Duration {
	switch r {
	case Staff:
		return staffIdle
	case StaffPending:
		return pendingWhole
	}
	return customerIdle
}

func (r Realm) whole() time.Duration {
	switch r {
	case Staff:
		return staffWhole
	case StaffPending:
		return pendingWhole
	}
	return customerWhole
}

// Store is the table of sessions.
type Store struct{ d *db.DB }

// New returns the sessions on d.
func New(d *db.DB) *Store { return &Store{d} }

// Start signs a subject in and returns the token for its cookie. Every log-in gets a new one.
func (s *Store) Start(ctx context.Context, realm Realm, subject int64, ip, userAgent string) (token string, err error) {
	token = secret.Token()
	row := s.starting(token, realm, subject, ip, userAgent)
	return token, s.d.Q(ctx).Create(&row).Error
}

func (s *Store) starting(token string, realm Realm, subject int64, ip, userAgent string) Session {
	now := s.d.Now()
	userAgent = strings.ToValidUTF8(userAgent[:min(len(userAgent), 300)], "") // browsers send what they like, PostgreSQL takes UTF-8 only
	return Session{TokenHash: secret.SHA256Hex(token), Realm: realm, SubjectID: subject, IP: ip, UserAgent: userAgent,
		CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(realm.idle())}
}

// Find returns the live session of a token; db.ErrNotFound when it is unknown, expired, ended, or of another realm.
func (s *Store) Find(ctx context.Context, realm Realm, token string) (Session, error) {
	var row Session
	err := s.d.Q(ctx).Scopes(s.Live(realm, token)).Take(&row).Error
	return row, db.Found(err)
}

// Live narrows a query that has the sessions table to the live session of a token, so that whoever the session belongs to
// can be read with it in one statement.
func (s *Store) Live(realm Realm, token string) func(*gorm.DB) *gorm.DB {
	return func(g *gorm.DB) *gorm.DB {
		return s.alive(g.Where("sessions.token_hash = ?", secret.SHA256Hex(token)), realm)
	}
}

// alive narrows a query to the sessions of a realm that have not ended: neither signed out, nor idle or old for too long.
func (s *Store) alive(g *gorm.DB, realm Realm) *gorm.DB {
	now := s.d.Now()
	return g.Where("sessions.realm = ? AND sessions.revoked_at IS NULL AND sessions.expires_at > ? AND sessions.created_at > ?",
		realm, now, now.Add(-realm.whole()))
}

// Touch notes that the session was used just now, at most once in five minutes, and moves its end.
func (s *Store) Touch(ctx context.Context, row Session) error {
	now := s.d.Now()
	if now.Sub(row.LastSeenAt) < touchEvery {
		return nil
	}
	set := map[string]any{"last_seen_at": now, "expires_at": now.Add(row.Realm.idle())}
	if row.Acting() {
		delete(set, "expires_at") // it ends when it was to end
	}
	return s.d.Q(ctx).Model(&Session{}).Where("id = ?", row.ID).Updates(set).Error
}

// Prove notes that the session's owner has just given the password again.
func (s *Store) Prove(ctx context.Context, id int64) error {
	return s.d.Q(ctx).Model(&Session{}).Where("id = ?", id).Update("proved_at", s.d.Now()).Error
}

// EndOthers signs the subject out everywhere but in one session, and tells how many ended.
func (s *Store) EndOthers(ctx context.Context, realm Realm, subject, kept int64) (int64, error) {
	r := s.alive(s.d.Q(ctx).Model(&Session{}).Where("subject_id = ? AND id <> ?", subject, kept), realm).Update("revoked_at", s.d.Now())
	return r.RowsAffected, r.Error
}

// End signs one session of the subject out.
func (s *Store) End(ctx context.Context, realm Realm, subject, id int64) error {
	return s.d.Q(ctx).Model(&Session{}).Where("realm = ? AND subject_id = ? AND id = ? AND revoked_at IS NULL", realm, subject, id).
		Update("revoked_at", s.d.Now()).Error
}

// Drop ends the session of a token, whoever's it is: a browser that logs in anew leaves none behind.
func (s *Store) Drop(ctx context.Context, realm Realm, token string) error {
	return s.d.Q(ctx).Model(&Session{}).Where("token_hash = ? AND realm = ? AND revoked_at IS NULL", secret.SHA256Hex(token), realm).
		Update("revoked_at", s.d.Now()).Error
}

// EndAll signs the subject out everywhere: by wish, and at every change of the password.
func (s *Store) EndAll(ctx context.Context, realm Realm, subject int64) error {
	return s.d.Q(ctx).Model(&Session{}).Where("realm = ? AND subject_id = ? AND revoked_at IS NULL", realm, subject).
		Update("revoked_at", s.d.Now()).Error
}

// List returns the subject's sessions, last used first.
func (s *Store) List(ctx context.Context, realm Realm, subject int64) ([]Session, error) {
	var rows []Session
	err := s.alive(s.d.Q(ctx).Where("subject_id = ?", subject), realm).
		Order("last_seen_at DESC, id DESC").Limit(100).Find(&rows).Error
	return rows, err
}

// Addresses returns from where the subject signed in last, ended sessions included while they are kept.
func (s *Store) Addresses(ctx context.Context, realm Realm, subject int64) ([]string, error) {
	var ips []string
	err := s.d.Q(ctx).Model(&Session{}).Where("realm = ? AND subject_id = ? AND actor_id = 0", realm, subject).Order("id DESC").Limit(20).Pluck("ip", &ips).Error
	return ips, err
}

// Purge deletes sessions that ended before t.
func (s *Store) Purge(ctx context.Context, t time.Time) (int64, error) {
	r := s.d.Q(ctx).Where("expires_at < ? OR revoked_at < ?", t, t).Delete(&Session{})
	return r.RowsAffected, r.Error
}
