package portal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"myisp/handlers/handlerstest"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
)

// banked makes a second provider with company information, and a customer of it in a browser at its host.
func banked(t *testing.T, s *handlerstest.Site, info portal.CompanyInfo) (purse, *handlerstest.Client) {
	t.Helper()
	partner := portal.Partner{Name: "Harbor"}
	must(t, s.M.Portal.AddPartner(s.Context, &partner, []string{"harbor.localhost"}, info, portal.Brand{ShortName: "Harbor", Color: "#0f766e", Accent: "#0f766e", Icon: []byte{}}))
	c := s.Customer(customer.Customer{Login: "alice", PartnerID: partner.ID})
	client := s.Client()
	client.Header.Set("Host", "harbor.localhost")
	if p := client.Post("/login", "identifier", "alice", "password", handlerstest.Password); p.Status != http.StatusSeeOther {
		t.Fatalf("log-in: %d", p.Status)
	}
	return purse{s, t, finance.Party{CustomerID: c.ID, PartnerID: partner.ID, Currency: "EUR"}}, client
}

var harbor = portal.CompanyInfo{Name: "Harbor Fiber B.V.", Phone: "+31 20 794 6000", Email: "help@harbor.example", BankName: "Harbor Bank", BankAccount: "DE89 3704 0044 0532 0130 00", BankCode: "COBADEFFXXX"}

// What is owed, what it is made up of, and everything that a transfer needs, with a way to copy it and a code to scan.
func TestPay(t *testing.T) {
	s := site(t)
	p, alice := banked(t, s, harbor)
	s.TakePayments(p.party.PartnerID)
	late := p.invoice("2026-10-01", "2026-10-15", 4200)
	soon := p.invoice("2026-11-20", "2026-12-05", 4290)
	page := alice.Get("/pay")
	if !strings.Contains(said(page, ".sum"), "You owe € 84.90") || !strings.Contains(said(page, ".sum"), "42.00 overdue") {
		t.Errorf("owed: %s", page.Text(".sum"))
	}
	var parts []string
	page.Find("main ul.list input[name=invoice][checked]").Each(func(_ int, a *goquery.Selection) { parts = append(parts, a.AttrOr("value", "")) })
	if d := cmp.Diff([]string{fmt.Sprint(late.ID), fmt.Sprint(soon.ID)}, parts); d != "" {
		t.Errorf("the parts, the oldest first (FIN-3): %s", d)
	}
	ref := finance.Reference{Kind: finance.RefCustomer, ID: p.party.CustomerID}
	reference := ref.String()
	if d := cmp.Diff(map[string]string{"Pay to": "Harbor Fiber B.V.", "IBAN": "DE89 3704 0044 0532 0130 00", "BIC": "COBADEFFXXX", "Bank": "Harbor Bank", "Amount": "€ 84.90", "Payment reference": ref.Grouped()}, termsOf(page)); d != "" {
		t.Error(d)
	}
	var copied []string
	page.Find("[data-copy]").Each(func(_ int, b *goquery.Selection) { copied = append(copied, b.AttrOr("data-copy", "")) })
	if d := cmp.Diff([]string{"Harbor Fiber B.V.", "DE89370400440532013000", "COBADEFFXXX", "84.90", reference}, copied); d != "" {
		t.Errorf("to copy: %s", d)
	}
	if !page.Has(`.qr svg[role=img][aria-label] path[d^="M"]`) || page.Has("[style]") {
		t.Error("there is no code to scan")
	}

	single := alice.Get(fmt.Sprintf("/pay?invoice=%d", soon.ID))
	if termsOf(single)["Payment reference"] != (finance.Reference{Kind: finance.RefInvoice, ID: soon.ID}).Grouped() || termsOf(single)["Amount"] != "€ 42.90" || single.Has("main .pick") || !single.Link("/pay") {
		t.Errorf("one invoice: %v", termsOf(single))
	}
	if again := alice.Get(fmt.Sprintf("/pay?invoice=%d", soon.ID)); again.Find(".qr path").AttrOr("d", "") != single.Find(".qr path").AttrOr("d", "!") {
		t.Error("the code is not the same twice")
	}
	if page.Find(".qr path").AttrOr("d", "") == single.Find(".qr path").AttrOr("d", "") {
		t.Error("the code does not hold the amount")
	}
	p.pay("2026-11-21", 4200, late.ID)
	if got := termsOf(alice.Get("/pay"))["Payment reference"]; got != (finance.Reference{Kind: finance.RefInvoice, ID: soon.ID}).Grouped() {
		t.Errorf("when one invoice is all that is owed, its number is the reference, not %q", got)
	}
	if page := alice.Get(fmt.Sprintf("/pay?invoice=%d", late.ID)); page.Has(".transfer") || !strings.Contains(page.Text(".empty"), "Nothing is open on this document.") {
		t.Errorf("a paid invoice: %s", page.Text("main"))
	}
}

