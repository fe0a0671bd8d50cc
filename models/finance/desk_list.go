package finance

import (
	"context"
	"strconv"
	"strings"

	"myisp/internal/money"
	customers "myisp/models/customer"
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

// DeskFilter narrows a list across customers. Search finds numbers that begin with it, and what belongs to any customer whom
// its words name; a transaction's number is that of its invoice.
type DeskFilter struct {
	Filter
	PartnerID, MethodID int64
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
	Waits                     bool   // a future item
	Receipt                   string // of a transaction: the payment's or refund's that it belongs to
	Cancels                   bool   // it takes that back, which was recorded by mistake (0019)
}

// listSQL are the columns of the lists, the document's table being i: number, text, due day, total, open, status, whether it
// was paid from the balance, method, category, ledger transaction, receipt and amount of a transaction's payment.
var listSQL = map[ListKind]struct{ table, columns, joins string }{
	ListInvoices: {"invoices i", "i.number, '', i.due_day, i.total, i.due, i.status, i.paid_from_balance, 0, '', '', 0, '', '', 1, '', 0", ""},
	ListProforma: {"proforma_invoices i", "i.number, '', i.due_day, i.total, CASE WHEN i.invoice_id = 0 THEN i.total ELSE 0 END, i.status, i.payment_id < 0, 0, '', '', 0, '', '', 1, '', 0", ""},
	ListPayments: {"payments i", "i.receipt_number, i.comment, i.deleted_day, i.amount, i.unallocated, '', i.id < 0, COALESCE(m.id, 0), COALESCE(m.name, ''), COALESCE(m.kind, ''), 0, '', '', 1, '', 0",
		"LEFT JOIN payment_methods m ON m.id = i.method_id"},
	ListCreditNotes: {"credit_notes i", "i.number, '', '', i.total, i.remaining, i.status, i.id < 0, 0, '', '', 0, '', '', 1, '', 0", ""},
	ListTransactions: {"transactions i", "'', CASE WHEN i.description = '' THEN i.comment ELSE i.description END, '', CASE WHEN i.type = 'credit' THEN i.total ELSE -i.total END, i.remaining, '', i.id < 0, " +
		"0, '', '', COALESCE(m.id, 0), COALESCE(m.name, ''), COALESCE(m.kind, ''), CASE WHEN i.ledger_transaction_id = 0 AND i.invoice_id = 0 THEN 0 ELSE 1 END, COALESCE(p.receipt_number, ''), COALESCE(p.amount, 0)",
		"LEFT JOIN transaction_categories m ON m.id = i.category_id LEFT JOIN payments p ON p.id = i.payment_id"},
}

// List reads a page of a list across all customers, newest first, with one statement along an index. It is for staff.
func (s *Store) List(ctx context.Context, kind ListKind, f DeskFilter, today db.Day) (Page[DeskRow], error) {
	sql := listSQL[kind]
	partner := "i.partner_id"
	if kind == ListTransactions {
		partner = "c.partner_id"
	}
	q := s.d.R(ctx).Table(sql.table).Joins("JOIN customers c ON c.id = i.customer_id " + sql.joins).Select("i.id, i.customer_id, " + partner + ", c.name, i.day, i.currency, " + sql.columns)
	if f.Search == "" {
		q = f.narrow(q, kind, partner, today)
	} else {
		q = s.searched(ctx, q, kind, f, partner, today)
	}
	rows := make([]DeskRow, 0, PageSize+1)
	err := db.Rows(f.keyset(q, "i"), func(scan func(into ...any) error) error {
		var r DeskRow
		var status Status
		var fromBalance bool
		var counts int
		var payment int64
		err := scan(&r.ID, &r.CustomerID, &r.PartnerID, &r.Customer, &r.Day, &r.Currency, &r.Number, &r.Text, &r.DueDay, &r.Total, &r.Open, &status, &fromBalance,
			&r.Method.ID, &r.Method.Name, &r.Method.Kind, &r.Category.ID, &r.Category.Name, &r.Category.Kind, &counts, &r.Receipt, &payment)
		r.Cancels = r.Total != 0 && cancels(payment, r.Type())
		r.Waits = counts == 0
		switch kind {
		case ListInvoices:
			r.State = InvoiceState(status, r.Total, r.Open, r.DueDay, fromBalance, today)
		case ListProforma:
			r.State = ProformaState(status, r.Open == 0, r.DueDay, today)
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

// Type is a transaction's, by the sign of its movement.
func (r DeskRow) Type() TransactionType {
	if r.Total > 0 {
		return Credit
	}
	return Debit
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
	return q
}

// searched narrows q to what a search finds. Each way of finding is a page of its own along its own index, and the page is the
// newest of them together: one condition with OR would walk the whole table past everything that does not match.
func (s *Store) searched(ctx context.Context, q *gorm.DB, kind ListKind, f DeskFilter, partner string, today db.Day) *gorm.DB {
	var pages []string
	var found []any
	add := func(where string, values ...any) {
		page := s.d.R(ctx).Table(listSQL[kind].table).Select("i.id")
		if kind == ListTransactions {
			page = page.Joins("JOIN customers c ON c.id = i.customer_id")
		}
		pages = append(pages, "SELECT id FROM (?) x"+strconv.Itoa(len(pages)))
		found = append(found, f.keyset(f.narrow(page, kind, partner, today), "i").Where(where, values...))
	}
	numbers := []string{f.Search}
	if upper := strings.ToUpper(f.Search); upper != f.Search {
		numbers = append(numbers, upper)
	}
	for _, number := range numbers {
		switch kind {
		case ListTransactions:
			where, values := s.d.Kind().Beginning("n.number", number)
			add("i.invoice_id IN (SELECT n.id FROM invoices n WHERE "+where+")", values...)
		case ListPayments:
			where, values := s.d.Kind().Beginning("i.receipt_number", number)
			add(where, values...)
		default:
			where, values := s.d.Kind().Beginning("i.number", number)
			add(where, values...)
		}
	}
	if sql, values := customers.Named(f.Search); sql != "" {
		add("i.customer_id IN ("+sql+")", values...)
	}
	return q.Where("i.id IN ("+strings.Join(pages, " UNION ")+")", found...)
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
