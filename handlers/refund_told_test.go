package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// TestRefundNotToldYet: a refund that was made, and of which the gateway does not tell yet, is not made again with another form;
// it is asked about until it is booked, and one that is never told of has failed and stands in nobody's way (beyond.md; FIN-7).
func TestRefundNotToldYet(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		p := newPayer(t, handlerstest.New(t, d))
		at := p.begin()
		p.browser.Get(p.choose(at, sandbox.Success))
		a, err := p.M.Finance.AttemptBy(p.Context, "sandbox", at, "")
		must(t, err)
		admin := p.LogInStaff("admin")
		pay := fmt.Sprintf("/admin/customers/%d/payments/%d", p.id, a.PaymentID)
		refund := func() handlerstest.Page {
			key := admin.Get(pay).Find(`form[action$="/refund"] input[name="key"]`).AttrOr("value", "")
			return admin.Post(pay+"/refund", "key", key, "amount", "10.00", "sure", "1000", "day", "2026-11-20")
		}
		given := func() int64 { y, _ := p.Provider.Payment(at); return y.Returned }
		p.Provider.Fail(sandbox.Faults{Silent: 2})
		first := refund()
		if said := admin.Get(first.Location).Text("body"); first.Status != http.StatusSeeOther || !strings.Contains(said, "gave the money back") {
			t.Errorf("made, and nothing more is known: %d %s", first.Status, said)
		}
		if page := refund(); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text("main"), "has not yet told of another refund") || given() != 1_000 {
			t.Errorf("a second refund: %d %s; %d given back", page.Status, page.Text("main"), given())
		}
		asked := func() int {
			due, err := p.M.Finance.DueRefunds(p.Context, 10)
			must(t, err)
			return len(due)
		}
		p.later(&now, 2*time.Minute) // silent once more
		p.later(&now, 5*time.Minute)
		if a = p.attempt(a.ID); a.Returned != 1_000 || given() != 1_000 {
			t.Errorf("%d booked, %d given back", a.Returned, given())
		}
		if text := p.browser.Get(fmt.Sprintf("/pay/attempts/%d", a.ID)).Text("main"); !strings.Contains(text, "Given back€ 10.00") {
			t.Errorf("the page of the payment says %s", text)
		}
		p.Provider.Fail(sandbox.Faults{Silent: 1})
		if page := refund(); page.Status != http.StatusSeeOther {
			t.Errorf("the next refund: %d", page.Status)
		}
		p.Tell(t, at) // a notice is faster than the next question
		p.work()
		p.later(&now, 5*time.Minute)
		if n := asked(); n != 0 || p.attempt(a.ID).Returned != 2_000 {
			t.Errorf("told by a notice: %d are asked about, %d booked", n, p.attempt(a.ID).Returned)
		}
		p.Provider.Fail(sandbox.Faults{Silent: 1 << 20})
		refund()
		for range 80 {
			p.later(&now, time.Hour)
		}
		admin = p.LogInStaff("admin")
		if page := refund(); page.Status != http.StatusUnprocessableEntity || given() != 3_000 {
			t.Errorf("no answer for days is no answer: %d, %d given back", page.Status, given())
		}
		p.Provider.Fail(sandbox.Faults{Hides: true})
		p.later(&now, 2*time.Hour)
		if n := asked(); n != 0 {
			t.Errorf("not told of after days: %d are asked about", n)
		}
		admin = p.LogInStaff("admin")
		if page := refund(); page.Status != http.StatusSeeOther || given() != 4_000 {
			t.Errorf("one that failed stands in the way: %d, %d given back", page.Status, given())
		}
		p.Provider.Fail(sandbox.Faults{})
		p.later(&now, 2*time.Hour)
		p.prove()
	})
}

// TestRefundAfterStandstill: a refund whose answer is missing since so long that its gateway may have forgotten the key is asked for
// no more; what the gateway tells of it is booked.
func TestRefundAfterStandstill(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		p := newPayer(t, handlerstest.New(t, d))
		at := p.begin()
		p.browser.Get(p.choose(at, sandbox.Success))
		a, err := p.M.Finance.AttemptBy(p.Context, "sandbox", at, "")
		must(t, err)
		admin := p.LogInStaff("admin")
		pay := fmt.Sprintf("/admin/customers/%d/payments/%d", p.id, a.PaymentID)
		key := admin.Get(pay).Find(`form[action$="/refund"] input[name="key"]`).AttrOr("value", "")
		p.Provider.Fail(sandbox.Faults{Late: 1})
		admin.Post(pay+"/refund", "key", key, "amount", "10.00", "sure", "1000", "day", "2026-11-20")
		p.Provider.Fail(sandbox.Faults{Forgot: true})
		p.later(&now, 25*time.Hour) // the program stood still
		due, err := p.M.Finance.DueRefunds(p.Context, 10)
		must(t, err)
		if y, _ := p.Provider.Payment(at); y.Returned != 1_000 || p.attempt(a.ID).Returned != 1_000 || len(due) != 0 {
			t.Errorf("%d given back, %d booked, %d are asked for", y.Returned, p.attempt(a.ID).Returned, len(due))
		}
		p.prove()
	})
}

// TestDroppedCheckoutsEnd: a checkout that its provider has dropped is asked about no more, and keeps nobody else's payment from
// being heard of.
func TestDroppedCheckoutsEnd(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		p := newPayer(t, handlerstest.New(t, d))
		p.begin()
		p.later(&now, 40*time.Minute)
		p.Provider.Fail(sandbox.Faults{Drops: true})
		p.Customer(customer.Customer{Login: "eve", Email: "eve@example.com"})
		eve := p.LogIn("eve")
		page := eve.Get("/pay?ahead=1&amount=10.00")
		got := eve.Post("/pay", "key", page.Find(`input[name="key"]`).Last().AttrOr("value", ""), "ahead", "1", "amount", "10.00", "gateway", "sandbox")
		if got.Status != http.StatusSeeOther {
			t.Fatal(got.Status, got.Text("main"))
		}
		now = now.Add(40 * time.Minute) // both are due in one round, the dropped one first
		_, err := p.Provider.Choose(strings.TrimPrefix(got.Location, "/sandbox/"), sandbox.Success, sandbox.Lost)
		must(t, err)
		_, err = p.Till.Poll(p.Context, 50)
		must(t, err)
		if n := p.payments(); n != 0 {
			t.Errorf("%d payments of the one who left", n)
		}
		var paid, asked int64
		must(t, d.Q(p.Context).Raw("SELECT COUNT(*) FROM payment_attempts WHERE state = ?", finance.AttemptPaid).Scan(&paid).Error)
		for range 10 {
			p.later(&now, 24*time.Hour)
		}
		must(t, d.Q(p.Context).Raw("SELECT COUNT(*) FROM payment_attempts WHERE check_at IS NOT NULL").Scan(&asked).Error)
		if paid != 1 || asked != 0 {
			t.Errorf("%d paid in the round; days later %d are still asked about", paid, asked)
		}
	})
}
