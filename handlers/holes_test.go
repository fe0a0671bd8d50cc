package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/models/staff"
)

// What an attacker tried who had a log-in of little power, or none.

// signed makes a role of these permissions and signs a member of it in.
func signed(t testing.TB, s *handlerstest.Site, login string, list ...staff.Permission) *handlerstest.Client {
	t.Helper()
	key, err := s.M.Staff.AsSystem().AddRole(s.Context, login, list)
	must(t, err)
	s.Staff(login, key)
	return s.LogInStaff(login)
}

// TestUploadsLeaveNoFiles: what a form with files brought is gone with its answer, whoever sent it: else strangers fill the
// disk.
func TestUploadsLeaveNoFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	s.Staff("admin", staff.Administrator)
	for name, client := range map[string]*handlerstest.Client{"a stranger": s.Client(), "staff": s.LogInStaff("admin")} {
		p := client.Upload("/admin/branding/draft", "icon", "x.png", make([]byte, 3<<20), "partner", "1")
		left, err := os.ReadDir(dir)
		must(t, err)
		if len(left) > 0 {
			t.Errorf("%s uploads (%d): %d files are left", name, p.Status, len(left))
		}
	}
}

// TestLocalizationNeedsPartners: how a partner writes money is partners.edit; settings.edit does not reach it by the address
// of another page (X7).
func TestLocalizationNeedsPartners(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Set("currency_symbol", "Fr.")
		c := signed(t, s, "editor", staff.EditSettings, staff.ViewSettings)
		for _, try := range [][]string{{"/currency_symbol/reset", "partner", "1"}, {"/localization", "partner", "1", "field", "currency_symbol", "currency_symbol", "$"}} {
			if p := c.Post(configPath+try[0], try[1:]...); p.Status != http.StatusNotFound {
				t.Errorf("%v: %d", try, p.Status)
			}
		}
		c.Post(configPath+"/all", "partner", "1", "field", "currency_symbol", "currency_symbol", "$")
		snap, err := s.M.Portal.Snapshot(s.Context)
		must(t, err)
		if got := portal.CurrencySymbol.Of(snap.Partner(1).Values); got != "Fr." {
			t.Errorf("the symbol is %q", got)
		}
	})
}

// TestSecondFactorPolicy (B20): whether staff need a second factor is staff's affair, not a setting of the portal among
// others: it takes staff.edit and a password given lately.
func TestSecondFactorPolicy(t *testing.T) {
	now := noon
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		now = noon
		s := handlerstest.New(t, d)
		s.Staff("admin", staff.Administrator)
		policy := func() string {
			snap, err := s.M.Portal.Snapshot(s.Context)
			must(t, err)
			return portal.StaffSecondFactor.Of(snap.Partner(1).Values)
		}
		form := []string{"tab", "general", "field", "staff_second_factor", "staff_second_factor", "required", "field", "help_enabled"}
		editor := signed(t, s, "editor", staff.EditSettings)
		if p := editor.Get(configPath); p.Has(`[data-setting=staff_second_factor] input[name=field]`) || !p.Has(`[data-setting=staff_second_factor] fieldset[disabled]`) {
			t.Error("the form offers what it refuses")
		}
		for _, path := range []string{"/general", "/all", "/staff_second_factor/reset", "/B20/reset"} {
			n := len(entries(t, s, audit.AccessDenied))
			if p := editor.Post(configPath+path, form...); p.Status != http.StatusForbidden || len(entries(t, s, audit.AccessDenied)) != n+1 {
				t.Errorf("POST %s: %d", path, p.Status)
			}
		}
		if p := editor.Post(configPath+"/general", "tab", "general", "field", "staff_second_factor", "staff_second_factor", "off", "field", "help_enabled"); p.Status != http.StatusSeeOther {
			t.Errorf("what stays as it is: %d", p.Status)
		}
		admin := s.LogInStaff("admin")
		now = now.Add(16 * time.Minute)
		for _, path := range []string{"/general", "/staff_second_factor/reset"} {
			if p := admin.Post(configPath+path, form...); p.Status != http.StatusUnprocessableEntity || !p.Has(`input[name="step_up_password"]`) {
				t.Errorf("an old session's POST %s: %d", path, p.Status)
			}
		}
		if got := policy(); got != portal.SecondFactorOff {
			t.Errorf("the policy is %s", got)
		}
		if p := admin.Post(configPath+"/general", append(form, "step_up_password", handlerstest.Password)...); p.Status != http.StatusSeeOther || policy() != portal.SecondFactorRequired {
			t.Errorf("with the password: %d, %s", p.Status, policy())
		}
	})
}

