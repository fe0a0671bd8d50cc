package finance

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"myisp/models/db"
	"myisp/models/db/dbtest"

	"pgregory.net/rapid"
)

const sandbox = "sandbox"

var testFee = Item{Description: "Card fee", Price: 30}

func begin(t testing.TB, s *Store, c Party, key string, n NewAttempt) Attempt {
	t.Helper()
	n.Key, n.Party, n.Gateway, n.MethodID, n.Open = strings.Repeat("k", 16)+key, c, sandbox, MethodCard, 30*time.Minute
	a, err := s.Of(c.CustomerID).BeginAttempt(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Started(context.Background(), a.ID, "x-"+key, "https://gateway.example/"+key); err != nil {
		t.Fatal(err)
	}
	return a
}

func invoiceOf(t testing.TB, s *Store, c Party, price int64) Invoice {
	t.Helper()
	return must(s.IssueInvoice(context.Background(), NewInvoice{Party: c, Day: "2026-11-01", DueDay: "2026-11-15", Items: []Item{item("Fiber", price)}}))(t)
}

func proveBooks(t testing.TB, s *Store) {
	t.Helper()
	if r := must(s.Verify(context.Background()))(t); len(r.Findings) > 0 {
		t.Fatalf("books: %v", r.Findings)
	}
}

// A paid attempt pays its invoice and its fee; a notice that comes a thousand times books once (scar 1).
func TestSettleOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		inv := invoiceOf(t, s, c, 4_000)
		a := begin(t, s, c, "1", NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: 4_000, Fee: 30})
		paid := Outcome{State: AttemptPaid, Currency: eur, Received: 4_030, Method: "Visa •••• 4242", Day: "2026-11-20"}
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 8 {
					if _, err := s.Settle(ctx, a.ID, paid, testFee); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := balance(t, ctx, s, c.CustomerID); got != 0 {
			t.Errorf("balance %d", got)
		}
		list := must(s.Of(c.CustomerID).Payments(ctx, Filter{}))(t)
		if len(list.Rows) != 1 || list.Rows[0].Amount != 4_030 || list.Rows[0].Unallocated != 0 {
			t.Errorf("payments: %+v", list.Rows)
		}
		a, _, err := s.Of(c.CustomerID).Attempt(ctx, a.ID)
		if err != nil || a.State != AttemptPaid || a.CheckAt != nil || a.SettledAt == nil {
			t.Errorf("attempt: %+v %v", a, err)
		}
		proveBooks(t, s)
	})
}

// One invoice is paid by one attempt at a time, and 64 presses of one form are one attempt.
func TestBeginOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		inv := invoiceOf(t, s, c, 4_000)
		n := NewAttempt{Key: strings.Repeat("f", 32), Party: c, Gateway: sandbox, MethodID: MethodCard, Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: 4_000, Open: time.Hour}
		ids := make([]int64, 64)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				a, err := s.Of(c.CustomerID).BeginAttempt(ctx, n)
				if err != nil {
					t.Error(err)
				}
				ids[i] = a.ID
			})
		}
		wg.Wait()
		for _, id := range ids {
			if id != ids[0] || id == 0 {
				t.Fatalf("attempts %v", ids)
			}
		}
		n.Key = strings.Repeat("g", 32)
		if _, err := s.Of(c.CustomerID).BeginAttempt(ctx, n); db.KindOf(err) != db.Conflict {
			t.Errorf("a second window: %v", err)
		}
		other := customer(t, d, 2)
		if _, err := s.Of(other.CustomerID).BeginAttempt(ctx, n); db.KindOf(err) != db.NotFound {
			t.Errorf("somebody else's invoice: %v", err)
		}
		n.Key, n.DocumentIDs, n.Purpose = strings.Repeat("f", 32), nil, PayAhead
		if _, err := s.Of(other.CustomerID).BeginAttempt(ctx, n); db.KindOf(err) != db.NotFound {
			t.Errorf("somebody else's key: %v", err)
		}
	})
}

