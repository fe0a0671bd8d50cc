package handlers_test

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/handlers/web"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/staff"
	"myisp/views/admin"
	"myisp/views/i18n"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// TestAuditPage: who, what, before and after; each filter; "Show more"; proof; and a file in which no cell is a formula.
func TestAuditPage(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		admin := s.Staff("admin", staff.Administrator)
		alice := s.Customer(customer.Customer{Login: "alice"})
		ctx := audit.With(s.Context, audit.Actor{Kind: audit.Staff, ID: admin.ID, Name: "=cmd|' /C calc'!A0", IP: "192.0.2.7"})
		for i := range 60 {
			must(t, s.M.Audit.Record(ctx, audit.Change{Action: audit.SettingSet, Object: "setting", ObjectID: "@key" + strconv.Itoa(i), CustomerID: alice.ID,
				Before: map[string]any{"value": "-1+1"}, After: map[string]any{"value": "+2"}}))
		}
		c := s.LogInStaff("admin")
		must(t, s.M.Staff.ResetFactor(s.Context, "admin")) // nothing to reset, nothing to tell
		p := c.Get("/admin/audit")
		if n := p.Find(".audit-entry").Length(); p.Status != http.StatusOK || n != audit.PageSize {
			t.Fatalf("the page: %d with %d entries", p.Status, n)
		}
		if first := p.Text(".audit-entry:first-child .audit-title strong"); first != "Logged in" {
			t.Errorf("the newest is %q", first)
		}
		del, ins := p.Find(".changes del bdi").First().Text(), p.Find(".changes ins bdi").First().Text()
		if del != "-1+1" || ins != "+2" {
			t.Errorf("the difference reads %q → %q", del, ins)
		}
		next := p.Find("#more a").AttrOr("href", "")
		if p := c.Get(next); p.Find(".audit-entry").Length() < 10 {
			t.Errorf("the next page %s has %d entries", next, p.Find(".audit-entry").Length())
		}
		for query, want := range map[string]int{
			"action=staff_log_in": 1, "object=role": 0, "who=system": 1, "who=staff-" + itoa(admin.ID): 50, "who=staff-999": 0, "who=customer": 0, "customer=alice": 50,
			"customer=" + itoa(alice.ID): 50, "customer=nobody": 0, "from=2001-01-01&to=2001-12-31": 0, "q=@KEY41": 1, "q=%25": 0,
		} {
			if n := c.Get("/admin/audit?" + query).Find(".audit-entry").Length(); n != want {
				t.Errorf("%s: %d entries, want %d", query, n, want)
			}
		}
		if text := c.Get("/admin/audit/verification").Text("main"); !strings.Contains(text, "The chain of 62 entries holds") {
			t.Errorf("verification: %s", text)
		}
		p = c.Get("/admin/audit?format=csv&action=setting_set")
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.Body, "\ufeff"))).ReadAll()
		must(t, err)
		if len(rows) != 61 || !strings.HasPrefix(p.Header.Get("Content-Disposition"), `attachment; filename="audit-`) || !strings.HasPrefix(p.Header.Get("Content-Type"), "text/csv") {
			t.Fatalf("the file: %d rows, %v", len(rows), p.Header)
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@") {
					t.Errorf("a cell begins with %q", cell)
				}
			}
		}
		if rows[1][3] != "'=cmd|' /C calc'!A0" || rows[1][7] != "'@key59" {
			t.Errorf("row %q", rows[1])
		}
	})
}

// TestBrokenChainPage says where the chain is broken.
func TestBrokenChainPage(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", staff.Administrator)
		c := s.LogInStaff("admin")
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE audit_heads SET seq = 99").Error)
		if p := c.Get("/admin/audit/verification"); !p.Has(".notice.tone-bad") || !strings.Contains(p.Text("main"), "broken at entry 3") {
			t.Errorf("%s", p.Text("main"))
		}
	})
}

// TestPortalLogPage covers AUTH-4: what customers do is listed for staff in plain words, filtered, and as a file.
func TestPortalLogPage(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("support", staff.Support)
		alice := s.Customer(customer.Customer{Login: "alice"})
		s.Customer(customer.Customer{Login: "bob"})
		a := s.LogIn("alice")
		a.Post("/settings", "theme", "dark", "language", "es")
		a.Post("/settings", "theme", "pink", "language", "es")
		s.LogIn("bob")
		s.Client().Post("/login", "identifier", "=nobody", "password", "x")
		c := s.LogInStaff("support")
		p := c.Get("/admin/portal-log")
		if n := p.Find(".audit-event").Length(); p.Status != http.StatusOK || n != 5 {
			t.Fatalf("the page: %d with %d events", p.Status, n)
		}
		if text := p.Text("main"); !strings.Contains(text, "Changed language or appearance") || !strings.Contains(text, alice.Name) || !strings.Contains(text, "Unknown account") {
			t.Errorf("%s", text)
		}
		for query, want := range map[string]int{"customer=alice": 3, "customer=" + itoa(alice.ID): 3, "customer=x": 0, "operation=log_in": 3, "result=refused": 2,
			"result=refused&customer=alice": 1, "operation=POST+%2Fsettings&result=done": 1, "from=2001-01-01": 5, "to=2001-01-01": 0} {
			if n := c.Get("/admin/portal-log?" + query).Find(".audit-event").Length(); n != want {
				t.Errorf("%s: %d events, want %d", query, n, want)
			}
		}
		p = c.Get("/admin/portal-log?format=csv&customer=alice")
		if rows := strings.Count(strings.TrimSpace(p.Body), "\n"); rows != 3 || !strings.Contains(p.Body, "POST /settings") {
			t.Errorf("the file: %s", p.Body)
		}
	})
}

// TestOperationsHaveWords: whatever a customer can do is told in words, in all languages.
func TestOperationsHaveWords(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		for _, rt := range s.Server.Routes() {
			if rt.Guard != web.Customer || rt.Method == http.MethodGet {
				continue
			}
			if key := admin.OperationKey(rt.Method + " " + rt.Path); !i18n.Has(key) {
				t.Errorf("%s %s has no words: %s in languages/*/audit.toml", rt.Method, rt.Path, key)
			}
		}
	})
}
