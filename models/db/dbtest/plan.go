package dbtest

import (
	"context"
	"strings"
	"testing"

	"myisp/models/db"
)

// Scans explains statements, as db.Counter keeps them, and returns those lines of SQLite's plans that read a whole table or
// index. Along an index to the first rows of a page is no scan of this kind: name such an index in along.
func Scans(t testing.TB, d *db.DB, statements []string, along ...string) (found []string) {
	t.Helper()
	if d.Kind() != db.SQLite {
		t.Fatal("plans are read on SQLite")
	}
	for _, sql := range statements {
		if !strings.HasPrefix(strings.TrimSpace(sql), "SELECT") {
			continue
		}
		var plan []struct{ Detail string }
		if err := d.Q(context.Background()).Raw("EXPLAIN QUERY PLAN " + sql).Scan(&plan).Error; err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		for _, step := range plan {
			if strings.HasPrefix(step.Detail, "SCAN") && !allowed(step.Detail, along) {
				found = append(found, step.Detail+" of "+sql[:min(len(sql), 400)])
			}
		}
	}
	return found
}

func allowed(detail string, along []string) bool {
	for _, name := range append(along, "CONSTANT ROW") {
		if strings.HasSuffix(detail, name) {
			return true
		}
	}
	return false
}