// TestBrandersKeepOffMoney: who makes logos neither names the account that invoices are paid to nor leads hosts here.
func TestBrandersKeepOffMoney(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := signed(t, s, "artist", staff.EditBranding)
		must(t, s.M.Portal.AddHost(s.Context, 1, "my.example.net"))
		for _, path := range []string{"/admin/branding/company", "/admin/branding/domains"} {
			if p := c.Get(path); p.Status != http.StatusOK || p.Has(`main form[method=post]`) {
				t.Errorf("GET %s: %d, with a form: %v", path, p.Status, p.Has(`main form[method=post]`))
			}
		}
		for _, try := range [][]string{{"company", "name", "Mallory Ltd", "bank_account", "DE89370400440532013000"}, {"domains", "host", "evil.example"},
			{"domains/removal", "host", "my.example.net"}} {
			if p := c.Post("/admin/branding/"+try[0], append(try[1:], "partner", "1")...); p.Status != http.StatusForbidden {
				t.Errorf("%v: %d", try, p.Status)
			}
		}
		info, err := s.M.Portal.Company(s.Context, 1)
		must(t, err)
		hosts, err := s.M.Portal.Hosts(s.Context, 1)
		must(t, err)
		if info.BankAccount != "" || strings.Join(hosts, " ") != "my.example.net" {
			t.Errorf("%+v %v", info, hosts)
		}
	})
}

// TestPreviewNeedsFinance: a preview shows what a customer owes, so who may not see that on the card does not see it there.
func TestPreviewNeedsFinance(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		c := signed(t, s, "editor", staff.EditSettings, staff.ViewCustomers, staff.EditBranding)
		if p := c.Get(configPath); p.Status != http.StatusOK || p.Has("[data-config-as]") {
			t.Errorf("the settings' page: %d, with a preview: %v", p.Status, p.Has("[data-config-as]"))
		}
		for _, path := range []string{configPath + "/preview", "/admin/branding/preview"} {
			if p := c.Post(path, "partner", "1", "as", "alice", "title", "X", "short_name", "X", "color", "#1d5eff", "accent", "#1d5eff"); p.Status != http.StatusForbidden {
				t.Errorf("POST %s: %d %s", path, p.Status, p.Location)
			}
		}
	})
}

// TestLoginIsNobodysAddress: nobody takes a colleague's e-mail address for a login, or another's login for an address: one
// of the two could not log in any more, and the other's guesses would count against them.
func TestLoginIsNobodysAddress(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", staff.Administrator)
		boss := s.LogInStaff("admin")
		boss.Post("/admin/staff/invitations", "name", "Eve", "email", "eve@example.com", "role", "support", "language", "en")
		link := linkOf(t, s, mails(t, s).Text)
		p := s.Client().Post(link, "login", "Admin@Example.com", "name", "Eve", "password", "violet harbour lamp 91", "confirm", "violet harbour lamp 91")
		if p.Status != http.StatusUnprocessableEntity || !p.Has("#f-login[aria-invalid]") {
			t.Errorf("a colleague's address as login: %d", p.Status)
		}
		p = s.Client().Post(link, "login", "eve@example.com", "name", "Eve", "password", "violet harbour lamp 91", "confirm", "violet harbour lamp 91")
		if p.Status != http.StatusSeeOther {
			t.Fatalf("one's own address as login: %d %s", p.Status, p.Text(".field-error"))
		}
		low := s.Staff("low", staff.Support)
		p = boss.Post(memberPath(low), "name", "Low", "email", "eve@example.com", "role", "support")
		if p.Status != http.StatusUnprocessableEntity || !p.Has("#f-email[aria-invalid]") {
			t.Errorf("another's address: %d", p.Status)
		}
		m := staff.Member{Login: "nick@example.com", Email: "nick.real@example.com", Name: "Nick", Role: staff.Support, Language: "en"}
		must(t, s.M.Staff.Add(s.Context, &m, handlerstest.Password))
		p = boss.Post(memberPath(low), "name", "Low", "email", "nick@example.com", "role", "support")
		if p.Status != http.StatusUnprocessableEntity || !p.Has("#f-email[aria-invalid]") {
			t.Errorf("another's login as address: %d", p.Status)
		}
	})
}

