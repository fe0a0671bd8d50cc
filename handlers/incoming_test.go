package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"myisp/handlers/handlerstest"
	"myisp/models/customer"
	"myisp/models/finance"
)

const upload = "/admin/finance/incoming/statements"

// A statement goes from the bank's file to payments: looked at, read otherwise, imported once, booked by one press for what is
// certain, by search for the rest, laid aside, taken back; customers get receipts, the log has each step (FIN-3).
func TestIncomingDesk(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("finance", "finance")
		c := newCastOf(t, s)
		alice := c.alice["/admin/customers"]
		inv, err := s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: finance.Party{CustomerID: alice, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-01", DueDay: "2026-11-15",
			Items: []finance.Item{{Description: "Fiber", Price: 123_456}}})
		must(t, err)
		ref := finance.Reference{Kind: finance.RefInvoice, ID: inv.ID}.Grouped()
		file := "Datum;Name;Zweck;Betrag\n20.11.2026;Alice Carter;Danke " + strings.ToLower(ref) + ";1.234,56\n21.11.2026;Somebody <b>;rent;10,00\nbroken\n22.11.2026;Landlord;rent;-5,00\n"
		desk := s.LogInStaff("finance")

		if p := desk.Upload(upload, "file", "empty.csv", nil, "partner", "1"); p.Status != 422 || !p.Has("#f-file-error") {
			t.Errorf("an empty file: %d", p.Status)
		}
		if p := desk.Upload(upload, "file", "big.csv", make([]byte, finance.MaxStatement+1), "partner", "1"); p.Status != 422 || !p.Has("#f-file-error") {
			t.Errorf("a large file: %d", p.Status)
		}
		preview := desk.Upload(upload, "file", "november.csv", []byte(file), "partner", "1").Location
		p := desk.Get(preview)
		if text := p.Text("main"); p.Status != 200 || !strings.Contains(text, "New: 2 · imported before: 0 · unreadable: 1 · not incoming: 1") || !strings.Contains(text, "Line 4") || !strings.Contains(text, "1,234.56") {
			t.Fatalf("the preview: %d %s", p.Status, text)
		}
		form := []string{"column_day", "Datum", "column_amount", "Betrag", "column_payer", "Name", "date", "D.M.YYYY", "decimal", "1.234,56", "delimiter", ";", "skip", "0"}
		if p := desk.Post(preview+"/format", append(form, "column_text", "")...); p.Status != http.StatusSeeOther {
			t.Fatalf("read otherwise: %d", p.Status)
		}
		if p := desk.Post(preview+"/format", "date", "x", "skip", "-1"); p.Status != 422 || !p.Has("#f-date-error") || !p.Has("#f-skip-error") || !p.Has("#f-column_day-error") {
			t.Errorf("a bad format: %d", p.Status)
		}
		must2(t, desk.Post(preview+"/format", append(form, "column_text", "Zweck")...), http.StatusSeeOther)
		must2(t, desk.Post(preview), http.StatusSeeOther)
		if p := desk.Get(preview); p.Status != http.StatusNotFound {
			t.Errorf("the upload is still there: %d", p.Status)
		}
		again := desk.Upload(upload, "file", "november.csv", []byte(file), "partner", "1").Location
		if text := desk.Get(again).Text("main"); !strings.Contains(text, "New: 0 · imported before: 2") {
			t.Errorf("the same file again, in the remembered format: %s", text)
		}
		must2(t, desk.Post(again+"/removal"), http.StatusSeeOther)

		wrong := desk.Upload(upload, "file", "wrong.csv", []byte("Datum;Name;Zweck;Betrag\n19.11.2026;Nobody;read wrongly;7,00\n"), "partner", "1").Location
		must2(t, desk.Post(wrong), http.StatusSeeOther)
		var mistaken string
		desk.Get("/admin/finance/incoming").Find("a.row-title").Each(func(_ int, a *goquery.Selection) {
			if strings.Contains(a.Text(), "Nobody") {
				mistaken = a.AttrOr("href", "")
			}
		})
		if p := desk.Get(mistaken); !strings.Contains(p.Text("main"), "wrong.csv · 1 transfer.") {
			t.Errorf("no way back from an import: %s", p.Text("main"))
		}
		must2(t, desk.Post(mistaken+"/import-removal"), http.StatusSeeOther)
		if p := desk.Get(mistaken); p.Status != http.StatusNotFound {
			t.Errorf("the import is still there: %d", p.Status)
		}

		list := desk.Get("/admin/finance/incoming")
		checks := list.Find(`input[name=line]`)
		if checks.Length() != 1 || !strings.Contains(list.Text("main"), "Alice Carter · "+inv.Number) || list.Has("main b") {
			t.Fatalf("the desk: %s", list.Text("main"))
		}
		chosen := checks.AttrOr("value", "")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { desk.Post("/admin/finance/incoming/bookings", "partner", "1", "line", chosen) })
		}
		wg.Wait()
		paid := func() int64 {
			d, err := s.M.Finance.Of(alice).Invoice(s.Context, inv.ID, "2026-11-22")
			must(t, err)
			return d.Total - d.Due
		}
		count := func() (n int64) {
			must(t, s.M.DB.Q(s.Context).Raw("SELECT COUNT(*) FROM payments WHERE customer_id = ? AND method_id = ?", alice, finance.MethodBankTransfer).Scan(&n).Error)
			return n
		}
		if paid() != 123_456 || count() != 1 {
			t.Errorf("booked: %d paid by %d payments", paid(), count())
		}
		line := strings.SplitN(chosen, ":", 2)[0]
		where := "/admin/finance/incoming/" + line
		if p := desk.Post(where + "/import-removal"); p.Status != 422 || !strings.Contains(p.Text("main"), "dealt with") || desk.Get(where).Has(`form[action$="/import-removal"]`) {
			t.Errorf("an import that was booked is taken back: %d", p.Status)
		}
		must2(t, desk.Post(where+"/reversal"), http.StatusSeeOther)
		if paid() != 0 {
			t.Errorf("undone, %d is paid", paid())
		}
		if p := desk.Post(where + "/reversal"); p.Status != 422 || !strings.Contains(p.Text("main"), "not booked") {
			t.Errorf("undone twice: %d", p.Status)
		}

		var other string
		desk.Get("/admin/finance/incoming").Find("a.row-title").Each(func(_ int, a *goquery.Selection) {
			if strings.Contains(a.Text(), "Somebody") {
				other = a.AttrOr("href", "")
			}
		})
		if p := desk.Get(other + "?q=alice"); !p.Link(fmt.Sprintf("%s?customer=%d", other, alice)) {
			t.Errorf("the search: %s", p.Text("main"))
		}
		for _, bad := range [][]string{{"customer", "0"}, {"customer", "99999"}, {"customer", fmt.Sprint(alice), "document", "i99999"}, {"customer", fmt.Sprint(alice), "document", "x"}} {
			if p := desk.Post(other+"/booking", bad...); p.Status != 422 {
				t.Errorf("%v: %d", bad, p.Status)
			}
		}
		if p := desk.Post(other+"/dismissal", "reason", " "); p.Status != 422 || !p.Has("#f-reason-error") {
			t.Errorf("laid aside without a reason: %d", p.Status)
		}
		must2(t, desk.Post(other+"/dismissal", "reason", "our own"), http.StatusSeeOther)
		if text := desk.Get("/admin/finance/incoming?state=ignored").Text("main"); !strings.Contains(text, "our own") {
			t.Errorf("laid aside: %s", text)
		}
		must2(t, desk.Post(other+"/reopening"), http.StatusSeeOther)
		must2(t, desk.Post(other+"/booking", "customer", fmt.Sprint(alice), "document", fmt.Sprintf("i%d", inv.ID)), http.StatusSeeOther)
		if paid() != 1000 {
			t.Errorf("a part: %d", paid())
		}
		var booked int64
		must(t, s.M.DB.Q(s.Context).Raw("SELECT MAX(id) FROM payments WHERE customer_id = ?", alice).Scan(&booked).Error)
		payment := fmt.Sprintf("/admin/customers/%d/payments/%d", alice, booked)
		if p := desk.Get(payment); !p.Link(other) || !strings.Contains(p.Text("main"), "booked from a bank transfer") {
			t.Errorf("a payment that came by bank: %s", p.Text("main"))
		}
		must2(t, desk.Post(payment+"/removal", "reason", "another's"), http.StatusSeeOther)
		if !desk.Get("/admin/finance/incoming").Has(fmt.Sprintf(`a[href^=%q]`, other)) || paid() != 0 {
			t.Error("its payment is deleted, and the transfer is not open")
		}
		must2(t, desk.Post(other+"/booking", "customer", fmt.Sprint(alice), "document", fmt.Sprintf("i%d", inv.ID)), http.StatusSeeOther)
		report, err := s.M.Finance.Verify(s.Context)
		must(t, err)
		if len(report.Findings) > 0 {
			t.Errorf("books: %v", report.Findings)
		}
		var actions []string
		must(t, s.M.DB.Q(s.Context).Raw("SELECT action FROM audit_entries WHERE object IN ('incoming', 'statement') ORDER BY seq").Scan(&actions).Error)
		if got := strings.Join(actions, " "); got != "statement_added statement_format statement_format statement_imported statement_added statement_removed statement_added statement_imported statement_taken_back incoming_booked incoming_undone incoming_ignored incoming_reopened incoming_booked incoming_undone incoming_booked" {
			t.Errorf("the log: %s", got)
		}
	})
}

