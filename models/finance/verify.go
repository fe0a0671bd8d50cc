package finance

import (
	"context"
	"fmt"
)

// Finding is one place where the books do not agree. What names the rule, ID the row it was found at.
type Finding struct {
	What     string // the name of a rule below
	ID       int64
	Currency string
	Want     int64
	Got      int64
}

// String is the finding for the log and for staff.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %d %s is %d and should be %d", f.What, f.ID, f.Currency, f.Got, f.Want)
}

// Report is the outcome of Verify: how much was looked at, and the first findings of each rule.
type Report struct {
	Transactions, Entries, Accounts, Invoices, Payments int64
	Findings                                            []Finding
}

// OK reports whether the books agree.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// maxFindings bounds what Verify keeps of one rule: books that are wrong in one place are often wrong in a million.
const maxFindings = 100

// allocated sums the allocations of a source or a target, for the rules.
const (
	bySource = `(SELECT source_id, SUM(amount) AS used FROM allocations WHERE source_kind = '%s' GROUP BY source_id) a ON a.source_id = d.id`
	onDebit  = `(SELECT transaction_id, SUM(amount) AS used FROM allocations WHERE transaction_id <> 0 GROUP BY transaction_id) b ON b.transaction_id = d.id`
	free     = `d.invoice_id = 0 AND d.credit_note_id = 0 AND (d.payment_id = 0 OR d.type = 'debit') AND d.ledger_transaction_id <> 0`
)

// rules are queries that return what is wrong as (id, currency, want, got), and nothing when the books agree. Each is one
// pass over indexed groups in the database, so memory does not grow with the books.
var rules = []struct{ what, sql string }{
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
	{"invoice total", `SELECT d.id, d.currency, COALESCE(i.total, 0) AS want, d.total AS got FROM invoices d
		LEFT JOIN (SELECT document_id, SUM(total) AS total, SUM(net) AS net FROM document_items WHERE document_kind = 'invoice' GROUP BY document_id) i ON i.document_id = d.id
		WHERE d.total <> COALESCE(i.total, 0) OR d.net <> COALESCE(i.net, 0) OR d.net + d.tax <> d.total`},
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

// Verify proves the books: every ledger transaction sums to zero; balances, dues and what is unallocated follow from entries
// and allocations; a customer's account is the sum of the transactions people see and of what is open on the documents.
// It changes nothing and reads one snapshot, so it may run while money moves.
func (s *Store) Verify(ctx context.Context) (Report, error) {
	var r Report
	err := s.d.Snapshot(ctx, func(ctx context.Context) error {
		r = Report{}
		g := s.d.Q(ctx)
		for table, n := range map[string]*int64{"ledger_transactions": &r.Transactions, "ledger_entries": &r.Entries, "ledger_accounts": &r.Accounts,
			"invoices": &r.Invoices, "payments": &r.Payments} {
			if err := g.Table(table).Count(n).Error; err != nil {
				return err
			}
		}
		for _, rule := range rules {
			var found []Finding
			sql := `SELECT f.id, f.currency, CAST(f.want AS BIGINT) AS want, CAST(f.got AS BIGINT) AS got FROM (` + rule.sql + `) f ORDER BY f.id LIMIT ?`
			if err := g.Raw(sql, maxFindings).Scan(&found).Error; err != nil {
				return fmt.Errorf("finance: verify %s: %w", rule.what, err)
			}
			for _, f := range found {
				f.What = rule.what
				r.Findings = append(r.Findings, f)
			}
		}
		return nil
	})
	return r, err
}
