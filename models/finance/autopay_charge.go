package finance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"myisp/internal/money"
	"myisp/models/db"
)

// ChargeState is how far autopay is with one of its days.
type ChargeState string

// The states of a charge. The last four are ends.
const (
	ChargeUnderway ChargeState = "underway" // an attempt is on its way
	ChargeRetry    ChargeState = "retry"    // it was declined and is tried again
	ChargePaid     ChargeState = "paid"
	ChargeFailed   ChargeState = "failed"
	ChargeTooMuch  ChargeState = "too_much" // more than the customer's bound
	ChargeSettled  ChargeState = "settled"  // nothing was owed any more
)

// AutopayCharge is what autopay did for one of its days; a customer has one for a day, so a day is charged once. Amounts are
// minor units of the last try.
type AutopayCharge struct {
	ID         int64          `gorm:"primaryKey"`
	CustomerID int64          `gorm:"not null;uniqueIndex:autopay_charges_day,priority:1"`
	Day        db.Day         `gorm:"size:10;not null;uniqueIndex:autopay_charges_day,priority:2"`
	State      ChargeState    `gorm:"size:8;not null"`
	Tries      int            `gorm:"not null"`
	FirstOn    db.Day         `gorm:"size:10;not null"` // the day of the first try
	NextOn     db.Day         `gorm:"size:10;not null"` // of the next one, "" is none
	AttemptID  int64          `gorm:"not null"`
	Amount     int64          `gorm:"not null"`
	Fee        int64          `gorm:"not null"`
	Currency   money.Currency `gorm:"size:3;not null"`
	Reason     string         `gorm:"size:16;not null"` // of the last decline
	CreatedAt  time.Time      `gorm:"not null"`
	UpdatedAt  time.Time      `gorm:"not null"`
}

// TableName names the table.
func (AutopayCharge) TableName() string { return "autopay_charges" }

// Total is what the last try asked for, fee included.
func (c AutopayCharge) Total() money.Money { return money.Of(c.Amount+c.Fee, c.Currency) }

// RetryDays are the days after the first try on which a declined charge is tried again.
var RetryDays = []int{1, 3, 5}

// Schedule lists the days on which the charge is still tried.
func (c AutopayCharge) Schedule() (days []db.Day) {
	if c.State != ChargeRetry {
		return nil
	}
	for i, n := range RetryDays {
		if day := c.FirstOn.AddDays(n); i >= c.Tries-1 && (day >= c.NextOn) {
			days = append(days, day)
		}
	}
	if len(days) == 0 || days[0] != c.NextOn {
		days = slices.Insert(days, 0, c.NextOn)
	}
	return days
}

// AutopayCharges lists the customer's latest charges, newest first.
func (m Mine) AutopayCharges(ctx context.Context, limit int) ([]AutopayCharge, error) {
	return db.From[AutopayCharge](m.s.d.Q(ctx)).Where("customer_id = ?", m.id).Order("day DESC, id DESC").Limit(limit).Find()
}

// AutopayCandidates lists customers after one, in order, who have autopay and something that it may have to do.
func (s *Store) AutopayCandidates(ctx context.Context, after int64, limit int) ([]int64, error) {
	var ids []int64
	err := s.d.Q(ctx).Raw(`SELECT p.customer_id FROM autopays p WHERE p.state = 'on' AND p.customer_id > ?
		AND (EXISTS (SELECT 1 FROM ledger_accounts l WHERE l.kind = 'customer' AND l.owner_id = p.customer_id AND l.balance < 0)
			OR EXISTS (SELECT 1 FROM autopay_charges c WHERE c.customer_id = p.customer_id AND c.state IN ('underway', 'retry')))
		ORDER BY p.customer_id LIMIT ?`, after, limit).Scan(&ids).Error
	return ids, err
}

// AutopayRun is what a look at a customer's autopay goes by.
type AutopayRun struct {
	PartnerID   int64  // whose customer it is now
	Today       db.Day // in the partner's zone
	Description string // what the customer's bank may write of a charge
	Open        time.Duration
	Takes       Takes
}

// Takes reports whether a gateway can take an amount at all, by its currency, minimum and step.
type Takes func(gateway string, m money.Money) bool

