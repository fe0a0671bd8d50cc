package finance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"myisp/models/db"
)

// The numbering patterns a new installation starts with: those of §3.4, and letters before a credit note's number, which else
// would be an invoice's.
const (
	DefaultInvoicePattern    = "{year}{partner_id|2}{next|6}"
	DefaultProformaPattern   = "{year}{next|6}"
	DefaultCreditNotePattern = "CN{year}{partner_id|2}{next|6}"
	DefaultReceiptPattern    = "{year}-{type|2}-{next|5}"
)

// Pattern is a parsed numbering pattern such as "{year}{partner_id|2}{next|6}": text and tokens, each token optionally with
// a length to which it is padded with zeros (or, for the random ones, which it has).
type Pattern struct{ parts []part }

type part struct {
	text   string // literal text, when token is ""
	token  string
	length int
}

// ErrPattern says that a numbering pattern cannot be used.
var ErrPattern = errors.New("finance: unusable numbering pattern")

var tokens = map[string]bool{
	"customer_id": true, "partner_id": true, "location_id": true, "rand_string": true, "rand_number": true,
	"year": true, "month": true, "day": true, "next": true, "type": true,
}

// ParsePattern reads a numbering pattern. Errors wrap ErrPattern: unknown tokens, stray braces, lengths outside 1 to 20,
// more than 64 characters, or nothing in it that makes numbers differ.
func ParsePattern(s string) (Pattern, error) {
	if len(s) > 200 {
		return Pattern{}, fmt.Errorf("%w: too long", ErrPattern)
	}
	var p Pattern
	unique := false
	for rest := s; rest != ""; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			open = len(rest)
		}
		if open > 0 {
			p.parts = append(p.parts, part{text: rest[:open]})
			rest = rest[open:]
			continue
		}
		inside, after, closed := strings.Cut(rest[1:], "}")
		if rest[0] == '}' || !closed {
			return Pattern{}, fmt.Errorf("%w: stray brace", ErrPattern)
		}
		name, length, has := strings.Cut(inside, "|")
		t := part{token: name}
		if !tokens[name] {
			return Pattern{}, fmt.Errorf("%w: unknown token {%s}", ErrPattern, name)
		}
		if has {
			n, err := strconv.Atoi(length)
			if err != nil || n < 1 || n > 20 {
				return Pattern{}, fmt.Errorf("%w: length %q", ErrPattern, length)
			}
			t.length = n
		}
		unique = unique || name == "next" || strings.HasPrefix(name, "rand_")
		p.parts = append(p.parts, t)
		rest = after
	}
	if !unique {
		return Pattern{}, fmt.Errorf("%w: needs {next}, {rand_string} or {rand_number}", ErrPattern)
	}
	for _, t := range p.parts {
		for _, r := range t.text {
			if r < ' ' || r == 0x7f {
				return Pattern{}, fmt.Errorf("%w: control character", ErrPattern)
			}
		}
	}
	return p, nil
}

// Facts are what the tokens of a pattern stand for.
type Facts struct {
	Party
	Day  db.Day
	Type int64 // {type}: the payment method of a receipt
}

// Render writes the number for the next-th document. rand feeds the random tokens. Numbers beyond 64 characters, which the
// column does not hold, are ErrPattern.
func (p Pattern) Render(f Facts, next int64, rand io.Reader) (string, error) {
	var b strings.Builder
	for _, t := range p.parts {
		v, err := t.value(f, next, rand)
		if err != nil {
			return "", err
		}
		b.WriteString(v)
	}
	if len([]rune(b.String())) > 64 {
		return "", fmt.Errorf("%w: number longer than 64 characters", ErrPattern)
	}
	return b.String(), nil
}

// Series is the name of the count that {next} runs in: the pattern with everything known filled in. So the count starts anew
// with the year when the pattern names the year, and each partner has its own when it names the partner.
func (p Pattern) Series(f Facts) string {
	var b strings.Builder
	for _, t := range p.parts {
		if t.token == "next" || strings.HasPrefix(t.token, "rand_") {
			b.WriteString("{" + t.token + "}")
			continue
		}
		v, _ := t.value(f, 0, nil) // only random tokens can fail
		b.WriteString(v)
	}
	return b.String()
}