// What does not fit is refused before anything is written.
func TestBeginRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		inv := invoiceOf(t, s, c, 4_000)
		for name, change := range map[string]func(n *NewAttempt){
			"zero": func(n *NewAttempt) { n.Amount = 0 }, "negative": func(n *NewAttempt) { n.Amount = -1 }, "huge": func(n *NewAttempt) { n.Amount = 1 << 62 },
			"too much": func(n *NewAttempt) { n.Amount = 4_001 }, "negative fee": func(n *NewAttempt) { n.Fee = -1 }, "short key": func(n *NewAttempt) { n.Key = "k" },
			"odd key": func(n *NewAttempt) { n.Key = strings.Repeat("'", 20) }, "wrong currency": func(n *NewAttempt) { n.Party.Currency = "USD" },
			"no such invoice": func(n *NewAttempt) { n.DocumentIDs = []int64{999} }, "twice": func(n *NewAttempt) { n.DocumentIDs = []int64{inv.ID, inv.ID} },
			"nothing to pay": func(n *NewAttempt) { n.DocumentIDs = nil }, "no gateway": func(n *NewAttempt) { n.Gateway = "" },
		} {
			n := NewAttempt{Key: strings.Repeat("k", 32), Party: c, Gateway: sandbox, MethodID: MethodCard, Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: 4_000, Open: time.Hour}
			change(&n)
			if _, err := s.Of(c.CustomerID).BeginAttempt(ctx, n); err == nil || db.KindOf(err) == db.Internal {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := must(d.Rows(ctx, "payment_attempts"))(t); n != 0 {
			t.Errorf("%d attempts were written", n)
		}
	})
}

// Another amount or currency than asked for is held for staff; nothing is booked, and the invoice is not offered again.
func TestSettleHolds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		inv := invoiceOf(t, s, c, 4_000)
		for i, r := range []Outcome{{State: AttemptPaid, Currency: eur, Received: 3_999}, {State: AttemptPaid, Currency: "USD", Received: 4_000}, {State: AttemptPaid, Currency: eur, Received: 4_000, Returned: 4_001}} {
			r.Day = "2026-11-20"
			x := customer(t, d, int64(10+i))
			own := invoiceOf(t, s, x, 4_000)
			a := begin(t, s, x, fmt.Sprint(i), NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{own.ID}, Amount: 4_000})
			a, err := s.Settle(ctx, a.ID, r, testFee)
			if err != nil || a.State != AttemptHeld || balance(t, ctx, s, x.CustomerID) != -4_000 {
				t.Errorf("%d: %s %v, balance %d", i, a.State, err, balance(t, ctx, s, x.CustomerID))
			}
		}
		a := begin(t, s, c, "p", NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: 4_000})
		for _, step := range []struct {
			r       Outcome
			state   AttemptState
			stored  Status
			balance int64
		}{
			{Outcome{State: AttemptPending, Currency: eur}, AttemptPending, StatusPending, -4_000},
			{Outcome{State: AttemptDeclined, Currency: eur, Reason: "funds"}, AttemptDeclined, StatusNotPaid, -4_000},
			{Outcome{State: AttemptPaid, Currency: eur, Received: 4_000}, AttemptPaid, StatusPaid, 0},
			{Outcome{State: AttemptPending, Currency: eur}, AttemptPaid, StatusPaid, 0}, // late news
			{Outcome{State: AttemptPaid, Currency: eur, Received: 4_000, Returned: 1_500}, AttemptPaid, StatusNotPaid, -1_500},
			{Outcome{State: AttemptPaid, Currency: eur, Received: 4_000, Returned: 4_000}, AttemptReturned, StatusNotPaid, -4_000},
			{Outcome{State: AttemptPaid, Currency: eur, Received: 4_000, Returned: 1_500}, AttemptReturned, StatusNotPaid, -4_000},
			{Outcome{State: AttemptPaid, Currency: eur, Received: 4_000, Returned: 4_000, Reinstated: 4_000}, AttemptPaid, StatusPaid, 0},
		} {
			step.r.Day = "2026-11-20"
			a, err := s.Settle(ctx, a.ID, step.r, testFee)
			if err != nil {
				t.Fatal(err)
			}
			row := must(s.Of(c.CustomerID).Invoice(ctx, inv.ID, "2026-11-01"))(t)
			if a.State != step.state || row.Status != step.stored || balance(t, ctx, s, c.CustomerID) != step.balance {
				t.Errorf("after %+v: %s, invoice %s, balance %d", step.r, a.State, row.Status, balance(t, ctx, s, c.CustomerID))
			}
		}
		proveBooks(t, s)
	})
}

