package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
)

// NextCharge is what autopay charges next, as far as that is known.
type NextCharge struct {
	Day      db.Day      // "" while nothing is due
	Amount   money.Money // fee included
	Retry    bool        // it was declined before
	Underway bool        // it is being charged
	TooMuch  bool        // it is above the customer's bound, and will not be charged
	Stuck    Stuck       // why it cannot be charged as things stand; "" is that it can
	Schedule []db.Day    // further tries of a declined charge
}

// NextCharge tells what the customer's autopay charges next, and when.
func (m Mine) NextCharge(ctx context.Context, today db.Day, takes Takes) (NextCharge, error) {
	var next NextCharge
	ap, err := m.Autopay(ctx)
	if err != nil || !ap.On() {
		return next, err
	}
	c, err := m.s.openCharge(ctx, m.id)
	if err != nil {
		return next, err
	}
	first := max(today, ap.StartsOn, ap.PausedUntil)
	switch {
	case c != nil && c.State == ChargeUnderway:
		next.Underway, next.Day, next.Amount = true, today, c.Total()
		return next, nil
	case c != nil:
		next.Retry, next.Day, next.Schedule = true, max(c.NextOn, first), c.Schedule()
	default:
		if next.Day, err = m.s.comingDay(ctx, ap, first); err != nil || next.Day == "" {
			return next, err
		}
	}
	n, err := m.s.autopayAmount(ctx, ap, next.Day)
	if err != nil {
		return next, err
	}
	next.Amount = money.Of(n.Amount, ap.Currency)
	method, err := m.ActiveMethod(ctx, ap.MethodID)
	if db.KindOf(err) == db.NotFound && err != nil {
		return next, nil // it is gone, and autopay ends with it
	}
	if err != nil {
		return next, err
	}
	setup, stuck, err := m.s.fit(ctx, ap, method, n.Amount, takes)
	if err != nil {
		return next, err
	}
	if n.Amount > 0 {
		next.Amount.Minor += setup.Fee(n.Amount)
	}
	next.Stuck = stuck
	next.TooMuch = ap.MostMinor > 0 && next.Amount.Minor > ap.MostMinor
	return next, nil
}

// comingDay is the first day from one on, on which autopay finds something to charge; "" while no invoice waits.
func (s *Store) comingDay(ctx context.Context, ap Autopay, first db.Day) (db.Day, error) {
	day, err := s.chargeDay(ctx, ap, first)
	if err != nil {
		return "", err
	}
	if day != "" {
		if known, err := s.charged(ctx, ap.CustomerID, day); err != nil || !known {
			return first, err
		}
	}
	if ap.Rule == RuleDay {
		day = ap.monthDay(first)
		if day <= first {
			day = ap.monthDay(first.MonthStart().AddMonths(1))
		}
		return day, nil
	}
	var due db.Day
	err = s.d.Q(ctx).Raw(`SELECT COALESCE(MIN(due_day), '') FROM invoices WHERE customer_id = ? AND currency = ? AND due > 0 AND status = 'not_paid' AND due_day > ?`,
		ap.CustomerID, ap.Currency, ap.horizon(first)).Scan(&due).Error
	if err != nil || due == "" {
		return "", err
	}
	return due.AddDays(-first.DaysUntil(ap.horizon(first))), nil
}
