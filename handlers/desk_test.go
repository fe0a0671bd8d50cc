package handlers_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/models/customer"
	"myisp/models/finance"
)

// TestDeskWalk: finance records a payment, issues, corrects and deletes an invoice through the pages, without script; each
// stands in the log, and the books agree.
func TestDeskWalk(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		alice, path := ofCustomer(t, s, "alice")
		staff := s.LogInStaff("finance")
		f := form(staff.Get(path+"/invoices/new"), "form.desk-form")
		f.Set("line.0.description", "Mast")
		f.Set("line.0.price", "100.00")
		f.Set("line.0.quantity", "2")
		f.Set("line.0.discount", "10")
		f.Set("note", "Thank you")
		p := staff.Do("POST", path+"/invoices", f)
		if p.Status != 303 {
			t.Fatalf("issuing: %d %s", p.Status, p.Text("main"))
		}
		doc := p.Location
		if again := staff.Do("POST", path+"/invoices", f); again.Location != doc {
			t.Errorf("the form twice: %s", again.Location)
		}
		page := staff.Get(doc)
		if text := page.Text("main"); !strings.Contains(text, "180.00") || !strings.Contains(text, "Discount 10 %: Mast") || !page.Link(doc+".pdf") {
			t.Errorf("the page: %s", text)
		}
		f = form(staff.Get(doc+"/edit"), "form.desk-form")
		f.Set("line.0.price", "50")
		if p = staff.Do("POST", doc, f); p.Status != 303 || !strings.Contains(staff.Get(doc).Text("main"), "80.00") {
			t.Errorf("correcting: %d %s", p.Status, p.Text("main"))
		}
		if pdf := staff.Get(doc + ".pdf"); pdf.Status != 200 || !strings.HasPrefix(pdf.Body, "%PDF") {
			t.Errorf("the PDF: %d", pdf.Status)
		}
		f = form(staff.Get(path+"/payments/new"), "form.form")
		f.Set("amount", "12.34")
		f.Set("method_id", "1")
		f.Set("for", "ahead")
		if p = staff.Do("POST", path+"/payments", f); p.Status != 303 {
			t.Fatalf("paying: %d %s", p.Status, p.Text("main"))
		}
		pay := p.Location
		if p = staff.Do("POST", pay+"/removal", url.Values{}); p.Status != 422 || !p.Has("#f-reason-error") {
			t.Errorf("no reason: %d", p.Status)
		}
		if p = staff.Do("POST", pay+"/removal", url.Values{"reason": {"typed twice"}}); p.Status != 303 || !strings.Contains(staff.Get(pay).Text("main"), "typed twice") {
			t.Errorf("deleting: %d", p.Status)
		}
		log := s.LogInStaff("admin").Get(path + "/changes").Text(".audit")
		for _, want := range []string{"Invoice issued", "Invoice corrected", "Payment recorded", "Payment deleted", "typed twice"} {
			if !strings.Contains(log, want) {
				t.Errorf("the log has no %q", want)
			}
		}
		if r, err := s.M.Finance.Verify(s.Context); err != nil || !r.OK() {
			t.Errorf("the books: %v %v", r.Findings, err)
		}
		if b, _ := s.M.Finance.Of(alice.ID).Balance(s.Context); b.Currency != "EUR" {
			t.Error(b)
		}
	})
}

