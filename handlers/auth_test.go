package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"myisp/handlers"
	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/internal/courier/capture"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/session"
)

func each(t *testing.T, fn func(t *testing.T, s *handlerstest.Site)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, handlerstest.New(t, d)) })
}

// TestLoginPage covers G1–G3, G11 and G13–G15: each setting flips what the page shows, both ways.
func TestLoginPage(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	label := func(p handlerstest.Page) string { return p.Text(`label[for="f-identifier"]`) }
	for _, c := range []struct {
		id, key, value string
		shown          func(p handlerstest.Page) bool
		want           bool
	}{
		{"G2", "authentication_field", "login", func(p handlerstest.Page) bool { return label(p) == "Login" }, true},
		{"G2", "authentication_field", "email", func(p handlerstest.Page) bool { return label(p) == "Email" }, true},
		{"G3", "reset_password", "off", func(p handlerstest.Page) bool { return p.Link("/reset") }, false},
		{"G3", "reset_password", "on", func(p handlerstest.Page) bool { return p.Link("/reset") }, true},
		{"G11", "help_enabled", "off", func(p handlerstest.Page) bool { return strings.Contains(p.Body, "Need help?") }, false},
		{"G11", "help_enabled", "on", func(p handlerstest.Page) bool { return strings.Contains(p.Body, "Need help?") }, true},
		{"G11", "help_phone", "+1 555 0100", func(p handlerstest.Page) bool { return strings.Contains(p.Body, "+1 555 0100") }, true},
		{"G11", "help_email", "help@example.com", func(p handlerstest.Page) bool { return strings.Contains(p.Body, "help@example.com") }, true},
		{"G11", "help_url", "https://help.example.com/x", func(p handlerstest.Page) bool { return strings.Contains(p.Body, "https://help.example.com/x") }, true},
		{"G11", "help_text", "We are here on weekdays.", func(p handlerstest.Page) bool { return strings.Contains(p.Body, "We are here on weekdays.") }, true},
		{"G13", "mobile_app_enabled", "off", func(p handlerstest.Page) bool { return strings.Contains(p.Body, "play.google.com") }, false},
		{"G13", "mobile_app_enabled", "on", func(p handlerstest.Page) bool { return strings.Contains(p.Body, "play.google.com") }, true},
		{"G14", "google_play_app_id", "com.example.isp", func(p handlerstest.Page) bool { return strings.Contains(p.Body, "details?id=com.example.isp") }, true},
		{"G15", "app_store_app_id", "id1234567890", func(p handlerstest.Page) bool {
			return strings.Contains(p.Body, "apps.apple.com/app/id1234567890")
		}, true},
		{"G1", "languages", "en", func(p handlerstest.Page) bool { return strings.Contains(p.Body, "Español") }, false},
		{"G1", "languages", "en,es", func(p handlerstest.Page) bool { return strings.Contains(p.Body, "Español") }, true},
		{"P1", "portal_title", "Northern Net", func(p handlerstest.Page) bool { return strings.Contains(p.Find("title").Text(), "Northern Net") }, true},
	} {
		s.Set(c.key, c.value)
		if got := c.shown(s.Client().Get("/login")); got != c.want {
			t.Errorf("%s: with %s=%s the page shows it: %v, want %v", c.id, c.key, c.value, got, c.want)
		}
	}
	s.Set("reset_password", "off")
	if p := s.Client().Get("/reset"); p.Status != http.StatusNotFound {
		t.Errorf("G3 off: /reset is %d", p.Status)
	}
}

