package finance

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// post writes a ledger transaction as the documents do.
func post(ctx context.Context, s *Store, p Posting, entries ...Entry) (posted Posted, err error) {
	merged, err := merge(entries)
	if err != nil {
		return posted, err
	}
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		if posted, err = s.claim(ctx, p); err != nil || !posted.Fresh {
			return err
		}
		return s.enter(ctx, posted.ID, merged)
	})
	return posted, err
}

func TestPostRefusesWhatIsWrong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, c := books(t, d)
		mine, cash := c.account(), c.other(AccountCash, 1)
		dollars := cash
		dollars.Currency = "USD"
		for _, w := range []struct {
			name    string
			key     string
			entries []Entry
			want    error
		}{
			{"unbalanced", "a", []Entry{{mine, 5}, {cash, -4}}, ErrUnbalanced},
			{"two currencies", "a", []Entry{{mine, 5}, {dollars, -5}}, ErrCurrencies},
			{"overflow", "a", []Entry{{mine, math.MaxInt64}, {cash, math.MaxInt64}}, money.ErrOverflow},
			{"no key", "", []Entry{{mine, 5}, {cash, -5}}, ErrKey},
			{"long key", strings.Repeat("k", 101), []Entry{{mine, 5}, {cash, -5}}, ErrKey},
		} {
			if _, err := post(ctx, s, Posting{Key: w.key}, w.entries...); !errors.Is(err, w.want) {
				t.Errorf("%s: %v", w.name, err)
			}
		}
		if n := must(d.Rows(ctx, "ledger_transactions"))(t); n != 0 {
			t.Errorf("%d ledger transactions were left behind", n)
		}
		big := []Entry{{mine, math.MaxInt64}, {cash, -math.MaxInt64}}
		must(post(ctx, s, Posting{Key: "big", Day: "2026-11-22"}, big...))(t)
		if _, err := post(ctx, s, Posting{Key: "bigger", Day: "2026-11-22"}, big...); !errors.Is(err, money.ErrOverflow) {
			t.Errorf("a balance beyond 64 bits: %v", err)
		}
		if again := must(post(ctx, s, Posting{Key: "big"}, Entry{mine, 1}, Entry{cash, -1}))(t); again.Fresh {
			t.Error("the same key was posted twice")
		}
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
