package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/handlers/web"
	"myisp/internal/courier/capture"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/views/i18n"
	"myisp/views/profile"
)

// neighbour is a second partner, whose settings are its own.
func neighbour(t testing.TB, s *handlerstest.Site) int64 {
	t.Helper()
	s.Set("B1", "on") // both log in on the test's one host
	p := portal.Partner{Name: "Harbor"}
	must(t, s.M.Portal.AddPartner(s.Context, &p, []string{"harbor.test"}, portal.CompanyInfo{Name: "Harbor", Email: "help@harbor.test"},
		portal.Brand{ShortName: "Harbor", Color: "#1f5eff", Accent: "#1f5eff", Icon: []byte{}}))
	return p.ID
}

func alice(s *handlerstest.Site) customer.Customer {
	return s.Customer(customer.Customer{Login: "alice", Email: "alice@example.com", BillingEmail: "books@example.com", Phone: "+14155550101", Street: "1 Main St", Zip: "94103", City: "Riverside"})
}

// without is a digest of the database but for what every request may write.
func without(s *handlerstest.Site, t testing.TB, tables ...string) map[string]string {
	sums := snapshot(t, s.M.DB)
	for _, table := range append(tables, "portal_events", "rate_limits") {
		delete(sums, table)
	}
	return sums
}

// profileCase is one of P12–P21: its form fields and a good new value, and how it is read back.
var profileCases = []struct {
	id, field, value string
	read             func(customer.Customer, customer.Billing) string
}{
	{"P12", "login", "alice.c", func(c customer.Customer, _ customer.Billing) string { return c.Login }},
	{"P13", "name", "Alice Carter-Bell", func(c customer.Customer, _ customer.Billing) string { return c.Name }},
	{"P14", "email", "a@example.com, b@example.com", func(c customer.Customer, _ customer.Billing) string { return c.Email }},
	{"P15", "billing_email", "c@example.com, d@example.com", func(c customer.Customer, _ customer.Billing) string { return c.BillingEmail }},
	{"P16", "phone", "+1 415-555-0102, +1 415-555-0103", func(c customer.Customer, _ customer.Billing) string { return c.Phone }},
	{"P17", "street", "2 Main St", func(c customer.Customer, _ customer.Billing) string { return c.Street }},
	{"P18", "zip", "94104", func(c customer.Customer, _ customer.Billing) string { return c.Zip }},
	{"P19", "city", "Old Town", func(c customer.Customer, _ customer.Billing) string { return c.City }},
	{"P20", "payment_method", "2", func(_ customer.Customer, b customer.Billing) string {
		return url.QueryEscape(string(rune('0' + b.PaymentMethodID)))
	}},
	{"P21", "password_new", "another correct horse", func(c customer.Customer, _ customer.Billing) string { return c.PasswordHash }},
}

