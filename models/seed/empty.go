package seed

import (
	"context"
	"fmt"
	"strings"

	"myisp/models"
	"myisp/models/db"
)

// Empty deletes every row of a PostgreSQL database but those of the migrations. TRUNCATE is the only way past the tables
// that refuse deletion; SQLite has none, there the file is removed instead.
func Empty(ctx context.Context, m *models.Models) error {
	if m.DB.Kind() != db.Postgres {
		return fmt.Errorf("seed: remove the database's file instead")
	}
	var tables []string
	err := m.DB.Q(ctx).Raw(`SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT IN ('migrations', 'migration_lock')`).
		Scan(&tables).Error
	if err != nil || len(tables) == 0 {
		return err
	}
	return m.DB.Q(ctx).Exec("TRUNCATE " + strings.Join(tables, ", ") + " RESTART IDENTITY CASCADE").Error
}
