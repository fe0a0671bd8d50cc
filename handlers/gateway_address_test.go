package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"myisp/handlers"
	"myisp/handlers/cashier"
	"myisp/handlers/handlerstest"
	"myisp/internal/gateway"
	"myisp/internal/gateway/stripe"
	"myisp/models"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// hook is a webhook's secret as long as Stripe's.
const hook = "whsec_very_secret_and_long_enough_0001"

// A key that nobody may see is not sent to an address that somebody enters: it has to be given with the address (architecture, a
// gateway; security: secrets are written and never shown).
func TestGatewayAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var heard atomic.Value
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			heard.Store(r.Header.Get("Authorization"))
			_, _ = w.Write([]byte("{}"))
		}))
		defer other.Close()
		m := &models.Models{}
		till := cashier.New(m, []gateway.Definition{stripe.Definition(true)}, http.DefaultClient)
		s := handlerstest.NewAt(t, d, handlers.Config{Demo: true, Cashier: till})
		*m = *s.M
		const standard, page, test = "https://api.stripe.com", "/admin/config/gateways/stripe", "/admin/config/gateways/stripe/test"
		keys := map[string]string{stripe.SecretKey: key1, stripe.WebhookSecret: hook}
		must(t, till.SetUp(s.Context, finance.GatewaySetup{PartnerID: 1, Gateway: "stripe", Enabled: true, MethodID: 1, Invoices: true, Minimum: 50}, keys, nil))
		s.Staff("admin", "administrator")
		admin := s.LogInStaff("admin")
		save := func(pairs ...string) handlerstest.Page {
			f := form(admin.Get(page), `form[action*="/gateways/stripe"]`)
			for i := 0; i < len(pairs); i += 2 {
				f.Set(pairs[i], pairs[i+1])
			}
			return admin.Do("POST", page, f)
		}
		for _, address := range []string{"", standard} { // written out or not, it is the standard one
			if p := save("config_base_url", address); p.Status != http.StatusSeeOther {
				t.Errorf("%q: %d %s", address, p.Status, p.Text("main"))
			}
		}
		for _, enabled := range []string{"1", ""} { // one that is off can be tested, too
			if p := save("config_base_url", other.URL, "enabled", enabled); p.Status != 422 || !p.Has("#f-config_secret_key-error") || !p.Has("#f-config_webhook_secret-error") {
				t.Errorf("another address without the keys: %d", p.Status)
			}
		}
		if p := save("config_base_url", other.URL, "config_webhook_secret", hook+"_2"); p.Status != 422 || !p.Has("#f-config_secret_key-error") || p.Has("#f-config_webhook_secret-error") {
			t.Errorf("another address with one key: %d", p.Status)
		}
		admin.Post(test, "partner", "1")
		if p := save("config_base_url", other.URL, "config_secret_key", "sk_test_stand_in", "config_webhook_secret", hook+"_2"); p.Status != http.StatusSeeOther {
			t.Fatalf("another address with its keys: %d %s", p.Status, p.Text("main"))
		}
		if p := admin.Post(test, "partner", "1"); p.Status != 200 {
			t.Errorf("test: %d", p.Status)
		}
		if got, _ := heard.Load().(string); got != "Bearer sk_test_stand_in" {
			t.Errorf("the other address heard %q", got)
		}
		if p := save("config_base_url", standard); p.Status != 422 { // nor back: those are the stand-in's
			t.Errorf("back without keys: %d", p.Status)
		}
		var log []string
		must(t, s.M.DB.Q(s.Context).Raw("SELECT after FROM audit_entries WHERE object = 'gateway'").Scan(&log).Error)
		if all := strings.Join(log, " "); !strings.Contains(all, other.URL) || strings.Contains(all, "very_secret") {
			t.Errorf("the log: %s", all)
		}
		if p := admin.Get("/admin/audit"); !strings.Contains(p.Body, other.URL) {
			t.Errorf("the log's page does not tell the address")
		}
	})
}

// Where real money is, an address in the house is refused at its field.
func TestGatewayAddressOutside(t *testing.T) {
	d := dbtest.SQLite(t, nil)
	m := &models.Models{}
	till := cashier.New(m, []gateway.Definition{stripe.Definition(false)}, http.DefaultClient)
	s := handlerstest.NewAt(t, d, handlers.Config{Cashier: till})
	*m = *s.M
	s.Staff("admin", "administrator")
	admin := s.LogInStaff("admin")
	for _, address := range []string{"http://127.0.0.1:12111", "https://localhost", "https://192.168.1.1", "https://169.254.169.254", "http://stripe.example", "stripe.example"} {
		p := admin.Post("/admin/config/gateways/stripe", wiredForm("config_secret_key", key1, "config_webhook_secret", hook, "config_methods", "account", "config_base_url", address)...)
		if p.Status != 422 || !p.Has("#f-config_base_url-error") {
			t.Errorf("%s: %d %s", address, p.Status, p.Text("main"))
		}
	}
}