// TestProfilePermissions (P12–P21): neither permission takes the field from the page, View greys it, Edit opens it; what the
// page does not open is refused when it is sent all the same. Another partner's customers keep what their partner says.
func TestProfilePermissions(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		harbor := neighbour(t, s)
		who := alice(s)
		s.Customer(customer.Customer{Login: "bob", PartnerID: harbor})
		s.Set("P11", "off")
		must(t, s.M.Portal.Set(s.Context, harbor, "P11", "off"))
		mine, bobs := s.LogIn("alice"), s.LogIn("bob")
		state := func(c *handlerstest.Client, field string) string {
			p := c.Get("/profile")
			f := p.Find(`[name="` + field + `"]`)
			if field == "password_new" && f.Length() == 0 {
				f = p.Find(`[name="password"]`)
			}
			if f.Length() == 0 {
				return "absent"
			}
			if _, off := f.Attr("disabled"); off {
				return "greyed"
			}
			if p.Find(`label[for="`+f.AttrOr("id", "")+`"]`).Length() != 1 {
				t.Errorf("%s has no label", field)
			}
			return "open"
		}
		for _, c := range profileCases {
			for _, perm := range []struct{ value, want, other string }{{"[]", "absent", "[]"}, {"view", "greyed", "edit"}, {"edit", "open", "view"}, {"view,edit", "open", "[]"}} {
				s.Set(c.id, perm.value)
				must(t, s.M.Portal.Set(s.Context, harbor, c.id, perm.other))
				if got := state(mine, c.field); got != perm.want {
					t.Errorf("%s %s: %s is %s", c.id, perm.value, c.field, got)
				}
				if got, want := state(bobs, c.field), map[string]string{"[]": "absent", "view": "greyed", "edit": "open"}[perm.other]; got != want {
					t.Errorf("%s %s at Harbor: %s is %s", c.id, perm.other, c.field, got)
				}
				if perm.want == "open" {
					continue
				}
				before := without(s, t)
				p := mine.Post("/profile", c.field, c.value)
				if tables := changed(before, without(s, t)); p.Status != http.StatusUnprocessableEntity || len(tables) > 0 {
					t.Errorf("%s %s: sent all the same: %d, changed %v", c.id, perm.value, p.Status, tables)
				}
				if !strings.Contains(p.Text(".notice"), "Nothing was saved") {
					t.Errorf("%s %s: refused without a word", c.id, perm.value)
				}
			}
			before, _ := s.M.Customers.Find(s.Context, who.ID)
			billing, _ := s.M.Customers.Of(who.ID).Billing(s.Context)
			form := url.Values{c.field: {c.value}}
			if c.id == "P21" {
				form.Set("password_repeat", c.value)
			}
			if p := mine.Do(http.MethodPost, "/profile", form); p.Status != http.StatusSeeOther {
				t.Errorf("%s: %d %s", c.id, p.Status, p.Text(".field-error"))
			}
			after, _ := s.M.Customers.Find(s.Context, who.ID)
			paid, _ := s.M.Customers.Of(who.ID).Billing(s.Context)
			if c.read(after, paid) == c.read(before, billing) || c.id != "P21" && c.read(after, paid) != c.value {
				t.Errorf("%s: now %q", c.id, c.read(after, paid))
			}
			if p := mine.Get("/profile"); p.Status != http.StatusOK {
				t.Fatalf("%s: this device is out: %d", c.id, p.Status)
			}
		}
	})
}

// TestProfileOrder: the fields stand in the order of the specification, additional attributes after them, the current
// password and Save at the end (§2.13).
func TestProfileOrder(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		alice(s)
		for _, c := range profileCases {
			s.Set(c.id, "edit")
		}
		_, err := s.M.Customers.Attributes().Create(s.Context, customer.AttributeEdit{Key: "meter", Title: "Meter number", Titles: map[string]string{"es": "Contador"}, Type: customer.AttrString, PortalEdit: true})
		must(t, err)
		mine := s.LogIn("alice")
		p := mine.Get("/profile")
		var names []string
		for _, n := range p.Find(`form[action="/profile"] [name]`).Nodes {
			for _, a := range n.Attr {
				if a.Key == "name" {
					names = append(names, a.Val)
				}
			}
		}
		want := "login name email billing_email phone street zip city payment_method password_new password_repeat attr.meter current_password"
		if got := strings.Join(names, " "); got != want {
			t.Errorf("fields %s", got)
		}
		if got := p.Text(`form[action="/profile"] button:last-of-type`); !strings.HasSuffix(got, "Save") {
			t.Errorf("the last button is %q", got)
		}
		if got := p.Text(`label[for="f-attr-meter"]`); !strings.HasPrefix(got, "Meter number") {
			t.Errorf("the attribute is called %q", got)
		}
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE customers SET language = 'es'").Error)
		if got := mine.Get("/profile").Text(`label[for="f-attr-meter"]`); !strings.HasPrefix(got, "Contador") {
			t.Errorf("in Spanish the attribute is called %q", got)
		}
		if tip := p.Text("#f-billing_email-hint"); !strings.Contains(tip, "only here") {
			t.Errorf("the tip of the billing address is %q", tip)
		}
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE payment_methods SET active = ? WHERE id = ?", false, finance.MethodCash).Error)
		if p := mine.Get("/profile"); p.Has(`option[value="1"]`) || !p.Has(`option[value="2"]`) {
			t.Error("the choice of payment methods is not the active ones")
		}
	})
}