// BeginAutopay writes down what autopay charges a customer now, if anything: the attempt is new then, and its method is to
// be charged. It takes never more than is owed at this moment, nothing while another payment is under way, and nothing
// while the books are not trusted.
func (s *Store) BeginAutopay(ctx context.Context, customer int64, run AutopayRun) (Attempt, SavedMethod, error) {
	var a Attempt
	var method SavedMethod
	trusted, err := s.BooksTrusted(ctx)
	if err != nil || !trusted {
		return a, method, err
	}
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		a = Attempt{}
		ap, err := s.Of(customer).Autopay(ctx)
		if err != nil {
			return err
		}
		if err := s.lockCustomer(ctx, Party{CustomerID: customer, PartnerID: ap.PartnerID, Currency: ap.Currency}); err != nil {
			return err
		}
		if _, err := s.lockMethods(ctx, customer); err != nil {
			return err
		}
		if ap, err = s.Of(customer).Autopay(ctx); err != nil {
			return err
		}
		if err := s.settleCharge(ctx, &ap, run.Today); err != nil || !ap.On() || ap.Paused(run.Today) || ap.StartsOn > run.Today {
			return err
		}
		if ap.PartnerID != run.PartnerID {
			return s.endAutopay(ctx, ap, EndMoved)
		}
		if method, err = s.chargeable(ctx, ap, run.Today); err != nil || method.ID == 0 {
			return err
		}
		a, err = s.nextAttempt(ctx, ap, method, run)
		return err
	})
	if err != nil && db.KindOf(err) == db.Conflict { // paid, or being paid, in this moment
		return Attempt{}, method, nil
	}
	return a, method, err
}

// chargeable returns the method that autopay charges; one that is gone or over ends autopay.
func (s *Store) chargeable(ctx context.Context, ap Autopay, today db.Day) (SavedMethod, error) {
	method, err := s.Of(ap.CustomerID).ActiveMethod(ctx, ap.MethodID)
	switch {
	case db.KindOf(err) == db.NotFound && err != nil:
		return SavedMethod{}, s.endAutopay(ctx, ap, EndRemoved)
	case err != nil:
		return method, err
	case method.Expired(today):
		return SavedMethod{}, s.endAutopay(ctx, ap, EndExpired)
	}
	return method, nil
}

// nextAttempt is the attempt of the day's charge, written with it; none when nothing is to be charged.
func (s *Store) nextAttempt(ctx context.Context, ap Autopay, method SavedMethod, run AutopayRun) (Attempt, error) {
	c, err := s.chargeOf(ctx, ap, run.Today)
	if err != nil || c == nil {
		return Attempt{}, err
	}
	busy, err := s.busy(ctx, ap.CustomerID, run.Open)
	if err != nil || busy {
		return Attempt{}, err
	}
	n, err := s.autopayAmount(ctx, ap, run.Today)
	if err != nil {
		return Attempt{}, err
	}
	due := max(c.NextOn, c.Day)
	setup, stuck, err := s.fit(ctx, ap, method, n.Amount, run.Takes)
	if err != nil {
		return Attempt{}, err
	}
	c.Amount, c.Fee, c.UpdatedAt = n.Amount, setup.Fee(n.Amount), s.d.Now()
	switch {
	case n.Amount == 0 && c.ID == 0:
		return Attempt{}, nil
	case n.Amount == 0:
		c.State, c.NextOn = ChargeSettled, ""
		return Attempt{}, s.d.Q(ctx).Save(c).Error
	case stuck != "" && due >= run.Today: // it may pass within the day
		return Attempt{}, nil
	case stuck != "":
		return Attempt{}, s.tellMethod(ctx, c.notice(ap, NoticeStuck), "stuck:"+string(due))
	case ap.MostMinor > 0 && c.Amount+c.Fee > ap.MostMinor:
		c.State, c.NextOn = ChargeTooMuch, ""
		if err := s.d.Q(ctx).Save(c).Error; err != nil {
			return Attempt{}, err
		}
		return Attempt{}, s.tellMethod(ctx, c.notice(ap, NoticeTooMuch), fmt.Sprintf("too_much:%d", c.ID))
	}
	n.Key, n.Party, n.Gateway, n.MethodID = fmt.Sprintf("autopay-%d-%s-%d", ap.CustomerID, c.Day, c.Tries+1), Party{PartnerID: ap.PartnerID, Currency: ap.Currency}, method.Gateway, setup.MethodID
	n.Fee, n.Open, n.SavedMethodID, n.Description = c.Fee, run.Open, method.ID, run.Description
	a, err := s.Of(ap.CustomerID).BeginAttempt(ctx, n)
	if err != nil {
		return a, err
	}
	c.State, c.Tries, c.AttemptID, c.NextOn = ChargeUnderway, c.Tries+1, a.ID, ""
	if c.FirstOn == "" {
		c.FirstOn = run.Today
	}
	return a, s.d.Q(ctx).Save(c).Error
}