// TestDeskRefuses: what is no amount, another currency, somebody else's document: 4xx, the input kept, nothing written.
func TestDeskRefuses(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		alice, path := ofCustomer(t, s, "alice")
		staff := s.LogInStaff("finance")
		before := movements(t, s)
		mallorys := func(kind string) string { return fmt.Sprint(c.mallory["/finance/"+kind]) }
		for _, amount := range []string{"", "-5", "0", "NaN", "Inf", "1e9", "99999999999999999999", "1.234", "<b>", "٣,٣,٣", strings.Repeat("9", 1<<16)} {
			for _, form := range []struct {
				path, field string
				more        url.Values
			}{{"/payments", "amount", url.Values{"method_id": {"1"}, "for": {"ahead"}, "day": {"2026-11-01"}}},
				{"/transactions", "price", url.Values{"type": {"debit"}, "category_id": {"1"}, "description": {"x"}, "day": {"2026-11-01"}}},
				{"/invoices", "line.0.price", url.Values{"line.0.description": {"x"}, "day": {"2026-11-01"}}},
				{"/payments/" + fmt.Sprint(c.alice["/finance/payments"]) + "/refund", "amount", url.Values{"method_id": {"1"}}},
			} {
				if amount == "0" && form.path == "/invoices" {
					continue // a line of nothing is fine there
				}
				form.more.Set(form.field, amount)
				p := staff.Do("POST", path+form.path, form.more)
				if p.Status != 422 {
					t.Errorf("%s %.20q: %d", form.path, amount, p.Status)
				} else if v, _ := p.Find("input[name='" + form.field + "']").Attr("value"); v != amount {
					t.Errorf("%s: %.20q became %.20q", form.path, amount, v)
				}
			}
		}
		pay := func(more ...string) url.Values {
			v := url.Values{"amount": {"5.00"}, "method_id": {"1"}, "for": {"invoices"}, "day": {"2026-11-01"}}
			for i := 0; i < len(more); i += 2 {
				v.Set(more[i], more[i+1])
			}
			return v
		}
		for what, try := range map[string]struct {
			path string
			form url.Values
		}{
			"another currency":        {"/payments", pay("currency", "JPY", "for", "ahead")},
			"no method":               {"/payments", pay("method_id", "99", "for", "ahead")},
			"no day":                  {"/payments", pay("day", "2026-02-30", "for", "ahead")},
			"their invoice":           {"/payments", pay("invoice", mallorys("invoices"))},
			"their proforma":          {"/payments", pay("for", "proforma", "proforma_id", mallorys("proforma-invoices"))},
			"credit their invoice":    {"/credit-notes", url.Values{"line.0.description": {"x"}, "line.0.price": {"1"}, "day": {"2026-11-01"}, "invoice_id": {mallorys("invoices")}}},
			"delete their invoice":    {"/invoices/" + mallorys("invoices") + "/removal", url.Values{"reason": {"x"}}},
			"correct their invoice":   {"/invoices/" + mallorys("invoices"), url.Values{"line.0.description": {"x"}, "line.0.price": {"1"}}},
			"refund their payment":    {"/payments/" + mallorys("payments") + "/refund", url.Values{"amount": {"1"}, "method_id": {"1"}}},
			"delete their payment":    {"/payments/" + mallorys("payments") + "/removal", url.Values{"reason": {"x"}}},
			"more than was paid":      {"/payments/" + fmt.Sprint(c.alice["/finance/payments"]) + "/refund", url.Values{"amount": {"10.01"}, "sure": {"1001"}, "method_id": {"1"}}},
			"delete their movement":   {"/transactions/" + mallorys("transactions") + "/removal", url.Values{"reason": {"x"}}},
			"a credit note of nought": {"/credit-notes", url.Values{"line.0.description": {"x"}, "line.0.price": {"0"}, "day": {"2026-11-01"}, "invoice_id": {"0"}}},
		} {
			if p := staff.Do("POST", path+try.path, try.form); p.Status < 400 || p.Status >= 500 {
				t.Errorf("%s: %d %s", what, p.Status, p.Location)
			}
		}
		if after := movements(t, s); after != before {
			t.Errorf("%d ledger transactions became %d", before, after)
		}
		_ = alice
	})
}

func movements(t *testing.T, s *handlerstest.Site) int64 {
	t.Helper()
	r, err := s.M.Finance.Verify(s.Context)
	must(t, err)
	if !r.OK() {
		t.Error(r.Findings)
	}
	return r.Transactions
}

