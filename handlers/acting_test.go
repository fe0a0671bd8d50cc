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
	"myisp/handlers/web"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/session"
)

// act has a signed-in member of staff act as a customer in their browser.
func act(t testing.TB, staff *handlerstest.Client, id int64, pairs ...string) {
	t.Helper()
	p := staff.Post(fmt.Sprintf("/admin/customers/%d/acting", id), pairs...)
	if p.Status != http.StatusSeeOther || p.Location != "/" {
		t.Fatalf("acting: %d %s %s", p.Status, p.Location, p.Text(".field-error"))
	}
}

func idOf(t testing.TB, s *handlerstest.Site, login string) int64 {
	t.Helper()
	c, err := s.M.Customers.ByLogin(s.Context, login)
	must(t, err)
	return c.ID
}

// TestActingReads (AUTH-4): staff who act as a customer see every page with the banner, and every change that any customer's
// route could make is refused and not made; nothing that follows from looking happens.
func TestActingReads(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		support := c.LogInStaff("support")
		act(t, support, idOf(t, s, "alice"))
		before := snapshot(t, s.M.DB)
		for _, rt := range c.Server.Routes() {
			if rt.Guard != web.Customer || rt.EndsActing {
				continue
			}
			path, _ := fill(t, rt, c.alice)
			p := support.Do(rt.Method, path, url.Values{"theme": {"dark"}, "language": {"en"}})
			switch {
			case rt.Method != http.MethodGet && (p.Status != http.StatusForbidden || !strings.Contains(p.Text("h1"), "Not while you act as a customer")):
				t.Errorf("%s %s: %d %s", rt.Method, path, p.Status, p.Text("h1"))
			case rt.Method == http.MethodGet && p.Status >= 400:
				t.Errorf("GET %s: %d", path, p.Status)
			case strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") && p.Status < 300 || p.Status == http.StatusForbidden:
				if banner := p.Text(".banner bdi"); !strings.Contains(banner, "You act as Alice Carter — reading only") || !p.Has(`.banner form[action="/acting/closure"]`) {
					t.Errorf("%s %s: banner %q", rt.Method, path, banner)
				}
				if p.Has(`form[hx-trigger*="load"]`) {
					t.Errorf("%s: looking would change something", path)
				}
			}
			// Files are counted, for limits: that is nothing that anybody sees.
			if tables := slices.DeleteFunc(changed(before, snapshot(t, s.M.DB)), func(n string) bool { return n == "rate_limits" }); len(tables) > 0 {
				t.Fatalf("%s %s changed %v", rt.Method, path, tables)
			}
		}
		if p := support.Get("/admin"); p.Status != http.StatusOK {
			t.Errorf("the member's own session: %d", p.Status)
		}
	})
}

// TestActingWrites: with the permission, the choice and a reason staff change what is not the customer's own affair, in
// their own name.
func TestActingWrites(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		alice := idOf(t, s, "alice")
		admin := c.LogInStaff("admin")
		form := fmt.Sprintf("/admin/customers/%d/acting", alice)
		if p := admin.Post(form, "mode", "writing", "reason", " "); p.Status != http.StatusUnprocessableEntity || !p.Has("#f-reason[aria-invalid]") || !p.Has(`input[value=writing][checked]`) {
			t.Errorf("writing without a reason: %d", p.Status)
		}
		act(t, admin, alice, "mode", "writing", "reason", "Asked on the phone, ticket 12")
		if p := admin.Get("/settings"); !strings.Contains(p.Text(".banner"), "changes are logged as yours") {
			t.Errorf("banner: %s", p.Text(".banner"))
		}
		if p := admin.Post("/settings", "theme", "dark", "language", "es"); p.Status != http.StatusSeeOther {
			t.Errorf("a change: %d", p.Status)
		}
		before := snapshot(t, s.M.DB)
		for _, rt := range c.Server.Routes() {
			if rt.Guard != web.Customer || !rt.NoActing {
				continue
			}
			path, _ := fill(t, rt, c.alice)
			if p := admin.Do(rt.Method, path, url.Values{}); p.Status != http.StatusForbidden {
				t.Errorf("%s %s while writing: %d", rt.Method, path, p.Status)
			}
		}
		if tables := changed(before, snapshot(t, s.M.DB)); len(tables) > 0 {
			t.Errorf("what is the customer's alone changed %v", tables)
		}
		admin.Post("/acting/closure")
		events, err := s.M.Audit.Of(alice).Events(s.Context, 0, 100)
		must(t, err)
		var told []string
		for _, e := range slices.Backward(events) {
			if e.ActorKind == audit.Staff {
				told = append(told, e.ActorName+" "+e.Operation+" "+string(e.Result))
			}
		}
		if len(told) < 4 || told[0] != "admin acting_started done" || told[1] != "admin POST /settings done" || told[2] != "admin POST /tickets/:id/reading refused" ||
			told[len(told)-1] != "admin acting_ended done" {
			t.Errorf("portal log: %v", told)
		}
		var log []audit.Entry
		must(t, s.M.DB.Q(s.Context).Where("action IN ?", []audit.Action{audit.ActingStarted, audit.ActingEnded}).Order("seq").Find(&log).Error)
		if len(log) != 2 || log[0].ActorName != "admin" || *log[0].CustomerID != alice || !strings.Contains(log[0].After, "ticket 12") || !strings.Contains(log[0].After, `"mode":"writing"`) ||
			log[1].Action != audit.ActingEnded || log[1].ActorName != "admin" {
			t.Errorf("audit log: %+v", log)
		}
	})
}

