package finance

import "fmt"

// allocated sums the allocations of a source or a target, for the rules.
const (
	bySource = `(SELECT source_id, SUM(amount) AS used FROM allocations WHERE source_kind = '%s' GROUP BY source_id) a ON a.source_id = d.id`
	onDebit  = `(SELECT transaction_id, SUM(amount) AS used FROM allocations WHERE transaction_id <> 0 GROUP BY transaction_id) b ON b.transaction_id = d.id`
	free     = `d.invoice_id = 0 AND d.credit_note_id = 0 AND (d.payment_id = 0 OR d.type = 'debit') AND d.ledger_transaction_id <> 0`
)

// sums are the rules of what follows from what: balances from entries, what is open from allocations.
var sums = []rule{
	{"ledger transaction has entries", `SELECT t.id, '' AS currency, 1 AS want, 0 AS got FROM ledger_transactions t
		WHERE NOT EXISTS (SELECT 1 FROM ledger_entries e WHERE e.transaction_id = t.id)`},
	{"ledger transaction sums to zero", `SELECT e.transaction_id AS id, a.currency, 0 AS want, SUM(e.amount) AS got
		FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
		GROUP BY e.transaction_id, a.currency HAVING SUM(e.amount) <> 0`},
	{"account balance", `SELECT d.id, d.currency, COALESCE(e.total, 0) AS want, d.balance AS got FROM ledger_accounts d
		LEFT JOIN (SELECT account_id, SUM(amount) AS total FROM ledger_entries GROUP BY account_id) e ON e.account_id = d.id
		WHERE d.balance <> COALESCE(e.total, 0)`},
	{"account entry count", `SELECT d.id, d.currency, COALESCE(e.n, 0) AS want, d.entry_count AS got FROM ledger_accounts d
		LEFT JOIN (SELECT account_id, COUNT(*) AS n FROM ledger_entries GROUP BY account_id) e ON e.account_id = d.id
		WHERE d.entry_count <> COALESCE(e.n, 0)`},
	{"invoice due", `SELECT d.id, d.currency, CASE WHEN d.status = 'deleted' THEN 0 ELSE d.total - COALESCE(a.used, 0) END AS want, d.due AS got
		FROM invoices d LEFT JOIN (SELECT invoice_id, SUM(amount) AS used FROM allocations WHERE invoice_id <> 0 GROUP BY invoice_id) a ON a.invoice_id = d.id
		WHERE d.due <> CASE WHEN d.status = 'deleted' THEN 0 ELSE d.total - COALESCE(a.used, 0) END
			OR d.due < 0 OR d.due > d.total OR (d.status = 'deleted' AND COALESCE(a.used, 0) <> 0)`},
	{"invoice status", `SELECT d.id, d.currency, 0 AS want, d.due AS got FROM invoices d
		WHERE (d.due = 0 AND d.status NOT IN ('paid', 'deleted')) OR (d.due <> 0 AND d.status NOT IN ('not_paid', 'pending'))`},
	{"proforma invoice paid", `SELECT d.id, d.currency, d.total AS want, COALESCE(m.amount, 0) AS got FROM proforma_invoices d LEFT JOIN (
			SELECT g.proforma_id, SUM(CASE WHEN g.amount > COALESCE(x.fee, 0) THEN g.amount - COALESCE(x.fee, 0) ELSE 0 END) AS amount FROM (
				SELECT p.proforma_id, p.attempt_id, SUM(p.amount - COALESCE(r.gone, 0)) AS amount FROM payments p LEFT JOIN (
					SELECT a.source_id, SUM(a.amount) AS gone FROM allocations a JOIN transactions t ON t.id = a.transaction_id
					WHERE a.source_kind = 'payment' AND t.payment_id <> 0 GROUP BY a.source_id) r ON r.source_id = p.id
				WHERE p.proforma_id <> 0 AND p.amount > 0 GROUP BY p.proforma_id, p.attempt_id) g
			LEFT JOIN payment_attempts x ON x.id = g.attempt_id GROUP BY g.proforma_id) m ON m.proforma_id = d.id
		WHERE d.status <> 'deleted' AND CASE WHEN d.status = 'paid' THEN 1 ELSE 0 END <> CASE WHEN COALESCE(m.amount, 0) >= d.total THEN 1 ELSE 0 END`},
	{"payment unallocated", `SELECT d.id, d.currency, CASE WHEN d.amount < 0 THEN 0 ELSE d.amount - COALESCE(a.used, 0) END AS want, d.unallocated AS got
		FROM payments d LEFT JOIN ` + fmt.Sprintf(bySource, FromPayment) + `
		WHERE d.unallocated <> CASE WHEN d.amount < 0 THEN 0 ELSE d.amount - COALESCE(a.used, 0) END OR d.unallocated < 0`},
	{"credit note remaining", `SELECT d.id, d.currency, d.total - COALESCE(a.used, 0) AS want, d.remaining AS got
		FROM credit_notes d LEFT JOIN ` + fmt.Sprintf(bySource, FromCreditNote) + `
		WHERE d.remaining < 0 OR d.remaining <> d.total - COALESCE(a.used, 0)`},
	{"transaction remaining", `SELECT d.id, d.currency,
			CASE WHEN ` + free + ` THEN d.total - CASE WHEN d.type = 'credit' THEN COALESCE(a.used, 0) ELSE COALESCE(b.used, 0) END ELSE 0 END AS want, d.remaining AS got
		FROM transactions d LEFT JOIN ` + fmt.Sprintf(bySource, FromTransaction) + ` LEFT JOIN ` + onDebit + `
		WHERE d.remaining < 0 OR d.remaining <>
			CASE WHEN ` + free + ` THEN d.total - CASE WHEN d.type = 'credit' THEN COALESCE(a.used, 0) ELSE COALESCE(b.used, 0) END ELSE 0 END`},
	{"customer account is the sum of its transactions", `SELECT x.id, x.currency, SUM(x.want) AS want, SUM(x.got) AS got FROM (
			SELECT owner_id AS id, currency, 0 AS want, balance AS got FROM ledger_accounts WHERE kind = 'customer'
			UNION ALL SELECT customer_id, currency, SUM(CASE WHEN type = 'credit' THEN total ELSE -total END), 0
				FROM transactions WHERE ledger_transaction_id <> 0 GROUP BY customer_id, currency) x
		GROUP BY x.id, x.currency HAVING SUM(x.want) <> SUM(x.got)`},
	{"customer account is what is open", `SELECT x.id, x.currency, SUM(x.want) AS want, SUM(x.got) AS got FROM (
			SELECT owner_id AS id, currency, 0 AS want, balance AS got FROM ledger_accounts WHERE kind = 'customer'
			UNION ALL SELECT customer_id, currency, -due, 0 FROM invoices WHERE due <> 0
			UNION ALL SELECT customer_id, currency, unallocated, 0 FROM payments WHERE unallocated <> 0
			UNION ALL SELECT customer_id, currency, remaining, 0 FROM credit_notes WHERE remaining <> 0 AND status <> 'deleted'
			UNION ALL SELECT customer_id, currency, CASE WHEN type = 'credit' THEN remaining ELSE -remaining END, 0
				FROM transactions WHERE remaining <> 0 AND ledger_transaction_id <> 0) x
		GROUP BY x.id, x.currency HAVING SUM(x.want) <> SUM(x.got)`},
}
