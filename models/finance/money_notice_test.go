package finance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/job"
)

// moneyTold lists the letters about money that wait in the queue, "kind amount", sorted.
func moneyTold(t testing.TB, s *Store) (list []string) {
	t.Helper()
	var rows []job.Job
	if err := s.d.Q(context.Background()).Where("kind = ?", JobMoneyNotice).Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	for _, j := range rows {
		var n MoneyNotice
		if err := s.jobs.Decode(&j, &n); err != nil {
			t.Fatal(err)
		}
		if n.CustomerID != 1 || (n.AttemptID == 0 && n.PaymentID == 0) {
			t.Errorf("a letter to %d about attempt %d and payment %d", n.CustomerID, n.AttemptID, n.PaymentID)
		}
		list = append(list, fmt.Sprintf("%s %d", n.Kind, n.Minor))
	}
	slices.Sort(list)
	return list
}

func forget(t testing.TB, s *Store) {
	t.Helper()
	if err := s.d.Q(context.Background()).Where("1 = 1").Delete(&job.Job{}).Error; err != nil {
		t.Fatal(err)
	}
}

// What became of a payment is told once, however often and in whatever order gateways report it, from many sides at once, and
// after the queue has forgotten: a debit that bounced; what was given back as staff asked; what was charged back besides.
func TestMoneyIsToldOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		report := func(state AttemptState, received, returned int64) Outcome {
			return Outcome{State: state, Currency: eur, Received: received, Returned: returned, Day: "2026-11-20"}
		}
		many := func(a Attempt, reports ...Outcome) {
			t.Helper()
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for range 125 {
						if _, err := s.Settle(ctx, a.ID, reports[rand.IntN(len(reports))], testFee); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			for _, r := range reports { // each was told at least once
				must(s.Settle(ctx, a.ID, r, testFee))(t)
			}
		}
		bounced := begin(t, s, c, "1", NewAttempt{Purpose: PayAhead, Amount: 4_000})
		must(s.Settle(ctx, bounced.ID, report(AttemptPending, 0, 0), testFee))(t)
		many(bounced, report(AttemptPending, 0, 0), report(AttemptDeclined, 0, 0), report(AttemptCancelled, 0, 0))
		if got := moneyTold(t, s); !slices.Equal(got, []string{"bounced 4000"}) {
			t.Fatalf("a debit that bounced: %v", got)
		}
		forget(t, s)
		many(bounced, report(AttemptPending, 0, 0), report(AttemptDeclined, 0, 0))
		if got := moneyTold(t, s); len(got) != 0 {
			t.Errorf("after the queue forgot: %v", got)
		}

		back := begin(t, s, c, "2", NewAttempt{Purpose: PayAhead, Amount: 4_000})
		paid := must(s.Settle(ctx, back.ID, report(AttemptPaid, 4_000, 0), testFee))(t)
		must(s.Desk(1).BeginRefund(ctx, paid.PaymentID, 1_000, "", ""))(t)
		forget(t, s)
		many(back, report(AttemptPending, 0, 0), report(AttemptPaid, 4_000, 0), report(AttemptPaid, 4_000, 1_000), report(AttemptPaid, 4_000, 4_000))
		if got := moneyTold(t, s); !slices.Equal(got, []string{"given_back 1000", "taken_back 3000"}) {
			t.Errorf("given and taken back: %v", got)
		}
		forget(t, s)
		many(back, report(AttemptPaid, 4_000, 0), report(AttemptPaid, 4_000, 1_000), report(AttemptPaid, 4_000, 4_000))
		if got := moneyTold(t, s); len(got) != 0 {
			t.Errorf("after the queue forgot: %v", got)
		}
		clean(t, ctx, s)
	})
}

