package models

import "context"

// Unread is how much of a customer's has not been opened: the numbers in the frame around every page.
type Unread struct{ Messages, Tickets int }

// Unread counts both with one statement, because every page asks. It says the same as message.Inbox.Unread and
// ticket.Mine.Unread, to which a test holds it.
func (m *Models) Unread(ctx context.Context, customerID int64) (Unread, error) {
	var n Unread
	err := m.DB.R(ctx).Raw(`SELECT (SELECT COUNT(*) FROM messages WHERE customer_id = ? AND read_at IS NULL),
		(SELECT COUNT(*) FROM tickets WHERE customer_id = ? AND hidden = ? AND unread_by_customer = ?)`, customerID, customerID, false, true).
		Row().Scan(&n.Messages, &n.Tickets)
	return n, err
}
