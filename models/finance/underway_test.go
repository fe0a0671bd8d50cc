package finance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// errUndo takes a trial back.
var errUndo = errors.New("undo")

// What a gateway tells of above what was booked is never booked by itself: staff are told once for each new sum, the rest of
// what it tells goes on as before, and what is booked and what the gateway has stay the same (FIN-7).
func TestSettleMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		inv := invoiceOf(t, s, c, 4_000)
		a := begin(t, s, c, "m", NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: 4_000})
		for i, step := range []struct {
			r       Outcome
			note    bool // staff have dealt with it before this report
			state   AttemptState
			waits   bool
			balance int64
		}{
			{Outcome{Currency: eur, Received: 4_000}, false, AttemptPaid, false, 0},
			{Outcome{Currency: eur, Received: 8_000}, false, AttemptPaid, true, 0},
			{Outcome{Currency: eur, Received: 8_000}, true, AttemptPaid, false, 0},
			{Outcome{Currency: eur, Received: 8_000, Returned: 4_000}, false, AttemptPaid, false, 0},                       // the rest went back
			{Outcome{Currency: eur, Received: 8_000, Returned: 5_000}, false, AttemptPaid, false, -1_000},                  // and a part of ours
			{Outcome{Currency: eur, Received: 9_000, Returned: 5_000}, false, AttemptPaid, true, -1_000},                   // more still
			{Outcome{Currency: "USD", Received: 9_000, Returned: 9_000}, true, AttemptPaid, true, -1_000},                  // only the word of it
			{Outcome{Currency: eur, Received: 9_000, Returned: 9_000, Reinstated: 0}, true, AttemptReturned, true, -4_000}, // all of it went back
		} {
			if step.note {
				if _, err := s.CloseHeld(ctx, a.ID, "given back there"); err != nil {
					t.Fatal(i, err)
				}
			}
			step.r.Day, step.r.State = "2026-11-20", AttemptPaid
			var err error
			a, err = s.Settle(ctx, a.ID, step.r, testFee)
			if err != nil {
				t.Fatal(i, err)
			}
			held := must(s.HeldAttempts(ctx))(t)
			if a.State != step.state || a.Waits() != step.waits || held != map[bool]int64{true: 1}[step.waits] || balance(t, ctx, s, c.CustomerID) != step.balance {
				t.Errorf("%d: %s %q, %d wait, balance %d", i, a.State, a.Reason, held, balance(t, ctx, s, c.CustomerID))
			}
			if _, err := s.AcceptHeld(ctx, a.ID, "2026-11-20", testFee); step.waits && err == nil {
				t.Errorf("%d: the rest was booked by a press", i)
			}
		}
		list, _, err := s.Attempts(ctx, AttemptFilter{State: AttemptHeld, Size: 10})
		if err != nil || len(list) != 1 {
			t.Errorf("staff's list: %d %v", len(list), err)
		}
		proveBooks(t, s)
	})
}

// A charge of which nothing is known stands in the way of everything for the same money until its fate is known, however long
// that takes; a checkout does so while its page is open, and somebody else's never.
func TestInTheWay(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		for i, x := range []struct {
			first  NewAttempt
			state  AttemptState
			by     int64 // the link that the second attempt comes with
			at, in bool  // in the way at once, and in an hour
			left   int   // checkouts that may be left for the second
		}{
			{NewAttempt{}, AttemptOpen, 0, true, false, 1},
			{NewAttempt{}, AttemptPending, 0, true, true, 0},
			{NewAttempt{}, AttemptHeld, 0, true, true, 0},
			{NewAttempt{}, AttemptDeclined, 0, false, false, 0},
			{NewAttempt{SavedMethodID: 1}, AttemptNew, 0, true, true, 0},
			{NewAttempt{PayLinkID: 7}, AttemptOpen, 0, false, false, 0},
			{NewAttempt{PayLinkID: 7}, AttemptOpen, 7, true, false, 1},
			{NewAttempt{PayLinkID: 7}, AttemptOpen, 8, true, false, 0},
			{NewAttempt{PayLinkID: 7}, AttemptPending, 0, true, true, 0},
			{NewAttempt{}, AttemptOpen, 7, true, false, 0},
		} {
			who := customer(t, d, int64(100+i))
			inv := invoiceOf(t, s, who, 4_000)
			n := x.first
			n.Key, n.Party, n.Gateway, n.MethodID, n.Open = fmt.Sprintf("a-key-that-is-long-%d", i), who, sandbox, MethodCard, 30*time.Minute
			n.Purpose, n.DocumentIDs, n.Amount = PayInvoices, []int64{inv.ID}, 4_000
			a := must(s.Of(who.CustomerID).BeginAttempt(ctx, n))(t)
			if err := d.Q(ctx).Model(&Attempt{}).Where("id = ?", a.ID).Update("state", x.state).Error; err != nil {
				t.Fatal(err)
			}
			for _, want := range []bool{x.at, x.in} {
				for _, purpose := range []Purpose{PayInvoices, PayAll} {
					second := n
					second.Key, second.PayLinkID, second.SavedMethodID, second.Purpose = n.Key+"-again", x.by, 0, purpose
					if purpose == PayAll {
						second.DocumentIDs = nil
					}
					err := s.d.Tx(ctx, func(inner context.Context) error {
						if _, err := s.Of(who.CustomerID).BeginAttempt(inner, second); err != nil {
							return err
						}
						return errUndo
					})
					if IsUnderway(err) != want {
						t.Errorf("%d %s: %v, want in the way %v", i, purpose, err, want)
					}
					if left := must(s.Of(who.CustomerID).Left(ctx, second))(t); want && len(left) != x.left {
						t.Errorf("%d %s: %d may be left", i, purpose, len(left))
					}
				}
				now = now.Add(time.Hour)
			}
		}
	})
}

