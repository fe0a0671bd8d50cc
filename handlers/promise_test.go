package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
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
	"myisp/models/service"
)

// debtor is a customer who owes 29.90 since 15 November, in a portal that blocks and takes promises of three days.
type debtor struct {
	*handlerstest.Site
	t      *testing.T
	who    customer.Customer
	worker *jobs.Worker
	now    *time.Time
}

func newDebtor(t *testing.T, d *db.DB, now *time.Time, settings ...string) *debtor {
	t.Helper()
	s := handlerstest.New(t, d)
	for _, key := range append([]string{"promises"}, settings...) {
		s.Set(key, "on")
	}
	p := &debtor{Site: s, t: t, now: now, worker: jobs.New(s.M, jobs.Couriers{Mail: capture.Mailer(s.M.Messages), Sender: "portal@example.com"}).Portal(s.Server.Kit(), strings.TrimPrefix(s.URL, "http://"))}
	p.who = s.Customer(customer.Customer{Login: "carla", Email: "carla@example.com"})
	billing, err := s.M.Customers.Of(p.who.ID).Billing(s.Context)
	must(t, err)
	billing.GracePeriod = 10
	must(t, s.M.Customers.SetBilling(s.Context, billing))
	must(t, s.M.Services.Add(s.Context, &service.Service{CustomerID: p.who.ID, Kind: service.Internet, Description: "Fiber", UnitPrice: 2990, Currency: "EUR", StartsOn: "2026-01-01", Status: service.Active}))
	_, err = s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: finance.Party{CustomerID: p.who.ID, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-01", DueDay: "2026-11-15",
		Kind: "recurring", Items: []finance.Item{{Description: "Fiber", Price: 2990}}})
	must(t, err)
	return p
}

// at moves the clock to noon of a day and does whatever is due, twice: the second time must change nothing.
func (p *debtor) at(day db.Day) {
	p.t.Helper()
	*p.now = day.Time().Add(12 * time.Hour)
	must(p.t, p.worker.Schedule(p.Context))
	for p.worker.Once(p.Context) {
	}
	before := p.audited()
	for _, err := range []error{p.roundAgain(), p.roundAgain()} {
		must(p.t, err)
	}
	if after := p.audited(); after != before {
		p.t.Errorf("%s: the round of a day done again entered %d changes", day, after-before)
	}
	for p.worker.Once(p.Context) {
	}
}

func (p *debtor) roundAgain() error {
	_, _, err := p.M.Services.Round(p.Context, 1, 0, 100)
	return err
}

func (p *debtor) audited() int64 {
	n, err := p.M.DB.Rows(p.Context, "audit_entries")
	must(p.t, err)
	return n
}

func (p *debtor) is(want customer.Status) {
	p.t.Helper()
	c, err := p.M.Customers.Find(p.Context, p.who.ID)
	must(p.t, err)
	if c.Status != want {
		p.t.Fatalf("on %s the customer is %s, want %s", p.now.Format(time.DateOnly), c.Status, want)
	}
}

func (p *debtor) promise() service.Promise {
	p.t.Helper()
	list, err := p.M.Services.Of(p.who.ID).Promises(p.Context)
	must(p.t, err)
	if len(list) == 0 {
		return service.Promise{}
	}
	return list[0]
}

func (p *debtor) mails() string {
	p.t.Helper()
	kept, err := p.M.Messages.Captured(p.Context, 50)
	must(p.t, err)
	var subjects []string
	for i := len(kept) - 1; i >= 0; i-- {
		subjects = append(subjects, kept[i].Subject)
	}
	return strings.Join(subjects, " | ")
}

func (p *debtor) pays() {
	p.t.Helper()
	_, err := p.M.Finance.RecordPayment(p.Context, finance.NewPayment{Party: finance.Party{CustomerID: p.who.ID, PartnerID: 1, Currency: "EUR"}, MethodID: finance.MethodCash,
		Day: db.DayOf(*p.now, time.UTC), Amount: 2990})
	must(p.t, err)
	for p.worker.Once(p.Context) {
	}
}

func eachDebtor(t *testing.T, settings []string, fn func(t *testing.T, p *debtor)) {
	now := new(time.Time)
	dbtest.EachAt(t, func() time.Time { return *now }, func(t *testing.T, d *db.DB) {
		*now = time.Date(2026, 11, 5, 12, 0, 0, 0, time.UTC)
		fn(t, newDebtor(t, d, now, settings...))
	})
}

