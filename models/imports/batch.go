package imports

import (
	"context"
	"errors"
	"iter"
	"time"

	"myisp/internal/csvmap"
	"myisp/models"
	"myisp/models/db"
	"myisp/models/portal"
)

// batchSize bounds the records of one transaction.
const batchSize = 500

// unit is what is imported whole or not at all: the records of a line, or those of all lines of one invoice.
type unit struct {
	line    int // the first
	lines   int
	invoice string // the external id that ties lines together; "" for other kinds
	records []csvmap.Record
	beside  bool  // a bad line stands before, in or behind it
	failed  error // known before it is tried
}

type importer struct {
	m      *models.Models
	o      Options
	reader *csvmap.Reader
	view   *portal.View
	zone   *time.Location
	today  db.Day
	sum    Summary
	known
}

// all reads units and imports them in batches.
func (im *importer) all(ctx context.Context) error {
	var batch []unit
	size := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := im.batch(ctx, batch)
		batch, size = batch[:0], 0
		return err
	}
	for u, err := range im.units() {
		if err != nil {
			return errors.Join(flush(), err)
		}
		if size+len(u.records) > batchSize {
			if err := flush(); err != nil {
				return err
			}
		}
		batch, size = append(batch, u), size+max(1, len(u.records))
	}
	return flush()
}

// units puts the records of a line together, and the lines of one invoice that stand next to each other.
func (im *importer) units() iter.Seq2[unit, error] {
	return func(yield func(unit, error) bool) {
		var cur *unit
		after := false // a bad line has come since the last record
		flush := func() bool {
			if cur == nil {
				return true
			}
			u := *cur
			cur = nil
			u.mistrust()
			return yield(u, nil)
		}
		for rec, err := range im.reader.Records() {
			var bad *csvmap.LineError
			if errors.As(err, &bad) {
				if after = true; cur != nil {
					cur.beside = true
				}
				if !yield(unit{line: bad.Line, lines: 1, failed: bad}, nil) {
					return
				}
				continue
			}
			if err != nil {
				if flush() {
					yield(unit{}, err)
				}
				return
			}
			if cur == nil || !cur.takes(rec) {
				if !flush() {
					return
				}
				cur = &unit{line: rec.Line, beside: after}
			}
			cur.add(rec)
			after = false
		}
		flush()
	}
}

// mistrust fails an invoice of several lines beside a bad one: that may have been one of them, and half an invoice is worse
// than none.
func (u *unit) mistrust() {
	if u.beside && u.lines > 1 {
		u.failed = &csvmap.LineError{Line: u.line, Kind: Invoice, Reason: "a bad line beside it may belong to this invoice"}
	}
}

// takes reports whether a record belongs to the unit: it is of its last line, or of its invoice.
func (u *unit) takes(rec csvmap.Record) bool {
	last := u.records[len(u.records)-1]
	return rec.Line == last.Line || u.invoice != "" && u.invoice == invoiceID(rec)
}

func (u *unit) add(rec csvmap.Record) {
	if n := len(u.records); n == 0 || u.records[n-1].Line != rec.Line {
		u.lines++
	}
	if id := invoiceID(rec); id != "" && u.invoice == "" {
		u.invoice = id
	}
	u.records = append(u.records, rec)
}

// invoiceID is the external id of the invoice that a record is, or is an item of.
func invoiceID(rec csvmap.Record) string {
	switch rec.Kind {
	case Invoice:
		return or(rec.Text("id"), rec.Text("number"))
	case Item:
		return rec.Text("invoice")
	}
	return ""
}

func or(v, otherwise string) string {
	if v == "" {
		return otherwise
	}
	return v
}

