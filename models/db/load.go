package db

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Tables lists the tables of the database, each after those that it references. A reference of a table to itself does not
// count; a ring of references is an error.
func (d *DB) Tables(ctx context.Context) ([]string, error) {
	names, err := d.write.WithContext(ctx).Migrator().GetTables()
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "migration_lock" || len(n) > 7 && n[:7] == "sqlite_" })
	slices.Sort(names)
	list := `SELECT m.name AS child, f."table" AS parent FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	if d.kind == Postgres {
		list = `SELECT c.relname AS child, p.relname AS parent FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
			WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace`
	}
	var refs []struct{ Child, Parent string }
	if err := d.write.WithContext(ctx).Raw(list).Scan(&refs).Error; err != nil {
		return nil, err
	}
	var ordered []string
	for len(names) > 0 {
		free := slices.IndexFunc(names, func(n string) bool {
			for _, r := range refs {
				if r.Child == n && r.Parent != n && slices.Contains(names, r.Parent) {
					return false
				}
			}
			return true
		})
		if free < 0 {
			return nil, fmt.Errorf("db: the tables %v reference each other in a ring", names)
		}
		ordered = append(ordered, names[free])
		names = slices.Delete(names, free, free+1)
	}
	return ordered, nil
}

// LastIDs returns the last id that each table has given out, for those that give ids; rows that are gone count.
func (d *DB) LastIDs(ctx context.Context) (map[string]int64, error) {
	list := `SELECT name AS "table", seq AS last FROM sqlite_sequence`
	if d.kind == Postgres {
		list = `SELECT c.relname AS "table", COALESCE(s.last_value, 0) AS last FROM pg_class c
			JOIN pg_depend d ON d.refobjid = c.oid AND d.deptype IN ('a', 'i') JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S'
			JOIN pg_sequences s ON s.schemaname = current_schema() AND s.sequencename = q.relname
			WHERE c.relnamespace = current_schema()::regnamespace`
	}
	var rows []struct {
		Table string
		Last  int64
	}
	if err := d.Q(ctx).Raw(list).Scan(&rows).Error; err != nil {
		return nil, err
	}
	ids := map[string]int64{}
	for _, r := range rows {
		ids[r.Table] = r.Last
	}
	return ids, nil
}

// Loader takes the rows of many tables in one transaction.
type Loader struct {
	d  *DB
	pg pgx.Tx // nil on SQLite, whose transaction is in the context
}

// Load runs fn in one transaction that writes in bulk (COPY on PostgreSQL): all of it is there afterwards, or nothing.
// References are checked when it ends, on SQLite, or table by table.
func (d *DB) Load(ctx context.Context, fn func(ctx context.Context, l *Loader) error) error {
	if d.kind == SQLite {
		return d.Tx(ctx, func(ctx context.Context) error {
			if err := d.Q(ctx).Exec("PRAGMA defer_foreign_keys = ON").Error; err != nil {
				return err
			}
			return fn(ctx, &Loader{d: d})
		})
	}
	pool, err := d.write.DB()
	if err != nil {
		return err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		return pgx.BeginFunc(ctx, c.(*stdlib.Conn).Conn(), func(tx pgx.Tx) error { return fn(ctx, &Loader{d: d, pg: tx}) })
	})
}

// Put writes rows of the given columns and returns how many.
func (l *Loader) Put(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	if l.pg == nil {
		return l.d.insertMany(ctx, table, columns, rows)
	}
	next, stop := iter.Pull(rows)
	defer stop()
	return l.pg.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		row, ok := next()
		if !ok {
			return nil, nil
		}
		return row, nil
	}))
}

// Clear deletes the rows of a table.
func (l *Loader) Clear(ctx context.Context, table string) error {
	sql := "DELETE FROM " + pgx.Identifier{table}.Sanitize() // both databases quote alike
	if l.pg == nil {
		return l.d.Q(ctx).Exec(sql).Error
	}
	_, err := l.pg.Exec(ctx, sql)
	return err
}

// SetLastID makes a table give out ids after last.
func (l *Loader) SetLastID(ctx context.Context, table string, last int64) error {
	if l.pg != nil {
		_, err := l.pg.Exec(ctx, `SELECT setval(pg_get_serial_sequence($1, 'id'), GREATEST($2::bigint, 1), $2::bigint > 0)`, pgx.Identifier{table}.Sanitize(), last)
		return err
	}
	q := l.d.Q(ctx)
	r := q.Exec("UPDATE sqlite_sequence SET seq = @last WHERE name = @table", sql.Named("last", last), sql.Named("table", table))
	if r.Error != nil || r.RowsAffected > 0 || last == 0 {
		return r.Error
	}
	return q.Exec(`INSERT INTO sqlite_sequence (name, seq) SELECT name, ? FROM sqlite_master WHERE type = 'table' AND name = ? AND sql LIKE '%AUTOINCREMENT%'`, last, table).Error
}
