package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/internal/money"
	"myisp/models/finance"
)

// TestGatewayOfAnotherCurrency: a fixed fee and a minimum that were set in euros are none of dollars. Whoever pays in dollars is not
// offered the gateway, staff read why, and entering them again offers it.
func TestGatewayOfAnotherCurrency(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", "administrator")
		admin, page := s.LogInStaff("admin"), "/admin/config/gateways/sandbox"
		form := []string{"partner", "1", "enabled", "1", "invoices", "1", "method_id", "3", "fee_percent", "1", "fee_fixed", "0.30", "minimum", "2"}
		must2(t, admin.Post(page, form...), http.StatusSeeOther)
		offered := func(c money.Currency) int {
			ways, err := s.Till.Ways(s.Context, 1)
			must(t, err)
			return len(ways.Choices(finance.PayInvoices, 5_000, c))
		}
		if offered("EUR") != 1 || offered("USD") != 0 {
			t.Errorf("offered in euros %d, in dollars %d", offered("EUR"), offered("USD"))
		}
		if text := admin.Get("/admin/config/gateways").Text("main"); strings.Contains(text, "Not offered in this") || !strings.Contains(text, "€ 0.30") {
			t.Errorf("the list in euros: %s", text)
		}
		must(t, s.M.Portal.Set(s.Context, 1, "currency", "USD"))
		if text := admin.Get("/admin/config/gateways").Text("main"); !strings.Contains(text, "Not offered in this partner’s currency") || !strings.Contains(text, "€ 0.30") {
			t.Errorf("the list in dollars: %s", text)
		}
		p := admin.Get(page + "?partner=1")
		if text := p.Text("main"); !strings.Contains(text, "Set in another currency") || !strings.Contains(text, "€ 2.00") || p.Find("#f-fee_fixed").AttrOr("value", "") != "" || p.Find("#f-minimum").AttrOr("value", "") != "" {
			t.Errorf("the form: %s", text)
		}
		must2(t, admin.Post(page, form...), http.StatusSeeOther)
		if offered("USD") != 1 || offered("EUR") != 0 || strings.Contains(admin.Get(page+"?partner=1").Text("main"), "Set in another currency") {
			t.Error("entered again, it is not offered in dollars")
		}
	})
}

// TestGatewayOfAnotherCurrencyRefuses: a form that names such a gateway, or a method kept with it, begins nothing.
func TestGatewayOfAnotherCurrencyRefuses(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s).bare()
		p.give(methods, sandbox.Success)
		forms := [][]string{p.form(), p.form()}
		for i, pair := range forms[1] {
			if pair == "gateway" {
				forms[1][i+1] = "sandbox"
			}
		}
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE gateway_setups SET minimum = 100, currency = 'USD'").Error)
		before, err := s.M.DB.Rows(s.Context, "payment_attempts")
		must(t, err)
		for _, form := range forms {
			if page := p.browser.Post("/pay", form...); page.Status != http.StatusUnprocessableEntity {
				t.Errorf("%v: %d %s", form, page.Status, page.Location)
			}
		}
		if n, _ := s.M.DB.Rows(s.Context, "payment_attempts"); n != before || !strings.HasPrefix(forms[0][5], "saved-") {
			t.Errorf("%d attempts were begun by %v", n-before, forms)
		}
	})
}
