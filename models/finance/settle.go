package finance

import (
	"context"
	"fmt"
	"time"

	"myisp/internal/money"
	"myisp/models/db"

	"gorm.io/gorm/clause"
)

// Outcome is what a gateway says of an attempt. Its three sums are totals since the beginning, so a report that comes twice,
// late, or after a newer one changes nothing: of each sum the largest ever told holds.
type Outcome struct {
	ExternalID string       // the gateway's id of the attempt, should it not be known yet
	State      AttemptState // open, pending, paid, declined or cancelled
	Reason     string       // of a decline; see Attempt
	Currency   money.Currency
	Received   int64 // minor units that the customer has paid in all, fee included
	Returned   int64 // refunded or charged back in all
	Reinstated int64 // of what was charged back, won again in all
	Method     string
	Day        db.Day // of the money, in the partner's zone
}

// Settle brings an attempt and the books in line with a gateway's report. Webhook, return and poller all come here; the
// attempt's row lock makes them take turns, and the keys of what is booked hold the sums, so nothing is booked twice.
// fee says in the customer's language what the attempt's fee is for; see feeItem. An amount or currency that was not asked for is
// held for staff, and nothing is booked.
func (s *Store) Settle(ctx context.Context, attempt int64, r Outcome, fee Item) (Attempt, error) {
	var a Attempt
	err := s.d.Tx(ctx, func(ctx context.Context) error {
		var err error
		if a, err = db.From[Attempt](s.d.Q(ctx)).Where("id = ?", attempt).Take(); err != nil {
			return db.Found(err)
		}
		if err := s.lockCustomer(ctx, a.party()); err != nil {
			return err
		}
		if a, err = db.From[Attempt](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("id = ?", attempt).Take(); err != nil {
			return err
		}
		if err := s.settleLocked(ctx, &a, r, fee); err != nil {
			return err
		}
		return s.d.Q(ctx).Save(&a).Error
	})
	return a, err
}

func (s *Store) settleLocked(ctx context.Context, a *Attempt, r Outcome, fee Item) error {
	now := s.d.Now()
	before, closedByHand := a.State, a.Reason == ReasonClosed
	a.UpdatedAt = now
	if a.ExternalID == nil && r.ExternalID != "" {
		a.ExternalID = &r.ExternalID
	}
	if r.Method != "" {
		a.Method = cut(r.Method, 100)
	}
	closed := closedByHand && a.Received == 0 && r.Received > 0 // booked by hand or sent back: never by itself
	if a.Received > 0 && (r.Received > a.Received || r.Received > 0 && r.Currency != a.Currency) {
		r = a.more(r)
	}
	if closed || r.Received > 0 && (r.Currency != a.Currency || r.Received != a.Amount+a.Fee) || r.Returned > r.Received+r.Reinstated || r.Reinstated > r.Returned {
		return s.hold(a, r, now)
	}
	if err := s.receive(ctx, a, r, fee); err != nil {
		return err
	}
	if err := s.giveAndTake(ctx, a, r); err != nil {
		return err
	}
	switch {
	case a.Received > 0 && a.Returned-a.Reinstated >= a.Received:
		a.State = AttemptReturned
	case a.Received > 0:
		a.State = AttemptPaid
	case before != AttemptHeld || a.Reason == ReasonUnanswered:
		a.State, a.Reason = r.State, r.Reason
	}
	if a.Received > 0 && a.Reason != ReasonMore {
		a.Reason = ""
	}
	if a.State == AttemptPending && a.PendingSince == nil {
		a.PendingSince = &now
	}
	if !closedByHand {
		if err := s.bounced(ctx, a, now); err != nil {
			return err
		}
	}
	if a.State != before {
		a.Checks = 0
	} else {
		a.Checks++
	}
	a.CheckAt = nextCheck(a.State, a.Checks, now)
	if !a.InFlight() && a.SettledAt == nil {
		a.SettledAt = &now
	}
	return s.markPending(ctx, *a)
}

// ReasonMore marks a booked attempt of which the gateway later tells more than was booked: staff have to look at the rest.
const ReasonMore = "more"

// more takes out of a report what is above what is booked. The rest is for staff, who are told of it once; of what has gone
// back it counts first, so that what is booked and what the gateway has stay the same in the end. With another currency there
// is nothing to reckon with but the word of it.
func (a *Attempt) more(r Outcome) Outcome {
	over := r.Received - a.Received
	if r.Received != a.Told || r.Currency != a.ToldCurrency {
		a.Told, a.ToldCurrency, a.Reason = r.Received, r.Currency, ReasonMore
	}
	r.Returned = max(a.Returned, r.Returned-over)
	r.Reinstated = min(r.Reinstated, r.Returned)
	if r.Currency != a.Currency {
		r.Returned, r.Reinstated = a.Returned, a.Reinstated
	}
	r.Currency, r.Received = a.Currency, a.Received
	return r
}

// hold keeps an attempt for staff: the gateway's sums are not those that were asked for.
func (s *Store) hold(a *Attempt, r Outcome, now time.Time) error {
	told := r.Received == a.Told && r.Currency == a.ToldCurrency
	if a.Received == 0 && (a.Reason != ReasonClosed || !told) {
		a.State, a.Reason, a.Told, a.ToldCurrency = AttemptHeld, "mismatch", r.Received, r.Currency
	}
	a.Checks++
	a.CheckAt = nextCheck(a.State, a.Checks, now)
	return nil
}

// receive books what has come in since the last report.
func (s *Store) receive(ctx context.Context, a *Attempt, r Outcome, fee Item) error {
	if r.Received <= a.Received {
		return nil
	}
	docs, err := s.documentsOf(ctx, a.ID)
	if err != nil {
		return err
	}
	n := NewPayment{Key: fmt.Sprintf("attempt:%d:in", a.ID), Party: a.party(), MethodID: a.MethodID, Day: r.Day, Amount: r.Received, Comment: a.Method, AttemptID: a.ID, Source: SourceAuto}
	a.aim(docs, &n)
	if a.Fee > 0 {
		if fee, err = s.feeItem(ctx, *a, fee); err != nil {
			return err
		}
		charge, err := s.AddTransaction(ctx, NewTransaction{Key: fmt.Sprintf("attempt:%d:fee", a.ID), Party: a.party(), Day: r.Day, Type: Debit, Item: fee, Source: SourceAuto, Unsettled: true})
		if err != nil {
			return err
		}
		n.FeeID = charge.ID
	}
	if err := s.clearPending(ctx, *a); err != nil {
		return err
	}
	pay, err := s.RecordPayment(ctx, n)
	if err != nil {
		return err
	}
	a.Received, a.PaymentID = r.Received, pay.ID
	if a.Purpose == PayAll {
		return s.useCredit(ctx, a.party(), r.Day)
	}
	return nil
}

// aim says in a payment what the attempt pays; one for all that is owed settles what is oldest.
func (a Attempt) aim(docs []AttemptDocument, n *NewPayment) {
	n.Oldest = a.Purpose == PayAll
	for _, d := range docs {
		switch {
		case n.Oldest:
		case d.Kind == KindProforma:
			n.ProformaID = d.DocumentID
		default:
			n.InvoiceIDs = append(n.InvoiceIDs, d.DocumentID)
		}
	}
}

// useCredit pays what is open from what the customer has in credit, the oldest first.
func (s *Store) useCredit(ctx context.Context, p Party, day db.Day) error {
	targets, err := s.wanting(ctx, p.CustomerID, p.Currency)
	if err != nil || len(targets) == 0 {
		return err
	}
	sources, err := s.paying(ctx, p.CustomerID, p.Currency, true)
	if err != nil {
		return err
	}
	b := s.book(p.CustomerID, day)
	b.takeAll(sources, targets)
	return b.write(ctx)
}

// giveAndTake books what has gone back since the last report, and what has been won again. A report may tell of several rounds at
// once. What has gone back beyond what was there has gone after more was won, and is booked after it: else it would come off
// the balance, and what was won would pay a document though it has gone.
func (s *Store) giveAndTake(ctx context.Context, a *Attempt, r Outcome) error {
	before := *a
	first, err := s.giveBackAttempt(ctx, a, r.Day, min(r.Returned, a.Received+a.Reinstated))
	if err != nil {
		return err
	}
	if err := s.reinstate(ctx, a, r); err != nil {
		return err
	}
	again, err := s.giveBackAttempt(ctx, a, r.Day, r.Returned)
	if err != nil || r.Returned <= before.Returned {
		return err
	}
	if first.ID == 0 {
		first = again
	}
	return s.wentBack(ctx, a, before, r, first)
}

// reinstate books what has been won again since the last report.
func (s *Store) reinstate(ctx context.Context, a *Attempt, r Outcome) error {
	if r.Reinstated <= a.Reinstated {
		return nil
	}
	docs, err := s.documentsOf(ctx, a.ID)
	if err != nil {
		return err
	}
	n := NewPayment{Key: fmt.Sprintf("attempt:%d:again:%d", a.ID, r.Reinstated), Party: a.party(), MethodID: a.MethodID, Day: r.Day,
		Amount: r.Reinstated - a.Reinstated, Comment: a.Method, AttemptID: a.ID, Source: SourceAuto}
	a.aim(docs, &n)
	if _, err := s.RecordPayment(ctx, n); err != nil {
		return err
	}
	a.Reinstated = r.Reinstated
	return s.settleDebits(ctx, a.party(), r.Day) // the fee, which was open again
}

// giveBackAttempt books what has gone back up to a total. It reverses as much as is left of what the attempt brought, what was
// won back last first; the rest, which staff may have refunded by hand already, comes off the balance. It returns the refund, the
// first if it is several.
func (s *Store) giveBackAttempt(ctx context.Context, a *Attempt, day db.Day, total int64) (back Payment, err error) {
	left := total - a.Returned
	if left <= 0 {
		return back, nil
	}
	a.Returned = total
	brought, err := db.From[Payment](s.d.Q(ctx)).Where("customer_id = ? AND attempt_id = ? AND amount > 0", a.CustomerID, a.ID).Order("id DESC").Find()
	if err != nil {
		return back, err
	}
	n := NewRefund{Party: a.party(), MethodID: a.MethodID, Day: day, Comment: a.Method, AttemptID: a.ID, Source: SourceAuto}
	for _, p := range brought {
		gone, err := s.gone(ctx, p.ID)
		if err != nil {
			return back, err
		}
		if n.Amount = min(left, p.Amount-gone); n.Amount <= 0 {
			continue
		}
		n.Key, n.PaymentID = fmt.Sprintf("attempt:%d:out:%d:%d", a.ID, total, p.ID), p.ID
		one, err := s.Refund(ctx, n)
		if err != nil {
			return back, err
		}
		if back.ID == 0 {
			back = one
		}
		left -= n.Amount
	}
	if left <= 0 {
		return back, nil
	}
	n.Key, n.PaymentID, n.Amount, n.AllowDebt = fmt.Sprintf("attempt:%d:out:%d:rest", a.ID, total), 0, left, true
	last, err := s.Refund(ctx, n)
	if back.ID == 0 {
		back = last
	}
	return back, err
}

// gone is how much of a payment has gone back: what of it paid refunds.
func (s *Store) gone(ctx context.Context, payment int64) (amount int64, err error) {
	err = s.d.Q(ctx).Raw(`SELECT CAST(COALESCE(SUM(a.amount), 0) AS BIGINT) FROM allocations a JOIN transactions t ON t.id = a.transaction_id
		WHERE a.source_kind = ? AND a.source_id = ? AND t.payment_id <> 0`, FromPayment, payment).Scan(&amount).Error
	return amount, err
}

// checkEvery says how long to wait before a gateway is asked again, by how often it has been asked in this state. Ends are
// asked about too, twice: a customer may have paid after all in a page that was left open. A checkout is asked about soon after
// its time is up, and ended then.
var checkEvery = map[AttemptState][]time.Duration{
	AttemptNew:       {2 * time.Minute, 10 * time.Minute},
	AttemptOpen:      {time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour},
	AttemptPending:   {5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour},
	AttemptDeclined:  {30 * time.Minute, 24 * time.Hour},
	AttemptCancelled: {30 * time.Minute, 24 * time.Hour},
}

// nextCheck is when to ask next; nil is never. Money on the way is asked about until it has come.
func nextCheck(state AttemptState, checks int, now time.Time) *time.Time {
	waits := checkEvery[state]
	if state == AttemptPending && checks >= len(waits) {
		checks = len(waits) - 1
	}
	if checks >= len(waits) {
		return nil
	}
	at := now.Add(waits[checks])
	return &at
}

// DueChecks lists attempts whose gateway is to be asked now, the longest waiting first.
func (s *Store) DueChecks(ctx context.Context, limit int) ([]Attempt, error) {
	return db.From[Attempt](s.d.Q(ctx)).Where("check_at <= ?", s.d.Now()).Order("check_at, id").Limit(limit).Find()
}

// AttemptByID returns any customer's attempt, for jobs and staff.
func (s *Store) AttemptByID(ctx context.Context, id int64) (Attempt, error) {
	a, err := db.From[Attempt](s.d.Q(ctx)).Where("id = ?", id).Take()
	return a, db.Found(err)
}

// AttemptBy finds an attempt by the gateway's id of it, or by our key where the gateway echoes it.
func (s *Store) AttemptBy(ctx context.Context, gateway, externalID, key string) (Attempt, error) {
	a, err := db.From[Attempt](s.d.Q(ctx)).Where("gateway = ? AND (external_id = ? AND ? <> '' OR key = ? AND ? <> '')", gateway, externalID, externalID, key, key).Order("id").Take()
	return a, db.Found(err)
}

// PaymentByID returns any customer's payment, for jobs and staff.
func (s *Store) PaymentByID(ctx context.Context, id int64) (Payment, error) {
	p, err := db.From[Payment](s.d.Q(ctx)).Where("id = ?", id).Take()
	return p, db.Found(err)
}
