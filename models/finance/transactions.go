package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
)

// TransactionRow is a transaction with the account balance after it. Movement (FIN-1) says money in or out by its sign.
// Of the transaction it has what lists and files show; taxes, quantities and periods are not read.
type TransactionRow struct {
	Transaction
	Balance       money.Money // running, above zero in credit
	Category      TransactionCategory
	InvoiceNumber string
	Method        Method // of a payment or refund
	Receipt       string // its number
	Cancels       bool   // it takes the payment or refund back, which was recorded by mistake: no money was given back or came (0019)
}

// cancels reports whether a movement of a payment, which is below zero for a refund, takes it back.
func cancels(payment int64, t TransactionType) bool {
	return payment > 0 && t == Debit || payment < 0 && t == Credit
}

// The joins of Transactions bring in what a transaction t refers to; b is the account's balance after it.
const (
	runningBalance = `(SELECT id, SUM(CASE WHEN type = 'credit' THEN total ELSE -total END)
		OVER (PARTITION BY currency ORDER BY day, id ROWS UNBOUNDED PRECEDING) AS running FROM transactions
		WHERE customer_id = ? AND ledger_transaction_id <> 0) b`
	transactionJoins = `JOIN transactions t ON t.id = b.id AND t.customer_id = ?
		LEFT JOIN transaction_categories c ON c.id = t.category_id
		LEFT JOIN invoices i ON i.id = t.invoice_id AND i.customer_id = t.customer_id
		LEFT JOIN payments p ON p.id = t.payment_id AND p.customer_id = t.customer_id
		LEFT JOIN payment_methods pm ON pm.id = p.method_id`
	transactionColumns = `t.id, t.day, t.type, t.category_id, t.description, t.comment, t.total, t.currency, t.invoice_id, t.payment_id,
		t.credit_note_id, CAST(b.running AS BIGINT), COALESCE(c.id, 0), COALESCE(c.name, ''), COALESCE(c.kind, ''), COALESCE(i.number, ''),
		COALESCE(pm.id, 0), COALESCE(pm.name, ''), COALESCE(pm.kind, ''), COALESCE(p.receipt_number, ''), COALESCE(p.amount, 0)`
)

// Transactions lists the movements on the customer's account, newest first, with one statement. The running balance
// counts every movement, those that the filter hides too.
func (m Mine) Transactions(ctx context.Context, f Filter) (Page[TransactionRow], error) {
	q := m.s.d.R(ctx).Table(runningBalance, m.id).Joins(transactionJoins, m.id).Select(transactionColumns)
	q = f.search(q, "t.description", "t.comment")
	rows := make([]TransactionRow, 0, PageSize+1)
	err := db.Rows(f.keyset(q, "t"), func(scan func(into ...any) error) error {
		r := TransactionRow{Transaction: Transaction{CustomerID: m.id}}
		var payment int64
		err := scan(&r.ID, &r.Day, &r.Type, &r.CategoryID, &r.Description, &r.Comment, &r.Total, &r.Currency, &r.InvoiceID, &r.PaymentID,
			&r.CreditNoteID, &r.Balance.Minor, &r.Category.ID, &r.Category.Name, &r.Category.Kind, &r.InvoiceNumber,
			&r.Method.ID, &r.Method.Name, &r.Method.Kind, &r.Receipt, &payment)
		r.Cancels = cancels(payment, r.Type)
		r.Balance.Currency = r.Currency
		rows = append(rows, r)
		return err
	})
	if err != nil {
		return Page[TransactionRow]{}, err
	}
	return paged(f, rows, func(r TransactionRow) (db.Day, int64) { return r.Day, r.ID }, func(r TransactionRow) TransactionRow { return r }), nil
}
