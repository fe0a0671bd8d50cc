package backup_test

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/audit"
	"myisp/models/backup"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/seed"
)

var cheap = secret.Params{Memory: 64, Iterations: 1, Parallelism: 1}

const ourSecret = "a secret for tests that is long enough, really"

func wired(t testing.TB, d *db.DB, key string) *models.Models {
	t.Helper()
	keys, err := secret.NewKeys(key)
	must(t, err)
	return models.On(d, keys, cheap)
}

// digest sums up every row of every table in a form that both databases share.
func digest(t testing.TB, m *models.Models) map[string]string {
	t.Helper()
	names, err := m.DB.Tables(context.Background())
	must(t, err)
	sums := map[string]string{}
	for _, name := range names {
		if name == "migrations" || name == "system_records" {
			continue
		}
		var rows []map[string]any
		must(t, m.DB.Q(context.Background()).Table(name).Find(&rows).Error)
		var lines []string
		for _, r := range rows {
			for k, v := range r {
				r[k] = plain(v)
			}
			lines = append(lines, fmt.Sprint(r))
		}
		sort.Strings(lines)
		sums[name] = fmt.Sprintf("%d rows %x", len(rows), sha256.Sum256([]byte(strings.Join(lines, "\n"))))
	}
	return sums
}

// plain is a value as both drivers mean it.
func plain(v any) any {
	switch v := reflect.Indirect(reflect.ValueOf(&v)).Elem(); {
	case !v.IsValid():
		return nil
	case v.CanInt():
		return v.Int()
	case v.Type() == reflect.TypeFor[time.Time]():
		return v.Interface().(time.Time).UTC().Format(time.RFC3339Nano)
	case v.Kind() == reflect.Bool:
		if v.Bool() {
			return int64(1)
		}
		return int64(0)
	case v.Kind() == reflect.Slice:
		return string(v.Bytes())
	default:
		return v.Interface()
	}
}

// filled is a database with the pretend provider, whose audit log has lines and whose tables have lost their last rows.
func filled(t testing.TB, d *db.DB) *models.Models {
	t.Helper()
	ctx, m := context.Background(), wired(t, d, ourSecret)
	must(t, m.Ensure(ctx))
	must(t, seed.Demo(ctx, m, m.DB.Now()))
	staff := audit.With(ctx, audit.Actor{Kind: audit.Staff, ID: 1, Name: "Ada"})
	must(t, m.Portal.Set(staff, 1, "P1", `Tricky <&> "quotes" \ 2026-11-22 10:00:00 `+"\u2028 مرحبا 💥\n"))
	must(t, m.Audit.Note(staff, 0, audit.OpLogIn, audit.Refused, "2026-11-22 10:00:00"))
	must(t, m.Jobs.Enqueue(ctx, "test", "waits"))
	must(t, m.DB.Q(ctx).Exec("DELETE FROM jobs WHERE kind = 'test'").Error)
	return m
}

