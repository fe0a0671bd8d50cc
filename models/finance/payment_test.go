package finance

import (
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// FIN-3: a payment settles what is oldest, an un-invoiced debit before invoices, and what is left stays on the balance.
func TestPaymentSettlesOldestFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		older := must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-10-01", DueDay: "2026-10-15", Items: []Item{item("Fiber", 3990)}}))(t)
		newer := must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{item("Fiber", 3990)}}))(t)
		must(s.AddTransaction(ctx, NewTransaction{Party: c, Day: "2026-09-01", Type: Debit, Item: item("Opening", 500), Against: AccountOpening}))(t)
		if got := balance(t, ctx, s, 1); got != -8480 {
			t.Fatalf("balance %d", got)
		}
		pay := must(s.RecordPayment(ctx, NewPayment{Key: "k1", Party: c, MethodID: MethodCash, Day: "2026-11-02", Amount: 6000}))(t)
		again := must(s.RecordPayment(ctx, NewPayment{Key: "k1", Party: c, MethodID: MethodCash, Day: "2026-11-02", Amount: 6000}))(t)
		if pay.ID != again.ID {
			t.Errorf("the same key made payments %d and %d", pay.ID, again.ID)
		}
		if got := balance(t, ctx, s, 1); got != -2480 {
			t.Errorf("balance %d", got)
		}
		for _, w := range []struct {
			id, due int64
			state   State
		}{{older.ID, 0, Paid}, {newer.ID, 2480, PartiallyPaid}} {
			inv := must(find[Invoice](ctx, s.Of(1), w.id))(t)
			if inv.Due != w.due || inv.State("2026-11-02") != w.state {
				t.Errorf("invoice %d: due %d %s, want %d %s", w.id, inv.Due, inv.State("2026-11-02"), w.due, w.state)
			}
		}
		over := must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCard, Day: "2026-11-03", Amount: 5000, InvoiceIDs: []int64{newer.ID}}))(t)
		if over.Unallocated != 2520 || balance(t, ctx, s, 1) != 2520 {
			t.Errorf("overpayment leaves %d, balance %d", over.Unallocated, balance(t, ctx, s, 1))
		}
		third := must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-12-01", Items: []Item{item("Fiber", 2000)}, FromBalance: true}))(t)
		if third.State("2026-12-01") != PaidFromBalance || third.PaidDay != "2026-12-01" {
			t.Errorf("from balance: %+v", third)
		}
		// A chargeback of the first payment opens what it had paid.
		back := must(s.Refund(ctx, NewRefund{PaymentID: pay.ID, Day: "2026-12-02", Amount: 6000}))(t)
		if back.Amount != -6000 || balance(t, ctx, s, 1) != 520-6000 {
			t.Errorf("refund %+v, balance %d", back, balance(t, ctx, s, 1))
		}
		clean(t, ctx, s)
		if err := s.DeleteInvoice(ctx, older.ID, "del", "2026-12-03"); err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteInvoice(ctx, older.ID, "del", "2026-12-03"); err != nil {
			t.Fatal(err)
		}
		note := must(s.IssueCreditNote(ctx, NewCreditNote{Key: "cn", Party: c, InvoiceID: newer.ID, Day: "2026-12-04", Items: []Item{item("Sorry", 3000)}}))(t)
		if note.Remaining != 1490 {
			t.Errorf("credit note: %+v", note)
		}
		must(s.Refund(ctx, NewRefund{CreditNoteID: note.ID, MethodID: MethodBankTransfer, Day: "2026-12-05", Amount: 1490}))(t)
		note = must(find[CreditNote](ctx, s.Of(1), note.ID))(t)
		if note.State() != Refunded {
			t.Errorf("credit note after refund: %+v", note)
		}
		clean(t, ctx, s)
	})
}
