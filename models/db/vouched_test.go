package db_test

import (
	"errors"
	"slices"
	"testing"

	"gorm.io/gorm"

	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// Vouched rows go in unchecked, and the session that took them checks the next ones again.
func TestVouched(t *testing.T) {
	d := dbtest.Postgres(t, nil)
	sqlDB, err := d.Q(t.Context()).DB()
	if err != nil {
		t.Fatal(err)
	}
	sqlDB.SetMaxOpenConns(1) // one session, so that a setting left behind would be seen
	columns := []string{"id", "customer_id", "kind", "value"}
	orphan := func(id int64) [][]any { return [][]any{{id, int64(4711), "email", "x"}} }
	if _, err := d.Bulk(db.Vouched(t.Context()), "customer_contacts", columns, slices.Values(orphan(1))); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Bulk(t.Context(), "customer_contacts", columns, slices.Values(orphan(2))); err == nil {
		t.Error("a row without its parent went in unvouched")
	}
	bad := [][]any{{int64(3), "not a number", "email", "x"}}
	if _, err := d.Bulk(db.Vouched(t.Context()), "customer_contacts", columns, slices.Values(bad)); err == nil {
		t.Error("a row of the wrong type went in")
	}
	err = d.Q(t.Context()).Exec(`INSERT INTO customer_contacts (id, customer_id, kind, value) VALUES (9, 4711, 'email', 'y')`).Error
	if !errors.Is(err, gorm.ErrForeignKeyViolated) {
		t.Errorf("after an error the session checks no more: %v", err)
	}
}
