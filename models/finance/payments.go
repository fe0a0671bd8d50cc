package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
)

// PaymentRow is a payment, or below zero a refund, with the documents it touches.
type PaymentRow struct {
	Payment
	Method           Method
	Covers           []Covered // the invoices it pays, oldest allocation first
	CreditNoteNumber string    // of a refund of a credit note
	ProformaNumber   string    // of the proforma invoice it paid
	ByLink           bool      // it came through a pay link

	// What was given back of it and what it pays of charges on no invoice, or of a refund the payments that it was taken from and the
	// invoices that it opened again. Payment alone reads these.
	Charges       []PaidCharge
	GivenBack, Of []GivenBack
	Opened        []Covered
}

// Cancelled reports whether staff have taken the payment back as recorded by mistake (§3.4): it counts no more.
func (p Payment) Cancelled() bool { return p.DeletedDay != "" }

// Moved is a transaction of the payment as lists show it, without the balance after it.
func (r PaymentRow) Moved(t Transaction) TransactionRow {
	return TransactionRow{Transaction: t, Method: r.Method, Receipt: r.ReceiptNumber, Cancels: cancels(r.Amount, t.Type)}
}

// Covered is the part of an invoice that a payment pays.
type Covered struct {
	InvoiceID int64
	Number    string
	Amount    money.Money
}

// Payments lists the customer's payments and refunds, newest first, with at most six statements.
func (m Mine) Payments(ctx context.Context, f Filter) (Page[PaymentRow], error) {
	q := m.s.d.R(ctx).Table("payments p").Where("p.customer_id = ?", m.id)
	q = f.search(q, "p.receipt_number", "p.comment")
	var rows []Payment
	if err := f.keyset(q, "p").Find(&rows).Error; err != nil {
		return Page[PaymentRow]{}, err
	}
	page := paged(f, rows, func(p Payment) (db.Day, int64) { return p.Day, p.ID }, func(p Payment) PaymentRow { return PaymentRow{Payment: p} })
	return page, m.complete(ctx, page.Rows)
}

// Payment reads one of the customer's payments; anybody else's is db.ErrNotFound.
func (m Mine) Payment(ctx context.Context, id int64) (PaymentRow, error) {
	p, err := find[Payment](ctx, m, id)
	if err != nil {
		return PaymentRow{}, err
	}
	rows := []PaymentRow{{Payment: p}}
	if err := m.complete(ctx, rows); err != nil {
		return rows[0], err
	}
	return rows[0], m.trace(ctx, &rows[0])
}

// complete fills in what payments refer to.
func (m Mine) complete(ctx context.Context, rows []PaymentRow) error {
	methods, err := m.s.methods(ctx)
	if err != nil {
		return err
	}
	covers, err := m.covers(ctx, idsOf(rows, func(r PaymentRow) int64 { return r.ID }))
	if err != nil {
		return err
	}
	notes, err := m.numbers(ctx, "credit_notes", idsOf(rows, func(r PaymentRow) int64 { return r.CreditNoteID }))
	if err != nil {
		return err
	}
	proformas, err := m.numbers(ctx, "proforma_invoices", idsOf(rows, func(r PaymentRow) int64 { return r.ProformaID }))
	for i := range rows {
		r := &rows[i]
		r.Method, r.Covers = methods[r.MethodID], covers[r.ID]
		r.CreditNoteNumber, r.ProformaNumber = notes[r.CreditNoteID], proformas[r.ProformaID]
	}
	if err != nil {
		return err
	}
	return m.byLink(ctx, rows)
}

// byLink marks the payments whose attempt was begun with a pay link.
func (m Mine) byLink(ctx context.Context, rows []PaymentRow) error {
	var ids []int64
	for _, r := range rows {
		if r.AttemptID != 0 {
			ids = append(ids, r.AttemptID)
		}
	}
	linked := map[int64]bool{}
	err := inBatches(ids, func(ids []int64) error {
		var some []int64
		err := m.s.d.R(ctx).Raw(`SELECT id FROM payment_attempts WHERE id IN ? AND customer_id = ? AND pay_link_id <> 0`, ids, m.id).Scan(&some).Error
		for _, id := range some {
			linked[id] = true
		}
		return err
	})
	for i := range rows {
		rows[i].ByLink = linked[rows[i].AttemptID]
	}
	return err
}

func (s *Store) methods(ctx context.Context) (map[int64]Method, error) {
	rows, err := s.PaymentMethods(ctx)
	all := make(map[int64]Method, len(rows))
	for _, r := range rows {
		all[r.ID] = Method{r.ID, r.Name, r.Kind}
	}
	return all, err
}

// covers reads which invoices payments pay.
func (m Mine) covers(ctx context.Context, paymentIDs []int64) (map[int64][]Covered, error) {
	covers := map[int64][]Covered{}
	err := inBatches(paymentIDs, func(ids []int64) error {
		var rows []struct {
			SourceID, InvoiceID, Amount int64
			Number                      string
			Currency                    money.Currency
		}
		err := m.s.d.R(ctx).Raw(`SELECT x.source_id, x.invoice_id, x.amount, i.number, i.currency
			FROM (SELECT source_id, invoice_id, CAST(SUM(amount) AS BIGINT) AS amount, MIN(id) AS first FROM allocations
				WHERE source_kind = 'payment' AND source_id IN ? AND customer_id = ? AND invoice_id <> 0 GROUP BY source_id, invoice_id HAVING SUM(amount) <> 0) x
			JOIN invoices i ON i.id = x.invoice_id ORDER BY x.source_id, x.first`, ids, m.id).Scan(&rows).Error
		for _, r := range rows {
			covers[r.SourceID] = append(covers[r.SourceID], Covered{r.InvoiceID, r.Number, money.Of(r.Amount, r.Currency)})
		}
		return err
	})
	return covers, err
}
