package dbtest

import (
	"context"
	"testing"

	"myisp/models/db"
)

func TestEachIsFreshAndMigrated(t *testing.T) {
	for range 2 {
		Each(t, func(t *testing.T, d *db.DB) {
			ctx := context.Background()
			n, err := d.Rows(ctx, "partners")
			if err != nil || n != 0 {
				t.Fatalf("partners: %d rows, %v", n, err)
			}
			if err := d.Q(ctx).Exec(`INSERT INTO partners (name, created_at) VALUES (?, ?)`, "x", d.Now()).Error; err != nil {
				t.Fatal(err)
			}
		})
	}
}