// TestOwnLanguage: a member chooses the language of the staff's pages; it is in the log, and nobody else's changes.
func TestOwnLanguage(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", staff.Administrator)
		s.Staff("sam", staff.Support)
		c := s.LogInStaff("sam")
		if p := c.Get("/admin/security"); p.Find(`#f-language option[selected]`).AttrOr("value", "") != "en" {
			t.Errorf("the form does not hold the language: %s", p.Text("#f-language"))
		}
		for code, want := range map[string]string{"ar": "rtl", "es": "ltr"} {
			if p := c.Post("/admin/security/language", "language", code); p.Location != "/admin/security" {
				t.Fatalf("%s: %d", code, p.Status)
			}
			if p := c.Get("/admin"); p.Find("html").AttrOr("lang", "") != code || p.Find("html").AttrOr("dir", "ltr") != want {
				t.Errorf("%s: the page is in %s", code, p.Find("html").AttrOr("lang", ""))
			}
		}
		if p := c.Post("/admin/security/language", "language", "xx"); p.Status != http.StatusUnprocessableEntity || !p.Has("#f-language[aria-invalid]") {
			t.Errorf("no language: %d", p.Status)
		}
		c.Header.Set("Accept-Language", "ar")
		c.Post("/admin/security/language", "language", "")
		if p := c.Get("/admin"); p.Find("html").AttrOr("lang", "") != "ar" {
			t.Errorf("as the browser says: %s", p.Find("html").AttrOr("lang", ""))
		}
		log := entries(t, s, audit.StaffEdited)
		if len(log) != 3 || log[0].ActorName != "sam" || log[0].ObjectID != "sam" || !strings.Contains(log[2].After, `"language":""`) {
			t.Errorf("the log: %+v", log)
		}
		if p := s.LogInStaff("admin").Get("/admin"); p.Find("html").AttrOr("lang", "") != "en" {
			t.Errorf("a colleague's page is in %s", p.Find("html").AttrOr("lang", ""))
		}
	})
}

// TestActingIsNoKnownAddress: from where staff act as a customer is not where the customer is known to be (AUTH-3 lets
// known addresses ask for codes beyond the day's).
func TestActingIsNoKnownAddress(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		alice := s.Customer(customer.Customer{Login: "alice"})
		s.Staff("sam", staff.Support)
		act(t, s.LogInStaff("sam"), alice.ID)
		if known, err := s.M.Sessions.Addresses(s.Context, session.Customer, alice.ID); err != nil || len(known) != 0 {
			t.Errorf("known at %v, %v", known, err)
		}
		s.LogIn("alice")
		if known, err := s.M.Sessions.Addresses(s.Context, session.Customer, alice.ID); err != nil || len(known) != 1 {
			t.Errorf("known at %v, %v", known, err)
		}
	})
}

