package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/internal/money"
	"myisp/models/finance"
)

// TestHeldAttempts: staff see what a gateway told, and decide once: to book it as it came, or to close it with a reason; after
// that the same report holds nothing again (FIN-7).
func TestHeldAttempts(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		admin, support := s.LogInStaff("admin"), s.LogInStaff("support")
		hold := func(o sandbox.Outcome) (id string, page string) {
			id = p.begin()
			p.browser.Get(p.choose(id, o))
			list := admin.Get("/admin/finance/attempts?state=held")
			href := list.Find(`main ul.list a`).First().AttrOr("href", "")
			if !strings.HasPrefix(href, "/admin/finance/attempts/") {
				t.Fatalf("the list of held payments: %s", list.Text("main"))
			}
			return id, href
		}
		_, page := hold(sandbox.WrongCurrency)
		if home := admin.Get("/admin/finance"); !home.Link("/admin/finance/attempts?state=held") {
			t.Error("the finance overview does not tell of what waits")
		}
		if shown := admin.Get(page); shown.Has(`form[action$="/booking"]`) || !shown.Has(`form[action$="/closure"]`) {
			t.Error("another currency can be booked")
		}
		if got := admin.Post(page + "/booking"); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("booking another currency: %d", got.Status)
		}
		if got := admin.Post(page+"/closure", "note", " "); got.Status != http.StatusUnprocessableEntity || !got.Has("#f-note[aria-invalid]") {
			t.Errorf("closing without saying why: %d", got.Status)
		}
		if got := support.Post(page+"/closure", "note", "mine"); got.Status != http.StatusForbidden {
			t.Errorf("support closes: %d", got.Status)
		}
		if got := admin.Post(page+"/closure", "note", "Sent back at the provider"); got.Location != page {
			t.Errorf("closing: %d %s", got.Status, got.Text("main"))
		}
		if got := admin.Post(page+"/closure", "note", "again"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Text("main"), "decided about this payment already") {
			t.Errorf("closing twice: %d", got.Status)
		}
		if got := admin.Post(page + "/question"); got.Status != http.StatusSeeOther || !strings.Contains(admin.Get(page).Text("main"), "Sent back at the provider") {
			t.Errorf("asked again: %d %s", got.Status, admin.Get(page).Text("main"))
		}
		if p.payments() != 0 || p.due() != 3_990 {
			t.Errorf("closing booked something: %d payments, %d due", p.payments(), p.due())
		}

		id, page := hold(sandbox.WrongAmount)
		there, _ := s.Provider.Payment(id)
		for i, want := range []int{http.StatusSeeOther, http.StatusUnprocessableEntity} {
			if got := admin.Post(page + "/booking"); got.Status != want {
				t.Errorf("booking %d: %d %s", i, got.Status, got.Text("main"))
			}
		}
		s.Tell(t, id)
		p.work()
		if p.payments() != 1 {
			t.Errorf("%d payments", p.payments())
		}
		var held finance.Attempt
		must(t, s.M.DB.Q(s.Context).Where("external_id = ?", id).Take(&held).Error)
		if held.State != finance.AttemptPaid || held.Received != there.Received {
			t.Errorf("booked %d of %d: %s", held.Received, there.Received, held.State)
		}
		pay, err := s.M.Finance.PaymentByID(s.Context, held.PaymentID)
		must(t, err)
		if pay.Amount != there.Received {
			t.Errorf("the payment is %d", pay.Amount)
		}
		for who, text := range map[string]string{"staff": admin.Get(page).Text("main"), "the customer": p.browser.Get(fmt.Sprintf("/pay/attempts/%d", held.ID)).Text("main")} {
			if !strings.Contains(text, "Asked for€ 40.30") || !strings.Contains(text, money.FormatMinor(there.Received, 2)) {
				t.Errorf("%s are not told what was asked for and what came: %s", who, text)
			}
		}
		p.prove()
		if log := admin.Get("/admin/audit").Text("main"); !strings.Contains(log, "Held payment booked") || !strings.Contains(log, "Held payment closed") {
			t.Error("the audit log does not tell")
		}
		if got := admin.Get(fmt.Sprintf("/admin/finance/attempts/%d", held.ID+1000)); got.Status != http.StatusNotFound {
			t.Errorf("no such payment: %d", got.Status)
		}
	})
}
