package portal_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"myisp/handlers/handlerstest"
	"myisp/models/finance"
)

// An invoice reads as a document: who and whom, items, tax, sums, what paid it, and what can be done with it.
func TestInvoicePage(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	inv, err := s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: p.party, Day: "2026-11-01", DueDay: "2026-12-05", Note: "Thank you.", Items: []finance.Item{
		{Description: "Fiber 500", Price: 3990, TaxIncluded: true, TaxName: "VAT", TaxRatePPM: 210_000, PeriodFrom: "2026-11-01", PeriodTo: "2026-11-30"},
		{Description: "Calls", Quantity: 2500, Unit: "min", Price: 24, TaxIncluded: true, TaxName: "VAT", TaxRatePPM: 210_000}}})
	must(t, err)
	pm := p.pay("2026-11-03", 1000, inv.ID)
	alice := s.LogIn("alice")
	page := alice.Get(fmt.Sprintf("/finance/invoices/%d", inv.ID))
	if page.Text("h1") != "Invoice "+inv.Number {
		t.Errorf("h1 %q", page.Text("h1"))
	}
	text := said(page, "main")
	for _, want := range []string{"Partially paid", "To pay", "30.50", "MyISP", "Alice Carter", "14 Mill Lane", "5 Dec 2026", "Fiber 500", "1 Nov 2026 – 30 Nov 2026", "2.5 min × 0.24", "Net 33.48",
		"VAT 21 % of 33.48 7.02", "Total € 40.50", "Already paid −10.00", "Still to pay € 30.50", "Thank you.", pm.ReceiptNumber, "Pay 30.50"} {
		if !strings.Contains(text, want) {
			t.Errorf("the invoice does not say %q: %s", want, text)
		}
	}
	for _, href := range []string{fmt.Sprintf("/pay?invoice=%d", inv.ID), fmt.Sprintf("/finance/invoices/%d.pdf?download=1", inv.ID), fmt.Sprintf("/finance/payments/%d", pm.ID), "/finance/invoices"} {
		if !page.Link(href) {
			t.Errorf("no link to %s", href)
		}
	}
	p.pay("2026-11-04", 3050, inv.ID)
	page = alice.Get(fmt.Sprintf("/finance/invoices/%d", inv.ID))
	if page.Has(`a[href^="/pay"]`) || !strings.Contains(said(page, "main"), "Paid on 4 Nov 2026") || strings.Contains(page.Text("main"), "Still to pay") {
		t.Errorf("paid: %s", page.Text("main"))
	}
	receipt := alice.Get(fmt.Sprintf("/finance/payments/%d", pm.ID))
	if !receipt.Link(fmt.Sprintf("/finance/invoices/%d", inv.ID)) || !strings.Contains(receipt.Text("main"), "Bank transfer") {
		t.Errorf("receipt: %s", receipt.Text("main"))
	}
}

