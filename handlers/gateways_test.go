package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"myisp/handlers"
	"myisp/handlers/cashier"
	"myisp/handlers/handlerstest"
	"myisp/internal/gateway"
	"myisp/internal/gateway/sandbox"
	"myisp/internal/money"
	"myisp/models"
	"myisp/models/configuration"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// wired is a gateway that answers as its test wants; its words are a provider's, which nobody but the log may hear.
type wired struct {
	gateway.Gateway
	check error
}

func (w wired) Check(context.Context) error { return w.check }

const key1, key2 = "sk_live_very_secret_1", "whsec_very_secret_2"

// merchant is a portal whose program knows the pretend gateway and "wired", which needs two keys and takes no yen.
func merchant(t *testing.T, d *db.DB, check error) *handlerstest.Site {
	t.Helper()
	provider, err := sandbox.New("", []byte("a key of thirty-two bytes for it"), d.Now, nil)
	must(t, err)
	kinds := []gateway.Definition{sandbox.Definition(provider, func(id string) string { return "/sandbox/" + id }),
		{Name: "wired", Fields: []gateway.Field{{Key: "secret_key", Secret: true, Required: true}, {Key: "webhook_secret", Secret: true, Required: true}, {Key: "mode", Options: []string{"test", "live"}}},
			Capabilities: gateway.Capabilities{Currencies: []money.Currency{"EUR", "USD", "KWD"}, Minimum: map[money.Currency]int64{"EUR": 50}, Redirects: []string{"checkout.wired.example"}},
			New: func(config map[string]string, _ *http.Client) (gateway.Gateway, error) {
				if !strings.HasPrefix(config["secret_key"], "sk_") {
					return nil, errors.New("bad key " + config["secret_key"])
				}
				return wired{check: check}, nil
			}}}
	m := &models.Models{} // the site makes them after the cashier
	till := cashier.New(m, kinds, http.DefaultClient)
	s := handlerstest.NewAt(t, d, handlers.Config{Demo: true, Cashier: till})
	*m, s.Till, s.Provider = *s.M, till, provider
	s.Staff("admin", "administrator")
	s.Staff("finance", "finance")
	s.Staff("support", "support")
	return s
}

func wiredForm(more ...string) []string {
	return append([]string{"partner", "1", "enabled", "1", "invoices", "1", "ahead", "1", "method_id", "3", "fee_percent", "2.9", "fee_fixed", "0.30", "minimum", "1", "position", "2",
		"config_mode", "live"}, more...)
}