// The account that counts is one that is owed on: a newer one in another currency, even an empty one, hides no debt (X7).
func TestForemostAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		invoiceOf(t, s, c, 4_000)
		dollars := c
		dollars.Currency = "USD"
		is := func(want string) {
			t.Helper()
			sum := must(s.Of(c.CustomerID).Summary(ctx, "2026-11-20"))(t)
			if b := must(s.Of(c.CustomerID).Balance(ctx))(t); b.String() != want || sum.Balance != b {
				t.Errorf("%s and %s, want %s", b, sum.Balance, want)
			}
		}
		is("-40.00 EUR")
		begin(t, s, dollars, "usd", NewAttempt{Purpose: PayAhead, Amount: 9_000})
		is("-40.00 EUR")
		must(s.RecordPayment(ctx, NewPayment{Key: "paid-ahead-in-dollars", Party: dollars, MethodID: MethodCash, Day: "2026-11-20", Amount: 9_000}))(t)
		is("-40.00 EUR")
		must(s.RecordPayment(ctx, NewPayment{Key: "paid-what-was-owed", Party: c, MethodID: MethodCash, Day: "2026-11-20", Amount: 4_000}))(t)
		is("90.00 USD")
	})
}

// What is on its way counts as paid: the rest can be paid meanwhile, of one invoice, of several and of all, to the unit, and
// no more than the rest; a form for more is told so (FIN-4).
func TestRestWhileUnderway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		one, two := invoiceOf(t, s, c, 4_000), invoiceOf(t, s, c, 1_000)
		first := begin(t, s, c, "first", NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{one.ID, two.ID}, Amount: 4_411})
		must(s.Settle(ctx, first.ID, Outcome{State: AttemptPending, Currency: eur, Day: "2026-11-20"}, testFee))(t)
		me := s.Of(c.CustomerID)
		for i, x := range []struct {
			w            Wanted
			whole, came  int64
			settled      bool
			amount       int64 // that is tried
			busy, toobig bool
		}{
			{Wanted{}, 589, 4_411, false, 589, false, false},
			{Wanted{}, 589, 4_411, false, 590, false, true},
			{Wanted{Invoices: []string{fmt.Sprint(two.ID)}}, 589, 411, false, 589, false, false},
			{Wanted{Invoices: []string{fmt.Sprint(two.ID)}}, 589, 411, false, 1_000, false, true},
			{Wanted{Invoices: []string{fmt.Sprint(one.ID)}}, 0, 4_000, true, 1, true, false},
			{Wanted{Invoices: []string{fmt.Sprint(one.ID), fmt.Sprint(two.ID)}}, 589, 4_411, true, 589, true, false},
		} {
			o := must(me.Order(ctx, x.w, "2026-11-20"))(t)
			if o.Whole.Minor != x.whole || o.Coming.Minor != x.came || o.Settled != x.settled {
				t.Errorf("%d: %+v", i, o)
			}
			n := NewAttempt{Key: fmt.Sprintf("a-key-that-is-long-%d", i), Party: c, Gateway: sandbox, MethodID: MethodCard, Open: time.Minute}
			if err := o.Into(&n); IsUnderway(err) != x.busy || err != nil && !x.busy {
				t.Errorf("%d: %v", i, err)
			}
			n.Amount = x.amount
			if n.Purpose = o.Purpose; n.Purpose == PayInvoices {
				n.DocumentIDs = o.IDs(KindInvoice)
			}
			err := s.d.Tx(ctx, func(inner context.Context) error {
				if _, err := me.BeginAttempt(inner, n); err != nil {
					return err
				}
				return errUndo
			})
			if IsUnderway(err) != x.busy || (db.KindOf(err) == db.Unprocess) != x.toobig || !x.busy && !x.toobig && !errors.Is(err, errUndo) {
				t.Errorf("%d: begun: %v", i, err)
			}
		}
	})
}

// A part of all that is owed is spread over what is oldest: what it reaches is not asked for again, what it does not is.
func TestRestWhileAllUnderway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCash, Day: "2026-10-01", Amount: 300, KeepAsCredit: true}))(t)
		one, two := invoiceOf(t, s, c, 4_000), invoiceOf(t, s, c, 1_000)
		part := begin(t, s, c, "part", NewAttempt{Purpose: PayAll, Amount: 4_111})
		must(s.Settle(ctx, part.ID, Outcome{State: AttemptPending, Currency: eur, Day: "2026-11-20"}, testFee))(t)
		me := s.Of(c.CustomerID)
		owed := -balance(t, ctx, s, c.CustomerID)
		for id, left := range map[int64]int64{one.ID: 0, two.ID: owed - 4_111} {
			o := must(me.Order(ctx, Wanted{Invoices: []string{fmt.Sprint(id)}}, "2026-11-20"))(t)
			if o.Whole.Minor != left {
				t.Errorf("of invoice %d %d is asked for, want %d", id, o.Whole.Minor, left)
			}
		}
		if o := must(me.Order(ctx, Wanted{}, "2026-11-20"))(t); o.Whole.Minor != owed-4_111 {
			t.Errorf("of all %d", o.Whole.Minor)
		}
	})
}