// said is the text of what a selector finds as it is read out: words of different elements stand apart.
func said(p handlerstest.Page, selector string) string {
	var b strings.Builder
	p.Find(selector).Find("*").Contents().Each(func(_ int, s *goquery.Selection) {
		if goquery.NodeName(s) == "#text" {
			b.WriteString(s.Text() + " ")
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// The other documents.
func TestOtherDocuments(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	inv := p.invoice("2026-11-01", "2026-12-05", 4200)
	note, pro, extra := p.credit("2026-11-02", 500, inv.ID), p.proforma("2026-11-03", "2026-12-01", 2500), p.pay("2026-11-04", 700)
	alice := s.LogIn("alice")
	for path, want := range map[string][]string{
		fmt.Sprintf("/finance/credit-notes/%d", note.ID):     {"Credit note " + note.Number, "Credited to you", "5.00", "Used up", inv.Number},
		fmt.Sprintf("/finance/proforma-invoices/%d", pro.ID): {"Proforma invoice " + pro.Number, "not a tax invoice", "Pay 25.00", "Unpaid"},
		fmt.Sprintf("/finance/payments/%d", extra.ID):        {"Receipt " + extra.ReceiptNumber, "You paid", "Credit on your account", "7.00"},
	} {
		text := alice.Get(path).Text("main")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q: %s", path, w, text)
			}
		}
	}
}

// A document as PDF is the same bytes each time, holds what the page holds, and is shown or saved as asked.
func TestPDF(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	inv := p.invoice("2026-11-01", "2026-12-05", 4200)
	pm, note, pro := p.pay("2026-11-03", 1000, inv.ID), p.credit("2026-11-04", 500, 0), p.proforma("2026-11-02", "2026-12-01", 900)
	alice := s.LogIn("alice")
	for path, want := range map[string][2]string{
		fmt.Sprintf("/finance/invoices/%d.pdf", inv.ID):          {"invoice-" + inv.Number, inv.Number},
		fmt.Sprintf("/finance/proforma-invoices/%d.pdf", pro.ID): {"proforma-invoice-" + pro.Number, pro.Number},
		fmt.Sprintf("/finance/credit-notes/%d.pdf", note.ID):     {"credit-note-" + note.Number, note.Number},
		fmt.Sprintf("/finance/payments/%d.pdf", pm.ID):           {"receipt-" + pm.ReceiptNumber, pm.ReceiptNumber},
		"/finance/statements.pdf?period=this_month":              {"statement-2026-11-01_2026-11-30", inv.Number},
	} {
		one, two := alice.Get(path), alice.Get(path)
		if one.Status != http.StatusOK || one.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(one.Body, "%PDF-") || one.Body != two.Body {
			t.Errorf("%s: %d %s, the same twice: %v", path, one.Status, one.Header.Get("Content-Type"), one.Body == two.Body)
		}
		if got := one.Header.Get("Content-Disposition"); got != `inline; filename="`+want[0]+`.pdf"` {
			t.Errorf("%s: %s", path, got)
		}
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		if got := alice.Get(path + separator + "download=1").Header.Get("Content-Disposition"); got != `attachment; filename="`+want[0]+`.pdf"` {
			t.Errorf("%s to save: %s", path, got)
		}
		if text, ok := textOf(t, one.Body); ok && (!strings.Contains(text, want[1]) || !strings.Contains(text, "Alice Carter")) {
			t.Errorf("%s: %s", path, text)
		}
	}
}

// textOf reads a PDF where the machine has pdftotext.
func textOf(t *testing.T, body string) (string, bool) {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		return "", false
	}
	cmd := exec.Command(tool, "-layout", "-", "-")
	cmd.Stdin = strings.NewReader(body)
	var out bytes.Buffer
	cmd.Stdout = &out
	must(t, cmd.Run())
	return out.String(), true
}

// A language that the PDF cannot write gets the page, which says how to print it, and no link to what cannot be.
func TestPDFInArabic(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	inv := p.invoice("2026-11-01", "2026-12-05", 4200)
	alice := s.LogIn("alice")
	alice.Post("/settings", "language", "ar", "theme", "auto")
	page := fmt.Sprintf("/finance/invoices/%d", inv.ID)
	for path, want := range map[string]string{page + ".pdf?download=1": page + "?print=1",
		"/finance/statements.pdf?period=last_month": "/finance/statements?period=last_month&type=documents&print=1"} {
		if got := alice.Get(path); got.Status != http.StatusSeeOther || got.Location != want {
			t.Errorf("%s: %d to %s", path, got.Status, got.Location)
		}
		if got := alice.Get(want); got.Status != http.StatusOK || !got.Has(".notice") || strings.Contains(got.Body, ".pdf") {
			t.Errorf("%s: %d, a notice: %v", want, got.Status, got.Has(".notice"))
		}
	}
	if alice.Get(page).Has(".notice") {
		t.Error("the note on printing stands there unasked")
	}
}

// FIN-6: a statement's balance is what is owed, above zero a debt, whatever P54 says. The figures are those of the specification.
func TestStatement(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	_, err := s.M.Finance.AddTransaction(s.Context, finance.NewTransaction{Party: p.party, Day: "2026-10-20", Type: finance.Debit, Item: finance.Item{Description: "Old debt", Price: 5700}})
	must(t, err)
	first := p.invoice("2026-11-02", "2026-11-16", 20000)
	p.pay("2026-11-05", 20000, first.ID)
	p.pay("2026-11-10", 8500)
	second := p.invoice("2026-11-15", "2026-11-30", 3000)
	alice := s.LogIn("alice")
	want := [][3]string{{"Invoice " + first.Number, "200.00", "257.00"}, {"Payment: Bank transfer", "200.00", "57.00"}, {"Payment: Bank transfer", "85.00", "−28.00"}, {"Invoice " + second.Number, "30.00", "2.00"}}
	for _, invert := range []string{"off", "on"} {
		s.Set("P54", invert)
		page := alice.Get("/finance/statements?period=custom&from=2026-11-01&to=2026-11-30")
		if d := cmp.Diff(map[string]string{"Opening balance, 1 Nov 2026": "€ 57.00", "Charged in this period": "€ 230.00", "Paid in this period": "€ 285.00", "Closing balance, 30 Nov 2026": "€ 2.00"}, termsOf(page)); d != "" {
			t.Errorf("P54 %s: %s", invert, d)
		}
		var got [][3]string
		page.Find(".ledger li").Each(func(_ int, li *goquery.Selection) {
			figures := strings.Fields(strings.NewReplacer("Charged", "", "Paid", "").Replace(words(li.Find(".cell-main"))))
			got = append(got, [3]string{words(li.Find(".row-title")), strings.Join(figures, " "), strings.TrimPrefix(words(li.Find(".cell-balance")), "Owed ")})
		})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("P54 %s: %s", invert, d)
		}
		if !strings.Contains(page.Text(".sum"), "You owe") || !strings.Contains(page.Text(".sum"), "above zero you owe it") {
			t.Errorf("the balance is not explained: %s", page.Text(".sum"))
		}
	}
	file := alice.Get("/finance/statements?period=this_month&format=csv")
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body, "\ufeff"))).ReadAll()
	must(t, err)
	if len(records) != 7 || records[1][5] != "57.00" || records[4][5] != "-28.00" || records[6][5] != "2.00" {
		t.Errorf("the file: %v", records)
	}
	credit := alice.Get("/finance/statements?period=custom&from=2026-11-10&to=2026-11-10")
	if text := credit.Text(".sum"); !strings.Contains(text, "In credit") || !strings.Contains(text, "−€ 28.00") {
		t.Errorf("in credit: %s", text)
	}
}