// TestBackup: everything of an installation comes back in an empty database of either kind: rows, digests, balances, the
// audit chain, the books, ids that are not given twice, uploads (quality: backup → wipe → restore).
func TestBackup(t *testing.T) {
	sources := map[string]func(testing.TB) *db.DB{"sqlite": func(t testing.TB) *db.DB { return dbtest.SQLite(t, nil) }, "postgres": func(t testing.TB) *db.DB { return dbtest.Postgres(t, nil) }}
	for from, source := range sources {
		t.Run("from "+from, func(t *testing.T) {
			ctx, m := context.Background(), filled(t, source(t))
			uploads := filepath.Join(t.TempDir(), "uploads")
			must(t, os.MkdirAll(filepath.Join(uploads, "a", "b"), 0o700))
			must(t, os.WriteFile(filepath.Join(uploads, "a", "b", "contract.pdf"), []byte("%PDF of a contract"), 0o600))
			before, lastJob := digest(t, m), lastID(t, m, "jobs")
			file := filepath.Join(t.TempDir(), "all.zip")
			man, err := backup.Save(ctx, m, file, backup.Options{Uploads: uploads, Program: "test"})
			must(t, err)
			if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
				t.Errorf("others may read the archive: %v", info.Mode())
			}
			if left, _ := filepath.Glob(file + "*"); len(left) != 1 {
				t.Errorf("left behind: %v", left)
			}
			noted(t, m, file, man)
			for to, target := range sources {
				t.Run("to "+to, func(t *testing.T) {
					n := wired(t, target(t), ourSecret)
					if to == "sqlite" {
						must(t, n.Ensure(ctx)) // what every installation has makes way
					}
					folder := filepath.Join(t.TempDir(), "uploads")
					r, err := backup.Restore(ctx, n, file, backup.Options{Uploads: folder})
					must(t, err)
					if r.OtherSecret || r.Manifest.Rows() != man.Rows() {
						t.Errorf("restored: %+v", r)
					}
					if after := digest(t, n); !reflect.DeepEqual(before, after) {
						for name := range before {
							if before[name] != after[name] {
								t.Errorf("%s: %s became %s", name, before[name], after[name])
							}
						}
					}
					must(t, n.Migrate(ctx))
					agree(t, n)
					must(t, n.Jobs.Enqueue(ctx, "test", "next"))
					if id := lastID(t, n, "jobs"); id != lastJob+1 {
						t.Errorf("the next job is %d after %d: an id was given twice", id, lastJob)
					}
					if text, err := os.ReadFile(filepath.Join(folder, "a", "b", "contract.pdf")); err != nil || string(text) != "%PDF of a contract" {
						t.Errorf("upload: %q %v", text, err)
					}
					if _, err := backup.Restore(ctx, n, file, backup.Options{}); !errors.Is(err, backup.ErrNotEmpty) {
						t.Errorf("restoring over data: %v", err)
					}
				})
			}
		})
	}
}

// noted: the database knows of its backup, and so does the audit log.
func noted(t *testing.T, m *models.Models, file string, man backup.Manifest) {
	t.Helper()
	records, err := m.Records(context.Background())
	must(t, err)
	var d models.BackupDetails
	must(t, records[models.RecordBackup].Into(&d))
	if d.Rows != man.Rows() || d.Rows < 1000 || d.Bytes == 0 || d.File != filepath.Base(file) || d.Encrypted {
		t.Errorf("record: %+v", d)
	}
	var e audit.Entry
	must(t, m.DB.Q(context.Background()).Order("seq DESC").Take(&e).Error)
	if e.Action != audit.BackupMade || e.ActorKind != audit.System {
		t.Errorf("audit: %+v", e)
	}
}

func agree(t *testing.T, m *models.Models) {
	t.Helper()
	books, err := m.Finance.Verify(context.Background())
	must(t, err)
	if !books.OK() || books.Transactions == 0 {
		t.Errorf("books: %+v", books)
	}
	log, err := m.Audit.Verify(context.Background())
	must(t, err)
	if log.Broken != 0 || log.Entries == 0 {
		t.Errorf("audit log: %+v", log)
	}
}

func lastID(t testing.TB, m *models.Models, table string) int64 {
	t.Helper()
	ids, err := m.DB.LastIDs(context.Background())
	must(t, err)
	return ids[table]
}

