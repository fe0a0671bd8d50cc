package finance

import "fmt"

// The ledger cannot be changed, so it is what documents are held against. Each rule of posted puts two lists under one another,
// what the documents say and what was posted for them, and adds both up by document, customer, partner and currency: a document
// that is gone, or that says another amount, customer, partner or currency, leaves a group with one half. want is what was
// posted, got what the document says; what owes is below zero.

// whose is what both lists are grouped by, twin tells of a group that has one half only, which sums of nothing do not.
const (
	whose = `x.id, x.customer_id, x.partner_id, x.currency`
	twin  = `(SUM(x.want) <> SUM(x.got) OR MIN(x.side) = MAX(x.side))`
)

// onCustomer is what each posting put on its customer's account.
const onCustomer = `ledger_entries e ON e.transaction_id = %s JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'customer'`

// asPosted compares a table of documents with their postings, whose reversals count too. says is the amount of a document as it
// is on the customer's account.
func asPosted(table, column, says string) string {
	return `SELECT x.id, x.currency, SUM(x.want) AS want, SUM(x.got) AS got FROM (
			SELECT id, customer_id, partner_id, currency, 1 AS side, 0 AS want, ` + says + ` AS got FROM ` + table + `
			UNION ALL SELECT t.id, a.owner_id, a.partner_id, a.currency, 2, e.amount, 0
				FROM (SELECT DISTINCT ` + column + ` AS id, ledger_transaction_id FROM transactions WHERE ` + column + ` <> 0 AND ledger_transaction_id <> 0) t
				JOIN ` + fmt.Sprintf(onCustomer, "t.ledger_transaction_id") + `) x
		GROUP BY ` + whose + ` HAVING ` + twin
}

// reversed is what was taken back of each payment.
const reversed = `(SELECT t.payment_id, SUM(CASE WHEN t.type = 'debit' THEN t.total ELSE -t.total END) AS amount
	FROM ledger_transactions l JOIN transactions t ON t.ledger_transaction_id = l.id WHERE l.reverses_id <> 0 AND t.payment_id <> 0 GROUP BY t.payment_id) r`

// posted are the rules that documents and transactions are what the ledger says.
var posted = []rule{
	{"invoice as posted", asPosted("invoices", "invoice_id", `CASE WHEN status = 'deleted' THEN 0 ELSE -total END`)},
	{"credit note as posted", asPosted("credit_notes", "credit_note_id", `CASE WHEN status = 'deleted' THEN 0 ELSE total END`)},
	{"payment as posted", asPosted("payments", "payment_id", `CASE WHEN deleted_day <> '' THEN 0 ELSE amount END`)},
	// One that was taken back is worth nothing on the account, whatever it says; what was taken back is its amount.
	{"payment taken back", `SELECT d.id, d.currency, COALESCE(r.amount, 0) AS want, CASE WHEN d.deleted_day <> '' THEN d.amount ELSE 0 END AS got
		FROM payments d LEFT JOIN ` + reversed + ` ON r.payment_id = d.id
		WHERE COALESCE(r.amount, 0) <> CASE WHEN d.deleted_day <> '' THEN d.amount ELSE 0 END`},
	// The money is in the account of the method that it came by; want and got are methods here.
	{"payment method", `SELECT d.id, d.currency, a.owner_id AS want, d.method_id AS got
		FROM payments d JOIN transactions t ON t.payment_id = d.id AND t.payment_id <> 0 JOIN ledger_entries e ON e.transaction_id = t.ledger_transaction_id
		JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'cash' WHERE a.owner_id <> d.method_id`},
	// id is that of the ledger transaction: what people see of it are its lines.
	{"transactions as posted", `SELECT x.id, x.currency, SUM(x.want) AS want, SUM(x.got) AS got FROM (
			SELECT ledger_transaction_id AS id, customer_id, currency, 0 AS want, CASE WHEN type = 'credit' THEN total ELSE -total END AS got
				FROM transactions WHERE ledger_transaction_id <> 0
			UNION ALL SELECT e.transaction_id, a.owner_id, a.currency, e.amount, 0 FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'customer') x
		GROUP BY x.id, x.customer_id, x.currency HAVING SUM(x.want) <> SUM(x.got)`},
}

