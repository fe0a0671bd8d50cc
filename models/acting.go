package models

import (
	"context"

	"myisp/models/session"
	"myisp/models/staff"
)

// ActAs starts a session in which a member of staff acts as a customer; see staff.Store.Act. by is the member's own session.
// Errors: those, and db.ErrNotFound for an unknown customer.
func (m *Models) ActAs(ctx context.Context, member staff.Member, by session.Session, a staff.ActAs, ip, userAgent string) (token string, err error) {
	c, err := m.Customers.Find(ctx, a.CustomerID)
	if err != nil {
		return "", err
	}
	a.CustomerName, a.PartnerID = c.Name, c.PartnerID
	return m.Staff.Act(ctx, member, by, a, ip, userAgent)
}
