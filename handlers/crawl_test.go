package handlers_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// snapshot is a digest of every row of every table.
func snapshot(t testing.TB, d *db.DB) map[string]string {
	t.Helper()
	g := d.Q(context.Background())
	names, err := g.Migrator().GetTables()
	must(t, err)
	sums := map[string]string{}
	for _, name := range names {
		var rows []map[string]any
		must(t, g.Table(name).Find(&rows).Error)
		lines := make([]string, len(rows))
		for i, r := range rows {
			lines[i] = fmt.Sprint(r) // fmt prints maps in the order of their keys
		}
		sort.Strings(lines)
		sums[name] = fmt.Sprintf("%d rows %x", len(rows), sha256.Sum256([]byte(strings.Join(lines, "\n"))))
	}
	return sums
}

// changed names the tables that differ, but for the portal log: a refused try is entered there, as it should be.
func changed(before, after map[string]string) (tables []string) {
	for name := range after {
		if before[name] != after[name] && name != "portal_events" && !strings.HasPrefix(name, "sqlite_") {
			tables = append(tables, name)
		}
	}
	return tables
}

// TestGetChangesNothing crawls every GET twice, as everybody, and compares the whole database.
func TestGetChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		clients := []*handlerstest.Client{c.Client(), c.LogIn("alice"), c.LogIn("carla"), c.LogIn("dora"), c.LogInStaff("admin")}
		// Files are counted, for limits: that is nothing that anybody asked to change, or sees.
		forgetCounts := func() {
			_, err := s.M.Limits.Purge(s.Context, s.M.DB.Now().Add(time.Hour))
			must(t, err)
		}
		forgetCounts()
		before := snapshot(t, s.M.DB)
		for _, rt := range c.Server.Routes() {
			if rt.Method != http.MethodGet {
				continue
			}
			path, _ := fill(t, rt, c.alice)
			for _, client := range clients {
				client.Get(path)
				client.Get(path)
			}
		}
		forgetCounts()
		if tables := changed(before, snapshot(t, s.M.DB)); len(tables) > 0 {
			t.Errorf("GETs changed %v", tables)
		}
	})
}

// TestSnapshotSees proves that the comparison can fail.
func TestSnapshotSees(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	before := snapshot(t, s.M.DB)
	s.Set("P1", "Changed")
	if tables := changed(before, snapshot(t, s.M.DB)); len(tables) == 0 {
		t.Error("a changed setting was not seen")
	}
}

// TestForeignPosts: a POST that names another customer's record changes nothing.
func TestForeignPosts(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		mallory := c.LogIn("mallory")
		before := snapshot(t, s.M.DB)
		for _, rt := range c.Server.Routes() {
			path, owned := fill(t, rt, c.alice)
			if rt.Method == http.MethodGet || !owned {
				continue
			}
			mallory.Do(rt.Method, path, url.Values{})
			if tables := changed(before, snapshot(t, s.M.DB)); len(tables) > 0 {
				t.Errorf("%s %s as another customer changed %v", rt.Method, path, tables)
			}
		}
	})
}

// nasty is quality.md's table of bad input.
func nasty() map[string]string {
	return map[string]string{"empty": "", "megabyte": strings.Repeat("A", 1<<20), "negative": "-1", "not a number": "NaN", "emoji": "💥💥", "rtl": "\u202eمرحبا",
		"sql": "' OR 1=1; DROP TABLE customers; --", "html": "<script>alert(1)</script><img src=x onerror=alert(1)>", "path": "../../../../etc/passwd", "nul": "a\x00b",
		"huge number": "99999999999999999999999999", "broken utf-8": "\xff\xfe", "format": "%s%n{{.}}", "newline": "a\r\nSet-Cookie: x=y"}
}

// TestBadForms posts every field that any form of the portal has with every nasty value: never a 5xx, never written, and
// what comes back is escaped.
func TestBadForms(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		fields := []string{"identifier", "password", "next", "contact", "code", "confirm", "lang", "theme", "language", "login", "request", "id"}
		for _, rt := range c.Server.Routes() {
			if rt.Method != http.MethodPost || strings.HasSuffix(rt.Path, "/logout") {
				continue
			}
			path, _ := fill(t, rt, c.alice)
			for name, value := range nasty() {
				client := c.Client()
				if rt.Guard == web.Customer {
					client = c.LogIn("alice")
				}
				form := url.Values{}
				for _, f := range fields {
					form.Set(f, value)
				}
				p := client.Do(http.MethodPost, path, form)
				if p.Status >= 500 || p.Status < 300 && rt.Guard == web.Anyone {
					t.Errorf("POST %s with %s: %d", path, name, p.Status)
				}
				if strings.Contains(p.Body, "<script>alert") {
					t.Errorf("POST %s with %s: the input comes back unescaped", path, name)
				}
				if p.Header.Get("Set-Cookie") == "x=y" {
					t.Errorf("POST %s with %s: a header was injected", path, name)
				}
			}
		}
	})
}

// TestBadQueries asks for every page with absurd parameters and ids: an answer or a 404, never a 5xx.
func TestBadQueries(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	c := newCast(t, s)
	alice := c.LogIn("alice")
	for _, rt := range c.Server.Routes() {
		if rt.Method != http.MethodGet || rt.Guard == web.Staff {
			continue
		}
		for name, value := range nasty() {
			if len(value) > 2000 {
				value = value[:2000]
			}
			q := url.Values{}
			for _, p := range []string{"after", "before", "state", "from", "to", "q", "kind", "period", "format", "page", "closed", "next", "invoice", "skip", "download", "print"} {
				q.Set(p, value)
			}
			path, _ := fill(t, rt, c.alice)
			if p := alice.Get(path + "?" + q.Encode()); p.Status >= 500 {
				t.Errorf("GET %s with %s: %d", path, name, p.Status)
			}
			if folder, _, ok := strings.Cut(rt.Path, "/:"); ok {
				if p := alice.Get(folder + "/" + url.PathEscape(value)); p.Status >= 500 {
					t.Errorf("GET %s/<%s>: %d", folder, name, p.Status)
				}
			}
		}
	}
	for _, path := range []string{"/finance/invoices/0", "/finance/invoices/-1", "/finance/invoices/9223372036854775808", "/finance/invoices/1e3", "/finance/invoices/%00"} {
		if p := alice.Get(path); p.Status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, p.Status)
		}
	}
}
