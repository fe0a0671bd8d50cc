package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// later moves the clock of a test and does what has become due.
func (p *payer) later(now *time.Time, by time.Duration) {
	p.t.Helper()
	*now = now.Add(by)
	_, err := p.Till.Poll(p.Context, 50)
	must(p.t, err)
	p.work()
}

func (p *payer) attempt(id int64) finance.Attempt {
	p.t.Helper()
	a, err := p.M.Finance.AttemptByID(p.Context, id)
	must(p.t, err)
	return a
}

// pressSaved pays the invoice with a kept method and returns the attempt.
func (p *payer) pressSaved() (id int64, result string) {
	p.t.Helper()
	page := p.browser.Post("/pay", p.form()...)
	if _, err := fmt.Sscanf(page.Location, "/pay/attempts/%d", &id); err != nil {
		p.t.Fatalf("Pay: %d %s", page.Status, page.Text("main"))
	}
	return id, page.Location
}

// TestChargeAnswerLost: whatever happens to the answer of a kept method's charge, the money is taken at most once, nothing else
// is charged for the same meanwhile, and the page says what is known (beyond.md, scar 1; FIN-7).
func TestChargeAnswerLost(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  sandbox.Faults
		then   func(p *payer, now *time.Time, id int64)
		state  finance.AttemptState
		reason string
		paid   int64
	}{
		{"taken, found by its key", sandbox.Faults{Mute: true}, func(p *payer, now *time.Time, _ int64) { p.later(now, 3*time.Minute) }, finance.AttemptPaid, "", 1},
		{"taken, not found by its key", sandbox.Faults{Mute: true, NoKeys: true}, func(p *payer, now *time.Time, _ int64) {
			p.Provider.Fail(sandbox.Faults{NoKeys: true})
			p.later(now, 3*time.Minute)
		}, finance.AttemptPaid, "", 1},
		{"taken, told by a notice", sandbox.Faults{Mute: true, NoKeys: true}, func(p *payer, now *time.Time, id int64) {
			p.Provider.Fail(sandbox.Faults{NoKeys: true, Deaf: true})
			*now = now.Add(3 * time.Hour)
			y := p.Provider.ByKey(p.attempt(id).Key)
			if code := p.Tell(p.t, y.ID); code != http.StatusOK {
				p.t.Fatal(code)
			}
			p.work()
		}, finance.AttemptPaid, "", 1},
		{"never arrived, and then it does", sandbox.Faults{Deaf: true}, func(p *payer, now *time.Time, _ int64) {
			p.later(now, 3*time.Minute)
			p.Provider.Fail(sandbox.Faults{})
			p.later(now, 5*time.Minute)
		}, finance.AttemptPaid, "", 1},
		{"never arrived, and the customer has stopped waiting", sandbox.Faults{Deaf: true}, func(p *payer, now *time.Time, _ int64) {
			p.later(now, time.Hour)
			p.Provider.Fail(sandbox.Faults{})
			p.later(now, 3*time.Hour)
		}, finance.AttemptFailed, "unavailable", 0},
		{"never arrived, and the method was removed", sandbox.Faults{Deaf: true}, func(p *payer, now *time.Time, _ int64) {
			p.browser.Post(fmt.Sprintf("%s/%d/removal", methods, p.saved()[0].ID))
			p.Provider.Fail(sandbox.Faults{})
			p.later(now, 5*time.Minute)
			p.later(now, 3*time.Hour)
		}, finance.AttemptFailed, "unavailable", 0},
		{"the gateway is gone for a day", sandbox.Faults{Deaf: true}, func(p *payer, now *time.Time, _ int64) {
			must(p.t, p.M.DB.Q(p.Context).Exec("UPDATE gateway_setups SET gateway = 'down' WHERE gateway = 'sandbox'").Error)
			for range 3 {
				p.later(now, 13*time.Hour)
			}
		}, finance.AttemptHeld, finance.ReasonUnanswered, 0},
		{"gone for a day, and back with the money", sandbox.Faults{Mute: true}, func(p *payer, now *time.Time, _ int64) {
			must(p.t, p.M.DB.Q(p.Context).Exec("UPDATE gateway_setups SET gateway = 'down' WHERE gateway = 'sandbox'").Error)
			for range 3 {
				p.later(now, 13*time.Hour)
			}
			must(p.t, p.M.DB.Q(p.Context).Exec("UPDATE gateway_setups SET gateway = 'sandbox' WHERE gateway = 'down'").Error)
			p.later(now, 13*time.Hour)
		}, finance.AttemptPaid, "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
			dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
				now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
				p := newPayer(t, handlerstest.New(t, d)).bare()
				p.give(methods, sandbox.Success)
				p.Provider.Fail(sandbox.Faults{Deaf: c.fault.Deaf, Mute: c.fault.Mute, NoKeys: true})
				id, result := p.pressSaved()
				if page := p.browser.Get(result); !strings.Contains(page.Text("main"), "not confirmed yet") || page.Has(`a[href*="gateway="]`) {
					t.Errorf("the page says %s", page.Text("main"))
				}
				p.Provider.Fail(c.fault)
				if page := p.browser.Get(fmt.Sprintf("/pay?invoice=%d", p.invoice)); page.Has(`form[action="/pay"][method="post"]`) || !strings.Contains(page.Text("main"), "It is on its way") {
					t.Errorf("it is offered to be paid again: %s", page.Text("main"))
				}
				if page := p.browser.Post("/pay", "key", "a-key-of-another-form", "invoice", fmt.Sprint(p.invoice), "gateway", "sandbox"); page.Status != http.StatusConflict {
					t.Errorf("a second payment can be begun: %d", page.Status)
				}
				if page := p.browser.Get("/"); !page.Link(result) {
					t.Error("home does not tell of the payment")
				}
				c.then(p, &now, id)
				if a := p.attempt(id); a.State != c.state || a.Reason != c.reason || p.payments() != c.paid {
					t.Errorf("%s %q, %d payments", a.State, a.Reason, p.payments())
				}
				if n := p.Provider.Payments(p.attempt(id).Key); int64(n) != c.paid {
					t.Errorf("the provider has %d payments", n)
				}
				p.prove()
			})
		})
	}
}

