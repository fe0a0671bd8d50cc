package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Bulk writes rows of the given columns as fast as the database takes them: COPY on PostgreSQL, many-row INSERTs in one
// transaction on SQLite. It fires no hooks and fills no defaults. It returns the number of rows.
func (d *DB) Bulk(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	if d.kind == Postgres {
		return d.copyIn(ctx, table, columns, rows)
	}
	return d.insertMany(ctx, table, columns, rows)
}

type vouchedKey struct{}

// Vouched marks rows whose references the caller has made itself and answers for: Bulk then asks PostgreSQL not to look
// each one up again, which is most of a COPY's work, where the session may ask that (a superuser's). Nothing is dropped
// from the schema, and nobody else's session is concerned. SQLite checks in any case.
func Vouched(ctx context.Context) context.Context { return context.WithValue(ctx, vouchedKey{}, true) }

// unchecked turns the reference checks of a session off; the result turns them on again.
func unchecked(ctx context.Context, c *pgx.Conn) func() error {
	if ctx.Value(vouchedKey{}) == nil {
		return func() error { return nil }
	}
	if _, err := c.Exec(ctx, `SET session_replication_role = replica`); err != nil {
		return func() error { return nil } // not allowed: the rows are checked as all others are
	}
	return func() error {
		_, err := c.Exec(context.WithoutCancel(ctx), `RESET session_replication_role`)
		return err
	}
}

func (d *DB) copyIn(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (n int64, err error) {
	pool, err := d.write.DB()
	if err != nil {
		return 0, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	next, stop := iter.Pull(rows)
	defer stop()
	err = conn.Raw(func(c any) error {
		pg := c.(*stdlib.Conn).Conn()
		checked := unchecked(ctx, pg)
		n, err = pg.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
			row, ok := next()
			if !ok {
				return nil, nil
			}
			return row, nil
		}))
		if e := checked(); e != nil {
			return errors.Join(err, e, driver.ErrBadConn) // a session that does not check must not go back into the pool
		}
		return err
	})
	return n, err
}

func (d *DB) insertMany(ctx context.Context, table string, columns []string, rows iter.Seq[[]any]) (n int64, err error) {
	batch := max(1, min(500, 30000/len(columns)))
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",") + ")"
	head := fmt.Sprintf(`INSERT INTO %q (%s) VALUES `, table, `"`+strings.Join(columns, `","`)+`"`)
	full := head + strings.TrimSuffix(strings.Repeat(one+",", batch), ",")
	err = d.Tx(ctx, func(ctx context.Context) error {
		pool := d.Q(ctx).Statement.ConnPool
		stmt, err := pool.PrepareContext(ctx, full)
		if err != nil {
			return err
		}
		defer stmt.Close()
		args := make([]any, 0, batch*len(columns))
		n = 0
		for row := range rows {
			args = append(args, row...)
			n++
			if len(args) == cap(args) {
				if _, err := stmt.ExecContext(ctx, args...); err != nil {
					return err
				}
				args = args[:0]
			}
		}
		if left := len(args) / len(columns); left > 0 {
			_, err = pool.ExecContext(ctx, head+strings.TrimSuffix(strings.Repeat(one+",", left), ","), args...)
		}
		return err
	})
	return n, err
}

// SyncSequence makes the next generated id of a table follow the highest one, after rows with explicit ids were written.
func (d *DB) SyncSequence(ctx context.Context, table string) error {
	if d.kind != Postgres {
		return nil // SQLite's AUTOINCREMENT follows explicit ids by itself
	}
	return d.Q(ctx).Exec(fmt.Sprintf(
		`SELECT setval(pg_get_serial_sequence('%[1]s', 'id'), GREATEST(COALESCE((SELECT MAX(id) FROM %[1]q), 1), 1))`, table)).Error
}

// Rows counts the rows of a table.
func (d *DB) Rows(ctx context.Context, table string) (int64, error) {
	var n int64
	err := d.Q(ctx).Table(table).Count(&n).Error
	return n, err
}
