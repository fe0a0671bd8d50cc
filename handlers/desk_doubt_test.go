package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/finance"
)

// TestDeskDoubt: what may be a slip of the finger is asked about once, with the input kept, and written after a yes: more than
// is owed, far more than anything before, and every refund. Another amount is asked about anew.
func TestDeskDoubt(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		alice, path := ofCustomer(t, s, "alice")
		staff := s.LogInStaff("finance")
		_, err := s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: finance.Party{CustomerID: alice.ID, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-01", Items: []finance.Item{{Description: "Mast", Price: 1811}}})
		must(t, err)
		owed, err := s.M.Finance.Of(alice.ID).Summary(s.Context, "2026-11-02")
		must(t, err)
		before := movements(t, s)
		f := form(staff.Get(path+"/payments/new"), "form.form")
		f.Set("method_id", "2")
		f.Set("for", "oldest")
		f.Set("comment", "at the counter")
		f.Set("amount", "999999999.00")
		page := staff.Do("POST", path+"/payments", f)
		more := fmt.Sprintf("%d.%02d", (99999999900-owed.Owed.Minor)/100, (99999999900-owed.Owed.Minor)%100)
		if text := strings.NewReplacer("\u202f", "", "\u00a0", "", " ", "").Replace(page.Text("#doubt")); page.Status != 422 || !strings.Contains(text, more+"more") {
			t.Fatalf("a huge one: %d %q, not %s", page.Status, page.Text("#doubt"), more)
		}
		if page.Find("select[name=method_id] option[selected]").AttrOr("value", "") != "2" || page.Find("input[name=comment]").AttrOr("value", "") != "at the counter" {
			t.Error("the input is lost")
		}
		f = form(page, "form.form")
		f.Set("amount", "5000.00")
		if page = staff.Do("POST", path+"/payments", f); page.Status != 422 || !page.Has("#doubt") {
			t.Errorf("another amount: %d", page.Status)
		}
		if movements(t, s) != before {
			t.Fatal("something was written")
		}
		sent := form(page, "form.form")
		page = staff.Do("POST", path+"/payments", sent)
		if page.Status != 303 || movements(t, s) == before {
			t.Fatalf("after a yes: %d %s", page.Status, page.Text("main"))
		}
		if again := staff.Do("POST", path+"/payments", sent); again.Location != page.Location {
			t.Errorf("sent twice: %d %s", again.Status, again.Location)
		}
		pay := page.Location
		f = form(staff.Get(path+"/payments/new"), "form.form")
		f.Set("method_id", "1")
		f.Set("for", "ahead")
		f.Set("amount", "20.00")
		if page = staff.Do("POST", path+"/payments", f); page.Status != 303 {
			t.Errorf("as much as usual, ahead: %d %s", page.Status, page.Text("#doubt"))
		}
		f.Set("key", "")
		f.Set("amount", "90000.00")
		if page = staff.Do("POST", path+"/payments", f); page.Status != 422 || !strings.Contains(page.Text("#doubt"), "far more") {
			t.Errorf("far more than ever: %d %s", page.Status, page.Text("#doubt"))
		}
		before = movements(t, s)
		f = form(staff.Get(pay), `form[action$="/refund"]`)
		f.Set("amount", "7.00")
		f.Set("comment", "too much")
		page = staff.Do("POST", pay+"/refund", f)
		if page.Status != 422 || !strings.Contains(page.Text("#doubt"), "7.00") || page.Find("input[name=comment]").AttrOr("value", "") != "too much" || movements(t, s) != before {
			t.Fatalf("a refund: %d %s", page.Status, page.Text("#doubt"))
		}
		if page = staff.Do("POST", pay+"/refund", form(page, `form[action$="/refund"]`)); page.Status != 303 || movements(t, s) != before+1 {
			t.Errorf("a refund after a yes: %d %s", page.Status, page.Text("main"))
		}
	})
}
