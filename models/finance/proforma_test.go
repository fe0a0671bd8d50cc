package finance

import (
	"fmt"
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// A proforma invoice is paid exactly while its money stands: whatever takes that away makes it unpaid, whatever brings it back
// makes it paid again. Nobody makes a tax invoice of one whose money has gone (§2.8, §3.4).
func TestProformaFollowsItsMoney(t *testing.T) {
	type stage struct {
		t    *testing.T
		s    *Store
		desk Desk
		c    Party
		doc  ProformaInvoice
	}
	cash := func(x stage, amount int64) Payment {
		return must(x.desk.RecordPayment(t.Context(), NewPayment{Party: x.c, MethodID: MethodCash, Day: "2026-11-02", Amount: amount, ProformaID: x.doc.ID}))(x.t)
	}
	back := func(x stage, p Payment, amount int64) Payment {
		return must(x.desk.Refund(t.Context(), NewRefund{PaymentID: p.ID, Day: "2026-11-03", Amount: amount}))(x.t)
	}
	remove := func(x stage, p Payment) {
		if err := x.desk.DeletePayment(t.Context(), p.ID, Reversal{"2026-11-04", why}); err != nil {
			x.t.Fatal(err)
		}
	}
	told := func(x stage, a Attempt, returned, reinstated int64) {
		must(x.s.Settle(t.Context(), a.ID, Outcome{State: AttemptPaid, Currency: eur, Received: 1_030, Returned: returned, Reinstated: reinstated, Day: "2026-11-02"}, testFee))(x.t)
	}
	online := func(x stage) Attempt {
		a := begin(x.t, x.s, x.c, fmt.Sprint(x.c.CustomerID), NewAttempt{Purpose: PayProforma, DocumentIDs: []int64{x.doc.ID}, Amount: 1_000, Fee: 30})
		told(x, a, 0, 0)
		return a
	}
	cases := map[string]struct {
		do   func(x stage)
		want Status
	}{
		"paid":                       {func(x stage) { cash(x, 1_000) }, StatusPaid},
		"too little":                 {func(x stage) { cash(x, 999) }, StatusNotPaid},
		"in two parts":               {func(x stage) { cash(x, 400); cash(x, 600) }, StatusPaid},
		"refunded":                   {func(x stage) { back(x, cash(x, 1_000), 1_000) }, StatusNotPaid},
		"a part refunded":            {func(x stage) { back(x, cash(x, 1_000), 1) }, StatusNotPaid},
		"what was too much refunded": {func(x stage) { back(x, cash(x, 1_500), 500) }, StatusPaid},
		"refund deleted":             {func(x stage) { remove(x, back(x, cash(x, 1_000), 400)) }, StatusPaid},
		"payment deleted":            {func(x stage) { remove(x, cash(x, 1_000)) }, StatusNotPaid},
		"paid twice, one refunded":   {func(x stage) { p := cash(x, 1_000); cash(x, 1_000); back(x, p, 1_000) }, StatusPaid},
		"the balance refunded": {func(x stage) {
			cash(x, 1_000)
			must(x.desk.Refund(t.Context(), NewRefund{Party: x.c, MethodID: MethodCash, Day: "2026-11-03", Amount: 200}))(x.t)
		}, StatusNotPaid},
		"online":                        {func(x stage) { online(x) }, StatusPaid},
		"charged back":                  {func(x stage) { told(x, online(x), 1_030, 0) }, StatusNotPaid},
		"a part charged back":           {func(x stage) { told(x, online(x), 10, 0) }, StatusNotPaid},
		"charged back and won":          {func(x stage) { a := online(x); told(x, a, 1_030, 0); told(x, a, 1_030, 1_030) }, StatusPaid},
		"a part won":                    {func(x stage) { a := online(x); told(x, a, 1_030, 0); told(x, a, 1_030, 500) }, StatusNotPaid},
		"a part charged back and won":   {func(x stage) { a := online(x); told(x, a, 400, 0); told(x, a, 400, 400) }, StatusPaid},
		"charged back, won, gone again": {func(x stage) { a := online(x); told(x, a, 1_030, 1_030); told(x, a, 1_031, 1_030) }, StatusNotPaid},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		next := int64(1)
		for name, c := range cases {
			next++
			p := customer(t, d, next)
			t.Run(name, func(t *testing.T) {
				x := stage{t, s, s.Desk(p.CustomerID), p, must(s.IssueProforma(ctx, NewProforma{Party: p, Day: "2026-11-01", Items: []Item{item("a", 1_000)}}))(t)}
				c.do(x)
				doc := must(s.Of(p.CustomerID).ProformaInvoice(ctx, x.doc.ID, "2026-11-05"))(t)
				if paid := doc.Status == StatusPaid; doc.Status != c.want || paid != (doc.PaymentID != 0) || paid != (doc.PaidDay != "") {
					t.Errorf("status %s, paid on %q by payment %d", doc.Status, doc.PaidDay, doc.PaymentID)
				}
				if err := errOf(x.desk.InvoiceProforma(ctx, x.doc.ID, "2026-11-05", "", RoundLines)); (err == nil) != (c.want == StatusPaid) {
					t.Errorf("invoice: %v", err)
				}
			})
		}
		clean(t, ctx, s)
	})
}

