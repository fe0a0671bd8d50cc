package staff

import (
	"cmp"
	"context"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
)

// How long the links in mails hold; each works once.
const (
	InvitationLife   = 72 * time.Hour
	PasswordLinkLife = time.Hour
)

// Invitation is a place among the staff that somebody has been offered by mail.
type Invitation struct {
	ID          int64      `gorm:"primaryKey"`
	TokenHash   string     `gorm:"size:64;not null;uniqueIndex" json:"-"`
	Email       string     `gorm:"size:254;not null"`
	Name        string     `gorm:"size:200;not null"`
	Role        string     `gorm:"size:32;not null"`
	Language    string     `gorm:"size:16;not null"`
	InviterName string     `gorm:"size:200;not null"`
	SentAt      time.Time  `gorm:"not null"`
	ExpiresAt   time.Time  `gorm:"not null;index"`
	EndedAt     *time.Time `gorm:""` // accepted or revoked
}

// TableName names the table.
func (Invitation) TableName() string { return "staff_invitations" }

// PasswordLink lets a member choose a new password.
type PasswordLink struct {
	ID        int64      `gorm:"primaryKey"`
	TokenHash string     `gorm:"size:64;not null;uniqueIndex" json:"-"`
	MemberID  int64      `gorm:"not null;index"`
	CreatedAt time.Time  `gorm:"not null"`
	ExpiresAt time.Time  `gorm:"not null;index"`
	EndedAt   *time.Time `gorm:""`
}

// TableName names the table.
func (PasswordLink) TableName() string { return "staff_password_links" }

// JobLink sends a Link by mail.
const JobLink = "staff.link"

// Link is the payload of JobLink.
type Link struct {
	Invitation bool // else to a new password
	To         string
	Name       string
	By         string // who invites, or helps to the password
	Language   string
	URL        string
	ExpiresAt  time.Time
}

// Invite offers somebody a place and sends the link; host is scheme and host of the link. Errors: db.Forbidden for a role
// beyond the member's own, db.Invalid on name, email, role.
func (m Manager) Invite(ctx context.Context, i Invitation, host string) (Invitation, error) {
	i.Name, i.Email, i.InviterName, i.EndedAt = strings.TrimSpace(i.Name), foldEmail(i.Email), m.by.Name, nil
	err := m.change(ctx, "invitation", i.Email, func(ctx context.Context) error {
		if err := m.reach(ctx, i.Role); err != nil {
			return err
		}
		if err := m.checkInvitation(ctx, i); err != nil {
			return err
		}
		i.ID = 0
		token := m.renew(&i)
		if err := m.s.d.Q(ctx).Create(&i).Error; err != nil {
			return err
		}
		return m.send(ctx, audit.StaffInvited, i, host, token)
	})
	return i, err
}

func (m Manager) checkInvitation(ctx context.Context, i Invitation) error {
	bad := db.Invalid{}
	checkPerson(bad, i.Name, i.Email)
	if len(i.Language) > 16 {
		bad["language"] = "error.choice"
	}
	if ok, err := m.s.roleExists(ctx, i.Role); err != nil {
		return err
	} else if !ok {
		bad["role"] = "error.choice"
	}
	if taken, err := m.s.emailTaken(ctx, i.Email, 0); err != nil {
		return err
	} else if taken {
		bad["email"] = "staff.error.email_taken"
	}
	open, err := db.From[Invitation](m.s.d.Q(ctx)).Where("email = ? AND ended_at IS NULL AND expires_at > ?", i.Email, m.s.d.Now()).Count("id")
	if err != nil {
		return err
	}
	if open > 0 {
		bad["email"] = "staff.error.invited"
	}
	return bad.Or()
}

// renew gives an invitation a new token; the link sent before is dead.
func (m Manager) renew(i *Invitation) (token string) {
	token = secret.Token()
	i.TokenHash, i.SentAt, i.ExpiresAt = secret.SHA256Hex(token), m.s.d.Now(), m.s.d.Now().Add(InvitationLife)
	return token
}

func (m Manager) send(ctx context.Context, action audit.Action, i Invitation, host, token string) error {
	if err := m.recordInvitation(ctx, action, i); err != nil {
		return err
	}
	return m.s.jobs.Enqueue(ctx, JobLink, Link{Invitation: true, To: i.Email, Name: i.Name, By: m.by.Name, Language: i.Language,
		URL: host + "/admin/invitation/" + token, ExpiresAt: i.ExpiresAt})
}

