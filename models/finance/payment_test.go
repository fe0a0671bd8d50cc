package finance

import (
	"context"
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

// FIN-4: pending is handed to a processor, and becomes paid or unpaid again.
func TestPendingComesBackOrIsPaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		inv := must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{item("x", 500)}}))(t)
		state := func(day db.Day) State { return must(s.Of(1).Invoice(ctx, inv.ID, day))(t).State }
		for _, step := range []struct {
			pending bool
			want    State
		}{{true, Pending}, {true, Pending}, {false, Unpaid}, {true, Pending}} {
			if err := s.SetInvoicePending(ctx, inv.ID, step.pending); err != nil || state("2026-11-02") != step.want {
				t.Errorf("%+v: %s, %v", step, state("2026-11-02"), err)
			}
		}
		if state("2026-11-16") != PendingOverdue {
			t.Errorf("after the due day: %s", state("2026-11-16"))
		}
		must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCard, Day: "2026-11-03", Amount: 200, InvoiceIDs: []int64{inv.ID}}))(t)
		if state("2026-11-04") != Pending {
			t.Errorf("a part came in: %s", state("2026-11-04"))
		}
		must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCard, Day: "2026-11-04", Amount: 300, InvoiceIDs: []int64{inv.ID}}))(t)
		if err := s.SetInvoicePending(ctx, inv.ID, true); err != nil || state("2026-11-04") != Paid {
			t.Errorf("a paid invoice stays paid: %s, %v", state("2026-11-04"), err)
		}
		clean(t, ctx, s)
	})
}

// FIN-5: items may be below zero, the total may not; an invoice of nothing is paid.
func TestNegativeItems(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		for _, w := range []struct {
			discount, balance int64
			state             State
			kind              db.ErrorKind
		}{{-400, -600, Unpaid, 0}, {-1000, -600, Paid, 0}, {-1001, -600, "", db.Unprocess}} {
			inv, err := s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", Items: []Item{item("x", 1000), item("Discount", w.discount)}})
			if db.KindOf(err) != w.kind || w.state != "" && inv.State("2026-11-01") != w.state || balance(t, ctx, s, 1) != w.balance {
				t.Errorf("discount %d: %s, balance %d, %v", w.discount, inv.State("2026-11-01"), balance(t, ctx, s, 1), err)
			}
		}
		clean(t, ctx, s)
	})
}

// Nonsense is refused field by field, and nothing is written.
func TestPaymentsRefuseNonsense(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		good := NewPayment{Party: c, MethodID: 1, Day: "2026-11-01", Amount: 1}
		for field, spoil := range map[string]func(*NewPayment){
			"amount": func(n *NewPayment) { n.Amount = 0 }, "day": func(n *NewPayment) { n.Day = "2026-02-30" }, "method_id": func(n *NewPayment) { n.MethodID = 0 },
			"currency": func(n *NewPayment) { n.Currency = "euro" }, "customer_id": func(n *NewPayment) { n.CustomerID = -1 },
			"key": func(n *NewPayment) { n.Key = string(make([]byte, 81)) }, "number": func(n *NewPayment) { n.ReceiptNumber = "a\nb" },
		} {
			n := good
			spoil(&n)
			_, err := s.RecordPayment(ctx, n)
			if v, ok := err.(db.Invalid); !ok || v[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		for _, n := range []int64{-1, 1 << 62} {
			bad := good
			bad.Amount = n
			if _, err := s.RecordPayment(ctx, bad); db.KindOf(err) != db.Unprocess {
				t.Errorf("amount %d: %v", n, err)
			}
		}
		for _, table := range []string{"payments", "transactions", "ledger_transactions"} {
			if n := must(d.Rows(ctx, table))(t); n != 0 {
				t.Errorf("%d rows in %s", n, table)
			}
		}
	})
}

// §3.4, B55 and B56: where the partner wants it, a payment for no invoice in particular that is exactly what one open invoice wants
// pays that one; what several want, or none, settles the oldest (FIN-3).
func TestEqualAmountsLink(t *testing.T) {
	both := Manner{LinkRecurring: true, LinkPrepaid: true}
	cases := map[string]struct {
		how     Manner
		billing string
		dues    []int64 // of invoices, the oldest first
		pay     func(*NewPayment)
		paid    []bool
	}{
		"off":                    {Manner{}, "recurring", []int64{300, 500}, nil, []bool{true, false}},
		"on":                     {both, "recurring", []int64{300, 500}, nil, []bool{false, true}},
		"prepaid":                {both, "prepaid_monthly", []int64{300, 500}, nil, []bool{false, true}},
		"for prepaid only":       {Manner{LinkPrepaid: true}, "recurring", []int64{300, 500}, nil, []bool{true, false}},
		"for prepaid only, is":   {Manner{LinkPrepaid: true}, "prepaid_daily", []int64{300, 500}, nil, []bool{false, true}},
		"for recurring only":     {Manner{LinkRecurring: true}, "prepaid_monthly", []int64{300, 500}, nil, []bool{true, false}},
		"for recurring only, is": {Manner{LinkRecurring: true}, "recurring", []int64{300, 500}, nil, []bool{false, true}},
		"two want it":            {both, "recurring", []int64{300, 500, 500}, nil, []bool{true, false, false}},
		"none wants it":          {both, "recurring", []int64{300, 499}, nil, []bool{true, false}},
		"kept as credit":         {both, "recurring", []int64{300, 500}, func(n *NewPayment) { n.KeepAsCredit = true }, []bool{false, false}},
		"the oldest is meant":    {both, "recurring", []int64{300, 500}, func(n *NewPayment) { n.Oldest = true }, []bool{true, false}},
		"another is meant":       {both, "recurring", []int64{500, 300}, func(n *NewPayment) { n.InvoiceIDs = []int64{2} }, []bool{false, true}},
		"another's currency":     {both, "recurring", []int64{300, 500}, func(n *NewPayment) { n.Currency = "USD" }, []bool{false, false}},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, other := books(t, d)
		must(s.IssueInvoice(ctx, NewInvoice{Party: other, Day: "2026-11-01", Items: []Item{item("x", 500)}}))(t) // which is nobody else's
		next := int64(1)
		for name, c := range cases {
			next++
			p := customer(t, d, next)
			t.Run(name, func(t *testing.T) {
				s.Configured(func(context.Context, int64) (Manner, error) { return c.how, nil })
				ok(t, d.Q(ctx).Exec("UPDATE customers SET billing_type = ? WHERE id = ?", c.billing, p.CustomerID).Error)
				var ids []int64
				for i, due := range c.dues {
					ids = append(ids, must(s.IssueInvoice(ctx, NewInvoice{Party: p, Day: db.Day("2026-11-01").AddDays(i), Items: []Item{item("x", due)}}))(t).ID)
				}
				n := NewPayment{Party: p, MethodID: MethodCash, Day: "2026-11-10", Amount: 500}
				if c.pay != nil {
					c.pay(&n)
				}
				if len(n.InvoiceIDs) > 0 {
					n.InvoiceIDs = ids[1:]
				}
				must(s.RecordPayment(ctx, n))(t)
				for i, id := range ids {
					if inv := must(s.Of(p.CustomerID).Invoice(ctx, id, "2026-11-10"))(t); (inv.Due == 0) != c.paid[i] {
						t.Errorf("%d of the invoice of %d are due", inv.Due, inv.Total)
					}
				}
			})
		}
		clean(t, ctx, s)
	})
}