// §3.1: the day after the due day blocks, the grace period's end deactivates with what follows from it, and a payment brings
// everything back; each day's work is done once.
func TestBlockingByTheClock(t *testing.T) {
	eachDebtor(t, []string{"block_unpaid", "remind_unpaid"}, func(t *testing.T, p *debtor) {
		p.at("2026-11-11")
		p.is(customer.StatusActive)
		if b, _ := p.M.Customers.Of(p.who.ID).Billing(p.Context); b.BlocksOn != "2026-11-16" {
			t.Errorf("the day of blocking is noted as %q", b.BlocksOn)
		}
		if page := p.LogIn("carla").Get("/"); !strings.Contains(page.Text(".notice"), "will be suspended on") {
			t.Errorf("home does not warn: %s", page.Text("main"))
		}
		p.at("2026-11-15")
		p.is(customer.StatusActive)
		p.at("2026-11-16")
		p.is(customer.StatusBlocked)
		page := p.LogIn("carla").Get("/")
		if text := page.Text(".notice"); !strings.Contains(text, "Without a payment your services end on") || strings.Count(page.Body, "suspended since") != 1 {
			t.Errorf("home says %s", text)
		}
		p.at("2026-11-25")
		p.is(customer.StatusBlocked)
		p.at("2026-11-26")
		p.is(customer.StatusDisabled)
		rows, err := p.M.Services.Of(p.who.ID).Everything(p.Context)
		must(t, err)
		if len(rows) != 2 || rows[0].Status != service.Disabled || rows[0].EndsOn != "2026-11-26" || rows[1].Status != service.Stopped {
			t.Errorf("services %+v", rows)
		}
		if got := p.mails(); strings.Count(got, "an invoice waits") != 2 || strings.Count(got, "are suspended") != 1 || strings.Count(got, "have ended") != 1 {
			t.Errorf("mails: %s", got)
		}
		p.pays()
		p.is(customer.StatusActive)
		if rows, _ = p.M.Services.Of(p.who.ID).Everything(p.Context); rows[1].Status != service.Active || rows[1].StartsOn != "2026-11-27" {
			t.Errorf("after the payment %+v", rows[1])
		}
	})
}

// Where nobody has switched blocking on, nobody is blocked (beyond.md: customers who were migrated).
func TestBlockingIsOffAtFirst(t *testing.T) {
	eachDebtor(t, nil, func(t *testing.T, p *debtor) {
		for _, day := range []db.Day{"2026-11-16", "2026-12-16", "2027-03-01"} {
			p.at(day)
			p.is(customer.StatusActive)
		}
		if p.mails() != "" {
			t.Errorf("mails: %s", p.mails())
		}
	})
}

// beyond.md 3: a promise lets a blocked customer in at once, holds, is broken on its day, and counts against the next; a
// payment keeps it.
func TestPromiseToPay(t *testing.T) {
	eachDebtor(t, []string{"block_unpaid"}, func(t *testing.T, p *debtor) {
		c := p.LogIn("carla")
		if page := c.Post("/pay/promise"); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text("main"), "nothing to promise") {
			t.Errorf("without need: %d", page.Status)
		}
		p.at("2026-11-16")
		c = p.LogIn("carla")
		page := c.Get("/pay")
		if !page.Has(`form[action="/pay/promise"] button`) || !strings.Contains(page.Text("main"), "come back at once") || !page.Has("details[open] .timeline .beat-today") {
			t.Fatalf("/pay offers no promise: %s", page.Text("main"))
		}
		if page = c.Post("/pay/promise"); page.Location != "/pay" {
			t.Fatalf("promise: %d", page.Status)
		}
		p.is(customer.StatusActive)
		c.Post("/pay/promise") // pressed again
		if n, _ := p.M.DB.Rows(p.Context, "payment_promises"); n != 1 {
			t.Errorf("%d promises", n)
		}
		if page = c.Get("/pay"); page.Has(`form[action="/pay/promise"]`) || !strings.Contains(page.Text(".notice"), "until 19 November") {
			t.Errorf("/pay after it: %s", page.Text("main"))
		}
		if page = c.Get("/"); !strings.Contains(page.Text(".notice"), "You have until 19 Nov to pay") {
			t.Errorf("home: %s", page.Text(".notice"))
		}
		p.at("2026-11-18")
		p.is(customer.StatusActive)
		p.at("2026-11-19")
		p.is(customer.StatusActive)
		p.at("2026-11-20")
		p.is(customer.StatusBlocked)
		if x := p.promise(); x.State != service.PromiseBroken || x.EndedOn != "2026-11-20" {
			t.Errorf("%+v", x)
		}
		if got := p.mails(); strings.Count(got, "you have time to pay") != 1 || strings.Count(got, "ends tomorrow") != 1 || strings.Count(got, "is over") != 1 {
			t.Errorf("mails: %s", got)
		}
		c = p.LogIn("carla")
		if page = c.Post("/pay/promise"); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text("main"), "The last promise was not kept. You can make another from") {
			t.Errorf("after a broken one: %d %s", page.Status, page.Text("main"))
		}
		if page = c.Get("/pay"); page.Has(`form[action="/pay/promise"]`) || !strings.Contains(page.Text("main"), "The last promise was not kept") {
			t.Error("/pay does not say why there is no promise")
		}
		p.pays()
		p.is(customer.StatusActive)
	})
}

