package export

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/models/db"
)

// maxRows is how many rows a sheet may have, the heading among them.
const maxRows = 1 << 20

// The parts of a workbook of one sheet that are always the same. It is written by hand because the library that also reads
// workbooks brings two megabytes of tables into the program; the tests read the result with it.
const (
	xmlHead      = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`
	packageRels  = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	workbook     = xmlHead + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>`
	workbookRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`
	sheetHead    = xmlHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`
	stylesHead   = xmlHead + `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`
	stylesFonts  = `<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>`
)

// XLSX writes the table as a workbook of one sheet: a bold heading that stays in view, amounts as numbers with their
// currency's decimals, days and times as dates. Texts are texts, whatever they begin with.
func XLSX(w io.Writer, t Table) error {
	z := zip.NewWriter(w)
	part := func(name, text string) error {
		f, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		return err
	}
	f, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	s := &sheet{w: bufio.NewWriter(f)}
	if err := s.write(t); err != nil {
		return err
	}
	for _, p := range [][2]string{{"[Content_Types].xml", contentTypes}, {"_rels/.rels", packageRels}, {"xl/workbook.xml", fmt.Sprintf(workbook, escaped(sheetName(t.Name)))},
		{"xl/_rels/workbook.xml.rels", workbookRels}, {"xl/styles.xml", s.styles()}} {
		if err := part(p[0], p[1]); err != nil {
			return err
		}
	}
	return z.Close()
}

// sheet writes rows one after the other; formats are the number formats seen so far, in the order of their styles.
type sheet struct {
	w       *bufio.Writer
	formats []string
}

// The first styles of every workbook; those of formats follow.
const (
	styleBold    = 1
	styleFormats = 2
)

func (s *sheet) write(t Table) error {
	s.put(sheetHead, "<cols>")
	for i, c := range t.Columns {
		width := c.Width
		if width == 0 {
			width = 16
		}
		at := strconv.Itoa(i + 1)
		s.put(`<col min="`, at, `" max="`, at, `" width="`, strconv.FormatFloat(width, 'f', -1, 64), `" customWidth="1"/>`)
	}
	s.put("</cols><sheetData><row r=\"1\">")
	for i, c := range t.Columns {
		s.text(cellName(i, 1), styleBold, c.Title)
	}
	s.put("</row>")
	n := 1
	for row := range t.Rows {
		if n++; n > maxRows {
			return fmt.Errorf("export: more than %d rows", maxRows)
		}
		s.put(`<row r="`, strconv.Itoa(n), `">`)
		for i, v := range row {
			s.cell(cellName(i, n), v)
		}
		s.put("</row>")
	}
	s.put("</sheetData></worksheet>")
	return s.w.Flush()
}

// put writes; a bufio.Writer keeps its first error for Flush.
func (s *sheet) put(parts ...string) {
	for _, p := range parts {
		_, _ = s.w.WriteString(p)
	}
}

func (s *sheet) text(at string, style int, v string) {
	s.put(`<c r="`, at, `" s="`, strconv.Itoa(style), `" t="inlineStr"><is><t xml:space="preserve">`, escaped(v), `</t></is></c>`)
}

func (s *sheet) number(at string, style int, v string) {
	s.put(`<c r="`, at, `" s="`, strconv.Itoa(style), `"><v>`, v, `</v></c>`)
}

// style makes each number format of the workbook once.
func (s *sheet) style(format string) int {
	for i, f := range s.formats {
		if f == format {
			return styleFormats + i
		}
	}
	s.formats = append(s.formats, format)
	return styleFormats + len(s.formats) - 1
}

func (s *sheet) cell(at string, v any) {
	switch v := v.(type) {
	case nil:
	case bool:
		n := "0"
		if v {
			n = "1"
		}
		s.put(`<c r="`, at, `" t="b"><v>`, n, `</v></c>`)
	case int, int64:
		s.number(at, 0, fmt.Sprint(v))
	case string:
		s.text(at, 0, v)
	case money.Money:
		format := "#,##0"
		if e := v.Currency.Exponent(); e > 0 {
			format += "." + strings.Repeat("0", e)
		}
		// Whoever opens the file reads the number as a float; 15 digits of it are exact.
		s.number(at, s.style(format), v.Decimal())
	case db.Day:
		if v != "" {
			s.number(at, s.style("yyyy-mm-dd"), serial(v.Time()))
		}
	case time.Time:
		if !v.IsZero() {
			s.number(at, s.style("yyyy-mm-dd hh:mm:ss"), serial(v))
		}
	default:
		s.text(at, 0, fmt.Sprint(v))
	}
}

// serial is a time as spreadsheets count it: days since the end of 1899, by the clock of the time's own zone.
func serial(t time.Time) string {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	seconds := wall.Unix() - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
	return strconv.FormatFloat(float64(seconds)/(24*60*60), 'f', -1, 64)
}

func (s *sheet) styles() string {
	var b strings.Builder
	b.WriteString(stylesHead)
	if len(s.formats) > 0 {
		fmt.Fprintf(&b, `<numFmts count="%d">`, len(s.formats))
		for i, f := range s.formats {
			fmt.Fprintf(&b, `<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, escaped(f))
		}
		b.WriteString("</numFmts>")
	}
	fmt.Fprintf(&b, `%s<cellXfs count="%d"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>`, stylesFonts, styleFormats+len(s.formats))
	for i := range s.formats {
		fmt.Fprintf(&b, `<xf numFmtId="%d" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`, 164+i)
	}
	b.WriteString("</cellXfs></styleSheet>")
	return b.String()
}

// cellName is A1 for the column 0 of the row 1.
func cellName(column, row int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name + strconv.Itoa(row)
}

// codes are what spreadsheets read as one character inside a text; a text that looks so is written so that it stays.
var codes = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func escaped(s string) string {
	s = codes.ReplaceAllStringFunc(strings.ToValidUTF8(s, ""), func(code string) string { return "_x005F" + code })
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

// sheetName brings a title into what Excel allows: 1 to 31 characters, none of : \ / ? * [ ], no apostrophe at an end.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 31 {
		s = string(r[:31])
	}
	if s = strings.Trim(strings.TrimSpace(s), "'"); s == "" {
		return "Sheet1"
	}
	return s
}
