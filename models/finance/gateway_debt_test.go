package finance

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// With a gateway that takes the whole debt alone nobody pays less than what is owed and not on its way (§2.8): not a part, not one of
// several invoices, no proforma invoice, no money added below it. Refused, nothing is written, and no try is counted.
func TestCoversDebt(t *testing.T) {
	type made struct{ a, b, proforma int64 }
	all := func(amount int64) func(made) NewAttempt {
		return func(made) NewAttempt { return NewAttempt{Purpose: PayAll, Amount: amount} }
	}
	ahead := func(amount int64) func(made) NewAttempt {
		return func(made) NewAttempt { return NewAttempt{Purpose: PayAhead, Amount: amount} }
	}
	one := func(amount int64) func(made) NewAttempt {
		return func(m made) NewAttempt {
			return NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{m.a}, Amount: amount}
		}
	}
	both := func(m made) NewAttempt {
		return NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{m.a, m.b}, Amount: 4_840}
	}
	proforma := func(m made) NewAttempt {
		return NewAttempt{Purpose: PayProforma, DocumentIDs: []int64{m.proforma}, Amount: 9_000}
	}
	// Two invoices of 30.00 and 18.40 are open, and a proforma invoice of 90.00, unless a case says otherwise.
	for name, c := range map[string]struct {
		also string // what else has happened
		ask  func(made) NewAttempt
		may  bool
	}{
		"all of it":                         {"", all(4_840), true},
		"a part of all":                     {"", all(4_839), false},
		"one of two":                        {"", one(3_000), false},
		"a part of one":                     {"", one(100), false},
		"both by name":                      {"", both, true},
		"both, beside a charge":             {"charge", both, false},
		"all, with a charge":                {"charge", all(4_940), true},
		"all, less what is in credit":       {"credit", all(4_340), true},
		"both, though some is in credit":    {"credit", both, true},
		"one, though some is in credit":     {"credit", one(3_000), false},
		"one, as credit covers the rest":    {"much credit", one(3_000), true},
		"the rest of what is on its way":    {"on its way", all(1_840), true},
		"a part of that":                    {"on its way", all(1_839), false},
		"added, less than is owed":          {"", ahead(4_839), false},
		"added, as much as is owed":         {"", ahead(4_840), true},
		"added, and nothing is owed":        {"paid", ahead(1), true},
		"a proforma invoice":                {"", proforma, false},
		"a proforma invoice, nothing owed":  {"paid", proforma, true},
		"a proforma invoice of credit":      {"much credit and more", proforma, true},
		"a gateway that takes what it gets": {"other", one(3_000), true},
		"a debt in another currency":        {"dollars", ahead(1), true},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				ctx, s, p := books(t, d)
				me := s.Of(1)
				m := made{invoiceOf(t, s, p, 3_000).ID, invoiceOf(t, s, p, 1_840).ID, must(s.IssueProforma(ctx, NewProforma{Party: p, Day: "2026-11-01", Items: []Item{item("Ahead", 9_000)}}))(t).ID}
				credit := func(n int64) {
					must(s.RecordPayment(ctx, NewPayment{Party: p, MethodID: MethodCash, Day: "2026-11-02", Amount: n, KeepAsCredit: true}))(t)
				}
				switch c.also {
				case "charge":
					must(s.AddTransaction(ctx, NewTransaction{Party: p, Day: "2026-11-02", Type: Debit, Item: item("Call-out", 100)}))(t)
				case "credit":
					credit(500)
				case "much credit":
					credit(1_840)
				case "much credit and more":
					credit(5_000)
				case "paid":
					must(s.RecordPayment(ctx, NewPayment{Party: p, MethodID: MethodCash, Day: "2026-11-02", Amount: 4_840}))(t)
				case "on its way":
					a := begin(t, s, p, "w", one(3_000)(m))
					must(s.Settle(ctx, a.ID, Outcome{State: AttemptPending, Currency: eur, Day: "2026-11-02"}, testFee))(t)
				}
				ruled(t, s, func(g *GatewaySetup) { g.CoversDebt = c.also != "other" })
				n := c.ask(m)
				n.Key, n.Party, n.Gateway, n.MethodID, n.Open = "key-of-an-attempt-by-hand", p, sandbox, MethodCard, openFor
				if c.also == "dollars" {
					n.Party.Currency = "USD"
				}
				asked := 0
				n.May = func(context.Context) error { asked++; return nil }
				before := must(d.Rows(ctx, "payment_attempts"))(t)
				a, err := me.BeginAttempt(ctx, n)
				bad, _ := err.(db.Invalid)
				if c.may != (a.ID != 0) || !c.may && (bad["gateway"] != "pay.error.whole_debt" || asked != 0 || must(d.Rows(ctx, "payment_attempts"))(t) != before) {
					t.Errorf("%+v %v, asked %d times", a, err, asked)
				}
				if c.may {
					return
				}
				n.PayLinkID = 1
				if _, err := me.BeginAttempt(ctx, n); err == nil || err.(db.Invalid)["gateway"] != "pay.error.choose" {
					t.Errorf("a stranger is told: %v", err)
				}
			})
		})
	}
}

