package finance

import (
	"slices"
	"strings"
	"testing"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// Verify finds what somebody changed behind the books' back.
func TestVerifyFinds(t *testing.T) {
	for what, sql := range map[string]string{
		"account balance":       `UPDATE ledger_accounts SET balance = balance + 1 WHERE kind = 'revenue'`,
		"account entry count":   `UPDATE ledger_accounts SET entry_count = 0`,
		"invoice due":           `UPDATE invoices SET due = due - 1`,
		"invoice status":        `UPDATE invoices SET status = 'paid'`,
		"invoice total":         `UPDATE document_items SET total = total + 1, net = net + 1`,
		"proforma invoice paid": `UPDATE proforma_invoices SET status = 'paid'`,
		"payment unallocated":   `UPDATE payments SET unallocated = unallocated + 1`,
		"transaction remaining": `UPDATE transactions SET remaining = remaining + 1 WHERE type = 'debit'`,
		"customer account is the sum of its transactions": `UPDATE transactions SET total = total + 1 WHERE type = 'debit'`,
		"customer account is what is open":                `UPDATE payments SET unallocated = unallocated + 1`,
		"ledger transaction has entries":                  `INSERT INTO ledger_transactions (key, kind, day, reverses_id, posted_at) SELECT 'x', 'future', day, 0, posted_at FROM ledger_transactions LIMIT 1`,
		"ledger transaction sums to zero":                 `INSERT INTO ledger_entries (transaction_id, account_id, amount) SELECT 1, id, 7 FROM ledger_accounts LIMIT 1`,
	} {
		t.Run(what, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				ctx, s, c := books(t, d)
				must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-03", Items: []Item{item("x", 500)}}))(t)
				must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: 1, Day: "2026-11-03", Amount: 200}))(t)
				must(s.IssueProforma(ctx, NewProforma{Party: c, Day: "2026-11-03", Items: []Item{item("x", 500)}}))(t)
				clean(t, ctx, s)
				if err := d.Q(ctx).Exec(sql).Error; err != nil {
					t.Fatal(err)
				}
				r := must(s.Verify(ctx))(t)
				for _, f := range r.Findings {
					if f.What == what {
						return
					}
				}
				t.Errorf("not found; findings: %v", r.Findings)
			})
		})
	}
}

