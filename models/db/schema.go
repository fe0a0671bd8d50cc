package db

import (
	"context"
	"errors"
	"fmt"

	gsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

// Migrating hands fn a handle fit for changing the schema, and keeps a second instance from doing the same meanwhile.
//
// On SQLite it is a connection of its own with foreign keys off: GORM rebuilds a table to alter it, and with them on the
// rebuild deletes the children of every row (ON DELETE CASCADE). Afterwards every reference is checked.
func (d *DB) Migrating(ctx context.Context, fn func(g *gorm.DB) error) error {
	if d.kind == Postgres {
		return d.migratingPostgres(ctx, fn)
	}
	var path string
	if err := d.write.WithContext(ctx).Raw(`SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&path).Error; err != nil {
		return err
	}
	side := &DB{}
	conn, err := side.sqliteConn(path, false, 1)
	if err != nil {
		return err
	}
	defer side.Close()
	cfg := gormConfig(false)
	g, err := gorm.Open(sqliteDialector{gsqlite.New(gsqlite.Config{Conn: conn}).(*gsqlite.Dialector)}, cfg)
	if err != nil {
		return err
	}
	if err := fn(g.WithContext(ctx)); err != nil {
		return err
	}
	return foreignKeyCheck(g.WithContext(ctx))
}

func foreignKeyCheck(g *gorm.DB) error {
	var broken []struct {
		Table  string
		Rowid  int64
		Parent string
	}
	if err := g.Raw("PRAGMA foreign_key_check").Scan(&broken).Error; err != nil {
		return err
	}
	if len(broken) > 0 {
		b := broken[0]
		return fmt.Errorf("db: %d broken references after the migration, the first in %s row %d to %s", len(broken), b.Table, b.Rowid, b.Parent)
	}
	return nil
}

func (d *DB) migratingPostgres(ctx context.Context, fn func(g *gorm.DB) error) error {
	g := d.write.WithContext(ctx)
	if err := g.Exec(`CREATE TABLE IF NOT EXISTS migration_lock (id bigint PRIMARY KEY)`).Error; err != nil && !IsDuplicate(err) {
		return err
	}
	lock := g.Begin()
	if lock.Error != nil {
		return lock.Error
	}
	defer lock.Rollback()
	if err := lock.Exec(`LOCK TABLE migration_lock IN ACCESS EXCLUSIVE MODE`).Error; err != nil {
		return err
	}
	return errors.Join(fn(g), lock.Rollback().Error)
}

// AppendOnly returns the statements after which the database itself refuses to change or delete rows of table.
func (k Kind) AppendOnly(table string) []string {
	if k == Postgres {
		return []string{
			`CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$`,
			fmt.Sprintf(`CREATE TRIGGER %[1]s_append_only BEFORE UPDATE OR DELETE ON %[1]s FOR EACH ROW EXECUTE FUNCTION refuse_change()`, table),
		}
	}
	return []string{
		fmt.Sprintf(`CREATE TRIGGER %[1]s_no_update BEFORE UPDATE ON %[1]s BEGIN SELECT RAISE(ABORT, '%[1]s is append-only'); END`, table),
		fmt.Sprintf(`CREATE TRIGGER %[1]s_no_delete BEFORE DELETE ON %[1]s BEGIN SELECT RAISE(ABORT, '%[1]s is append-only'); END`, table),
	}
}

// Changeable is what takes AppendOnly's refusal away, for a migration that moves rows and puts it back in its transaction.
func (k Kind) Changeable(table string) []string {
	if k == Postgres {
		return []string{fmt.Sprintf(`DROP TRIGGER %[1]s_append_only ON %[1]s`, table)}
	}
	return []string{fmt.Sprintf(`DROP TRIGGER %s_no_update`, table), fmt.Sprintf(`DROP TRIGGER %s_no_delete`, table)}
}

// ByBytes is a text column in the order of its bytes, whatever language the database sorts in: in that order texts with one
// beginning lie side by side.
func (k Kind) ByBytes(column string) string {
	if k == Postgres {
		return column + ` COLLATE "C"`
	}
	return column
}

// Beginning is SQL for the rows whose column begins with a text, with its values; it reads an index on ByBytes of the column.
func (k Kind) Beginning(column, text string) (where string, values []any) {
	by := k.ByBytes(column)
	return by + " >= ? AND " + by + " < ?", []any{text, text + "\U0010FFFF"}
}

// Explain returns the database's plan for a statement, for tests that hold queries to their indexes.
func (d *DB) Explain(ctx context.Context, sql string) (string, error) {
	if d.kind == Postgres {
		var lines []string
		err := d.Q(ctx).Raw("EXPLAIN " + sql).Scan(&lines).Error
		return fmt.Sprint(lines), err
	}
	var steps []struct{ Detail string }
	err := d.Q(ctx).Raw("EXPLAIN QUERY PLAN " + sql).Scan(&steps).Error
	return fmt.Sprint(steps), err
}