// TestUnansweredIsDecided: staff close a charge that nobody answers for, and it stands in nobody's way after that.
func TestUnansweredIsDecided(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		p := newPayer(t, handlerstest.New(t, d)).bare()
		p.give(methods, sandbox.Success)
		p.Provider.Fail(sandbox.Faults{Deaf: true})
		id, _ := p.pressSaved()
		must(t, d.Q(p.Context).Exec("UPDATE gateway_setups SET gateway = 'down' WHERE gateway = 'sandbox'").Error)
		for range 3 {
			p.later(&now, 13*time.Hour)
		}
		must(t, d.Q(p.Context).Exec("UPDATE gateway_setups SET gateway = 'sandbox' WHERE gateway = 'down'").Error)
		admin := p.LogInStaff("admin")
		page := fmt.Sprintf("/admin/finance/attempts/%d", id)
		if shown := admin.Get(page); !strings.Contains(shown.Text("main"), "has not answered for a day") || shown.Has(`form[action$="/booking"]`) {
			t.Errorf("staff read %s", shown.Text("main"))
		}
		if got := admin.Post(page + "/booking"); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("nothing was booked: %d", got.Status)
		}
		if got := admin.Post(page+"/closure", "note", "Not there"); got.Location != page {
			t.Errorf("closing: %d", got.Status)
		}
		p.Provider.Fail(sandbox.Faults{})
		if again, _ := p.pressSaved(); again == id || p.attempt(again).State != finance.AttemptPaid {
			t.Errorf("the next payment: %+v", p.attempt(again))
		}
	})
}

