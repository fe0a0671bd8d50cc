package customer

import (
	"context"

	"myisp/models/db"
	"myisp/models/session"
)

// Visit is a customer, without password hash and search text, with what every page may speak of: of Billing the days, and
// where the customer comes with a session what identifies it.
type Visit struct {
	Customer            Customer
	Session             session.Session // ID, Realm, SubjectID, LastSeenAt, ExpiresAt and who acts
	BlockedOn, BlocksOn db.Day
}

// Also is what a caller reads with the same statement: ", expression …" over the customer c, and where the values go.
type Also struct {
	Columns string
	Into    []any
}

const (
	visitColumns = `COALESCE(b.blocked_on, ''), COALESCE(b.blocks_on, ''),
	c.id, c.partner_id, c.location_id, c.parent_id, c.billing_type, c.status, c.status_since, c.category, c.login, c.login_folded,
	c.password_changed_at, c.name, c.email, c.billing_email, c.phone, c.street, c.zip, c.city, c.company_id, c.vat_id, c.language, c.theme,
	c.created_at, c.updated_at, c.last_online_at`
	sessionColumns = ", sessions.id, sessions.last_seen_at, sessions.expires_at, sessions.actor_id, sessions.actor_session_id, sessions.actor_writes, sessions.created_at, sessions.proved_at"
	visitBilling   = "LEFT JOIN customer_billings b ON b.customer_id = c.id"
)

func (v *Visit) into() []any {
	c := &v.Customer
	return []any{&v.BlockedOn, &v.BlocksOn,
		&c.ID, &c.PartnerID, &c.LocationID, &c.ParentID, &c.BillingType, &c.Status, &c.StatusSince, &c.Category, &c.Login, &c.LoginFolded,
		&c.PasswordChangedAt, &c.Name, &c.Email, &c.BillingEmail, &c.Phone, &c.Street, &c.Zip, &c.City, &c.CompanyID, &c.VatID, &c.Language, &c.Theme,
		&c.CreatedAt, &c.UpdatedAt, &c.LastOnlineAt}
}

// Resume returns who comes with a session token, with one statement; db.ErrNotFound when the session is over.
// A session that is Acting is a member of staff's: staff.Store.Acting says whether they still may.
func (s *Store) Resume(ctx context.Context, token string, also Also) (Visit, error) {
	v := Visit{Session: session.Session{Realm: session.Customer}}
	q := s.d.Q(ctx).Table("sessions").Joins("JOIN customers c ON c.id = sessions.subject_id " + visitBilling).
		Scopes(s.sessions.Live(session.Customer, token)).Select(visitColumns + sessionColumns + also.Columns)
	row := &v.Session
	err := db.One(q, append(append(v.into(), &row.ID, &row.LastSeenAt, &row.ExpiresAt, &row.ActorID, &row.ActorSessionID, &row.ActorWrites, &row.CreatedAt, &row.ProvedAt), also.Into...)...)
	if err != nil {
		return Visit{}, err
	}
	v.Session.SubjectID = v.Customer.ID
	return v, s.sessions.Touch(ctx, v.Session)
}

// Visit reads the same of the customer where there is no session.
func (m Me) Visit(ctx context.Context, also Also) (Visit, error) {
	var v Visit
	q := m.s.d.Q(ctx).Table("customers c").Joins(visitBilling).Where("c.id = ?", m.id).Select(visitColumns + also.Columns)
	err := db.One(q, append(v.into(), also.Into...)...)
	return v, err
}