// TestProfileAsksPassword (P11): on, nothing is saved without the right current password, and guessing ends; off, the field
// is gone and nothing asks for it. A partner says so for its own customers only.
func TestProfileAsksPassword(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		harbor := neighbour(t, s)
		who := alice(s)
		s.Customer(customer.Customer{Login: "bob", PartnerID: harbor})
		s.Set("P16", "edit")
		must(t, s.M.Portal.Set(s.Context, harbor, "P11", "off"))
		mine, bobs := s.LogIn("alice"), s.LogIn("bob")
		if !mine.Get("/profile").Has(`[name="current_password"]`) || bobs.Get("/profile").Has(`[name="current_password"]`) {
			t.Error("P11 is on for alice and off for bob, and the page shows otherwise")
		}
		if p := bobs.Post("/profile", "phone", "+14155550104"); p.Status != http.StatusSeeOther {
			t.Errorf("P11 off: %d", p.Status)
		}
		for _, current := range []string{"", "wrong"} {
			before := without(s, t)
			p := mine.Post("/profile", "phone", "+14155550104", "current_password", current)
			if tables := changed(before, without(s, t)); p.Status != http.StatusUnprocessableEntity || len(tables) > 0 || !p.Has("#f-current_password-error") {
				t.Errorf("with %q: %d, changed %v", current, p.Status, tables)
			}
			if v, _ := p.Find(`[name="phone"]`).Attr("value"); v != "+14155550104" {
				t.Errorf("the input is lost: %q", v)
			}
			if strings.Contains(p.Body, "wrong\"") {
				t.Error("the password comes back in the page")
			}
		}
		if p := mine.Post("/profile", "phone", who.Phone); p.Status != http.StatusSeeOther {
			t.Errorf("nothing to change needs a password: %d", p.Status)
		}
		if p := mine.Post("/profile", "phone", "+14155550104", "current_password", handlerstest.Password); p.Status != http.StatusSeeOther {
			t.Errorf("with the right one: %d %s", p.Status, p.Text(".field-error"))
		}
		last := 0
		for range 10 {
			last = mine.Post("/profile", "phone", "+14155550105", "current_password", "guess").Status
		}
		if p := mine.Post("/profile", "phone", "+14155550105", "current_password", handlerstest.Password); last != http.StatusTooManyRequests || p.Status != http.StatusTooManyRequests {
			t.Errorf("guesses go on: %d, then %d", last, p.Status)
		}
		s.Set("P11", "off")
		if p := mine.Post("/profile", "phone", "+14155550106"); p.Status != http.StatusSeeOther {
			t.Errorf("switched off: %d", p.Status)
		}
	})
}