// TestLoginFlow: in with a form, the error beside the field with the input kept, back to the page wanted, out again.
func TestLoginFlow(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Customer(customer.Customer{Login: "alice"})
		c := s.Client()
		if p := c.Get("/settings"); p.Status != http.StatusSeeOther || p.Location != "/login?next=%2Fsettings" {
			t.Errorf("a private page without log-in: %d to %q", p.Status, p.Location)
		}
		p := c.Post("/login", "identifier", "alice", "password", "wrong", "next", "/settings")
		if p.Status != http.StatusUnprocessableEntity {
			t.Errorf("a wrong password is %d", p.Status)
		}
		if v, _ := p.Find("#f-identifier").Attr("value"); v != "alice" {
			t.Errorf("the input was not kept: %q", v)
		}
		field := p.Find("#f-password")
		described, _ := field.Attr("aria-describedby")
		if invalid, _ := field.Attr("aria-invalid"); invalid != "true" || !strings.Contains(p.Find("#"+strings.Fields(described + " none")[0]).Text(), "rong") {
			t.Errorf("the error is not tied to its field: %q", described)
		}
		p = c.Post("/login", "identifier", "alice", "password", handlerstest.Password, "next", "/settings")
		if p.Location != "/settings" {
			t.Errorf("after log-in: to %q", p.Location)
		}
		if p := c.Get("/settings"); p.Status != http.StatusOK {
			t.Errorf("settings: %d", p.Status)
		}
		if p := c.Get("/login"); p.Location != "/" {
			t.Errorf("the log-in page of somebody who is in: to %q", p.Location)
		}
		if p := c.Post("/logout"); p.Location != "/login" {
			t.Errorf("log-out: to %q", p.Location)
		}
		if p := c.Get("/settings"); p.Status != http.StatusSeeOther {
			t.Errorf("after log-out: %d", p.Status)
		}
	})
}

// TestNextStaysHere: no link to the log-in page sends anybody to another site.
func TestNextStaysHere(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	s.Customer(customer.Customer{Login: "alice"})
	for _, next := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "/\tevil", "javascript:alert(1)", "evil", "/" + strings.Repeat("x", 600)} {
		p := s.Client().Post("/login", "identifier", "alice", "password", handlerstest.Password, "next", next)
		if p.Location != "/" {
			t.Errorf("next=%.30q leads to %q", next, p.Location)
		}
	}
}

// TestCookies: a new token at each log-in, HttpOnly and SameSite always, __Host- and Secure behind HTTPS.
func TestCookies(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	s.Customer(customer.Customer{Login: "alice"})
	cookie := s.Client().Post("/login", "identifier", "alice", "password", handlerstest.Password).Header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "myisp=") || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("cookie %q", cookie)
	}
	if want := fmt.Sprintf("Max-Age=%d;", session.Longest/time.Second); !strings.Contains(cookie, want) {
		t.Errorf("the cookie ends before its session can: %q, want %s", cookie, want)
	}
	safe := handlerstest.NewAt(t, dbtest.SQLite(t, nil), handlers.Config{BaseURL: "https://my.example.net"})
	safe.Customer(customer.Customer{Login: "alice"})
	p := safe.Client().Post("/login", "identifier", "alice", "password", handlerstest.Password)
	cookie = p.Header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "__Host-myisp=") || !strings.Contains(cookie, "Secure") || !strings.Contains(cookie, "Path=/") || strings.Contains(cookie, "Domain") {
		t.Errorf("behind HTTPS: cookie %q", cookie)
	}
	if p.Header.Get("Strict-Transport-Security") == "" {
		t.Error("behind HTTPS: no HSTS")
	}
}

// TestCrossOrigin: a form on another site changes nothing here.
func TestCrossOrigin(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	s.Customer(customer.Customer{Login: "alice"})
	for _, h := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.example"}}} {
		c := s.LogIn("alice")
		c.Header = h
		if p := c.Post("/settings", "theme", "dark", "language", "es"); p.Status != http.StatusForbidden {
			t.Errorf("%v: %d", h, p.Status)
		}
	}
	c := s.LogIn("alice")
	c.Header = http.Header{"Sec-Fetch-Site": {"same-origin"}}
	if p := c.Post("/settings", "theme", "dark", "language", "es"); p.Status != http.StatusSeeOther {
		t.Errorf("the portal's own form: %d", p.Status)
	}
	if p := c.Get("/settings"); p.Find("html").AttrOr("lang", "") != "es" || p.Find("html").AttrOr("data-theme", "") != "dark" {
		t.Error("language and theme were not kept")
	}
}

