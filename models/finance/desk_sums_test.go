package finance

import (
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// TestListSums: what a list comes to is what its rows come to, by currency, whatever narrows it; deleted documents and future
// items count for nothing, and pages do not matter.
func TestListSums(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, alice := books(t, d)
		other := customer(t, d, 2)
		other.Currency = "USD"
		for i := range int64(30) {
			must(s.IssueInvoice(ctx, NewInvoice{Party: alice, Day: "2026-11-01", DueDay: "2026-11-10", Items: []Item{item("a", 100+i)}}))(t)
		}
		gone := must(s.IssueInvoice(ctx, NewInvoice{Party: alice, Day: "2026-11-01", Items: []Item{item("gone", 99900)}}))(t)
		if err := s.Desk(alice.CustomerID).DeleteInvoice(ctx, gone.ID, Reversal{Day: "2026-11-02", Reason: "twice"}); err != nil {
			t.Fatal(err)
		}
		must(s.IssueProforma(ctx, NewProforma{Party: alice, Day: "2026-11-01", Items: []Item{item("a", 700)}}))(t)
		must(s.Desk(alice.CustomerID).AddTransaction(ctx, NewTransaction{Key: "future", Party: alice, Day: "2026-11-01", Type: Debit, Item: item("later", 5000)}, true))(t)
		must(s.RecordPayment(ctx, NewPayment{Key: "first", Party: alice, MethodID: 1, Day: "2026-11-03", Amount: 250}))(t)
		for _, kind := range ListKinds {
			for _, f := range []DeskFilter{{}, {Filter: Filter{State: Open}}, {Filter: Filter{State: Overdue}}, {Filter: Filter{From: "2026-11-02"}}, {PartnerID: alice.PartnerID}, {MethodID: 2}, {Filter: Filter{State: Deleted}}} {
				f.Size = 100
				page := must(s.List(ctx, kind, f, "2026-11-20"))(t)
				var want ListSum
				for _, r := range page.Rows {
					if r.Waits || r.State == Deleted && f.State != Deleted {
						continue
					}
					want.Count++
					want.Total += r.Total
					want.Open += r.Open
				}
				f.Size, f.After = 0, encode("2026-11-01", 1)
				sums := must(s.ListSums(ctx, kind, f, "2026-11-20"))(t)
				var got ListSum
				if len(sums) == 1 {
					got = sums[0]
				}
				if len(sums) > 1 || got.Count != want.Count || got.Total != want.Total || got.Open != want.Open {
					t.Errorf("%s %+v: %+v, its rows say %+v", kind, f, sums, want)
				}
				if kind == ListTransactions && got.In-got.Out != got.Total {
					t.Errorf("%+v", got)
				}
			}
		}
		must(s.IssueInvoice(ctx, NewInvoice{Party: other, Day: "2026-11-01", Items: []Item{item("a", 300)}}))(t)
		if sums := must(s.ListSums(ctx, ListInvoices, DeskFilter{}, "2026-11-20"))(t); len(sums) != 2 || sums[0].Currency != "EUR" || sums[1].Total != 300 {
			t.Errorf("two currencies: %+v", sums)
		}
	})
}