func termsOf(p handlerstest.Page) map[string]string {
	all := map[string]string{}
	p.Find(".terms > div").Each(func(_ int, d *goquery.Selection) { all[words(d.Find("dt"))] = words(d.Find("dd")) })
	return all
}

// The periods, and what happens to a range that cannot be.
func TestStatementPeriods(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	p.invoice("2025-12-31", "2026-01-15", 100)
	inv := p.invoice("2026-10-31", "2026-11-15", 100)
	alice := s.LogIn("alice")
	for query, want := range map[string]string{"": "1 Nov 2026 – 30 Nov 2026", "period=last_month": "1 Oct 2026 – 31 Oct 2026", "period=this_year": "1 Jan 2026 – 31 Dec 2026",
		"period=last_year": "1 Jan 2025 – 31 Dec 2025", "from=2026-02-10&to=2026-03-10": "10 Feb 2026 – 10 Mar 2026", "period=custom&to=2026-03-10": "1 Mar 2026 – 10 Mar 2026",
		"period=custom&from=2026-11-10": "10 Nov 2026 – 22 Nov 2026", "period=nonsense": "1 Nov 2026 – 30 Nov 2026"} {
		if got := alice.Get("/finance/statements?" + query).Find(".sum > p").First(); words(got) != want {
			t.Errorf("%s: %q, want %q", query, words(got), want)
		}
	}
	page := alice.Get("/finance/statements?period=last_month&type=transactions")
	if text := words(page.Find(".ledger li")); !strings.Contains(text, inv.Number) || !strings.Contains(text, "Fiber 500") {
		t.Errorf("by transactions: %s", text)
	}
	wrong := alice.Get("/finance/statements?period=custom&from=2026-11-30&to=2026-11-01")
	if wrong.Status != http.StatusUnprocessableEntity || wrong.Find("#f-to").AttrOr("aria-invalid", "") != "true" || wrong.Find("#f-from").AttrOr("value", "") != "2026-11-30" || wrong.Has(".ledger") {
		t.Errorf("from later than to: %d %s", wrong.Status, wrong.Text("form"))
	}
	if p := alice.Get("/finance/statements?period=last_month&format=pdf"); p.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("?format=pdf is %s", p.Header.Get("Content-Type"))
	}
}
