package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/handlers/web"
	"myisp/models/db/dbtest"
	"myisp/models/portal"
	"myisp/models/staff"
)

// TestMatrix asks for every route as everybody (quality.md): anonymous, the owner, another customer, a blocked and a
// disabled one, a support agent, an administrator. It is generated from the route table: a new route is covered by existing.
func TestMatrix(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		who := func() map[string]*handlerstest.Client { // anew for each route: log-out is a route too
			return map[string]*handlerstest.Client{"anonymous": c.Client(), "owner": c.LogIn("alice"), "other": c.LogIn("mallory"),
				"blocked": c.LogIn("carla"), "disabled": c.LogIn("dora"), "administrator": c.LogInStaff("admin"),
				"finance": c.LogInStaff("finance"), "support": c.LogInStaff("support"), "read_only": c.LogInStaff("reader")}
		}
		people := who()
		for _, rt := range c.Server.Routes() {
			path, owned := fill(t, rt, c.alice)
			for name, want := range expected(rt, owned) {
				client := people[name]
				if rt.Method != http.MethodGet {
					client = who()[name]
				}
				p := client.Do(rt.Method, path, map[string][]string{})
				if rt.Method == http.MethodGet {
					p = client.Get(path)
				}
				if !want(p) {
					t.Errorf("%s %s as %s: %d %s", rt.Method, path, name, p.Status, p.Location)
				}
			}
			if rt.Method != http.MethodGet {
				people = who() // signing out everywhere has signed these out too
			}
		}
	})
}

type verdict func(p handlerstest.Page) bool

func status(codes ...int) verdict {
	return func(p handlerstest.Page) bool { return slices.Contains(codes, p.Status) }
}

func sentTo(page string) verdict {
	return func(p handlerstest.Page) bool {
		return p.Status == http.StatusSeeOther && strings.HasPrefix(p.Location, page)
	}
}

// reached: the route did its work or said what is wrong with the (empty) form; it did not refuse the person.
var reached = status(200, 303, 422)

func expected(rt web.Route, owned bool) map[string]verdict {
	m := map[string]verdict{}
	all := func(v verdict, names ...string) {
		for _, n := range names {
			m[n] = v
		}
	}
	switch rt.Guard {
	case web.Customer:
		all(sentTo("/login"), append([]string{"anonymous"}, staff.BuiltIn...)...)
		all(reached, "owner")
		switch {
		case owned && rt.Method == http.MethodGet:
			all(status(404), "other", "blocked", "disabled")
		case owned:
			all(status(404, 303), "other", "blocked", "disabled") // and nothing changed: TestForeignPosts
		default:
			all(reached, "other", "blocked", "disabled")
		}
		if !rt.Disabled {
			all(status(404), "disabled")
		}
	case web.Staff:
		all(sentTo("/admin/login"), "anonymous", "owner", "other", "blocked", "disabled")
		for _, role := range staff.BuiltIn {
			all(status(403), role)
			if staff.BuiltInMay(role, rt.Permission) {
				all(reached, role)
			}
			if strings.HasPrefix(rt.Path, "/admin/finance/attempts/:id/") && staff.BuiltInMay(role, rt.Permission) {
				all(status(409, 422), role) // nothing is held: TestHeldAttempts has what is
			} else if strings.HasPrefix(rt.Path, "/admin/as/") && rt.Method == http.MethodGet {
				all(status(403, 404), role) // nobody's draft: TestPreviewBelongsToItsSession has somebody's
			} else if strings.HasPrefix(rt.Path, "/admin/as/") {
				all(status(403), role)
			}
		}
	case web.Machine:
		all(status(403, 404), "anonymous", "owner", "other", "blocked", "disabled")
		all(status(403, 404), staff.BuiltIn...)
	default:
		ok := reached
		if rt.Path == "/static/*" || rt.Path == "/sandbox/:id" || strings.HasPrefix(rt.Path, "/pay/:token/") || strings.HasSuffix(rt.Path, "/:token") {
			ok = status(404) // nothing is there, and no link is theirs
		}
		all(ok, "anonymous", "owner", "other", "blocked", "disabled")
		all(ok, staff.BuiltIn...)
	}
	return m
}