// Whatever a gateway tells, in whatever order and however often, the books end where the largest sums say (quality.md, money).
func TestSettleAnyOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		next := int64(100)
		rapid.Check(t, func(rt *rapid.T) {
			next++
			c := customer(t, d, next)
			amount, fee := rapid.Int64Range(1, 9_000).Draw(rt, "amount"), rapid.SampledFrom([]int64{0, 30}).Draw(rt, "fee")
			owed := amount + rapid.Int64Range(0, 500).Draw(rt, "more")
			inv := invoiceOf(t, s, c, owed)
			a := begin(t, s, c, fmt.Sprint(next), NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: amount, Fee: fee})
			life := []Outcome{{State: AttemptOpen}, {State: AttemptPending}}
			if rapid.Bool().Draw(rt, "paid") {
				life = append(life, Outcome{State: AttemptPaid, Received: amount + fee})
				for range rapid.IntRange(0, 3).Draw(rt, "returns") {
					last := life[len(life)-1]
					last.Returned += rapid.Int64Range(0, last.Received+last.Reinstated-last.Returned).Draw(rt, "returned")
					if rapid.Bool().Draw(rt, "won") {
						last.Reinstated += rapid.Int64Range(0, last.Returned-last.Reinstated).Draw(rt, "reinstated")
					}
					life = append(life, last)
				}
			} else {
				life = append(life, Outcome{State: AttemptDeclined, Reason: "funds"})
			}
			told := append(rapid.Permutation(life).Draw(rt, "order"), rapid.SliceOfN(rapid.SampledFrom(life), 0, 6).Draw(rt, "again")...)
			for _, r := range told {
				r.Currency, r.Day = eur, "2026-11-20"
				if _, err := s.Settle(ctx, a.ID, r, testFee); err != nil {
					rt.Fatal(err)
				}
			}
			end := life[len(life)-1]
			expect := -owed + end.Received - end.Returned + end.Reinstated
			if end.Received > 0 {
				expect -= fee
			}
			if got := balance(t, ctx, s, c.CustomerID); got != expect {
				rt.Fatalf("balance %d, expected %d", got, expect)
			}
		})
		proveBooks(t, s)
	})
}

// Paying all that is owed leaves no invoice open, whatever credit there was beside it.
func TestPayAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCash, Day: "2026-10-01", Amount: 1_000, KeepAsCredit: true}))(t)
		first, second := invoiceOf(t, s, c, 4_000), invoiceOf(t, s, c, 2_000)
		n := NewAttempt{Key: strings.Repeat("a", 20), Party: c, Gateway: sandbox, MethodID: MethodCard, Purpose: PayAll, Amount: 5_001, Open: time.Hour}
		if _, err := s.Of(c.CustomerID).BeginAttempt(ctx, n); db.KindOf(err) != db.Unprocess {
			t.Errorf("more than is owed: %v", err)
		}
		a := begin(t, s, c, "all", NewAttempt{Purpose: PayAll, Amount: 5_000})
		n.Amount = 5_000
		if _, err := s.Of(c.CustomerID).BeginAttempt(ctx, n); db.KindOf(err) != db.Conflict {
			t.Errorf("twice at once: %v", err)
		}
		if _, err := s.Settle(ctx, a.ID, Outcome{State: AttemptPaid, Currency: eur, Received: 5_000, Day: "2026-11-20"}, testFee); err != nil {
			t.Fatal(err)
		}
		for _, id := range []int64{first.ID, second.ID} {
			if inv := must(s.Of(c.CustomerID).Invoice(ctx, id, "2026-11-20"))(t); inv.Due != 0 || inv.Status != StatusPaid {
				t.Errorf("invoice %d: %d due, %s", id, inv.Due, inv.Status)
			}
		}
		if _, err := s.Of(c.CustomerID).BeginAttempt(ctx, n); db.KindOf(err) != db.Conflict {
			t.Errorf("nothing owed: %v", err)
		}
		proveBooks(t, s)
	})
}

// A checkout that nobody comes back from is asked about soon after it is over (35 minutes), so that it ends and stands in nobody's
// way.
func TestOpenIsAskedAboutAtItsEnd(t *testing.T) {
	begun := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	asked := begun
	for i := 0; asked.Sub(begun) <= 35*time.Minute; i++ {
		asked = *nextCheck(AttemptOpen, i, asked)
	}
	if after := asked.Sub(begun); after > 45*time.Minute {
		t.Errorf("asked about after %s", after)
	}
}

