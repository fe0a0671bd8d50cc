package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"myisp/handlers/handlerstest"
	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/portal"
	"myisp/models/session"
)

// previewing is a member of staff who looks at a draft.
type previewing struct {
	*cast
	staff *handlerstest.Client
	base  string // of the draft, with the theme
}

// preview signs a new session of admin in and has it make a draft for alice.
func preview(t testing.TB, c *cast, changes portal.Changes) previewing {
	t.Helper()
	client := c.LogInStaff("admin")
	return previewing{c, client, "/admin/as/" + keepDraft(t, c, changes) + "/light"}
}

// keepDraft makes a draft in the newest session of admin.
func keepDraft(t testing.TB, c *cast, changes portal.Changes) string {
	t.Helper()
	admin, err := c.M.Staff.All(c.Context)
	must(t, err)
	live, err := c.M.Sessions.List(c.Context, session.Staff, admin[0].ID)
	must(t, err)
	newest := live[0]
	for _, s := range live {
		if s.ID > newest.ID {
			newest = s
		}
	}
	alice, err := c.M.Customers.ByLogin(c.Context, "alice")
	must(t, err)
	token, err := c.M.Portal.SaveDraft(c.Context, newest.ID, "", portal.Draft{PartnerID: 1, CustomerID: alice.ID, Changes: changes})
	must(t, err)
	return token
}

// TestPreviewApplies: the frame shows the customer's real pages with what is not saved; everybody else sees what is saved.
func TestPreviewApplies(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		p := preview(t, c, portal.Changes{Settings: map[string]string{"portal_title": "Draft Net", "finance_items": "invoices", "authentication_field": "email"},
			Brand: &portal.Brand{ShortName: "Draft", Color: "#aa0011", Accent: "#aa0011"}})
		home := p.staff.Get(p.base + "/")
		if home.Status != http.StatusOK || home.Text("h1") != "Hello, Alice Carter" || !strings.HasSuffix(home.Text("title"), "Draft Net") {
			t.Fatalf("home: %d, %q, %q", home.Status, home.Text("h1"), home.Text("title"))
		}
		theme := p.staff.Get(home.Find(`link[rel=stylesheet][href*="/brand/"]`).AttrOr("href", "nowhere"))
		if theme.Status != http.StatusOK || !strings.Contains(theme.Body, "#aa0011") || !strings.HasPrefix(theme.Header.Get("Content-Type"), "text/css") {
			t.Errorf("the draft's theme: %d %q", theme.Status, theme.Body)
		}
		if icon := p.staff.Get(home.Find(".brand-logo").AttrOr("src", "nowhere")); icon.Header.Get("Content-Type") != "image/png" {
			t.Errorf("the draft's icon: %d", icon.Status)
		}
		if a := p.staff.Get(p.base + "/finance/invoices"); a.Status != http.StatusOK {
			t.Errorf("invoices: %d", a.Status)
		}
		if a := p.staff.Get(p.base + "/finance/payments"); a.Status != http.StatusNotFound || a.Text("h1") == "" {
			t.Errorf("P51 of the draft: payments are %d", a.Status)
		}
		if a := p.staff.Get(p.base + "/login"); !a.Has(`label:contains("Email")`) {
			t.Error("G2 of the draft: log-in does not ask for the e-mail address")
		}
		if a := p.staff.Get(strings.Replace(p.base, "/light", "/dark", 1) + "/"); a.Find("html").AttrOr("data-theme", "") != "dark" {
			t.Error("the dark theme is not dark")
		}
		real := c.LogIn("alice").Get("/")
		if strings.Contains(real.Text("title"), "Draft") || c.LogIn("alice").Get("/finance/payments").Status != http.StatusOK {
			t.Error("what is not saved is in force")
		}
	})
}

// TestPreviewStaysInside: every address on every previewed page is below the prefix; no page installs itself; only the
// portal itself may frame it.
func TestPreviewStaysInside(t *testing.T) {
	c := newCast(t, handlerstest.New(t, dbtest.SQLite(t, nil)))
	p := preview(t, c, portal.Changes{})
	seen := 0
	for _, rt := range c.Server.Routes() {
		if rt.Method != http.MethodGet || rt.Guard == web.Staff || strings.HasPrefix(rt.Path, "/brand") {
			continue
		}
		path, _ := fill(t, rt, c.alice)
		a := p.staff.Get(p.base + path)
		if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || a.Status != http.StatusOK {
			continue
		}
		seen++
		if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'self'") {
			t.Errorf("%s: %s", path, csp)
		}
		if a.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", path)
		}
		if a.Has("link[rel=manifest]") || !a.Has("html[data-preview]") {
			t.Errorf("%s can be installed", path)
		}
		a.Find("*").Each(func(_ int, e *goquery.Selection) {
			for _, attr := range e.Nodes[0].Attr {
				if strings.HasPrefix(attr.Val, "/") && !strings.HasPrefix(attr.Val, p.base) && !strings.HasPrefix(attr.Val, "/static/") && !harmless[attr.Key] {
					t.Errorf("%s: <%s %s=%q> leads out of the preview", path, goquery.NodeName(e), attr.Key, attr.Val)
				}
			}
		})
	}
	if seen < 25 {
		t.Errorf("only %d pages were looked at", seen)
	}
	for path, want := range map[string]int{"/sw.js": 404, "/manifest.webmanifest": 404, "/admin": 404, "/admin/login": 404, "/healthz": 404, "/no/such/page": 404, "/finance/statements.pdf": 403, "/finance/invoices?format=csv": 403} {
		if a := p.staff.Get(p.base + path); a.Status != want {
			t.Errorf("GET %s in the preview is %d", path, a.Status)
		}
	}
}

