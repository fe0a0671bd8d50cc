package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"myisp/models/customer"
	"myisp/models/db"
)

// Paid does what follows from money that came: a promise is kept, and whoever was blocked or deactivated for money alone is
// active again (§3.1). It reports whether the services are back by it.
func (m Mine) Paid(ctx context.Context) (restored bool, err error) {
	err = m.s.d.Tx(ctx, func(ctx context.Context) error {
		restored = false // the transaction may be tried again
		st, err := m.s.held(ctx, m.customer)
		if err != nil || st.Stand.Balance < st.Stand.MinBalance {
			return err
		}
		if st.Stand.Open != nil {
			if err := m.s.close(ctx, st, PromiseKept); err != nil {
				return err
			}
			if err := m.s.note(ctx, m.customer, ""); err != nil {
				return err
			}
		}
		if !st.Back() {
			return nil
		}
		restored = true
		return m.s.ChangeCustomerStatus(ctx, StatusChange{CustomerID: m.customer, From: st.Stand.Status, To: customer.StatusActive, Today: st.Today})
	})
	return restored && err == nil, err
}

// Round looks at a part of a partner's customers on a day and does what Decide says; after is the last id of the part
// before. It returns the last id it looked at, and whether there are more. What was done is not done again on that day. A
// customer who cannot be dealt with keeps nobody else from being: the error is then RoundError, and last and more hold.
func (s *Store) Round(ctx context.Context, partner, after int64, size int) (last int64, more bool, err error) {
	r, err := s.rules(ctx, partner)
	if err != nil {
		return after, false, err
	}
	today := db.DayOf(s.d.Now(), r.Zone)
	list, err := s.roundOf(ctx, r, today, partner, after, size)
	if err != nil {
		return after, false, err
	}
	last = after
	var failed RoundError
	for _, st := range list {
		last = st.ID
		if r.Decide(st, today).Nothing() {
			continue
		}
		err := s.carryOut(ctx, st.ID)
		switch {
		case err == nil:
		case ctx.Err() != nil, db.KindOf(err) == db.Unavailable: // it would fail for everybody
			return last, false, errors.Join(fmt.Errorf("customer %d: %w", st.ID, err), failed.or())
		default:
			slog.ErrorContext(ctx, "the round of blocking could not deal with a customer", "customer", st.ID, "partner", partner, "err", err)
			failed = append(failed, fmt.Errorf("customer %d: %w", st.ID, err))
		}
	}
	return last, len(list) == size, failed.or()
}

// RoundError is what went wrong in a part of the round: an error for each customer who could not be dealt with.
type RoundError []error

// Error tells how many they are, and of each as far as a reader gets: staff see it in the queue.
func (e RoundError) Error() string {
	return fmt.Sprintf("%d of the round failed: %s", len(e), strings.ReplaceAll(errors.Join(e...).Error(), "\n", "; "))
}

// Unwrap returns them.
func (e RoundError) Unwrap() []error { return e }

func (e RoundError) or() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// roundOf reads the customers of a part whom a day may be about.
func (s *Store) roundOf(ctx context.Context, r Rules, today db.Day, partner, after int64, size int) ([]Stand, error) {
	until := today.AddDays(warnDays)
	if r.Remind {
		until = "9999-12-31"
	}
	if r.On || r.Remind {
		return s.stands(ctx, r, today, ` WHERE c.partner_id = ? AND c.id > ? AND c.status IN ('active', 'blocked') AND (p.id IS NOT NULL OR (c.status = 'active' AND COALESCE(b.blocks_on, '') <> '')
			OR EXISTS (SELECT 1 FROM invoices i WHERE i.customer_id = c.id AND i.due > 0 AND i.due_day <> '' AND i.due_day <= ?)) ORDER BY c.id LIMIT ?`, partner, after, until, size)
	}
	// Where nothing is switched on only promises are left to end.
	return s.stands(ctx, r, today, " WHERE c.partner_id = ? AND c.id > ? AND p.id IS NOT NULL ORDER BY c.id LIMIT ?", partner, after, size)
}

// carryOut decides about one customer once more, with their row locked, and does it.
func (s *Store) carryOut(ctx context.Context, customerID int64) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		st, err := s.held(ctx, customerID)
		if db.KindOf(err) == db.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		c, d := st.Stand, st.Rules.Decide(st.Stand, st.Today)
		if d.Promise != "" {
			if err := s.close(ctx, st, d.Promise); err != nil {
				return err
			}
		}
		if d.Note != nil {
			if err := s.note(ctx, c.ID, *d.Note); err != nil {
				return err
			}
		}
		if d.Status != "" {
			if err := s.carryStatus(ctx, st, d.Status); err != nil {
				return err
			}
		}
		return s.write(ctx, st, d)
	})
}

// carryStatus blocks or deactivates. Of whom it deactivates the day of blocking stays noted: their payment brings them back,
// and that of somebody whom staff deactivated does not.
func (s *Store) carryStatus(ctx context.Context, st Standing, to customer.Status) error {
	c := st.Stand
	if err := s.ChangeCustomerStatus(ctx, StatusChange{CustomerID: c.ID, From: c.Status, To: to, Today: st.Today}); err != nil || to != customer.StatusDisabled {
		return err
	}
	return s.d.Q(ctx).Model(&customer.Billing{}).Where("customer_id = ?", c.ID).Update("blocked_on", c.BlockedOn).Error
}

// write enqueues the letters about what was decided, each once.
func (s *Store) write(ctx context.Context, st Standing, d Decision) error {
	c := st.Stand
	n := Notice{CustomerID: c.ID, Day: c.Due, Minor: c.owes()}
	send := func(kind string, day db.Day, key string) error {
		n.Kind, n.Day = kind, day
		return s.tell(ctx, n, key)
	}
	switch {
	case d.Promise == PromiseBroken:
		return send(NoticeBroken, c.Open.Until, fmt.Sprint(c.Open.ID))
	case d.Status == customer.StatusBlocked && st.Rules.Remind:
		return send(NoticeBlocked, st.Rules.EndDay(c, st.Today), string(st.Today))
	case d.Status == customer.StatusDisabled && st.Rules.Remind:
		return send(NoticeDisabled, st.Today, string(st.Today))
	case d.Warn:
		return send(NoticeEnds, c.Open.Until, fmt.Sprintf("%d:%s", c.Open.ID, c.Open.Until))
	case d.Remind > 0:
		n.InvoiceID = c.InvoiceID
		return send(NoticeReminder, c.Due, fmt.Sprintf("%d:%d", c.InvoiceID, d.Remind))
	}
	return nil
}
