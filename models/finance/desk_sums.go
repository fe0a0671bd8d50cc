package finance

import (
	"context"
	"math"

	"myisp/internal/money"
	"myisp/models/db"

	"gorm.io/gorm"
)

// ListSum is what the documents of a list come to, in one currency. Minor units.
type ListSum struct {
	Currency money.Currency
	Count    int64
	Total    int64 // of transactions what they came to: In − Out
	Open     int64 // not paid, not used, not allocated
	In, Out  int64 // transactions alone
}

// sumSQL are the amounts of the lists' documents: total, open, in and out. Future items are none yet (§3.4).
var sumSQL = map[ListKind]string{
	ListInvoices:    "SUM(i.total), SUM(i.due), 0, 0",
	ListProforma:    "SUM(i.total), SUM(CASE WHEN i.status IN ('not_paid', 'pending') AND i.invoice_id = 0 THEN i.total ELSE 0 END), 0, 0",
	ListPayments:    "SUM(i.amount), SUM(i.unallocated), 0, 0",
	ListCreditNotes: "SUM(i.total), SUM(i.remaining), 0, 0",
	ListTransactions: "SUM(CASE WHEN i.type = 'credit' THEN i.total ELSE -i.total END), SUM(i.remaining), " +
		"SUM(CASE WHEN i.type = 'credit' THEN i.total ELSE 0 END), SUM(CASE WHEN i.type = 'credit' THEN 0 ELSE i.total END)",
}

// Narrowed reports whether the filter leaves anything out. A sum of everything there ever was tells nobody anything, and
// costs a look at every document.
func (f DeskFilter) Narrowed() bool {
	return f.State != "" || f.From != "" || f.To != "" || f.Search != "" || f.PartnerID != 0 || f.MethodID != 0
}

// ListSums adds up all that a filter finds, by currency, with one statement; its page does not matter. What was deleted is
// left out unless it is asked for. It is for staff.
func (s *Store) ListSums(ctx context.Context, kind ListKind, f DeskFilter, today db.Day) ([]ListSum, error) {
	partner := "i.partner_id"
	q := s.d.R(ctx).Table(listSQL[kind].table)
	if kind == ListTransactions {
		partner = "c.partner_id"
		q = q.Joins("JOIN customers c ON c.id = i.customer_id").Where("NOT (i.ledger_transaction_id = 0 AND i.invoice_id = 0)")
	}
	if f.After, f.Size = "", math.MaxInt32; f.Search != "" {
		q = s.searched(ctx, q, kind, f, partner, today)
	} else {
		q = f.narrow(q, kind, partner, today)
	}
	q = f.days(q, "i")
	if f.State != Deleted {
		q = inForce(q, kind)
	}
	var sums []ListSum
	err := db.Rows(q.Select("i.currency, COUNT(*), "+sumSQL[kind]).Group("i.currency").Order("i.currency"), func(scan func(into ...any) error) error {
		var x ListSum
		err := scan(&x.Currency, &x.Count, &x.Total, &x.Open, &x.In, &x.Out)
		sums = append(sums, x)
		return err
	})
	return sums, err
}

// inForce leaves out what was deleted.
func inForce(q *gorm.DB, kind ListKind) *gorm.DB {
	switch kind {
	case ListPayments:
		return q.Where("i.deleted_day = ''")
	case ListTransactions: // a deleted one has its reversal beside it
		return q
	}
	return q.Where("i.status <> 'deleted'")
}
