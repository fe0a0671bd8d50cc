package portal_test

import (
	"fmt"
	"strings"
	"testing"

	"myisp/models/finance"
	"myisp/models/service"
)

// TestInvoiceOnAPhone: credit can be used on the invoice's own page and is not offered without; the addresses are folded for phones and
// stand in full for paper, and the number is one word.
func TestInvoiceOnAPhone(t *testing.T) {
	s := site(t)
	p, alice := banked(t, s, harbor)
	inv := p.invoice("2026-11-01", "2026-12-15", 3000)
	path := fmt.Sprintf("/finance/invoices/%d", inv.ID)
	page := alice.Get(path)
	if page.Has(`form[action="/pay/balance"]`) {
		t.Error("credit is offered where there is none")
	}
	if got := page.Find("h1 .whole").Text(); got != inv.Number {
		t.Errorf("the heading keeps %q together", got)
	}
	folded, full := page.Find(".parties details.no-print p").Length(), page.Find(".parties .party-lines p").Length()
	if folded == 0 || folded != full {
		t.Errorf("%d lines of addresses are folded, %d stand in full", folded, full)
	}
	_, err := s.M.Finance.RecordPayment(s.Context, finance.NewPayment{Party: p.party, MethodID: finance.MethodCash, Day: "2026-11-01", Amount: 5000, KeepAsCredit: true})
	must(t, err)
	if id, _ := alice.Get(path).Find(`form[action="/pay/balance"] input[name="invoice"]`).Attr("value"); id != fmt.Sprint(inv.ID) {
		t.Errorf("the credit pays invoice %q", id)
	}
	if answer := alice.Post("/pay/balance", "invoice", fmt.Sprint(inv.ID)); !strings.Contains(alice.Get(answer.Location).Text("main"), "Paid from balance") {
		t.Errorf("%d %s", answer.Status, answer.Location)
	}
	if alice.Get(path).Has(`form[action="/pay/balance"]`) {
		t.Error("a paid invoice offers credit")
	}
}

// TestLargeSums: a sum stays on one line, set the smaller the longer it is.
func TestLargeSums(t *testing.T) {
	s := site(t)
	p, alice := banked(t, s, harbor)
	for minor, class := range map[int64]string{4_290: "amount", 1_234_567: "amount amount-long", 123_456_789: "amount amount-longer", 900_000_000_000: "amount amount-longest"} {
		inv := p.invoice("2026-11-01", "2026-12-15", minor)
		if got, _ := alice.Get(fmt.Sprintf("/finance/invoices/%d", inv.ID)).Find(".sum .amount").Attr("class"); strings.TrimSpace(got) != class {
			t.Errorf("%d is set as %q", minor, got)
		}
	}
}

// TestPriceSaysItsTax: home says of a price whether its tax is in it, and nothing where none is charged.
func TestPriceSaysItsTax(t *testing.T) {
	s := site(t)
	p, alice := banked(t, s, harbor)
	for _, c := range []struct {
		tax      int64
		included bool
		want     string
	}{{0, false, "month"}, {1, true, "incl. tax"}, {1, false, "excl. tax"}} {
		must(t, s.M.DB.Q(s.Context).Exec("DELETE FROM services").Error)
		must(t, s.M.Services.Add(s.Context, &service.Service{CustomerID: p.party.CustomerID, Kind: service.Internet, Description: "Fiber", UnitPrice: 1000, Currency: "EUR", Quantity: 1000,
			Status: service.Active, TaxID: c.tax, TaxIncluded: c.included}))
		if got := alice.Get("/").Text(".service-price"); !strings.HasSuffix(got, c.want) {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
