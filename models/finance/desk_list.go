package finance

import (
	"context"
	"strings"

	"myisp/internal/money"
	"myisp/models/db"

	"gorm.io/gorm"
)

// ListKind names a list of documents across all customers, as FinancePages of the portal name them.
type ListKind string

// The lists that staff have.
const (
	ListInvoices     ListKind = "invoices"
	ListProforma     ListKind = "proforma_invoices"
	ListPayments     ListKind = "payments"
	ListCreditNotes  ListKind = "credit_notes"
	ListTransactions ListKind = "transactions"
)

// ListKinds lists them in the order of the menu.
var ListKinds = []ListKind{ListInvoices, ListProforma, ListPayments, ListCreditNotes, ListTransactions}

// DeskFilter narrows a list across customers. Found are the customers whom the words of Search name: they match besides
// numbers that begin with Search.
type DeskFilter struct {
	Filter
	PartnerID, MethodID int64
	Found               []int64
}

// DeskRow is a document in a list across customers.
type DeskRow struct {
	ID, CustomerID, PartnerID int64
	Customer                  string
	Number, Text              string
	Day, DueDay               db.Day
	Currency                  money.Currency
	Total                     int64 // of a transaction its movement: above zero is money in
	Open                      int64 // not paid, not used, not allocated
	State                     State // "" of payments and transactions that are in force
	Method                    Method
	Category                  TransactionCategory
	Waits                     bool // a future item
}

// listSQL are the columns of the lists, the document's table being i: number, text, due day, total, open, status, whether it
// was paid from the balance, method, category, ledger transaction.
var listSQL = map[ListKind]struct{ table, columns, joins string }{
	ListInvoices: {"invoices i", "i.number, '', i.due_day, i.total, i.due, i.status, i.paid_from_balance, 0, '', '', 0, '', '', 1", ""},
	ListProforma: {"proforma_invoices i", "i.number, '', i.due_day, i.total, i.total, i.status, i.payment_id < 0, 0, '', '', 0, '', '', 1", ""},
	ListPayments: {"payments i", "i.receipt_number, i.comment, i.deleted_day, i.amount, i.unallocated, '', i.id < 0, COALESCE(m.id, 0), COALESCE(m.name, ''), COALESCE(m.kind, ''), 0, '', '', 1",
		"LEFT JOIN payment_methods m ON m.id = i.method_id"},
	ListCreditNotes: {"credit_notes i", "i.number, '', '', i.total, i.remaining, i.status, i.id < 0, 0, '', '', 0, '', '', 1", ""},
	ListTransactions: {"transactions i", "'', CASE WHEN i.description = '' THEN i.comment ELSE i.description END, '', CASE WHEN i.type = 'credit' THEN i.total ELSE -i.total END, i.remaining, '', i.id < 0, " +
		"0, '', '', COALESCE(m.id, 0), COALESCE(m.name, ''), COALESCE(m.kind, ''), CASE WHEN i.ledger_transaction_id = 0 AND i.invoice_id = 0 THEN 0 ELSE 1 END",
		"LEFT JOIN transaction_categories m ON m.id = i.category_id"},
}

// List reads a page of a list across all customers, newest first, with one statement along an index. It is for staff.
func (s *Store) List(ctx context.Context, kind ListKind, f DeskFilter, today db.Day) (Page[DeskRow], error) {
	sql := listSQL[kind]
	partner := "i.partner_id"
	if kind == ListTransactions {
		partner = "c.partner_id"
	}
	q := s.d.R(ctx).Table(sql.table).Joins("JOIN customers c ON c.id = i.customer_id " + sql.joins).Select("i.id, i.customer_id, " + partner + ", c.name, i.day, i.currency, " + sql.columns)
	q = f.narrow(q, kind, partner, today)
	rows := make([]DeskRow, 0, PageSize+1)
	err := db.Rows(f.keyset(q, "i"), func(scan func(into ...any) error) error {
		var r DeskRow
		var status Status
		var fromBalance bool
		var counts int
		err := scan(&r.ID, &r.CustomerID, &r.PartnerID, &r.Customer, &r.Day, &r.Currency, &r.Number, &r.Text, &r.DueDay, &r.Total, &r.Open, &status, &fromBalance,
			&r.Method.ID, &r.Method.Name, &r.Method.Kind, &r.Category.ID, &r.Category.Name, &r.Category.Kind, &counts)
		r.Waits = counts == 0
		switch kind {
		case ListInvoices:
			r.State = InvoiceState(status, r.Total, r.Open, r.DueDay, fromBalance, today)
		case ListProforma:
			r.State = ProformaState(status, r.DueDay, today)
		case ListCreditNotes:
			r.State = CreditNoteState(status, r.Open)
		case ListPayments:
			if r.DueDay != "" {
				r.State, r.DueDay = Deleted, ""
			}
		}
		rows = append(rows, r)
		return err
	})
	return paged(f.Filter, rows, func(r DeskRow) (db.Day, int64) { return r.Day, r.ID }, func(r DeskRow) DeskRow { return r }), err
}

func (f DeskFilter) narrow(q *gorm.DB, kind ListKind, partner string, today db.Day) *gorm.DB {
	switch kind {
	case ListInvoices:
		q = f.invoiceState(q, today)
	case ListProforma:
		q = f.proformaState(q, today)
	case ListCreditNotes:
		q = f.creditNoteState(q)
	case ListPayments:
		switch f.State {
		case Deleted:
			q = q.Where("i.deleted_day <> ''")
		case Refunded:
			q = q.Where("i.amount < 0 AND i.deleted_day = ''")
		case Paid:
			q = q.Where("i.amount > 0 AND i.deleted_day = ''")
		}
		if f.MethodID != 0 {
			q = q.Where("i.method_id = ?", f.MethodID)
		}
	}
	if f.PartnerID != 0 {
		q = q.Where(partner+" = ?", f.PartnerID)
	}
	if f.Search == "" {
		return q
	}
	column := map[ListKind]string{ListPayments: "i.receipt_number", ListTransactions: "i.description"}[kind]
	found := append([]int64{-1}, f.Found...) // never empty, which IN does not bear
	pattern := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Search) + "%"
	return q.Where("("+or(column, "i.number")+` LIKE ? ESCAPE '\' OR i.customer_id IN ?)`, pattern, found)
}

// ListStates are the states by which a list can be narrowed, in order.
func ListStates(kind ListKind) []State {
	switch kind {
	case ListInvoices:
		return []State{Open, Overdue, PartiallyPaid, Pending, Paid, PaidFromBalance, Deleted}
	case ListProforma:
		return []State{Open, Overdue, Pending, Paid, Deleted}
	case ListCreditNotes:
		return []State{RefundDue, Refunded, Closed, Deleted}
	case ListPayments:
		return []State{Paid, Refunded, Deleted}
	}
	return nil
}
