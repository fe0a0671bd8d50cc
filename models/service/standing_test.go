package service_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/service"
)

// §2.15: who is suspended or about to be, why, and what brings the services back.
func TestSuspension(t *testing.T) {
	const today = db.Day("2026-11-22")
	since := time.Date(2026, 11, 13, 23, 30, 0, 0, time.UTC)
	prague := time.FixedZone("CET", 3600)
	eur := func(n int64) money.Money { return money.Of(n, "EUR") }
	overdue := finance.Summary{Owed: eur(8490), Overdue: eur(4200), OverdueFrom: "2026-11-10"}
	short := finance.Summary{Owed: eur(500)}
	for name, c := range map[string]struct {
		status customer.Status
		since  *time.Time
		b      customer.Billing
		sum    finance.Summary
		want   *service.Suspension
	}{
		"active":                    {customer.StatusActive, nil, customer.Billing{}, overdue, nil},
		"new":                       {customer.StatusNew, nil, customer.Billing{BlocksOn: today}, overdue, nil},
		"disabled":                  {customer.StatusDisabled, nil, customer.Billing{BlockedOn: "2026-11-14"}, overdue, nil},
		"blocked":                   {customer.StatusBlocked, nil, customer.Billing{BlockedOn: "2026-11-14"}, overdue, &service.Suspension{Day: "2026-11-14", Reason: service.ForOverdue, Due: "2026-11-10", Pay: eur(4200)}},
		"blocked, day not noted":    {customer.StatusBlocked, &since, customer.Billing{}, short, &service.Suspension{Day: "2026-11-14", Reason: service.ForBalance, Pay: eur(500)}},
		"blocked, nobody knows":     {customer.StatusBlocked, nil, customer.Billing{}, finance.Summary{}, &service.Suspension{Reason: service.ForOther}},
		"in a week":                 {customer.StatusActive, nil, customer.Billing{BlocksOn: "2026-11-29"}, overdue, &service.Suspension{Soon: true, Day: "2026-11-29", Reason: service.ForOverdue, Due: "2026-11-10", Pay: eur(4200)}},
		"in more than a week":       {customer.StatusActive, nil, customer.Billing{BlocksOn: "2026-11-30"}, overdue, nil},
		"should have been by now":   {customer.StatusActive, nil, customer.Billing{BlocksOn: "2026-11-20"}, short, &service.Suspension{Soon: true, Day: today, Reason: service.ForBalance, Pay: eur(500)}},
		"paid since it was planned": {customer.StatusActive, nil, customer.Billing{BlocksOn: "2026-11-25"}, finance.Summary{}, nil},
	} {
		got := service.SuspensionOf(customer.Customer{Status: c.status, StatusSince: c.since}, c.b, c.sum, today, prague)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

// SVC-1: what is active, once; a bundle's parts are in its price; currencies are not mixed.
func TestMonthlyTotal(t *testing.T) {
	row := func(status service.Status, unit, quantity, bundle int64, currency string) service.Row {
		return service.Row{Service: service.Service{Status: status, UnitPrice: unit, Quantity: quantity, BundleServiceID: bundle, Currency: currency}}
	}
	got := service.MonthlyTotal([]service.Row{
		row(service.Active, 1999, 1500, 0, "EUR"), row(service.Pending, 500, 1000, 0, "EUR"), row(service.Stopped, 500, 1000, 0, "EUR"), row(service.Active, 900, 1000, 7, "EUR"),
		row(service.Active, 1000, 1000, 0, "USD"), row(service.Active, 1, 2000, 0, "EUR"),
	})
	if diff := cmp.Diff([]money.Money{money.Of(3001, "EUR"), money.Of(1000, "USD")}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := service.MonthlyTotal(nil); got != nil {
		t.Errorf("nothing costs %v", got)
	}
}

// §3.6: the colours of staff: green enough time, yellow soon, red about to be or already blocked. The day is the one that the
// daily job acts on and the timeline tells: workdays, promises and money on its way counted in (decision 21).
func TestOutlook(t *testing.T) {
	const today = db.Day("2026-11-22") // a Sunday
	weekend := []time.Weekday{time.Saturday, time.Sunday}
	on := service.Rules{On: true}
	active := service.Stand{Status: customer.StatusActive, Balance: -500, Grace: 10}
	owing, late := active, active
	owing.Due, owing.Issued, late.Due, late.Issued = "2026-11-25", "2026-11-11", "2026-11-10", "2026-10-27"
	with := func(s service.Stand, change func(*service.Stand)) service.Stand {
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		rules service.Rules
		stand service.Stand
		want  service.Outlook
	}{
		"nothing owed":      {on, service.Stand{Status: customer.StatusActive}, service.Outlook{Level: service.LevelFine}},
		"soon":              {on, with(owing, func(s *service.Stand) { s.Blocking = 2 }), service.Outlook{Level: service.LevelSoon, Day: "2026-11-28", Days: 6}},
		"on a workday":      {service.Rules{On: true, Weekend: weekend}, with(owing, func(s *service.Stand) { s.Blocking = 2 }), service.Outlook{Level: service.LevelFine, Day: "2026-11-30", Days: 8}},
		"two days":          {on, with(owing, func(s *service.Stand) { s.Due = "2026-11-23" }), service.Outlook{Level: service.LevelAlarm, Day: "2026-11-24", Days: 2}},
		"overdue":           {on, with(late, func(s *service.Stand) { s.Blocking = 3 }), service.Outlook{Level: service.LevelAlarm, Day: "2026-11-14"}},
		"promised":          {on, with(late, func(s *service.Stand) { s.Open = &service.Promise{Until: "2026-11-26"} }), service.Outlook{Level: service.LevelSoon, Day: "2026-11-27", Days: 5}},
		"money on its way":  {on, with(late, func(s *service.Stand) { s.Underway = 500 }), service.Outlook{Level: service.LevelFine}},
		"nothing that does": {on, active, service.Outlook{Level: service.LevelFine}},
		"enough is enough":  {on, with(late, func(s *service.Stand) { s.MinBalance = -1000 }), service.Outlook{Level: service.LevelFine}},
		"do not block":      {on, with(late, func(s *service.Stand) { s.Blocking = customer.Never }), service.Outlook{}},
		"blocked":           {on, with(late, func(s *service.Stand) { s.Status, s.BlockedOn = customer.StatusBlocked, "2026-11-20" }), service.Outlook{Level: service.LevelAlarm, Day: "2026-11-20"}},
		"disabled":          {on, with(late, func(s *service.Stand) { s.Status = customer.StatusDisabled }), service.Outlook{}},
		"noted, off":        {service.Rules{}, with(late, func(s *service.Stand) { s.BlocksOn = "2026-12-22" }), service.Outlook{Level: service.LevelFine, Day: "2026-12-22", Days: 30}},
		"nobody blocks":     {service.Rules{}, late, service.Outlook{Level: service.LevelFine}},
	} {
		got := service.Standing{Stand: c.stand, Rules: c.rules, Today: today}.Outlook()
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		for _, step := range c.rules.Timeline(c.stand, today) {
			if step.Kind == service.StepBlocked && c.stand.Status == customer.StatusActive && step.Day != max(got.Day, today) {
				t.Errorf("%s: the timeline says %s", name, step.Day)
			}
		}
	}
}
