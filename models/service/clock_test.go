package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/service"
)

var weekend = []time.Weekday{time.Saturday, time.Sunday}

func debtor() service.Stand {
	return service.Stand{ID: 7, PartnerID: 1, Status: customer.StatusActive, Grace: 10, Currency: "EUR", Balance: -2990, InvoiceID: 1, Issued: "2026-11-01", Due: "2026-11-15", Overdue: 2990}
}

// §3.1, §3.5: when an unpaid invoice blocks and when it ends services, over month ends, leap days, weekends and holidays.
func TestBlockingCalendar(t *testing.T) {
	for name, c := range map[string]struct {
		change       func(*service.Stand)
		rules        service.Rules
		blocks, ends db.Day
	}{
		"the day after it was due": {func(*service.Stand) {}, service.Rules{}, "2026-11-16", "2026-11-26"},
		"after the period":         {func(s *service.Stand) { s.Blocking = 3 }, service.Rules{}, "2026-11-19", "2026-11-29"},
		"over the month's end":     {func(s *service.Stand) { s.Due, s.Blocking = "2026-11-28", 5 }, service.Rules{}, "2026-12-04", "2026-12-14"},
		"February":                 {func(s *service.Stand) { s.Due = "2027-02-28" }, service.Rules{}, "2027-03-01", "2027-03-11"},
		"a leap year":              {func(s *service.Stand) { s.Due = "2028-02-28" }, service.Rules{}, "2028-02-29", "2028-03-10"},
		"the year's end":           {func(s *service.Stand) { s.Due, s.Grace = "2026-12-31", 30 }, service.Rules{}, "2027-01-01", "2027-01-31"},
		"Saturday waits for Monday, both times": {func(s *service.Stand) { s.Blocking, s.Grace = 5, 5 },
			service.Rules{Weekend: weekend}, "2026-11-23", "2026-11-30"},
		"Friday in a land of Fridays off": {func(s *service.Stand) { s.Blocking = 4 },
			service.Rules{Weekend: []time.Weekday{time.Friday, time.Saturday}}, "2026-11-22", "2026-12-02"},
		"a holiday of every year and one of this": {func(s *service.Stand) { s.Due, s.Grace = "2026-12-24", customer.Never },
			service.Rules{Holidays: map[string]bool{"12-25": true, "2026-12-26": true}}, "2026-12-27", ""},
		"holidays only":             {func(s *service.Stand) { s.Due = "2026-12-24" }, service.Rules{Weekend: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}, "2027-02-23", "2027-05-04"},
		"a promise":                 {func(s *service.Stand) { s.Open = &service.Promise{Until: "2026-11-20"} }, service.Rules{}, "2026-11-21", "2026-12-01"},
		"a promise into a weekend":  {func(s *service.Stand) { s.Open = &service.Promise{Until: "2026-11-20"} }, service.Rules{Weekend: weekend}, "2026-11-23", "2026-12-03"},
		"a short promise is none":   {func(s *service.Stand) { s.Blocking, s.Open = 9, &service.Promise{Until: "2026-11-17"} }, service.Rules{}, "2026-11-25", "2026-12-05"},
		"do not block":              {func(s *service.Stand) { s.Blocking = customer.Never }, service.Rules{}, "", ""},
		"never deactivated":         {func(s *service.Stand) { s.Grace = customer.Never }, service.Rules{}, "2026-11-16", ""},
		"enough is enough":          {func(s *service.Stand) { s.MinBalance = -3000 }, service.Rules{}, "", ""},
		"money on its way":          {func(s *service.Stand) { s.Underway = 2990 }, service.Rules{}, "", ""},
		"short, but nothing is due": {func(s *service.Stand) { s.Due, s.Issued = "", "" }, service.Rules{}, "", ""},
	} {
		s := debtor()
		c.change(&s)
		blocks := c.rules.BlockDay(s)
		if ends := c.rules.EndDay(s, blocks); blocks != c.blocks || ends != c.ends {
			t.Errorf("%s: %s and %s, want %s and %s", name, blocks, ends, c.blocks, c.ends)
		}
	}
}