// What was charged back, partly won again and charged back again opens the invoice for all of it: each payment of the attempt
// gives its money back. Every one of them leads staff to the attempt, and none can be deleted by hand.
func TestChargebackAfterPartWasWonBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		inv := invoiceOf(t, s, c, 1_000)
		a := begin(t, s, c, "back", NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: 1_000})
		first := int64(0)
		for _, step := range []struct{ returned, reinstated, due int64 }{{0, 0, 0}, {300, 0, 300}, {300, 300, 0}, {800, 300, 500}, {1_300, 300, 1_000}, {1_300, 1_300, 0}, {2_300, 1_300, 1_000},
			{4_000, 3_000, 1_000}} { // the last is what was missed meanwhile: won, lost, won, lost
			got := must(s.Settle(ctx, a.ID, Outcome{State: AttemptPaid, Currency: eur, Received: 1_000, Returned: step.returned, Reinstated: step.reinstated, Day: "2026-11-20"}, testFee))(t)
			first = or(first, got.PaymentID)
			if got.PaymentID != first {
				t.Errorf("after %+v: the attempt names payment %d, not its first one %d", step, got.PaymentID, first)
			}
			if row := must(s.Of(c.CustomerID).Invoice(ctx, inv.ID, "2026-11-01"))(t); row.Due != step.due {
				t.Errorf("after %+v: %d is due", step, row.Due)
			}
			proveBooks(t, s)
		}
		desk := s.Desk(c.CustomerID)
		list := must(s.Of(c.CustomerID).Payments(ctx, Filter{Size: 100}))(t)
		if len(list.Rows) < 6 {
			t.Fatalf("%d payments", len(list.Rows))
		}
		for _, p := range list.Rows {
			if of := must(desk.AttemptOf(ctx, p.ID))(t); of.ID != a.ID {
				t.Errorf("payment %d of %d leads to attempt %d", p.ID, p.Amount, of.ID)
			}
			if err := desk.DeletePayment(ctx, p.ID, Reversal{"2026-11-21", why}); db.KindOf(err) != db.Conflict {
				t.Errorf("payment %d of %d was deleted: %v", p.ID, p.Amount, err)
			}
		}
	})
}

// FIN-4 for all that is owed: the invoices that money on its way will pay in full, with what is in credit, show pending until it
// has come or failed; what it does not reach stays as it was. What is paid in the end is still the oldest first (FIN-3).
func TestPayAllShowsPending(t *testing.T) {
	cases := map[string]struct {
		amount  int64
		pending [3]bool // of invoices of 4000, 2000 and 1000, with a debit of 500 before and 700 of credit
	}{
		"all":            {6_800, [3]bool{true, true, true}},
		"all but a cent": {6_799, [3]bool{true, true, false}},
		"two":            {5_800, [3]bool{true, true, false}},
		"one":            {3_900, [3]bool{true, false, false}},
		"none":           {3_799, [3]bool{}},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, _ := books(t, d)
		next := int64(1)
		for name, c := range cases {
			next++
			p := customer(t, d, next)
			t.Run(name, func(t *testing.T) {
				must(s.AddTransaction(ctx, NewTransaction{Party: p, Day: "2026-10-01", Type: Debit, Item: item("Cable", 500)}))(t)
				must(s.RecordPayment(ctx, NewPayment{Party: p, MethodID: MethodCash, Day: "2026-10-02", Amount: 700, KeepAsCredit: true}))(t)
				invoices := []Invoice{invoiceOf(t, s, p, 4_000), invoiceOf(t, s, p, 2_000), invoiceOf(t, s, p, 1_000)}
				a := begin(t, s, p, fmt.Sprint(p.CustomerID), NewAttempt{Purpose: PayAll, Amount: c.amount})
				look := func(when string, pending [3]bool) {
					t.Helper()
					for i, inv := range invoices {
						if got := must(s.Of(p.CustomerID).Invoice(ctx, inv.ID, "2026-11-20"))(t); (got.Status == StatusPending) != pending[i] {
							t.Errorf("%s: the invoice of %d is %s", when, inv.Total, got.Status)
						}
					}
					proveBooks(t, s)
				}
				tell := func(r Outcome) {
					r.Currency, r.Day = eur, "2026-11-20"
					must(s.Settle(ctx, a.ID, r, testFee))(t)
				}
				look("begun", [3]bool{})
				tell(Outcome{State: AttemptPending})
				look("on its way", c.pending)
				tell(Outcome{State: AttemptDeclined, Reason: "funds"})
				look("declined", [3]bool{})
				older := must(s.IssueInvoice(ctx, NewInvoice{Party: p, Day: "2026-10-15", Items: []Item{item("Older", 300)}}))(t)
				tell(Outcome{State: AttemptPaid, Received: c.amount})
				look("paid", [3]bool{})
				if got := must(s.Of(p.CustomerID).Invoice(ctx, older.ID, "2026-11-20"))(t); got.Due != 0 {
					t.Errorf("the oldest invoice is not paid first: %d due", got.Due)
				}
			})
		}
	})
}
