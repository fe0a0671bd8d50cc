package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/models/catalog"
	"myisp/models/finance"
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
