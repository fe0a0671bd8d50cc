package models_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// long fills the audit log with n lines, one a minute until now, and the portal log with those of the last days, behind the chain's back: only reading is tested.
func long(t *testing.T, d *db.DB, now time.Time, n int) {
	t.Helper()
	ctx := context.Background()
	must(t, d.Tx(ctx, func(ctx context.Context) error {
		const batch = 500
		var entries []audit.Entry
		var events []audit.Event
		for i := 1; i <= n; i++ {
			at := now.Add(time.Duration(i-n) * time.Minute)
			customer := int64(i%997 + 1)
			e := audit.Entry{Seq: int64(i), At: at, ActorKind: audit.Staff, ActorID: int64(i%13 + 1), ActorName: "Ada", Action: audit.SettingSet, Object: "setting",
				ObjectID: fmt.Sprint("key", i), CustomerID: &customer, After: `{"value":"plain"}`, Prev: "p", Hash: "h"}
			if i%501 == 0 {
				e.Action, e.Object = audit.RoleAdded, "role"
			}
			if i == n/50 {
				e.After = `{"value":"Needle_100%"}`
			}
			v := audit.Event{At: at, CustomerID: &customer, ActorKind: audit.Customer, ActorID: customer, Operation: "POST /settings", Result: audit.Done}
			if i%501 == 0 {
				v.Operation, v.Result = audit.OpLogIn, audit.Failed
			}
			if entries = append(entries, e); n-i < 6000 {
				events = append(events, v)
			}
			if len(entries) == batch || i == n {
				must(t, d.Q(ctx).Create(&entries).Error)
				if len(events) > 0 {
					must(t, d.Q(ctx).Create(&events).Error)
				}
				entries, events = entries[:0], events[:0]
			}
		}
		must(t, d.Q(ctx).Save(&audit.Head{ID: 1, Seq: int64(n), Hash: "h"}).Error)
		return nil
	}))
	must(t, d.Q(ctx).Exec("ANALYZE").Error)
}

// TestLogsUseIndexes: whatever the filter is, no statement of a page reads a log from one end to the other, nor sorts it.
func TestLogsUseIndexes(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := testModels(t, d)
		long(t, d, now, 20_000)
		week := now.AddDate(0, 0, -7)
		for name, read := range map[string]func(ctx context.Context) error{
			"newest":     func(ctx context.Context) error { _, err := m.Audit.List(ctx, audit.Filter{}); return err },
			"later page": func(ctx context.Context) error { _, err := m.Audit.List(ctx, audit.Filter{Before: 500}); return err },
			"rare action": func(ctx context.Context) error {
				_, err := m.Audit.List(ctx, audit.Filter{Action: audit.RoleAdded})
				return err
			},
			"absent action": func(ctx context.Context) error {
				_, err := m.Audit.List(ctx, audit.Filter{Action: audit.RoleRemoved})
				return err
			},
			"object":   func(ctx context.Context) error { _, err := m.Audit.List(ctx, audit.Filter{Object: "role"}); return err },
			"customer": func(ctx context.Context) error { _, err := m.Audit.List(ctx, audit.Filter{CustomerID: 7}); return err },
			"actor": func(ctx context.Context) error {
				_, err := m.Audit.List(ctx, audit.Filter{ActorKind: audit.Staff, ActorID: 99})
				return err
			},
			"days": func(ctx context.Context) error {
				_, err := m.Audit.List(ctx, audit.Filter{From: week, To: week.AddDate(0, 0, 1)})
				return err
			},
			"day and action": func(ctx context.Context) error {
				_, err := m.Audit.List(ctx, audit.Filter{From: week, To: now, Action: audit.RoleAdded})
				return err
			},
			"objects": func(ctx context.Context) error { _, err := m.Audit.Objects(ctx); return err },
			"events":  func(ctx context.Context) error { _, err := m.Audit.ListEvents(ctx, audit.EventFilter{}); return err },
			"customer's": func(ctx context.Context) error {
				_, err := m.Audit.ListEvents(ctx, audit.EventFilter{CustomerID: 7})
				return err
			},
			"operation": func(ctx context.Context) error {
				_, err := m.Audit.ListEvents(ctx, audit.EventFilter{Operation: "log_in"})
				return err
			},
			"result": func(ctx context.Context) error {
				_, err := m.Audit.ListEvents(ctx, audit.EventFilter{Result: audit.Failed})
				return err
			},
			"events' days": func(ctx context.Context) error {
				_, err := m.Audit.ListEvents(ctx, audit.EventFilter{From: now.AddDate(0, 0, -2), To: now.AddDate(0, 0, -1)})
				return err
			},
			"operations": func(ctx context.Context) error { _, err := m.Audit.Operations(ctx); return err },
		} {
			var c db.Counter
			must(t, read(db.WithCounter(context.Background(), &c)))
			for _, sql := range c.Statements() {
				if strings.Contains(sql, "audit_heads") || !strings.Contains(sql, "WHERE") { // one row; the newest by number
					continue
				}
				plan, err := d.Explain(context.Background(), sql)
				must(t, err)
				whole := strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "SCAN") && !strings.Contains(plan, "USING")
				if whole || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "External Sort") {
					t.Errorf("%s: %s\n%s", name, sql, plan)
				}
			}
		}
	})
}