// TestSwitchedOff: a module that P3 takes from the menu, or a page that P51 takes from finance, is 404 and gone from
// every link of the frame; switched on again it is back.
func TestSwitchedOff(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	c := newCast(t, s)
	alice := c.LogIn("alice")
	without := func(all []string, one string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(all), func(m string) bool { return m == one }), ",")
	}
	for _, module := range portal.Modules {
		s.Set("P3", without(portal.Modules, module))
		for _, rt := range c.Server.Routes() {
			if rt.Guard != web.Customer || rt.Method != http.MethodGet {
				continue
			}
			path, _ := fill(t, rt, c.alice)
			p := alice.Get(path)
			if off := rt.Module == module; off != (p.Status == http.StatusNotFound) {
				t.Errorf("P3 without %s: GET %s is %d", module, path, p.Status)
			}
			if p.Status == http.StatusOK && module != "about" && p.Has(`nav a[href="/`+firstPath(module)+`"]`) {
				t.Errorf("P3 without %s: still in the navigation of %s", module, path)
			}
		}
	}
	s.Set("P3", strings.Join(portal.Modules, ","))
	for _, page := range portal.FinancePages {
		s.Set("P51", without(portal.FinancePages, page))
		for _, rt := range c.Server.Routes() {
			if rt.Page == "" || rt.Method != http.MethodGet {
				continue
			}
			path, _ := fill(t, rt, c.alice)
			if p := alice.Get(path); (rt.Page == page) != (p.Status == http.StatusNotFound) {
				t.Errorf("P51 without %s: GET %s is %d", page, path, p.Status)
			}
		}
		if p := alice.Get("/finance"); p.Has(`a[href="/finance/` + strings.ReplaceAll(page, "_", "-") + `"]`) {
			t.Errorf("P51 without %s: /finance still links to it", page)
		}
	}
}

// TestMenuOptionsLead: an item of P3 has pages, or says which module they come with; none is a dead end.
func TestMenuOptionsLead(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	for _, module := range portal.Modules {
		pages := slices.ContainsFunc(s.Server.Routes(), func(rt web.Route) bool { return rt.Module == module })
		if waits := portal.MenuItems.LaterOptions[module] != ""; waits == pages {
			t.Errorf("P3 %s: has pages: %v, waits for a module: %v", module, pages, waits)
		}
	}
}

func firstPath(module string) string {
	if module == "tickets" {
		return "tickets"
	}
	return module
}

// TestHeaders: every route answers with the security headers; what is private is stored by nobody.
func TestHeaders(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	c := newCast(t, s)
	alice, admin := c.LogIn("alice"), c.LogInStaff("admin")
	for _, rt := range append(c.Server.Routes(), web.Route{Method: http.MethodGet, Path: "/no/such/page"}) {
		if rt.Method != http.MethodGet {
			continue
		}
		path, _ := fill(t, rt, c.alice)
		client := alice
		if rt.Guard == web.Staff {
			client = admin
		}
		p, referrer := client.Get(path), "same-origin"
		if strings.HasPrefix(rt.Path, "/pay/:token") {
			referrer = "no-referrer" // the address is the right to pay
		}
		for header, want := range map[string]string{"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; ", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": referrer, "Cross-Origin-Opener-Policy": "same-origin"} {
			if !strings.HasPrefix(p.Header.Get(header), want) {
				t.Errorf("GET %s: %s is %q", path, header, p.Header.Get(header))
			}
		}
		if strings.Contains(p.Header.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("GET %s: the policy allows inline code", path)
		}
		if cache := p.Header.Get("Cache-Control"); rt.Guard != web.Anyone && cache != "no-store" {
			t.Errorf("GET %s is private and says Cache-Control: %q", path, cache)
		}
	}
}