func (m Manager) recordInvitation(ctx context.Context, action audit.Action, i Invitation) error {
	return m.s.log.Record(ctx, audit.Change{Action: action, Object: "invitation", ObjectID: i.Email, ObjectName: i.Name,
		After: map[string]string{"role": i.Role}})
}

// Invitations lists those that nobody has accepted or revoked, the latest first; expired ones can be sent again.
func (s *Store) Invitations(ctx context.Context) ([]Invitation, error) {
	return db.From[Invitation](s.d.Q(ctx)).Where("ended_at IS NULL").Order("sent_at DESC, id DESC").Limit(200).Find()
}

// Resend sends an invitation again, with a new link that holds as long as a new one.
func (m Manager) Resend(ctx context.Context, id int64, host string) error {
	return m.change(ctx, "invitation", idText(id), func(ctx context.Context) error {
		i, err := m.invitation(ctx, id)
		if err != nil {
			return err
		}
		if ok, err := m.s.roleExists(ctx, i.Role); err != nil {
			return err
		} else if !ok {
			return db.Fail(db.Conflict, "staff.error.role_gone")
		}
		token := m.renew(&i)
		if err := m.s.d.Q(ctx).Save(&i).Error; err != nil {
			return err
		}
		return m.send(ctx, audit.InvitationResent, i, host, token)
	})
}

// Revoke takes an invitation back; its link is dead.
func (m Manager) Revoke(ctx context.Context, id int64) error {
	return m.change(ctx, "invitation", idText(id), func(ctx context.Context) error {
		i, err := m.invitation(ctx, id)
		if err != nil {
			return err
		}
		if err := m.s.d.Q(ctx).Model(&Invitation{}).Where("id = ?", id).Update("ended_at", m.s.d.Now()).Error; err != nil {
			return err
		}
		return m.recordInvitation(ctx, audit.InvitationRevoked, i)
	})
}

func (m Manager) invitation(ctx context.Context, id int64) (Invitation, error) {
	var i Invitation
	err := m.s.d.Q(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ? AND ended_at IS NULL", id).Take(&i).Error
	if err != nil {
		return i, db.Found(err)
	}
	return i, m.reach(ctx, i.Role)
}

// Invitation returns the one that a link belongs to; db.ErrNotFound when it was used, revoked, or is too old.
func (s *Store) Invitation(ctx context.Context, token string) (Invitation, error) {
	i, err := db.From[Invitation](s.d.Q(ctx)).Where("token_hash = ? AND ended_at IS NULL AND expires_at > ?", secret.SHA256Hex(token), s.d.Now()).Take()
	return i, db.Found(err)
}

// Acceptance is what an invited person enters.
type Acceptance struct {
	Login, Name, Language, Password string
	IP, UserAgent                   string
}

// Accept makes an invited person a member, spends the link and starts a session. Errors: db.ErrNotFound as of Invitation,
// db.Invalid on login, name, password_new.
func (s *Store) Accept(ctx context.Context, token string, a Acceptance) (sessionToken string, err error) {
	i, err := s.Invitation(ctx, token)
	if err != nil {
		return "", err
	}
	m := Member{Login: a.Login, Name: strings.TrimSpace(a.Name), Email: i.Email, Role: i.Role, Language: a.Language}
	bad := db.Invalid{}
	checkPerson(bad, m.Name, m.Email)
	hash, err := s.newcomer(ctx, &m, a.Password)
	if err != nil {
		return "", merge(bad, err)
	}
	if err := bad.Or(); err != nil {
		return "", err
	}
	m.PasswordHash = hash
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		// Somebody may have been given the address since: two with one could not both log in by it.
		if taken, err := s.emailTaken(ctx, i.Email, 0); err != nil || taken {
			return cmp.Or(err, error(db.ErrNotFound))
		}
		r := s.d.Q(ctx).Model(&Invitation{}).Where("id = ? AND token_hash = ? AND ended_at IS NULL", i.ID, i.TokenHash).Update("ended_at", s.d.Now())
		if r.Error != nil {
			return r.Error
		}
		if r.RowsAffected == 0 {
			return db.ErrNotFound
		}
		m.ID = 0
		if err := s.create(ctx, &m); err != nil {
			return err
		}
		if err := s.record(asMember(ctx, m, a.IP, a.UserAgent), audit.InvitationAccepted, m, nil, m.logged()); err != nil {
			return err
		}
		sessionToken, err = s.enter(ctx, m, a.IP, a.UserAgent, "")
		return err
	})
	return sessionToken, err
}

