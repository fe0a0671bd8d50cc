package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/models/finance"
)

// deskForms are the forms of the desk that make something once by their key, for a customer with a payment.
func deskForms(path, payment string) map[string]url.Values {
	line := func(more url.Values) url.Values {
		more.Set("line.0.description", "Mast")
		more.Set("line.0.price", "1.00")
		more.Set("day", "2026-11-01")
		return more
	}
	return map[string]url.Values{
		path + "/invoices":          line(url.Values{}),
		path + "/proforma-invoices": line(url.Values{}),
		path + "/credit-notes":      line(url.Values{"invoice_id": {"0"}}),
		path + "/payments":          {"amount": {"5.00"}, "method_id": {"1"}, "for": {"ahead"}, "day": {"2026-11-01"}},
		path + "/transactions":      {"price": {"1.00"}, "type": {"debit"}, "category_id": {"1"}, "description": {"x"}, "day": {"2026-11-01"}},
		payment + "/refund":         {"amount": {"1.00"}, "sure": {"100"}, "method_id": {"1"}},
	}
}

// made counts what the books and the lists of documents hold.
func made(t *testing.T, s *handlerstest.Site) (n int64) {
	t.Helper()
	for _, table := range []string{"ledger_transactions", "proforma_invoices"} {
		rows, err := s.M.DB.Rows(s.Context, table)
		must(t, err)
		n += rows
	}
	return n
}

// TestDeskKeys: one form sent twice does its work once, and the same key in another form, of another customer, another payment
// or another member of staff is another key: no form answers for what it did not do.
func TestDeskKeys(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		s.Staff("frank", "finance")
		fiona, frank := s.LogInStaff("finance"), s.LogInStaff("frank")
		key := strings.Repeat("k", 43)
		did := func(what string, by *handlerstest.Client, path string, form url.Values, want bool) string {
			t.Helper()
			form.Set("key", key)
			before := made(t, s)
			p := by.Do("POST", path, form)
			if p.Status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", what, p.Status, p.Text("main"))
			}
			if after := made(t, s); after > before != want {
				t.Errorf("%s: %d entries were written", what, after-before)
			}
			return p.Location
		}
		for _, who := range []map[string]int64{c.alice, c.mallory} {
			_, path := ofCustomer(t, s, map[bool]string{true: "alice", false: "mallory"}[who["/finance/payments"] == c.alice["/finance/payments"]])
			for form, values := range deskForms(path, fmt.Sprintf("%s/payments/%d", path, who["/finance/payments"])) {
				first := did("the first "+form, fiona, form, values, true)
				if again := did("again "+form, fiona, form, values, false); again != first {
					t.Errorf("%s sent again answers with %s, not %s", form, again, first)
				}
				did("a colleague's "+form, frank, form, values, true)
			}
		}
		_, path := ofCustomer(t, s, "alice")
		pay := fiona.Do("POST", path+"/payments", url.Values{"amount": {"5.00"}, "method_id": {"1"}, "for": {"ahead"}, "day": {"2026-11-01"}}).Location
		did("a refund of another payment", fiona, pay+"/refund", url.Values{"amount": {"1.00"}, "sure": {"100"}, "method_id": {"1"}}, true)
		if r, err := s.M.Finance.Verify(s.Context); err != nil || !r.OK() {
			t.Errorf("the books: %v %v", r.Findings, err)
		}
	})
}

// TestDeskKeysOfOthers: a form of the desk cannot take the key under which the portal itself books an attempt's money.
func TestDeskKeysOfOthers(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		id := p.begin()
		list, _, err := s.M.Finance.Attempts(s.Context, finance.AttemptFilter{Size: 1})
		must(t, err)
		fiona := s.LogInStaff("finance")
		path := fmt.Sprintf("/admin/customers/%d", p.id)
		taken := fiona.Post(path+"/payments", "key", fmt.Sprintf("attempt:%d:in", list[0].ID), "amount", "5.00", "method_id", "1", "for", "ahead", "day", "2026-11-01")
		if taken.Status != http.StatusSeeOther {
			t.Fatalf("%d %s", taken.Status, taken.Text("main"))
		}
		p.browser.Get(p.choose(id, sandbox.Success))
		if p.due() != 0 {
			t.Errorf("the attempt's money was not booked: %d due", p.due())
		}
		if page := fiona.Post(taken.Location+"/removal", "reason", "typed by mistake"); page.Status != http.StatusSeeOther || !strings.Contains(fiona.Get(taken.Location).Text("main"), "typed by mistake") {
			t.Errorf("it counts as a gateway's: %d", page.Status)
		}
	})
}

// TestDeskGatewayKeys: two payments that came through a gateway go back each by its own form, even if both forms carry one key.
func TestDeskGatewayKeys(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		fiona := s.LogInStaff("finance")
		var ids []string
		for i := range 2 {
			begun := p.browser.Post("/pay", "key", fmt.Sprintf("a-key-of-a-form-%d", i), "ahead", "1", "amount", "5", "gateway", "sandbox")
			ids = append(ids, strings.TrimPrefix(begun.Location, "/sandbox/"))
			p.browser.Get(p.choose(ids[i], sandbox.Success))
		}
		list, _, err := s.M.Finance.Attempts(s.Context, finance.AttemptFilter{Size: 2})
		must(t, err)
		for _, a := range list {
			for range 2 {
				page := fiona.Post(fmt.Sprintf("/admin/customers/%d/payments/%d/refund", p.id, a.PaymentID), "key", strings.Repeat("k", 43), "amount", "1.00", "sure", "100")
				if page.Status != http.StatusSeeOther {
					t.Fatalf("%d %s", page.Status, page.Text("main"))
				}
			}
			if got, err := s.M.Finance.AttemptByID(s.Context, a.ID); err != nil || got.Returned != 100 {
				t.Errorf("attempt %d: %d went back, %v", a.ID, got.Returned, err)
			}
		}
		keys := map[string]bool{}
		for _, id := range ids {
			there, _ := s.Provider.Payment(id)
			for key := range there.Refunds {
				keys[key] = true
			}
		}
		if len(keys) != 2 { // most providers answer a key that they know with what was done under it
			t.Errorf("the provider was asked under %v", keys)
		}
	})
}