// What became a tax invoice is asked for by that alone: a proforma invoice whose money has gone is not offered beside it, and
// money that comes for it pays the invoice. When the invoice is deleted, the proforma invoice asks again.
func TestInvoicedProformaAsksOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		desk, me := s.Desk(1), s.Of(1)
		doc := must(s.IssueProforma(ctx, NewProforma{Party: c, Day: "2026-11-01", DueDay: "2026-11-02", Items: []Item{item("a", 1_000)}}))(t)
		pay := must(desk.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCash, Day: "2026-11-02", Amount: 400, ProformaID: doc.ID}))(t)
		must(desk.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCash, Day: "2026-11-02", Amount: 600, ProformaID: doc.ID}))(t)
		inv := must(desk.InvoiceProforma(ctx, doc.ID, "2026-11-02", "", RoundLines))(t)
		if inv.Status != StatusPaid {
			t.Errorf("two parts: the invoice is %s, %d due", inv.Status, inv.Due)
		}
		must(desk.Refund(ctx, NewRefund{PaymentID: pay.ID, Day: "2026-11-03", Amount: 400}))(t)
		look := must(me.ProformaInvoice(ctx, doc.ID, "2026-11-05"))(t)
		sum := must(me.Summary(ctx, "2026-11-05"))(t)
		listed := 0
		for _, state := range []State{Open, Unpaid, Overdue} {
			listed += len(must(me.ProformaInvoices(ctx, Filter{State: state}, "2026-11-05"))(t).Rows)
			listed += len(must(s.List(ctx, ListProforma, DeskFilter{Filter: Filter{State: state}}, "2026-11-05"))(t).Rows)
		}
		all := must(s.List(ctx, ListProforma, DeskFilter{}, "2026-11-05"))(t).Rows
		if look.Status != StatusNotPaid || look.State != Invoiced || sum.UnpaidProforma != 0 || listed != 0 || len(all) != 1 || all[0].State != Invoiced {
			t.Errorf("status %s, state %s, %d unpaid, %d listed, all %+v", look.Status, look.State, sum.UnpaidProforma, listed, all)
		}
		n := NewAttempt{Key: "a-key-of-16-bytes", Party: c, Gateway: sandbox, MethodID: MethodCard, Purpose: PayProforma, DocumentIDs: []int64{doc.ID}, Amount: 1_000}
		if _, err := me.BeginAttempt(ctx, n); db.KindOf(err) != db.Conflict {
			t.Errorf("paid beside its invoice: %v", err)
		}
		if link := must(me.LinkDocument(ctx, KindProforma, doc.ID))(t); link.Due != 0 {
			t.Errorf("a pay link asks for %d", link.Due)
		}
		must(desk.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCash, Day: "2026-11-05", Amount: 400, ProformaID: doc.ID}))(t)
		if got := must(me.Invoice(ctx, inv.ID, "2026-11-05"))(t); got.Due != 0 {
			t.Errorf("paid by the proforma's number: %d of the invoice are due", got.Due)
		}
		if err := desk.DeletePayment(ctx, must(me.ProformaInvoice(ctx, doc.ID, "2026-11-05"))(t).PaymentID, Reversal{"2026-11-06", why}); err != nil {
			t.Fatal(err)
		}
		if err := desk.ReleaseInvoice(ctx, inv.ID, "2026-11-06"); err != nil {
			t.Fatal(err)
		}
		if err := desk.DeleteInvoice(ctx, inv.ID, Reversal{"2026-11-06", why}); err != nil {
			t.Fatal(err)
		}
		if got := must(me.ProformaInvoice(ctx, doc.ID, "2026-11-06"))(t); got.State != Overdue || got.PaymentID != 0 {
			t.Errorf("after its invoice: %s, payment %d", got.State, got.PaymentID)
		}
		clean(t, ctx, s)
	})
}