// Some of the invoices, or a part of what is due, is this page again with that sum on it; what does not fit is told beside
// its field, and somebody else's or a settled invoice is not found.
func TestPaySome(t *testing.T) {
	s := site(t)
	p, alice := banked(t, s, harbor)
	s.TakePayments(p.party.PartnerID)
	one, two, three := p.invoice("2026-10-01", "2026-10-15", 1000), p.invoice("2026-11-01", "2026-11-15", 2000), p.invoice("2026-11-02", "2026-11-16", 4000)
	bob := s.Customer(customer.Customer{Login: "bob", PartnerID: p.party.PartnerID})
	other := purse{s, t, finance.Party{CustomerID: bob.ID, PartnerID: p.party.PartnerID, Currency: "EUR"}}.invoice("2026-10-01", "2026-10-15", 500)
	p.pay("2026-11-03", 1000, one.ID)
	for query, want := range map[string]string{
		"":      "Pay € 60.60",
		"part=": "Pay € 60.60",
		fmt.Sprintf("invoice=%d&invoice=%d", two.ID, three.ID): "Pay € 60.60",
		fmt.Sprintf("invoice=%d", three.ID):                    "Pay € 40.40",
		fmt.Sprintf("invoice=%d&part=0.01", three.ID):          "Pay € 0.01",
		"part=59.99": "Pay € 60.59",
		"part=60":    "Pay € 60.60",
	} {
		if got := words(alice.Get("/pay?" + query).Find("form.checkout button").First()); got != want {
			t.Errorf("?%s: %q, want %q", query, got, want)
		}
	}
	for _, wrong := range []string{"0", "-1", "60.01", "1e3", "NaN", "0.001", "99999999999999999999", "x"} {
		page := alice.Get("/pay?part=" + wrong)
		if page.Text("#f-part-error") == "" || words(page.Find("form.checkout button").First()) != "Pay € 60.60" {
			t.Errorf("part %s: %s", wrong, page.Text("main"))
		}
	}
	for _, strange := range []string{fmt.Sprintf("invoice=%d&invoice=%d", two.ID, other.ID), fmt.Sprintf("invoice=%d&invoice=%d", one.ID, two.ID), "invoice=1&invoice=x", "invoice=-1"} {
		if status := alice.Get("/pay?" + strange).Status; status != http.StatusNotFound {
			t.Errorf("?%s is %d", strange, status)
		}
	}
}