// TestSealed: with a passphrase nobody reads the archive without it; another secret is noticed.
func TestSealed(t *testing.T) {
	ctx, m := context.Background(), filled(t, dbtest.SQLite(t, nil))
	file := filepath.Join(t.TempDir(), "all.sealed")
	_, err := backup.Save(ctx, m, file, backup.Options{Passphrase: "open sesame"})
	must(t, err)
	raw, err := os.ReadFile(file)
	must(t, err)
	if strings.Contains(string(raw), "manifest.json") {
		t.Error("the archive can be read")
	}
	target := func(key string) *models.Models { return wired(t, dbtest.SQLite(t, nil), key) }
	if _, err := backup.Restore(ctx, target(ourSecret), file, backup.Options{}); !errors.Is(err, backup.ErrSealed) {
		t.Errorf("without the passphrase: %v", err)
	}
	if _, err := backup.Restore(ctx, target(ourSecret), file, backup.Options{Passphrase: "wrong"}); !errors.Is(err, secret.ErrPassphrase) {
		t.Errorf("with another passphrase: %v", err)
	}
	r, err := backup.Restore(ctx, target(strings.Repeat("other secret ", 5)), file, backup.Options{Passphrase: "open sesame"})
	if err != nil || !r.OtherSecret {
		t.Errorf("with another secret: %+v %v", r.OtherSecret, err)
	}
	if _, err := backup.Save(ctx, m, file, backup.Options{}); !errors.Is(err, backup.ErrExists) {
		t.Errorf("over a file that is there: %v", err)
	}
}

// TestRefused: nothing is written from an archive that is damaged, foreign or newer, into a database that is used or has
// another schema.
func TestRefused(t *testing.T) {
	ctx, m := context.Background(), filled(t, dbtest.SQLite(t, nil))
	dir := t.TempDir()
	file := filepath.Join(dir, "all.zip")
	_, err := backup.Save(ctx, m, file, backup.Options{})
	must(t, err)
	for name, c := range map[string]struct {
		edit func(name string, text []byte) []byte
		want error
	}{
		"a changed row": {replaced("tables/customers.jsonl", "Alice Carter", "Alice Cartel"), backup.ErrDamaged},
		"a missing row": {func(n string, b []byte) []byte {
			return pick(n == "tables/customers.jsonl", b[strings.IndexByte(string(b), '\n')+1:], b)
		}, backup.ErrDamaged},
		"a wrong type":     {replaced("tables/customers.jsonl", `"Alice Carter"`, `12`), backup.ErrDamaged},
		"a table too many": {replaced("manifest.json", `"name": "customers"`, `"name": "sqlite_master"`), backup.ErrDamaged},
		"no manifest":      {func(n string, b []byte) []byte { return pick(n == "manifest.json", nil, b) }, backup.ErrFormat},
		"a newer format":   {replaced("manifest.json", `"format": 1`, `"format": 2`), backup.ErrFormat},
		"a newer schema":   {replaced("manifest.json", `"0001_foundation"`, `"9999_future"`), backup.ErrNewer},
		"no archive":       {nil, backup.ErrFormat},
	} {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "bad.zip")
			if c.edit == nil {
				must(t, os.WriteFile(bad, []byte("no archive"), 0o600))
			} else {
				rezip(t, file, bad, c.edit)
			}
			n := wired(t, dbtest.SQLite(t, nil), ourSecret)
			must(t, n.Ensure(ctx))
			before := digest(t, n)
			if _, err := backup.Restore(ctx, n, bad, backup.Options{}); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if !reflect.DeepEqual(before, digest(t, n)) {
				t.Error("something was written")
			}
		})
	}
	n := wired(t, dbtest.SQLite(t, nil), ourSecret)
	must(t, n.DB.Q(ctx).Exec("DELETE FROM migrations WHERE id = (SELECT MAX(id) FROM migrations)").Error)
	if _, err := backup.Save(ctx, n, filepath.Join(dir, "old.zip"), backup.Options{}); !errors.Is(err, backup.ErrNotCurrent) {
		t.Errorf("backing up an older schema: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "old*")); len(left) != 0 {
		t.Errorf("a backup that failed left %v", left)
	}
}

func pick(first bool, a, b []byte) []byte {
	if first {
		return a
	}
	return b
}

func replaced(file, old, to string) func(string, []byte) []byte {
	return func(name string, text []byte) []byte {
		if name != file {
			return text
		}
		return []byte(strings.Replace(string(text), old, to, 1))
	}
}

