package handlers_test

import (
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/internal/courier/capture"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/limit"
	"myisp/models/session"
)

// TestNobodysCode: the job of a reset that was asked for in vain sends nothing, and ends like any other, even late.
func TestNobodysCode(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	s := handlerstest.New(t, dbtest.SQLite(t, func() time.Time { return now }))
	worker := jobs.New(s.M, jobs.Couriers{Mail: capture.Mailer(s.M.Messages), Sender: "portal@example.com"})
	for _, wait := range []time.Duration{0, time.Hour} {
		s.Client().Post("/reset", "identifier", "nobody", "contact", "nobody@example.com")
		now = now.Add(wait)
		for worker.Once(s.Context) {
		}
	}
	kept, err := s.M.Messages.Captured(s.Context, 10)
	must(t, err)
	var done []job.Job
	must(t, s.M.DB.Q(s.Context).Where("kind = ?", customer.JobResetCode).Find(&done).Error)
	if len(kept) != 0 || len(done) != 2 {
		t.Fatalf("%d messages were sent by %d jobs", len(kept), len(done))
	}
	for _, j := range done {
		if j.State != job.Done || len(j.Payload) != 0 || j.LastError != "" {
			t.Errorf("the job ended as %s (%s) with a payload of %d bytes", j.State, j.LastError, len(j.Payload))
		}
	}
}

// TestHousekeeping: what has ended goes: windows of limits after the longest there is, the rest after thirty days. What has
// not ended stays, and a limit in force stays in force.
func TestHousekeeping(t *testing.T) {
	start := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	now := start
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		now = start
		s := handlerstest.New(t, d)
		worker := jobs.New(s.M, jobs.Couriers{Mail: capture.Mailer(s.M.Messages), Sender: "portal@example.com"})
		clean := func() {
			must(t, worker.Schedule(s.Context))
			for worker.Once(s.Context) {
			}
		}
		rows := func(table string) int64 {
			n, err := d.Rows(s.Context, table)
			must(t, err)
			return n
		}
		c := s.Customer(customer.Customer{Login: "alice", Email: "alice@example.com"})
		_, err := s.M.Sessions.Start(s.Context, session.Customer, c.ID, "192.0.2.1", "test")
		must(t, err)
		daily := limit.Rule{Name: "test", Max: 1, Window: limit.Longest}
		must(t, s.M.Limits.Take(s.Context, daily, "somebody"))
		s.Client().Post("/reset", "identifier", "alice", "contact", "alice@example.com")
		clean()
		now = start.Add(23 * time.Hour)
		clean()
		if s.M.Limits.Take(s.Context, daily, "somebody") == nil {
			t.Error("after 23 hours a limit of a day was forgotten")
		}
		now = start.Add(48*time.Hour + time.Second)
		clean()
		if n := rows("rate_limits"); n != 0 {
			t.Errorf("%d windows are kept after they ended", n)
		}
		if rows("sessions") != 1 || rows("reset_requests") != 1 {
			t.Error("sessions and requests went before their time")
		}
		now = start.Add(61 * 24 * time.Hour)
		clean()
		var old int64
		must(t, d.Q(s.Context).Model(&job.Job{}).Where("created_at < ?", now).Count(&old).Error)
		if rows("sessions") != 0 || rows("reset_requests") != 0 || old != 0 {
			t.Errorf("after 61 days: %d sessions, %d requests, %d jobs of before", rows("sessions"), rows("reset_requests"), old)
		}
		if err := s.M.Limits.Take(s.Context, limit.Rule{Name: "test", Max: 1, Window: limit.Longest + 1}, "somebody"); err == nil {
			t.Error("a rule whose window outlives its counters is taken")
		}
	})
}

// TestHousekeepingOfMoney: bank statements that nobody imported go after a day, what gateways told of and pay links that have
// ended after 400. A link that can still be used stays, however old it is.
func TestHousekeepingOfMoney(t *testing.T) {
	start := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	now := start
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		now = start
		s := handlerstest.New(t, d)
		worker := jobs.New(s.M, jobs.Couriers{})
		c := s.Customer(customer.Customer{Login: "alice", Email: "alice@example.com"})
		me := s.M.Finance.Of(c.ID)
		inv, err := s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: finance.Party{CustomerID: c.ID, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-01", Items: []finance.Item{{Description: "x", Price: 100}}})
		must(t, err)
		_, err = s.M.Finance.Heard(s.Context, "sandbox", "event-1", "x")
		must(t, err)
		_, err = s.M.Finance.AddStatement(s.Context, 1, "bank.csv", []byte("date,amount,text,payer\n2026-11-20,12.34,x,A\n"), "EUR")
		must(t, err)
		day := 24 * time.Hour
		for _, life := range []time.Duration{day, 500 * day, 1000 * day} {
			_, l, err := me.MakePayLink(s.Context, finance.KindInvoice, inv.ID, life)
			must(t, err)
			if life == 500*day {
				must(t, me.RevokePayLink(s.Context, l.ID))
			}
		}
		for _, at := range []struct {
			days                          int
			notices, statements, payLinks int64
		}{{0, 1, 1, 3}, {2, 1, 0, 3}, {399, 1, 0, 3}, {402, 0, 0, 1}, {1300, 0, 0, 1}, {1402, 0, 0, 0}} {
			now = start.Add(time.Duration(at.days)*day + time.Second)
			must(t, worker.Schedule(s.Context))
			for worker.Once(s.Context) {
			}
			for table, want := range map[string]int64{"gateway_notices": at.notices, "bank_statements": at.statements, "pay_links": at.payLinks} {
				if n, err := d.Rows(s.Context, table); err != nil || n != want {
					t.Errorf("after %d days: %d %s, want %d, %v", at.days, n, table, want, err)
				}
			}
		}
	})
}
