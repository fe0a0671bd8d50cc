package export

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/models/db"

	"github.com/xuri/excelize/v2"
)

// XLSX writes the table as a workbook of one sheet: a bold heading that stays in view, amounts as numbers with their
// currency's decimals, days and times as dates. Texts are texts, whatever they begin with.
func XLSX(w io.Writer, t Table) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	name := sheetName(t.Name)
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	s, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	st := &styles{f: f, ids: map[string]int{}}
	if err := heading(s, st, t.Columns); err != nil {
		return err
	}
	n := 1
	for row := range t.Rows {
		if n++; n > excelize.TotalRows {
			return fmt.Errorf("export: more than %d rows", excelize.TotalRows)
		}
		cells := make([]any, len(row))
		for i, v := range row {
			if cells[i], err = st.cell(v); err != nil {
				return err
			}
		}
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return err
		}
		if err := s.SetRow(at, cells); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

func heading(s *excelize.StreamWriter, st *styles, columns []Column) error {
	for i, c := range columns {
		width := c.Width
		if width == 0 {
			width = 16
		}
		if err := s.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	bold, err := st.id("bold", &excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for i, c := range columns {
		cells[i] = excelize.Cell{StyleID: bold, Value: c.Title}
	}
	return s.SetRow("A1", cells)
}

// styles makes each number format of the workbook once.
type styles struct {
	f   *excelize.File
	ids map[string]int
}

func (st *styles) id(name string, style *excelize.Style) (int, error) {
	if id, ok := st.ids[name]; ok {
		return id, nil
	}
	id, err := st.f.NewStyle(style)
	st.ids[name] = id
	return id, err
}

func (st *styles) format(format string) (int, error) {
	return st.id(format, &excelize.Style{CustomNumFmt: &format})
}

func (st *styles) cell(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, int, int64:
		return v, nil
	case string:
		return strings.ToValidUTF8(v, ""), nil
	case money.Money:
		e := v.Currency.Exponent()
		format := "#,##0"
		if e > 0 {
			format += "." + strings.Repeat("0", e)
		}
		id, err := st.format(format)
		// A cell's number is a float in the file format itself; 15 digits of it are exact.
		return excelize.Cell{StyleID: id, Value: float64(v.Minor) / math.Pow10(e)}, err
	case db.Day:
		if v == "" {
			return nil, nil
		}
		id, err := st.format("yyyy-mm-dd")
		return excelize.Cell{StyleID: id, Value: v.Time()}, err
	case time.Time:
		if v.IsZero() {
			return nil, nil
		}
		id, err := st.format("yyyy-mm-dd hh:mm:ss")
		return excelize.Cell{StyleID: id, Value: v}, err
	}
	return fmt.Sprint(v), nil
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
