package portal_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"myisp/handlers/handlerstest"
	"myisp/models/db"
	"myisp/models/finance"
)

// FIN-2: each state has its badge: a tone, an icon and a word, from the derived state and never from colour alone.
func TestBadges(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	pending := func(inv finance.Invoice) finance.Invoice {
		must(t, s.M.Finance.SetInvoicePending(s.Context, inv.ID, true))
		return inv
	}
	paid := p.invoice("2026-08-01", "2026-08-15", 1000)
	p.pay("2026-08-02", 1000, paid.ID)
	fromBalance := p.invoice("2026-09-01", "2026-09-15", 500)
	p.pay("2026-09-01", 500)
	_, err := s.M.Finance.PayFromBalance(s.Context, fromBalance.ID, "2026-09-02")
	must(t, err)
	partly := p.invoice("2026-11-02", "2026-12-01", 3000)
	p.pay("2026-11-03", 1000, partly.ID)
	latePartly := p.invoice("2026-10-02", "2026-10-16", 3000)
	p.pay("2026-10-03", 1000, latePartly.ID)
	alice := s.LogIn("alice")
	list := alice.Get("/finance/invoices")
	for _, c := range []struct {
		number, tone, word string
	}{
		{paid.Number, "ok", "Paid"}, {fromBalance.Number, "ok", "Paid from balance"}, {partly.Number, "warn", "Partially paid"},
		{latePartly.Number, "bad", "Overdue"}, // an overdue invoice is never shown as partially paid
	} {
		badge(t, list, c.number, c.tone, c.word)
	}
	unpaid, overdue := p.invoice("2026-11-03", "2026-12-02", 100), p.invoice("2026-11-04", "2026-11-21", 100)
	dueToday := p.invoice("2026-11-05", "2026-11-22", 100)
	waiting, waitingLate := pending(p.invoice("2026-11-06", "2026-12-03", 100)), pending(p.invoice("2026-11-07", "2026-11-08", 100))
	list = alice.Get("/finance/invoices")
	badge(t, list, unpaid.Number, "warn", "Unpaid")
	badge(t, list, overdue.Number, "bad", "Overdue")
	badge(t, list, dueToday.Number, "warn", "Unpaid")
	badge(t, list, waiting.Number, "info", "Payment pending")
	badge(t, list, waitingLate.Number, "bad", "Overdue, payment pending")
	if text := words(row(list, partly.Number)); !strings.Contains(text, "20.00 left to pay · due 1 Dec") {
		t.Errorf("the partly paid invoice says %q", text)
	}

	due := p.credit("2026-11-08", 300, 0)
	refunded := p.credit("2026-11-09", 200, 0)
	_, err = s.M.Finance.Refund(s.Context, finance.NewRefund{CreditNoteID: refunded.ID, MethodID: finance.MethodBankTransfer, Day: "2026-11-10", Amount: 200})
	must(t, err)
	used := p.credit("2026-11-11", 50, unpaid.ID)
	notes := alice.Get("/finance/credit-notes")
	badge(t, notes, due.Number, "info", "Refund due")
	badge(t, notes, refunded.Number, "ok", "Refunded")
	badge(t, notes, used.Number, "neutral", "Used up")
	if text := words(row(alice.Get("/finance/payments"), "Refund")); !strings.Contains(text, "−2.00") {
		t.Errorf("the refund says %q", text) // refunds appear as negative sums (§2.8)
	}

	open, closed := p.proforma("2026-11-12", "2026-12-04", 900), p.proforma("2026-11-13", "2026-11-20", 800)
	_, err = s.M.Finance.RecordPayment(s.Context, finance.NewPayment{Party: p.party, MethodID: finance.MethodCash, Day: "2026-11-14", Amount: 800, ProformaID: closed.ID})
	must(t, err)
	proformas := alice.Get("/finance/proforma-invoices")
	badge(t, proformas, open.Number, "warn", "Unpaid")
	badge(t, proformas, closed.Number, "ok", "Paid")
}

func badge(t *testing.T, p handlerstest.Page, number, tone, word string) {
	t.Helper()
	b := row(p, number).Find(".badge")
	if words(b) != word || !b.HasClass("tone-"+tone) || b.Find("svg").Length() != 1 {
		t.Errorf("%s: badge %q of class %q, want %q in %s with an icon", number, words(b), b.AttrOr("class", ""), word, tone)
	}
}

