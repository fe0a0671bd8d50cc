package portal_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"myisp/handlers/handlerstest"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
)

// purse writes into one customer's books.
type purse struct {
	*handlerstest.Site
	t     *testing.T
	party finance.Party
}

func newPurse(t *testing.T, s *handlerstest.Site, login string) purse {
	t.Helper()
	c := s.Customer(customer.Customer{Login: login, Email: login + "@example.com", Street: "14 Mill Lane", Zip: "D08", City: "Riverside"})
	return purse{s, t, finance.Party{CustomerID: c.ID, PartnerID: 1, Currency: "EUR"}}
}

var vat = finance.Item{TaxName: "VAT", TaxRatePPM: 210_000, TaxIncluded: true}

func item(description string, price int64) finance.Item {
	i := vat
	i.Description, i.Price = description, price
	return i
}

func (p purse) invoice(day, due db.Day, minor int64) finance.Invoice {
	p.t.Helper()
	inv, err := p.M.Finance.IssueInvoice(p.Context, finance.NewInvoice{Party: p.party, Day: day, DueDay: due, Items: []finance.Item{item("Fiber 500", minor)}})
	must(p.t, err)
	return inv
}

func (p purse) proforma(day, due db.Day, minor int64) finance.ProformaInvoice {
	p.t.Helper()
	doc, err := p.M.Finance.IssueProforma(p.Context, finance.NewProforma{Party: p.party, Day: day, DueDay: due, Items: []finance.Item{item("Prepaid 100", minor)}})
	must(p.t, err)
	return doc
}

func (p purse) pay(day db.Day, minor int64, invoices ...int64) finance.Payment {
	p.t.Helper()
	pm, err := p.M.Finance.RecordPayment(p.Context, finance.NewPayment{Party: p.party, MethodID: finance.MethodBankTransfer, Day: day, Amount: minor, InvoiceIDs: invoices,
		KeepAsCredit: len(invoices) == 0})
	must(p.t, err)
	return pm
}

func (p purse) credit(day db.Day, minor, invoice int64) finance.CreditNote {
	p.t.Helper()
	n, err := p.M.Finance.IssueCreditNote(p.Context, finance.NewCreditNote{Party: p.party, Day: day, InvoiceID: invoice, Items: []finance.Item{item("Outage", minor)}})
	must(p.t, err)
	return n
}

// row finds the entry of a list that holds a text.
func row(p handlerstest.Page, text string) *goquery.Selection {
	return p.Find("main li").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), text) }).First()
}

func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func financePath(page string) string { return "/finance/" + strings.ReplaceAll(page, "_", "-") }

// P51: each page of finance has its tab and its route, and neither when it is switched off; the records under it go too.
func TestFinancePages(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	inv := p.invoice("2026-11-01", "2026-11-14", 4200)
	record := map[string]int64{"invoices": inv.ID, "proforma_invoices": p.proforma("2026-11-02", "2026-12-01", 900).ID,
		"payments": p.pay("2026-11-03", 1000, inv.ID).ID, "credit_notes": p.credit("2026-11-04", 500, inv.ID).ID}
	alice := s.LogIn("alice")
	var order []string
	alice.Get("/finance").Find(".chips a").Each(func(_ int, a *goquery.Selection) { order = append(order, a.AttrOr("href", "")) })
	want := []string{"/finance"}
	for _, page := range portal.FinancePages {
		want = append(want, financePath(page))
		if page == "payments" {
			want = append(want, "/finance/refill-card")
		}
	}
	want = append(want, "/finance/payment-methods")
	if !slices.Equal(order, want) {
		t.Errorf("tabs %v, want %v", order, want)
	}
	for _, off := range portal.FinancePages {
		s.Set("P51", without(portal.FinancePages, off))
		tabs := alice.Get("/finance")
		for _, page := range portal.FinancePages {
			status := http.StatusOK
			if page == off {
				status = http.StatusNotFound
			}
			if got := tabs.Has(`.chips a[href="` + financePath(page) + `"]`); got != (page != off) {
				t.Errorf("without %s: the tab of %s is there: %v", off, page, got)
			}
			if p := alice.Get(financePath(page)); p.Status != status {
				t.Errorf("without %s: %s is %d", off, page, p.Status)
			}
			if id := record[page]; id != 0 {
				for _, suffix := range []string{"", ".pdf"} {
					if p := alice.Get(fmt.Sprintf("%s/%d%s", financePath(page), id, suffix)); p.Status != status {
						t.Errorf("without %s: the record of %s%s is %d", off, page, suffix, p.Status)
					}
				}
			}
		}
	}
	if p := alice.Get("/finance/statements.pdf"); p.Status != http.StatusOK {
		t.Errorf("the statement's PDF is %d", p.Status)
	}
	s.Set("P51", without(portal.FinancePages, "statements"))
	if p := alice.Get("/finance/statements.pdf"); p.Status != http.StatusNotFound {
		t.Errorf("the statement's PDF without its page is %d", p.Status)
	}
}