// harmless attributes hold a path that is no address to go to.
var harmless = map[string]bool{"value": true, "d": true}

// TestPreviewReadsOnly: looking at every page and sending every form changes no row, the portal log included.
func TestPreviewReadsOnly(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		p := preview(t, c, portal.Changes{Settings: map[string]string{"portal_title": "Draft"}})
		before := snapshot(t, s.M.DB)
		for _, rt := range c.Server.Routes() {
			if rt.Guard == web.Staff {
				continue
			}
			path, _ := fill(t, rt, c.alice)
			if rt.Method == http.MethodGet {
				p.staff.Get(p.base + path)
				continue
			}
			a := p.staff.Post(p.base+path, "theme", "dark", "language", "es", "identifier", "alice", "password", handlerstest.Password)
			if a.Status != http.StatusForbidden || a.Text("h1") != "This is a preview" {
				t.Errorf("POST %s in the preview: %d %q", path, a.Status, a.Text("h1"))
			}
		}
		after := snapshot(t, s.M.DB)
		for table := range after {
			if before[table] != after[table] {
				t.Errorf("the preview changed %s", table)
			}
		}
	})
}

// TestPreviewBelongsToItsSession: another member, another session of the same member, and strangers do not have it; a
// role without settings.view or customers.view may not preview at all; it is over after an hour.
func TestPreviewBelongsToItsSession(t *testing.T) {
	now := time.Now().UTC()
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		c := newCast(t, handlerstest.New(t, d))
		p := preview(t, c, portal.Changes{})
		for name, want := range map[string]struct {
			client *handlerstest.Client
			status int
		}{"its own": {p.staff, 200}, "the same member elsewhere": {c.LogInStaff("admin"), 404}, "another member": {c.LogInStaff("reader"), 404},
			"support": {c.LogInStaff("support"), 403}, "the customer": {c.LogIn("alice"), 303}, "a stranger": {c.Client(), 303}} {
			if a := want.client.Get(p.base + "/finance"); a.Status != want.status {
				t.Errorf("%s: %d, want %d", name, a.Status, want.status)
			}
		}
		if a := p.staff.Get(strings.TrimSuffix(p.base, "/light")); a.Status != 200 || !a.Has(`iframe[src="`+p.base+`/"]`) || !strings.Contains(a.Header.Get("Content-Security-Policy"), "frame-src 'self'") {
			t.Errorf("the page with the frame: %d", a.Status)
		}
		if a := p.staff.Get(strings.Replace(p.base, "/light", "/neon", 1) + "/"); a.Status != 404 {
			t.Errorf("an unknown theme: %d", a.Status)
		}
		now = now.Add(59 * time.Minute)
		if a := p.staff.Get(p.base + "/"); a.Status != 200 {
			t.Errorf("after 59 minutes: %d", a.Status)
		}
		now = now.Add(2 * time.Minute)
		if a := p.staff.Get(p.base + "/"); a.Status != 404 {
			t.Errorf("after an hour: %d", a.Status)
		}
		if n, err := c.M.Portal.PurgeDrafts(c.Context, now); err != nil || n != 1 {
			t.Errorf("housekeeping removed %d, %v", n, err)
		}
	})
}

// TestPreviewIgnoresCookies: staff who are signed in as a customer too, in the same browser, see the draft's customer and
// lose no flash message to the frame.
func TestPreviewIgnoresCookies(t *testing.T) {
	c := newCast(t, handlerstest.New(t, dbtest.SQLite(t, nil)))
	p := preview(t, c, portal.Changes{})
	p.staff.Post("/login", "identifier", "mallory", "password", handlerstest.Password)
	if a := p.staff.Get(p.base + "/login"); a.Status != http.StatusOK || !a.Has("input[name=password]") {
		t.Errorf("log-in in the preview: %d %s", a.Status, a.Location)
	}
	if a := p.staff.Get(p.base + "/"); a.Text("h1") != "Hello, Alice Carter" {
		t.Errorf("the preview greets %q", a.Text("h1"))
	}
	p.staff.Post("/settings", "theme", "auto", "language", "en") // leaves "Saved" for the next page of mallory's
	p.staff.Get(p.base + "/settings")
	if a := p.staff.Get("/settings"); !a.Has("[data-toast]") {
		t.Error("the preview took the customer's flash message")
	}
}
