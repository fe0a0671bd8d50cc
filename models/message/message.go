// Package message holds what the provider tells its customers: messages to one, news and outages to many, and, in demo
// mode, the mail and SMS that would have gone out.
package message

import (
	"context"
	"time"

	"gorm.io/gorm"

	"myisp/models/db"
)

// Message is a note in one customer's inbox (spec §2.10). Body is plain text.
type Message struct {
	ID         int64      `gorm:"primaryKey"`
	CustomerID int64      `gorm:"not null;index:messages_customer,priority:1"`
	Subject    string     `gorm:"size:255;not null"`
	Body       string     `gorm:"not null"`
	CreatedAt  time.Time  `gorm:"not null;index:messages_customer,priority:2"`
	ReadAt     *time.Time `gorm:""`
}

// Store holds all messages, news and outages.
type Store struct {
	d       *db.DB
	latest  recall[[]NewsItem]
	outages recall[[]Outage]
}

// New returns the messages on d.
func New(d *db.DB) *Store { return &Store{d: d} }

// Inbox is one customer's messages; every query of it carries the customer's id.
type Inbox struct {
	s        *Store
	customer int64
}

// Of starts everything a signed-in customer does with their messages.
func (s *Store) Of(customerID int64) Inbox { return Inbox{s, customerID} }

// Unread counts the messages not yet opened.
func (i Inbox) Unread(ctx context.Context) (int, error) {
	var n int64
	err := i.s.d.R(ctx).Model(&Message{}).Where("customer_id = ? AND read_at IS NULL", i.customer).Count(&n).Error
	return int(n), err
}

// PageSize is how many rows a list shows before "Show more".
const PageSize = 20

// List returns a page of messages, newest first; before is the id after which the page goes on, 0 for the first. More
// tells whether there are further ones.
func (i Inbox) List(ctx context.Context, before int64) (list []Message, more bool, err error) {
	q := i.s.d.R(ctx).Where("customer_id = ?", i.customer)
	if before > 0 {
		q = q.Where("id < ?", before)
	}
	err = q.Order("id DESC").Limit(PageSize + 1).Find(&list).Error
	if len(list) > PageSize {
		return list[:PageSize], true, err
	}
	return list, false, err
}

// Get returns one message; db.ErrNotFound for a missing one and for somebody else's.
func (i Inbox) Get(ctx context.Context, id int64) (Message, error) {
	m, err := db.From[Message](i.s.d.Q(ctx)).Where("customer_id = ? AND id = ?", i.customer, id).Take()
	return m, db.Found(err)
}

// MarkRead notes that the message was opened; db.ErrNotFound when it is not the customer's.
func (i Inbox) MarkRead(ctx context.Context, id int64) error {
	r := i.s.d.Q(ctx).Model(&Message{}).Where("customer_id = ? AND id = ?", i.customer, id).
		UpdateColumn("read_at", gorm.Expr("COALESCE(read_at, ?)", i.s.d.Now()))
	if r.Error == nil && r.RowsAffected == 0 {
		return db.ErrNotFound
	}
	return r.Error
}

// Send puts a message into a customer's inbox.
func (s *Store) Send(ctx context.Context, m *Message) error {
	if m.CreatedAt.IsZero() {
		m.CreatedAt = s.d.Now()
	}
	return s.d.Q(ctx).Create(m).Error
}