// Nothing leads to a page that is off: rows of transactions and the parts of documents lose their links, not their text.
func TestNoLinksToWhatIsOff(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	inv := p.invoice("2026-11-01", "2026-11-14", 4200)
	pm := p.pay("2026-11-03", 1000, inv.ID)
	s.Set("P51", without(portal.FinancePages, "invoices"))
	alice := s.LogIn("alice")
	for _, path := range []string{"/finance", "/finance/transactions", "/finance/statements", fmt.Sprintf("/finance/payments/%d", pm.ID)} {
		page := alice.Get(path)
		if page.Status != http.StatusOK || strings.Contains(page.Body, `"/finance/invoices`) {
			t.Errorf("%s is %d and links to the invoices that are off", path, page.Status)
		}
	}
	if text := alice.Get(fmt.Sprintf("/finance/payments/%d", pm.ID)).Text("main"); !strings.Contains(text, inv.Number) {
		t.Error("the payment no longer says what it paid")
	}
}

// P54 flips the sign where it is shown, both ways; the words do not change (experience.md).
func TestBalanceSign(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	p.invoice("2026-11-01", "2026-11-14", 8490)
	newPurse(t, s, "bob").pay("2026-11-01", 1250)
	for _, c := range []struct {
		login, invert, word, balance string
	}{
		{"alice", "off", "You owe", "−€\u00a084.90"}, {"alice", "on", "You owe", "€\u00a084.90"},
		{"bob", "off", "In credit", "€\u00a012.50"}, {"bob", "on", "In credit", "−€\u00a012.50"},
	} {
		s.Set("P54", c.invert)
		client := s.LogIn(c.login)
		page := client.Get("/finance")
		if got := page.Text(".sum .muted"); !strings.HasPrefix(got, c.word) {
			t.Errorf("%s, P54 %s: says %q, want %q", c.login, c.invert, got, c.word)
		}
		if got := page.Text(".sum .amount"); strings.Contains(got, "−") {
			t.Errorf("%s, P54 %s: the figure that the word explains has a sign: %q", c.login, c.invert, got)
		}
		var balance string
		page.Find(".terms div").Each(func(_ int, d *goquery.Selection) {
			if d.Find("dt").Text() == "Account balance" {
				balance = strings.TrimSpace(d.Find("dd").Text())
			}
		})
		if balance != c.balance {
			t.Errorf("%s, P54 %s: account balance %q, want %q", c.login, c.invert, balance, c.balance)
		}
		list := strings.Join(strings.Fields(client.Get("/finance/transactions").Find("li .cell-balance").First().Text()), " ")
		if want := "Balance " + strings.NewReplacer("€", "", "\u00a0", "").Replace(c.balance); list != want {
			t.Errorf("%s, P54 %s: transactions say %q, want %q", c.login, c.invert, list, want)
		}
	}
}

// The overview answers what is owed, what is overdue, what comes next and what was paid last.
func TestOverview(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	paid := p.invoice("2026-10-01", "2026-10-15", 3990)
	p.pay("2026-10-03", 3990, paid.ID)
	p.invoice("2026-11-01", "2026-11-14", 4200)
	p.invoice("2026-11-20", "2026-12-05", 4290)
	page := s.LogIn("alice").Get("/finance")
	for _, want := range []string{"You owe", "84.90", "42.00 overdue", "Overdue since 14 Nov", "Pay 84.90", "€ 42.90 on 5 Dec", "Open invoices2", "€ 39.90 on 3 Oct", "paid 3 Oct"} {
		if !strings.Contains(page.Text("main"), want) {
			t.Errorf("the overview does not say %q: %s", want, page.Text("main"))
		}
	}
	if !page.Link("/pay") || page.Find("main .list").First().Find("li").Length() != 3 {
		t.Error("the overview has no way to pay, or not the latest invoices")
	}
	empty := newPurse(t, s, "omar")
	page = empty.LogIn("omar").Get("/finance")
	if page.Link("/pay") || !strings.Contains(page.Text(".sum"), "All settled") || !page.Has(".empty") {
		t.Errorf("nothing yet: %s", page.Text("main"))
	}
}

