package service

import (
	"context"
	"fmt"
	"strconv"

	"gorm.io/gorm/clause"

	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/job"
)

// JobNotice tells a customer by mail about blocking and promises; its payload is a Notice.
const JobNotice = "service.notice"

// The kinds of notices; their words are the messages mail.standing.<kind>.
const (
	NoticeGranted  = "granted"
	NoticeEnds     = "ends"
	NoticeBroken   = "broken"
	NoticeReminder = "reminder"
	NoticeBlocked  = "blocked"
	NoticeDisabled = "disabled"
)

// Notice is what is told: of a promise until when it holds, of a reminder when the invoice is or was due.
type Notice struct {
	CustomerID int64
	Kind       string
	Day        db.Day
	Minor      int64 // what is owed
	InvoiceID  int64 `json:",omitempty"` // of a reminder
}

// Refused is that a promise was not taken, with why.
type Refused struct{ Offer Offer }

func (r *Refused) Error() string { return "service: no promise: " + string(r.Offer.Refusal) }

// Minding gives the store what blocking needs beside it: the queue that carries letters, and a partner's rules.
func (s *Store) Minding(jobs *job.Store, rules func(ctx context.Context, partner int64) (Rules, error)) {
	s.jobs, s.rules = jobs, rules
}

func (s *Store) tell(ctx context.Context, n Notice, key string) error {
	return s.jobs.Enqueue(ctx, JobNotice, n, job.Unique(fmt.Sprintf("%s:%s:%d:%s", JobNotice, n.Kind, n.CustomerID, key)))
}