// TestDeskRoles: finance changes money, who only reads sees it without a button, support sees none; each try is in the log.
func TestDeskRoles(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		_, path := ofCustomer(t, s, "alice")
		reader, support, staff := s.LogInStaff("reader"), s.LogInStaff("support"), s.LogInStaff("finance")
		doc := fmt.Sprintf("%s/invoices/%d", path, c.alice["/finance/invoices"])
		if p := reader.Get(path + "/finance"); p.Status != 200 || p.Link(path+"/payments/new") {
			t.Errorf("reader: %d", p.Status)
		}
		if p := reader.Get(doc); p.Status != 200 || p.Has("main form") {
			t.Errorf("reader on a document: %d", p.Status)
		}
		if p := staff.Get(path + "/finance"); !p.Link(path + "/payments/new") {
			t.Error("finance has no button")
		}
		before := movements(t, s)
		for _, who := range []*handlerstest.Client{reader, support} {
			for _, try := range []string{path + "/payments", path + "/invoices", doc, doc + "/removal", doc + "/release", "/admin/finance/categories"} {
				if p := who.Do("POST", try, url.Values{"amount": {"5"}, "reason": {"x"}, "name": {"x"}}); p.Status != 403 {
					t.Errorf("%s: %d", try, p.Status)
				}
			}
		}
		for _, page := range []string{"/admin/finance", "/admin/finance/daily", "/admin/finance/invoices", "/admin/finance/payments", doc, path + "/payments/new"} {
			if p := support.Get(page); p.Status != 403 {
				t.Errorf("support on %s: %d", page, p.Status)
			}
		}
		if after := movements(t, s); after != before {
			t.Error("something was written")
		}
		if text := s.LogInStaff("admin").Get("/admin/audit?action=access_denied").Text("main"); !strings.Contains(text, "/payments") {
			t.Errorf("the log: %s", text)
		}
	})
}

// TestDeskLists: documents across customers, narrowed, as a file, on a constant number of statements; daily totals.
func TestDeskLists(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		staff := s.LogInStaff("reader")
		for _, kind := range finance.ListKinds {
			url := "/admin/finance/" + strings.ReplaceAll(string(kind), "_", "-")
			p := staff.Get(url)
			if p.Status != 200 || p.Find("main .records tbody tr").Length() < 4 || p.Has(".records-sums dl") {
				t.Errorf("%s: %d, %d rows", kind, p.Status, p.Find("main .records tbody tr").Length())
			}
			p = staff.Get(url + "?q=mallory&partner=1&from=2026-01-01")
			if text := p.Text("main .records"); !strings.Contains(text, "Mallory") || strings.Contains(text, "Alice") {
				t.Errorf("%s of mallory: %s", kind, text)
			}
			if n := p.Find(".records-sums dl").Length(); n != 1 || !strings.HasPrefix(p.Text(".records-sums dd"), fmt.Sprint(p.Find("main .records tbody tr").Length())) {
				t.Errorf("%s of mallory come to: %d lines %s", kind, n, p.Text(".records-sums"))
			}
			for _, as := range []string{"csv", "xlsx"} {
				if p := staff.Get(url + "?format=" + as); p.Status != 200 || !strings.Contains(p.Header.Get("Content-Disposition"), "."+as) {
					t.Errorf("%s as %s: %d", kind, as, p.Status)
				}
			}
		}
		if p := staff.Get("/admin/finance/invoices?state=deleted"); !p.Has(".empty") {
			t.Error("deleted ones")
		}
		p := staff.Get("/admin/finance/daily?from=2026-10-01&to=2026-10-31")
		if text := p.Text("main table"); !strings.Contains(text, "159.60") || !strings.Contains(text, "40.00") || !strings.Contains(text, "20.00") {
			t.Errorf("daily: %s", text)
		}
		if p := staff.Get("/admin/finance/daily?from=2026-10-31&to=2026-10-01"); p.Status != 422 {
			t.Errorf("an impossible period: %d", p.Status)
		}
		if p := staff.Get("/admin/finance/daily?from=2026-10-01&to=2026-10-31&format=csv"); p.Status != 200 || !strings.Contains(p.Body, "159.60") {
			t.Errorf("daily as CSV: %d %s", p.Status, p.Body)
		}
	})
}

