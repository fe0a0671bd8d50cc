package dbtest

import (
	"database/sql"
	"fmt"
	"hash/fnv"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"myisp/models/db"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the "pgx" driver for the administering connection
)

var databases atomic.Int64

// Postgres opens a fresh migrated PostgreSQL database that is dropped when the test ends, or skips the test when
// MYISP_TEST_POSTGRES is not set; now may be nil.
func Postgres(t testing.TB, now func() time.Time) *db.DB {
	t.Helper()
	return open(t, db.Config{URL: PostgresURL(t), Now: now, MaxOpen: 8})
}

// PostgresURL is Postgres for a test that opens the database itself.
func PostgresURL(t testing.TB) string {
	t.Helper()
	if os.Getenv(Env) == "" {
		t.Skip(Env + " is not set")
	}
	tpl, err := pgTemplate()
	if err != nil {
		t.Fatalf("make the PostgreSQL template: %v", err)
	}
	name := fmt.Sprintf("%s_%d", tpl, databases.Add(1))
	if err := admin(func(c *sql.DB) error {
		_, err := c.Exec("CREATE DATABASE " + name + " TEMPLATE " + tpl)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(func(c *sql.DB) error {
			_, err := c.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
			return err
		}); err != nil {
			t.Error(err)
		}
	})
	return inDatabase(name)
}

// pgTemplate migrates one database a process, from which the tests' databases are copied. No hook runs when a test
// binary ends, so the next process sweeps away what dead ones left.
var pgTemplate = sync.OnceValues(func() (string, error) {
	host, _ := os.Hostname()
	h := fnv.New32a()
	h.Write([]byte(host))
	prefix := fmt.Sprintf("myisp_t_%08x_", h.Sum32())
	name := fmt.Sprintf("%s%d", prefix, os.Getpid())
	err := admin(func(c *sql.DB) error {
		if err := sweep(c, prefix); err != nil {
			return err
		}
		_, err := c.Exec("CREATE DATABASE " + name)
		return err
	})
	if err != nil {
		return "", err
	}
	return name, migrate(db.Config{URL: inDatabase(name)})
})

func sweep(c *sql.DB, prefix string) error {
	rows, err := c.Query(`SELECT datname FROM pg_database WHERE starts_with(datname, $1)`, prefix)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		var pid int
		if _, err := fmt.Sscanf(strings.TrimPrefix(name, prefix), "%d", &pid); err != nil {
			continue
		}
		if pid == os.Getpid() || syscall.Kill(pid, 0) == syscall.ESRCH {
			// Another process may sweep the same one; whoever comes second has nothing left to do.
			_, _ = c.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
		}
	}
	return rows.Err()
}

func admin(fn func(*sql.DB) error) error {
	c, err := sql.Open("pgx", os.Getenv(Env))
	if err != nil {
		return err
	}
	defer c.Close()
	return fn(c)
}

func inDatabase(name string) string {
	u, err := url.Parse(os.Getenv(Env))
	if err != nil {
		return ""
	}
	u.Path = "/" + name
	return u.String()
}