// rezip copies an archive with every file edited; a nil text leaves the file out.
func rezip(t testing.TB, from, to string, edit func(string, []byte) []byte) {
	t.Helper()
	in, err := zip.OpenReader(from)
	must(t, err)
	defer in.Close()
	f, err := os.Create(to)
	must(t, err)
	out := zip.NewWriter(f)
	for _, entry := range in.File {
		text, err := in.Open(entry.Name)
		must(t, err)
		var b strings.Builder
		_, err = fmt.Fprint(&b, readAll(t, text))
		must(t, err)
		changed := edit(entry.Name, []byte(b.String()))
		if changed == nil {
			continue
		}
		w, err := out.Create(entry.Name)
		must(t, err)
		_, err = w.Write(changed)
		must(t, err)
	}
	must(t, out.Close())
	must(t, f.Close())
}

// TestOlderArchive: an archive of a database that had fewer steps goes into a new database, which is then brought up to date.
func TestOlderSchema(t *testing.T) {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "new.db")})
	must(t, err)
	t.Cleanup(func() { d.Close() })
	m := filled(t, dbtest.SQLite(t, nil))
	file := filepath.Join(t.TempDir(), "all.zip")
	man, err := backup.Save(ctx, m, file, backup.Options{})
	must(t, err)
	old := filepath.Join(t.TempDir(), "old.zip")
	first := man.Schema[0]
	list := `"` + strings.Join(man.Schema, "\",\n\t\t\"") + `"`
	rezip(t, file, old, func(name string, text []byte) []byte {
		if name != "manifest.json" {
			return text
		}
		s := strings.Replace(string(text), list, `"`+first+`"`, 1)
		if s == string(text) {
			t.Fatal("the manifest has another shape")
		}
		start, end := strings.Index(s, `"tables": [`)+len(`"tables": [`), strings.Index(s, `"files":`)
		return []byte(s[:start] + "]," + s[end:])
	})
	n := wired(t, d, ourSecret)
	_, err = backup.Restore(ctx, n, old, backup.Options{})
	must(t, err)
	steps, err := n.MigrationStatus(ctx)
	must(t, err)
	if !steps[0].Applied || steps[len(steps)-1].Applied {
		t.Errorf("the schema is not the archive's: %v", steps)
	}
	must(t, n.Migrate(ctx))
	// A database that is ahead of the archive has had steps that the archive's rows have not.
	if _, err := backup.Restore(ctx, wired(t, dbtest.SQLite(t, nil), ourSecret), old, backup.Options{}); !errors.Is(err, backup.ErrSchema) {
		t.Errorf("into a newer schema: %v", err)
	}
}

// TestEverywhere: the tables that a new installation has rows in are those that Restore empties.
func TestEverywhere(t *testing.T) {
	m := wired(t, dbtest.SQLite(t, nil), ourSecret)
	must(t, m.Ensure(context.Background()))
	for name, sum := range digest(t, m) {
		if strings.HasPrefix(sum, "0 rows") == slices.Contains(backup.Everywhere, name) {
			t.Errorf("%s: %s", name, sum)
		}
	}
}

// TestAllTables: every table that there is goes into an archive, and every column.
func TestAllTables(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := wired(t, d, ourSecret)
		man, err := backup.Save(context.Background(), m, filepath.Join(t.TempDir(), "a.zip"), backup.Options{})
		must(t, err)
		have := map[string]backup.Table{}
		for _, table := range man.Tables {
			have[table.Name] = table
		}
		for name := range digest(t, m) {
			columns, err := d.Q(context.Background()).Migrator().ColumnTypes(name)
			must(t, err)
			if len(columns) != len(have[name].Columns) {
				t.Errorf("%s: %d of %d columns", name, len(have[name].Columns), len(columns))
			}
		}
	})
}