// TestProfileValidation: each error stands beside its field, what the customer has already is never wrong, and a form with
// one error saves nothing.
func TestProfileValidation(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		who := alice(s)
		s.Customer(customer.Customer{Login: "mallory"})
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE customers SET phone = 'ask the neighbour' WHERE id = ?", who.ID).Error)
		s.Set("P11", "off")
		for _, c := range profileCases {
			s.Set(c.id, "edit")
		}
		mine := s.LogIn("alice")
		for _, c := range []struct{ field, value, at, message string }{
			{"login", "", "login", "Please fill this in."},
			{"login", " Mallory ", "login", "already in use"},
			{"login", strings.Repeat("x", 201), "login", "too long"},
			{"name", "  ", "name", "Please fill this in."},
			{"name", "a\nb", "name", "check"},
			{"email", "", "email", "Please fill this in."},
			{"email", "alice@example.com, nobody", "email", "e-mail address"},
			{"email", "Alice <alice@example.com>", "email", "e-mail address"},
			{"email", "alice@example.com, nobody@localhost", "email", "e-mail address"},
			{"email", longList(), "email", "too long"},
			{"billing_email", "x", "billing_email", "e-mail address"},
			{"phone", "12, +14155550101", "phone", "phone number"},
			{"zip", strings.Repeat("9", 33), "zip", "too long"},
			{"payment_method", "99", "payment_method", "choose one"},
			{"payment_method", "x", "payment_method", "choose one"},
			{"password_new", "short", "password_new", "8 characters"},
			{"password_new", "password1", "password_new", "data leak"},
			{"password_new", "another correct horse", "password_repeat", "not the same"},
		} {
			before := without(s, t)
			form := url.Values{"street": {"9 New St"}, "phone": {"ask the neighbour"}}
			form.Set(c.field, c.value)
			p := mine.Do(http.MethodPost, "/profile", form)
			if tables := changed(before, without(s, t)); p.Status != http.StatusUnprocessableEntity || len(tables) > 0 {
				t.Errorf("%s %.20q: %d, changed %v", c.field, c.value, p.Status, tables)
			}
			if got := p.Text("#f-" + c.at + "-error"); !strings.Contains(got, c.message) || p.Find(".field-error").Length() != 1 {
				t.Errorf("%s %.20q: %q of %d errors", c.field, c.value, got, p.Find(".field-error").Length())
			}
		}
		if p := mine.Post("/profile", "street", "9 New St", "phone", "ask the neighbour"); p.Status != http.StatusSeeOther {
			t.Errorf("an old number that is none stands in the way: %d", p.Status)
		}
		if p := mine.Post("/profile", "billing_email", "", "phone", "", "street", "", "zip", "", "city", ""); p.Status != http.StatusSeeOther {
			t.Errorf("emptied: %d %s", p.Status, p.Text(".field-error"))
		}
	})
}

// longList is more addresses than are kept.
func longList() string {
	var list []string
	for i := range 60 {
		list = append(list, fmt.Sprintf("address-%d@example.com", i))
	}
	return strings.Join(list, ", ")
}

// TestProfilePassword: a new password ends every other session and goes on here; the old address is told, in the customer's
// language, and of a new address too; codes on their way open nothing any more; no log has a secret.
func TestProfilePassword(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		who := alice(s)
		s.Set("P14", "edit")
		worker := jobs.New(s.M, jobs.Couriers{Mail: capture.Mailer(s.M.Messages), Sender: "portal@example.com"})
		mine, phone := s.LogIn("alice"), s.LogIn("alice")
		const fresh = "another correct horse"
		p := mine.Post("/profile", "email", "new@example.com", "password_new", fresh, "password_repeat", fresh, "current_password", handlerstest.Password)
		if p.Status != http.StatusSeeOther || p.Location != "/profile" {
			t.Fatalf("saved: %d %s", p.Status, p.Text(".field-error"))
		}
		if p := mine.Get("/profile"); p.Status != http.StatusOK || !strings.Contains(p.Text(".toast"), "saved") {
			t.Errorf("here: %d %q", p.Status, p.Text(".toast"))
		}
		if p := phone.Get("/profile"); p.Status != http.StatusSeeOther {
			t.Errorf("the other device is still in: %d", p.Status)
		}
		if live, err := s.M.Customers.Of(who.ID).Sessions(s.Context); err != nil || len(live) != 1 {
			t.Errorf("%d sessions (%v)", len(live), err)
		}
		for worker.Once(s.Context) {
		}
		kept, err := s.M.Messages.Captured(s.Context, 10)
		must(t, err)
		if len(kept) != 1 || kept[0].Recipient != "alice@example.com" || !strings.Contains(kept[0].Subject, "e-mail address and password") || !strings.Contains(kept[0].Text, "127.0.0.1") {
			t.Fatalf("told: %+v", kept)
		}
		for _, table := range []string{"portal_events", "audit_entries", "captured_messages", "jobs"} {
			var rows []map[string]any
			must(t, s.M.DB.Q(s.Context).Table(table).Find(&rows).Error)
			for _, r := range rows {
				for column, v := range r {
					if text, ok := v.(string); ok && (strings.Contains(text, fresh) || strings.Contains(text, "$argon2id")) {
						t.Errorf("%s.%s has the password", table, column)
					}
				}
			}
		}
		var e audit.Entry
		must(t, s.M.DB.Q(s.Context).Where("action = ?", audit.ProfileChanged).Take(&e).Error)
		if e.ActorKind != audit.Customer || e.ActorID != who.ID || !strings.Contains(e.Before, "alice@example.com") || !strings.Contains(e.After, "new@example.com") {
			t.Errorf("the log: %+v", e)
		}
		if r, err := s.M.Audit.Verify(s.Context); err != nil || r.Broken != 0 {
			t.Errorf("the chain: %+v (%v)", r, err)
		}
		if p := s.LogInWith("alice", fresh); p.Status != http.StatusSeeOther {
			t.Errorf("the new password lets nobody in: %d", p.Status)
		}
	})
}