// FIN-1: money in has a plus and stands under "Money in", money out a minus; P53 switches each field.
func TestTransactionFields(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	inv := p.invoice("2026-11-01", "2026-11-14", 3000)
	p.pay("2026-11-03", 20000)
	alice := s.LogIn("alice")
	cell := func(page handlerstest.Page, of, class string) string { return words(row(page, of).Find("." + class)) }
	for _, c := range []struct {
		fields                         string
		debitCredit, movement, invoice bool
	}{
		{"debit_credit,movement,invoice_number", true, true, true}, {"movement,invoice_number", false, true, true}, {"debit_credit,invoice_number", true, false, true},
		{"debit_credit,movement", true, true, false}, {"", false, false, false},
	} {
		s.Set("P53", "["+quoted(c.fields)+"]")
		page := alice.Get("/finance/transactions")
		wanted := func(on bool, text string) string {
			if on {
				return text
			}
			return ""
		}
		for _, w := range [][3]string{
			{"Payment: Bank transfer", "cell-in", wanted(c.debitCredit, "Money in 200.00")}, {"Payment: Bank transfer", "cell-out", ""},
			{"Fiber 500", "cell-out", wanted(c.debitCredit, "Money out 30.00")}, {"Fiber 500", "cell-in", ""},
			{"Payment: Bank transfer", "cell-main", wanted(c.movement, "Amount: +200.00")}, {"Fiber 500", "cell-main", wanted(c.movement, "Amount: −30.00")},
			{"Fiber 500", "cell-invoice", wanted(c.invoice, "Invoice "+inv.Number)},
			{"Payment: Bank transfer", "cell-balance", "Balance 170.00"}, {"Fiber 500", "cell-balance", "Balance −30.00"},
		} {
			if got := cell(page, w[0], w[1]); got != w[2] {
				t.Errorf("P53 %q: %s of %q is %q, want %q", c.fields, w[1], w[0], got, w[2])
			}
		}
		head := strings.Split(strings.TrimPrefix(strings.SplitN(alice.Get("/finance/transactions?format=csv").Body, "\r\n", 2)[0], "\ufeff"), ",")
		for column, on := range map[string]bool{"Money in": c.debitCredit, "Money out": c.debitCredit, "Amount": c.movement, "Invoice": c.invoice, "Balance": true} {
			if slices.Contains(head, column) != on {
				t.Errorf("P53 %q: the file's columns are %v", c.fields, head)
			}
		}
	}
}

func quoted(list string) string {
	if list == "" {
		return ""
	}
	return `"` + strings.ReplaceAll(list, ",", `","`) + `"`
}

// crowd gives a customer n paid invoices, one a day up to yesterday.
func crowd(p purse, n int) {
	for i := range n {
		d := db.DayOf(today, today.Location()).AddDays(-1 - i)
		inv := p.invoice(d, d.AddDays(14), 1000)
		p.pay(d, 1000, inv.ID)
		p.proforma(d, d.AddDays(14), 1000)
		p.credit(d, 100, 0)
	}
}

var lists = []string{"/finance/invoices", "/finance/proforma-invoices", "/finance/payments", "/finance/credit-notes", "/finance/transactions"}

// Without script "Show more" is a link to a page; following it shows every row once, newest first, in pages of 20.
func TestPagesWithoutScript(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	crowd(p, 45)
	alice := s.LogIn("alice")
	for _, path := range lists {
		var hrefs []string
		var sizes []int
		for next := path; next != "" && len(sizes) < 20; {
			page := alice.Get(next)
			rows := page.Find("main .list li, main .ledger ul li")
			sizes = append(sizes, rows.Length())
			rows.Each(func(_ int, li *goquery.Selection) { hrefs = append(hrefs, words(li)+li.Find("a").AttrOr("href", "")) })
			if !page.Has("h1") || !page.Has("main h2.divider") {
				t.Errorf("%s is no whole page", next)
			}
			next = page.Find("#more a").AttrOr("href", "")
		}
		total := 45
		if path == "/finance/transactions" {
			total = 45 * 3
		}
		if len(hrefs) != total || len(slices.Compact(slices.Sorted(slices.Values(hrefs)))) != total {
			t.Errorf("%s shows %d rows, want each of %d once", path, len(hrefs), total)
		}
		for i, n := range sizes {
			if want := min(finance.PageSize, total-i*finance.PageSize); n != want {
				t.Errorf("%s: page %d has %d rows", path, i+1, n)
			}
		}
	}
}

// htmx gets the rows alone, and a month that the list has reached already has no second divider.
func TestShowMore(t *testing.T) {
	s := site(t)
	crowd(newPurse(t, s, "alice"), 30)
	alice := s.LogIn("alice")
	link := alice.Get("/finance/transactions?q=fiber").Find("#more a")
	if link.AttrOr("hx-get", "") != link.AttrOr("href", "") || link.AttrOr("hx-target", "") != "#more" || !strings.Contains(link.AttrOr("href", ""), "q=fiber") {
		t.Fatalf("Show more is %v", link.Nodes)
	}
	alice.Header.Set("HX-Request", "true")
	alice.Header.Set("HX-Target", "more")
	part := alice.Get(link.AttrOr("href", ""))
	if part.Status != http.StatusOK || strings.Contains(part.Body, "<html") || strings.Contains(part.Body, "topbar") || part.Find("li").Length() != 10 {
		t.Errorf("the part is %d with %d rows", part.Status, part.Find("li").Length())
	}
	if first := part.Find("h2.divider, .ledger").First(); first.Is("h2") || part.Has("#more") {
		t.Errorf("the part begins with %q and goes on: %v", words(first), part.Has("#more"))
	}
}

