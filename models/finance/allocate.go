package finance

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"myisp/internal/money"
	"myisp/models/db"
)

// source is money that can pay something, target something that wants to be paid; open is what is left of either.
type source struct {
	kind SourceKind
	id   int64
	day  db.Day
	open int64
}

type target struct {
	invoiceID, transactionID int64
	day                      db.Day
	open                     int64
}

// book collects allocations of one customer and writes them at once, with the projections of all documents they touch.
type book struct {
	s          *Store
	customerID int64
	day        db.Day
	rows       []Allocation
	fromHere   bool // paid from the balance: invoices that end paid are marked so
}

func (s *Store) book(customerID int64, day db.Day) *book {
	return &book{s: s, customerID: customerID, day: day}
}

// take moves as much as fits, at most limit, from src to tgt and returns it.
func (b *book) take(src *source, tgt *target, limit int64) int64 {
	n := min(src.open, tgt.open, limit)
	if n <= 0 {
		return 0
	}
	src.open, tgt.open = src.open-n, tgt.open-n
	b.add(src.kind, src.id, tgt, n)
	return n
}

func (b *book) add(kind SourceKind, id int64, tgt *target, amount int64) {
	b.rows = append(b.rows, Allocation{CustomerID: b.customerID, SourceKind: kind, SourceID: id, InvoiceID: tgt.invoiceID,
		TransactionID: tgt.transactionID, Amount: amount, Day: b.day, CreatedAt: b.s.d.Now()})
}

// takeAll pays targets from sources, both in their order.
func (b *book) takeAll(sources []source, targets []target) {
	for i := range targets {
		for j := range sources {
			b.take(&sources[j], &targets[i], targets[i].open)
		}
	}
}