// TestActivity: the customer reads what was done in the portal, by whom, and what of the profile changed; nobody else's.
func TestActivity(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		who := alice(s)
		s.Customer(customer.Customer{Login: "mallory"})
		s.Set("P11", "off")
		mine, mallory := s.LogIn("alice"), s.LogIn("mallory")
		mine.Post("/profile", "phone", "+14155550104")
		mine.Post("/profile", "phone", "nonsense")
		staff := audit.With(s.Context, audit.Actor{Kind: audit.Staff, ID: 1, Name: "Sam Support", IP: "198.51.100.7"})
		must(t, s.M.Audit.Note(staff, who.ID, "acting_started", audit.Done, "reading"))
		p := mine.Get("/profile/activity")
		rows := p.Find(".row")
		for i, want := range [][]string{{"Support looked into your portal", "by MyISP support"}, {"Details changed", "Not done"}, {"Details changed", "Phone", "from 127.0.0.1"}, {"Logged in"}} {
			got := strings.Join(strings.Fields(rows.Eq(i).Text()), " ")
			for _, part := range want {
				if !strings.Contains(got, part) {
					t.Errorf("row %d is %q, without %q", i, got, part)
				}
			}
		}
		if strings.Contains(p.Body, "198.51.100.7") || strings.Contains(p.Body, "Sam Support") {
			t.Error("staff are named to customers")
		}
		if got := mallory.Get("/profile/activity").Text("main"); strings.Contains(got, "Details changed") || !strings.Contains(got, "Logged in") {
			t.Errorf("mallory reads %q", got)
		}
		for range 40 {
			must(t, s.M.Audit.Note(s.Context, who.ID, audit.OpLogOut, audit.Done, ""))
		}
		first := mine.Get("/profile/activity")
		next := first.Find("#more a").AttrOr("href", "")
		if first.Find(".row").Length() != 30 || next == "" {
			t.Fatalf("%d rows, then %q", first.Find(".row").Length(), next)
		}
		if got := mine.Get(next); got.Find(".row").Length() != 14 || got.Has("#more") {
			t.Errorf("the next page has %d rows", got.Find(".row").Length())
		}
	})
}

// TestActivityWords: whatever a customer can do in the portal has plain words in the activity.
func TestActivityWords(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		for _, rt := range s.Server.Routes() {
			if rt.Guard != web.Customer || rt.Method == http.MethodGet {
				continue
			}
			if key := profile.ActivityKey(rt.Method + " " + rt.Path); !i18n.Has(key) {
				t.Errorf("%s %s has no words: %s", rt.Method, rt.Path, key)
			}
		}
	})
}