// TestAuditFilters: each part of the filter lets through what it says, pages follow each other without gaps or repeats, and a
// text is found however far back it is, a window at a time.
func TestAuditFilters(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		const n = 60_000
		long(t, d, now, n)
		count := func(f audit.Filter) (sum int) {
			t.Helper()
			next := int64(n + 1)
			for e, err := range m.Audit.Each(ctx, f) {
				must(t, err)
				if e.Seq >= next {
					t.Fatalf("%+v: entry %d after %d", f, e.Seq, next)
				}
				next = e.Seq
				sum++
			}
			return sum
		}
		day := now.Truncate(24*time.Hour).AddDate(0, 0, -3)
		for name, c := range map[string]struct {
			f    audit.Filter
			want int
		}{
			"action":         {audit.Filter{Action: audit.RoleAdded}, n / 501},
			"object":         {audit.Filter{Object: "role"}, n / 501},
			"customer":       {audit.Filter{CustomerID: 7}, n/997 + 1},
			"nobody":         {audit.Filter{CustomerID: -1}, 0},
			"actor":          {audit.Filter{ActorKind: audit.Staff, ActorID: 13}, n / 13},
			"another kind":   {audit.Filter{ActorKind: audit.System}, 0},
			"a day":          {audit.Filter{From: day, To: day.AddDate(0, 0, 1)}, 24 * 60},
			"before it all":  {audit.Filter{To: now.AddDate(-1, 0, 0)}, 0},
			"after it all":   {audit.Filter{From: now.AddDate(0, 0, 1)}, 0},
			"text":           {audit.Filter{Text: "needle_100%"}, 1},
			"no wild cards":  {audit.Filter{Text: "needle%100"}, 0},
			"text and actor": {audit.Filter{Text: "needle", ActorKind: audit.Staff, ActorID: int64((n/50)%13 + 1)}, 1},
		} {
			if got := count(c.f); got != c.want {
				t.Errorf("%s: %d entries, want %d", name, got, c.want)
			}
		}
		p, err := m.Audit.List(ctx, audit.Filter{Text: "needle_100%"})
		must(t, err)
		if len(p.Entries) != 0 || !p.Searched || p.Next == 0 {
			t.Errorf("the first window: %d entries, next %d", len(p.Entries), p.Next)
		}
		p, err = m.Audit.List(ctx, audit.Filter{Text: "needle_100%", Before: p.Next})
		must(t, err)
		if len(p.Entries) != 1 || p.Next != 0 {
			t.Errorf("the second: %d entries, next %d", len(p.Entries), p.Next)
		}
		events := 0
		for _, err := range m.Audit.EachEvent(ctx, audit.EventFilter{Result: audit.Failed, From: day, To: day.AddDate(0, 0, 1)}) {
			must(t, err)
			events++
		}
		if events < 2 || events > 3 {
			t.Errorf("%d failed events in a day, one in 501 minutes", events)
		}
	})
}

// TestDifferences: an entry tells member by member what it changed, and of what is no object nothing.
func TestDifferences(t *testing.T) {
	for _, c := range []struct {
		before, after, want string
	}{
		{"", "", "[]"}, {`{"a":1}`, "", "[a:1>]"}, {"", `{"b":[1],"a":null}`, "[a:>null b:>[1]]"}, {`{"a":"x"}`, `{"a":"y"}`, `[a:"x">"y"]`}, {"[1]", "nonsense", "[]"},
	} {
		var got []string
		for _, d := range (audit.Entry{Before: c.before, After: c.after}).Differences() {
			got = append(got, fmt.Sprintf("%s:%s>%s", d.Name, d.Before, d.After))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s → %s: %v, want %s", c.before, c.after, got, c.want)
		}
	}
}
