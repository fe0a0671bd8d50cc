// Package ticket holds the customers' questions and the answers to them.
package ticket

import (
	"context"
	"time"

	"gorm.io/gorm"

	"myisp/models/db"
)

// The default statuses (TCK-3), under the ids that the message catalogue titles for customers: tickets.state.*.
const (
	StatusNew    = "new"
	InProgress   = "in_progress"
	Resolved     = "resolved"
	WaitCustomer = "waiting_on_customer"
	WaitAgent    = "waiting_on_agent"
)

// Ticket is one question of a customer (spec §2.9).
type Ticket struct {
	ID               int64     `gorm:"primaryKey"`
	CustomerID       int64     `gorm:"not null;index:tickets_customer,priority:1"`
	Subject          string    `gorm:"size:255;not null"`
	Status           string    `gorm:"size:32;not null"`
	Closed           bool      `gorm:"not null"`
	Hidden           bool      `gorm:"not null"` // TCK-6: staff keep it from the customer
	UnreadByCustomer bool      `gorm:"not null"`
	CreatedAt        time.Time `gorm:"not null"`
	UpdatedAt        time.Time `gorm:"not null;index:tickets_customer,priority:2"`
}

// The authors and kinds of ticket messages.
const (
	ByCustomer = "customer"
	ByAgent    = "agent"
	BySystem   = "system"

	KindMessage = "message"
	KindNote    = "note" // among staff
)

// Message is one entry of a ticket's thread. Body is plain text.
type Message struct {
	ID              int64     `gorm:"primaryKey"`
	TicketID        int64     `gorm:"not null;index"`
	Author          string    `gorm:"size:16;not null"`
	AuthorName      string    `gorm:"size:200;not null"`
	Kind            string    `gorm:"size:16;not null"`
	HideForCustomer bool      `gorm:"not null"`
	Body            string    `gorm:"not null"`
	CreatedAt       time.Time `gorm:"not null"`
}

// TableName names the table.
func (Message) TableName() string { return "ticket_messages" }

// Store holds all tickets.
type Store struct{ d *db.DB }

// New returns the tickets on d.
func New(d *db.DB) *Store { return &Store{d} }

// Mine is one customer's tickets; every query of it carries the customer's id and leaves hidden tickets out.
type Mine struct {
	s        *Store
	customer int64
}

// Of starts everything a signed-in customer does with tickets.
func (s *Store) Of(customerID int64) Mine { return Mine{s, customerID} }

func (m Mine) visible(ctx context.Context) *gorm.DB {
	return m.s.d.Q(ctx).Where("customer_id = ? AND hidden = ?", m.customer, false)
}

// Unread counts the tickets with an answer not yet opened: the card and the badge (DASH-2).
func (m Mine) Unread(ctx context.Context) (int, error) {
	var n int64
	err := m.visible(ctx).Model(&Ticket{}).Where("unread_by_customer = ?", true).Count(&n).Error
	return int(n), err
}

// PageSize is how many rows a list shows before "Show more".
const PageSize = 20

// List returns a page of open or closed tickets (TCK-1), last changed first; skip is how many come before it.
func (m Mine) List(ctx context.Context, closed bool, skip int) (list []Ticket, more bool, err error) {
	err = m.visible(ctx).Where("closed = ?", closed).Order("updated_at DESC, id DESC").Offset(max(0, skip)).Limit(PageSize + 1).Find(&list).Error
	if len(list) > PageSize {
		return list[:PageSize], true, err
	}
	return list, false, err
}

// Thread is a ticket with what the customer may read of it, oldest first.
type Thread struct {
	Ticket   Ticket
	Messages []Message
}

// Get returns a ticket with its thread; notes and hidden messages are left out in the query (TCK-6). A hidden ticket is
// db.ErrNotFound, as a missing one and somebody else's.
func (m Mine) Get(ctx context.Context, id int64) (Thread, error) {
	var t Thread
	if err := m.visible(ctx).Where("id = ?", id).Take(&t.Ticket).Error; err != nil {
		return t, db.Found(err)
	}
	err := m.s.d.Q(ctx).Where("ticket_id = ? AND kind <> ? AND hide_for_customer = ?", t.Ticket.ID, KindNote, false).Order("id").Find(&t.Messages).Error
	return t, err
}

// MarkRead clears the mark of an unread answer (TCK-7); db.ErrNotFound when the customer has no such ticket.
func (m Mine) MarkRead(ctx context.Context, id int64) error {
	r := m.visible(ctx).Model(&Ticket{}).Where("id = ?", id).UpdateColumn("unread_by_customer", false)
	if r.Error == nil && r.RowsAffected == 0 {
		return db.ErrNotFound
	}
	return r.Error
}

// Add stores a ticket with its messages as they are, for seed and import; nobody is told.
func (s *Store) Add(ctx context.Context, t *Ticket, thread []Message) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.d.Q(ctx).Create(t).Error; err != nil {
			return err
		}
		for i := range thread {
			thread[i].TicketID = t.ID
		}
		return s.d.Q(ctx).Create(&thread).Error
	})
}