const (
	digits  = "0123456789"
	letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789" // no I, O, 0, 1: people read numbers over the phone
)

func (t part) value(f Facts, next int64, rand io.Reader) (string, error) {
	switch t.token {
	case "":
		return t.text, nil
	case "customer_id":
		return pad(strconv.FormatInt(f.CustomerID, 10), t.length), nil
	case "partner_id":
		return pad(strconv.FormatInt(f.PartnerID, 10), t.length), nil
	case "location_id":
		return pad(strconv.FormatInt(f.LocationID, 10), t.length), nil
	case "type":
		return pad(strconv.FormatInt(f.Type, 10), t.length), nil
	case "next":
		return pad(strconv.FormatInt(next, 10), t.length), nil
	case "rand_string":
		return random(rand, letters, t.length)
	case "rand_number":
		return random(rand, digits, t.length)
	}
	day := f.Day.Time()
	switch t.token {
	case "year":
		return pad(strconv.Itoa(day.Year()), t.length), nil
	case "month":
		return pad(strconv.Itoa(int(day.Month())), max(t.length, 2)), nil
	}
	return pad(strconv.Itoa(day.Day()), max(t.length, 2)), nil
}

func pad(s string, length int) string {
	if n := length - len(s); n > 0 {
		return strings.Repeat("0", n) + s
	}
	return s
}

func random(rand io.Reader, alphabet string, length int) (string, error) {
	if length == 0 {
		length = 8
	}
	b := make([]byte, 0, length)
	var one [1]byte
	for len(b) < length {
		if _, err := io.ReadFull(rand, one[:]); err != nil {
			return "", err
		}
		// Bytes beyond the last whole multiple of the alphabet would favour its first letters.
		if limit := 256 - 256%len(alphabet); int(one[0]) < limit {
			b = append(b, alphabet[int(one[0])%len(alphabet)])
		}
	}
	return string(b), nil
}

// Sequence is the last number given out in a series; its row is locked until the document that took a number is stored,
// so numbers have no gaps.
type Sequence struct {
	Name string `gorm:"primaryKey;size:100"`
	Last int64  `gorm:"not null"`
}

// number takes the next number of a pattern for a table with (partner_id, column) unique. It goes past numbers that exist
// already, imported ones for instance.
func (s *Store) number(ctx context.Context, table, column, pattern string, f Facts) (string, error) {
	p, err := ParsePattern(pattern)
	if err != nil {
		return "", db.Invalid{"number": "finance.error.pattern"}
	}
	series := table + ":" + strconv.FormatInt(f.PartnerID, 10) + ":" + p.Series(f)
	if len([]rune(series)) > 100 {
		return "", db.Invalid{"number": "finance.error.pattern"}
	}
	for range 100_000 {
		var next int64
		err := s.d.Q(ctx).Raw(`INSERT INTO sequences (name, last) VALUES (?, 1)
			ON CONFLICT (name) DO UPDATE SET last = sequences.last + 1 RETURNING last`, series).Scan(&next).Error
		if err != nil {
			return "", err
		}
		n, err := p.Render(f, next, s.rand)
		if err != nil {
			return "", db.Invalid{"number": "finance.error.pattern"}
		}
		var taken int64
		err = s.d.Q(ctx).Raw(`SELECT COUNT(*) FROM `+table+` WHERE partner_id = ? AND `+column+` = ?`, f.PartnerID, n).Scan(&taken).Error
		if err != nil || taken == 0 {
			return n, err
		}
	}
	return "", db.Fail(db.Conflict, "finance.error.numbers_taken")
}

// checkNumber holds a number given by the caller to its column.
func checkNumber(n string, bad db.Invalid) {
	if len([]rune(n)) > 64 || strings.ContainsFunc(n, func(r rune) bool { return r < ' ' }) {
		bad["number"] = "finance.error.number"
	}
}