// The filter lives in the address: state, days and text narrow the list, its file, and stay in the form.
func TestFilters(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	late := p.invoice("2026-10-01", "2026-10-15", 4200)
	open := p.invoice("2026-11-20", "2026-12-05", 4290)
	paid := p.invoice("2026-09-01", "2026-09-15", 3990)
	p.pay("2026-09-02", 3990, paid.ID)
	alice := s.LogIn("alice")
	for query, want := range map[string][]string{
		"": {open.Number, late.Number, paid.Number}, "state=open": {open.Number, late.Number}, "state=overdue": {late.Number}, "state=paid": {paid.Number},
		"from=2026-10-01&to=2026-10-31": {late.Number}, "q=" + paid.Number: {paid.Number}, "state=paid&from=2026-10-01": nil,
	} {
		page := alice.Get("/finance/invoices?" + query)
		var got []string
		page.Find("main .list .row-title").Each(func(_ int, s *goquery.Selection) { got = append(got, words(s)) })
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", query, d)
		}
		file := alice.Get("/finance/invoices?format=csv&" + query)
		records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body, "\ufeff"))).ReadAll()
		must(t, err)
		got = nil
		for _, r := range records[1:] {
			got = append(got, r[0])
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("file, %s: %s", query, d)
		}
		if query != "" && want != nil && !page.Has(`.tools a[href*="format=csv"][href*="`+query[:strings.IndexByte(query, '=')]+`="]`) {
			t.Errorf("%s: the file's link has lost the filter", query)
		}
	}
	page := alice.Get("/finance/invoices?state=overdue&q=" + late.Number)
	if page.Find(`select[name=state] option[selected]`).AttrOr("value", "") != "overdue" || page.Find("input[name=q]").AttrOr("value", "") != late.Number || !page.Has("details[open]") {
		t.Error("the form has lost the filter")
	}
	if page := alice.Get("/finance/invoices?q=nothing-like-it"); !page.Has(".empty a[href='/finance/invoices']") || !page.Has("form input[name=q]") {
		t.Error("an empty search has no way back")
	}
}

// The files hold every row, not a page of them, in plain figures (CSV) and real numbers (XLSX).
func TestFiles(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	crowd(p, 30)
	alice := s.LogIn("alice")
	for _, path := range lists {
		file := alice.Get(path + "?format=csv")
		records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body, "\ufeff"))).ReadAll()
		must(t, err)
		rows := 31
		if path == "/finance/transactions" {
			rows = 91
		}
		name := strings.TrimPrefix(path, "/finance/")
		if len(records) != rows || file.Header.Get("Content-Type") != "text/csv; charset=utf-8" || file.Header.Get("Content-Disposition") != `attachment; filename="`+name+`.csv"` {
			t.Errorf("%s: %d rows, %s, %s", path, len(records), file.Header.Get("Content-Type"), file.Header.Get("Content-Disposition"))
		}
		sheet, err := excelize.OpenReader(bytes.NewReader([]byte(alice.Get(path + "?format=xlsx").Body)))
		must(t, err)
		got, err := sheet.GetRows(sheet.GetSheetName(0))
		must(t, err)
		if len(got) != rows || got[0][0] != strings.TrimPrefix(records[0][0], "\ufeff") {
			t.Errorf("%s: the workbook has %d rows under %v", path, len(got), got[0])
		}
	}
	alice.Header.Set("Accept", "text/csv")
	first := strings.Split(alice.Get("/finance/invoices").Body, "\r\n")
	if first[0] != "\ufeffNumber,Date,Due date,Total,Still open,Currency,Status,Payment date,Payment method,Description" ||
		!strings.HasSuffix(first[1], ",2026-11-21,2026-12-05,10.00,0.00,EUR,Paid,2026-11-21,Bank transfer,Fiber 500") {
		t.Errorf("by Accept: %q", first[:2])
	}
}

// The number of statements does not depend on the number of rows.
func TestStatementsPerPage(t *testing.T) {
	s := site(t)
	s.TakePayments(1)
	crowd(newPurse(t, s, "one"), 1)
	crowd(newPurse(t, s, "many"), 60)
	plain := s.Context
	for _, path := range append(lists, "/finance", "/finance/statements?period=this_year", "/finance/statements?period=this_year&type=transactions", "/pay") {
		counts, most := map[string]int{}, 8
		if slices.Contains(lists, path) {
			most = 4
		}
		if path == "/pay" { // who, what is owed, what is open and what for, gateways, saved methods, where it leads
			most = 8
		}
		for _, login := range []string{"one", "many"} {
			client := s.LogIn(login)
			client.Get(path)
			var c db.Counter
			s.Context = db.WithCounter(plain, &c)
			client.Get(path)
			s.Context = plain
			counts[login] = len(c.Statements())
		}
		if counts["one"] == 0 || counts["one"] != counts["many"] || counts["many"] > most {
			t.Errorf("%s: %d statements for 1 row, %d for 60", path, counts["one"], counts["many"])
		}
	}
}
