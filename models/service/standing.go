package service

import (
	"time"

	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
)

// warnDays is how long before a suspension the customer is told on home.
const warnDays = 7

// Reason is why services are, or will be, suspended.
type Reason string

// The reasons: an invoice is overdue; the account is short without one; something that paying does not mend.
const (
	ForOverdue Reason = "overdue"
	ForBalance Reason = "balance"
	ForOther   Reason = "other"
)

// Suspension says that a customer's services do not work, or soon will not, and what brings them back (AUTH-2, §2.15).
type Suspension struct {
	Soon   bool   // they work until Day
	Day    db.Day // since when, or when; "" when nobody noted it
	Reason Reason
	Due    db.Day      // ForOverdue: when the oldest overdue invoice was due
	Pay    money.Money // what to pay; zero for ForOther
}

// SuspensionOf tells whether a customer is suspended or about to be; nil is neither. Days are those of zone.
func SuspensionOf(c customer.Customer, b customer.Billing, sum finance.Summary, today db.Day, zone *time.Location) *Suspension {
	s := &Suspension{Day: b.BlockedOn, Reason: ForOther}
	switch {
	case c.Status == customer.StatusBlocked:
		if s.Day == "" && c.StatusSince != nil {
			s.Day = db.DayOf(*c.StatusSince, zone)
		}
	case c.Status == customer.StatusActive && b.BlocksOn != "" && today.DaysUntil(b.BlocksOn) <= warnDays && (sum.Overdue.Positive() || sum.Owed.Positive()):
		s.Soon, s.Day = true, max(b.BlocksOn, today)
	default:
		return nil
	}
	switch {
	case sum.Overdue.Positive():
		s.Reason, s.Due, s.Pay = ForOverdue, sum.OverdueFrom, sum.Overdue
	case sum.Owed.Positive():
		s.Reason, s.Pay = ForBalance, sum.Owed
	}
	return s
}

// Outlook is how near a customer's suspension is, for staff (§3.6).
type Outlook struct {
	Level Level
	Day   db.Day // when, or since when; "" when nothing is foreseen
	Days  int    // until Day; 0 when it is here
}

// Level is the colour of an outlook: green, yellow, red, or none where nobody is ever suspended.
type Level string

// The levels of §3.6: enough time, soon, about to be or already blocked; LevelNone is for who is not blocked at all.
const (
	LevelNone  Level = ""
	LevelFine  Level = "fine"
	LevelSoon  Level = "soon"
	LevelAlarm Level = "alarm"
)

// alarmDays is how near a suspension is red; up to warnDays it is yellow.
const alarmDays = 2

// Outlook tells how near the suspension is, by the day that the timeline foresees: as the daily job will do it, or as it is
// noted where the portal blocks nobody.
func (s Standing) Outlook() Outlook {
	switch {
	case s.Stand.Status == customer.StatusBlocked:
		return Outlook{Level: LevelAlarm, Day: s.Stand.BlockedOn}
	case s.Stand.Status != customer.StatusActive || s.Stand.Blocking == customer.Never:
		return Outlook{}
	}
	o := Outlook{Level: LevelFine, Day: s.Rules.foreseen(s.Stand)}
	if o.Day == "" {
		return o
	}
	o.Days = max(0, s.Today.DaysUntil(o.Day))
	switch {
	case o.Days <= alarmDays:
		o.Level = LevelAlarm
	case o.Days <= warnDays:
		o.Level = LevelSoon
	}
	return o
}
