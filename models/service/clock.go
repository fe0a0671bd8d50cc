package service

import (
	"cmp"
	"slices"
	"time"

	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
)

// Rules are how a partner blocks customers who do not pay (spec §3.1, §3.5), and what it takes a promise for.
type Rules struct {
	On          bool // the portal blocks and deactivates by itself
	OneTime     bool // invoices for one-time things count too
	Weekend     []time.Weekday
	Holidays    map[string]bool // "2026-12-25", or "12-25" for every year
	Remind      bool
	RemindAfter [3]int // days after the invoice's, each counted from the one before; 0 is none
	Promise     Policy
	Zone        *time.Location
}

// Workday is the day itself, or the next one that is no weekend and no holiday.
func (r Rules) Workday(d db.Day) db.Day {
	if d == "" {
		return ""
	}
	for range 60 { // a calendar of holidays only would never end
		if !slices.Contains(r.Weekend, d.Time().Weekday()) && !r.Holidays[string(d)] && !r.Holidays[string(d[5:])] {
			break
		}
		d = d.AddDays(1)
	}
	return d
}

// Stand is what the books and staff have written down about one customer, as far as blocking goes. Amounts are minor units.
type Stand struct {
	ID, PartnerID int64
	Status        customer.Status
	Reason        string // what staff wrote; not empty is no matter of money
	Blocking      int    // days after the due day, or customer.Never
	Grace         int    // days after blocking, or customer.Never
	MinBalance    int64
	BlockedOn     db.Day
	BlocksOn      db.Day // as it is noted
	Currency      money.Currency
	Balance       int64
	Underway      int64  // asked for by payments on their way
	InvoiceID     int64  // the open invoice that is due first, of those that count
	Issued, Due   db.Day // its days; "" is no such invoice
	Overdue       int64  // open on all that are overdue
	Open          *Promise
}

// Enough reports whether the balance is what it has to be, money on its way counted in: nobody is blocked while theirs is
// under way.
func (s Stand) Enough() bool { return s.Balance+s.Underway >= s.MinBalance }

// forMoney reports whether the customer is suspended for money: blocked, or deactivated after that.
func (s Stand) forMoney() bool {
	return s.Reason == "" && (s.Status == customer.StatusBlocked || s.Status == customer.StatusDisabled && s.BlockedOn != "")
}

// owes is what brings the services back.
func (s Stand) owes() int64 { return cmp.Or(min(s.Overdue, max(0, -s.Balance)), max(0, -s.Balance)) }

// BlockDay is when the customer is blocked unless something is paid; "" is never. §3.1: the day after the blocking period
// that follows the due day, the next workday where the partner says so, and never while a promise holds.
func (r Rules) BlockDay(s Stand) db.Day {
	if s.Blocking == customer.Never || s.Enough() {
		return ""
	}
	var day db.Day
	if s.Due != "" {
		day = s.Due.AddDays(1 + s.Blocking)
	}
	// Whom a promise let in again is shut out again at its end, whatever they were shut out for.
	if s.Open != nil && (day != "" || s.Open.Restored) {
		day = max(day, s.Open.Until.AddDays(1))
	}
	return r.Workday(day)
}

// EndDay is when the customer is deactivated, given when they were or will be blocked; "" is never.
func (r Rules) EndDay(s Stand, blocked db.Day) db.Day {
	if blocked == "" || s.Grace == customer.Never || s.Blocking == customer.Never || s.Due == "" || s.Enough() {
		return ""
	}
	return r.Workday(blocked.AddDays(max(1, s.Grace))) // never on the day of blocking itself
}

// reminders are the days on which the customer is written to about the invoice (§3.5).
func (r Rules) reminders(s Stand) (days []db.Day) {
	if !r.Remind || s.Issued == "" || s.Enough() {
		return nil
	}
	day := s.Issued
	for _, n := range r.RemindAfter {
		if n > 0 {
			day = day.AddDays(n)
			days = append(days, day)
		}
	}
	return days
}

// StepKind is a step of the timeline of an unpaid invoice.
type StepKind string

// The steps.
const (
	StepIssued   StepKind = "issued"
	StepReminder StepKind = "reminder"
	StepDue      StepKind = "due"
	StepPromised StepKind = "promised" // until when payment is promised
	StepBlocked  StepKind = "blocked"
	StepDisabled StepKind = "disabled"
)

