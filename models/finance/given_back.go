package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
)

// GivenBack is the end of a refund that one sees from the other: of a payment the refund, of a refund the payment that it took
// the money from, of an invoice the refund that opened it again. PaymentID and Number are that one's.
type GivenBack struct {
	PaymentID int64
	Number    string // of the receipt
	Day       db.Day
	Amount    money.Money // above zero
}

// Left is what of a payment has not been given back, in minor units.
func (r PaymentRow) Left() int64 {
	left := r.Amount
	for _, g := range r.GivenBack {
		left -= g.Amount.Minor
	}
	return left
}

// Reopened is what a refund would open again, and by how much.
type Reopened struct {
	InvoiceID int64  // 0 is a charge that is on no invoice, or a proforma invoice
	Name      string // the document's number, or what the charge is for
	Amount    money.Money
}

// trace fills in which charges a payment pays and where its money went back to, or a refund's came from. Refunds that were cancelled are left out.
func (m Mine) trace(ctx context.Context, p *PaymentRow) (err error) {
	if p.Amount > 0 {
		if p.Charges, err = m.charges(ctx, p.Payment); err != nil {
			return err
		}
		p.GivenBack, err = m.givenBack(ctx, p.Currency, `SELECT r.id, r.receipt_number, r.day, CAST(SUM(a.amount) AS BIGINT) FROM allocations a JOIN transactions t ON t.id = a.transaction_id
			JOIN payments r ON r.id = t.payment_id AND r.amount < 0 WHERE a.source_kind = 'payment' AND a.source_id = ? AND a.customer_id = ?
			GROUP BY r.id, r.receipt_number, r.day HAVING SUM(a.amount) <> 0 ORDER BY r.id`, p.ID, m.id)
		return err
	}
	if p.Cancelled() {
		return nil
	}
	p.Of, err = m.givenBack(ctx, p.Currency, `SELECT s.id, s.receipt_number, s.day, CAST(SUM(a.amount) AS BIGINT) FROM transactions t JOIN allocations a ON a.transaction_id = t.id AND a.source_kind = 'payment'
		JOIN payments s ON s.id = a.source_id WHERE t.payment_id = ? AND t.customer_id = ? AND t.type = 'debit'
		GROUP BY s.id, s.receipt_number, s.day HAVING SUM(a.amount) <> 0 ORDER BY s.id`, p.ID, m.id)
	if err != nil {
		return err
	}
	opened, err := m.opened(ctx, p.Currency, "i.id, i.number, MIN(t.day)", "t.payment_id = ?", p.ID)
	for _, o := range opened {
		p.Opened = append(p.Opened, Covered{o.PaymentID, o.Number, o.Amount})
	}
	return err
}

// opened reads which invoices refunds opened again: a refund takes an invoice's money from its payment, and the next thing that
// the payment pays is the refund.
func (m Mine) opened(ctx context.Context, c money.Currency, columns, where string, id int64) ([]GivenBack, error) {
	return m.givenBack(ctx, c, `SELECT `+columns+`, CAST(-SUM(o.amount) AS BIGINT) FROM allocations o JOIN invoices i ON i.id = o.invoice_id
		JOIN allocations a ON a.id = (SELECT MIN(n.id) FROM allocations n WHERE n.source_kind = o.source_kind AND n.source_id = o.source_id AND n.id > o.id AND n.amount > 0)
		JOIN transactions t ON t.id = a.transaction_id JOIN payments r ON r.id = t.payment_id AND r.amount < 0 AND r.deleted_day = ''
		WHERE `+where+` AND o.customer_id = ? AND o.source_kind = 'payment' AND o.amount < 0 AND o.day = a.day
		GROUP BY 1, 2 ORDER BY MIN(o.id)`, id, m.id)
}

func (m Mine) givenBack(ctx context.Context, c money.Currency, sql string, values ...any) (list []GivenBack, err error) {
	err = db.Rows(m.s.d.R(ctx).Raw(sql, values...), func(scan func(into ...any) error) error {
		g := GivenBack{Amount: money.Of(0, c)}
		err := scan(&g.PaymentID, &g.Number, &g.Day, &g.Amount.Minor)
		list = append(list, g)
		return err
	})
	return list, err
}

// RefundOpens tells before it is done what a refund of a payment would open again, the last paid first. More than the payment
// has left is db.Invalid{"amount"}.
func (d Desk) RefundOpens(ctx context.Context, payment, amount int64) (list []Reopened, err error) {
	pay, err := own[Payment](ctx, d, payment)
	if err != nil {
		return nil, err
	}
	rows, err := d.s.releasable(ctx, FromPayment, payment)
	if err != nil {
		return nil, err
	}
	if list, err = d.s.refundAsks(ctx, pay, amount); err != nil {
		return nil, err
	}
	amount -= pay.Unallocated
	for _, r := range rows {
		n := min(r.Amount, amount)
		if n <= 0 {
			break
		}
		amount -= n
		o := Reopened{InvoiceID: r.InvoiceID, Amount: money.Of(n, pay.Currency)}
		sql, id := "SELECT number FROM invoices WHERE id = ?", r.InvoiceID
		if id == 0 {
			sql, id = "SELECT description FROM transactions WHERE id = ?", r.TransactionID
		}
		if err := d.s.d.Q(ctx).Raw(sql, id).Scan(&o.Name).Error; err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	if amount > 0 {
		return nil, db.Invalid{"amount": "finance.error.more_than_open"}
	}
	return list, nil
}

// refundAsks tells of the proforma invoice that a refund of its payment leaves unpaid: it cannot be paid in part, so all of it is
// asked for again. One whose invoice is made asks for nothing more.
func (s *Store) refundAsks(ctx context.Context, pay Payment, amount int64) ([]Reopened, error) {
	if pay.ProformaID == 0 {
		return nil, nil
	}
	doc, err := db.From[ProformaInvoice](s.d.Q(ctx)).Where("id = ?", pay.ProformaID).Take()
	if err != nil || doc.Status != StatusPaid || doc.InvoiceID != 0 {
		return nil, err
	}
	parts, err := s.proformaMoney(ctx, doc)
	sum := -amount
	for _, p := range parts {
		sum += p.Net
	}
	if err != nil || sum >= doc.Total {
		return nil, err
	}
	return []Reopened{{Name: doc.Number, Amount: money.Of(doc.Total, doc.Currency)}}, nil
}
