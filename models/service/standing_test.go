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

// §3.6: the colours of staff: green enough time, yellow soon, red about to be or already blocked.
func TestOutlook(t *testing.T) {
	const today = db.Day("2026-11-22")
	owing := finance.Summary{Balance: money.Of(-500, "EUR"), NextDueDay: "2026-11-25"}
	late := finance.Summary{Balance: money.Of(-500, "EUR"), OverdueFrom: "2026-11-10", NextDueDay: "2026-12-10"}
	for name, c := range map[string]struct {
		status customer.Status
		b      customer.Billing
		sum    finance.Summary
		want   service.Outlook
	}{
		"nothing owed":     {customer.StatusActive, customer.Billing{}, finance.Summary{}, service.Outlook{Level: service.LevelFine}},
		"planned":          {customer.StatusActive, customer.Billing{BlocksOn: "2026-12-22"}, owing, service.Outlook{Level: service.LevelFine, Day: "2026-12-22", Days: 30}},
		"soon":             {customer.StatusActive, customer.Billing{BlockingPeriod: 2}, owing, service.Outlook{Level: service.LevelSoon, Day: "2026-11-28", Days: 6}},
		"two days":         {customer.StatusActive, customer.Billing{BlocksOn: "2026-11-24"}, owing, service.Outlook{Level: service.LevelAlarm, Day: "2026-11-24", Days: 2}},
		"overdue":          {customer.StatusActive, customer.Billing{BlockingPeriod: 3}, late, service.Outlook{Level: service.LevelAlarm, Day: "2026-11-14"}},
		"enough is enough": {customer.StatusActive, customer.Billing{MinBalance: -1000}, late, service.Outlook{Level: service.LevelFine}},
		"do not block":     {customer.StatusActive, customer.Billing{BlockingPeriod: customer.Never}, late, service.Outlook{}},
		"blocked":          {customer.StatusBlocked, customer.Billing{BlockedOn: "2026-11-20"}, late, service.Outlook{Level: service.LevelAlarm, Day: "2026-11-20"}},
		"disabled":         {customer.StatusDisabled, customer.Billing{}, late, service.Outlook{}},
	} {
		if got := service.OutlookOf(customer.Customer{Status: c.status}, c.b, c.sum, today); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