// A promise that is paid is kept, and nothing threatens any more; the page of the payment says that the services are back.
func TestPromiseKept(t *testing.T) {
	eachDebtor(t, []string{"block_unpaid"}, func(t *testing.T, p *debtor) {
		p.at("2026-11-16")
		p.LogIn("carla").Post("/pay/promise")
		p.at("2026-11-18")
		p.pays()
		if x := p.promise(); x.State != service.PromiseKept || x.EndedOn != "2026-11-18" {
			t.Errorf("%+v", x)
		}
		p.at("2026-11-20")
		p.is(customer.StatusActive)
		if b, _ := p.M.Customers.Of(p.who.ID).Billing(p.Context); b.BlocksOn != "" {
			t.Errorf("still to be blocked on %s", b.BlocksOn)
		}
	})
}

// 64 presses at once are one promise.
func TestPromiseOnce(t *testing.T) {
	eachDebtor(t, []string{"block_unpaid"}, func(t *testing.T, p *debtor) {
		p.at("2026-11-16")
		c := p.LogIn("carla")
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				if page := c.Post("/pay/promise"); page.Status != http.StatusSeeOther {
					t.Errorf("%d", page.Status)
				}
			})
		}
		all.Wait()
		var letters int64
		must(t, p.M.DB.Q(p.Context).Model(&job.Job{}).Where("kind = ?", service.JobNotice).Count(&letters).Error)
		if n, _ := p.M.DB.Rows(p.Context, "payment_promises"); n != 1 || letters != 1 {
			t.Errorf("%d promises and %d letters", n, letters)
		}
		p.is(customer.StatusActive)
	})
}

// Staff grant, move and cancel under their own name; who may not sees no form and is refused; nonsense is said beside the field.
func TestPromiseByStaff(t *testing.T) {
	eachDebtor(t, []string{"block_unpaid"}, func(t *testing.T, p *debtor) {
		p.at("2026-11-16")
		p.Staff("sue", "support")
		p.Staff("rita", "read_only")
		card := fmt.Sprintf("/admin/customers/%d", p.who.ID)
		reader := p.LogInStaff("rita")
		if page := reader.Get(card); page.Has(`form[action$="/promise"]`) || !page.Has(".timeline") {
			t.Error("a reader's card")
		}
		if page := reader.Post(card+"/promise", "until", "2026-11-25"); page.Status != http.StatusForbidden {
			t.Errorf("a reader grants: %d", page.Status)
		}
		sue := p.LogInStaff("sue")
		for _, bad := range []string{"", "2026-11-15", "2027-02-01", "2026-02-30", "soon"} {
			if page := sue.Post(card+"/promise", "until", bad); page.Status != http.StatusUnprocessableEntity || !page.Has("#f-until-error") {
				t.Errorf("until %q: %d", bad, page.Status)
			}
		}
		p.is(customer.StatusBlocked)
		if page := sue.Post(card+"/promise", "until", "2026-11-25"); page.Location != card {
			t.Fatalf("grant: %d", page.Status)
		}
		p.is(customer.StatusActive)
		sue.Post(card+"/promise", "until", "2026-11-27")
		if x := p.promise(); x.Until != "2026-11-27" || x.GrantedBy != "sue" {
			t.Errorf("%+v", x)
		}
		if page := sue.Get(card); !strings.Contains(page.Text("main"), "Granted by sue") {
			t.Error("the card does not say who granted it")
		}
		p.at("2026-11-26")
		p.is(customer.StatusActive)
		sue = p.LogInStaff("sue")
		if page := sue.Post(card + "/promise/cancellation"); page.Location != card {
			t.Errorf("cancel: %d", page.Status)
		}
		sue.Post(card + "/promise/cancellation")
		p.is(customer.StatusBlocked)
		if x := p.promise(); x.State != service.PromiseCancelled {
			t.Errorf("%+v", x)
		}
		p.pays()
		if page := sue.Post(card+"/promise", "until", "2026-11-30"); page.Status != http.StatusConflict || !strings.Contains(page.Text("main"), "owes nothing") {
			t.Errorf("grant to who owes nothing: %d", page.Status)
		}
	})
}