// Home tells of the money that was lost last, until it is put away, or was paid after all, or is fourteen days old.
func TestLostMoneyOnHome(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
		ctx, s, c := books(t, d)
		report := func(a Attempt, state AttemptState, sums ...int64) Attempt {
			sums = append(sums, 0, 0, 0)
			return must(s.Settle(ctx, a.ID, Outcome{State: state, Currency: eur, Received: sums[0], Returned: sums[1], Reinstated: sums[2], Day: "2026-11-20"}, testFee))(t)
		}
		lost := func(want int64, why string) {
			t.Helper()
			if sum := must(s.Of(1).Summary(ctx, "2026-11-20"))(t); sum.LostID != want {
				t.Errorf("%s: home tells of %d, want %d", why, sum.LostID, want)
			}
		}
		a := begin(t, s, c, "1", NewAttempt{Purpose: PayAhead, Amount: 4_000})
		report(a, AttemptDeclined)
		lost(0, "declined at once, while the customer looked")
		report(a, AttemptPending)
		lost(0, "on its way")
		if a = report(a, AttemptDeclined); a.LostAt == nil {
			t.Fatal("it did not bounce")
		}
		lost(a.ID, "bounced")
		if m, taken := a.Lost(); m.Minor != 4_000 || taken {
			t.Errorf("lost: %s, taken %v", m, taken)
		}
		if other := customer(t, d, 2); must(s.Of(other.CustomerID).Summary(ctx, "2026-11-20"))(t).LostID != 0 {
			t.Error("another customer is told of it")
		}
		if err := s.Of(2).LostSeen(ctx, a.ID); db.KindOf(err) != db.NotFound {
			t.Errorf("another customer put it away: %v", err)
		}
		now = now.AddDate(0, 0, 14)
		lost(0, "after fourteen days")
		now = now.Add(-time.Hour)
		lost(a.ID, "an hour before")
		report(a, AttemptPaid, 4_000)
		lost(0, "paid after all")
		a = report(a, AttemptPaid, 4_000, 1_500)
		lost(a.ID, "charged back")
		if m, taken := a.Lost(); m.Minor != 1_500 || !taken {
			t.Errorf("taken: %s, %v", m, taken)
		}
		if err := s.Of(1).LostSeen(ctx, a.ID); err != nil {
			t.Fatal(err)
		}
		lost(0, "put away")
		now = now.Add(time.Hour)
		report(a, AttemptPaid, 4_000, 4_000)
		lost(a.ID, "more was charged back")
		report(a, AttemptPaid, 4_000, 4_000, 4_000)
		lost(0, "won again")
		clean(t, ctx, s)
	})
}

// Staff's own doings are told once each, and only of what the customer knows: a payment that was cancelled before its receipt was
// mailed is told of no more, and its receipt is not mailed afterwards. Imports and pretend data write to nobody.
func TestDeskMoneyIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		desk := s.Desk(1)
		pay := must(desk.RecordPayment(ctx, NewPayment{Key: "pay-1", Party: c, MethodID: MethodCash, Day: "2026-11-02", Amount: 1500}))(t)
		unknown := must(desk.RecordPayment(ctx, NewPayment{Key: "pay-2", Party: c, MethodID: MethodCash, Day: "2026-11-02", Amount: 900}))(t)
		for range 2 {
			must(desk.Refund(ctx, NewRefund{Key: "back-1", PaymentID: pay.ID, MethodID: MethodCash, Day: "2026-11-03", Amount: 700}))(t)
		}
		quiet := must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: MethodCash, Day: "2026-11-03", Amount: 100, Quiet: true}))(t)
		must(s.Refund(ctx, NewRefund{PaymentID: quiet.ID, Day: "2026-11-03", Amount: 100, Source: SourceImport}))(t)
		if got := moneyTold(t, s); !slices.Equal(got, []string{"given_back 700"}) {
			t.Errorf("a refund: %v", got)
		}
		back := must(s.Of(1).Payment(ctx, pay.ID))(t).GivenBack[0]
		for _, id := range []int64{back.PaymentID, pay.ID} { // their receipts went out
			if ok, err := s.MailReceipt(ctx, id); !ok || err != nil {
				t.Fatal(ok, err)
			}
		}
		for _, id := range []int64{back.PaymentID, pay.ID, unknown.ID} {
			for range 2 {
				if err := desk.DeletePayment(ctx, id, Reversal{"2026-11-04", why}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := moneyTold(t, s); !slices.Equal(got, []string{"cancelled 1500", "cancelled 700", "given_back 700"}) {
			t.Errorf("cancelled: %v", got)
		}
		if ok, err := s.MailReceipt(ctx, unknown.ID); ok || err != nil {
			t.Errorf("the receipt of a cancelled payment would be mailed: %v", err)
		}
	})
}

// A debit of autopay that bounces is told by autopay, which knows when it tries again; home tells of it all the same.
func TestAutopayTellsItsOwnBounce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		invoiceOf(t, s, c, 4_000)
		agree(t, s, c, kept(t, s, c, "tok_1"), RuleDue, 0, 0, "2026-11-10")
		a := charge(t, s, c, "2026-11-16", AttemptPending, "")
		answerTo(t, s, a, AttemptDeclined, "funds", "2026-11-16")
		if got := moneyTold(t, s); len(got) != 0 {
			t.Errorf("%v", got)
		}
		if sum := must(s.Of(1).Summary(ctx, "2026-11-16"))(t); sum.LostID != a.ID {
			t.Errorf("home tells of %d", sum.LostID)
		}
	})
}
