package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/finance"
)

// TestPartnerLocalization (X7): two partners with different currency and way of writing show their customers different
// pages; a change shows, a reset takes it back, and the other partner's pages stay.
func TestPartnerLocalization(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		harbor := harborFiber(t, s)
		must(t, s.M.Portal.Set(s.Context, 0, "login_on_any_host", "on"))
		s.Staff("admin", "administrator")
		admin := s.LogInStaff("admin")
		page := fmt.Sprintf("/admin/config/partners/%d", harbor)
		if p := admin.Post(page+"/localization", "currency", "USD", "currency_symbol_position", "after_space", "decimal_separator", ",", "thousands_separator", ".",
			"date_format", "ymd_dash"); p.Status != http.StatusSeeOther {
			t.Fatalf("saving is %d: %s", p.Status, p.Text(".field-error"))
		}
		papers := map[string]string{}
		for login, partner := range map[string]int64{"alice": 1, "hanna": harbor} {
			who := s.Customer(customer.Customer{Login: login, PartnerID: partner, Status: customer.StatusActive})
			party := finance.Party{CustomerID: who.ID, PartnerID: partner, Currency: map[int64]money.Currency{1: "EUR", harbor: "USD"}[partner]}
			invoice, err := s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: party, Day: "2026-11-22", DueDay: "2026-12-06", Items: []finance.Item{{Description: "Fiber", Price: 123450}}})
			must(t, err)
			papers[login] = fmt.Sprintf("/finance/invoices/%d", invoice.ID)
		}
		read := func(login string) string {
			return strings.Join(strings.Fields(strings.ReplaceAll(s.LogIn(login).Get(papers[login]).Text("main"), "\u00a0", " ")), " ")
		}
		if got := read("alice"); !strings.Contains(got, "€ 1 234.50") || strings.Contains(got, "2026-11-22") {
			t.Errorf("Default's customer reads %q", got)
		}
		if got := read("hanna"); !strings.Contains(got, "1.234,50 $") || !strings.Contains(got, "2026-11-22") {
			t.Errorf("Harbor's customer reads %q", got)
		}
		if p := admin.Post(page+"/localization/date_format/reset", "x", "y"); p.Status != http.StatusSeeOther {
			t.Errorf("reset is %d", p.Status)
		}
		if got := read("hanna"); strings.Contains(got, "2026-11-22") {
			t.Errorf("after the reset Harbor's customer reads %q", got)
		}
		// The currency stays once there are documents, whoever it is inherited from.
		for _, id := range []int64{1, harbor} {
			p := admin.Post(fmt.Sprintf("/admin/config/partners/%d/localization", id), "currency", "CZK")
			if p.Status != http.StatusUnprocessableEntity || !p.Has("#f-currency-error") {
				t.Errorf("another currency of partner %d is %d", id, p.Status)
			}
		}
		example := admin.Get(page + "/localization/example?date_format=dmy_slash&decimal_separator=.&thousands_separator=space")
		if text := strings.ReplaceAll(example.Body, "\u00a0", " "); !strings.Contains(text, "1 234.50 $") || !strings.Contains(text, "22/11/2026") {
			t.Errorf("the example is %q", text)
		}
	})
}

// TestPartnersAndLocations: both are made and renamed by staff who may, with their words beside the field that is wrong;
// company information is checked (X14); a location in use stays.
func TestPartnersAndLocations(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", "administrator")
		s.Staff("reader", "read_only")
		admin, reader := s.LogInStaff("admin"), s.LogInStaff("reader")
		if p := admin.Post("/admin/config/partners", "partner_name", "", "hosts", "x.example"); p.Status != 422 || !p.Has("#f-partner_name-error") {
			t.Errorf("a partner without a name is %d", p.Status)
		}
		made := admin.Post("/admin/config/partners", "partner_name", "Harbor", "hosts", "harbor.localhost\nmy.harbor.example")
		if made.Status != http.StatusSeeOther {
			t.Fatalf("adding is %d", made.Status)
		}
		if hosts, err := s.M.Portal.Hosts(s.Context, 2); err != nil || len(hosts) != 2 {
			t.Errorf("hosts %v, %v", hosts, err)
		}
		if p := admin.Post(made.Location, "partner_name", "Harbor Fiber", "hosts", "my.harbor.example"); p.Status != http.StatusSeeOther || !admin.Get(made.Location).Has("h1") {
			t.Errorf("editing is %d", p.Status)
		}
		if p := admin.Post(made.Location+"/company", "name", "Harbor", "email", "no address", "bank_account", "DE00", "bank_code", "NOBIC", "website", "harbor"); p.Status != 422 ||
			!p.Has("#f-email-error") || !p.Has("#f-bank_code-error") || !p.Has("#f-website-error") {
			t.Errorf("a wrong company is %d", p.Status)
		}
		if p := admin.Post(made.Location+"/company", "name", "Harbor B.V.", "bank_account", "NL91 ABNA 0417 1643 00", "bank_code", "ABNANL2A"); p.Status != http.StatusSeeOther {
			t.Errorf("the company is %d: %s", p.Status, p.Text(".field-error"))
		}
		if p := reader.Post(made.Location, "partner_name", "Mine"); p.Status != http.StatusForbidden {
			t.Errorf("who may only look changed a partner: %d", p.Status)
		}
		if p := reader.Get(made.Location); p.Status != http.StatusOK || p.Has("main .btn-primary") {
			t.Errorf("who may only look: %d", p.Status)
		}
		for _, name := range []string{"Riverside", "Old Town"} {
			if p := admin.Post("/admin/config/locations", "name", name); p.Status != http.StatusSeeOther {
				t.Errorf("adding a location is %d", p.Status)
			}
		}
		if p := admin.Post("/admin/config/locations", "name", "riverside"); p.Status != 422 {
			t.Errorf("the same name twice is %d", p.Status)
		}
		s.Customer(customer.Customer{Login: "alice", PartnerID: 1, LocationID: 1, Status: customer.StatusActive})
		if p := admin.Post("/admin/config/locations/1/removal", "x", "y"); p.Status != 422 {
			t.Errorf("removing a location in use is %d", p.Status)
		}
		if p := admin.Post("/admin/config/locations/2/removal", "x", "y"); p.Status != http.StatusSeeOther {
			t.Errorf("removing a location is %d", p.Status)
		}
	})
}