// A gateway is set up, offered at once, keeps keys that come back empty, and loses those that are removed. Keys are in no page,
// log entry, configuration file or line of the program's log (§2.8; scars: an empty webhook secret).
func TestGatewaySetUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := merchant(t, d, fmt.Errorf("%w: raw words of the provider about %s", gateway.ErrRefused, key1))
		var log bytes.Buffer
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
		admin, seen := s.LogInStaff("admin"), ""
		get := func(path string) handlerstest.Page { p := admin.Get(path); seen += p.Body; return p }
		post := func(path string, pairs ...string) handlerstest.Page {
			p := admin.Post(path, pairs...)
			seen += p.Body
			return p
		}
		if p := get("/admin/config/gateways"); p.Status != 200 || !p.Link("/admin/config/gateways/wired?partner=1") || !p.Link("/admin/config/bank-transfer?partner=1") {
			t.Fatalf("the list: %d %s", p.Status, p.Text("main"))
		}
		page := "/admin/config/gateways/wired"
		if p := post(page, wiredForm("config_secret_key", key1)...); p.Status != 422 || !p.Has("#f-config_webhook_secret-error") {
			t.Errorf("without its webhook secret: %d", p.Status)
		}
		if p := post(page, wiredForm("config_secret_key", "pk_wrong", "config_webhook_secret", key2)...); p.Status != 422 || !p.Has("#f-enabled-error") {
			t.Errorf("a key that the gateway refuses: %d", p.Status)
		}
		for field, bad := range map[string][]string{"fee_percent": {"26", "-1", "NaN", "1e9"}, "minimum": {"0.49", "x", "-5", "99999999999999999999"}, "fee_fixed": {"0.001", "-0.30"}, "position": {"-1", "x"}} {
			for _, v := range bad {
				form := wiredForm("config_secret_key", key1, "config_webhook_secret", key2)
				for i := range form {
					if form[i] == field {
						form[i+1] = v
					}
				}
				if p := post(page, form...); p.Status != 422 || !p.Has("#f-"+field+"-error") {
					t.Errorf("%s %q: %d", field, v, p.Status)
				}
			}
		}
		if _, err := s.M.Finance.Gateway(s.Context, 1, "wired"); db.KindOf(err) != db.NotFound {
			t.Errorf("a bad form wrote something: %v", err)
		}
		if p := post(page, wiredForm("config_secret_key", key1, "config_webhook_secret", key2)...); p.Status != http.StatusSeeOther {
			t.Fatalf("set up: %d %s", p.Status, p.Text("main"))
		}
		p := get(page)
		if !strings.Contains(p.Text("main"), "Set. Leave it empty") || p.Find("#f-fee_percent").AttrOr("value", "") != "2.9" || p.Find("#f-config_secret_key").AttrOr("value", "") != "" ||
			!strings.Contains(p.Text("main"), "/webhooks/wired") {
			t.Errorf("the form: %s", p.Text("main"))
		}
		if p := post(page, wiredForm("config_secret_key", "", "config_webhook_secret", "")...); p.Status != http.StatusSeeOther {
			t.Errorf("empty keys keep what is there: %d", p.Status)
		}
		if p := post(page+"/test", "partner", "1"); p.Status != 200 || !strings.Contains(p.Text("main"), "refuses these keys") || strings.Contains(p.Body, "raw words") {
			t.Errorf("the test: %d %s", p.Status, p.Text("main"))
		}
		if !strings.Contains(log.String(), "raw words of the provider") {
			t.Error("the log does not have what the provider said")
		}
		if p := post(page, wiredForm("drop_webhook_secret", "1")...); p.Status != 422 {
			t.Errorf("an enabled gateway lost a key that it needs: %d", p.Status)
		}
		off := wiredForm("drop_webhook_secret", "1")
		off[3] = ""
		if p := post(page, off...); p.Status != http.StatusSeeOther {
			t.Errorf("a key is removed: %d", p.Status)
		}
		stored, err := s.M.Finance.Gateway(s.Context, 1, "wired")
		must(t, err)
		secrets, err := s.M.Finance.Secrets(stored)
		must(t, err)
		if secrets["secret_key"] != key1 || secrets["webhook_secret"] != "" || secrets["mode"] != "live" || stored.FeePPM != 29_000 || stored.FeeFixed != 30 || stored.Minimum != 100 || stored.Position != 2 {
			t.Errorf("stored: %v %+v", secrets, stored)
		}
		var audit []string
		must(t, s.M.DB.Q(s.Context).Raw("SELECT before || after || object_name FROM audit_entries").Scan(&audit).Error)
		files, err := configuration.New(s.M, func(string) (string, bool) { return "", false }, func(string) []string { return nil }).Export(s.Context)
		must(t, err)
		var exported bytes.Buffer
		for _, file := range files {
			exported.Write(file)
		}
		everything := map[string]string{"a page": seen + get("/admin/audit").Body + get("/admin/config/gateways").Body, "the audit log": strings.Join(audit, " "), "the export": exported.String()}
		for where, text := range everything {
			for _, secret := range []string{key1, key2} {
				if strings.Contains(text, secret) {
					t.Errorf("%s holds a key", where)
				}
			}
		}
	})
}

// Fees come out to the last unit in currencies of 0, 2 and 3 decimals, as the form takes and the pay page shows them.
func TestGatewayFees(t *testing.T) {
	for _, c := range []struct {
		currency, fixed, minimum string
		amount, fee              int64
	}{{"JPY", "30", "100", 12_345, 388}, {"USD", "0.30", "1", 12_345, 388}, {"KWD", "0.030", "0.100", 12_345, 388}} {
		t.Run(c.currency, func(t *testing.T) {
			each(t, func(t *testing.T, s *handlerstest.Site) {
				s.Staff("admin", "administrator")
				must(t, s.M.Portal.Set(s.Context, 1, "currency", c.currency))
				if p := s.LogInStaff("admin").Post("/admin/config/gateways/sandbox", "partner", "1", "enabled", "1", "invoices", "1", "method_id", "3", "fee_percent", "2,9", "fee_fixed", c.fixed, "minimum", c.minimum); p.Status != http.StatusSeeOther {
					t.Fatalf("%d %s", p.Status, p.Text("main"))
				}
				for amount, n := range map[int64]int{c.amount: 1, 99: 0, 100: 1} {
					ways, err := s.Till.Ways(s.Context, 1)
					must(t, err)
					list := ways.Choices(finance.PayInvoices, amount, money.Currency(c.currency))
					if len(list) != n || amount == c.amount && list[0].Fee != money.Of(c.fee, money.Currency(c.currency)) {
						t.Errorf("%d: %+v", amount, list)
					}
				}
			})
		})
	}
}

