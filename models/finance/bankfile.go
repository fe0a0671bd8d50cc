package finance

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"myisp/internal/csvmap"
	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models/db"
)

// MaxStatement is the largest statement that is read, in bytes, and maxStatementLines the most lines of one.
const (
	MaxStatement      = 5 << 20
	maxStatementLines = 50_000
)

// BankColumns are what a line of a statement tells, in the order of the form that maps them. Day and amount are needed. What a
// payer wrote may stand in up to three columns, which are read as one text.
var BankColumns = []string{"day", "amount", "currency", "payer", "account", "text", "text_2", "text_3", "bank_id"}

// bankTexts are those of BankColumns that make up a line's text, in their order.
var bankTexts = []string{"text", "text_2", "text_3"}

// BankDelimiters, BankDecimals and BankDates are what statements are written with: the sign between columns, 1234.56, and
// 22 November 2026. The words for dates are csvmap's.
var (
	BankDelimiters = []string{",", ";", "\t", "|"}
	BankDecimals   = []string{"1234.56", "1234,56", "1,234.56", "1.234,56", "1 234,56", "1'234.56"}
	BankDates      = []string{"YYYY-M-D", "D.M.YYYY", "D/M/YYYY", "M/D/YYYY", "D-M-YYYY", "YYYY/M/D", "D.M.YY", "D/M/YY", "YYYYMMDD", "YYYY-M-D hh:mm:ss", "D.M.YYYY hh:mm", "D/M/YYYY hh:mm"}
)

// BankFormat says how a partner's bank writes its statements. Columns names the column of each of BankColumns that there is;
// without a header columns are called "1", "2", …
type BankFormat struct {
	Delimiter, Decimal, Date string
	Skip                     int // lines before the header
	Headless                 bool
	Columns                  map[string]string
}

// Check refuses what no statement can be read with: db.Invalid by field.
func (f BankFormat) Check() error {
	bad := db.Invalid{}
	for field, ok := range map[string]bool{"delimiter": slices.Contains(BankDelimiters, f.Delimiter), "decimal": slices.Contains(BankDecimals, f.Decimal),
		"date": slices.Contains(BankDates, f.Date)} {
		if !ok {
			bad[field] = "error.choice"
		}
	}
	if f.Skip < 0 || f.Skip > 100 {
		bad["skip"] = "incoming.error.skip"
	}
	for _, needed := range BankColumns[:2] {
		if f.Columns[needed] == "" {
			bad[needed] = "error.required"
		}
	}
	return bad.Or()
}

// mapping is the format as csvmap reads it.
func (f BankFormat) mapping() (*csvmap.Mapping, error) {
	decimal, grouping := ".", ""
	if strings.HasSuffix(f.Decimal, ",56") {
		decimal = ","
	}
	if sign := strings.TrimSuffix(strings.TrimPrefix(f.Decimal, "1"), "234"+decimal+"56"); sign != "" {
		grouping = sign
	}
	var b strings.Builder
	fmt.Fprintf(&b, "kind = \"line\"\n[options]\ndelimiter = %s\ndecimal = %s\ngrouping = %s\ndate_format = %s\nheader = %t\n[fields]\n",
		tomlText(f.Delimiter), tomlText(decimal), tomlText(grouping), tomlText(f.Date), !f.Headless)
	for _, target := range BankColumns {
		if column := f.Columns[target]; column != "" {
			fmt.Fprintf(&b, "%s = {column = %s}\n", target, tomlText(column))
		}
	}
	return csvmap.Parse([]byte(b.String()))
}

func tomlText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// BankLine is one line of a statement that brought money in.
type BankLine struct {
	Line                         int // of the file, from 1
	Day                          db.Day
	Amount                       int64 // minor units, above zero
	Currency                     money.Currency
	Payer, Account, Text, BankID string
	Known                        bool // imported before, or the same as a line above
}

// hash is what makes two lines the same: the bank's id with what cannot change about a transfer, or without one all of it.
func (l BankLine) hash() string {
	parts := []string{string(l.Day), strconv.FormatInt(l.Amount, 10), string(l.Currency), l.Account, l.BankID}
	if l.BankID == "" {
		parts = append(parts, l.Payer, l.Text)
	}
	whole, _ := json.Marshal(parts)
	return secret.SHA256Hex(string(whole))
}

// BadLine is a line that cannot be read: which of BankColumns is at fault, or "line" for its shape, and what stands there.
type BadLine struct {
	Line         int
	Field, Value string
}

// BankFile is a statement as a format reads it.
type BankFile struct {
	Columns []string // of the header
	Lines   []BankLine
	Bad     []BadLine
	Out     int // lines that took money out, or none
}

// ErrBankFile says that a statement does not fit its format; nothing was read.
var ErrBankFile = errors.New("finance: the statement does not fit its format")

