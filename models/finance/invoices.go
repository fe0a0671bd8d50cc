package finance

import (
	"context"
	"slices"
	"strings"

	"myisp/internal/money"
	"myisp/models/db"

	"gorm.io/gorm"
)

// InvoiceRow is an invoice in a list.
type InvoiceRow struct {
	Invoice
	State   State
	Summary []string // the descriptions of its first items
	Methods []Method // how it was paid, without repetition; only for Filter.Methods
}

// Method names a payment method: by what staff called it, and by its kind, which the portal translates.
type Method struct {
	ID         int64
	Name, Kind string
}

// InvoiceDetail is a whole invoice.
type InvoiceDetail struct {
	Invoice
	State    State
	Items    []DocumentItem
	TaxLines []TaxLine
	Payers   []Payer

	GivenBack []GivenBack // the refunds that opened it again
}

// Payer is what pays an invoice: a payment, a credit note, or a credit on the account (Kind FromTransaction).
type Payer struct {
	Kind   SourceKind
	ID     int64
	Number string // receipt or credit note number
	Day    db.Day // when it was allocated
	Amount money.Money
	Method Method // of a payment
}

// where of a derived state, in SQL: it must say the same as InvoiceState, which a test holds it to.
func (f Filter) invoiceState(q *gorm.DB, today db.Day) *gorm.DB {
	const late = "(i.due_day <> '' AND i.due_day < ?)"
	switch f.State {
	case Open:
		return q.Where("i.status IN ('not_paid', 'pending')")
	case Unpaid:
		return q.Where("i.status = 'not_paid' AND NOT "+late+" AND NOT (i.due > 0 AND i.due < i.total)", today)
	case PartiallyPaid:
		return q.Where("i.status = 'not_paid' AND NOT "+late+" AND i.due > 0 AND i.due < i.total", today)
	case Overdue:
		return q.Where("i.status = 'not_paid' AND "+late, today)
	case Pending:
		return q.Where("i.status = 'pending' AND NOT "+late, today)
	case PendingOverdue:
		return q.Where("i.status = 'pending' AND "+late, today)
	case Paid:
		return q.Where("i.status = 'paid' AND i.paid_from_balance = ?", false)
	case PaidFromBalance:
		return q.Where("i.status = 'paid' AND i.paid_from_balance = ?", true)
	case Deleted:
		return q.Where("i.status = 'deleted'")
	}
	return q
}

// Invoices lists the customer's invoices, newest first and without notes, with two statements whatever the number of rows.
func (m Mine) Invoices(ctx context.Context, f Filter, today db.Day) (Page[InvoiceRow], error) {
	page, err := m.invoiceRows(ctx, f, today)
	if err != nil {
		return page, err
	}
	ids := idsOf(page.Rows, func(r InvoiceRow) int64 { return r.ID })
	texts, err := m.descriptions(ctx, KindInvoice, ids)
	for i := range page.Rows {
		page.Rows[i].Summary = texts[page.Rows[i].ID]
	}
	if err != nil || !f.Methods {
		return page, err
	}
	return page, m.paidBy(ctx, page.Rows, ids)
}

// invoiceRows is Invoices without what they are for.
func (m Mine) invoiceRows(ctx context.Context, f Filter, today db.Day) (Page[InvoiceRow], error) {
	q := m.s.d.R(ctx).Table("invoices i").Where("i.customer_id = ?", m.id).
		Select("i.id, i.number, i.day, i.due_day, i.paid_day, i.currency, i.net, i.tax, i.total, i.due, i.status, i.paid_from_balance, i.kind")
	q = f.search(f.invoiceState(q, today), "i.number")
	rows := make([]Invoice, 0, PageSize+1)
	err := db.Rows(f.keyset(q, "i"), func(scan func(into ...any) error) error {
		i := Invoice{CustomerID: m.id}
		err := scan(&i.ID, &i.Number, &i.Day, &i.DueDay, &i.PaidDay, &i.Currency, &i.Net, &i.Tax, &i.Total, &i.Due, &i.Status, &i.PaidFromBalance, &i.Kind)
		rows = append(rows, i)
		return err
	})
	return paged(f, rows, func(i Invoice) (db.Day, int64) { return i.Day, i.ID },
		func(i Invoice) InvoiceRow { return InvoiceRow{Invoice: i, State: i.State(today)} }), err
}

// paidBy fills in the methods of the payments that paid the invoices.
func (m Mine) paidBy(ctx context.Context, rows []InvoiceRow, ids []int64) error {
	payers, err := m.payers(ctx, ids)
	for i := range rows {
		r := &rows[i]
		for _, p := range payers[r.ID] {
			if p.Kind == FromPayment && !slices.Contains(r.Methods, p.Method) {
				r.Methods = append(r.Methods, p.Method)
			}
		}
	}
	return err
}

