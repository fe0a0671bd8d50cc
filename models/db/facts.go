package db

import (
	"context"
	"time"
)

// Facts are what can be said of the database as a thing, for the system page and myisp doctor.
type Facts struct {
	Kind    Kind
	Version string
	Bytes   int64 // what its data take on disk
	// Clock is the database's own; the portal's times come from its process, so the two should agree.
	Clock time.Time
	// Replica says that some reads go to a copy.
	Replica bool
}

// Facts asks the database about itself.
func (d *DB) Facts(ctx context.Context) (Facts, error) {
	f := Facts{Kind: d.kind, Replica: d.read != d.write}
	ask := func(sql string, into any) error { return d.write.WithContext(ctx).Raw(sql).Row().Scan(into) }
	if d.kind == Postgres {
		if err := ask(`SELECT current_setting('server_version')`, &f.Version); err != nil {
			return f, err
		}
		if err := ask(`SELECT pg_database_size(current_database())`, &f.Bytes); err != nil {
			return f, err
		}
		return f, ask(`SELECT clock_timestamp()`, &f.Clock)
	}
	f.Clock = d.Now() // it has no other clock than the process
	if err := ask(`SELECT sqlite_version()`, &f.Version); err != nil {
		return f, err
	}
	return f, ask(`SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`, &f.Bytes)
}

// Health looks for damage in what the database can check quickly itself: its settings on SQLite, and the file's structure.
// On PostgreSQL the server answers for that. The result is what is wrong, empty for nothing.
func (d *DB) Health(ctx context.Context) (wrong string, err error) {
	if d.kind == Postgres {
		return "", nil
	}
	conn, err := d.write.DB()
	if err != nil {
		return "", err
	}
	if err := checkPragmas(ctx, conn); err != nil {
		return err.Error(), nil
	}
	var said string
	if err := conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
		return "", err
	}
	if said != "ok" {
		return said, nil
	}
	return "", nil
}