// joined are the rules that what names something names something of the same customer. want and got are customers here, 0 is nobody.
var joined = []rule{
	{"allocation of one customer", `SELECT x.id, '' AS currency, x.customer_id AS want, x.owner_id AS got FROM (
			SELECT a.id, a.customer_id, COALESCE(p.customer_id, c.customer_id, t.customer_id, 0) AS owner_id FROM allocations a
				LEFT JOIN payments p ON p.id = a.source_id AND a.source_kind = 'payment' LEFT JOIN credit_notes c ON c.id = a.source_id AND a.source_kind = 'credit_note'
				LEFT JOIN transactions t ON t.id = a.source_id AND a.source_kind = 'transaction'
			UNION ALL SELECT a.id, a.customer_id, COALESCE(i.customer_id, t.customer_id, 0) FROM allocations a
				LEFT JOIN invoices i ON i.id = a.invoice_id LEFT JOIN transactions t ON t.id = a.transaction_id AND a.invoice_id = 0) x
		WHERE x.owner_id <> x.customer_id`},
	{"future item of an invoice", `SELECT t.id, t.currency, t.customer_id AS want, COALESCE(i.customer_id, 0) AS got FROM transactions t LEFT JOIN invoices i ON i.id = t.invoice_id
		WHERE t.ledger_transaction_id = 0 AND t.invoice_id <> 0 AND COALESCE(i.customer_id, 0) <> t.customer_id`},
}

// moved are the rules that what gateways told of attempts is what was booked for them.
var moved = []rule{
	{"attempt received", attempted("received + reinstated", "amount > 0", "amount")},
	{"attempt returned", attempted("returned", "amount < 0", "-amount")},
}

func attempted(says, which, amount string) string {
	return `SELECT x.id, x.currency, SUM(x.want) AS want, SUM(x.got) AS got FROM (
			SELECT id, customer_id, partner_id, currency, 0 AS want, ` + says + ` AS got FROM payment_attempts
			UNION ALL SELECT attempt_id, customer_id, partner_id, currency, ` + amount + `, 0 FROM payments WHERE attempt_id <> 0 AND ` + which + `) x
		GROUP BY ` + whose + ` HAVING SUM(x.want) <> SUM(x.got)`
}

// contents are the rules that documents come to what their items do, and items to what they say.
var contents = []rule{
	{"invoice total", totalled("invoices", KindInvoice)},
	{"proforma invoice total", totalled("proforma_invoices", KindProforma)},
	{"credit note total", totalled("credit_notes", KindCreditNote)},
	// The price times the quantity is what a line comes to with or without its tax, rounded as money.HalfUp does. What no price
	// can be does not fit into the product.
	{"document item", `SELECT i.id, '' AS currency, i.bare AS want, i.net AS got FROM (
			SELECT id, net, tax, total, CASE WHEN price NOT BETWEEN -9000000000000000000 / NULLIF(quantity, 0) AND 9000000000000000000 / NULLIF(quantity, 0) THEN NULL
				WHEN price < 0 THEN (price * quantity - 500) / 1000 ELSE (price * quantity + 500) / 1000 END AS bare FROM document_items) i
		WHERE i.bare IS NULL OR (i.net <> i.bare AND i.total <> i.bare) OR i.net + i.tax <> i.total`},
}

// totalled compares documents with the sums of those of their items that are the same customer's; net is told where the totals agree.
func totalled(table string, kind DocumentKind) string {
	return fmt.Sprintf(`SELECT d.id, d.currency, CASE WHEN d.total <> COALESCE(i.total, 0) THEN COALESCE(i.total, 0) ELSE COALESCE(i.net, 0) END AS want,
			CASE WHEN d.total <> COALESCE(i.total, 0) THEN d.total ELSE d.net END AS got FROM %s d
		LEFT JOIN (SELECT document_id, customer_id, SUM(total) AS total, SUM(net) AS net FROM document_items WHERE document_kind = '%s' GROUP BY document_id, customer_id) i
			ON i.document_id = d.id AND i.customer_id = d.customer_id
		WHERE d.total <> COALESCE(i.total, 0) OR d.net <> COALESCE(i.net, 0) OR d.net + d.tax <> d.total`, table, kind)
}