// TestDeskSearch: a search finds what belongs to every customer whom it names, however many, on pages and in files; and documents
// by the beginning of their number, in either case.
func TestDeskSearch(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		must(t, s.M.Portal.Set(s.Context, 1, "credit_note_numbers", "CN{year}-{next|5}"))
		for i := range 30 {
			c := customer.Customer{PartnerID: 1, Login: fmt.Sprint("crowd", i), Name: "Crowd Member", Status: customer.StatusActive}
			must(t, s.M.Customers.Create(s.Context, &c, customer.Billing{Currency: "EUR"}, ""))
			party := finance.Party{CustomerID: c.ID, PartnerID: 1, Currency: "EUR"}
			items := []finance.Item{{Description: "Fiber", Price: 1000}}
			inv, err := s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: party, Day: "2026-11-01", Items: items})
			must(t, err)
			_, err = s.M.Finance.IssueProforma(s.Context, finance.NewProforma{Party: party, Day: "2026-11-01", Items: items})
			must(t, err)
			_, err = s.M.Finance.RecordPayment(s.Context, finance.NewPayment{Party: party, MethodID: finance.MethodCash, Day: "2026-11-02", Amount: 1000, InvoiceIDs: []int64{inv.ID}})
			must(t, err)
			_, err = s.M.Finance.IssueCreditNote(s.Context, finance.NewCreditNote{Party: party, Day: "2026-11-03", Items: items})
			must(t, err)
		}
		staff := s.LogInStaff("reader")
		for _, kind := range finance.ListKinds {
			url := "/admin/finance/" + strings.ReplaceAll(string(kind), "_", "-")
			want := 30
			if kind == finance.ListTransactions {
				want = 90
			}
			file := staff.Get(url + "?format=csv&q=member+crowd").Body
			if n := strings.Count(file, "Crowd Member"); n != want || strings.Count(file, "\n") != want+1 {
				t.Errorf("%s: the file has %d rows, want %d", kind, n, want)
			}
			shown := 0
			for next := url + "?q=member+crowd"; next != "" && shown < 200; {
				page := staff.Get(next)
				shown += page.Find("main .records tbody tr:not(.records-more)").Length()
				next = page.Find("#more a").AttrOr("href", "")
			}
			if shown != want {
				t.Errorf("%s: the pages have %d rows, want %d", kind, shown, want)
			}
		}
		for q, want := range map[string]int{"CN2026-": 20, "cn2026-0000": 9, "CN2027": 0, "N2026": 0, "%25": 0, "_N2026": 0} {
			if n := staff.Get("/admin/finance/credit-notes?q=" + q).Find("main .records tbody tr:not(.records-more)").Length(); n != want {
				t.Errorf("credit notes %s: %d rows, want %d", q, n, want)
			}
		}
	})
}