// Support has nothing to do with transfers; who may only read sees them and changes nothing.
func TestIncomingPermissions(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		where := fmt.Sprintf("/admin/finance/incoming/%d", c.alice["/admin/finance/incoming"])
		if p := s.LogInStaff("support").Get(where); p.Status != http.StatusForbidden {
			t.Errorf("support: %d", p.Status)
		}
		reader := s.LogInStaff("reader")
		if p := reader.Get(where); p.Status != 200 || p.Has(`main form[method=post]`) {
			t.Errorf("a reader: %d", p.Status)
		}
		if p := reader.Post(where+"/dismissal", "reason", "x"); p.Status != http.StatusForbidden {
			t.Errorf("a reader lays aside: %d", p.Status)
		}
	})
}

func must2(t *testing.T, p handlerstest.Page, status int) {
	t.Helper()
	if p.Status != status {
		t.Fatalf("%d, want %d: %s", p.Status, status, p.Text("main"))
	}
}

// Another partner's customers are neither found nor shown on the page of a transfer, and no form books it for them.
func TestIncomingOfOtherPartners(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		hanna := s.Customer(customer.Customer{Login: "hanna", Email: "hanna@example.com", PartnerID: harborFiber(t, s)})
		line := c.alice["/admin/finance/incoming"]
		where, desk := fmt.Sprintf("/admin/finance/incoming/%d", line), s.LogInStaff("finance")
		if p := desk.Get(where + "?q=hanna"); p.Status != 200 || strings.Contains(p.Text("main"), "Hanna Carter") {
			t.Errorf("the search finds another partner's customer: %d %s", p.Status, p.Text("main"))
		}
		if p := desk.Get(fmt.Sprintf("%s?customer=%d", where, hanna.ID)); p.Status != 200 || strings.Contains(p.Text("main"), "Hanna Carter") {
			t.Errorf("another partner's customer is shown: %d %s", p.Status, p.Text("main"))
		}
		if p := desk.Post(where+"/booking", "customer", fmt.Sprint(hanna.ID)); p.Status != 422 || !strings.Contains(p.Text("main"), "belongs to another partner") {
			t.Errorf("booked for another partner's customer: %d %s", p.Status, p.Text("main"))
		}
		desk.Post("/admin/finance/incoming/bookings", "partner", "1", "line", fmt.Sprintf("%d:%d:", line, hanna.ID))
		if n, err := s.M.Finance.Of(hanna.ID).Balance(s.Context); err != nil || n.Minor != 0 {
			t.Errorf("%v was booked, %v", n, err)
		}
	})
}
