package handlers_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
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
		"long":        strings.Repeat("é", 400), // more than any short column holds
		"huge number": "99999999999999999999999999", "broken utf-8": "\xff\xfe", "format": "%s%n{{.}}", "newline": "a\r\nSet-Cookie: x=y"}
}

// fieldsOf collects the names of all fields that any form of the portal has, of method get or post, from the pages that the
// clients see.
func fieldsOf(t testing.TB, c *cast, method string, clients ...*handlerstest.Client) []string {
	t.Helper()
	seen := map[string]bool{}
	for _, rt := range c.Server.Routes() {
		if rt.Method != http.MethodGet {
			continue
		}
		path, _ := fill(t, rt, c.alice)
		for _, client := range clients {
			client.Get(path).Find("form").Each(func(_ int, form *goquery.Selection) {
				if strings.EqualFold(form.AttrOr("method", "get"), method) {
					form.Find("[name]").Each(func(_ int, field *goquery.Selection) { seen[field.AttrOr("name", "")] = true })
				}
			})
		}
	}
	delete(seen, "")
	return slices.Sorted(maps.Keys(seen))
}

// badForm fills every field with one nasty value. A value that no form may have is sent once only: the rest would be cut off
// with it.
func badForm(fields []string, value string) url.Values {
	form := url.Values{}
	for _, f := range fields {
		form.Set(f, value)
		if len(value) > 1<<19 {
			break
		}
	}
	return form
}

// TestBadForms posts every field that any form of the portal has with every nasty value, to every route, as whoever may use
// it, staff included: never a 5xx, nothing by who is not signed in, and what comes back is escaped.
func TestBadForms(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		c := newCast(t, s)
		fields := fieldsOf(t, c, http.MethodPost, c.Client(), c.LogIn("alice"), c.LogInStaff("admin"))
		if len(fields) < 30 || !slices.Contains(fields, "permission") {
			t.Fatalf("the forms have %d fields: %v", len(fields), fields)
		}
		for _, rt := range c.Server.Routes() {
			if rt.Method != http.MethodPost || strings.HasSuffix(rt.Path, "/logout") {
				continue
			}
			path, _ := fill(t, rt, c.alice)
			for name, value := range nasty() {
				client := c.Client()
				switch rt.Guard {
				case web.Customer:
					client = c.LogIn("alice")
				case web.Staff:
					client = c.LogInStaff("admin")
				}
				p := client.Do(http.MethodPost, path, badForm(fields, value))
				if p.Status >= 500 || p.Status < 300 && rt.Guard == web.Anyone {
					t.Errorf("POST %s with %s: %d", path, name, p.Status)
				}
				if rt.Guard == web.Staff && p.Status == http.StatusForbidden && !strings.HasPrefix(rt.Path, "/admin/as/") { // a preview changes nothing
					t.Errorf("POST %s with %s never reached its handler", path, name)
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

// TestBadQueries asks for every page, staff's too, with absurd parameters and ids: an answer or a 404, never a 5xx.
func TestBadQueries(t *testing.T) {
	each(t, badQueries)
}

func badQueries(t *testing.T, s *handlerstest.Site) {
	c := newCast(t, s)
	alice, admin := c.LogIn("alice"), c.LogInStaff("admin")
	params := append(fieldsOf(t, c, http.MethodGet, alice, admin), "after", "before", "format", "page", "next", "skip", "download", "print", "month", "day", "draft")
	for _, rt := range c.Server.Routes() {
		if rt.Method != http.MethodGet {
			continue
		}
		client := alice
		if rt.Guard == web.Staff {
			client = admin
		}
		for name, value := range nasty() {
			if len(value) > 1000 {
				value = value[:1000]
			}
			path, _ := fill(t, rt, c.alice)
			if p := client.Get(path + "?" + badForm(params, value).Encode()); p.Status >= 500 {
				t.Errorf("GET %s with %s: %d", path, name, p.Status)
			}
			if folder, _, ok := strings.Cut(rt.Path, "/:"); ok {
				if p := client.Get(folder + "/" + url.PathEscape(value)); p.Status >= 500 {
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
