package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"

	gsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"modernc.org/sqlite"
)

// sqlitePragmas is what every connection must report back, or the portal refuses to run: without foreign keys or WAL it
// would still start, and lose data later.
var sqlitePragmas = map[string]string{
	"foreign_keys": "1",
	"journal_mode": "wal",
	"synchronous":  "1",
	"busy_timeout": "10000",
}

func sqliteDSN(path string, foreignKeys bool) string {
	q := url.Values{
		"_busy_timeout": {"10000"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"NORMAL"},
		"_foreign_keys": {"1"},
		"_txlock":       {"immediate"},
		"_time_format":  {"sqlite"},
		"_timezone":     {"UTC"},
		"_texttotime":   {"1"},
	}
	if !foreignKeys {
		q.Set("_foreign_keys", "0")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func (d *DB) openSQLite(ctx context.Context, path string, maxOpen int) (*gorm.DB, error) {
	if err := private(path); err != nil {
		return nil, err
	}
	conn, err := d.sqliteConn(path, true, maxOpen)
	if err != nil {
		return nil, err
	}
	if err := checkPragmas(ctx, conn); err != nil {
		return nil, err
	}
	return gorm.Open(sqliteDialector{gsqlite.New(gsqlite.Config{Conn: conn}).(*gsqlite.Dialector)}, gormConfig(true))
}

// private makes the database file readable by its owner alone; SQLite gives what it keeps beside the file the same mode.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

func (d *DB) sqliteConn(path string, foreignKeys bool, maxOpen int) (*sql.DB, error) {
	conn, err := sql.Open("sqlite", sqliteDSN(path, foreignKeys))
	if err != nil {
		return nil, err
	}
	if maxOpen == 0 {
		maxOpen = max(4, 2*runtime.NumCPU())
	}
	conn.SetMaxOpenConns(maxOpen)
	conn.SetMaxIdleConns(maxOpen)
	d.closers = append(d.closers, conn.Close)
	return conn, nil
}

func checkPragmas(ctx context.Context, conn *sql.DB) error {
	for name, want := range sqlitePragmas {
		var got string
		if err := conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil {
			return fmt.Errorf("db: read pragma %s: %w", name, err)
		}
		if !strings.EqualFold(got, want) {
			return fmt.Errorf("db: pragma %s is %q and must be %q: is the file on a network share or read-only?", name, got, want)
		}
	}
	return nil
}

// sqliteDialector is GORM's SQLite dialect with modernc's errors: that driver's codes hide from GORM's own translation.
type sqliteDialector struct{ *gsqlite.Dialector }

// Translate maps the extended result codes of https://www.sqlite.org/rescode.html to GORM's errors.
func (s sqliteDialector) Translate(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() {
		case 2067, 1555:
			return fmt.Errorf("%w: %w", gorm.ErrDuplicatedKey, err)
		case 787:
			return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
		case 275:
			return fmt.Errorf("%w: %w", gorm.ErrCheckConstraintViolated, err)
		}
	}
	return err
}

// sqliteUnavailable reports whether the file cannot be used just now: locked for longer than the busy timeout, or an I/O error.
func sqliteUnavailable(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case 5, 6, 10, 13, 14:
		return true
	}
	return false
}