// TestActingEndsAreLogged (AUTH-4): the customer's log says that staff have left however that came: by acting as somebody
// else, by the member's sessions being ended, or by disabling the member.
func TestActingEndsAreLogged(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		alice, bob := s.Customer(customer.Customer{Login: "alice"}), s.Customer(customer.Customer{Login: "bob"})
		s.Staff("admin", staff.Administrator)
		sam := s.Staff("sam", staff.Support)
		boss := s.LogInStaff("admin")
		for name, end := range map[string]func(c *handlerstest.Client){
			"another customer": func(c *handlerstest.Client) { act(t, c, bob.ID) },
			"log-out":          func(c *handlerstest.Client) { c.Post("/admin/logout") },
			"own other session": func(*handlerstest.Client) {
				s.LogInStaff("sam").Post("/admin/security/sessions/closure")
			},
			"a new password": func(*handlerstest.Client) {
				p := s.LogInStaff("sam").Post("/admin/security/password", "password_current", handlerstest.Password, "password_new", handlerstest.Password+" 2", "confirm", handlerstest.Password+" 2")
				if p.Location != "/admin/security" {
					t.Fatalf("the password: %d %s", p.Status, p.Text(".field-error"))
				}
				must(t, s.M.Staff.SetPassword(s.Context, "sam", handlerstest.Password))
			},
			"a colleague": func(*handlerstest.Client) { boss.Post(memberPath(sam) + "/sessions/closure") },
			"disabled": func(*handlerstest.Client) {
				boss.Post(memberPath(sam), "name", "Sam", "email", "sam@example.com", "role", "support", "disabled", "on")
				boss.Post(memberPath(sam), "name", "Sam", "email", "sam@example.com", "role", "support")
			},
		} {
			c := s.LogInStaff("sam")
			act(t, c, alice.ID)
			end(c)
			events, err := s.M.Audit.Of(alice.ID).Events(s.Context, 0, 1)
			must(t, err)
			if len(events) != 1 || events[0].Operation != audit.OpActingEnd {
				t.Errorf("%s: the log ends with %+v", name, events)
			}
		}
	})
}

// TestInvitationToATakenAddress: a link is dead once its address is a colleague's.
func TestInvitationToATakenAddress(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", staff.Administrator)
		low := s.Staff("low", staff.Support)
		boss := s.LogInStaff("admin")
		boss.Post("/admin/staff/invitations", "name", "Eve", "email", "eve@example.com", "role", "support", "language", "en")
		link := linkOf(t, s, mails(t, s).Text)
		if p := boss.Post(memberPath(low), "name", "Low", "email", "eve@example.com", "role", "support"); p.Status != http.StatusSeeOther {
			t.Fatal(p.Status)
		}
		if p := s.Client().Post(link, "login", "eve", "name", "Eve", "password", "violet harbour lamp 91", "confirm", "violet harbour lamp 91"); p.Status != http.StatusNotFound {
			t.Errorf("accepting: %d", p.Status)
		}
		all, err := s.M.Staff.All(s.Context)
		must(t, err)
		if len(all) != 2 {
			t.Errorf("%d members", len(all))
		}
	})
}

// TestCustomersLearnOfTakeovers: who may set passwords or change addresses could become a customer past acting, its banner
// and its log; so the customer is written to, at the old address, and sees who set the password.
func TestCustomersLearnOfTakeovers(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		who, path := ofCustomer(t, s, "alice")
		support := s.LogInStaff("support")
		told := func() (list []customer.ProfileNotice) {
			for {
				j, err := s.M.Jobs.Claim(s.Context, time.Minute)
				must(t, err)
				if j == nil {
					return list
				}
				if j.Kind == customer.JobProfileNotice {
					var n customer.ProfileNotice
					must(t, s.M.Jobs.Decode(j, &n))
					list = append(list, n)
				}
				must(t, s.M.Jobs.Finish(s.Context, j))
			}
		}
		told()
		if p := support.Post(path+"/password", "password_new", "secret words here", "confirm", "secret words here"); p.Status != http.StatusSeeOther {
			t.Fatalf("setting: %d", p.Status)
		}
		if n := told(); len(n) != 1 || n[0].To != who.Email || !n[0].Password || !n[0].Staff || n[0].IP != "" {
			t.Errorf("told of the password: %+v", n)
		}
		events, err := s.M.Audit.Of(who.ID).Events(s.Context, 0, 1)
		must(t, err)
		if len(events) != 1 || events[0].Operation != audit.OpPasswordGiven || events[0].ActorKind != audit.Staff {
			t.Errorf("the portal log: %+v", events)
		}
		form := support.Get(path + "/edit")
		sent := url.Values{}
		form.Find(`form[action="` + path + `"] input[name], form[action="` + path + `"] select`).Each(func(_ int, e *goquery.Selection) {
			if kind := e.AttrOr("type", ""); kind == "checkbox" || kind == "radio" {
				if _, on := e.Attr("checked"); !on {
					return
				}
			}
			value := e.AttrOr("value", "")
			if goquery.NodeName(e) == "select" {
				value = e.Find("option[selected]").AttrOr("value", "")
			}
			sent.Add(e.AttrOr("name", ""), value)
		})
		sent.Set("email", "mallory@evil.example")
		if p := support.Do(http.MethodPost, path, sent); p.Status != http.StatusSeeOther {
			t.Fatalf("editing: %d %s", p.Status, p.Text(".field-error"))
		}
		if n := told(); len(n) != 1 || n[0].To != who.Email || !n[0].Email || !n[0].Staff {
			t.Errorf("told of the address: %+v", n)
		}
	})
}

