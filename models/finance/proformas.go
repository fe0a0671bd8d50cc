package finance

import (
	"context"

	"myisp/models/db"

	"gorm.io/gorm"
)

// ProformaRow is a proforma invoice in a list.
type ProformaRow struct {
	ProformaInvoice
	State   State
	Summary []string
}

// ProformaDetail is a whole proforma invoice. Payment is what paid it, with ID 0 while nothing did.
type ProformaDetail struct {
	ProformaInvoice
	State    State
	Items    []DocumentItem
	TaxLines []TaxLine
	Payment  Payment
}

func (f Filter) proformaState(q *gorm.DB, today db.Day) *gorm.DB {
	const late = "(i.due_day <> '' AND i.due_day < ?)"
	switch f.State {
	case Open:
		return q.Where("i.status IN ('not_paid', 'pending') AND i.invoice_id = 0")
	case Unpaid:
		return q.Where("i.status = 'not_paid' AND i.invoice_id = 0 AND NOT "+late, today)
	case Overdue:
		return q.Where("i.status = 'not_paid' AND i.invoice_id = 0 AND "+late, today)
	case Pending:
		return q.Where("i.status = 'pending' AND NOT "+late, today)
	case PendingOverdue:
		return q.Where("i.status = 'pending' AND "+late, today)
	case Invoiced:
		return q.Where("i.status = 'not_paid' AND i.invoice_id <> 0")
	case Paid:
		return q.Where("i.status = 'paid'")
	case Deleted:
		return q.Where("i.status = 'deleted'")
	}
	return q
}

// ProformaInvoices lists the customer's proforma invoices, newest first, with two statements.
func (m Mine) ProformaInvoices(ctx context.Context, f Filter, today db.Day) (Page[ProformaRow], error) {
	page, err := m.proformaRows(ctx, f, today)
	if err != nil {
		return page, err
	}
	texts, err := m.descriptions(ctx, KindProforma, idsOf(page.Rows, func(r ProformaRow) int64 { return r.ID }))
	for i := range page.Rows {
		page.Rows[i].Summary = texts[page.Rows[i].ID]
	}
	return page, err
}

// proformaRows is ProformaInvoices without what they are for.
func (m Mine) proformaRows(ctx context.Context, f Filter, today db.Day) (Page[ProformaRow], error) {
	q := m.s.d.R(ctx).Table("proforma_invoices i").Where("i.customer_id = ?", m.id)
	q = f.search(f.proformaState(q, today), "i.number")
	var rows []ProformaInvoice
	if err := f.keyset(q, "i").Find(&rows).Error; err != nil {
		return Page[ProformaRow]{}, err
	}
	return paged(f, rows, func(p ProformaInvoice) (db.Day, int64) { return p.Day, p.ID },
		func(p ProformaInvoice) ProformaRow { return ProformaRow{ProformaInvoice: p, State: p.State(today)} }), nil
}

// ProformaInvoice reads one of the customer's proforma invoices; anybody else's is db.ErrNotFound.
func (m Mine) ProformaInvoice(ctx context.Context, id int64, today db.Day) (ProformaDetail, error) {
	doc, err := find[ProformaInvoice](ctx, m, id)
	if err != nil {
		return ProformaDetail{}, err
	}
	items, err := m.items(ctx, KindProforma, id)
	if err != nil {
		return ProformaDetail{}, err
	}
	d := ProformaDetail{ProformaInvoice: doc, State: doc.State(today), Items: items, TaxLines: TaxLines(items)}
	if doc.PaymentID != 0 {
		d.Payment, err = find[Payment](ctx, m, doc.PaymentID)
	}
	return d, err
}

// CreditNoteRow is a credit note in a list, with the number of the invoice it was made for.
type CreditNoteRow struct {
	CreditNote
	State         State
	InvoiceNumber string
}

// CreditNoteDetail is a whole credit note.
type CreditNoteDetail struct {
	CreditNoteRow
	Items    []DocumentItem
	TaxLines []TaxLine
}

func (f Filter) creditNoteState(q *gorm.DB) *gorm.DB {
	switch f.State {
	case RefundDue:
		return q.Where("i.status = 'not_refunded' AND i.remaining <> 0")
	case Closed:
		return q.Where("i.status = 'not_refunded' AND i.remaining = 0")
	case Refunded:
		return q.Where("i.status = 'refunded'")
	case Deleted:
		return q.Where("i.status = 'deleted'")
	}
	return q
}

// CreditNotes lists the customer's credit notes, newest first, with two statements.
func (m Mine) CreditNotes(ctx context.Context, f Filter) (Page[CreditNoteRow], error) {
	q := m.s.d.R(ctx).Table("credit_notes i").Where("i.customer_id = ?", m.id)
	q = f.search(f.creditNoteState(q), "i.number")
	var rows []CreditNote
	if err := f.keyset(q, "i").Find(&rows).Error; err != nil {
		return Page[CreditNoteRow]{}, err
	}
	page := paged(f, rows, func(c CreditNote) (db.Day, int64) { return c.Day, c.ID },
		func(c CreditNote) CreditNoteRow { return CreditNoteRow{CreditNote: c, State: c.State()} })
	numbers, err := m.numbers(ctx, "invoices", idsOf(page.Rows, func(r CreditNoteRow) int64 { return r.InvoiceID }))
	for i := range page.Rows {
		page.Rows[i].InvoiceNumber = numbers[page.Rows[i].InvoiceID]
	}
	return page, err
}

// CreditNote reads one of the customer's credit notes; anybody else's is db.ErrNotFound.
func (m Mine) CreditNote(ctx context.Context, id int64) (CreditNoteDetail, error) {
	doc, err := find[CreditNote](ctx, m, id)
	if err != nil {
		return CreditNoteDetail{}, err
	}
	items, err := m.items(ctx, KindCreditNote, id)
	if err != nil {
		return CreditNoteDetail{}, err
	}
	numbers, err := m.numbers(ctx, "invoices", []int64{doc.InvoiceID})
	return CreditNoteDetail{CreditNoteRow: CreditNoteRow{doc, doc.State(), numbers[doc.InvoiceID]}, Items: items, TaxLines: TaxLines(items)}, err
}

// numbers reads the numbers of some of the customer's invoices or credit notes; id 0 and strangers' ids have none.
func (m Mine) numbers(ctx context.Context, table string, ids []int64) (map[int64]string, error) {
	numbers := map[int64]string{}
	wanted := ids[:0:0]
	for _, id := range ids {
		if id != 0 {
			wanted = append(wanted, id)
		}
	}
	err := inBatches(wanted, func(ids []int64) error {
		var rows []struct {
			ID     int64
			Number string
		}
		err := m.s.d.R(ctx).Table(table).Select("id", "number").Where("id IN ? AND customer_id = ?", ids, m.id).Find(&rows).Error
		for _, r := range rows {
			numbers[r.ID] = r.Number
		}
		return err
	})
	return numbers, err
}
