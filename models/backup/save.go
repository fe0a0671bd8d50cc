package backup

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"

	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/audit"
)

// Options say what belongs to an archive besides the database.
type Options struct {
	// Uploads is the folder of uploaded files; it need not exist.
	Uploads string
	// Passphrase seals the archive; "" leaves it open to everybody who has the file.
	Passphrase string
	// Program is the version that is written down.
	Program string
	// Progress hears how far it got; may be nil.
	Progress func(table string, rows int64)
}

func (o Options) tell(table string, rows int64) {
	if o.Progress != nil {
		o.Progress(table, rows)
	}
}

// Save writes everything into a new file that only its owner may read, and notes in the database that it did. The state is
// that of one moment, and nobody is held up. Memory does not grow with the data. Errors: ErrExists, ErrNotCurrent.
func Save(ctx context.Context, m *models.Models, path string, o Options) (Manifest, error) {
	if _, err := os.Lstat(path); err == nil {
		return Manifest{}, fmt.Errorf("%w (%s)", ErrExists, path)
	}
	part, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return Manifest{}, err
	}
	defer os.Remove(part.Name()) // nothing is left when it has its name
	man, err := write(ctx, m, part, o)
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return man, err
	}
	info, err := os.Stat(part.Name())
	if err != nil {
		return man, err
	}
	if err := os.Link(part.Name(), path); errors.Is(err, fs.ErrExist) { // unlike a renaming it overwrites nothing
		return man, fmt.Errorf("%w (%s)", ErrExists, path)
	} else if err != nil {
		if err := os.Rename(part.Name(), path); err != nil {
			return man, err
		}
	}
	details := models.BackupDetails{File: filepath.Base(path), Rows: man.Rows(), Bytes: info.Size(), Encrypted: o.Passphrase != "", CreatedAt: man.CreatedAt}
	return man, m.DB.Tx(ctx, func(ctx context.Context) error {
		if err := m.SetRecord(ctx, models.RecordBackup, true, details); err != nil {
			return err
		}
		return m.Audit.Record(ctx, audit.Change{Action: audit.BackupMade, Object: "backup", ObjectID: details.File,
			After: map[string]any{"rows": details.Rows, "bytes": details.Bytes, "encrypted": details.Encrypted}})
	})
}

// write writes the archive to w.
func write(ctx context.Context, m *models.Models, w io.Writer, o Options) (Manifest, error) {
	buffered := bufio.NewWriterSize(w, 1<<20)
	var out io.Writer = buffered
	var seal io.Closer
	if o.Passphrase != "" {
		s, err := secret.SealFile(buffered, o.Passphrase)
		if err != nil {
			return Manifest{}, err
		}
		out, seal = s, s
	}
	a := &archive{zip: zip.NewWriter(out), o: o}
	a.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	err := a.fill(ctx, m)
	if err == nil {
		err = a.zip.Close()
	}
	if err == nil && seal != nil {
		err = seal.Close()
	}
	return a.man, errors.Join(err, buffered.Flush())
}

type archive struct {
	zip *zip.Writer
	o   Options
	man Manifest
}

func (a *archive) fill(ctx context.Context, m *models.Models) error {
	steps, err := m.MigrationStatus(ctx)
	if err != nil {
		return err
	}
	for _, s := range steps {
		if !s.Applied {
			return ErrNotCurrent
		}
		a.man.Schema = append(a.man.Schema, s.ID)
	}
	order, err := m.DB.Tables(ctx)
	if err != nil {
		return err
	}
	declared, err := declarations()
	if err != nil {
		return err
	}
	err = m.DB.Snapshot(ctx, func(ctx context.Context) error {
		a.man.Format, a.man.Program, a.man.Database, a.man.SecretFingerprint = Format, a.o.Program, m.DB.Kind(), fingerprint(m.Keys)
		last, err := m.DB.LastIDs(ctx)
		if err != nil {
			return err
		}
		a.man.CreatedAt = m.DB.Now()
		for _, name := range contents(order) {
			s := declared[name]
			if s == nil {
				return fmt.Errorf("backup: table %s belongs to nobody", name)
			}
			t := Table{Name: name, LastID: last[name]}
			if err := a.table(ctx, m, s, &t); err != nil {
				return fmt.Errorf("backup: %s: %w", name, err)
			}
			a.man.Tables = append(a.man.Tables, t)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := a.uploads(); err != nil {
		return err
	}
	w, err := a.zip.Create(manifestName)
	if err != nil {
		return err
	}
	text := json.NewEncoder(w)
	text.SetIndent("", "\t")
	return text.Encode(a.man)
}

// declarations returns the live tables by name.
func declarations() (map[string]*schema.Schema, error) {
	var cache sync.Map
	all := map[string]*schema.Schema{}
	for _, t := range models.Tables() {
		s, err := schema.Parse(t, &cache, schema.NamingStrategy{})
		if err != nil {
			return nil, err
		}
		all[s.Table] = s
	}
	return all, nil
}

// table writes the rows of one table, in the order of its key.
func (a *archive) table(ctx context.Context, m *models.Models, s *schema.Schema, t *Table) error {
	var names []string
	var cells []any
	for _, f := range s.Fields {
		if f.DBName == "" {
			continue
		}
		kind, err := typeOf(f)
		if err != nil {
			return err
		}
		t.Columns = append(t.Columns, Column{f.DBName, kind})
		names = append(names, f.DBName)
		cells = append(cells, kind.cell(f.NotNull))
	}
	w, err := a.zip.Create(tablesFolder + t.Name + ".jsonl")
	if err != nil {
		return err
	}
	sum := sha256.New()
	w = io.MultiWriter(w, sum)
	q := m.DB.Q(ctx).Table(t.Name).Select(names)
	for _, key := range s.PrimaryFieldDBNames {
		q = q.Order(clause.OrderByColumn{Column: clause.Column{Name: key}})
	}
	rows, err := q.Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	var line []byte
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			return err
		}
		line = append(line[:0], '[')
		for i, c := range cells {
			if i > 0 {
				line = append(line, ',')
			}
			line = c.(cell).append(line)
		}
		if _, err := w.Write(append(line, ']', '\n')); err != nil {
			return err
		}
		if t.Rows++; t.Rows%1000 == 0 {
			a.o.tell(t.Name, t.Rows)
		}
	}
	t.SHA256 = hex.EncodeToString(sum.Sum(nil))
	a.o.tell(t.Name, t.Rows)
	return rows.Err()
}

// uploads adds the uploaded files; what is no plain file stays out.
func (a *archive) uploads() error {
	if a.o.Uploads == "" {
		return nil
	}
	return filepath.WalkDir(a.o.Uploads, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == a.o.Uploads {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f := File{Path: filepath.ToSlash(strings.TrimPrefix(path[len(a.o.Uploads):], string(filepath.Separator)))}
		from, err := os.Open(path)
		if err != nil {
			return err
		}
		defer from.Close()
		w, err := a.zip.Create(filesFolder + f.Path)
		if err != nil {
			return err
		}
		sum := sha256.New()
		if f.Size, err = io.Copy(io.MultiWriter(w, sum), from); err != nil {
			return err
		}
		f.SHA256 = hex.EncodeToString(sum.Sum(nil))
		a.man.Files = append(a.man.Files, f)
		return nil
	})
}
