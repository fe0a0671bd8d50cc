package models_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"myisp/models"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/migrations"
)

func tables() []any { return models.Tables() }

var schemas sync.Map

// TestDrift: after all migrations the live structs describe exactly the columns that exist, on both databases. A new
// field without a migration, or a migration without its field, fails here.
func TestDrift(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		g := d.Q(context.Background())
		for _, table := range tables() {
			s, err := schema.Parse(table, &schemas, g.NamingStrategy)
			if err != nil {
				t.Fatal(err)
			}
			columns, err := g.Migrator().ColumnTypes(table)
			if err != nil {
				t.Errorf("%s: %v", s.Table, err)
				continue
			}
			have := map[string]gorm.ColumnType{}
			for _, c := range columns {
				have[c.Name()] = c
			}
			for _, f := range s.Fields {
				if f.DBName == "" {
					continue
				}
				c, ok := have[f.DBName]
				if !ok {
					t.Errorf("%s.%s: the struct has a field that no migration made", s.Table, f.DBName)
					continue
				}
				delete(have, f.DBName)
				if nullable, ok := c.Nullable(); ok && !f.PrimaryKey && nullable == f.NotNull {
					t.Errorf("%s.%s: nullable is %v in the database", s.Table, f.DBName, nullable)
				}
			}
			for name := range have {
				t.Errorf("%s.%s: the database has a column that the struct lacks", s.Table, name)
			}
			for _, index := range s.ParseIndexes() {
				if !g.Migrator().HasIndex(table, index.Name) {
					t.Errorf("%s: index %s is declared and not made", s.Table, index.Name)
				}
			}
		}
	})
}

// TestEveryTableIsLive: each table of the schema belongs to a domain package.
func TestEveryTableIsLive(t *testing.T) {
	d := dbtest.SQLite(t, nil)
	names, err := d.Q(context.Background()).Migrator().GetTables()
	if err != nil {
		t.Fatal(err)
	}
	live := []string{"migrations"}
	for _, table := range tables() {
		s, _ := schema.Parse(table, &schemas, schema.NamingStrategy{})
		live = append(live, s.Table)
	}
	for _, n := range names {
		if !slices.Contains(live, n) && !strings.HasPrefix(n, "sqlite_") {
			t.Errorf("table %s belongs to nobody", n)
		}
	}
}

// TestSameShape: both databases have the same tables, columns, nullability and indexes.
func TestSameShape(t *testing.T) {
	shapes := map[db.Kind][]string{}
	dbtest.Each(t, func(t *testing.T, d *db.DB) { shapes[d.Kind()] = shape(t, d) })
	a, b := shapes[db.SQLite], shapes[db.Postgres]
	if b == nil {
		return // no PostgreSQL given: dbtest has said so
	}
	if !reflect.DeepEqual(a, b) {
		for _, line := range a {
			if !slices.Contains(b, line) {
				t.Errorf("only SQLite: %s", line)
			}
		}
		for _, line := range b {
			if !slices.Contains(a, line) {
				t.Errorf("only PostgreSQL: %s", line)
			}
		}
	}
}

func shape(t *testing.T, d *db.DB) []string {
	g := d.Q(context.Background())
	var lines []string
	for _, table := range tables() {
		s, err := schema.Parse(table, &schemas, g.NamingStrategy)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := g.Migrator().ColumnTypes(table)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range columns {
			nullable, _ := c.Nullable()
			primary, _ := c.PrimaryKey()
			lines = append(lines, fmt.Sprintf("%s.%s null=%v key=%v", s.Table, c.Name(), nullable && !primary, primary))
		}
		for _, index := range s.ParseIndexes() {
			lines = append(lines, fmt.Sprintf("%s index %s %v", s.Table, index.Name, g.Migrator().HasIndex(table, index.Name)))
		}
	}
	sort.Strings(lines)
	return lines
}

// TestMigrateAgain: migrating a filled, current database changes nothing and deletes nothing (no cascade).
func TestMigrateAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		m := testModels(t, d)
		fill(t, m)
		before := counts(t, d)
		if err := m.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		if after := counts(t, d); !reflect.DeepEqual(before, after) {
			t.Errorf("row counts changed: %v → %v", before, after)
		}
	})
}

// TestMigratingKeepsChildren: a table rebuilt the way GORM does it on SQLite keeps the rows that reference it, because
// Migrating runs with foreign keys off and checks them afterwards.
func TestMigratingKeepsChildren(t *testing.T) {
	d := dbtest.SQLite(t, nil)
	ctx := context.Background()
	m := testModels(t, d)
	fill(t, m)
	before := counts(t, d)
	err := d.Migrating(ctx, func(g *gorm.DB) error {
		for _, sql := range []string{"CREATE TABLE customers_new AS SELECT * FROM customers", "DROP TABLE customers", "ALTER TABLE customers_new RENAME TO customers"} {
			if err := g.Exec(sql).Error; err != nil {
				return err
			}
		}
		return g.Exec("CREATE UNIQUE INDEX customers_id ON customers(id)").Error
	})
	if err != nil {
		t.Fatal(err)
	}
	if after := counts(t, d); !reflect.DeepEqual(before, after) {
		t.Errorf("row counts changed: %v → %v", before, after)
	}
}

// TestMigratingFindsBrokenReferences: a step that leaves a child without its parent is refused.
func TestMigratingFindsBrokenReferences(t *testing.T) {
	d := dbtest.SQLite(t, nil)
	fill(t, testModels(t, d))
	err := d.Migrating(context.Background(), func(g *gorm.DB) error { return g.Exec("DELETE FROM customers").Error })
	if err == nil || !strings.Contains(err.Error(), "broken references") {
		t.Errorf("deleting parents under migration gave %v", err)
	}
}

// TestNewerSchemaIsRefused: an old program does not touch the database of a newer one.
func TestNewerSchemaIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := d.Q(ctx).Exec("INSERT INTO migrations (id) VALUES ('9999_future')").Error; err != nil {
			t.Fatal(err)
		}
		err := d.Migrating(ctx, func(g *gorm.DB) error { return migrations.Run(g, d.Kind()) })
		if err == nil {
			t.Error("a database with an unknown step was accepted")
		}
	})
}

func counts(t *testing.T, d *db.DB) map[string]int64 {
	t.Helper()
	rows := map[string]int64{}
	for _, table := range tables() {
		s, _ := schema.Parse(table, &schemas, schema.NamingStrategy{})
		n, err := d.Rows(context.Background(), s.Table)
		if err != nil {
			t.Fatal(err)
		}
		rows[s.Table] = n
	}
	return rows
}