// merge adds the fields of a validation error to others; any other error stands alone.
func merge(bad db.Invalid, err error) error {
	more, ok := err.(db.Invalid)
	if !ok {
		return err
	}
	for field, key := range more {
		bad[field] = key
	}
	return bad
}

// SendPasswordLink sends a colleague a link to a new password. The old one and the sessions go on until it is used.
func (m Manager) SendPasswordLink(ctx context.Context, id int64, host string) error {
	return m.change(ctx, "staff", idText(id), func(ctx context.Context) error {
		who, err := m.within(ctx, id)
		if err != nil {
			return err
		}
		token, now := secret.Token(), m.s.d.Now()
		l := PasswordLink{TokenHash: secret.SHA256Hex(token), MemberID: id, CreatedAt: now, ExpiresAt: now.Add(PasswordLinkLife)}
		if err := m.s.d.Q(ctx).Model(&PasswordLink{}).Where("member_id = ? AND ended_at IS NULL", id).Update("ended_at", now).Error; err != nil {
			return err
		}
		if err := m.s.d.Q(ctx).Create(&l).Error; err != nil {
			return err
		}
		if err := m.s.record(ctx, audit.StaffPasswordLink, who, nil, nil); err != nil {
			return err
		}
		return m.s.jobs.Enqueue(ctx, JobLink, Link{To: who.Email, Name: who.Name, By: m.by.Name, Language: who.Language,
			URL: host + "/admin/password/" + token, ExpiresAt: l.ExpiresAt})
	})
}

// PasswordLinkOf returns whose password a link changes; db.ErrNotFound when it was used or is too old.
func (s *Store) PasswordLinkOf(ctx context.Context, token string) (Member, error) {
	l, err := db.From[PasswordLink](s.d.Q(ctx)).Where("token_hash = ? AND ended_at IS NULL AND expires_at > ?", secret.SHA256Hex(token), s.d.Now()).Take()
	if err != nil {
		return Member{}, db.Found(err)
	}
	m, err := db.From[Member](s.d.Q(ctx)).Where("id = ? AND disabled = ?", l.MemberID, false).Take()
	return m, db.Found(err)
}

// UsePasswordLink gives the link's owner a new password, spends the link, and signs them out everywhere. Errors:
// db.ErrNotFound as of PasswordLinkOf, db.Invalid on password_new.
func (s *Store) UsePasswordLink(ctx context.Context, token, password, ip, userAgent string) error {
	m, err := s.PasswordLinkOf(ctx, token)
	if err != nil {
		return err
	}
	hash, err := s.checkedHash(ctx, m, password)
	if err != nil {
		return err
	}
	return s.d.Tx(asMember(ctx, m, ip, userAgent), func(ctx context.Context) error {
		r := s.d.Q(ctx).Model(&PasswordLink{}).Where("token_hash = ? AND ended_at IS NULL", secret.SHA256Hex(token)).Update("ended_at", s.d.Now())
		if r.Error != nil {
			return r.Error
		}
		if r.RowsAffected == 0 {
			return db.ErrNotFound
		}
		if err := s.storeHash(ctx, m, hash); err != nil {
			return err
		}
		return s.endSessions(ctx, m.ID)
	})
}

// PurgeLinks deletes password links that ended before t, and invitations that were accepted or revoked before.
func (s *Store) PurgeLinks(ctx context.Context, t time.Time) (int64, error) {
	links := s.d.Q(ctx).Where("expires_at < ?", t).Delete(&PasswordLink{})
	if links.Error != nil {
		return 0, links.Error
	}
	r := s.d.Q(ctx).Where("ended_at < ? OR expires_at < ?", t, t).Delete(&Invitation{})
	return links.RowsAffected + r.RowsAffected, r.Error
}
