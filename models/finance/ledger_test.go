package finance

import (
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

func TestPostRefusesWhatIsWrong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		mine, cash := c.account(), c.other(AccountCash, 1)
		dollars := cash
		dollars.Currency = "USD"
		for _, w := range []struct {
			name string
			p    Posting
			want error
		}{
			{"unbalanced", Posting{Key: "a", Entries: []Entry{{mine, 5}, {cash, -4}}}, ErrUnbalanced},
			{"two currencies", Posting{Key: "a", Entries: []Entry{{mine, 5}, {dollars, -5}}}, ErrCurrencies},
			{"overflow", Posting{Key: "a", Entries: []Entry{{mine, math.MaxInt64}, {cash, math.MaxInt64}}}, money.ErrOverflow},
			{"no key", Posting{Entries: []Entry{{mine, 5}, {cash, -5}}}, ErrKey},
			{"long key", Posting{Key: strings.Repeat("k", 101), Entries: []Entry{{mine, 5}, {cash, -5}}}, ErrKey},
		} {
			if _, err := s.Post(ctx, w.p); !errors.Is(err, w.want) {
				t.Errorf("%s: %v", w.name, err)
			}
		}
		if n := must(d.Rows(ctx, "ledger_transactions"))(t); n != 0 {
			t.Errorf("%d ledger transactions were left behind", n)
		}
		big := Posting{Key: "big", Day: "2026-11-22", Entries: []Entry{{mine, math.MaxInt64}, {cash, -math.MaxInt64}}}
		must(s.Post(ctx, big))(t)
		big.Key = "bigger"
		if _, err := s.Post(ctx, big); !errors.Is(err, money.ErrOverflow) {
			t.Errorf("a balance beyond 64 bits: %v", err)
		}
		again := must(s.Post(ctx, Posting{Key: "big", Entries: []Entry{{mine, 1}, {cash, -1}}}))(t)
		if again.Fresh {
			t.Error("the same key was posted twice")
		}
	})
}

func TestReverse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		debit := must(s.AddTransaction(ctx, NewTransaction{Party: c, Day: "2026-11-01", Type: Debit, Item: Item{Description: "Fee", Price: 1000, TaxRatePPM: 200_000, TaxID: 1}}))(t)
		if got := balance(t, ctx, s, 1); got != -1200 {
			t.Fatalf("balance %d", got)
		}
		back := must(s.Reverse(ctx, debit.LedgerTransactionID, "r1", "2026-11-02"))(t)
		if same := must(s.Reverse(ctx, debit.LedgerTransactionID, "r1", "2026-11-02"))(t); same.ID != back.ID || same.Fresh {
			t.Errorf("the same reversal again: %+v", same)
		}
		if _, err := s.Reverse(ctx, debit.LedgerTransactionID, "r2", "2026-11-02"); db.KindOf(err) != db.Conflict {
			t.Errorf("a second reversal: %v", err)
		}
		if got := balance(t, ctx, s, 1); got != 0 {
			t.Errorf("balance %d after the reversal", got)
		}
		inv := must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-03", Items: []Item{item("x", 5)}}))(t)
		var id int64
		d.Q(ctx).Raw(`SELECT ledger_transaction_id FROM transactions WHERE invoice_id = ?`, inv.ID).Scan(&id)
		if _, err := s.Reverse(ctx, id, "r3", "2026-11-03"); !errors.Is(err, ErrDocument) {
			t.Errorf("a document's ledger transaction: %v", err)
		}
		if _, err := s.Reverse(ctx, 999, "r4", "2026-11-03"); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("an unknown ledger transaction: %v", err)
		}
		clean(t, ctx, s)
	})
}

// The database itself refuses to change what is written.
func TestLedgerIsAppendOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		inv := must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-03", Items: []Item{item("x", 5)}}))(t)
		must(s.RecordPayment(ctx, NewPayment{Party: c, MethodID: 1, Day: "2026-11-03", Amount: 5, InvoiceIDs: []int64{inv.ID}}))(t)
		for _, table := range []string{"ledger_transactions", "ledger_entries", "allocations"} {
			if err := d.Q(ctx).Exec("DELETE FROM " + table).Error; err == nil {
				t.Errorf("%s can be deleted", table)
			}
			if err := d.Q(ctx).Exec("UPDATE " + table + " SET id = id + 1000").Error; err == nil {
				t.Errorf("%s can be changed", table)
			}
		}
		clean(t, ctx, s)
	})
}

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

// Many at once: one key is one payment, and no invoice is paid twice.
func TestParallelPayments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		inv := must(s.IssueInvoice(ctx, NewInvoice{Party: c, Day: "2026-11-01", Items: []Item{item("x", 1000)}}))(t)
		var wg sync.WaitGroup
		var mu sync.Mutex
		ids := map[int64]int{}
		for i := range 32 {
			wg.Go(func() {
				key := "same"
				if i%4 == 0 {
					key = "" // and eight others
				}
				p, err := s.RecordPayment(ctx, NewPayment{Key: key, Party: c, MethodID: 1, Day: "2026-11-02", Amount: 1000, InvoiceIDs: []int64{inv.ID}})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				ids[p.ID]++
			})
		}
		wg.Wait()
		if len(ids) != 9 {
			t.Errorf("%d payments, want 9", len(ids))
		}
		if got := balance(t, ctx, s, 1); got != 8000 {
			t.Errorf("balance %d", got)
		}
		clean(t, ctx, s)
	})
}