// The page and the form take as many statements for many open documents as for two, with a gateway set up; a form with more
// fields than a payment can have is refused before anything is read for them.
func TestPayStatements(t *testing.T) {
	s := site(t)
	s.TakePayments(1)
	few, many := newPurse(t, s, "few"), newPurse(t, s, "many")
	open := func(p purse, n int) (fields []string) {
		for range n {
			fields = append(fields, "invoice", fmt.Sprint(p.invoice("2026-10-01", "2026-10-15", 1000).ID))
			p.proforma("2026-10-01", "2026-10-15", 1000)
		}
		return fields
	}
	fields := map[string][]string{"few": open(few, 3), "many": open(many, 40)}
	plain := s.Context
	count := func(login string, do func(c *handlerstest.Client)) int {
		client := s.LogIn(login)
		client.Get("/pay")
		var n db.Counter
		s.Context = db.WithCounter(plain, &n)
		do(client)
		s.Context = plain
		return len(n.Statements())
	}
	query := func(fields []string) string {
		q := url.Values{}
		for i := 0; i < len(fields); i += 2 {
			q.Add(fields[i], fields[i+1])
		}
		return "?" + q.Encode()
	}
	for name, rest := range map[string]func(fields []string) string{"all": func([]string) string { return "" }, "one": func(f []string) string { return query(f[:2]) },
		"some": func(f []string) string { return query(f[2:]) }} {
		got := map[string]int{}
		for login, f := range fields {
			got[login] = count(login, func(c *handlerstest.Client) {
				if page := c.Get("/pay" + rest(f)); !page.Has("form.checkout") {
					t.Errorf("%s: %d %s", name, page.Status, page.Text("main"))
				}
			})
		}
		if got["few"] != got["many"] || got["many"] > 9 {
			t.Errorf("the page about %s: %v statements", name, got)
		}
	}
	got := map[string]int{}
	for login, f := range fields {
		got[login] = count(login, func(c *handlerstest.Client) {
			if page := c.Post("/pay", append(f[2:], "gateway", "sandbox", "key", strings.Repeat(login[:1], 40))...); page.Status != http.StatusSeeOther {
				t.Errorf("%d %s", page.Status, page.Text("main"))
			}
		})
	}
	if got["few"] != got["many"] {
		t.Errorf("the form: %v statements", got)
	}
	flood := count("few", func(c *handlerstest.Client) {
		if page := c.Post("/pay", append(slices.Repeat(fields["few"], 200), "gateway", "sandbox", "key", strings.Repeat("z", 40))...); page.Status != http.StatusUnprocessableEntity {
			t.Errorf("600 fields: %d", page.Status)
		}
	})
	if flood > 9 {
		t.Errorf("600 fields: %d statements", flood)
	}
}

// TestPayFromBalance: credit pays an invoice in one press, as far as it goes; without credit there is no such button, and
// somebody else's invoice is not found (FIN-2, paid from account balance).
func TestPayFromBalance(t *testing.T) {
	s := site(t)
	p, alice := banked(t, s, harbor)
	one := p.invoice("2026-10-01", "2026-10-15", 3000)
	pay := fmt.Sprintf("/pay?invoice=%d", one.ID)
	if alice.Get(pay).Has(`form[action="/pay/balance"]`) {
		t.Error("a button without credit")
	}
	if page := alice.Post("/pay/balance", "invoice", fmt.Sprint(one.ID)); page.Status != http.StatusConflict {
		t.Errorf("without credit: %d", page.Status)
	}
	keep := func(minor int64) {
		_, err := s.M.Finance.RecordPayment(s.Context, finance.NewPayment{Party: p.party, MethodID: finance.MethodCash, Day: "2026-11-01", Amount: minor, KeepAsCredit: true})
		must(t, err)
	}
	keep(1000)
	if !alice.Get(pay).Has(`form[action="/pay/balance"] button`) {
		t.Fatal("no button with credit")
	}
	if page := alice.Post("/pay/balance", "invoice", fmt.Sprint(one.ID)); page.Location != pay {
		t.Errorf("a part: %d %s", page.Status, page.Location)
	}
	keep(2500)
	if page := alice.Post("/pay/balance", "invoice", fmt.Sprint(one.ID)); page.Location != fmt.Sprintf("/finance/invoices/%d", one.ID) || !strings.Contains(alice.Get(page.Location).Text("main"), "Paid from balance") {
		t.Errorf("the rest: %d %s", page.Status, page.Location)
	}
	bob := s.Customer(customer.Customer{Login: "bob", PartnerID: p.party.PartnerID})
	other := purse{s, t, finance.Party{CustomerID: bob.ID, PartnerID: p.party.PartnerID, Currency: "EUR"}}.invoice("2026-10-01", "2026-10-15", 100)
	for id, want := range map[string]int{fmt.Sprint(other.ID): http.StatusNotFound, "x": http.StatusUnprocessableEntity, "": http.StatusUnprocessableEntity, "-1": http.StatusUnprocessableEntity} {
		if page := alice.Post("/pay/balance", "invoice", id); page.Status != want {
			t.Errorf("invoice %q: %d, want %d", id, page.Status, want)
		}
	}
}