// write stores the allocations and refreshes every document they touch, once.
func (b *book) write(ctx context.Context) error {
	if len(b.rows) == 0 {
		return nil
	}
	if err := b.s.d.Q(ctx).CreateInBatches(&b.rows, 500).Error; err != nil {
		return err
	}
	type doc struct {
		kind string
		id   int64
	}
	touched := map[doc]bool{}
	for _, r := range b.rows {
		touched[doc{string(r.SourceKind), r.SourceID}] = true
		if r.InvoiceID != 0 {
			touched[doc{"invoice", r.InvoiceID}] = true
		} else {
			touched[doc{string(FromTransaction), r.TransactionID}] = true
		}
	}
	b.rows = nil
	order := slices.SortedFunc(maps.Keys(touched), func(a, b doc) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id)) })
	for _, t := range order {
		var err error
		switch t.kind {
		case "invoice":
			err = b.refreshInvoice(ctx, t.id)
		case string(FromPayment):
			err = b.s.refreshPayment(ctx, t.id)
		case string(FromCreditNote):
			err = b.s.refreshCreditNote(ctx, t.id)
		default:
			err = b.s.refreshTransaction(ctx, t.id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *book) refreshInvoice(ctx context.Context, id int64) error {
	inv, err := db.From[Invoice](b.s.d.Q(ctx)).Where("id = ?", id).Take()
	if err != nil {
		return err
	}
	inv.PaidFromBalance = b.fromHere
	return b.s.refreshInvoice(ctx, &inv)
}

func (s *Store) refreshPayment(ctx context.Context, id int64) error {
	err := s.d.Q(ctx).Exec(`UPDATE payments SET unallocated = amount -
		(SELECT COALESCE(SUM(a.amount), 0) FROM allocations a WHERE a.source_kind = 'payment' AND a.source_id = payments.id) WHERE id = ?`, id).Error
	if err != nil {
		return err
	}
	p, err := db.From[Payment](s.d.Q(ctx)).Where("id = ?", id).Take()
	if err != nil || p.ProformaID == 0 {
		return err
	}
	return s.refreshProforma(ctx, p.ProformaID)
}

func (s *Store) refreshTransaction(ctx context.Context, id int64) error {
	return s.d.Q(ctx).Exec(`UPDATE transactions SET remaining = total - CASE WHEN type = 'credit'
		THEN (SELECT COALESCE(SUM(a.amount), 0) FROM allocations a WHERE a.source_kind = 'transaction' AND a.source_id = transactions.id)
		ELSE (SELECT COALESCE(SUM(a.amount), 0) FROM allocations a WHERE a.transaction_id = transactions.id) END WHERE id = ?`, id).Error
}

type usedUp struct {
	Amount   int64
	Refunded int64
	Day      db.Day
}

// used sums what a source has paid, and how much of it went to refunds.
func (s *Store) used(ctx context.Context, kind SourceKind, id int64) (u usedUp, err error) {
	err = s.d.Q(ctx).Raw(`SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount, COALESCE(MAX(day), '') AS day,
		CAST(COALESCE(SUM(CASE WHEN transaction_id <> 0 THEN amount ELSE 0 END), 0) AS BIGINT) AS refunded
		FROM allocations WHERE source_kind = ? AND source_id = ?`, kind, id).Scan(&u).Error
	return u, err
}

// wanting lists what a customer has to pay, in the order in which payments settle it (FIN-3): by day, and on one day the
// debits that are on no invoice before the invoices, those in the order of their creation.
func (s *Store) wanting(ctx context.Context, customerID int64, c money.Currency) ([]target, error) {
	targets, err := s.wantingDebits(ctx, customerID, c)
	if err != nil {
		return nil, err
	}
	var rows []Invoice
	err = s.d.Q(ctx).Select("id", "day", "due").Where("customer_id = ? AND currency = ? AND due > 0 AND status <> ?", customerID, c, StatusDeleted).
		Order("day, id").Find(&rows).Error
	for _, r := range rows {
		targets = append(targets, target{invoiceID: r.ID, day: r.Day, open: r.Due})
	}
	slices.SortStableFunc(targets, func(a, b target) int { return cmp.Compare(a.day, b.day) })
	return targets, err
}

func (s *Store) wantingDebits(ctx context.Context, customerID int64, c money.Currency) ([]target, error) {
	var rows []Transaction
	err := s.d.Q(ctx).Select("id", "day", "remaining").
		Where("customer_id = ? AND currency = ? AND type = ? AND remaining > 0 AND ledger_transaction_id > 0", customerID, c, Debit).
		Order("day, id").Find(&rows).Error
	var targets []target
	for _, r := range rows {
		targets = append(targets, target{transactionID: r.ID, day: r.Day, open: r.Remaining})
	}
	return targets, err
}

// paying lists what a customer has in credit, oldest first. Credit notes are left out where only money that came in may
// be used: they have their own end, a refund.
func (s *Store) paying(ctx context.Context, customerID int64, c money.Currency, creditNotes bool) ([]source, error) {
	var rows []struct {
		Kind SourceKind
		ID   int64
		Day  db.Day
		Open int64
	}
	err := s.d.Q(ctx).Raw(`SELECT 'payment' AS kind, id, day, unallocated AS open FROM payments WHERE customer_id = ? AND currency = ? AND unallocated > 0
		UNION ALL SELECT 'transaction', id, day, remaining FROM transactions
			WHERE customer_id = ? AND currency = ? AND type = 'credit' AND remaining > 0 AND ledger_transaction_id > 0
		UNION ALL SELECT 'credit_note', id, day, remaining FROM credit_notes
			WHERE customer_id = ? AND currency = ? AND remaining > 0 AND status = 'not_refunded' AND ?
		ORDER BY 3, 1, 2`, customerID, c, customerID, c, customerID, c, creditNotes).Scan(&rows).Error
	var sources []source
	for _, r := range rows {
		sources = append(sources, source{kind: r.Kind, id: r.ID, day: r.Day, open: r.Open})
	}
	return sources, err
}