// Stuck is why autopay cannot charge what is due, though nothing was declined; "" is that it can.
type Stuck string

// The reasons: the partner does not use the gateway at present; it is not for this customer any more; the amount is less than it
// takes, or in steps that it does not take, or less than all that is owed and it takes no less.
const (
	StuckOff    Stuck = "off"
	StuckLimit  Stuck = "limit"
	StuckAmount Stuck = "amount"
	StuckDebt   Stuck = "debt"
)

// fit holds what autopay is to charge to the gateway of its method, as it is set up now. Whoever owes nothing is never stuck.
func (s *Store) fit(ctx context.Context, ap Autopay, method SavedMethod, amount int64, takes Takes) (GatewaySetup, Stuck, error) {
	setup, err := s.Gateway(ctx, ap.PartnerID, method.Gateway)
	switch {
	case err != nil && db.KindOf(err) != db.NotFound:
		return setup, "", err
	case amount == 0:
		return setup, "", nil
	case err != nil || !setup.Enabled || !setup.Invoices || !setup.Prices(ap.Currency):
		return GatewaySetup{}, StuckOff, nil
	}
	ok, err := s.admitted(ctx, setup, ap.CustomerID)
	switch {
	case err != nil:
		return setup, "", err
	case !ok:
		return GatewaySetup{}, StuckLimit, nil
	case amount < setup.Minimum || !takes(setup.Gateway, money.Of(amount+setup.Fee(amount), ap.Currency)):
		return setup, StuckAmount, nil
	case !setup.CoversDebt:
		return setup, "", nil
	}
	debt, err := s.Of(ap.CustomerID).Debt(ctx, ap.Currency)
	if err == nil && !setup.Covers(PayInvoices, amount, debt.Minor) {
		return setup, StuckDebt, nil
	}
	return setup, "", err
}

// chargeOf is the charge that is to be tried on a day: one that waits for its next try, or that of a day which has come; nil
// is none. A day that autopay has dealt with stays so, whatever became of it.
func (s *Store) chargeOf(ctx context.Context, ap Autopay, today db.Day) (*AutopayCharge, error) {
	c, err := s.openCharge(ctx, ap.CustomerID)
	if err != nil {
		return nil, err
	}
	if c != nil {
		if c.State == ChargeUnderway || c.NextOn > today {
			return nil, nil
		}
		return c, nil
	}
	day, err := s.chargeDay(ctx, ap, today)
	if err != nil || day == "" {
		return nil, err
	}
	if known, err := s.charged(ctx, ap.CustomerID, day); err != nil || known {
		return nil, err
	}
	return &AutopayCharge{CustomerID: ap.CustomerID, Day: day, Currency: ap.Currency, CreatedAt: s.d.Now()}, nil
}

func (s *Store) charged(ctx context.Context, customer int64, day db.Day) (bool, error) {
	var n int64
	err := s.d.Q(ctx).Raw(`SELECT COUNT(*) FROM autopay_charges WHERE customer_id = ? AND day = ?`, customer, day).Scan(&n).Error
	return n > 0, err
}