// What the balance knows besides the invoices: credit is taken off, charges without an invoice are added.
func TestPayDifferences(t *testing.T) {
	s := site(t)
	p, alice := banked(t, s, harbor)
	p.invoice("2026-11-01", "2026-12-05", 4200)
	p.pay("2026-11-02", 1000)
	page := alice.Get("/pay")
	if text := words(row(page, "Credit on your account")); !strings.Contains(text, "−10.00") || !strings.Contains(page.Text(".sum"), "32.00") {
		t.Errorf("less the credit: %s; %s", text, page.Text(".sum"))
	}
	if got, want := termsOf(page)["Payment reference"], (finance.Reference{Kind: finance.RefCustomer, ID: p.party.CustomerID}).Grouped(); got != want {
		t.Errorf("the reference is %q, want %q: the amount is not that of the invoice", got, want)
	}
	p.pay("2026-11-03", 3200)
	pro := p.proforma("2026-11-04", "2026-12-01", 2500)
	page = alice.Get("/pay")
	if page.Has(".transfer") || page.Has(".sum") || page.Has(".empty") || !page.Link(fmt.Sprintf("/pay?proforma=%d", pro.ID)) {
		t.Errorf("settled: %s", page.Text("main"))
	}
	if advance := alice.Get(fmt.Sprintf("/pay?proforma=%d", pro.ID)); termsOf(advance)["Amount"] != "€ 25.00" || termsOf(advance)["Payment reference"] != (finance.Reference{Kind: finance.RefProforma, ID: pro.ID}).Grouped() {
		t.Errorf("in advance: %v", termsOf(advance))
	}
	_, err := s.M.Finance.AddTransaction(s.Context, finance.NewTransaction{Party: p.party, Day: "2026-11-05", Type: finance.Debit, Item: finance.Item{Description: "Correction", Price: 150}})
	must(t, err)
	if page := alice.Get("/pay"); !strings.Contains(page.Text(".sum"), "1.50") {
		t.Errorf("a charge without an invoice: %s", page.Text("main"))
	}
}

// Without bank details, or with details of another kind, there is always a next step.
func TestPayWithoutBank(t *testing.T) {
	for name, c := range map[string]struct {
		info  portal.CompanyInfo
		links []string
		qr    bool
	}{
		"phone and mail": {portal.CompanyInfo{Name: "Harbor", Phone: "+31 20 794 6000", Email: "help@harbor.example"}, []string{"tel:+31207946000", "mailto:help@harbor.example"}, false},
		"nothing":        {portal.CompanyInfo{Name: "Harbor"}, []string{"/faq"}, false},
		"not an IBAN":    {portal.CompanyInfo{Name: "Harbor", BankAccount: "19-2000145399/0800", Phone: "1"}, []string{"tel:1"}, false},
		"wrong digits":   {portal.CompanyInfo{Name: "Harbor", BankAccount: "DE00370400440532013000", Phone: "1"}, []string{"tel:1"}, false},
		"IBAN":           {harbor, []string{"tel:+31207946000"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := site(t)
			p, alice := banked(t, s, c.info)
			p.invoice("2026-11-01", "2026-12-05", 4200)
			page := alice.Get("/pay")
			for _, href := range c.links {
				if !page.Link(href) {
					t.Errorf("no link to %s", href)
				}
			}
			if page.Has(".qr") != c.qr || page.Has(".transfer") != (c.info.BankAccount != "") {
				t.Errorf("a code: %v, transfer details: %v", page.Has(".qr"), page.Has(".transfer"))
			}
			if page.Has("main form") || page.Has("main button:not([data-copy]):not([data-install-later])") {
				t.Error("there is a button that does nothing yet")
			}
		})
	}
}
