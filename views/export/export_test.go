package export

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"myisp/internal/money"
	"myisp/models/db"

	"github.com/xuri/excelize/v2"
)

func table(rows ...[]any) Table {
	return Table{Name: "Invoices: 2026/11", Columns: []Column{{Title: "Number", Width: 20}, {Title: "Date"}, {Title: "Total"}, {Title: "Note", Width: 40}}, Rows: slices.Values(rows)}
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	err := CSV(&b, table(
		[]any{"202601000412", db.Day("2026-11-01"), money.Of(-4290, "EUR"), `Fiber, "500"`},
		[]any{"=1+1", db.Day(""), money.Of(4290, "JPY"), "two\nlines"},
	), Options{BOM: true})
	want := "\ufeffNumber,Date,Total,Note\r\n202601000412,2026-11-01,-42.90,\"Fiber, \"\"500\"\"\"\r\n'=1+1,,4290,\"two\r\nlines\"\r\n"
	if err != nil || b.String() != want {
		t.Errorf("%v\n%q\n%q", err, b.String(), want)
	}
	b.Reset()
	if err := CSV(&b, table([]any{"a", nil, time.Date(2026, 11, 22, 14, 5, 9, 0, time.UTC), true}), Options{Comma: ';'}); err != nil || !strings.Contains(b.String(), "a;;2026-11-22 14:05:09;true\r\n") {
		t.Errorf("%v %q", err, b.String())
	}
}

// CWE-1236: what a spreadsheet would run is disarmed; numbers and ordinary words are left alone.
func TestFormulasAreDisarmed(t *testing.T) {
	for in, want := range map[string]string{
		"=HYPERLINK(1)": "'=HYPERLINK(1)", "+cmd|' /C calc'!A0": "'+cmd|' /C calc'!A0", "-2+3": "'-2+3", "@SUM(1)": "'@SUM(1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"  =1": "'  =1", "\n=1": "'\n=1", "＝1": "'＝1", "\x00=1": "'=1", "-": "'-", "+": "'+", "-5.00": "-5.00", "+420123456": "+420123456", "--5": "'--5", " -5": " -5", "-5.": "'-5.",
		"word": "word", "a=b": "a=b", "": "", "'quoted": "'quoted", "\xff=1": "'=1",
	} {
		if got := safe(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("=1")
	f.Add("\"\r\n,")
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		if err := CSV(&b, Table{Columns: []Column{{Title: "a"}, {Title: "b"}}, Rows: slices.Values([][]any{{s, "end"}})}, Options{}); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 2 || rows[1][1] != "end" {
			t.Fatalf("%q: %v %q", s, err, rows)
		}
		if strings.ContainsAny(rows[1][0][:min(1, len(rows[1][0]))], "=@\t\r") {
			t.Fatalf("%q begins a formula: %q", s, rows[1][0])
		}
	})
}

func TestXLSX(t *testing.T) {
	var b bytes.Buffer
	err := XLSX(&b, table(
		[]any{"202601000412", db.Day("2026-11-01"), money.Of(-429012, "EUR"), "=1+1"},
		[]any{"2", time.Date(2026, 11, 22, 14, 5, 9, 0, time.UTC), money.Of(4250, "KWD"), nil},
	))
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	if sheet != "Invoices  2026 11" {
		t.Errorf("sheet %q", sheet)
	}
	for at, want := range map[string]string{"A1": "Number", "A2": "202601000412", "B2": "2026-11-01", "C2": "-4,290.12", "D2": "=1+1", "B3": "2026-11-22 14:05:09", "C3": "4.250", "D3": ""} {
		if got, err := f.GetCellValue(sheet, at); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", at, got, err, want)
		}
	}
	if raw, _ := f.GetCellValue(sheet, "C2", excelize.Options{RawCellValue: true}); raw != "-4290.12" {
		t.Errorf("the amount is stored as %q", raw)
	}
	if formula, _ := f.GetCellFormula(sheet, "D2"); formula != "" {
		t.Errorf("a text became the formula %q", formula)
	}
	if kind, _ := f.GetCellType(sheet, "A2"); kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
		t.Errorf("a number of a document became a number: %v", kind)
	}
}

// What is written reads back as it was, whatever is in it; the reader is another house's.
func FuzzXLSX(f *testing.F) {
	for _, s := range []string{"=1+1", "a & <b> \"c\"", "_x0041_", " spaces ", "two\nlines", "\x00\xff", "\u0627\u0644"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xfffe || r == 0xffff {
				return 0xfffd // XML has no word for it
			}
			return r
		}, strings.ToValidUTF8(s, ""))
		var b bytes.Buffer
		if err := XLSX(&b, table([]any{s})); err != nil {
			t.Fatal(err)
		}
		book, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		if got, err := book.GetCellValue(book.GetSheetName(0), "A2"); err != nil || got != clean {
			t.Fatalf("%q became %q, %v", clean, got, err)
		}
	})
}

func TestCellNames(t *testing.T) {
	for column, want := range map[int]string{0: "A7", 25: "Z7", 26: "AA7", 701: "ZZ7", 702: "AAA7"} {
		if got := cellName(column, 7); got != want {
			t.Errorf("%d: %s", column, got)
		}
	}
}

func TestSheetNames(t *testing.T) {
	for in, want := range map[string]string{"": "Sheet1", "[]": "Sheet1", "'x'": "x", strings.Repeat("é", 40): strings.Repeat("é", 31)} {
		if got := sheetName(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestAccepted(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "*/*": "", "text/csv": "csv", TypeXLSX: "xlsx", "text/csv;q=0.5, " + TypeXLSX: "xlsx", "text/csv, text/html;q=0.9": "csv",
		"text/html,application/xhtml+xml,*/*;q=0.8": "", "text/html, text/csv;q=0.9": "", "text/csv;q=0": "", "text/csv;q=x": "", ";;,": "",
	} {
		if got := Accepted(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