// Somebody else's records are not there, whichever way they are asked for (404, quality.md).
func TestFinanceIsOnesOwn(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	newPurse(t, s, "mallory")
	inv := p.invoice("2026-11-01", "2026-11-14", 4200)
	pm, note, pro := p.pay("2026-11-03", 1000, inv.ID), p.credit("2026-11-04", 500, inv.ID), p.proforma("2026-11-02", "2026-12-01", 900)
	alice, mallory := s.LogIn("alice"), s.LogIn("mallory")
	for _, path := range []string{fmt.Sprintf("/finance/invoices/%d", inv.ID), fmt.Sprintf("/finance/proforma-invoices/%d", pro.ID), fmt.Sprintf("/finance/credit-notes/%d", note.ID),
		fmt.Sprintf("/finance/payments/%d", pm.ID), fmt.Sprintf("/pay?invoice=%d", inv.ID), fmt.Sprintf("/pay?proforma=%d", pro.ID)} {
		for _, suffix := range []string{"", ".pdf"} {
			if suffix != "" && strings.HasPrefix(path, "/pay") {
				continue
			}
			if got := alice.Get(path + suffix).Status; got != http.StatusOK {
				t.Errorf("%s%s as its owner: %d", path, suffix, got)
			}
			if got := mallory.Get(path + suffix).Status; got != http.StatusNotFound {
				t.Errorf("%s%s as somebody else: %d", path, suffix, got)
			}
		}
	}
	for _, path := range []string{"/finance", "/finance/invoices", "/finance/proforma-invoices", "/finance/payments", "/finance/credit-notes", "/finance/transactions",
		"/finance/statements?period=this_year", "/finance/statements?period=this_year&format=csv", "/finance/invoices?format=csv", "/pay"} {
		page := mallory.Get(path)
		for _, number := range []string{inv.Number, pm.ReceiptNumber, note.Number, pro.Number, "Fiber 500"} {
			if page.Status != http.StatusOK || strings.Contains(page.Body, number) {
				t.Errorf("%s as somebody else: %d, or it shows %s", path, page.Status, number)
			}
		}
	}
}

// What makes no sense in an address is left out or not found; it never breaks the page.
func TestAbsurdAddresses(t *testing.T) {
	s := site(t)
	p := newPurse(t, s, "alice")
	p.invoice("2026-11-01", "2026-11-14", 4200)
	alice := s.LogIn("alice")
	queries := []string{"state=%F0%9F%92%A5", "state=open%27--", "after=%00", "after=AAAA", "after=MjAyNi0xMS0wMWE", "from=9999-99-99&to=x", "from=9999-12-31&to=0001-01-01",
		"q=%00%FF", "q=" + strings.Repeat("%25", 500), "format=exe", "format=csv&after=%00", "period=custom&from=2026-02-31", "period=%F0%9F%92%A5&type=1", "month=x&after=y", "page=-1", "q=%27%3B+DROP+TABLE+invoices"}
	for _, path := range []string{"/finance", "/finance/invoices", "/finance/proforma-invoices", "/finance/payments", "/finance/credit-notes", "/finance/transactions",
		"/finance/statements", "/finance/statements.pdf", "/pay"} {
		for _, q := range queries {
			status := alice.Get(path + "?" + q).Status
			// A statement from later to earlier is a form to correct.
			if status != http.StatusOK && (status != http.StatusUnprocessableEntity || !strings.Contains(path, "statements") || !strings.Contains(q, "9999-12-31")) {
				t.Errorf("GET %s?%s is %d", path, q, status)
			}
		}
	}
	for _, id := range []string{"99999999999999999999", "-1", "0", "x", "1.5", "%00", "%F0%9F%92%A5", "1%27", ".pdf", "999.pdf", "9223372036854775807", "1e3.pdf"} {
		for _, folder := range []string{"invoices", "proforma-invoices", "credit-notes", "payments"} {
			if status := alice.Get("/finance/" + folder + "/" + id).Status; status != http.StatusNotFound {
				t.Errorf("GET /finance/%s/%s is %d", folder, id, status)
			}
		}
		for _, name := range []string{"invoice", "proforma"} {
			if status := alice.Get("/pay?" + name + "=" + id).Status; status != http.StatusNotFound {
				t.Errorf("GET /pay?%s=%s is %d", name, id, status)
			}
		}
	}
}

// A disabled customer still reads finance (AUTH-2).
func TestDisabledReadsFinance(t *testing.T) {
	s := site(t)
	s.Customer(customer.Customer{Login: "dora", Status: customer.StatusDisabled})
	dora := s.LogIn("dora")
	for _, path := range []string{"/finance", "/finance/invoices", "/finance/statements", "/pay"} {
		if status := dora.Get(path).Status; status != http.StatusOK {
			t.Errorf("%s is %d", path, status)
		}
	}
}

// Nothing owed is said once: no second zero under the first, and no empty card.
func TestOverviewSettled(t *testing.T) {
	s := site(t)
	newPurse(t, s, "omar")
	p := newPurse(t, s, "alice")
	p.pay("2026-11-02", 3000, p.invoice("2026-11-01", "2026-11-14", 3000).ID)
	for login, terms := range map[string]int{"omar": 0, "alice": 1} {
		page := s.LogIn(login).Get("/finance")
		if n := strings.Count(page.Text("main"), "0.00") - strings.Count(page.Text("main"), "30.00"); n != 1 || !strings.Contains(page.Text(".sum"), "0.00") {
			t.Errorf("%s: zero is said %d times: %s", login, n, page.Text("main"))
		}
		if got := page.Find(".terms div").Length(); got != terms || page.Find("main .card").Length() != 1+min(1, terms) {
			t.Errorf("%s: %d facts in %d cards", login, got, page.Find("main .card").Length()-1)
		}
	}
}
