package finance

import (
	"context"
	"slices"

	"myisp/internal/money"
	"myisp/models/db"
)

// StatementKind says what a statement lists.
type StatementKind string

// The two kinds of §2.8.
const (
	ByDocuments    StatementKind = "documents" // invoices and payments
	ByTransactions StatementKind = "transactions"
)

// Statement is the account over a period, both days inclusive. Its balances are what is owed, above zero a debt: the
// account balance with the other sign (FIN-6), whatever P54 says.
type Statement struct {
	Kind             StatementKind
	From, To         db.Day
	Opening, Closing money.Money
	Charged, Paid    money.Money // the sums of the rows, both normally above zero
	Rows             []StatementRow
}

// StatementRow is one line of a statement. Kind says what the line is, and with it how the description is worded: an
// invoice by its number, a payment or refund by its method, one that was cancelled by its receipt, the rest by Description.
type StatementRow struct {
	Day           db.Day
	Kind          RowKind
	ID            int64 // of the invoice, payment, credit note or transaction
	Number        string
	Description   string
	Method        Method
	DueDay        db.Day   // invoices
	ForInvoices   []string // the numbers of the invoices a payment pays
	Charge        money.Money
	Payment       money.Money
	Owed          money.Money // running
	TransactionID int64       // ByTransactions
}

// RowKind is the kind of a statement's line.
type RowKind string

// The kinds.
const (
	RowInvoice RowKind = "invoice"
	RowPayment RowKind = "payment"
	RowRefund  RowKind = "refund"
	// Staff took a payment or a refund back that was recorded by mistake: no money went back, none came (0019).
	RowPaymentCancelled RowKind = "payment_cancelled"
	RowRefundCancelled  RowKind = "refund_cancelled"

	RowCreditNote  RowKind = "credit_note"
	RowTransaction RowKind = "transaction"
)

// The bounds of a statement: eleven years, and as many movements as a page and a PDF of fifty sheets bear.
const (
	maxStatementDays = 4020
	maxStatementRows = 2000
)

// Statement reads the account over a period with a constant number of statements. Days that do not exist, or in the wrong
// order, or too far apart, or with too many movements between them, are db.Invalid; an unknown kind is ByDocuments.
func (m Mine) Statement(ctx context.Context, from, to db.Day, kind StatementKind) (Statement, error) {
	bad := db.Invalid{}
	checkDays(bad, "from", from, true)
	checkDays(bad, "to", to, true)
	if len(bad) == 0 && (to < from || from.DaysUntil(to) > maxStatementDays) {
		bad["to"] = "finance.error.period"
	}
	if err := bad.Or(); err != nil {
		return Statement{}, err
	}
	if kind != ByTransactions {
		kind = ByDocuments
	}
	account, err := m.Balance(ctx)
	if err != nil {
		return Statement{}, err
	}
	var before int64
	err = m.s.d.R(ctx).Raw(`SELECT CAST(COALESCE(SUM(CASE WHEN type = 'credit' THEN -total ELSE total END), 0) AS BIGINT) FROM transactions
		WHERE customer_id = ? AND day < ? AND currency = ? AND ledger_transaction_id <> 0`, m.id, from, account.Currency).Scan(&before).Error
	if err != nil {
		return Statement{}, err
	}
	var rows []Transaction
	err = m.s.d.R(ctx).Where("customer_id = ? AND day >= ? AND day <= ? AND currency = ? AND ledger_transaction_id <> 0", m.id, from, to, account.Currency).
		Order("day, id").Limit(maxStatementRows + 1).Find(&rows).Error
	if err != nil {
		return Statement{}, err
	}
	if len(rows) > maxStatementRows {
		return Statement{}, db.Invalid{"to": "finance.error.movements"}
	}
	st := Statement{Kind: kind, From: from, To: to, Opening: money.Of(before, account.Currency)}
	if st.Rows = lines(rows, kind); len(st.Rows) > 0 {
		if err := m.word(ctx, st.Rows); err != nil {
			return Statement{}, err
		}
	}
	st.Charged, st.Paid, st.Closing = money.Of(0, account.Currency), money.Of(0, account.Currency), st.Opening
	for i := range st.Rows {
		r := &st.Rows[i]
		st.Closing = st.Closing.Add(r.Charge).Sub(r.Payment)
		st.Charged, st.Paid = st.Charged.Add(r.Charge), st.Paid.Add(r.Payment)
		r.Owed = st.Closing
	}
	return st, nil
}

