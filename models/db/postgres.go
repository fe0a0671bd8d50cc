package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	gpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
)

func (d *DB) openPostgres(ctx context.Context, dsn string, maxOpen int) (*gorm.DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("db: DATABASE_URL is not a PostgreSQL URL") // the parser's text would carry the password
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	conn := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(func(_ context.Context, c *pgx.Conn) error {
		// Without it timestamps come back in the server's zone, and equal times compare as different.
		c.TypeMap().RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID,
			Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
		return nil
	}))
	if maxOpen == 0 {
		maxOpen = max(8, 4*runtime.NumCPU())
	}
	conn.SetMaxOpenConns(maxOpen)
	conn.SetMaxIdleConns(maxOpen)
	conn.SetConnMaxIdleTime(5 * time.Minute)
	d.closers = append(d.closers, conn.Close)
	if err := conn.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("db: PostgreSQL does not answer: %w", err)
	}
	// pgx caches prepared statements itself; GORM's cache on top would double them.
	return gorm.Open(gpostgres.New(gpostgres.Config{Conn: conn}), gormConfig(false))
}

// postgresUnavailable reports whether the server is away, restarting or refusing connections (SQLSTATE classes 08, 53, 57P).
func postgresUnavailable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "57P")
	}
	var connect *pgconn.ConnectError
	var op *net.OpError
	return errors.As(err, &connect) || errors.As(err, &op) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}

// postgresRetry reports whether the transaction lost a race that the same transaction, run again, can win.
func postgresRetry(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}
