package backup

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/db"
)

// maxRow bounds one line of a table's file, in bytes: a brand's icon in base64 is far smaller.
const maxRow = 64 << 20

// Restored is what Restore did.
type Restored struct {
	Manifest Manifest
	// OtherSecret says that MYISP_SECRET is not the one of the installation that was backed up: sessions are over, jobs that
	// wait cannot be read, second factors do not open, and the audit log does not verify.
	OtherSecret bool
}

// Restore fills an empty database, and the uploads' folder, with what an archive holds. The database's schema is brought to
// the archive's first; Models.Migrate brings both up to date afterwards. Rows go in as one transaction, and every sum is
// checked before it ends: everything is there afterwards, or nothing.
// Errors: those of this package, secret.ErrPassphrase.
func Restore(ctx context.Context, m *models.Models, path string, o Options) (Restored, error) {
	f, err := os.Open(path)
	if err != nil {
		return Restored{}, err
	}
	defer f.Close()
	in, err := open(f, o.Passphrase)
	if err != nil {
		return Restored{}, err
	}
	r := Restored{Manifest: in.man, OtherSecret: in.man.SecretFingerprint != fingerprint(m.Keys)}
	if err := prepare(ctx, m, in.man); err != nil {
		return r, err
	}
	part, err := in.uploads(o.Uploads)
	if part != "" {
		defer os.RemoveAll(part)
	}
	if err != nil {
		return r, err
	}
	if err := in.load(ctx, m, o); err != nil {
		return r, err
	}
	if part != "" {
		_ = os.Remove(o.Uploads) // an empty folder may stand there
		if err := os.Rename(part, o.Uploads); err != nil {
			return r, fmt.Errorf("the database is restored, the uploads are not: %w", err)
		}
	}
	return r, nil
}

// reader is an open archive.
type reader struct {
	zip *zip.Reader
	man Manifest
}

// open reads the manifest of an archive.
func open(f *os.File, passphrase string) (*reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var from io.ReaderAt = f
	size := info.Size()
	if secret.IsSealed(f) {
		if passphrase == "" {
			return nil, ErrSealed
		}
		s, err := secret.OpenFile(f, size, passphrase)
		if err != nil {
			return nil, err
		}
		from, size = s, s.Size()
	}
	in := &reader{}
	if in.zip, err = zip.NewReader(from, size); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrFormat, err)
	}
	text, err := in.zip.Open(manifestName)
	if err != nil {
		return nil, ErrFormat
	}
	defer text.Close()
	if err := json.NewDecoder(io.LimitReader(text, maxRow)).Decode(&in.man); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrFormat, err)
	}
	if in.man.Format < 1 || in.man.Format > Format || len(in.man.Schema) == 0 {
		return nil, ErrFormat
	}
	return in, nil
}

// prepare gives the database the archive's schema, and makes sure that nothing is in it.
func prepare(ctx context.Context, m *models.Models, man Manifest) error {
	steps, err := m.MigrationStatus(ctx)
	if err != nil {
		return err
	}
	var known []string
	for _, s := range steps {
		known = append(known, s.ID)
	}
	for _, id := range man.Schema {
		if !slices.Contains(known, id) {
			return ErrNewer
		}
	}
	if err := m.MigrateTo(ctx, man.Schema[len(man.Schema)-1]); err != nil {
		return err
	}
	if steps, err = m.MigrationStatus(ctx); err != nil {
		return err
	}
	var applied []string
	for _, s := range steps {
		if s.Applied {
			applied = append(applied, s.ID)
		}
	}
	if !slices.Equal(slices.Sorted(slices.Values(applied)), slices.Sorted(slices.Values(man.Schema))) {
		return ErrSchema
	}
	tables, err := m.DB.Tables(ctx)
	if err != nil {
		return err
	}
	for _, t := range contents(tables) {
		if slices.Contains(everywhere, t) {
			continue
		}
		if n, err := m.DB.Rows(ctx, t); err != nil {
			return err
		} else if n > 0 {
			return fmt.Errorf("%w (%s has %d rows)", ErrNotEmpty, t, n)
		}
	}
	return nil
}

