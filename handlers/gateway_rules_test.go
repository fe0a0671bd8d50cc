package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/models/catalog"
	"myisp/models/finance"
	"myisp/models/portal"
)

const gatewayForm = "/admin/config/gateways/sandbox"

// rulesForm is the gateway's form as it is sent, with what a test adds.
func rulesForm(more ...string) []string {
	return append([]string{"partner", "1", "enabled", "1", "invoices", "1", "proformas", "1", "ahead", "1", "method_id", "3", "fee_percent", "1"}, more...)
}

// TestGatewayFeeForm: the fee's tax, category and words are chosen in the folded part, which is open when one is set or wrong; the
// payment then says and books them (§2.8).
func TestGatewayFeeForm(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s).bare()
		s.Staff("boss", "administrator")
		admin := s.LogInStaff("boss")
		vat, err := s.M.Catalog.AddTax(s.Context, catalog.Tax{Name: "VAT 21 %", RatePPM: 210_000})
		must(t, err)
		old, err := s.M.Catalog.AddTax(s.Context, catalog.Tax{Name: "Old VAT", RatePPM: 190_000, Archived: true})
		must(t, err)
		fees, err := s.M.Finance.AddCategory(s.Context, finance.TransactionCategory{Name: "Payment fees", Kind: "other"})
		must(t, err)
		page := admin.Get(gatewayForm)
		if !page.Has("details#rules:not([open])") || page.Has(fmt.Sprintf("#f-fee_tax option[value='%d']", old.ID)) || !page.Has(fmt.Sprintf("#f-fee_tax option[value='%d']", vat.ID)) || page.Find("#f-fee_tax option[selected]").AttrOr("value", "") != "0" {
			t.Errorf("the form: %s", page.Text("#rules"))
		}
		for field, value := range map[string]string{"fee_tax": fmt.Sprint(old.ID), "fee_category": "999", "fee_text": strings.Repeat("x", 101)} {
			if page := admin.Post(gatewayForm, rulesForm(field, value)...); page.Status != http.StatusUnprocessableEntity || !page.Has("#f-"+field+"-error") || !page.Has("details#rules[open]") {
				t.Errorf("%s: %d", field, page.Status)
			}
		}
		must2(t, admin.Post(gatewayForm, rulesForm("fee_tax", fmt.Sprint(vat.ID), "fee_category", fmt.Sprint(fees.ID), "fee_text", "Card surcharge")...), http.StatusSeeOther)
		page = admin.Get(gatewayForm)
		if !page.Has("details#rules[open]") || page.Find("#f-fee_text").AttrOr("value", "") != "Card surcharge" || page.Find("#f-fee_tax option[selected]").AttrOr("value", "") != fmt.Sprint(vat.ID) {
			t.Errorf("saved: %s", page.Text("#rules"))
		}
		if text := admin.Get("/admin/audit").Text("main"); !strings.Contains(text, "Tax of the fee") || !strings.Contains(text, "VAT 21 %") || !strings.Contains(text, "Payment fees") || !strings.Contains(text, "Words on the fee’s line") {
			t.Errorf("the log: %s", text)
		}
		if text := p.browser.Get(fmt.Sprintf("/pay?invoice=%d", p.invoice)).Text("main"); !strings.Contains(text, "€ 0.40") || !strings.Contains(text, "€ 40.30") {
			t.Errorf("the pay page: %s", text)
		}
		p.browser.Get(p.choose(p.begin(), sandbox.Success))
		list, err := s.M.Finance.Of(p.id).Payments(s.Context, finance.Filter{})
		must(t, err)
		receipt := p.browser.Get(fmt.Sprintf("/finance/payments/%d", list.Rows[0].ID)).Text("main")
		if list.Rows[0].Amount != 4_030 || !strings.Contains(receipt, "Card surcharge") || !strings.Contains(receipt, "of which VAT 21 %: € 0.07") {
			t.Errorf("the receipt of %d: %s", list.Rows[0].Amount, receipt)
		}
		if text := p.browser.Get("/finance/transactions").Text("main"); !strings.Contains(text, "Card surcharge") || !strings.Contains(text, "Payment fees") {
			t.Errorf("the transactions: %s", text)
		}
		p.prove()
	})
}