// TestActingPermission: who may not act, or not write, is refused, and the try is logged.
func TestActingPermission(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	c := newCast(t, s)
	form := fmt.Sprintf("/admin/customers/%d/acting", idOf(t, s, "alice"))
	denied := func() (n int64) {
		must(t, s.M.DB.Q(s.Context).Model(&audit.Entry{}).Where("action = ?", audit.AccessDenied).Count(&n).Error)
		return n
	}
	for i, try := range []struct{ login, mode string }{{"finance", "reading"}, {"reader", "reading"}, {"support", "writing"}} {
		staff := c.LogInStaff(try.login)
		if p := staff.Post(form, "mode", try.mode, "reason", "curious"); p.Status != http.StatusForbidden {
			t.Errorf("%s %s: %d", try.login, try.mode, p.Status)
		}
		if p := staff.Get("/"); p.Status != http.StatusSeeOther {
			t.Errorf("%s is a customer all the same: %d", try.login, p.Status)
		}
		if n := denied(); n != int64(i+1) {
			t.Errorf("%d denied tries are logged, want %d", n, i+1)
		}
	}
	if p := c.LogInStaff("support").Get(form); p.Has(`input[name="mode"]`) || !p.Has(`#f-reason`) {
		t.Error("who may only read is asked whether to write")
	}
	if p := c.LogInStaff("admin").Post("/admin/customers/999999/acting"); p.Status != http.StatusNotFound {
		t.Errorf("acting as nobody: %d", p.Status)
	}
}

// TestActingEnds: at the button, on log-out of either, when the time is up however much it was used, when the member is
// disabled or loses the permission, and when the customer ends it.
func TestActingEnds(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		s := handlerstest.New(t, d)
		s.Customer(customer.Customer{Login: "alice"})
		alice := idOf(t, s, "alice")
		sam := s.Staff("sam", "administrator")
		exec := func(sql string, args ...any) { must(t, d.Q(s.Context).Exec(sql, args...).Error) }
		for name, end := range map[string]func(c *handlerstest.Client){
			"the button": func(c *handlerstest.Client) {
				if p := c.Post("/acting/closure"); p.Location != fmt.Sprintf("/admin/customers/%d", alice) {
					t.Errorf("back to %q", p.Location)
				}
			},
			"log-out of the customer": func(c *handlerstest.Client) { c.Post("/logout") },
			"log-out of the member":   func(c *handlerstest.Client) { c.Post("/admin/logout") },
			"time": func(c *handlerstest.Client) {
				for range 5 {
					now = now.Add(session.ActingLife/5 - time.Second)
					if p := c.Get("/profile"); p.Status != http.StatusOK {
						t.Fatalf("too early: %d", p.Status)
					}
				}
				now = now.Add(6 * time.Second)
			},
			"disabled":   func(*handlerstest.Client) { exec("UPDATE staff_members SET disabled = ? WHERE id = ?", true, sam.ID) },
			"other role": func(*handlerstest.Client) { exec("UPDATE staff_members SET role = 'support' WHERE id = ?", sam.ID) }, // may read, and not write
			"customer":   func(*handlerstest.Client) { must(t, s.M.Customers.Of(alice).SignOutEverywhere(s.Context)) },
		} {
			t.Run(name, func(t *testing.T) {
				exec("UPDATE staff_members SET disabled = ?, role = 'administrator' WHERE id = ?", false, sam.ID)
				c := s.LogInStaff("sam")
				act(t, c, alice, "mode", "writing", "reason", "test")
				if p := c.Get("/"); p.Status != http.StatusOK {
					t.Fatalf("it did not begin: %d", p.Status)
				}
				end(c)
				if p := c.Get("/"); p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Location, "/login") {
					t.Errorf("it goes on: %d", p.Status)
				}
				if p := c.Post("/settings", "theme", "dark"); p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Location, "/login") {
					t.Errorf("it goes on writing: %d", p.Status)
				}
			})
		}
	})
}