// Read reads a statement in UTF-8. Amounts are in c where no column says otherwise; another currency makes a line bad.
// Errors: ErrBankFile, db.Invalid of the format.
func (f BankFormat) Read(text string, c money.Currency) (BankFile, error) {
	if err := f.Check(); err != nil {
		return BankFile{}, err
	}
	m, err := f.mapping()
	if err != nil {
		return BankFile{}, fmt.Errorf("%w: %w", ErrBankFile, err)
	}
	reader, err := csvmap.NewReader(strings.NewReader(skipLines(text, f.Skip)), m)
	if err != nil {
		return BankFile{}, fmt.Errorf("%w: %w", ErrBankFile, err)
	}
	var file BankFile
	seen := map[string]bool{}
	for r, err := range reader.Records() {
		if len(file.Lines)+len(file.Bad) > maxStatementLines {
			return BankFile{}, fmt.Errorf("%w: more than %d lines", ErrBankFile, maxStatementLines)
		}
		if bad, ok := errors.AsType[*csvmap.LineError](err); ok {
			file.Bad = append(file.Bad, BadLine{Line: bad.Line + f.Skip, Field: "line"})
			continue
		}
		if err != nil {
			return BankFile{}, fmt.Errorf("%w: %w", ErrBankFile, err)
		}
		line, wrong := bankLine(r, c)
		line.Line += f.Skip
		switch {
		case wrong != "":
			file.Bad = append(file.Bad, BadLine{line.Line, wrong, cut(r.Text(wrong), 60)})
		case line.Amount <= 0:
			file.Out++
		default:
			line.Known = seen[line.hash()]
			seen[line.hash()] = true
			file.Lines = append(file.Lines, line)
		}
	}
	return file, nil
}

// bankLine reads one record, or names the column that is at fault.
func bankLine(r csvmap.Record, c money.Currency) (BankLine, string) {
	clean := func(field string, most int) string {
		return cut(strings.Join(strings.Fields(r.Text(field)), " "), most)
	}
	var texts []string
	for _, field := range bankTexts {
		if text := clean(field, 500); text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	l := BankLine{Line: r.Line, Currency: c, Payer: clean("payer", 140), Account: clean("account", 64), Text: cut(strings.Join(texts, " "), 500), BankID: clean("bank_id", 100)}
	if r.Has("currency") && money.Currency(strings.ToUpper(r.Text("currency"))) != c {
		return l, "currency"
	}
	day, err := r.Date("day", time.UTC)
	if err != nil {
		return l, "day"
	}
	l.Day = db.Day(day.Format(time.DateOnly))
	if !r.Has("amount") { // some banks have a column for what comes in and one for what goes out
		return l, ""
	}
	r.Values["amount"] = plainAmount(r.Text("amount"), c)
	amount, err := r.Money("amount", c)
	if err != nil || tooBig(amount.Minor) {
		return l, "amount"
	}
	l.Amount = amount.Minor
	return l, ""
}

// plainAmount takes away what banks write around a number: the currency, a plus, spaces, and a minus behind it.
func plainAmount(s string, c money.Currency) string {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\u2212", "-"), "\u202f", " "))
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(strings.ReplaceAll(s, "\u00a0", " "), string(c)), string(c)))
	s = strings.TrimSpace(strings.Trim(s, "€$£¥"))
	if number, ok := strings.CutSuffix(s, "-"); ok {
		s = "-" + strings.TrimSpace(number)
	}
	return strings.TrimPrefix(s, "+")
}

// skipLines drops the lines that some banks write before the header.
func skipLines(text string, n int) string {
	for ; n > 0; n-- {
		_, rest, ok := strings.Cut(text, "\n")
		if !ok {
			return ""
		}
		text = rest
	}
	return text
}

// BankText reads a file as text: UTF-8, UTF-16 with its mark, or else Windows-1252, which banks in Europe and America write.
func BankText(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		var order binary.ByteOrder = binary.LittleEndian
		if data[0] == 0xfe {
			order = binary.BigEndian
		}
		units := make([]uint16, 0, len(data)/2)
		for rest := data[2:]; len(rest) >= 2; rest = rest[2:] {
			units = append(units, order.Uint16(rest))
		}
		return noNUL(string(utf16.Decode(units)))
	case utf8.Valid(data):
		return noNUL(strings.TrimPrefix(string(data), "\ufeff"))
	}
	var b strings.Builder
	for _, c := range data {
		switch {
		case c >= 0x80 && c < 0xa0:
			b.WriteRune([]rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")[c-0x80])
		default:
			b.WriteRune(rune(c))
		}
	}
	return noNUL(b.String())
}

func noNUL(s string) string { return strings.ReplaceAll(s, "\x00", "") }
