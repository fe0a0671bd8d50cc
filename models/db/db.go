// Package db opens the portal's database and is the one place that knows how SQLite and PostgreSQL differ.
//
// Domain packages hold a *DB and build their queries on Q (read and write) or R (reads that may be a moment old);
// transactions travel in the context, so one domain package may call another inside the caller's transaction.
package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Config says which database to open.
type Config struct {
	// URL is DATABASE_URL: empty for the embedded SQLite file in DataDir, "postgres://…", or "sqlite:PATH".
	URL string
	// ReplicaURL is DATABASE_REPLICA_URL: a read-only PostgreSQL copy for R, or empty.
	ReplicaURL string
	// DataDir holds the embedded database file.
	DataDir string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// MaxOpen bounds the connections of one pool; 0 takes a default fit for a small server.
	MaxOpen int
}

// Kind names the database in use.
type Kind string

// The databases the portal runs on.
const (
	SQLite   Kind = "sqlite"
	Postgres Kind = "postgres"
)

// DB is an open database with its clock.
type DB struct {
	kind    Kind
	write   *gorm.DB
	read    *gorm.DB
	now     func() time.Time
	wake    *wakers
	closers []func() error
	// turn is whose transaction runs: an embedded database has one writer. Who waits for it holds no connection meanwhile, so
	// that whoever writes finds one for each statement that is prepared, and everybody comes in the order of asking, which
	// SQLite's own waiting does not give. Nil where the database sees to that itself.
	turn chan struct{}
}

// Open connects, checks that the connection is set up as the portal needs it, and returns the database; it does not migrate.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	d := &DB{now: cfg.Now, wake: newWakers()}
	if d.now == nil {
		d.now = time.Now
	}
	var err error
	switch {
	case strings.HasPrefix(cfg.URL, "postgres://"), strings.HasPrefix(cfg.URL, "postgresql://"):
		d.kind = Postgres
		d.write, err = d.openPostgres(ctx, cfg.URL, cfg.MaxOpen)
		if err == nil && cfg.ReplicaURL != "" {
			d.read, err = d.openPostgres(ctx, cfg.ReplicaURL, cfg.MaxOpen)
		}
	case cfg.URL == "", strings.HasPrefix(cfg.URL, "sqlite:"):
		d.kind = SQLite
		d.turn = make(chan struct{}, 1)
		path := strings.TrimPrefix(cfg.URL, "sqlite:")
		if path == "" {
			path = filepath.Join(cfg.DataDir, "myisp.db")
		}
		if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
			d.write, err = d.openSQLite(ctx, path, cfg.MaxOpen)
		}
	default:
		return nil, errors.New(`db: DATABASE_URL must be empty, "sqlite:PATH" or "postgres://…"`)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if d.read == nil {
		d.read = d.write
	}
	return d, nil
}

// Kind tells which database this is; only reports and this package's own code may care.
func (d *DB) Kind() Kind { return d.kind }

// Close ends all connections.
func (d *DB) Close() error {
	var errs []error
	for _, c := range d.closers {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// Ping reports whether the database answers (GET /readyz).
func (d *DB) Ping(ctx context.Context) error {
	conn, err := d.write.DB()
	if err != nil {
		return err
	}
	return conn.PingContext(ctx)
}

// Now is the present in UTC, cut to microseconds as both databases store it.
func (d *DB) Now() time.Time { return Time(d.now()) }

// Time brings any time into the form the database stores: UTC, whole microseconds.
func Time(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Q is the handle for reads and writes: the transaction in ctx if there is one, else the database itself.
func (d *DB) Q(ctx context.Context) *gorm.DB {
	if t := txFrom(ctx, d); t != nil {
		return t.g.WithContext(ctx)
	}
	return d.write.WithContext(ctx)
}

// R is the handle for reads that bear a replica's delay; inside a transaction it is that transaction.
func (d *DB) R(ctx context.Context) *gorm.DB {
	if t := txFrom(ctx, d); t != nil {
		return t.g.WithContext(ctx)
	}
	return d.read.WithContext(ctx)
}

func gormConfig(prepare bool) *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		PrepareStmt:            prepare,
		TranslateError:         true,
		NowFunc:                func() time.Time { return Time(time.Now()) },
		Logger:                 slogLogger{},
	}
}

// slogLogger sends GORM's own complaints to slog and stays silent on statements: they carry customers' data.
type slogLogger struct{}

func (l slogLogger) LogMode(logger.LogLevel) logger.Interface { return l }

func (slogLogger) Info(context.Context, string, ...any) {}

func (slogLogger) Warn(ctx context.Context, msg string, args ...any) {
	slog.WarnContext(ctx, "gorm: "+fmt.Sprintf(msg, args...))
}

func (slogLogger) Error(ctx context.Context, msg string, args ...any) {
	slog.ErrorContext(ctx, "gorm: "+fmt.Sprintf(msg, args...))
}

func (slogLogger) Trace(ctx context.Context, _ time.Time, fc func() (string, int64), err error) {
	if c := counterFrom(ctx); c != nil {
		c.add(fc)
	}
	if err != nil && slog.Default().Enabled(ctx, slog.LevelDebug) && !errors.Is(err, gorm.ErrRecordNotFound) {
		slog.DebugContext(ctx, "sql", "err", err)
	}
}
