package csvmap

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// Reader makes records of a CSV file, in the file's order.
type Reader struct {
	mapping *Mapping
	lines   *liner
	columns map[string]int
	width   int      // cells a line must have
	first   []string // the first record, when it is no header
	number  int      // its line
}

// LineError says what is wrong with one line, or with one value of it. The lines behind it are not concerned.
type LineError struct {
	Line   int    // 1-based, the header included; of several, the first
	Kind   string // of the record; empty if the line itself is at fault
	Name   string // of the block; may be empty
	Field  string // target; may be empty
	Reason string // quotes at most the beginning of a value
}

func (e *LineError) Error() string {
	s := fmt.Sprintf("line %d", e.Line)
	if e.Kind != "" {
		s += ": " + e.Kind
	}
	if e.Name != "" {
		s += " " + e.Name
	}
	if e.Field != "" {
		s += ": " + e.Field
	}
	return s + ": " + e.Reason
}

// ErrHeader says that a file does not fit its mapping or is no CSV in UTF-8; nothing was read.
var ErrHeader = errors.New("csvmap: unusable file")

// NewReader reads the header and sees that every column of the mapping is there, once. A byte order mark is skipped.
// The error is ErrHeader or that of r.
func NewReader(r io.Reader, m *Mapping) (*Reader, error) {
	o := m.options
	in := bufio.NewReaderSize(r, 64<<10)
	start, err := in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	lines := &liner{in: in, delimiter: o.delimiter, quot: o.quote}
	switch {
	case bytes.Equal(start, []byte("\ufeff")):
		n, _ := in.Discard(3)
		lines.bytes = int64(n)
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return nil, fmt.Errorf("%w: it is UTF-16, save it as UTF-8", ErrHeader)
	}
	number, cells, err := lines.record()
	bad, isBad := errors.AsType[badLine](err)
	switch {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w: it is empty", ErrHeader)
	case isBad:
		return nil, fmt.Errorf("%w: %w", ErrHeader, bad)
	case err != nil:
		return nil, err
	}
	reader := &Reader{mapping: m, lines: lines, columns: map[string]int{}, width: len(cells)}
	names := make([]string, len(cells))
	for i, cell := range cells {
		names[i] = strings.TrimSpace(cell)
	}
	if !o.header {
		reader.first, reader.number = cells, number
		for i := range names {
			names[i] = strconv.Itoa(i + 1)
		}
	}
	return reader, reader.find(names)
}

// find sees where the mapping's columns are.
func (r *Reader) find(names []string) (err error) {
	missing := map[string]bool{}
	r.mapping.eachColumn(func(name string, line int, path string) {
		if _, ok := r.columns[name]; ok || missing[name] {
			return
		}
		i := slices.Index(names, name)
		switch {
		case i < 0:
			missing[name] = true
			err = errors.Join(err, fmt.Errorf("%w: no column %s (mapping line %d: %s)", ErrHeader, quoted(name), line, path))
		case slices.Contains(names[i+1:], name):
			missing[name] = true
			err = errors.Join(err, fmt.Errorf("%w: column %s is there twice (mapping line %d: %s)", ErrHeader, quoted(name), line, path))
		default:
			r.columns[name] = i
		}
	})
	return err
}

// Lines is the number of lines read so far, Bytes that of bytes: for showing progress.
func (r *Reader) Lines() int { return r.lines.number }

// Bytes is how much of the file has been read; see Lines.
func (r *Reader) Bytes() int64 { return r.lines.bytes }

// Records yields the records of all lines that are left, those of one line next to each other and in the mapping's
// order. A bad line yields a *LineError and none of its records. Any other error is that of the file and the last thing yielded.
func (r *Reader) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for {
			number, cells, err := r.next()
			bad, isBad := errors.AsType[badLine](err)
			switch {
			case errors.Is(err, io.EOF):
				return
			case isBad:
				if !yield(Record{Line: bad.number}, &LineError{Line: bad.number, Reason: bad.reason}) {
					return
				}
				continue
			case err != nil:
				yield(Record{}, fmt.Errorf("csvmap: after line %d: %w", r.lines.number, err))
				return
			}
			records, err := r.mapping.records(number, &row{reader: r, cells: cells})
			if err != nil {
				if !yield(Record{Line: number}, err) {
					return
				}
				continue
			}
			for _, record := range records {
				if !yield(record, nil) {
					return
				}
			}
		}
	}
}

func (r *Reader) next() (int, []string, error) {
	number, cells, err := r.number, r.first, error(nil)
	if r.first != nil {
		r.first = nil
	} else {
		number, cells, err = r.lines.record()
	}
	if err == nil && len(cells) != r.width {
		return 0, nil, badLine{number, fmt.Sprintf("has %d cells, not %d as the first line", len(cells), r.width)}
	}
	return number, cells, err
}

// row is one line taken apart.
type row struct {
	reader *Reader
	cells  []string
}

// cell is a column's value, "" for those that mean nothing.
func (r *row) cell(column string) string {
	value, o := r.cells[r.reader.columns[column]], &r.reader.mapping.options
	if o.trim {
		value = strings.TrimSpace(value)
	}
	if o.empty[value] {
		return ""
	}
	return value
}

// records makes all records of a line, or says why the line is bad.
func (m *Mapping) records(number int, row *row) (out []Record, err error) {
	if !hold(m.when, row) {
		return nil, nil
	}
	for i := range m.blocks {
		b := &m.blocks[i]
		if !hold(b.when, row) {
			continue
		}
		record := Record{Line: number, Kind: m.kindOf(i), Name: b.name, Values: make(map[string]string, len(b.fields)), options: &m.options}
		for j := range b.fields {
			f := &b.fields[j]
			value, err := f.value(row)
			if err != nil {
				return nil, record.bad(f.target, err.Error())
			}
			if value != "" {
				record.Values[f.target] = value
			}
		}
		out = append(out, record)
	}
	return out, nil
}

// quoted shows the beginning of a value.
func quoted(s string) string {
	const most = 60
	if rs := []rune(s); len(rs) > most {
		s = string(rs[:most]) + "…"
	}
	return strconv.Quote(s)
}
