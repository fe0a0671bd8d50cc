package finance

import (
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// §3.4, 0019: what staff took back is told as that, and not as money given back. The books and the sums stay as they are.
func TestCancelledIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		desk, mine := s.Desk(1), s.Of(1)
		inv := must(desk.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", Items: []Item{item("a", 1000)}}))(t)
		pay := must(desk.RecordPayment(ctx, NewPayment{Key: "pay-1", Party: c, MethodID: MethodCash, Day: "2026-11-02", Amount: 1000, InvoiceIDs: []int64{inv.ID}}))(t)
		back := must(desk.Refund(ctx, NewRefund{Key: "back-1", PaymentID: pay.ID, MethodID: MethodCash, Day: "2026-11-03", Amount: 400}))(t)
		for _, id := range []int64{back.ID, pay.ID} {
			if err := desk.DeletePayment(ctx, id, Reversal{"2026-11-04", why}); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range must(mine.Payments(ctx, Filter{}))(t).Rows {
			if !r.Cancelled() || r.DeletedDay != "2026-11-04" {
				t.Errorf("%s does not look cancelled", r.ReceiptNumber)
			}
		}
		type told struct {
			receipt string
			credit  bool
			cancels bool
		}
		var got []told
		for _, r := range must(mine.Transactions(ctx, Filter{}))(t).Rows {
			if r.PaymentID != 0 {
				got = append(got, told{r.Receipt, r.Type == Credit, r.Cancels})
			}
		}
		want := []told{{pay.ReceiptNumber, false, true}, {back.ReceiptNumber, true, true}, {back.ReceiptNumber, false, false}, {pay.ReceiptNumber, true, false}}
		if len(got) != len(want) {
			t.Fatalf("%d movements", len(got))
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("movement %d: %+v, want %+v", i, got[i], want[i])
			}
		}
		for _, kind := range []StatementKind{ByDocuments, ByTransactions} {
			st := must(mine.Statement(ctx, "2026-11-02", "2026-11-30", kind))(t)
			var kinds []RowKind
			for _, r := range st.Rows {
				kinds = append(kinds, r.Kind)
			}
			rows := []RowKind{RowPayment, RowRefund, RowRefundCancelled, RowPaymentCancelled}
			if len(kinds) != len(rows) {
				t.Fatalf("%s: %v", kind, kinds)
			}
			for i := range rows {
				if kinds[i] != rows[i] {
					t.Errorf("%s row %d is told as %s, want %s", kind, i, kinds[i], rows[i])
				}
			}
			if st.Rows[3].Number != pay.ReceiptNumber || st.Rows[2].Number != back.ReceiptNumber {
				t.Errorf("%s: the receipts are %q and %q", kind, st.Rows[3].Number, st.Rows[2].Number)
			}
			if st.Opening.Minor != 1000 || st.Closing.Minor != 1000 || st.Paid.Minor != 0 {
				t.Errorf("%s: %s to %s, paid %s", kind, st.Opening, st.Closing, st.Paid)
			}
		}
		clean(t, ctx, s)
	})
}