// batch imports units in one transaction. A transaction that lost a deadlock is run again, so counts are kept aside.
func (im *importer) batch(ctx context.Context, units []unit) error {
	var counts map[string]Counts
	var failures []Failure
	err := im.m.DB.Tx(ctx, func(ctx context.Context) error {
		counts, failures = map[string]Counts{}, nil
		im.forget()
		if err := im.prefetch(ctx, units); err != nil {
			return err
		}
		for _, u := range units {
			done, err := im.try(ctx, u)
			if err != nil && !mine(err) {
				return err
			}
			if err != nil {
				failures = append(failures, failure(u, err))
			}
			tally(counts, u, done, err)
		}
		return im.writeRefs(ctx)
	})
	if err != nil {
		return err
	}
	for kind, c := range counts {
		s := im.sum.Kinds[kind]
		im.sum.Kinds[kind] = Counts{s.Created + c.Created, s.Updated + c.Updated, s.Unchanged + c.Unchanged, s.Failed + c.Failed}
	}
	im.sum.Failures = append(im.sum.Failures, failures...)
	if im.o.Progress != nil {
		p := Progress{Lines: im.reader.Lines(), Bytes: im.reader.Bytes(), Failed: len(im.sum.Failures)}
		for _, c := range im.sum.Kinds {
			p.Records += c.Created + c.Updated + c.Unchanged + c.Failed
		}
		im.o.Progress(p)
	}
	return nil
}

// mine reports whether an error is the line's own; all others are the database's and end the import.
func mine(err error) bool {
	var line *csvmap.LineError
	if errors.As(err, &line) {
		return true
	}
	kind := db.KindOf(err)
	return kind != db.Internal && kind != db.Unavailable
}

func failure(u unit, err error) Failure {
	f := Failure{Line: u.line, Err: err}
	var line *csvmap.LineError
	if errors.As(err, &line) {
		f.Line, f.Kind = line.Line, line.Kind
		return f
	}
	var at *recordError
	if errors.As(err, &at) {
		f.Line, f.Kind, f.Err = at.rec.Line, at.rec.Kind, at.err
	}
	return f
}

// recordError remembers which record of a unit an error of models came from.
type recordError struct {
	rec csvmap.Record
	err error
}

func (e *recordError) Error() string { return e.err.Error() }
func (e *recordError) Unwrap() error { return e.err }

// outcome is what became of a record.
type outcome int

const (
	created outcome = iota
	updated
	unchanged
)

func tally(counts map[string]Counts, u unit, done []outcome, err error) {
	if err != nil && len(u.records) == 0 { // the line itself is bad
		var line *csvmap.LineError
		kind := "line"
		if errors.As(err, &line) && line.Kind != "" {
			kind = line.Kind
		}
		c := counts[kind]
		c.Failed++
		counts[kind] = c
		return
	}
	seen := map[string]bool{}
	for i, rec := range u.records {
		if rec.Kind == Invoice { // its lines repeat the invoice
			if seen[Invoice] {
				continue
			}
			seen[Invoice] = true
		}
		c := counts[rec.Kind]
		switch {
		case err != nil:
			c.Failed++
		case done[i] == created:
			c.Created++
		case done[i] == updated:
			c.Updated++
		default:
			c.Unchanged++
		}
		counts[rec.Kind] = c
	}
}

// try imports a unit; when that fails nothing of it is left, in the database and in what is known.
func (im *importer) try(ctx context.Context, u unit) ([]outcome, error) {
	if u.failed != nil {
		return nil, u.failed
	}
	q := im.m.DB.Q(ctx)
	if err := q.Exec("SAVEPOINT line").Error; err != nil {
		return nil, err
	}
	mark := len(im.fresh)
	done, err := im.apply(ctx, u)
	if err == nil {
		return done, q.Exec("RELEASE SAVEPOINT line").Error
	}
	if e := q.Exec("ROLLBACK TO SAVEPOINT line").Error; e != nil {
		return nil, errors.Join(err, e)
	}
	im.forgetSince(mark)
	return nil, err
}

func (im *importer) apply(ctx context.Context, u unit) ([]outcome, error) {
	if u.invoice != "" {
		return im.invoice(ctx, u)
	}
	done := make([]outcome, len(u.records))
	for i, rec := range u.records {
		var err error
		switch rec.Kind {
		case Customer:
			done[i], err = im.customer(ctx, rec)
		case Plan:
			done[i], err = im.plan(ctx, rec)
		case Service:
			done[i], err = im.service(ctx, rec)
		case Payment:
			done[i], err = im.payment(ctx, rec)
		case Transaction:
			done[i], err = im.transaction(ctx, rec)
		case Invoice:
			err = rec.Bad("id", "is empty")
		default:
			err = rec.Bad("", "stands on a line without an invoice")
		}
		if err != nil {
			return nil, &recordError{rec, err}
		}
	}
	return done, nil
}
