package finance

import (
	"context"
	"fmt"
	"time"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/job"
)

// JobMoneyNotice tells a customer by mail of what became of their money; its payload is MoneyNotice.
const JobMoneyNotice = "finance.money"

// The kinds of those letters.
const (
	MoneyBounced   = "bounced"    // a payment that was on its way did not arrive
	MoneyTakenBack = "taken_back" // a payment that had come was charged back
	MoneyGivenBack = "given_back" // staff gave money back
	MoneyCancelled = "cancelled"  // staff cancelled a payment or a refund whose receipt was mailed
)

// MoneyNotice is what a letter is about. Minor is minor units of Currency; PaymentID is the refund, or the payment that was
// cancelled; 0 is none.
type MoneyNotice struct {
	CustomerID, AttemptID, PaymentID int64
	Kind                             string
	Minor                            int64
	Currency                         money.Currency
}

// tellMoney has a letter written in the transaction of its cause, once for a key.
func (s *Store) tellMoney(ctx context.Context, n MoneyNotice, key string) error {
	return s.jobs.Enqueue(ctx, JobMoneyNotice, n, job.Unique("money:"+key))
}

// tellPayment tells of a refund that staff made, or of what they cancelled.
func (d Desk) tellPayment(ctx context.Context, kind string, p Payment) error {
	return d.s.tellMoney(ctx, MoneyNotice{CustomerID: p.CustomerID, PaymentID: p.ID, Kind: kind, Minor: max(p.Amount, -p.Amount), Currency: p.Currency}, fmt.Sprintf("%s:%d", kind, p.ID))
}

// bounced notes that money which was on its way did not arrive, and has the customer told: once for an attempt, since what a
// gateway tells may waver. What autopay tried is told by autopay, with when it tries again. What staff closed did not bounce.
func (s *Store) bounced(ctx context.Context, a *Attempt, now time.Time) error {
	over := a.State == AttemptDeclined || a.State == AttemptCancelled || a.State == AttemptFailed
	if !over || a.Received > 0 || a.PendingSince == nil || a.LostAt != nil {
		return nil
	}
	a.LostAt = &now
	autopay, err := db.From[AutopayCharge](s.d.Q(ctx)).Where("attempt_id = ? AND customer_id = ?", a.ID, a.CustomerID).Count("id")
	if err != nil || autopay > 0 {
		return err
	}
	return s.tellMoney(ctx, MoneyNotice{CustomerID: a.CustomerID, AttemptID: a.ID, Kind: MoneyBounced, Minor: a.Amount + a.Fee, Currency: a.Currency}, fmt.Sprintf("%d:bounced", a.ID))
}

// wentBack has the customer told of what has gone back since before, refund being how it was booked: what staff had
// asked the gateway for was given, the rest was taken. What came again in the same breath is not worth a letter.
func (s *Store) wentBack(ctx context.Context, a *Attempt, before Attempt, r Outcome, refund Payment) error {
	var asked int64
	err := s.d.Q(ctx).Raw(`SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM gateway_refunds WHERE attempt_id = ? AND state <> ?`, a.ID, RefundRefused).Scan(&asked).Error
	if err != nil {
		return err
	}
	all := r.Returned - before.Returned
	given := min(all, max(0, asked-(before.Returned-before.TakenBack)))
	n := MoneyNotice{CustomerID: a.CustomerID, AttemptID: a.ID, PaymentID: refund.ID, Currency: a.Currency}
	if taken := all - given; taken > 0 {
		now := s.d.Now()
		a.TakenBack, a.LostAt = a.TakenBack+taken, &now
		if n.Kind, n.Minor = MoneyTakenBack, taken-max(0, r.Reinstated-before.Reinstated); n.Minor > 0 {
			if err := s.tellMoney(ctx, n, fmt.Sprintf("%d:taken:%d", a.ID, r.Returned)); err != nil {
				return err
			}
		}
	}
	if n.Kind, n.Minor = MoneyGivenBack, given; given == 0 {
		return nil
	}
	return s.tellMoney(ctx, n, fmt.Sprintf("%d:given:%d", a.ID, r.Returned))
}

// Lost is the money of an attempt that is missing: a debit that bounced, or what was charged back (taken) and not won again.
// Nothing is missing of the others.
func (a Attempt) Lost() (lost money.Money, taken bool) {
	switch {
	case a.LostAt == nil || a.InFlight():
		return money.Of(0, a.Currency), false
	case a.Received > 0:
		return money.Of(max(0, min(a.TakenBack, a.Returned-a.Reinstated)), a.Currency), true
	}
	return a.Total(), false
}

// lostDays is how long home tells of money that was lost.
const lostDays = 14

// lostSQL is the latest attempt that home tells of; its values are the customer's id and the time before which it is over.
const lostSQL = `(SELECT COALESCE(MAX(id), 0) FROM payment_attempts WHERE customer_id = ? AND lost_at > ? AND (lost_seen_at IS NULL OR lost_seen_at < lost_at)
	AND (received = 0 AND state NOT IN ('new', 'open', 'pending', 'held') OR taken_back > 0 AND returned > reinstated))`

// LostSeen ends home's notice of an attempt whose money was lost, until more of it is.
func (m Mine) LostSeen(ctx context.Context, attempt int64) error {
	r := m.s.d.Q(ctx).Model(&Attempt{}).Where("id = ? AND customer_id = ?", attempt, m.id).UpdateColumn("lost_seen_at", m.s.d.Now())
	if r.Error == nil && r.RowsAffected == 0 {
		return db.ErrNotFound
	}
	return r.Error
}

// MailReceipt notes that the receipt of a payment or refund is mailed now, and reports whether it is to be: not that of one
// which was cancelled meanwhile. Who cancels it later knows from this that the customer has a receipt.
func (s *Store) MailReceipt(ctx context.Context, payment int64) (bool, error) {
	r := s.d.Q(ctx).Exec(`UPDATE payments SET receipt_at = COALESCE(receipt_at, ?) WHERE id = ? AND deleted_day = ''`, s.d.Now(), payment)
	return r.RowsAffected > 0, r.Error
}