// Documents are held against the ledger, which nobody can change: one statement that changes one of them behind the books' back
// is found, and at the row that it changed (quality.md, money).
func TestVerifyFindsTampering(t *testing.T) {
	const (
		refund, payment, deleted = `payments WHERE amount < 0`, `payments WHERE attempt_id <> 0 AND amount > 0`, `payments WHERE deleted_day <> ''`
		invoice, note, proforma  = `invoices WHERE due = 0`, `credit_notes WHERE id > 0`, `proforma_invoices WHERE id > 0`
	)
	set := func(row, column, value string) string { // "UPDATE payments SET … WHERE amount < 0"
		table, where, _ := strings.Cut(row, " ")
		return "UPDATE " + table + " SET " + column + " = " + value + " " + where
	}
	for name, c := range map[string]struct{ row, sql, what string }{
		"a refund's amount":           {refund, set(refund, "amount", "-99999"), "payment as posted"},
		"a payment's amount":          {payment, set(payment, "amount", "99999"), "payment as posted"},
		"a refund that is gone":       {refund, "DELETE FROM " + refund, "payment as posted"},
		"a payment's customer":        {payment, set(payment, "customer_id", "2"), "payment as posted"},
		"a refund's customer":         {refund, set(refund, "customer_id", "2"), "payment as posted"},
		"a deleted payment's owner":   {deleted, set(deleted, "customer_id", "2"), "payment as posted"},
		"a refund's currency":         {refund, set(refund, "currency", "'USD'"), "payment as posted"},
		"a payment's partner":         {payment, set(payment, "partner_id", "7"), "payment as posted"},
		"a payment said to be gone":   {payment, set(payment, "deleted_day", "'2026-11-20'"), "payment taken back"},
		"a refund said to be gone":    {refund, set(refund, "deleted_day", "'2026-11-20'"), "payment taken back"},
		"a deleted payment's amount":  {deleted, set(deleted, "amount", "99999"), "payment taken back"},
		"a deleted payment that is":   {deleted, set(deleted, "deleted_day", "''"), "payment taken back"},
		"a payment's method":          {payment, set(payment, "method_id", "7"), "payment method"},
		"a paid invoice that is gone": {invoice, "DELETE FROM " + invoice, "invoice as posted"},
		"a paid invoice's customer":   {invoice, set(invoice, "customer_id", "2"), "invoice as posted"},
		"a paid invoice's currency":   {invoice, set(invoice, "currency", "'USD'"), "invoice as posted"},
		"an invoice's partner":        {invoice, set(invoice, "partner_id", "7"), "invoice as posted"},
		"an invoice's tax":            {invoice, set(invoice, "net = net - 5, tax", "tax + 5"), "invoice total"},
		"a credit note's total":       {note, set(note, "net = net + 5, remaining = remaining + 5, total", "total + 5"), "credit note as posted"},
		"a credit note's tax":         {note, set(note, "net = net - 5, tax", "tax + 5"), "credit note total"},
		"a credit note's end":         {note, set(note, "status", "'deleted'"), "credit note as posted"},
		"a proforma invoice's total":  {proforma, set(proforma, "net = 1, total", "1"), "proforma invoice total"},
		"a proforma invoice's owner":  {proforma, set(proforma, "customer_id", "2"), "proforma invoice total"},
		"an item's price":             {`document_items WHERE price = 4000`, `UPDATE document_items SET price = price + 5 WHERE price = 4000`, "document item"},
		"an item's quantity":          {`document_items WHERE price = 4000`, `UPDATE document_items SET quantity = -9223372036854775807 WHERE price = 4000`, "document item"},
		"an item no price can have":   {`document_items WHERE price = 4000`, `UPDATE document_items SET price = -9223372036854775807 WHERE price = 4000`, "document item"},
		"what an attempt brought":     {`payment_attempts WHERE received > 0`, `UPDATE payment_attempts SET received = 0`, "attempt received"},
		"what was won back":           {`payment_attempts WHERE received > 0`, `UPDATE payment_attempts SET reinstated = 5`, "attempt received"},
		"what went back":              {`payment_attempts WHERE received > 0`, `UPDATE payment_attempts SET returned = 0`, "attempt returned"},
		"whose a payment's attempt":   {`payment_attempts WHERE received > 0`, set(payment, "attempt_id", "0"), "attempt received"},
		"an allocation of another": {`(SELECT 1000 AS id) x WHERE id > 0`, `INSERT INTO allocations (id, customer_id, source_kind, source_id, invoice_id, transaction_id, amount, day, created_at)
			SELECT 1000, 2, 'payment', p.id, i.id, 0, 0, i.day, i.created_at FROM payments p, invoices i WHERE i.due = 0 AND p.deleted_day <> ''`, "allocation of one customer"},
		"a future item of another": {`transactions WHERE ledger_transaction_id = 0`, `UPDATE transactions SET invoice_id = 999 WHERE ledger_transaction_id = 0`, "future item of an invoice"},
		"two movements swapped": {`(SELECT ledger_transaction_id AS id FROM transactions WHERE description = 'Cable') x WHERE id > 0`,
			`UPDATE transactions SET total = CASE description WHEN 'Cable' THEN 200 ELSE 100 END, remaining = CASE description WHEN 'Cable' THEN 200 ELSE 100 END WHERE description IN ('Cable', 'Plug')`, "transactions as posted"},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				ctx, s, p := books(t, d)
				customer(t, d, 2)
				fullBooks(t, s, p)
				clean(t, ctx, s)
				var row int64
				if err := d.Q(ctx).Raw("SELECT id FROM " + c.row + " ORDER BY id LIMIT 1").Scan(&row).Error; err != nil || row == 0 {
					t.Fatal(row, err)
				}
				if r := d.Q(ctx).Exec(c.sql); r.Error != nil || r.RowsAffected == 0 {
					t.Fatal(r.RowsAffected, r.Error)
				}
				found := must(s.Verify(ctx))(t).Findings
				if !slices.ContainsFunc(found, func(f Finding) bool { return f.What == c.what && f.ID == row }) {
					t.Errorf("%s of %d is not found; findings: %v", c.what, row, found)
				}
			})
		})
	}
}

// fullBooks writes books with a document of every kind: an invoice paid through a gateway, of which a part went back, a payment
// that was taken back, a credit note, a proforma invoice, two debits without a document, and an item that waits.
func fullBooks(t *testing.T, s *Store, c Party) {
	ctx := t.Context()
	inv := invoiceOf(t, s, c, 4_000)
	a := begin(t, s, c, "1", NewAttempt{Purpose: PayInvoices, DocumentIDs: []int64{inv.ID}, Amount: 4_000, Fee: 30})
	o := Outcome{State: AttemptPaid, Currency: eur, Received: 4_030, Day: "2026-11-20"}
	must(s.Settle(ctx, a.ID, o, testFee))(t)
	must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: 1, Day: "2026-11-21", Amount: 5_000}))(t)
	o.Returned = 1_000
	must(s.Settle(ctx, a.ID, o, testFee))(t)
	must(s.PayFromBalance(ctx, inv.ID, "2026-11-21"))(t)
	slip := must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: 1, Day: "2026-11-21", Amount: 1_000}))(t)
	if err := s.Desk(c.CustomerID).DeletePayment(ctx, slip.ID, Reversal{Day: "2026-11-22", Reason: "slip"}); err != nil {
		t.Fatal(err)
	}
	taxed := item("Sorry", 700)
	taxed.TaxID, taxed.TaxRatePPM = 1, 210_000
	must(s.IssueCreditNote(ctx, NewCreditNote{Party: c, Day: "2026-11-21", Items: []Item{taxed}}))(t)
	must(s.IssueProforma(ctx, NewProforma{Party: c, Day: "2026-11-21", Items: []Item{taxed}}))(t)
	for name, price := range map[string]int64{"Cable": 100, "Plug": 200} {
		must(s.AddTransaction(ctx, NewTransaction{Party: c, Day: "2026-11-21", Type: Debit, Item: item(name, price), Unsettled: true}))(t)
	}
	must(s.Desk(c.CustomerID).wait(ctx, NewTransaction{Key: "visit", Party: c, Day: "2026-11-21", Type: Debit, Item: item("Visit", 300)}))(t)
}