// TestRefundAnswerLost: a refund whose answer is lost is asked for again under its key; nothing else goes back meanwhile.
func TestRefundAnswerLost(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		p := newPayer(t, handlerstest.New(t, d))
		at := p.begin()
		p.browser.Get(p.choose(at, sandbox.Success))
		a, err := p.M.Finance.AttemptBy(p.Context, "sandbox", at, "")
		must(t, err)
		admin := p.LogInStaff("admin")
		pay := fmt.Sprintf("/admin/customers/%d/payments/%d", p.id, a.PaymentID)
		key := func() string {
			return admin.Get(pay).Find(`form[action$="/refund"] input[name="key"]`).AttrOr("value", "")
		}
		p.Provider.Fail(sandbox.Faults{Late: 1})
		if page := admin.Post(pay+"/refund", "key", key(), "amount", "10.00", "sure", "1000", "day", "2026-11-20"); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text("main"), "nobody knows yet") {
			t.Errorf("no answer: %d %s", page.Status, page.Text("main"))
		}
		if page := admin.Post(pay+"/refund", "key", key(), "amount", "10.00", "sure", "1000", "day", "2026-11-20"); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text("main"), "has not yet told of another refund") {
			t.Errorf("a second refund: %d %s", page.Status, page.Text("main"))
		}
		if shown := admin.Get(fmt.Sprintf("/admin/finance/attempts/%d", a.ID)); !strings.Contains(shown.Text("main"), "asked again until there is one") {
			t.Errorf("staff read %s", shown.Text("main"))
		}
		p.later(&now, 2*time.Minute)
		if a = p.attempt(a.ID); a.Returned != 1_000 {
			t.Errorf("%d given back", a.Returned)
		}
		if shown := admin.Get(fmt.Sprintf("/admin/finance/attempts/%d", a.ID)); strings.Contains(shown.Text("main"), "asked again") {
			t.Error("it still waits")
		}
		if page := admin.Post(pay+"/refund", "key", key(), "amount", "5.00", "sure", "500", "day", "2026-11-20"); page.Status != http.StatusSeeOther || p.attempt(a.ID).Returned != 1_500 {
			t.Errorf("the next refund: %d, %d given back", page.Status, p.attempt(a.ID).Returned)
		}
		p.prove()
	})
}

// TestCheckoutLeft: who goes back from the provider's page and pays anew is not held up, and what was left cannot be paid any
// more; what was paid in between is told instead.
func TestCheckoutLeft(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		first := p.begin()
		second := p.begin()
		if y, _ := s.Provider.Payment(first); y.State != "cancelled" || second == first {
			t.Errorf("the first checkout is %s", y.State)
		}
		if page := p.browser.Post("/sandbox/"+first, "outcome", "success"); page.Status == http.StatusSeeOther {
			t.Error("the checkout that was left can be paid")
		}
		_, err := s.Provider.Choose(second, sandbox.Success, sandbox.Lost)
		must(t, err)
		if page := p.browser.Post("/pay", p.form()...); page.Status != http.StatusConflict || p.payments() != 1 {
			t.Errorf("paid in between: %d, %d payments", page.Status, p.payments())
		}
		p.prove()
	})
}

// TestLinkHoldsUpNobody: a checkout that somebody began with a pay link stands in the way of neither the customer nor autopay; of
// the same link it does until it is left.
func TestLinkHoldsUpNobody(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		token, _, err := s.M.Finance.Of(p.id).MakePayLink(s.Context, finance.KindInvoice, p.invoice, time.Hour)
		must(t, err)
		friend := s.Client()
		page := friend.Get("/pay/" + token)
		key := page.Find(`form input[name="key"]`).AttrOr("value", "")
		if got := friend.Post("/pay/"+token, "key", key, "gateway", "sandbox"); !strings.HasPrefix(got.Location, "/sandbox/") {
			t.Fatalf("%d %s", got.Status, got.Text("main"))
		}
		id := p.begin()
		p.browser.Get(p.choose(id, sandbox.Success))
		if p.due() != 0 || p.payments() != 1 {
			t.Errorf("%d due, %d payments", p.due(), p.payments())
		}
		p.prove()
	})
}