// Step is one of them with its day; Done says that the day has come.
type Step struct {
	Kind StepKind
	Day  db.Day
	Done bool
}

// Timeline is what has happened and what will, when nothing is paid, day by day; nothing when nothing is owed or when it is
// no matter of money. Blocking that the portal does not do itself is told where it is noted.
func (r Rules) Timeline(s Stand, today db.Day) []Step {
	if s.Enough() || s.Status == customer.StatusDisabled || s.Reason != "" && s.Status == customer.StatusBlocked {
		return nil
	}
	var steps []Step
	if s.Due != "" {
		steps = []Step{{Kind: StepIssued, Day: s.Issued}, {Kind: StepDue, Day: s.Due}}
	}
	for _, d := range r.reminders(s) {
		steps = append(steps, Step{Kind: StepReminder, Day: d})
	}
	if s.Open != nil {
		steps = append(steps, Step{Kind: StepPromised, Day: s.Open.Until})
	}
	blocked := s.BlockedOn
	if s.Status != customer.StatusBlocked {
		blocked = r.foreseen(s)
	}
	if blocked != "" {
		// What should have been by now will be today at the earliest.
		if s.Status != customer.StatusBlocked {
			blocked = max(blocked, today)
		}
		steps = append(steps, Step{Kind: StepBlocked, Day: blocked})
		if end := r.EndDay(s, blocked); r.On && end != "" {
			steps = append(steps, Step{Kind: StepDisabled, Day: max(end, today)})
		}
	}
	order := []StepKind{StepIssued, StepDue, StepReminder, StepPromised, StepBlocked, StepDisabled}
	slices.SortStableFunc(steps, func(a, b Step) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)))
	})
	for i := range steps {
		k := steps[i].Kind
		steps[i].Done = steps[i].Day <= today && (k != StepPromised || steps[i].Day < today) && (k != StepDisabled) && (k != StepBlocked || s.Status == customer.StatusBlocked)
	}
	return steps
}

// foreseen is when an active customer will be blocked: by the portal, by the end of a promise, or by whoever noted a day.
func (r Rules) foreseen(s Stand) db.Day {
	switch {
	case s.Status != customer.StatusActive:
		return ""
	case r.On || s.Open != nil && s.Open.Restored:
		return r.BlockDay(s)
	}
	return s.BlocksOn
}

// Decision is what a day brings a customer.
type Decision struct {
	Promise PromiseState // what becomes of the open promise; "" is nothing
	Status  customer.Status
	// Note is the day to write down as the one of blocking; nil leaves it alone.
	Note *db.Day
	// Warn is that the promise ends tomorrow, Remind which reminder is due, from 1; 0 is none.
	Warn   bool
	Remind int
}

// Nothing reports whether there is nothing to do.
func (d Decision) Nothing() bool { return d == Decision{} }

// remindLate is for how many days a reminder is still sent that the portal missed because it did not run.
const remindLate = 2

// Decide tells what to do about a customer on a day. Doing it makes the next answer for that day nothing, but for letters,
// which are sent once by their keys.
func (r Rules) Decide(s Stand, today db.Day) Decision {
	var d Decision
	restored := false
	if s.Open != nil {
		switch {
		case s.Enough() && s.Underway == 0:
			d.Promise = PromiseKept
		case s.Open.Until >= today:
			d.Warn = s.Open.Until == today.AddDays(1) && s.Open.MadeOn < today
		case r.Workday(s.Open.Until.AddDays(1)) <= today && !s.Enough():
			d.Promise, restored = PromiseBroken, s.Open.Restored
		}
	}
	days := r.reminders(s)
	for i, day := range days {
		if s.Open == nil && day <= today && today <= day.AddDays(remindLate) {
			d.Remind = i + 1
		}
	}
	switch s.Status {
	case customer.StatusActive:
		day := r.BlockDay(s)
		if (r.On || restored) && day != "" && day <= today {
			d.Status = customer.StatusBlocked
			return d
		}
		if noted := r.foreseen(s); (r.On || s.Open != nil && s.Open.Restored) && noted != s.BlocksOn {
			d.Note = &noted
		}
	case customer.StatusBlocked:
		if end := r.EndDay(s, s.BlockedOn); r.On && s.Reason == "" && end != "" && end <= today && s.Due < today {
			d.Status = customer.StatusDisabled
		}
	}
	return d
}
