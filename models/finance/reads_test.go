package finance

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myisp/models/db"
)

// A method that is being given is found by the gateway's id, or else by our key, each along its index: notices come by the
// hundred, and methods only become more.
func TestMethodBy(t *testing.T) {
	eachBook(t, func(t *testing.T, ctx context.Context, s *Store, me Party) {
		key := func(i int) string { return strings.Repeat("k", 20) + fmt.Sprint(i) }
		var ids []int64
		for i := range 3 {
			m, err := s.Of(me.CustomerID).BeginMethod(ctx, NewMethod{Key: key(i), PartnerID: 1, Gateway: "stripe"})
			ok(t, err)
			ids = append(ids, m.ID)
		}
		ok(t, s.MethodStarted(ctx, ids[1], "seti_1", "https://stripe.example"))
		var c db.Counter
		counted := db.WithCounter(ctx, &c)
		for _, x := range []struct {
			gateway, external, key string
			want                   int64
		}{{"stripe", "seti_1", "", ids[1]}, {"stripe", "", key(2), ids[2]}, {"stripe", "seti_9", key(0), ids[0]}, {"stripe", "seti_1", key(0), ids[1]},
			{"paypal", "seti_1", key(1), 0}, {"stripe", "", "", 0}, {"stripe", "seti_9", "", 0}} {
			m, err := s.MethodBy(counted, x.gateway, x.external, x.key)
			if m.ID != x.want || (err != nil) != (x.want == 0) || err != nil && db.KindOf(err) != db.NotFound {
				t.Errorf("%+v: %d, %v", x, m.ID, err)
			}
		}
		if s.d.Kind() != db.SQLite {
			return
		}
		for _, sql := range c.Statements() {
			plan, err := s.d.Explain(ctx, sql)
			if err != nil || !strings.Contains(plan, "external_id=?") && !strings.Contains(plan, "key=?") {
				t.Errorf("%s: %s %v", sql, plan, err)
			}
		}
	})
}

// The desk of transfers counts as far as it shows, of one partner, along an index; an upload is seen by its partner's alone.
func TestIncomingDeskReads(t *testing.T) {
	eachBook(t, func(t *testing.T, ctx context.Context, s *Store, _ Party) {
		lines := "Date;Name;Text;Amount\n"
		for i := range incomingCounted + 20 {
			lines += fmt.Sprintf("2026-11-01;Somebody;rent %d;10.00\n", i)
		}
		for partner, text := range map[int64]string{1: lines, 2: "Date;Name;Text;Amount\n2026-11-01;Somebody;rent;10.00\n"} {
			file, err := s.AddStatement(ctx, partner, "november.csv", []byte(text), "EUR")
			ok(t, err)
			_, err = s.ImportStatement(ctx, file.ID, "EUR")
			ok(t, err)
		}
		waits, err := s.AddStatement(ctx, 2, "december.csv", []byte("Date;Name;Text;Amount\n2026-12-01;Somebody;rent;10.00\n"), "EUR")
		ok(t, err)
		var c db.Counter
		for partner, want := range map[int64]int{1: incomingCounted, 2: 1} {
			counts, err := s.IncomingCounts(db.WithCounter(ctx, &c), partner)
			if err != nil || cmp.Diff(map[IncomingState]int{IncomingOpen: want, IncomingBooked: 0, IncomingIgnored: 0}, counts) != "" {
				t.Errorf("partner %d: %v %v", partner, counts, err)
			}
			list, err := s.Statements(db.WithCounter(ctx, &c), partner)
			if err != nil || len(list) != int(partner)-1 || len(list) == 1 && list[0].ID != waits.ID {
				t.Errorf("partner %d: %+v %v", partner, list, err)
			}
		}
		for _, sql := range c.Statements() {
			if plan := badPlan(t, s.d, sql); plan != "" {
				t.Errorf("%s reads a whole table:\n%s", sql, plan)
			}
		}
	})
}