// TestPreviewSettlesNothing: the page that tells what has become of a payment asks the gateway and books its answer; that is
// the customer's to open, or the poller's, and nothing that staff do by looking at a draft.
func TestPreviewSettlesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		result := p.choose(p.begin(), sandbox.Success)
		staff := s.LogInStaff("admin")
		base := "/admin/as/" + keepDraft(t, &cast{Site: s}, portal.Changes{}) + "/light"
		if home := staff.Get(base + "/finance"); home.Status != http.StatusOK {
			t.Fatalf("the preview: %d", home.Status)
		}
		if page := staff.Get(base + result); page.Status != http.StatusForbidden || p.payments() != 0 {
			t.Errorf("GET %s in a preview: %d, %d payments are booked", result, page.Status, p.payments())
		}
		if p.browser.Get(result); p.payments() != 1 {
			t.Error("the customer's own look does not settle it")
		}
	})
}

// TestPreviewAsksNoGateway: the page of a method that was given keeps it, and removes the one that it replaces; the page of a pay
// link's payment books it; its document is a file. Who may only look at drafts causes none of it.
func TestPreviewAsksNoGateway(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s).bare()
		old, _ := p.give(methods, sandbox.Success)
		key, _ := p.browser.Get(methods).Find(`form[action="` + methods + `"] input[name="key"]`).Attr("value")
		page := p.browser.Post(fmt.Sprintf("%s/%d/replacement", methods, old), "key", key, "gateway", "sandbox")
		kept := p.choose(strings.TrimPrefix(page.Location, "/sandbox/"), sandbox.Success)
		s.Set("pay_link_pdf", "on")
		link := linkTo(t, p, "invoice", fmt.Sprint(p.invoice))
		stranger := s.Client()
		paid := p.choose(strings.TrimPrefix(pressLink(t, stranger, link).Location, "/sandbox/"), sandbox.Success)
		reader := s.LogInStaff("reader")
		base := reader.Post(configPath+"/preview", "partner", "1", "as", "alice", "field", "portal_title", "portal_title", "Draft Net").Location + "/light"
		if page := reader.Get(base + methods); page.Status != http.StatusOK {
			t.Fatalf("the preview: %d", page.Status)
		}
		for _, path := range []string{kept, paid, link + "/document"} {
			if page := reader.Get(base + path); page.Status != http.StatusForbidden {
				t.Errorf("GET %s in a preview: %d", path, page.Status)
			}
		}
		if now := p.saved(); len(now) != 1 || now[0].ID != old || p.payments() != 0 {
			t.Errorf("a preview kept a method or booked a payment: %+v, %d", now, p.payments())
		}
		if p.browser.Get(kept); p.saved()[0].ID == old {
			t.Error("the customer's own look keeps no method")
		}
		if stranger.Get(paid); p.payments() != 1 {
			t.Error("the payer's own look books nothing")
		}
	})
}
