package finance

import (
	"context"
	"strconv"
	"strings"

	"gorm.io/gorm/clause"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/db"
)

// AttemptFilter narrows the list of attempts; zero values narrow nothing. Before goes on below an attempt's id.
type AttemptFilter struct {
	State  AttemptState
	Before int64
	Size   int
}

// ListedAttempt is an attempt in staff's list.
type ListedAttempt struct {
	Attempt
	Customer string
}

// attemptRow is what the list reads of the customer besides.
type attemptRow struct {
	ID   int64
	Name string
}

// Attempts lists attempts of all customers, newest first (FIN-7); next is where to go on, 0 at the end.
func (s *Store) Attempts(ctx context.Context, f AttemptFilter) (list []ListedAttempt, next int64, err error) {
	q := db.From[Attempt](s.d.Q(ctx)).Order("id DESC").Limit(f.Size + 1)
	switch f.State {
	case "":
	case AttemptHeld:
		q = q.Where("(state = ? OR reason = 'more')", f.State)
	default:
		q = q.Where("state = ?", f.State)
	}
	if f.Before > 0 {
		q = q.Where("id < ?", f.Before)
	}
	rows, err := q.Find()
	if err != nil {
		return nil, 0, err
	}
	if len(rows) > f.Size {
		rows = rows[:f.Size]
		next = rows[f.Size-1].ID
	}
	var names []attemptRow
	if err := s.d.Q(ctx).Raw("SELECT id, name FROM customers WHERE id IN ?", idsOf(rows, func(a Attempt) int64 { return a.CustomerID })).Scan(&names).Error; err != nil {
		return nil, 0, err
	}
	of := map[int64]string{}
	for _, n := range names {
		of[n.ID] = n.Name
	}
	for _, a := range rows {
		list = append(list, ListedAttempt{a, of[a.CustomerID]})
	}
	return list, next, nil
}

// HeldAttempts counts the attempts that wait for a decision of staff.
func (s *Store) HeldAttempts(ctx context.Context) (n int64, err error) {
	err = s.d.Q(ctx).Raw(`SELECT (SELECT COUNT(*) FROM payment_attempts WHERE state = 'held') + (SELECT COUNT(*) FROM payment_attempts WHERE reason = 'more')`).Scan(&n).Error
	return n, err
}

// AttemptDocuments lists what an attempt pays, for staff.
func (s *Store) AttemptDocuments(ctx context.Context, attempt int64) ([]AttemptDocument, error) {
	return s.documentsOf(ctx, attempt)
}

// ReasonClosed marks an attempt that staff have closed without booking: the gateway's sums hold it no more.
const ReasonClosed = "closed"

// errNotHeld says that there is nothing to decide about an attempt, or no longer.
var errNotHeld = db.Fail(db.Conflict, "attempts.error.not_held")

// AcceptHeld books what the gateway told of a held attempt, though it is another amount than was asked for. Another currency
// cannot be booked: it is db.Invalid. fee is as in Settle.
func (s *Store) AcceptHeld(ctx context.Context, attempt int64, day db.Day, fee Item) (Attempt, error) {
	return s.decide(ctx, attempt, audit.AttemptAccepted, func(ctx context.Context, a *Attempt) error {
		if a.ToldCurrency != a.Currency || a.Told <= 0 || a.Received > 0 {
			return db.Invalid{"attempt": "attempts.error.currency"}
		}
		if a.Told <= a.Fee {
			a.Fee = 0
		}
		a.Amount = a.Told - a.Fee
		if err := s.settleLocked(ctx, a, Outcome{State: AttemptPaid, Currency: a.Currency, Received: a.Told, Day: day}, fee); err != nil {
			return err
		}
		now := s.d.Now()
		a.CheckAt = &now // what has gone back meanwhile was not noted while the attempt was held
		return nil
	})
}

// CloseHeld ends a held attempt without booking anything: the money was sent back at the gateway, or booked by hand. note
// says which, and is required. Of an attempt of which more was told than is booked only the question ends: what is booked stays.
func (s *Store) CloseHeld(ctx context.Context, attempt int64, note string) (Attempt, error) {
	note = strings.TrimSpace(note)
	switch {
	case note == "":
		return Attempt{}, db.Invalid{"note": "error.required"}
	case len([]rune(note)) > 500:
		return Attempt{}, db.Invalid{"note": "error.too_long"}
	}
	return s.decide(ctx, attempt, audit.AttemptClosed, func(ctx context.Context, a *Attempt) error {
		now := s.d.Now()
		if a.Reason == ReasonMore {
			a.Reason, a.Note, a.UpdatedAt = "", note, now
			return nil
		}
		a.State, a.Reason, a.Note, a.CheckAt, a.UpdatedAt = AttemptCancelled, ReasonClosed, note, nil, now
		if a.SettledAt == nil {
			a.SettledAt = &now
		}
		return s.clearPending(ctx, *a)
	})
}

// decide does what staff have decided about a held attempt, once, and writes it down.
func (s *Store) decide(ctx context.Context, attempt int64, action audit.Action, do func(context.Context, *Attempt) error) (Attempt, error) {
	var a Attempt
	err := s.d.Tx(ctx, func(ctx context.Context) error {
		var err error
		if a, err = s.AttemptByID(ctx, attempt); err != nil {
			return err
		}
		if err := s.lockCustomer(ctx, a.party()); err != nil {
			return err
		}
		if a, err = db.From[Attempt](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("id = ?", attempt).Take(); err != nil {
			return err
		}
		if !a.Waits() {
			return errNotHeld
		}
		before := map[string]any{"state": a.State, "amount": amountOf(a.Amount+a.Fee, a.Currency), "told": amountOf(a.Told, a.ToldCurrency)}
		if err := do(ctx, &a); err != nil {
			return err
		}
		if err := s.d.Q(ctx).Save(&a).Error; err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: action, Object: "attempt", ObjectID: strconv.FormatInt(a.ID, 10), CustomerID: a.CustomerID, PartnerID: a.PartnerID, Before: before,
			After: map[string]any{"state": a.State, "payment_id": a.PaymentID, "reason": a.Note}})
	})
	return a, err
}

// Waits reports whether staff have something to decide about the attempt.
func (a Attempt) Waits() bool { return a.State == AttemptHeld || a.Reason == ReasonMore }

// ToldAmount is what the gateway says has come, of an attempt that is held.
func (a Attempt) ToldAmount() money.Money { return money.Of(a.Told, a.ToldCurrency) }
