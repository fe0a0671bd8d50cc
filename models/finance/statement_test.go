package finance

import (
	"errors"
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// FIN-6: the reference's sample. Opening 57, +200 = 257, −200 = 57, −85 = −28, +30 = 2, while the account balance runs
// −57 … −2; FIN-1: payments are money in, charges money out.
func TestStatementOfTheReference(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		must(s.AddTransaction(ctx, NewTransaction{Key: "open", Party: c, Day: "2026-09-30", Type: Debit, Item: item("Opening", 5700), Against: AccountOpening}))(t)
		inv := must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-10-01", DueDay: "2026-10-15", Items: []Item{item("Fiber", 15000), item("Voice", 5000)}}))(t)
		must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCash, Day: "2026-10-02", Amount: 20000, InvoiceIDs: []int64{inv.ID}}))(t)
		must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodBankTransfer, Day: "2026-10-03", Amount: 8500}))(t)
		must(s.AddTransaction(ctx, NewTransaction{Party: c, Day: "2026-10-04", Type: Debit, Item: item("Late fee", 3000)}))(t)

		type line struct {
			kind         RowKind
			charge, paid int64
			owed         int64
			forInvoices  int
		}
		for kind, want := range map[StatementKind][]line{
			ByDocuments: {
				{kind: RowInvoice, charge: 20000, owed: 25700}, {kind: RowPayment, paid: 20000, owed: 5700, forInvoices: 1},
				{kind: RowPayment, paid: 8500, owed: -2800}, {kind: RowTransaction, charge: 3000, owed: 200}},
			ByTransactions: {
				{kind: RowInvoice, charge: 15000, owed: 20700}, {kind: RowInvoice, charge: 5000, owed: 25700}, {kind: RowPayment, paid: 20000, owed: 5700, forInvoices: 1},
				{kind: RowPayment, paid: 8500, owed: -2800}, {kind: RowTransaction, charge: 3000, owed: 200}},
		} {
			st := must(s.Of(1).Statement(ctx, "2026-10-01", "2026-10-31", kind))(t)
			if st.Opening.Minor != 5700 || st.Closing.Minor != 200 || len(st.Rows) != len(want) {
				t.Fatalf("%s: opening %s, closing %s, %d rows", kind, st.Opening, st.Closing, len(st.Rows))
			}
			for i, w := range want {
				r := st.Rows[i]
				if r.Kind != w.kind || r.Charge.Minor != w.charge || r.Payment.Minor != w.paid || r.Owed.Minor != w.owed || len(r.ForInvoices) != w.forInvoices {
					t.Errorf("%s row %d: %+v, want %+v", kind, i, r, w)
				}
			}
			if r := st.Rows[0]; r.Number != inv.Number || r.DueDay != "2026-10-15" {
				t.Errorf("%s: invoice row %+v", kind, r)
			}
		}
		if got := balance(t, ctx, s, 1); got != -200 {
			t.Errorf("FIN-6: owed 2.00, so the balance is −2.00, not %d", got)
		}
		page := must(s.Of(1).Transactions(ctx, Filter{}))(t)
		var running, moves []int64
		for _, r := range page.Rows {
			running, moves = append(running, r.Balance.Minor), append(moves, r.Movement().Minor)
		}
		for i, w := range [][2]int64{{-3000, -200}, {8500, 2800}, {20000, -5700}, {-5000, -25700}, {-15000, -20700}, {-5700, -5700}} {
			if moves[i] != w[0] || running[i] != w[1] {
				t.Errorf("FIN-1 row %d: movement %d, balance %d; want %v", i, moves[i], running[i], w)
			}
		}
		clean(t, ctx, s)
		for _, days := range [][2]db.Day{{"2026-10-31", "2026-10-01"}, {"", ""}, {"2026-02-30", "2026-03-01"}, {"0001-01-01", "9999-12-31"}} {
			if _, err := s.Of(1).Statement(ctx, days[0], days[1], ByDocuments); db.KindOf(err) != db.Unprocess {
				t.Errorf("period %v: %v", days, err)
			}
		}
	})
}

// A statement that would have too many movements is refused rather than cut; the movement before it is in the opening
// balance all the same.
func TestStatementBound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		must(s.AddTransaction(ctx, NewTransaction{Party: c, Day: "2026-10-01", Type: Debit, Item: item("Fee", 100)}))(t)
		var like Transaction
		if err := d.Q(ctx).Take(&like).Error; err != nil {
			t.Fatal(err)
		}
		rows := make([]Transaction, maxStatementRows)
		for i := range rows {
			rows[i] = like
			rows[i].ID, rows[i].Day, rows[i].LedgerTransactionID = 0, "2026-10-02", like.LedgerTransactionID+int64(i)+1
		}
		if err := d.Q(ctx).CreateInBatches(rows, 100).Error; err != nil {
			t.Fatal(err)
		}
		st := must(s.Of(1).Statement(ctx, "2026-10-02", "2026-10-31", ByDocuments))(t)
		if len(st.Rows) != maxStatementRows || st.Opening.Minor != 100 || st.Closing.Minor != 100*(maxStatementRows+1) {
			t.Errorf("%d rows from %s to %s", len(st.Rows), st.Opening, st.Closing)
		}
		_, err := s.Of(1).Statement(ctx, "2026-10-01", "2026-10-31", ByTransactions)
		var bad db.Invalid
		if !errors.As(err, &bad) || bad["to"] != "finance.error.movements" {
			t.Errorf("one more: %v", err)
		}
	})
}