// TestPartnerHosts covers G12 and B1: a host shows its partner, and lets only its customers in unless the installation allows it.
func TestPartnerHosts(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		harbor := harborFiber(t, s)
		s.Customer(customer.Customer{Login: "northwind", PartnerID: harbor})
		s.Customer(customer.Customer{Login: "alice"})
		at := func(host, login string) handlerstest.Page {
			c := s.Client()
			c.Header.Set("Host", host)
			return c.Post("/login", "identifier", login, "password", handlerstest.Password)
		}
		c := s.Client()
		c.Header.Set("Host", "harbor.localhost")
		if p := c.Get("/login"); !strings.Contains(p.Find("title").Text(), "Harbor Fiber") {
			t.Errorf("G12: the partner's host is titled %q", p.Find("title").Text())
		}
		if p := c.Get("/manifest.webmanifest"); !strings.Contains(p.Body, `"Harbor Fiber"`) || !strings.Contains(p.Body, `"short_name":"Harbor"`) {
			t.Errorf("G12: manifest %.200s", p.Body)
		}
		for _, row := range []struct {
			host, login string
			want        int
		}{{"harbor.localhost", "northwind", 303}, {"harbor.localhost", "alice", 422}, {"localhost", "alice", 303}, {"localhost", "northwind", 422}} {
			if p := at(row.host, row.login); p.Status != row.want {
				t.Errorf("%s at %s: %d, want %d", row.login, row.host, p.Status, row.want)
			}
		}
		s.Set("login_on_any_host", "on")
		if p := at("localhost", "northwind"); p.Status != http.StatusSeeOther {
			t.Errorf("B1 on: %d", p.Status)
		}
	})
}

// TestResetFlow covers AUTH-3 and G4–G6 over HTTP, with the code read where demo staff read it: /admin/outbox.
func TestResetFlow(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Customer(customer.Customer{Login: "alice", Email: "alice@example.com", Phone: "+1 415 555 0101"})
		s.Staff("admin", "administrator")
		worker := jobs.New(s.M, jobs.Couriers{Mail: capture.Mailer(s.M.Messages), SMS: capture.Texter(s.M.Messages), Sender: "portal@example.com"})
		for _, channel := range []struct{ kind, contact, prefix string }{{"email", "alice@example.com", "Your code: "}, {"sms", "(415) 555-0101", "MyISP says "}} {
			s.Set("reset_password_type", channel.kind)
			s.Set("reset_password_sms_text", "{{ partner }} says {{ code }}")
			c := s.Client()
			if p := c.Get("/reset"); !p.Has(`input[name="contact"]`) || !p.Has(`input[name="identifier"]`) {
				t.Fatal("G4: the form lacks its fields")
			}
			known := c.Post("/reset", "identifier", "alice", "contact", channel.contact)
			unknown := s.Client().Post("/reset", "identifier", "nobody", "contact", channel.contact)
			if known.Status != http.StatusSeeOther || known.Location != unknown.Location || known.Status != unknown.Status {
				t.Fatalf("known: %d %s, unknown: %d %s", known.Status, known.Location, unknown.Status, unknown.Location)
			}
			for worker.Once(s.Context) {
			}
			text := s.LogInStaff("admin").Get("/admin/outbox").Find("body").Text()
			_, after, ok := strings.Cut(text, channel.prefix)
			if !ok {
				t.Fatalf("%s: no code in the outbox: %.500s", channel.kind, text)
			}
			code := strings.Fields(after)[0]
			newPassword := "changed by " + channel.kind
			if p := c.Post("/reset/code", "code", code, "password", newPassword, "confirm", "something else"); p.Status != http.StatusUnprocessableEntity {
				t.Errorf("two different passwords: %d", p.Status)
			}
			if p := c.Post("/reset/code", "code", "wrong", "password", newPassword, "confirm", newPassword); p.Status != http.StatusUnprocessableEntity {
				t.Errorf("a wrong code: %d", p.Status)
			}
			if p := c.Post("/reset/code", "code", code, "password", newPassword, "confirm", newPassword); p.Status != http.StatusOK {
				t.Fatalf("the right code: %d", p.Status)
			}
			if p := s.Client().Post("/login", "identifier", "alice", "password", newPassword); p.Status != http.StatusSeeOther {
				t.Errorf("log-in with the new password: %d", p.Status)
			}
		}
	})
}