func line(steps []service.Step) string {
	var parts []string
	for _, s := range steps {
		mark := ""
		if s.Done {
			mark = "✓"
		}
		parts = append(parts, fmt.Sprintf("%s %s%s", s.Day[5:], s.Kind, mark))
	}
	return strings.Join(parts, ", ")
}

// The timeline says what has been and what will be, and nothing that will not.
func TestTimeline(t *testing.T) {
	on := service.Rules{On: true, Remind: true, RemindAfter: [3]int{10, 5, 0}}
	for name, c := range map[string]struct {
		change func(*service.Stand)
		rules  service.Rules
		today  db.Day
		want   string
	}{
		"before it is due": {func(*service.Stand) {}, on, "2026-11-11", "11-01 issued✓, 11-11 reminder✓, 11-15 due, 11-16 reminder, 11-16 blocked, 11-26 disabled"},
		"blocked": {func(s *service.Stand) { s.Status, s.BlockedOn = customer.StatusBlocked, "2026-11-16" }, on, "2026-11-20",
			"11-01 issued✓, 11-11 reminder✓, 11-15 due✓, 11-16 reminder✓, 11-16 blocked✓, 11-26 disabled"},
		"promised": {func(s *service.Stand) { s.Open = &service.Promise{Until: "2026-11-23"} }, service.Rules{On: true}, "2026-11-20",
			"11-01 issued✓, 11-15 due✓, 11-23 promised, 11-24 blocked, 12-04 disabled"},
		"should have been by now":  {func(*service.Stand) {}, service.Rules{On: true}, "2026-12-20", "11-01 issued✓, 11-15 due✓, 12-20 blocked, 12-30 disabled"},
		"the portal blocks nobody": {func(*service.Stand) {}, service.Rules{}, "2026-11-20", "11-01 issued✓, 11-15 due✓"},
		"another system does":      {func(s *service.Stand) { s.BlocksOn = "2026-11-25" }, service.Rules{}, "2026-11-20", "11-01 issued✓, 11-15 due✓, 11-25 blocked"},
		"staff blocked":            {func(s *service.Stand) { s.Status, s.Reason = customer.StatusBlocked, "Abuse" }, on, "2026-11-20", ""},
		"paid":                     {func(s *service.Stand) { s.Balance = 0 }, on, "2026-11-20", ""},
	} {
		s := debtor()
		c.change(&s)
		if got := line(c.rules.Timeline(s, c.today)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// beyond.md 3: who may promise, and why not.
func TestPromisePolicy(t *testing.T) {
	const today = db.Day("2026-11-20")
	policy := service.Policy{Allowed: true, Days: 3, Every: 60, Wait: 180, Most: 5000}
	blocked := func(s *service.Stand) { s.Status, s.BlockedOn = customer.StatusBlocked, "2026-11-16" }
	for name, c := range map[string]struct {
		change func(*service.Stand, *service.Policy)
		past   []service.Promise
		want   service.Refusal
		from   db.Day
	}{
		"blocked":           {func(s *service.Stand, _ *service.Policy) { blocked(s) }, nil, "", ""},
		"about to be":       {func(s *service.Stand, _ *service.Policy) { s.Due = "2026-11-22" }, nil, "", ""},
		"not for long":      {func(s *service.Stand, _ *service.Policy) { s.Due = "2026-12-22" }, nil, service.RefusedNeedless, ""},
		"nothing owed":      {func(s *service.Stand, _ *service.Policy) { blocked(s); s.Balance = 0 }, nil, service.RefusedNeedless, ""},
		"not taken":         {func(s *service.Stand, p *service.Policy) { blocked(s); p.Allowed = false }, nil, service.RefusedOff, ""},
		"staff blocked":     {func(s *service.Stand, _ *service.Policy) { blocked(s); s.Reason = "Abuse" }, nil, service.RefusedOther, ""},
		"closed":            {func(s *service.Stand, _ *service.Policy) { s.Status = customer.StatusDisabled }, nil, service.RefusedClosed, ""},
		"too much":          {func(s *service.Stand, p *service.Policy) { blocked(s); p.Most = 2989 }, nil, service.RefusedAmount, ""},
		"as much as may be": {func(s *service.Stand, p *service.Policy) { blocked(s); p.Most = 2990 }, nil, "", ""},
		"lately": {func(s *service.Stand, _ *service.Policy) { blocked(s) }, []service.Promise{{State: service.PromiseKept, MadeOn: "2026-09-22", EndedOn: "2026-09-23"}},
			service.RefusedAgain, "2026-11-21"},
		"long ago": {func(s *service.Stand, _ *service.Policy) { blocked(s) }, []service.Promise{{State: service.PromiseKept, MadeOn: "2026-09-21", EndedOn: "2026-09-23"}}, "", ""},
		"broken": {func(s *service.Stand, _ *service.Policy) { blocked(s) }, []service.Promise{{State: service.PromiseBroken, MadeOn: "2026-06-01", EndedOn: "2026-06-04"}},
			service.RefusedBroken, "2026-12-01"},
		"cancelled by staff": {func(s *service.Stand, _ *service.Policy) { blocked(s) }, []service.Promise{{State: service.PromiseCancelled, MadeOn: "2026-11-19", EndedOn: "2026-11-19"}}, "", ""},
	} {
		s, p := debtor(), policy
		c.change(&s, &p)
		got := service.Rules{On: true, Promise: p}.OfferOf(s, c.past, today)
		if got.Refusal != c.want || got.From != c.from || got.Until != "2026-11-23" {
			t.Errorf("%s: %+v, want %q from %q", name, got, c.want, c.from)
		}
	}
}

// Nobody is blocked while a promise holds or while the balance is what it has to be; nobody is deactivated who is not
// blocked; and what a day brings is nothing once it is done.
func TestDecideProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		day := func(name string) db.Day { return db.Day("2026-11-01").AddDays(rapid.IntRange(0, 80).Draw(rt, name)) }
		r := service.Rules{On: rapid.Bool().Draw(rt, "on"), Remind: rapid.Bool().Draw(rt, "remind"), RemindAfter: [3]int{10, 5, 5}}
		if rapid.Bool().Draw(rt, "weekends") {
			r.Weekend = weekend
		}
		s := debtor()
		s.Due = day("due")
		s.Balance, s.MinBalance = int64(rapid.IntRange(-50, 50).Draw(rt, "balance")), int64(rapid.IntRange(-50, 50).Draw(rt, "least"))
		s.Blocking, s.Grace = rapid.IntRange(-1, 9).Draw(rt, "blocking"), rapid.IntRange(-1, 9).Draw(rt, "grace")
		if rapid.Bool().Draw(rt, "blocked") {
			s.Status, s.BlockedOn = customer.StatusBlocked, day("blocked on")
		} else if rapid.Bool().Draw(rt, "promised") {
			s.Open = &service.Promise{ID: 1, MadeOn: "2026-11-01", Until: day("until"), Restored: rapid.Bool().Draw(rt, "restored")}
		}
		today := day("today")
		d := r.Decide(s, today)
		holds := s.Open != nil && s.Open.Until >= today
		switch {
		case d.Status == customer.StatusBlocked && (holds || s.Enough() || s.Blocking == customer.Never || s.Due >= today && s.Open == nil):
			rt.Fatalf("blocked: %+v on %s", s, today)
		case d.Status == customer.StatusDisabled && (s.Status != customer.StatusBlocked || s.Enough() || !r.On || s.Grace == customer.Never):
			rt.Fatalf("deactivated: %+v on %s", s, today)
		case d.Promise == service.PromiseBroken && (holds || s.Enough()):
			rt.Fatalf("broken: %+v on %s", s, today)
		}
		if d.Promise != "" {
			s.Open = nil
		}
		if d.Note != nil {
			s.BlocksOn = *d.Note
		}
		if d.Status != "" {
			s.Status, s.BlockedOn = d.Status, today
		}
		again := r.Decide(s, today)
		if again.Promise != "" || again.Status == customer.StatusBlocked || again.Status == customer.StatusDisabled {
			rt.Fatalf("twice: %+v, then %+v (%+v on %s)", d, again, s, today)
		}
	})
}