// TestDeskReference: methods, categories and taxes are added, renamed and archived; a group's rate follows from its taxes.
func TestDeskReference(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		staff := s.LogInStaff("finance")
		post := func(which string, pairs ...string) int {
			v := url.Values{}
			for i := 0; i < len(pairs); i += 2 {
				v.Add(pairs[i], pairs[i+1])
			}
			return staff.Do("POST", "/admin/finance/"+which, v).Status
		}
		for what, got := range map[string]int{
			"a method": post("payment-methods", "name", "Cheque"), "its archive": post("payment-methods", "id", "1", "name", "Cash", "archived", "1"),
			"a category": post("categories", "name", "Fines"), "a tax": post("taxes", "name", "Federal", "rate", "5"),
		} {
			if got != 303 {
				t.Errorf("%s: %d", what, got)
			}
		}
		if post("taxes", "name", "Provincial", "rate", "9.975") != 303 {
			t.Error("a second tax")
		}
		taxes, err := s.M.Catalog.Taxes(s.Context)
		must(t, err)
		var members []string
		for _, x := range taxes {
			if x.Name == "Federal" || x.Name == "Provincial" {
				members = append(members, "member", fmt.Sprint(x.ID))
			}
		}
		if post("taxes", append(members, "name", "Both", "compound", "1")...) != 303 {
			t.Error("a group")
		}
		taxes, err = s.M.Catalog.Taxes(s.Context)
		must(t, err)
		found := false
		for _, x := range taxes {
			found = found || x.Name == "Both" && x.RatePPM == 154_738 // 5 % and 9.975 % of 105 %, rounded half up
		}
		if !found {
			t.Errorf("taxes: %+v", taxes)
		}
		for what, got := range map[string]int{"no name": post("categories", "name", " "), "a needed category": post("categories", "id", "3", "name", "Payment", "archived", "1"),
			"a rate that is none": post("taxes", "name", "x", "rate", "NaN"), "a strange member": post("taxes", "name", "x", "member", "9999")} {
			if got != 422 {
				t.Errorf("%s: %d", what, got)
			}
		}
		if post("payment-methods", "id", "999", "name", "x") != 404 {
			t.Error("a method that is not there")
		}
		_, path := ofCustomer(t, s, "alice")
		if p := staff.Get(path + "/payments/new"); strings.Contains(p.Text("#f-method_id"), "Cash") || !strings.Contains(p.Text("#f-method_id"), "Cheque") {
			t.Errorf("the choice: %s", p.Text("#f-method_id"))
		}
	})
}

// TestPaymentFields: a payment method names up to five things that staff note of a payment (§3.4); the form asks for them, the
// staff's page and the log show them with the note, and the customer sees none of it, on no page and in no file.
func TestPaymentFields(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		alice, path := ofCustomer(t, s, "alice")
		staff := s.LogInStaff("finance")
		labels := url.Values{"name": {"Cheque"}, "label_1": {" Number "}, "label_3": {"Bank"}}
		if p := staff.Do("POST", "/admin/finance/payment-methods", labels); p.Status != 303 {
			t.Fatalf("labels: %d %s", p.Status, p.Text("main"))
		}
		methods, err := s.M.Finance.PaymentMethods(s.Context)
		must(t, err)
		id := fmt.Sprint(methods[len(methods)-1].ID)
		if p := staff.Get("/admin/finance/reference"); !p.Has(`input[name="label_1"][value="Number"]`) || !p.Has(`input[name="label_3"][value="Bank"]`) {
			t.Error("the labels are not where they are changed")
		}
		if p := staff.Do("POST", "/admin/finance/payment-methods", url.Values{"name": {" "}, "label_2": {"typed"}}); p.Status != 422 || !p.Has(`input[name="label_2"][value="typed"]`) {
			t.Errorf("no name: %d, and what was typed has gone", p.Status)
		}
		page := staff.Get(path + "/payments/new")
		if !strings.Contains(page.Text(`fieldset[data-method="`+id+`"]`), "Number") || page.Has(`input[name="field.`+id+`.2"]`) || page.Has(`fieldset[data-method="1"]`) {
			t.Error("the form does not ask for what the method names, or asks for more")
		}
		f := form(page, "form.form")
		for name, value := range map[string]string{"amount": "12.34", "method_id": id, "for": "ahead", "field." + id + ".1": "4711-A", "field." + id + ".3": "Bank of Test", "field.1.1": "of another", "note": "brought by hand", "memo": "ask for the slip"} {
			f.Set(name, value)
		}
		f.Set("amount", "x")
		if p := staff.Do("POST", path+"/payments", f); p.Status != 422 || !p.Has(`input[value="4711-A"]`) || !strings.Contains(p.Text(`textarea[name="note"]`), "brought by hand") {
			t.Errorf("a wrong amount: %d, and what was typed has gone", p.Status)
		}
		f.Set("amount", "12.34")
		p := staff.Do("POST", path+"/payments", f)
		if p.Status != 303 {
			t.Fatalf("paying: %d %s", p.Status, p.Text("main"))
		}
		text := staff.Get(p.Location).Text("main")
		for _, want := range []string{"Number", "4711-A", "Bank of Test", "brought by hand", "ask for the slip"} {
			if !strings.Contains(text, want) {
				t.Errorf("the staff's page has no %q: %s", want, text)
			}
		}
		if log := s.LogInStaff("admin").Get(path + "/changes").Text(".audit"); !strings.Contains(log, "Number: 4711-A") || !strings.Contains(log, "brought by hand") || !strings.Contains(log, "ask for the slip") {
			t.Errorf("the log: %s", log)
		}
		number := p.Location[strings.LastIndex(p.Location, "/")+1:]
		own := c.LogIn("alice")
		for _, seen := range []string{"/finance/payments", "/finance/payments/" + number, "/finance/payments?format=csv", "/finance/transactions", "/finance/transactions?format=csv", "/finance/statements"} {
			if got := own.Get(seen); got.Status != 200 || strings.Contains(got.Body, "4711-A") || strings.Contains(got.Body, "brought by hand") || strings.Contains(got.Body, "ask for the slip") || strings.Contains(got.Body, "of another") {
				t.Errorf("%s: %d, or it shows what is staff's", seen, got.Status)
			}
		}
		list, err := s.M.Finance.Of(alice.ID).Payments(s.Context, finance.Filter{Search: "", Size: 100})
		must(t, err)
		for _, r := range list.Rows {
			if want := (finance.Five{First: "4711-A", Third: "Bank of Test"}); fmt.Sprint(r.ID) == number && r.Fields != want {
				t.Errorf("fields: %+v", r.Fields)
			}
		}
	})
}

