// Package export writes any list as a file for a spreadsheet: CSV that no spreadsheet can be tricked by, and XLSX whose
// numbers are numbers and whose dates are dates. Both write row by row, so a long list takes no memory.
package export

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/models/db"
)

// Table is a list to export. A row's values are string, bool, int, int64, money.Money, db.Day, time.Time (already in the
// zone to show) or nil for nothing; anything else is written as fmt writes it.
type Table struct {
	Name    string // of the sheet, in the reader's language
	Columns []Column
	Rows    iter.Seq[[]any]
}

// Column is a heading with a width in characters for XLSX; 0 is 16.
type Column struct {
	Title string
	Width float64
}

// Options of CSV.
type Options struct {
	BOM   bool // the mark by which Excel knows UTF-8
	Comma rune // 0 is a comma; Excel expects ';' where the comma is the decimal sign
}

// The content types of the two files.
const (
	TypeCSV  = "text/csv; charset=utf-8"
	TypeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// CSV writes the table as RFC 4180 says, lines ending in CRLF. Amounts are plain decimals, days and times ISO 8601. A text that
// a spreadsheet would take for a formula gets an apostrophe in front.
func CSV(w io.Writer, t Table, o Options) error {
	buf := bufio.NewWriter(w)
	if o.BOM {
		if _, err := buf.WriteString("\ufeff"); err != nil {
			return err
		}
	}
	out := csv.NewWriter(buf)
	out.UseCRLF = true
	if o.Comma != 0 {
		out.Comma = o.Comma
	}
	record := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		record[i] = safe(c.Title)
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for row := range t.Rows {
		record = record[:0]
		for _, v := range row {
			record = append(record, plain(v))
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buf.Flush()
}

func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return safe(v)
	case money.Money:
		return v.Decimal()
	case db.Day:
		return safe(string(v))
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.Format("2006-01-02 15:04:05")
	}
	return safe(fmt.Sprint(v))
}

// safe keeps a spreadsheet from running a text as a formula (CWE-1236). Numbers such as −5.00 or +420123 stay as they are.
func safe(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	// Spreadsheets skip white space before the sign, and East Asian ones know its full-width form.
	switch r, _ := firstRune(strings.TrimLeft(s, " \u00a0\n\v\f")); r {
	case '=', '@', '\t', '\r', '＝', '＋', '－', '＠':
		return "'" + s
	case '+', '-':
		if !numeric(s) {
			return "'" + s
		}
	}
	return s
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		return r, true
	}
	return 0, false
}

// numeric reports whether s, which begins with a sign, is a plain decimal.
func numeric(s string) bool {
	s = strings.TrimSpace(s)[1:]
	whole, frac, point := strings.Cut(s, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(whole) && (!point || digits(frac))
}