// held locks a customer and reads how they stand: nobody else blocks, restores or promises until the transaction ends.
func (s *Store) held(ctx context.Context, customerID int64) (Standing, error) {
	var partner int64
	err := db.One(s.d.Q(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Model(&customer.Customer{}).Select("partner_id").Where("id = ?", customerID), &partner)
	if err != nil {
		return Standing{}, err
	}
	return s.Of(customerID).Standing(ctx, partner)
}

// Promise takes the customer's word to pay within the days that the partner gives: until then they are not blocked, and one
// who is gets in again at once. Pressed again it is the same promise. Errors: *Refused.
func (m Mine) Promise(ctx context.Context) (Promise, error) {
	var p Promise
	err := m.s.d.Tx(ctx, func(ctx context.Context) error {
		st, err := m.s.held(ctx, m.customer)
		if err != nil {
			return err
		}
		if st.Stand.Open != nil {
			p = *st.Stand.Open
			return nil
		}
		if st.Offer.Refusal != "" {
			return &Refused{st.Offer}
		}
		p, err = m.s.begin(ctx, st, st.Offer.Until, "")
		return err
	})
	return p, err
}

// longestGrant is how many days ahead staff may grant.
const longestGrant = 60

// GrantPromise lets staff give a customer time to pay until a day, whatever the policy says; of an open promise it moves the
// end. Errors: db.Invalid on "until"; a Conflict when nothing is owed, or the customer is suspended for something else.
func (m Mine) GrantPromise(ctx context.Context, until db.Day, by string) (Promise, error) {
	var p Promise
	err := m.s.d.Tx(ctx, func(ctx context.Context) error {
		st, err := m.s.held(ctx, m.customer)
		if err != nil {
			return err
		}
		if d, err := db.ParseDay(string(until)); err != nil || d != until || until < st.Today || until > st.Today.AddDays(longestGrant) {
			return db.Invalid{"until": "promise.error.until"}
		}
		switch {
		case st.Stand.Status == customer.StatusDisabled, st.Stand.Status == customer.StatusBlocked && st.Stand.Reason != "":
			return db.Fail(db.Conflict, "promise.error.unrelated")
		case st.Stand.Enough():
			return db.Fail(db.Conflict, "promise.error.needless")
		case st.Stand.Open != nil:
			p, err = m.s.move(ctx, st, until)
			return err
		}
		p, err = m.s.begin(ctx, st, until, by)
		return err
	})
	return p, err
}

// begin writes a promise down and does what it promises.
func (s *Store) begin(ctx context.Context, st Standing, until db.Day, by string) (Promise, error) {
	c, now := st.Stand, s.d.Now()
	p := Promise{CustomerID: c.ID, OpenFor: &c.ID, PartnerID: c.PartnerID, State: PromiseOpen, Amount: c.owes(), Currency: c.Currency, MadeOn: st.Today, Until: until,
		Restored: c.Status == customer.StatusBlocked, GrantedBy: by, CreatedAt: now, UpdatedAt: now}
	if err := s.d.Q(ctx).Create(&p).Error; err != nil {
		return p, err
	}
	if err := s.log.Record(ctx, promised(audit.PromiseMade, p, nil, p)); err != nil {
		return p, err
	}
	if p.Restored {
		if err := s.ChangeCustomerStatus(ctx, StatusChange{CustomerID: c.ID, From: customer.StatusBlocked, To: customer.StatusActive, Today: st.Today}); err != nil {
			return p, err
		}
		c.Status = customer.StatusActive
	}
	c.Open = &p
	if err := s.note(ctx, c.ID, st.Rules.foreseen(c)); err != nil {
		return p, err
	}
	return p, s.tell(ctx, Notice{CustomerID: c.ID, Kind: NoticeGranted, Day: until, Minor: p.Amount}, strconv.FormatInt(p.ID, 10))
}

// move gives an open promise another end.
func (s *Store) move(ctx context.Context, st Standing, until db.Day) (Promise, error) {
	was := *st.Stand.Open
	is := was
	is.Until = until
	if was.Until == until {
		return was, nil
	}
	err := s.d.Q(ctx).Model(&Promise{}).Where("id = ?", is.ID).Updates(map[string]any{"until": until, "updated_at": s.d.Now()}).Error
	if err != nil {
		return is, err
	}
	st.Stand.Open = &is
	if err := s.note(ctx, is.CustomerID, st.Rules.foreseen(st.Stand)); err != nil {
		return is, err
	}
	if err := s.log.Record(ctx, promised(audit.PromiseMoved, is, was, is)); err != nil {
		return is, err
	}
	return is, s.tell(ctx, Notice{CustomerID: is.CustomerID, Kind: NoticeGranted, Day: until, Minor: is.Amount}, fmt.Sprintf("%d:%s", is.ID, until))
}

// CancelPromise ends an open promise for staff: whom it let in again is blocked again at once, if they still owe.
// db.ErrNotFound when there is none.
func (m Mine) CancelPromise(ctx context.Context) error {
	return m.s.d.Tx(ctx, func(ctx context.Context) error {
		st, err := m.s.held(ctx, m.customer)
		if err != nil {
			return err
		}
		if st.Stand.Open == nil {
			return db.ErrNotFound
		}
		p := *st.Stand.Open
		if err := m.s.close(ctx, st, PromiseCancelled); err != nil {
			return err
		}
		if p.Restored && st.Stand.Status == customer.StatusActive && !st.Stand.Enough() {
			return m.s.ChangeCustomerStatus(ctx, StatusChange{CustomerID: m.customer, From: customer.StatusActive, To: customer.StatusBlocked, Today: st.Today})
		}
		st.Stand.Open = nil
		return m.s.note(ctx, m.customer, st.Rules.foreseen(st.Stand))
	})
}

// close ends a promise one way or another.
func (s *Store) close(ctx context.Context, st Standing, how PromiseState) error {
	was := *st.Stand.Open
	is := was
	is.State, is.EndedOn = how, st.Today
	err := s.d.Q(ctx).Model(&Promise{}).Where("id = ?", is.ID).
		Updates(map[string]any{"state": how, "ended_on": st.Today, "open_for": nil, "updated_at": s.d.Now()}).Error
	if err != nil {
		return err
	}
	action := map[PromiseState]audit.Action{PromiseKept: audit.PromiseKept, PromiseBroken: audit.PromiseBroken, PromiseCancelled: audit.PromiseCancelled}[how]
	return s.log.Record(ctx, promised(action, is, was, is))
}

func promised(action audit.Action, p Promise, before, after any) audit.Change {
	return audit.Change{Action: action, Object: "promise", ObjectID: strconv.FormatInt(p.ID, 10), CustomerID: p.CustomerID, PartnerID: p.PartnerID, Before: before, After: after}
}

// note writes down when an active customer will be blocked; pages and staff's lists read it there.
func (s *Store) note(ctx context.Context, customerID int64, day db.Day) error {
	return s.d.Q(ctx).Model(&customer.Billing{}).Where("customer_id = ?", customerID).Update("blocks_on", day).Error
}