// openCharge is the customer's charge that is under way or waits for another try; nil is none.
func (s *Store) openCharge(ctx context.Context, customer int64) (*AutopayCharge, error) {
	list, err := db.From[AutopayCharge](s.d.Q(ctx)).Where("customer_id = ? AND state IN ?", customer, []ChargeState{ChargeUnderway, ChargeRetry}).Order("id").Limit(1).Find()
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// horizon is the last due day that autopay pays on a day.
func (a Autopay) horizon(today db.Day) db.Day {
	if a.Rule == RuleBefore {
		return today.AddDays(a.Days)
	}
	return today
}

// monthDay is autopay's day in the month of another day.
func (a Autopay) monthDay(in db.Day) db.Day { return in.MonthStart().AddDays(a.Days - 1) }

// chargeDay is the latest day of autopay's rule that has come by a day; "" is none. Of invoices it is the latest due day, less
// the days before it; days before autopay began count as its first.
func (s *Store) chargeDay(ctx context.Context, ap Autopay, today db.Day) (db.Day, error) {
	if ap.Rule == RuleDay {
		day := ap.monthDay(today)
		if day > today {
			day = ap.monthDay(today.MonthStart().AddMonths(-1))
		}
		if day < ap.StartsOn {
			return "", nil
		}
		return day, nil
	}
	var last db.Day
	err := s.d.Q(ctx).Raw(`SELECT COALESCE(MAX(due_day), '') FROM invoices WHERE customer_id = ? AND currency = ? AND due > 0 AND status = 'not_paid' AND due_day <> '' AND due_day <= ?`,
		ap.CustomerID, ap.Currency, ap.horizon(today)).Scan(&last).Error
	if err != nil || last == "" {
		return "", err
	}
	return max(last.AddDays(int(-today.DaysUntil(ap.horizon(today)))), ap.StartsOn), nil
}

// autopayAmount is what autopay would charge on a day: by day of the month all that is owed, else the invoices that are due
// by then, and never more than is owed in all.
func (s *Store) autopayAmount(ctx context.Context, ap Autopay, today db.Day) (NewAttempt, error) {
	n := NewAttempt{Purpose: PayAll}
	balance, err := s.Of(ap.CustomerID).Balance(ctx)
	if err != nil || balance.Currency != ap.Currency || !balance.Negative() {
		return n, err
	}
	owed := -balance.Minor
	if ap.Rule == RuleDay {
		n.Amount = owed
		return n, nil
	}
	due, err := db.From[Invoice](s.d.Q(ctx)).Where("customer_id = ? AND currency = ? AND due > 0 AND status = ? AND due_day <> '' AND due_day <= ?",
		ap.CustomerID, ap.Currency, StatusNotPaid, ap.horizon(today)).Order("due_day, id").Limit(100).Find()
	if err != nil {
		return n, err
	}
	var sum int64
	var ids []int64
	for _, inv := range due {
		sum += inv.Due
		ids = append(ids, inv.ID)
	}
	if n.Amount = min(sum, owed); sum <= owed && sum > 0 { // else credit covers a part, which paying all uses up
		n.Purpose, n.DocumentIDs = PayInvoices, ids
	}
	return n, nil
}

// SettleAutopay notes what has become of a customer's charge that was under way.
func (s *Store) SettleAutopay(ctx context.Context, customer int64, today db.Day) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		ap, err := s.Of(customer).Autopay(ctx)
		if err != nil {
			return err
		}
		if err := s.lockCustomer(ctx, Party{CustomerID: customer, PartnerID: ap.PartnerID, Currency: ap.Currency}); err != nil {
			return err
		}
		return s.settleCharge(ctx, &ap, today)
	})
}

// settleCharge brings the charge under way in line with its attempt, under the customer's lock.
func (s *Store) settleCharge(ctx context.Context, ap *Autopay, today db.Day) error {
	c, err := s.openCharge(ctx, ap.CustomerID)
	if err != nil || c == nil {
		return err
	}
	if c.State == ChargeRetry {
		if !ap.On() { // it ended in between
			c.State, c.NextOn, c.UpdatedAt = ChargeFailed, "", s.d.Now()
			return s.d.Q(ctx).Save(c).Error
		}
		return nil
	}
	a, err := db.From[Attempt](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("id = ?", c.AttemptID).Take()
	if err != nil {
		return err
	}
	c.UpdatedAt = s.d.Now()
	switch a.State {
	case AttemptPaid, AttemptReturned:
		c.State, c.Reason = ChargePaid, ""
	case AttemptDeclined, AttemptCancelled, AttemptFailed:
		return s.declined(ctx, ap, c, cut(a.Reason, 16), today)
	default:
		return nil
	}
	return s.d.Q(ctx).Save(c).Error
}

// lasting are the reasons for which another try by itself is of no use.
var lasting = map[string]bool{"expired": true, "confirm": true, "invalid": true, "blocked": true, "disallowed": true}

// declined plans the next try of a charge, or gives it up, and tells the customer. A method that has expired ends autopay.
func (s *Store) declined(ctx context.Context, ap *Autopay, c *AutopayCharge, reason string, today db.Day) error {
	c.Reason, c.State, c.NextOn = reason, ChargeFailed, ""
	if !lasting[reason] && c.Tries <= len(RetryDays) && ap.On() {
		c.State, c.NextOn = ChargeRetry, max(c.FirstOn.AddDays(RetryDays[c.Tries-1]), today.AddDays(1))
	}
	if err := s.d.Q(ctx).Save(c).Error; err != nil {
		return err
	}
	if reason == "expired" && ap.On() {
		ap.State = AutopayEnded
		return s.endAutopay(ctx, *ap, EndExpired)
	}
	return s.tellMethod(ctx, c.notice(*ap, NoticeDeclined), fmt.Sprintf("declined:%d:%d", c.ID, c.Tries))
}