// TestMemoIsStaffs: proforma invoices and credit notes have a memo as invoices do (§3.4): the staff's page shows it, the customer's
// page and the file do not, and the tax invoice of a proforma invoice takes it along.
func TestMemoIsStaffs(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		alice, path := ofCustomer(t, s, "alice")
		staff := s.LogInStaff("finance")
		own := c.LogIn("alice")
		for _, kind := range []string{"invoices", "proforma-invoices", "credit-notes"} {
			f := form(staff.Get(path+"/"+kind+"/new"), "form.desk-form")
			f.Set("line.0.description", "Mast")
			f.Set("line.0.price", "10.00")
			f.Set("memo", "owes us a favour")
			p := staff.Do("POST", path+"/"+kind, f)
			if p.Status != 303 {
				t.Fatalf("%s: %d %s", kind, p.Status, p.Text("main"))
			}
			number := p.Location[strings.LastIndex(p.Location, "/")+1:]
			if text := staff.Get(p.Location).Text("main"); !strings.Contains(text, "owes us a favour") {
				t.Errorf("%s: the staff's page has no memo: %s", kind, text)
			}
			if page := own.Get("/finance/" + kind + "/" + number); page.Status != 200 || strings.Contains(page.Body, "favour") {
				t.Errorf("%s: the customer's page is %d, or shows the memo", kind, page.Status)
			}
			if kind != "proforma-invoices" {
				continue
			}
			id, err := strconv.ParseInt(number, 10, 64)
			must(t, err)
			_, err = s.M.Finance.RecordPayment(s.Context, finance.NewPayment{Quiet: true, Party: finance.Party{CustomerID: alice.ID, PartnerID: 1, Currency: "EUR"}, MethodID: finance.MethodCash, Day: "2026-11-22", Amount: 5_000, ProformaID: id})
			must(t, err)
			inv, err := s.M.Finance.Desk(alice.ID).InvoiceProforma(s.Context, id, "2026-11-22", "", finance.RoundLines)
			if err != nil || inv.Memo != "owes us a favour" {
				t.Errorf("its tax invoice: %q, %v", inv.Memo, err)
			}
		}
	})
}
