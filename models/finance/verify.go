package finance

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Finding is one place where the books do not agree. What names the rule, ID the row it was found at.
type Finding struct {
	What     string // the name of a rule below
	ID       int64
	Currency string // "" where the row has none
	Want     int64
	Got      int64
}

// String is the finding for the log and for staff.
func (f Finding) String() string {
	row := strings.TrimSpace(fmt.Sprintf("%d %s", f.ID, f.Currency))
	return fmt.Sprintf("%s: %s is %d and should be %d", f.What, row, f.Got, f.Want)
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

// rule is a query that returns what is wrong as (id, currency, want, got), and nothing when the books agree. Each is one pass
// over indexed groups in the database, so memory does not grow with the books.
type rule struct{ what, sql string }

// rules are all that Verify looks at.
var rules = slices.Concat(sums, posted, contents, joined, moved)

// Verify proves the books: every ledger transaction sums to zero; balances, dues and what is unallocated follow from entries
// and allocations; a customer's account is the sum of the transactions people see and of what is open on the documents; each
// document is whose it was posted for, for what was posted, and comes to what its items do.
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
