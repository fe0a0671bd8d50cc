package finance

import (
	"slices"
	"testing"

	"myisp/internal/money"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// A refund can be followed both ways: from the payment to it, from it to the payment and to what it opened, from an invoice to
// it. What a payment paid, what is free of it and what was given back make up its amount; what is told before is what happens.
func TestRefundIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		desk, mine := s.Desk(1), s.Of(1)
		old := must(desk.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", Items: []Item{item("a", 1000)}}))(t)
		young := must(desk.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-02", Items: []Item{item("b", 2000)}}))(t)
		pay := must(desk.RecordPayment(ctx, NewPayment{Key: "pay-1", Party: c, MethodID: MethodCash, Day: "2026-11-03", Amount: 3500}))(t)
		opens := func(amount int64) (list []Reopened) {
			t.Helper()
			return must(desk.RefundOpens(ctx, pay.ID, amount))(t)
		}
		if got := opens(500); len(got) != 0 {
			t.Errorf("what is free of it opens %v", got)
		}
		if got := opens(2600); !slices.Equal(got, []Reopened{{InvoiceID: young.ID, Name: young.Number, Amount: money.Of(2000, eur)}, {InvoiceID: old.ID, Name: old.Number, Amount: money.Of(100, eur)}}) {
			t.Errorf("2600 would open %v", got)
		}
		if err := errOf(desk.RefundOpens(ctx, pay.ID, 3501)); db.KindOf(err) != db.Unprocess {
			t.Errorf("more than was paid: %v", err)
		}
		if _, err := s.Desk(2).RefundOpens(ctx, pay.ID, 1); db.KindOf(err) != db.NotFound {
			t.Errorf("somebody else's payment: %v", err)
		}

		first := must(desk.Refund(ctx, NewRefund{Key: "back-1", PaymentID: pay.ID, MethodID: MethodCash, Day: "2026-11-04", Amount: 2600}))(t)
		if err := desk.ReleaseInvoice(ctx, old.ID, "2026-11-05"); err != nil { // by hand: no refund opened that
			t.Fatal(err)
		}
		second := must(desk.Refund(ctx, NewRefund{Key: "back-2", PaymentID: pay.ID, MethodID: MethodCash, Day: "2026-11-06", Amount: 300}))(t)
		p := must(mine.Payment(ctx, pay.ID))(t)
		if !slices.Equal(p.GivenBack, []GivenBack{{first.ID, first.ReceiptNumber, "2026-11-04", money.Of(2600, eur)}, {second.ID, second.ReceiptNumber, "2026-11-06", money.Of(300, eur)}}) {
			t.Errorf("given back: %+v", p.GivenBack)
		}
		sum := p.Unallocated
		for _, x := range p.Covers {
			sum += x.Amount.Minor
		}
		for _, x := range p.GivenBack {
			sum += x.Amount.Minor
		}
		if sum != p.Amount {
			t.Errorf("the payment of %d is told as %d", p.Amount, sum)
		}
		r := must(mine.Payment(ctx, first.ID))(t)
		if !slices.Equal(r.Of, []GivenBack{{pay.ID, pay.ReceiptNumber, "2026-11-03", money.Of(2600, eur)}}) {
			t.Errorf("the refund is of %+v", r.Of)
		}
		if !slices.Equal(r.Opened, []Covered{{young.ID, young.Number, money.Of(2000, eur)}, {old.ID, old.Number, money.Of(100, eur)}}) {
			t.Errorf("the refund opened %+v", r.Opened)
		}
		if r = must(mine.Payment(ctx, second.ID))(t); len(r.Opened) != 0 || len(r.Of) != 1 {
			t.Errorf("the second refund opened %+v of %+v", r.Opened, r.Of)
		}
		inv := must(mine.Invoice(ctx, young.ID, "2026-11-07"))(t)
		if !slices.Equal(inv.GivenBack, []GivenBack{{first.ID, first.ReceiptNumber, "2026-11-04", money.Of(2000, eur)}}) {
			t.Errorf("the invoice was opened by %+v", inv.GivenBack)
		}

		// A refund that was recorded by mistake opened nothing, and gave nothing back.
		for _, id := range []int64{second.ID, first.ID} {
			if err := desk.DeletePayment(ctx, id, Reversal{"2026-11-08", why}); err != nil {
				t.Fatal(err)
			}
		}
		p, r, inv = must(mine.Payment(ctx, pay.ID))(t), must(mine.Payment(ctx, first.ID))(t), must(mine.Invoice(ctx, young.ID, "2026-11-09"))(t)
		if len(p.GivenBack)+len(r.Of)+len(r.Opened)+len(inv.GivenBack) != 0 {
			t.Errorf("after it was cancelled: %+v, %+v, %+v, %+v", p.GivenBack, r.Of, r.Opened, inv.GivenBack)
		}
		if err := desk.DeletePayment(ctx, pay.ID, Reversal{"2026-11-09", why}); err != nil {
			t.Fatal(err)
		}
		if p = must(mine.Payment(ctx, pay.ID))(t); len(p.GivenBack) != 0 {
			t.Errorf("a payment that was cancelled gave back %+v", p.GivenBack)
		}
		pro := must(s.IssueProforma(ctx, NewProforma{Party: c, Day: "2026-11-10", DueDay: "2026-11-20", Items: []Item{item("ahead", 2500)}}))(t)
		ahead := must(desk.RecordPayment(ctx, NewPayment{Key: "pay-2", Party: c, MethodID: MethodCash, Day: "2026-11-11", Amount: 2600, ProformaID: pro.ID}))(t)
		if got := must(desk.RefundOpens(ctx, ahead.ID, 100))(t); len(got) != 0 {
			t.Errorf("what was paid above a proforma invoice: %v", got)
		}
		if got := must(desk.RefundOpens(ctx, ahead.ID, 101))(t); !slices.Equal(got, []Reopened{{Name: pro.Number, Amount: money.Of(2500, eur)}}) {
			t.Errorf("what paid a proforma invoice: %v", got)
		}
		clean(t, ctx, s)
	})
}