// lines turns transactions into a statement's rows; with ByDocuments those of one document become one row.
func lines(rows []Transaction, kind StatementKind) []StatementRow {
	var out []StatementRow
	at := map[int64]int{}
	for _, t := range rows {
		r := StatementRow{Day: t.Day, Kind: RowTransaction, ID: t.ID, TransactionID: t.ID, Description: or(t.Description, t.Comment)}
		zero := money.Of(0, t.Currency)
		r.Charge, r.Payment = zero, zero
		switch {
		case t.InvoiceID != 0:
			r.Kind, r.ID = RowInvoice, t.InvoiceID
		case t.PaymentID != 0 && t.Type == Debit:
			r.Kind, r.ID = RowRefund, t.PaymentID
		case t.PaymentID != 0:
			r.Kind, r.ID = RowPayment, t.PaymentID
		case t.CreditNoteID != 0:
			r.Kind, r.ID = RowCreditNote, t.CreditNoteID
		}
		// A refund lessens what was paid (a payment below zero, as the list of payments shows it), and the taking back of an
		// invoice lessens what was charged.
		amount := t.Movement()
		if r.Kind == RowPayment || r.Kind == RowRefund || r.Kind == RowCreditNote || r.Kind == RowTransaction && t.Type == Credit {
			r.Payment = amount
		} else {
			r.Charge = amount.Neg()
		}
		if i, ok := at[t.LedgerTransactionID]; ok && kind == ByDocuments {
			out[i].Charge, out[i].Payment = out[i].Charge.Add(r.Charge), out[i].Payment.Add(r.Payment)
			continue
		}
		at[t.LedgerTransactionID] = len(out)
		if kind == ByDocuments && r.Kind != RowTransaction {
			r.TransactionID = 0
		}
		out = append(out, r)
	}
	return out
}

// word fills in numbers, due days and methods.
func (m Mine) word(ctx context.Context, rows []StatementRow) error {
	ids := map[string][]int64{}
	for _, r := range rows {
		ids[table(r.Kind)] = append(ids[table(r.Kind)], r.ID)
	}
	invoices := map[int64]Invoice{}
	err := inBatches(unique(ids["invoices"]), func(ids []int64) error {
		var found []Invoice
		err := m.s.d.R(ctx).Select("id", "number", "due_day").Where("id IN ? AND customer_id = ?", ids, m.id).Find(&found).Error
		for _, i := range found {
			invoices[i.ID] = i
		}
		return err
	})
	if err != nil {
		return err
	}
	payments := unique(ids["payments"])
	receipts, err := m.receiptsOf(ctx, payments)
	if err != nil {
		return err
	}
	covers, err := m.covers(ctx, payments)
	if err != nil {
		return err
	}
	notes, err := m.numbers(ctx, "credit_notes", unique(ids["credit_notes"]))
	if err != nil {
		return err
	}
	for i := range rows {
		switch r := &rows[i]; table(r.Kind) {
		case "invoices":
			r.Number, r.DueDay = invoices[r.ID].Number, invoices[r.ID].DueDay
		case "payments":
			paid := receipts[r.ID]
			r.Method, r.Number = paid.method, paid.number
			switch {
			case r.Kind == RowRefund && cancels(paid.amount, Debit):
				r.Kind = RowPaymentCancelled
			case r.Kind == RowPayment && cancels(paid.amount, Credit):
				r.Kind = RowRefundCancelled
			}
			for _, c := range covers[r.ID] {
				r.ForInvoices = append(r.ForInvoices, c.Number)
			}
		case "credit_notes":
			r.Number = notes[r.ID]
		}
	}
	return nil
}

func table(k RowKind) string {
	switch k {
	case RowInvoice:
		return "invoices"
	case RowPayment, RowRefund, RowPaymentCancelled, RowRefundCancelled:
		return "payments"
	case RowCreditNote:
		return "credit_notes"
	}
	return ""
}

func unique(ids []int64) []int64 {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// receiptOf is what a statement says of a payment; amount is below zero for a refund.
type receiptOf struct {
	number string
	amount int64
	method Method
}

// receiptsOf reads payments as statements name them.
func (m Mine) receiptsOf(ctx context.Context, paymentIDs []int64) (map[int64]receiptOf, error) {
	receipts := map[int64]receiptOf{}
	wanted := paymentIDs[:0:0]
	for _, id := range paymentIDs {
		if id != 0 {
			wanted = append(wanted, id)
		}
	}
	err := inBatches(wanted, func(ids []int64) error {
		q := m.s.d.R(ctx).Raw(`SELECT p.id, p.receipt_number, p.amount, COALESCE(pm.id, 0), COALESCE(pm.name, ''), COALESCE(pm.kind, '') FROM payments p
			LEFT JOIN payment_methods pm ON pm.id = p.method_id WHERE p.id IN ? AND p.customer_id = ?`, ids, m.id)
		return db.Rows(q, func(scan func(into ...any) error) error {
			var id int64
			var r receiptOf
			err := scan(&id, &r.number, &r.amount, &r.method.ID, &r.method.Name, &r.method.Kind)
			receipts[id] = r
			return err
		})
	})
	return receipts, err
}