// The pay page's forms lead to the hosts of enabled gateways and no others, and those that the partner's money is not for are not
// offered; the pretend gateway is told of wherever it is enabled, and refuses to run where it is not.
func TestPayChoiceFollows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := merchant(t, d, nil)
		newCastOf(t, s)
		alice, admin := s.LogIn("alice"), s.LogInStaff("admin")
		policy := func() string { return alice.Get("/pay").Header.Get("Content-Security-Policy") }
		if strings.Contains(policy(), "wired") || alice.Get("/pay").Has(`input[name=gateway]`) {
			t.Error("offered before it is set up")
		}
		if p := alice.Post("/pay", "key", "a-key-of-an-attempt", "gateway", "sandbox"); p.Status != 422 {
			t.Errorf("the sandbox ran although it is not enabled: %d", p.Status)
		}
		post := func(name string, pairs []string) {
			t.Helper()
			if p := admin.Post("/admin/config/gateways/"+name, pairs...); p.Status != http.StatusSeeOther {
				t.Fatalf("%s: %d", name, p.Status)
			}
		}
		post("wired", wiredForm("config_secret_key", key1, "config_webhook_secret", key2, "label", "Card"))
		p := alice.Get("/pay")
		if !strings.Contains(p.Header.Get("Content-Security-Policy"), "form-action 'self' https://checkout.wired.example;") || !p.Has(`input[name=gateway][value=wired]`) || strings.Contains(p.Text("main"), "No real money") {
			t.Errorf("enabled: %s", p.Header.Get("Content-Security-Policy"))
		}
		post("sandbox", []string{"partner", "1", "enabled", "1", "invoices", "1", "method_id", "3"})
		if p := alice.Get("/pay"); !strings.Contains(p.Text("main"), "No real money") || !p.Has(`input[name=gateway][value=sandbox]`) {
			t.Error("the pay page does not say that payments are pretended")
		}
		if p := admin.Get("/admin/config/gateways"); !strings.Contains(p.Text("main"), "Pretend payments are on") {
			t.Error("the admin page does not say that payments are pretended")
		}
		off := wiredForm()
		off[3] = ""
		post("wired", off)
		if strings.Contains(policy(), "wired") {
			t.Error("a gateway that is off is in form-action")
		}
		for who, want := range map[string]int{"finance": http.StatusForbidden, "support": http.StatusForbidden} {
			if p := s.LogInStaff(who).Post("/admin/config/gateways/sandbox", "partner", "1"); p.Status != want {
				t.Errorf("%s changes gateways: %d", who, p.Status)
			}
		}
	})
}

// newCastOf adds one customer who owes something to a portal of the test's own.
func newCastOf(t *testing.T, s *handlerstest.Site) *cast {
	t.Helper()
	c := &cast{Site: s}
	c.alice = c.person(t, "alice", "active", 1)
	return c
}

// The account for transfers is the company's: it is offered at once, and not without an account.
func TestBankTransferSetUp(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", "administrator")
		admin := s.LogInStaff("admin")
		newCastOf(t, s)
		alice, page := s.LogIn("alice"), "/admin/config/bank-transfer"
		if p := admin.Post(page, "partner", "1", "bank_account", "DE89370400440532013001"); p.Status != 422 || !p.Has("#f-bank_account-error") {
			t.Errorf("a wrong IBAN: %d", p.Status)
		}
		if p := admin.Post(page, "partner", "1", "bank_holder", "MyISP Trust", "bank_account", "DE89370400440532013000", "bank_text", "Transfers take a day.\r\nThank you."); p.Status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.Status, p.Text("main"))
		}
		if text := alice.Get("/pay").Text("main"); !strings.Contains(text, "MyISP Trust") || !strings.Contains(text, "Thank you.") || !strings.Contains(text, "RF") {
			t.Errorf("the pay page: %s", text)
		}
		if p := admin.Post(page, "partner", "1"); p.Status != http.StatusSeeOther || alice.Get("/pay").Has(".transfer") {
			t.Errorf("still offered without an account: %d", p.Status)
		}
	})
}
