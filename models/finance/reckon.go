package finance

import (
	"context"

	"myisp/models/db"
)

// Reckoning is what a document would say before it has a number: its lines, their sums and the tax of each rate.
type Reckoning struct {
	Totals
	Lines []DocumentItem
	Taxes []TaxLine
}

// Reckon works out a document of the kind that staff are writing, as issuing it would, and writes nothing. Future are the
// waiting transactions that an invoice would take up. What could not be issued is db.Invalid here already.
func (d Desk) Reckon(ctx context.Context, p Party, kind ListKind, items []Item, future []int64, how Rounding) (r Reckoning, err error) {
	if kind == ListInvoices {
		waiting, err := d.s.future(ctx, p, future)
		if err != nil {
			return r, err
		}
		items = append(items[:len(items):len(items)], waiting...)
	}
	if r.Lines, r.Totals, err = Lines(items, how); err != nil {
		return r, err
	}
	r.Taxes = TaxLines(r.Lines)
	return r, totalOf(kind, r.Total)
}

// totalOf refuses a total that a document of the kind may not have (FIN-5): nothing below zero, and nothing of zero where it
// would say nothing.
func totalOf(kind ListKind, total int64) error {
	switch {
	case kind == ListInvoices && total < 0:
		return db.Invalid{"items": "finance.error.total_negative"}
	case kind != ListInvoices && total <= 0:
		return db.Invalid{"items": "finance.error.total_zero"}
	}
	return nil
}
