package service

import (
	"time"

	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
)

// PromiseState is what became of a promise to pay.
type PromiseState string

// The states of promises.
const (
	PromiseOpen      PromiseState = "open"
	PromiseKept      PromiseState = "kept"
	PromiseBroken    PromiseState = "broken"
	PromiseCancelled PromiseState = "cancelled" // by staff
)

// Promise is a customer's word to pay until the end of a day, during which they are not blocked.
type Promise struct {
	ID         int64          `gorm:"primaryKey"`
	CustomerID int64          `gorm:"not null;index"`
	OpenFor    *int64         `gorm:"uniqueIndex" json:"-"` // the customer while it is open: two at once cannot be
	PartnerID  int64          `gorm:"not null"`
	State      PromiseState   `gorm:"size:16;not null"`
	Amount     int64          `gorm:"not null"` // what was owed, minor units
	Currency   money.Currency `gorm:"size:3;not null"`
	MadeOn     db.Day         `gorm:"size:10;not null"`
	Until      db.Day         `gorm:"size:10;not null"` // the last day on which it is kept
	EndedOn    db.Day         `gorm:"size:10;not null"`
	Restored   bool           `gorm:"not null"`          // it brought the services back
	GrantedBy  string         `gorm:"size:200;not null"` // the member of staff; "" is the customer
	CreatedAt  time.Time      `gorm:"not null" json:"-"`
	UpdatedAt  time.Time      `gorm:"not null" json:"-"`
}

// TableName names the table.
func (Promise) TableName() string { return "payment_promises" }

// Owed is what was owed when it was given.
func (p Promise) Owed() money.Money { return money.Of(p.Amount, p.Currency) }

// Policy is what promises a partner takes from customers (beyond the reference). Every is how many days lie between two,
// Wait how many a broken one keeps the next away, Most what may be owed at most in minor units; 0 is no bound.
type Policy struct {
	Allowed     bool
	Days        int
	Every, Wait int
	Most        int64
}

// Refusal is why no promise is taken; its words are the messages promise.refused.<refusal>.
type Refusal string

// The refusals; RefusedNeedless is that nothing threatens, and nobody asks.
const (
	RefusedOff      Refusal = "off"
	RefusedNeedless Refusal = "needless"
	RefusedOther    Refusal = "unrelated" // suspended for something that paying does not mend
	RefusedClosed   Refusal = "closed"
	RefusedAgain    Refusal = "again"  // there was one lately
	RefusedBroken   Refusal = "broken" // the last one was broken
	RefusedAmount   Refusal = "amount"
)

// Offer is whether a promise is taken, and what it would do.
type Offer struct {
	Refusal  Refusal     // "" is none
	From     db.Day      // RefusedAgain, RefusedBroken: when one is taken again
	Most     money.Money // RefusedAmount
	Until    db.Day
	Amount   money.Money
	Restores bool
}

// OfferOf tells whether a customer may promise to pay, given the promises they made before.
func (r Rules) OfferOf(s Stand, past []Promise, today db.Day) Offer {
	o := Offer{Until: today.AddDays(r.Promise.Days), Amount: money.Of(s.owes(), s.Currency), Most: money.Of(r.Promise.Most, s.Currency), Restores: s.Status == customer.StatusBlocked}
	switch day := r.foreseen(s); {
	case !r.Promise.Allowed:
		o.Refusal = RefusedOff
	case s.Status == customer.StatusDisabled:
		o.Refusal = RefusedClosed
	case s.Status == customer.StatusBlocked && s.Reason != "":
		o.Refusal = RefusedOther
	case s.Enough() || s.Status != customer.StatusBlocked && (day == "" || today.DaysUntil(day) > warnDays):
		o.Refusal = RefusedNeedless
	case r.Promise.Most > 0 && s.owes() > r.Promise.Most:
		o.Refusal = RefusedAmount
	}
	if o.Refusal != "" {
		return o
	}
	for _, p := range past {
		if again := p.MadeOn.AddDays(r.Promise.Every); p.State != PromiseCancelled && r.Promise.Every > 0 && today < again && again > o.From {
			o.Refusal, o.From = RefusedAgain, again
		}
		if again := p.EndedOn.AddDays(r.Promise.Wait); p.State == PromiseBroken && today < again && again > o.From {
			o.Refusal, o.From = RefusedBroken, again
		}
	}
	return o
}