// TestGatewayLimitsForm: whom a gateway is for is ticked in the form, has to exist, and is told in the log; a location that a gateway is
// limited to cannot be removed (§2.8).
func TestGatewayLimitsForm(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newPayer(t, s)
		s.Staff("boss", "administrator")
		boss := s.LogInStaff("boss")
		place, err := s.M.Portal.CreateLocation(s.Context, 0, "Harbour side")
		must(t, err)
		at := fmt.Sprint(place.ID)
		for _, bad := range [][2]string{{"location", "999"}, {"location", "x"}, {"payment_method", "999"}} {
			if page := boss.Post(gatewayForm, rulesForm(bad[0], bad[1])...); page.Status != http.StatusUnprocessableEntity || !page.Has("details#rules[open] #f-"+bad[0]+"s-error") {
				t.Errorf("%v: %d", bad, page.Status)
			}
		}
		must2(t, boss.Post(gatewayForm, rulesForm("location", at, "location", "0", "payment_method", "3")...), http.StatusSeeOther)
		page := boss.Get(gatewayForm)
		if !page.Has("#f-location-"+at+"[checked]") || !page.Has("#f-location-0[checked]") || !page.Has("#f-payment_method-3[checked]") || page.Has("#f-payment_method-1[checked]") {
			t.Errorf("saved: %s", page.Text("#rules"))
		}
		if text := boss.Get("/admin/audit").Text("main"); !strings.Contains(text, "Only at locations") || !strings.Contains(text, "Harbour side") || !strings.Contains(text, "Customers without a location") || !strings.Contains(text, "Only for payment methods") {
			t.Errorf("the log: %s", text)
		}
		if err := s.M.RemoveLocation(s.Context, place.ID); err == nil {
			t.Error("a location of a gateway is removed")
		}
		if text := boss.Get("/admin/config/locations").Text("main"); !strings.Contains(text, "Payment gateways: 1") {
			t.Errorf("the locations: %s", text)
		}
		must2(t, boss.Post(gatewayForm, rulesForm()...), http.StatusSeeOther)
		if g, err := s.M.Finance.Gateway(s.Context, 1, "sandbox"); err != nil || g.Locations != "" || g.PaymentMethods != "" {
			t.Errorf("without ticks: %+v %v", g, err)
		}
	})
}

// limit limits the sandbox to a place where the payer does not live; what was begun before goes on.
func (p *payer) limit() {
	p.t.Helper()
	place, err := p.M.Portal.CreateLocation(p.Context, 0, "Somewhere else")
	must(p.t, err)
	p.rule(func(g *finance.GatewaySetup) { g.Locations = finance.IDsOf(place.ID) })
}

// rule changes how the sandbox is set up.
func (p *payer) rule(change func(*finance.GatewaySetup)) {
	p.t.Helper()
	g, err := p.M.Finance.Gateway(p.Context, portal.DefaultPartner, "sandbox")
	must(p.t, err)
	change(&g)
	must(p.t, p.M.Finance.SetUpGateway(p.Context, g, nil))
}

// begun counts all that was ever begun, and the methods that were.
func (p *payer) begun() (n int64) {
	p.t.Helper()
	must(p.t, p.M.DB.Q(p.Context).Raw("SELECT (SELECT COUNT(*) FROM payment_attempts) + (SELECT COUNT(*) FROM saved_methods)").Scan(&n).Error)
	return n
}

// TestGatewayLimitsHold: whoever is not at the gateway's locations is offered it nowhere, a form that names it all the same is refused
// in words and begins nothing, and what had begun is settled (§2.8).
func TestGatewayLimitsHold(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s).bare()
		p.give(methods, sandbox.Success)
		saved, hosted, key := p.form(), p.form(), p.browser.Get(methods).Find(`input[name="key"]`).First().AttrOr("value", "")
		hosted[5] = "sandbox"
		running := p.browser.Post("/pay", "key", "key-of-one-that-runs", "ahead", "1", "amount", "5", "gateway", "sandbox")
		must2(t, running, http.StatusSeeOther)
		link := p.link()
		if !p.browser.Get(link).Has(`input[name=gateway][value=sandbox]`) {
			t.Error("the link offers nothing before")
		}
		p.limit()
		before := p.begun()
		for _, path := range []string{"/pay", fmt.Sprintf("/pay?invoice=%d", p.invoice), "/pay?ahead=1&amount=5", link} {
			if page := p.browser.Get(path); page.Status != http.StatusOK || page.Has(`input[name=gateway]`) || page.Has("#f-ahead-amount") {
				t.Errorf("%s offers it: %d", path, page.Status)
			}
		}
		if p.browser.Get(methods).Has(`button[name=gateway]`) {
			t.Error("a method can be added")
		}
		for _, form := range [][]string{saved, hosted, {"key", "key-of-another-one", "ahead", "1", "amount", "5", "gateway", "sandbox"}} {
			if page := p.browser.Post("/pay", form...); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text("main"), "Choose how to pay") {
				t.Errorf("%v: %d %s", form, page.Status, page.Text("main"))
			}
		}
		if page := p.browser.Post(link, "key", "key-of-the-link-form", "gateway", "sandbox"); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text("main"), "Choose how to pay") {
			t.Errorf("the link: %d %s", page.Status, page.Text("main"))
		}
		if page := p.browser.Post(methods, "key", key, "gateway", "sandbox"); page.Status != http.StatusUnprocessableEntity {
			t.Errorf("a method: %d", page.Status)
		}
		if n := p.begun(); n != before {
			t.Errorf("%d more were begun", n-before)
		}
		p.browser.Get(p.choose(strings.TrimPrefix(running.Location, "/sandbox/"), sandbox.Success))
		if p.payments() != 1 {
			t.Error("what had begun is not settled")
		}
		p.prove()
	})
}

// link is the address of a pay link to the payer's invoice.
func (p *payer) link() string {
	p.t.Helper()
	token, _, err := p.M.Finance.Of(p.id).MakePayLink(p.Context, finance.KindInvoice, p.invoice, time.Hour)
	must(p.t, err)
	return "/pay/" + token
}
