package finance

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/db"
)

// RefundState is how far a refund through a gateway has come.
type RefundState string

// The states. An asked one may have been made: its gateway is asked again under the same key, which makes it once.
const (
	RefundAsked   RefundState = "asked"
	RefundMade    RefundState = "made"
	RefundRefused RefundState = "refused"
)

// GatewayRefund is money that staff want a gateway to give back. It is written before the gateway is asked, so that a lost
// answer can be asked for again, and nothing is given back twice meanwhile. What was given back is booked by Settle, from what
// the gateway then tells. Amount is minor units; Before is what had gone back of the attempt when it was written.
type GatewayRefund struct {
	ID         int64          `gorm:"primaryKey"`
	Key        string         `gorm:"size:64;not null;uniqueIndex"`
	AttemptID  int64          `gorm:"not null;index"`
	CustomerID int64          `gorm:"not null;index"`
	Amount     int64          `gorm:"not null"`
	Currency   money.Currency `gorm:"size:3;not null"`
	State      RefundState    `gorm:"size:16;not null"`
	Before     int64          `gorm:"column:returned_before;not null"`
	Checks     int            `gorm:"not null"`
	CheckAt    *time.Time     `gorm:"index"` // when to ask again; nil is never
	CreatedAt  time.Time      `gorm:"not null"`
	UpdatedAt  time.Time      `gorm:"not null"`
}

// Money is the amount in its currency.
func (r GatewayRefund) Money() money.Money { return money.Of(r.Amount, r.Currency) }

// Told reports whether the gateway has told of the refund since, so that it is in the books.
func (r GatewayRefund) Told(a Attempt) bool { return a.Returned >= r.Before+r.Amount }

// hearFor is how long a refund that was made is asked about until the gateway tells of it. One that it does not tell of then,
// though it answers, has failed after all, and no longer keeps others from being made.
const hearFor = 48 * time.Hour

// refundPatience is how long a refund whose answer was lost is asked for again: less than gateways remember a key.
const refundPatience = 20 * time.Hour

// Failed reports whether a refund that was made should have been told of by now, if it was.
func (r GatewayRefund) Failed(now time.Time) bool { return now.Sub(r.CreatedAt) > hearFor }

// Forgotten reports whether the refund was asked for so long ago, without an answer, that its gateway may not know its key any more.
func (r GatewayRefund) Forgotten(now time.Time) bool {
	return r.State == RefundAsked && now.Sub(r.CreatedAt) > refundPatience
}

// BeginRefund writes down, and into the log, that a gateway is to give back a part of what a payment brought; form is the key of
// the form, and the same one is the same refund. It is a Conflict while the gateway has not told of another refund of the payment, db.Invalid{"amount"} when it
// is more than is left.
func (d Desk) BeginRefund(ctx context.Context, payment, amount int64, form, reason string) (r GatewayRefund, err error) {
	pay, err := own[Payment](ctx, d, payment)
	if err != nil {
		return r, err
	}
	bad := db.Invalid{}
	if checkKey(form, bad); len(bad) > 0 {
		return r, bad
	}
	key := d.key(ctx, or(form, d.s.randomKey()), "gateway refund", payment)
	err = d.locked(ctx, pay.party(), func(ctx context.Context) error {
		rows, err := db.From[Attempt](d.s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("id = ? AND customer_id = ?", pay.AttemptID, d.id).Find()
		a := first(rows)
		if err != nil || a.ID == 0 {
			return firstError(err, db.ErrNotFound)
		}
		known, err := db.From[GatewayRefund](d.s.d.Q(ctx)).Where("key = ?", key).Find()
		if r = first(known); err != nil || r.ID != 0 {
			if r.ID != 0 && r.AttemptID != a.ID {
				err = db.ErrNotFound
			}
			return err
		}
		if amount <= 0 || amount > min(pay.Amount, a.Received-a.Returned+a.Reinstated) {
			return db.Invalid{"amount": "finance.error.more_than_open"}
		}
		now := d.s.d.Now()
		open, err := db.From[GatewayRefund](d.s.d.Q(ctx)).Where("attempt_id = ? AND (state = ? OR state = ? AND returned_before + amount > ? AND check_at IS NOT NULL)",
			a.ID, RefundAsked, RefundMade, a.Returned).Count("id")
		if err != nil {
			return err
		}
		if open > 0 {
			return db.Fail(db.Conflict, "finance.error.refund_open")
		}
		again := now.Add(time.Minute)
		r = GatewayRefund{Key: key, AttemptID: a.ID, CustomerID: d.id, Amount: amount, Currency: a.Currency, State: RefundAsked, Before: a.Returned, CheckAt: &again, CreatedAt: now, UpdatedAt: now}
		if err := d.s.d.Q(ctx).Create(&r).Error; err != nil {
			return err
		}
		return d.note(ctx, audit.RefundAsked, "payment", pay.ID, pay.ReceiptNumber, pay.PartnerID, nil, map[string]any{"amount": amountOf(amount, pay.Currency), "reason": cut(reason, 256)})
	})
	return r, err
}

// RefundEnded notes what a gateway answered to a refund. One that was made is asked about until the gateway tells of it.
func (s *Store) RefundEnded(ctx context.Context, id int64, state RefundState) error {
	now := s.d.Now()
	change := map[string]any{"state": state, "check_at": nil, "checks": 0, "updated_at": now}
	if state == RefundMade {
		change["check_at"] = now.Add(time.Minute)
	}
	return s.d.Q(ctx).Model(&GatewayRefund{}).Where("id = ? AND state = ?", id, RefundAsked).Updates(change).Error
}

// RefundTold notes that nothing more is to be asked about a refund that was made.
func (s *Store) RefundTold(ctx context.Context, id int64) error {
	return s.d.Q(ctx).Model(&GatewayRefund{}).Where("id = ? AND state = ?", id, RefundMade).Updates(map[string]any{"check_at": nil, "updated_at": s.d.Now()}).Error
}

// RefundUnanswered plans when a gateway is asked again for a refund whose answer is missing, or for one that was made and of
// which it does not tell. After most of a day it is given
// up: a gateway forgets keys, and asking again could give the money back twice. What it did is booked all the same, from
// what it tells about the payment. It reports whether it was given up.
func (s *Store) RefundUnanswered(ctx context.Context, r GatewayRefund) (over bool, err error) {
	now := s.d.Now()
	if r.Forgotten(now) {
		return true, s.RefundEnded(ctx, r.ID, RefundRefused)
	}
	at := now.Add(min(time.Minute<<min(r.Checks, 10), time.Hour))
	return false, s.d.Q(ctx).Model(&GatewayRefund{}).Where("id = ?", r.ID).Updates(map[string]any{"check_at": at, "checks": r.Checks + 1, "updated_at": now}).Error
}

// DueRefunds lists refunds whose gateway is to be asked again now, the longest waiting first.
func (s *Store) DueRefunds(ctx context.Context, limit int) ([]GatewayRefund, error) {
	return db.From[GatewayRefund](s.d.Q(ctx)).Where("check_at <= ? AND state <> ?", s.d.Now(), RefundRefused).Order("check_at, id").Limit(limit).Find()
}

// RefundsOf lists what a gateway was asked to give back of an attempt, the latest first.
func (s *Store) RefundsOf(ctx context.Context, attempt int64) ([]GatewayRefund, error) {
	return db.From[GatewayRefund](s.d.Q(ctx)).Where("attempt_id = ?", attempt).Order("id DESC").Limit(100).Find()
}