// The debt is asked for under the customer's lock: of charges and payments that come at once none leaves something owed that was there
// when it was begun.
func TestCoversDebtAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, p := books(t, d)
		ruled(t, s, func(g *GatewaySetup) { g.CoversDebt = true })
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				if _, err := s.IssueInvoice(ctx, NewInvoice{Party: p, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{item("Fiber", 100)}}); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				n := NewAttempt{Key: fmt.Sprint("key-of-an-attempt-", i), Party: p, Gateway: sandbox, MethodID: MethodCard, Purpose: PayAhead, Amount: 800, Open: openFor}
				var owed int64
				n.May = func(ctx context.Context) error { // it runs under the lock, after the debt was asked for
					b, err := s.Of(1).Balance(ctx)
					owed = -b.Minor
					return err
				}
				if a, err := s.Of(1).BeginAttempt(ctx, n); a.ID != 0 && owed > 800 || err != nil && db.KindOf(err) != db.Unprocess {
					t.Errorf("800 was taken while %d was owed: %v", owed, err)
				}
			})
		}
		wg.Wait()
	})
}

// Autopay that would charge less than the whole debt is not tried with such a gateway: the customer sees and is told that it cannot
// charge, and it goes on when all that is owed is due. A charge above the customer's bound is told of as that.
func TestCoversDebtAutopay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, p := books(t, d)
		m := kept(t, s, p, "a")
		ruled(t, s, func(g *GatewaySetup) { g.CoversDebt = true })
		invoiceOf(t, s, p, 4_000)
		must(s.IssueInvoice(ctx, NewInvoice{Party: p, Day: "2026-11-01", DueDay: "2026-11-20", Items: []Item{item("Later", 1_000)}}))(t)
		agree(t, s, p, m, RuleDue, 0, 0, "2026-11-02")
		forget(t, s)
		for _, today := range []db.Day{"2026-11-15", "2026-11-16", "2026-11-17"} {
			if a := charge(t, s, p, today, AttemptPaid, ""); a.ID != 0 {
				t.Errorf("%s: %+v", today, a)
			}
		}
		var letters int64
		if err := d.Q(ctx).Raw("SELECT COUNT(*) FROM jobs WHERE kind = ?", JobMethodNotice).Scan(&letters).Error; err != nil || letters != 1 {
			t.Errorf("%d letters %v", letters, err)
		}
		if next := must(s.Of(1).NextCharge(ctx, "2026-11-17", all))(t); next.Stuck != StuckDebt || next.Amount.Minor != 4_000 {
			t.Errorf("the page says %+v", next)
		}
		if a := charge(t, s, p, "2026-11-20", AttemptPaid, ""); a.Amount != 5_000 || balance(t, ctx, s, 1) != 0 {
			t.Errorf("when all is due: %+v", a)
		}
		invoiceOf(t, s, p, 4_000)
		agree(t, s, p, m, RuleDay, 25, 3_999, "2026-11-21")
		if a := charge(t, s, p, "2026-11-25", AttemptPaid, ""); a.ID != 0 || lastCharge(t, s, p).State != ChargeTooMuch {
			t.Errorf("above the bound: %+v %+v", a, lastCharge(t, s, p))
		}
		proveBooks(t, s)
	})
}