// TestActingReplaces: the customer who was logged in on this browser is logged out, and nothing of the two mixes; acting
// does not count as the customer's visit.
func TestActingReplaces(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	s.Customer(customer.Customer{Login: "alice"})
	s.Customer(customer.Customer{Login: "mallory"})
	s.Staff("sam", "support")
	c := s.LogIn("mallory")
	if p := c.Post("/admin/login", "login", "sam", "password", handlerstest.Password); p.Status != http.StatusSeeOther {
		t.Fatal(p.Status)
	}
	act(t, c, idOf(t, s, "alice"), "mode", "reading")
	if p := c.Get("/profile"); !strings.Contains(p.Text(".banner"), "Alice Carter") || strings.Contains(p.Text("main"), "mallory") {
		t.Errorf("whose profile: %s", p.Text("main"))
	}
	left, err := s.M.Customers.Of(idOf(t, s, "mallory")).Sessions(s.Context)
	must(t, err)
	if len(left) != 0 {
		t.Errorf("mallory's session goes on: %+v", left)
	}
	who, err := s.M.Customers.ByLogin(s.Context, "alice")
	must(t, err)
	if who.LastOnlineAt != nil {
		t.Error("the customer counts as online")
	}
	// The customer sees who is there, and can end it.
	alice := s.LogIn("alice")
	p := alice.Get("/profile")
	if !strings.Contains(p.Text(".list"), "MyISP support") {
		t.Errorf("the customer's devices: %s", p.Text(".list"))
	}
	action, _ := p.Find(`form[action^="/profile/sessions/"][action$="/closure"]`).Not(".card").Attr("action")
	alice.Post(action)
	if p := c.Get("/"); p.Status != http.StatusSeeOther {
		t.Errorf("the customer could not end it: %d", p.Status)
	}
	if p := alice.Get("/"); p.Status != http.StatusOK {
		t.Errorf("the customer's own session: %d", p.Status)
	}
	// For customers themselves there is nothing to end.
	if p := alice.Post("/acting/closure"); p.Status != http.StatusSeeOther || p.Location != "/" || alice.Get("/").Status != http.StatusOK {
		t.Errorf("ending nothing: %d %s", p.Status, p.Location)
	}
}

// TestActingKeepsOff: routes that pay, or that concern passwords, second factors and devices, say that nobody does them in a
// customer's name.
func TestActingKeepsOff(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	found := 0
	for _, rt := range s.Server.Routes() {
		if rt.Guard != web.Customer || rt.Method == http.MethodGet {
			continue
		}
		for _, word := range []string{"/pay", "/finance", "password", "factor", "totp", "passkey", "/sessions", "/security", "/reading", "card"} {
			if strings.Contains(rt.Path, word) {
				found++
				if !rt.NoActing {
					t.Errorf("%s %s lacks NoActing", rt.Method, rt.Path)
				}
			}
		}
	}
	if found < 4 {
		t.Errorf("only %d such routes were found", found)
	}
}
