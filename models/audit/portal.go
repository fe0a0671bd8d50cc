package audit

import (
	"context"
	"time"
)

// Event is one line of the portal log (AUTH-4): something a customer, or staff acting as one, did in the portal.
type Event struct {
	ID         int64     `gorm:"primaryKey;index:portal_events_customer,priority:2;index:portal_events_operation,priority:2;index:portal_events_result,priority:2"`
	At         time.Time `gorm:"not null;index"`
	CustomerID *int64    `gorm:"index:portal_events_customer,priority:1"` // nobody when the account is unknown
	ActorKind  Kind      `gorm:"size:16;not null"`
	ActorID    int64     `gorm:"not null"`
	ActorName  string    `gorm:"size:200;not null"`
	Operation  string    `gorm:"size:100;not null;index:portal_events_operation,priority:1"` // "log_in", or method and path pattern of the route: "POST /tickets/:id/reading"
	Result     Result    `gorm:"size:16;not null;index:portal_events_result,priority:1"`
	Details    string    `gorm:"size:500;not null"`
	IP         string    `gorm:"size:64;not null"`
	UserAgent  string    `gorm:"size:300;not null"`
}

// TableName names the table.
func (Event) TableName() string { return "portal_events" }

// Result is how an operation ended.
type Result string

// The results: done, refused with an explanation to the person, broken by a fault of ours.
const (
	Done    Result = "done"
	Refused Result = "refused"
	Failed  Result = "failed"
)

// The operations that are no route of their own.
const (
	OpLogIn  = "log_in"
	OpLogOut = "log_out"
	// A member of staff gave the customer a new password.
	OpPasswordGiven = "password_given"
	// A member of staff acts as the customer; the details say "reading" or "writing".
	OpActing    = "acting_started"
	OpActingEnd = "acting_ended"
)

// Note enters what the actor of ctx did for a customer (0 is an unknown account) into the portal log.
func (s *Store) Note(ctx context.Context, customerID int64, operation string, result Result, details string) error {
	a := By(ctx)
	e := Event{At: s.d.Now(), CustomerID: optional(customerID), ActorKind: a.Kind, ActorID: a.ID, ActorName: short(a.Name, 200), Operation: short(operation, 100),
		Result: result, Details: short(details, 500), IP: short(a.IP, 64), UserAgent: short(a.UserAgent, 300)}
	return s.d.Q(ctx).Create(&e).Error
}

// PurgeEvents deletes portal events from before t and tells how many.
func (s *Store) PurgeEvents(ctx context.Context, t time.Time) (int64, error) {
	r := s.d.Q(ctx).Where("at < ?", t).Delete(&Event{})
	return r.RowsAffected, r.Error
}

// Own are the portal events of one customer.
type Own struct {
	s          *Store
	customerID int64
}

// Of narrows the portal log to one customer.
func (s *Store) Of(customerID int64) Own { return Own{s, customerID} }

// Events lists the customer's latest events, newest first, from before the event with id before (0 begins at the newest).
func (o Own) Events(ctx context.Context, before int64, limit int) ([]Event, error) {
	q := o.s.d.Q(ctx).Where("customer_id = ?", o.customerID)
	if before > 0 {
		q = q.Where("id < ?", before)
	}
	var list []Event
	return list, q.Order("id DESC").Limit(limit).Find(&list).Error
}