// Invoice reads one of the customer's invoices with its items and what pays it; anybody else's is db.ErrNotFound.
func (m Mine) Invoice(ctx context.Context, id int64, today db.Day) (InvoiceDetail, error) {
	inv, err := find[Invoice](ctx, m, id)
	if err != nil {
		return InvoiceDetail{}, err
	}
	items, err := m.items(ctx, KindInvoice, id)
	if err != nil {
		return InvoiceDetail{}, err
	}
	payers, err := m.payers(ctx, []int64{id})
	if err != nil {
		return InvoiceDetail{}, err
	}
	back, err := m.opened(ctx, inv.Currency, "r.id, r.receipt_number, MIN(r.day)", "o.invoice_id = ?", id)
	return InvoiceDetail{Invoice: inv, State: inv.State(today), Items: items, TaxLines: TaxLines(items), Payers: payers[id], GivenBack: back}, err
}

func idsOf[T any](rows []T, id func(T) int64) []int64 {
	ids := make([]int64, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, id(r))
	}
	return ids
}

// items reads a document's lines in their order.
func (m Mine) items(ctx context.Context, kind DocumentKind, id int64) ([]DocumentItem, error) {
	return db.From[DocumentItem](m.s.d.R(ctx)).Where("document_kind = ? AND document_id = ? AND customer_id = ?", kind, id, m.id).
		Order("position, id").Find()
}

// descriptionsSQL reads the first three lines of documents of one kind.
const descriptionsSQL = `SELECT document_kind, document_id, position, id, description FROM document_items
	WHERE document_kind = ? AND document_id IN ? AND customer_id = ? AND position <= 3`

// document names a document.
type document struct {
	kind DocumentKind
	id   int64
}

// descriptions reads what documents of a kind are for: the descriptions of their first three lines.
func (m Mine) descriptions(ctx context.Context, kind DocumentKind, ids []int64) (map[int64][]string, error) {
	texts := map[int64][]string{}
	err := inBatches(ids, func(ids []int64) error {
		known, err := m.descriptionsOf(ctx, map[DocumentKind][]int64{kind: ids})
		for d, list := range known {
			texts[d.id] = list
		}
		return err
	})
	return texts, err
}

// descriptionsOf is descriptions of documents of several kinds, with one statement; none without ids.
func (m Mine) descriptionsOf(ctx context.Context, ids map[DocumentKind][]int64) (map[document][]string, error) {
	var parts []string
	var args []any
	for kind, list := range ids {
		if len(list) > 0 {
			parts, args = append(parts, descriptionsSQL), append(args, kind, list, m.id)
		}
	}
	texts := map[document][]string{}
	if len(parts) == 0 {
		return texts, nil
	}
	q := m.s.d.R(ctx).Raw(strings.Join(parts, " UNION ALL ")+" ORDER BY 1, 2, 3, 4", args...)
	return texts, db.Rows(q, func(scan func(into ...any) error) error {
		var of document
		var position, id int64
		var text string
		err := scan(&of.kind, &of.id, &position, &id, &text)
		texts[of] = append(texts[of], strings.TrimSpace(text))
		return err
	})
}

// inBatches calls fn with at most 500 ids at a time, and not at all without ids.
func inBatches(ids []int64, fn func(ids []int64) error) error {
	for len(ids) > 0 {
		n := min(len(ids), 500)
		if err := fn(ids[:n]); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// payers reads what pays invoices, in the order in which it came.
func (m Mine) payers(ctx context.Context, invoiceIDs []int64) (map[int64][]Payer, error) {
	payers := map[int64][]Payer{}
	err := inBatches(invoiceIDs, func(ids []int64) error {
		var rows []struct {
			InvoiceID     int64
			SourceKind    SourceKind
			SourceID      int64
			Amount        int64
			Day           db.Day
			ReceiptNumber *string
			NoteNumber    *string
			MethodID      int64
			MethodName    *string
			MethodKind    *string
			Currency      money.Currency
		}
		err := m.s.d.R(ctx).Raw(`SELECT x.invoice_id, x.source_kind, x.source_id, x.amount, x.day, p.receipt_number, c.number AS note_number,
				COALESCE(p.method_id, 0) AS method_id, pm.name AS method_name, pm.kind AS method_kind, i.currency
			FROM (SELECT invoice_id, source_kind, source_id, CAST(SUM(amount) AS BIGINT) AS amount, MAX(day) AS day, MIN(id) AS first FROM allocations
				WHERE invoice_id IN ? AND customer_id = ? GROUP BY invoice_id, source_kind, source_id HAVING SUM(amount) <> 0) x
			JOIN invoices i ON i.id = x.invoice_id
			LEFT JOIN payments p ON x.source_kind = 'payment' AND p.id = x.source_id
			LEFT JOIN payment_methods pm ON pm.id = p.method_id
			LEFT JOIN credit_notes c ON x.source_kind = 'credit_note' AND c.id = x.source_id
			ORDER BY x.invoice_id, x.first`, ids, m.id).Scan(&rows).Error
		for _, r := range rows {
			payers[r.InvoiceID] = append(payers[r.InvoiceID], Payer{Kind: r.SourceKind, ID: r.SourceID, Number: text(r.ReceiptNumber) + text(r.NoteNumber),
				Day: r.Day, Amount: money.Of(r.Amount, r.Currency), Method: Method{r.MethodID, text(r.MethodName), text(r.MethodKind)}})
		}
		return err
	})
	return payers, err
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
