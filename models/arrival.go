package models

import (
	"context"

	"myisp/models/customer"
)

// Arrival is a customer with what every page says of them, the numbers in the frame included.
type Arrival struct {
	customer.Visit
	Unread Unread
}

// Unread is how much of a customer's has not been opened.
type Unread struct{ Messages, Tickets int }

// also counts the same of the customer c as message.Inbox.Unread and ticket.Mine.Unread, to which a test holds it.
func (u *Unread) also() customer.Also {
	return customer.Also{Columns: `, (SELECT COUNT(*) FROM messages m WHERE m.customer_id = c.id AND m.read_at IS NULL),
		(SELECT COUNT(*) FROM tickets t WHERE t.customer_id = c.id AND NOT t.hidden AND t.unread_by_customer)`, Into: []any{&u.Messages, &u.Tickets}}
}

// Arrive reads who comes with a session token, with one statement because every page asks; db.ErrNotFound when the session
// is over.
func (m *Models) Arrive(ctx context.Context, token string) (a Arrival, err error) {
	a.Visit, err = m.Customers.Resume(ctx, token, a.Unread.also())
	return a, err
}

// Look reads the same of a customer who has no session here, as when staff preview what the customer sees.
func (m *Models) Look(ctx context.Context, customerID int64) (a Arrival, err error) {
	a.Visit, err = m.Customers.Of(customerID).Visit(ctx, a.Unread.also())
	return a, err
}
