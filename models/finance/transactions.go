package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
)

// TransactionRow is a transaction with the account balance after it. Movement (FIN-1) says money in or out by its sign.
type TransactionRow struct {
	Transaction
	Balance       money.Money // running, above zero in credit
	Category      TransactionCategory
	InvoiceNumber string
	Method        Method // of a payment or refund
}

// Transactions lists the movements on the customer's account, newest first, with four statements. The running balance
// counts every movement, those that the filter hides too.
func (m Mine) Transactions(ctx context.Context, f Filter) (Page[TransactionRow], error) {
	type row struct {
		Transaction
		RunningBalance int64
	}
	q := m.s.d.R(ctx).Table(`(SELECT id, SUM(CASE WHEN type = 'credit' THEN total ELSE -total END)
			OVER (PARTITION BY currency ORDER BY day, id ROWS UNBOUNDED PRECEDING) AS running FROM transactions
			WHERE customer_id = ? AND ledger_transaction_id <> 0) b`, m.id).
		Joins("JOIN transactions t ON t.id = b.id AND t.customer_id = ?", m.id).
		Select("t.*, CAST(b.running AS BIGINT) AS running_balance")
	q = f.search(q, "t.description", "t.comment")
	var rows []row
	if err := f.keyset(q, "t").Scan(&rows).Error; err != nil {
		return Page[TransactionRow]{}, err
	}
	page := paged(f, rows, func(r row) (db.Day, int64) { return r.Day, r.ID },
		func(r row) TransactionRow {
			return TransactionRow{Transaction: r.Transaction, Balance: money.Of(r.RunningBalance, r.Currency)}
		})
	return page, m.explain(ctx, page.Rows)
}

// explain fills in what transactions refer to.
func (m Mine) explain(ctx context.Context, rows []TransactionRow) error {
	categories, err := m.s.TransactionCategories(ctx)
	if err != nil {
		return err
	}
	byID := map[int64]TransactionCategory{}
	for _, c := range categories {
		byID[c.ID] = c
	}
	numbers, err := m.numbers(ctx, "invoices", idsOf(rows, func(r TransactionRow) int64 { return r.InvoiceID }))
	if err != nil {
		return err
	}
	methods, err := m.methodsOf(ctx, idsOf(rows, func(r TransactionRow) int64 { return r.PaymentID }))
	for i := range rows {
		r := &rows[i]
		r.Category, r.InvoiceNumber, r.Method = byID[r.CategoryID], numbers[r.InvoiceID], methods[r.PaymentID]
	}
	return err
}

// methodsOf reads by which method payments came.
func (m Mine) methodsOf(ctx context.Context, paymentIDs []int64) (map[int64]Method, error) {
	methods := map[int64]Method{}
	wanted := paymentIDs[:0:0]
	for _, id := range paymentIDs {
		if id != 0 {
			wanted = append(wanted, id)
		}
	}
	err := inBatches(wanted, func(ids []int64) error {
		var rows []struct {
			PaymentID, ID int64
			Name, Kind    string
		}
		err := m.s.d.R(ctx).Raw(`SELECT p.id AS payment_id, pm.id, pm.name, pm.kind FROM payments p JOIN payment_methods pm ON pm.id = p.method_id
			WHERE p.id IN ? AND p.customer_id = ?`, ids, m.id).Scan(&rows).Error
		for _, r := range rows {
			methods[r.PaymentID] = Method{r.ID, r.Name, r.Kind}
		}
		return err
	})
	return methods, err
}