// everywhere are the tables that every installation has rows in (Models.Ensure); those rows make way for the archive's.
var everywhere = []string{"partners", "company_infos", "brands", "revisions", "payment_methods", "transaction_categories"}

// load puts all rows into the database.
func (in *reader) load(ctx context.Context, m *models.Models, o Options) error {
	tables, err := m.DB.Tables(ctx)
	if err != nil {
		return err
	}
	tables = contents(tables)
	return m.DB.Load(ctx, func(ctx context.Context, l *db.Loader) error {
		for _, t := range slices.Backward(tables) {
			if slices.Contains(everywhere, t) {
				if err := l.Clear(ctx, t); err != nil {
					return err
				}
			}
		}
		for _, t := range in.man.Tables {
			if !slices.Contains(tables, t.Name) { // the name goes into a statement
				return fmt.Errorf("%w: there is no table %q", ErrDamaged, t.Name)
			}
			if err := in.table(ctx, l, t, o); err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
		}
		return nil
	})
}

// table puts the rows of one table in, and compares what they sum up to.
func (in *reader) table(ctx context.Context, l *db.Loader, t Table, o Options) error {
	file, err := in.zip.Open(tablesFolder + t.Name + ".jsonl")
	if err != nil {
		return ErrDamaged
	}
	defer file.Close()
	sum := sha256.New()
	rows := &rows{table: t, lines: bufio.NewScanner(io.TeeReader(file, sum)), tell: o.tell, last: t.LastID}
	rows.lines.Buffer(make([]byte, 0, 64<<10), maxRow)
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	n, err := l.Put(ctx, t.Name, names, rows.all())
	switch {
	case rows.err != nil: // the reason for what Put says
		return rows.err
	case err != nil:
		return err
	case n != t.Rows || hex.EncodeToString(sum.Sum(nil)) != t.SHA256:
		return fmt.Errorf("%w: %d rows of %d, or others", ErrDamaged, n, t.Rows)
	}
	if slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Name == "id" && c.Type == Int }) && rows.last > 0 {
		return l.SetLastID(ctx, t.Name, rows.last)
	}
	return nil
}

// rows reads the lines of a table's file.
type rows struct {
	table Table
	lines *bufio.Scanner
	tell  func(string, int64)
	n     int64
	last  int64 // the highest id
	err   error
}

func (r *rows) all() iter.Seq[[]any] {
	id := slices.IndexFunc(r.table.Columns, func(c Column) bool { return c.Name == "id" && c.Type == Int })
	return func(yield func([]any) bool) {
		for r.lines.Scan() {
			row, err := parseRow(r.lines.Bytes(), r.table.Columns)
			if err != nil {
				r.err = fmt.Errorf("line %d: %w", r.n+1, err)
				return
			}
			if id >= 0 {
				if v, ok := row[id].(int64); ok {
					r.last = max(r.last, v)
				}
			}
			if !yield(row) {
				return
			}
			if r.n++; r.n%1000 == 0 {
				r.tell(r.table.Name, r.n)
			}
		}
		if err := r.lines.Err(); err != nil {
			r.err = fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		r.tell(r.table.Name, r.n)
	}
}

// uploads writes the uploaded files into a folder beside their own, whose path it returns; "" when there are none.
func (in *reader) uploads(folder string) (part string, err error) {
	if folder == "" || len(in.man.Files) == 0 {
		return "", nil
	}
	if there, err := os.ReadDir(folder); len(there) > 0 || err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", errors.Join(ErrFilesThere, err)
	}
	part = folder + ".restoring"
	if err := os.RemoveAll(part); err != nil {
		return part, err
	}
	for _, f := range in.man.Files {
		name := filepath.FromSlash(f.Path)
		if !filepath.IsLocal(name) {
			return part, fmt.Errorf("%w: file %q", ErrDamaged, f.Path)
		}
		if err := in.file(f, filepath.Join(part, name)); err != nil {
			return part, fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	return part, nil
}

func (in *reader) file(f File, path string) error {
	from, err := in.zip.Open(filesFolder + f.Path)
	if err != nil {
		return ErrDamaged
	}
	defer from.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, sum), io.LimitReader(from, f.Size+1))
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return err
	}
	if n != f.Size || hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		return ErrDamaged
	}
	return nil
}