// A partner's day of blocking begins at eight in its own zone, and not before.
func TestBlockingHour(t *testing.T) {
	eachDebtor(t, []string{"block_unpaid"}, func(t *testing.T, p *debtor) {
		p.Set("timezone", "Pacific/Auckland")
		for _, c := range []struct {
			at   time.Time
			want customer.Status
		}{
			{time.Date(2026, 11, 14, 20, 0, 0, 0, time.UTC), customer.StatusActive},  // 15 November, nine o'clock
			{time.Date(2026, 11, 15, 18, 59, 0, 0, time.UTC), customer.StatusActive}, // 16 November, one minute to eight
			{time.Date(2026, 11, 15, 19, 1, 0, 0, time.UTC), customer.StatusBlocked}, // eight
		} {
			*p.now = c.at
			must(t, p.worker.Schedule(p.Context))
			for p.worker.Once(p.Context) {
			}
			p.is(c.want)
		}
		if b, _ := p.M.Customers.Of(p.who.ID).Billing(p.Context); b.BlockedOn != "2026-11-16" {
			t.Errorf("blocked on %s", b.BlockedOn)
		}
	})
}

// The page of a payment says that the services will be back while the queue has not come to it, and that they are once it has.
func TestPaymentTellsOfServices(t *testing.T) {
	eachDebtor(t, []string{"block_unpaid"}, func(t *testing.T, p *debtor) {
		p.TakePayments(1)
		p.at("2026-11-16")
		c := p.LogIn("carla")
		page := c.Get("/pay")
		pay := c.Post("/pay", "key", page.Find(`input[name="key"]`).First().AttrOr("value", ""), "gateway", "sandbox")
		chosen := c.Post(pay.Location, "outcome", "success", "notices", "after_return")
		page = c.Get(strings.TrimPrefix(chosen.Location, p.URL))
		if text := page.Text("main"); !strings.Contains(text, "will be back within a few minutes") || strings.Contains(text, "are back") {
			t.Errorf("before the queue: %d %s", page.Status, text)
		}
		for p.worker.Once(p.Context) {
		}
		p.is(customer.StatusActive)
		page = c.Get(strings.TrimPrefix(chosen.Location, p.URL))
		if text := page.Text("main"); !strings.Contains(text, "Your services are back") {
			t.Errorf("after it: %s", text)
		}
		if !strings.Contains(p.mails(), "30.20") {
			t.Errorf("no receipt: %s", p.mails())
		}
	})
}

// A debit that bounces keeps nobody from being blocked twice: after it money on its way counts for nothing until it is here, and
// money in another currency never does (FIN-4, §3.1).
func TestBouncingDebits(t *testing.T) {
	eachDebtor(t, []string{"block_unpaid"}, func(t *testing.T, p *debtor) {
		party := finance.Party{CustomerID: p.who.ID, PartnerID: 1, Currency: "EUR"}
		debit := func(key string, party finance.Party) finance.Attempt {
			t.Helper()
			n := finance.NewAttempt{Key: "a-debit-of-tests-" + key, Party: party, Gateway: "sandbox", MethodID: finance.MethodCard, Purpose: finance.PayAhead, Amount: 100_000, Open: time.Minute}
			a, err := p.M.Finance.Of(p.who.ID).BeginAttempt(p.Context, n)
			must(t, err)
			return p.settle(a, finance.Outcome{ExternalID: "x-" + key, State: finance.AttemptPending, Currency: party.Currency})
		}
		p.at("2026-11-15")
		first := debit("first", party)
		p.at("2026-11-16")
		p.is(customer.StatusActive) // theirs is under way
		p.settle(first, finance.Outcome{State: finance.AttemptDeclined, Reason: "funds", Currency: "EUR"})
		debit("second", party)
		p.at("2026-11-17")
		p.is(customer.StatusBlocked)
	})
	eachDebtor(t, []string{"block_unpaid"}, func(t *testing.T, p *debtor) {
		a, err := p.M.Finance.Of(p.who.ID).BeginAttempt(p.Context, finance.NewAttempt{Key: "dollars-of-tests-", Party: finance.Party{CustomerID: p.who.ID, PartnerID: 1, Currency: "USD"},
			Gateway: "sandbox", MethodID: finance.MethodCard, Purpose: finance.PayAhead, Amount: 100_000, Open: time.Minute})
		must(t, err)
		p.settle(a, finance.Outcome{ExternalID: "x", State: finance.AttemptPending, Currency: "USD"})
		p.at("2026-11-16")
		p.is(customer.StatusBlocked)
	})
}

func (p *debtor) settle(a finance.Attempt, o finance.Outcome) finance.Attempt {
	p.t.Helper()
	o.Day = "2026-11-15"
	a, err := p.M.Finance.Settle(p.Context, a.ID, o, finance.Item{})
	must(p.t, err)
	return a
}
