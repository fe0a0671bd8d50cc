// Package dbtest gives tests a migrated database of their own: SQLite in a file of the test's directory, and PostgreSQL
// when MYISP_TEST_POSTGRES names a server on which databases may be created.
package dbtest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"myisp/models/db"
	"myisp/models/migrations"

	"gorm.io/gorm"
)

// Env names the variable with the URL of the PostgreSQL server to test on, "postgres://postgres@127.0.0.1:54329/postgres".
const Env = "MYISP_TEST_POSTGRES"

// Each runs fn as one subtest per database, each with a fresh migrated database that is gone afterwards.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachAt(t, nil, fn)
}

// EachAt is Each with a clock; nil is the real one.
func EachAt(t *testing.T, now func() time.Time, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, now)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, now)) })
}

// template is the migrated, empty SQLite file, made once a process: copying it is a hundred times faster than migrating.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "myisp-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "t.db")
	if err := migrate(db.Config{URL: "sqlite:" + path}); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// SQLite opens a fresh migrated SQLite database under t.TempDir(); now may be nil.
func SQLite(t testing.TB, now func() time.Time) *db.DB {
	t.Helper()
	file, err := template()
	if err != nil {
		t.Fatalf("migrate the SQLite template: %v", err)
	}
	path := filepath.Join(t.TempDir(), "myisp.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, db.Config{URL: "sqlite:" + path, Now: now})
}

func open(t testing.TB, cfg db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func migrate(cfg db.Config) error {
	ctx := context.Background()
	d, err := db.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Migrating(ctx, func(g *gorm.DB) error { return migrations.Run(g, d.Kind()) })
}