// attributeCases are a good value and a bad one of each type (§3.7), as browsers send them, and how the good one is kept.
var attributeCases = []struct {
	kind             customer.AttributeType
	good, bad, value string
}{
	{customer.AttrString, "RV-20418", "a\nb", "RV-20418"},
	{customer.AttrTextarea, "Behind the mill.\r\nGreen door.", strings.Repeat("x", 5001), "Behind the mill.\nGreen door."},
	{customer.AttrInteger, "42", "4.5", "42"},
	{customer.AttrDecimal, "3,50", "3.505", "3.5"},
	{customer.AttrNumeric, "0.125", "1,000", "0.125"},
	{customer.AttrDate, "2026-11-22", "22/11/2026", "2026-11-22"},
	{customer.AttrDatetime, "2026-11-22T14:05", "soon", "2026-11-22T14:05Z"},
	{customer.AttrBoolean, "true", "perhaps", "true"},
	{customer.AttrSelect, "evening", "midnight", "evening"},
	{customer.AttrSelectMultiple, "evening", "midnight", "evening"},
	{customer.AttrEmail, "ada@example.com", "ada", "ada@example.com"},
	{customer.AttrPhone, "(415) 555-2671", "12", "+14155552671"},
	{customer.AttrURL, "https://example.com", "javascript:alert(1)", "https://example.com"},
	{customer.AttrIP, "192.0.2.1", "192.0.2.300", "192.0.2.1"},
	{customer.AttrPassword, "open sesame", "no", ""},
}

// TestAttributesInProfile (G16): each type is absent, greyed or open as its permission says, both ways; what is not open is
// refused; nasty values never get in, and come back escaped.
func TestAttributesInProfile(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		who := alice(s)
		s.Set("P11", "off")
		mine := s.LogIn("alice")
		defs := s.M.Customers.Attributes()
		if len(attributeCases) != len(customer.AttributeTypes) {
			t.Errorf("%d cases for %d types", len(attributeCases), len(customer.AttributeTypes))
		}
		for _, c := range attributeCases {
			key := string(c.kind)
			e := customer.AttributeEdit{Key: key, Title: "My " + key, Type: c.kind, Options: []customer.OptionEdit{{Label: "Morning"}, {Label: "Evening"}}}
			if c.kind == customer.AttrPassword {
				e.Least = "4"
			}
			a, err := defs.Create(s.Context, e)
			must(t, err)
			name := customer.AttributeField(key)
			held := func() (string, bool) {
				form, err := s.M.Customers.AttributeForm(s.Context, who.ID, "")
				must(t, err)
				i := slices.IndexFunc(form, func(f customer.Filled) bool { return f.Key == key })
				return form[i].Value, form[i].Set
			}
			for _, perm := range []struct {
				view, edit, shown, open bool
			}{{}, {view: true, shown: true}, {edit: true, shown: true, open: true}, {view: true, edit: true, shown: true, open: true}, {view: true, shown: true}, {}} {
				must(t, defs.SetPortalPermission(s.Context, a.ID, perm.view, perm.edit))
				p := mine.Get("/profile")
				shown := strings.Contains(p.Text(`form[action="/profile"]`), "My "+key)
				open := p.Has(`[name="` + name + `"]:not([disabled]):not([type="hidden"])`)
				if shown != perm.shown || open != perm.open {
					t.Errorf("%s %+v: shown %v, open %v", key, perm, shown, open)
				}
				if perm.open {
					continue
				}
				before := without(s, t)
				if p := mine.Post("/profile", name, c.good); p.Status != http.StatusUnprocessableEntity || len(changed(before, without(s, t))) > 0 {
					t.Errorf("%s %+v: sent all the same: %d", key, perm, p.Status)
				}
			}
			must(t, defs.SetPortalPermission(s.Context, a.ID, false, true))
			for what, nasty := range nasty() {
				before := without(s, t)
				if c.kind != customer.AttrString && c.kind != customer.AttrTextarea && c.kind != customer.AttrPassword || len(nasty) > 6000 || what == "nul" || what == "broken utf-8" {
					p := mine.Post("/profile", name, nasty)
					if p.Status == http.StatusSeeOther && what != "empty" && what != "negative" {
						t.Errorf("%s takes %s", key, what)
					}
					if p.Status >= 500 || strings.Contains(p.Body, "<script>alert") {
						t.Errorf("%s with %s: %d", key, what, p.Status)
					}
					if p.Status != http.StatusSeeOther && len(changed(before, without(s, t))) > 0 {
						t.Errorf("%s with %s: refused and written", key, what)
					}
				}
				forgetSaves(t, s)
			}
			if p := mine.Post("/profile", name, c.bad); p.Status != http.StatusUnprocessableEntity || !p.Has("#f-attr-"+key+"-error") {
				t.Errorf("%s takes %.20q: %d", key, c.bad, p.Status)
			}
			if p := mine.Post("/profile", name, "", name, c.good); p.Status != http.StatusSeeOther {
				t.Errorf("%s refuses %q: %d %s", key, c.good, p.Status, p.Text(".field-error"))
			}
			if value, set := held(); value != c.value || !set {
				t.Errorf("%s holds %q", key, value)
			}
			if c.kind == customer.AttrPassword && strings.Contains(mine.Get("/profile").Body, c.good) {
				t.Error("the password is shown")
			}
			must(t, defs.Archive(s.Context, a.ID))
		}
	})
}