// TestResetByEmailOnly: with G2 = Email and G4 = Email nobody types the address twice.
func TestResetByEmailOnly(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	s.Customer(customer.Customer{Login: "alice", Email: "alice@example.com"})
	s.Set("authentication_field", "email")
	c := s.Client()
	if p := c.Get("/reset"); p.Has(`input[name="identifier"]`) {
		t.Error("the identifier is asked for besides the same e-mail address")
	}
	if p := c.Post("/reset", "contact", "alice@example.com"); p.Status != http.StatusSeeOther {
		t.Errorf("asking: %d", p.Status)
	}
	j, err := s.M.Jobs.Claim(s.Context, time.Minute)
	must(t, err)
	var code customer.ResetCode
	must(t, s.M.Jobs.Decode(j, &code))
	if code.To != "alice@example.com" {
		t.Errorf("the code goes to %q", code.To)
	}
}

// TestPasswordStorm: guessing over HTTP ends in 429 that says when to come back, on a page with the form still there;
// staff's log-in likewise.
func TestPasswordStorm(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Customer(customer.Customer{Login: "alice"})
		s.Staff("admin", "administrator")
		for path, field := range map[string]string{"/login": "identifier", "/admin/login": "login"} {
			var p handlerstest.Page
			for range 9 {
				p = s.Client().Post(path, field, map[string]string{"identifier": "alice", "login": "admin"}[field], "password", "wrong")
			}
			if p.Status != http.StatusTooManyRequests || p.Header.Get("Retry-After") == "" || !p.Has(`input[name="password"]`) {
				t.Errorf("the ninth wrong password at %s: %d, Retry-After %q", path, p.Status, p.Header.Get("Retry-After"))
			}
		}
	})
}

// TestLogInEndsTheOldSession: a browser that logs in again leaves no living session behind.
func TestLogInEndsTheOldSession(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Customer(customer.Customer{Login: "alice"})
		c := s.Client()
		old := c.Post("/login", "identifier", "alice", "password", handlerstest.Password).Header.Get("Set-Cookie")
		c.Post("/login", "identifier", "alice", "password", handlerstest.Password)
		thief := s.Client()
		thief.Header.Set("Cookie", strings.Split(old, ";")[0])
		if p := thief.Get("/settings"); p.Status != http.StatusSeeOther {
			t.Errorf("the cookie of before still opens settings: %d", p.Status)
		}
		if p := c.Get("/settings"); p.Status != http.StatusOK {
			t.Errorf("the new session: %d", p.Status)
		}
	})
}

// TestOutboxIsTheDemos: a real installation has no page that shows captured codes.
func TestOutboxIsTheDemos(t *testing.T) {
	s := handlerstest.NewAt(t, dbtest.SQLite(t, nil), handlers.Config{BaseURL: "http://127.0.0.1"})
	s.Staff("admin", "administrator")
	if p := s.LogInStaff("admin").Get("/admin/outbox"); p.Status != http.StatusNotFound {
		t.Errorf("/admin/outbox outside the demo: %d", p.Status)
	}
}

// TestLateResetCode: a code that could not be sent before it expired is not sent at all, and its job keeps no payload.
func TestLateResetCode(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	s := handlerstest.New(t, dbtest.SQLite(t, func() time.Time { return now }))
	s.Customer(customer.Customer{Login: "alice", Email: "alice@example.com"})
	s.Client().Post("/reset", "identifier", "alice", "contact", "alice@example.com")
	now = now.Add(11 * time.Minute)
	worker := jobs.New(s.M, jobs.Couriers{Mail: capture.Mailer(s.M.Messages), Sender: "portal@example.com"})
	for worker.Once(s.Context) {
	}
	kept, err := s.M.Messages.Captured(s.Context, 10)
	must(t, err)
	if len(kept) != 0 {
		t.Errorf("an expired code went to %s", kept[0].Recipient)
	}
	var payloads [][]byte
	must(t, s.M.DB.Q(s.Context).Table("jobs").Where("kind = ?", customer.JobResetCode).Pluck("payload", &payloads).Error)
	if len(payloads) != 1 || len(payloads[0]) != 0 {
		t.Errorf("the failed job keeps %d bytes", len(payloads[0]))
	}
}
