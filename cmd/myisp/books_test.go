package main

import (
	"context"
	"strings"
	"testing"

	"myisp/models"
	"myisp/models/db"
)

// Books that agree exit 0; a balance that does not follow from its entries is named, exits 1 and stops automatic payments
// until a verification finds everything right.
func TestBooksVerify(t *testing.T) {
	dir := outside(t)
	if code, out, errs := called(t, "", "--data-dir", t.TempDir(), "books", "verify"); code != exitFailed || !strings.Contains(errs, "steps of the schema are missing") {
		t.Errorf("a database without a schema: %d %s%s", code, out, errs)
	}
	if code, out, errs := called(t, "", "--data-dir", dir, "seed", "--customers", "3", "--months", "2"); code != 0 {
		t.Fatalf("seed: %d %s%s", code, out, errs)
	}
	verify := func(code int, said string, trusted bool) {
		t.Helper()
		got, out, errs := called(t, "", "--data-dir", dir, "books", "verify")
		if got != code || !strings.Contains(out+errs, said) {
			t.Errorf("exit %d: %s%s", got, out, errs)
		}
		inBooks(t, dir, func(ctx context.Context, m *models.Models) {
			if ok, err := m.Finance.BooksTrusted(ctx); err != nil || ok != trusted {
				t.Errorf("trusted %v, %v", ok, err)
			}
		})
	}
	verify(0, "The books agree.", true)
	change := func(by string) {
		inBooks(t, dir, func(ctx context.Context, m *models.Models) {
			if err := m.DB.Q(ctx).Exec(`UPDATE ledger_accounts SET balance = balance ` + by + ` WHERE id = 1`).Error; err != nil {
				t.Fatal(err)
			}
		})
	}
	change("+ 1")
	verify(exitFailed, "account balance: 1", false)
	change("- 1")
	verify(0, "The books agree.", true)
}

func inBooks(t *testing.T, dir string, fn func(context.Context, *models.Models)) {
	t.Helper()
	m, err := models.Open(t.Context(), models.Config{DB: db.Config{DataDir: dir}, Secret: strings.Repeat("s", 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	fn(t.Context(), m)
}