func forgetSaves(t testing.TB, s *handlerstest.Site) {
	t.Helper()
	_, err := s.M.Limits.Purge(s.Context, s.M.DB.Now().Add(time.Hour))
	must(t, err)
}

// TestAttributeRulesInProfile: required and unique hold for customers as they do for staff, as does whose attribute it is.
func TestAttributeRulesInProfile(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		alice(s)
		s.Customer(customer.Customer{Login: "northwind", Category: customer.Business})
		s.Set("P11", "off")
		defs := s.M.Customers.Attributes()
		_, err := defs.Create(s.Context, customer.AttributeEdit{Key: "meter", Title: "Meter", Type: customer.AttrString, IsRequired: true, IsUnique: true, PortalEdit: true})
		must(t, err)
		_, err = defs.Create(s.Context, customer.AttributeEdit{Key: "dog", Title: "Dog", Type: customer.AttrBoolean, Category: customer.Individual, PortalEdit: true})
		must(t, err)
		_, err = defs.Create(s.Context, customer.AttributeEdit{Key: "tier", Title: "Tier", Type: customer.AttrString, ReadOnly: true, PortalView: true, PortalEdit: true, Default: []string{"gold"}})
		must(t, err)
		mine, firm := s.LogIn("alice"), s.LogIn("northwind")
		if p := mine.Post("/profile", "phone", "+14155550104"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text("#f-attr-meter-error"), "fill this in") {
			t.Errorf("required and empty: %d", p.Status)
		}
		if p := mine.Post("/profile", "attr.meter", "A-1", "attr.dog", "", "attr.dog", "true"); p.Status != http.StatusSeeOther {
			t.Errorf("filled in: %d", p.Status)
		}
		if p := firm.Post("/profile", "attr.meter", "a-1"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text("#f-attr-meter-error"), "Somebody else") {
			t.Errorf("taken: %d", p.Status)
		}
		if firm.Get("/profile").Has(`[name="attr.dog"]`) || !mine.Get("/profile").Has(`[name="attr.dog"]:checked`) {
			t.Error("the dog belongs to people")
		}
		for _, c := range []struct {
			client *handlerstest.Client
			field  string
		}{{firm, "attr.dog"}, {mine, "attr.tier"}, {mine, "attr.nothing"}, {mine, "attr.meter.clear.clear"}} {
			if p := c.client.Post("/profile", "attr.meter", "B-1", c.field, "true"); p.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", c.field, p.Status)
			}
		}
		if p := mine.Get("/profile"); !p.Has(`[name="attr.tier"][disabled]`) {
			t.Error("a read-only attribute is open")
		}
	})
}
