package finance

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"myisp/internal/money"
	"myisp/models/db"
)

// Cause says why a line of an invoice adds to, or takes from, what the invoice before it came to.
type Cause string

// The causes. Each has words in every language.
const (
	CauseNew       Cause = "new"        // a service that was not charged before
	CauseGone      Cause = "gone"       // a service that is charged no more
	CauseOneOff    Cause = "one_off"    // charged once, now
	CausePastOnce  Cause = "past_once"  // charged once, the last time
	CausePlan      Cause = "plan"       // the same service under another plan
	CausePrice     Cause = "price"      // the same, at another price
	CauseProrated  Cause = "prorated"   // for more or fewer days than before
	CauseQuantity  Cause = "quantity"   // more or less of it
	CauseTax       Cause = "tax"        // the tax has changed, the price before tax has not
	CauseRounding  Cause = "rounding"   // what rounding the total leaves
	CauseDiscount  Cause = "discount"   // a line below zero that was not there before
	CauseNoReduced Cause = "no_reduced" // a line below zero that is there no more
)

// Difference is one line of "Why is my bill different?". Amount is signed: above zero makes the later invoice dearer.
type Difference struct {
	Cause       Cause
	Description string // of the line as it is now, or was
	Before      string // its former description, for CausePlan
	From, To    db.Day // the period charged, where the line has one
	Amount      money.Money
}

// Comparison sets an invoice against the recurring one before it. Its differences add up to Amount, to the last unit.
type Comparison struct {
	ID     int64 // of the invoice before; 0 when there is none to compare with
	Number string
	Day    db.Day
	Amount money.Money
	Lines  []Difference
}

// Comparison says why one of the customer's recurring invoices came to another sum than the one before it (issue 4,
// beyond.md 13). An invoice that stands alone, and one for a single charge, have nothing to be compared with.
func (m Mine) Comparison(ctx context.Context, inv InvoiceDetail) (Comparison, error) {
	if inv.Kind != "recurring" || inv.Status == StatusDeleted {
		return Comparison{}, nil
	}
	before, err := db.From[Invoice](m.s.d.R(ctx)).
		Where("customer_id = ? AND currency = ? AND kind = 'recurring' AND status <> 'deleted' AND (day < ? OR day = ? AND id < ?)", m.id, inv.Currency, inv.Day, inv.Day, inv.ID).
		Order("day DESC, id DESC").Take()
	if err = db.Found(err); errors.Is(err, db.ErrNotFound) {
		return Comparison{}, nil
	}
	if err != nil {
		return Comparison{}, err
	}
	items, err := m.items(ctx, KindInvoice, before.ID)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{ID: before.ID, Number: before.Number, Day: before.Day, Amount: money.Of(inv.Total-before.Total, inv.Currency)}
	c.Lines = differences(items, inv.Items, c.Amount)
	return c, nil
}

// pair is a line as it was and as it is; one of them may be missing.
type pair struct{ was, is *DocumentItem }

// differences explains sum by the lines of two invoices, the largest first. What the lines do not explain is rounding.
func differences(before, after []DocumentItem, sum money.Money) []Difference {
	var list []Difference
	rest := sum.Minor
	for _, p := range pairs(before, after) {
		if d := p.difference(sum.Currency); d.Amount.Minor != 0 {
			list = append(list, d)
			rest -= d.Amount.Minor
		}
	}
	slices.SortStableFunc(list, func(a, b Difference) int { return cmp.Compare(b.Amount.Abs().Minor, a.Amount.Abs().Minor) })
	if rest != 0 {
		list = append(list, Difference{Cause: CauseRounding, Amount: money.Of(rest, sum.Currency)})
	}
	return list
}

// pairs finds for each line the one it was: the same service with the same words first, then the same service where only
// one line of it is left on either side (another plan), then the same words without a service.
func pairs(before, after []DocumentItem) []pair {
	var found []pair
	left := make([]bool, len(before)) // taken
	rest := make([]bool, len(after))
	match := func(same func(was, is DocumentItem) bool) {
		for j := range after {
			for i := range before {
				if !rest[j] && !left[i] && same(before[i], after[j]) {
					left[i], rest[j] = true, true
					found = append(found, pair{&before[i], &after[j]})
				}
			}
		}
	}
	match(func(was, is DocumentItem) bool {
		return was.ServiceID == is.ServiceID && words(was) == words(is)
	})
	alone := func(items []DocumentItem, taken []bool, service int64) bool {
		n := 0
		for i, it := range items {
			if !taken[i] && it.ServiceID == service && it.PeriodFrom != "" {
				n++
			}
		}
		return n == 1
	}
	match(func(was, is DocumentItem) bool {
		return was.ServiceID != 0 && was.ServiceID == is.ServiceID && was.PeriodFrom != "" && is.PeriodFrom != "" &&
			alone(before, left, was.ServiceID) && alone(after, rest, is.ServiceID)
	})
	match(func(was, is DocumentItem) bool { return words(was) == words(is) })
	for j := range after {
		if !rest[j] {
			found = append(found, pair{nil, &after[j]})
		}
	}
	for i := range before {
		if !left[i] {
			found = append(found, pair{&before[i], nil})
		}
	}
	return found
}

func words(it DocumentItem) string { return strings.ToLower(strings.TrimSpace(it.Description)) }

func (p pair) difference(c money.Currency) Difference {
	shown, amount := p.is, int64(0)
	if p.is != nil {
		amount += p.is.Total
	} else {
		shown = p.was
	}
	if p.was != nil {
		amount -= p.was.Total
	}
	d := Difference{Description: shown.Description, From: shown.PeriodFrom, To: shown.PeriodTo, Amount: money.Of(amount, c)}
	switch {
	case p.was == nil:
		d.Cause = only(*p.is, CauseNew, CauseOneOff, CauseDiscount)
	case p.is == nil:
		d.Cause = only(*p.was, CauseGone, CausePastOnce, CauseNoReduced)
	default:
		d.Cause = changed(*p.was, *p.is)
	}
	if d.Cause == CausePlan {
		d.Before = p.was.Description
	}
	return d
}

// only is the cause of a line that stands on one of the invoices: of a service, of a single charge, or of a reduction.
func only(it DocumentItem, service, once, reduced Cause) Cause {
	switch {
	case it.Total < 0:
		return reduced
	case it.PeriodFrom == "":
		return once
	}
	return service
}

// changed is the cause of a line that stands on both. Days come before the price, which follows from them; of months only
// their number counts, since months differ in length by themselves.
func changed(was, is DocumentItem) Cause {
	days := func(it DocumentItem) int {
		if it.PeriodFrom == "" || it.PeriodTo == "" {
			return 0
		}
		if next := it.PeriodTo.AddDays(1); next == it.PeriodFrom.AddMonths(1) {
			return 30
		}
		return it.PeriodFrom.DaysUntil(it.PeriodTo) + 1
	}
	switch {
	case words(was) != words(is):
		return CausePlan
	case was.Net == is.Net:
		return CauseTax
	case days(was) != days(is):
		return CauseProrated
	case was.Quantity != is.Quantity && was.Price == is.Price:
		return CauseQuantity
	}
	return CausePrice
}
