package format

import (
	"context"
	"strings"
	"unicode"

	"myisp/internal/money"
)

// ReadMoney reads an amount as people type it: "1.258,40", "1 258.40", "10,5", "€20", "٢٠٫٥". It takes what Money writes, the
// separators of other countries where they can mean one thing only, the digits of other scripts, and the currency's symbol or
// code. Where a separator may part thousands or decimals, the partner's format decides (X7); where that does not, the text is
// refused. Errors are those of money.Parse.
func ReadMoney(ctx context.Context, text string, c money.Currency) (money.Money, error) {
	symbol, _ := of(ctx).symbol(c)
	minor, err := ReadDecimal(ctx, without(folded(text), folded(symbol), string(c)), c.Exponent())
	return money.Of(minor, c), err
}

// ReadDecimal is ReadMoney for a bare number with at most places decimals; it returns units of the last.
func ReadDecimal(ctx context.Context, text string, places int) (int64, error) {
	plain, ok := of(ctx).pointed(folded(text), places)
	if !ok {
		return 0, money.ErrSyntax
	}
	return money.ParseMinor(plain, places)
}

// Typed writes an amount for a field that ReadMoney reads again: with the partner's mark for decimals, which means nothing
// else there, all the currency's decimals, and no grouping.
func Typed(ctx context.Context, m money.Money) string {
	return TypedDecimal(ctx, m.Minor, m.Currency.Exponent())
}

// TypedDecimal is Typed for what ReadDecimal reads, in units of the last of places.
func TypedDecimal(ctx context.Context, n int64, places int) string {
	return strings.Replace(money.FormatMinor(n, places), ".", of(ctx).DecimalSep, 1)
}

// without takes a currency's sign from either end of an amount, whatever its case.
func without(text string, signs ...string) string {
	for _, sign := range signs {
		n := len(sign)
		switch {
		case n == 0 || len(text) <= n:
		case strings.EqualFold(text[:n], sign):
			return text[n:]
		case strings.EqualFold(text[len(text)-n:], sign):
			return text[:len(text)-n]
		case strings.EqualFold(text[1:min(n+1, len(text))], sign) && strings.ContainsAny(text[:1], "+-"):
			return text[:1] + text[n+1:]
		}
	}
	return text
}

// zeros are those of the digits that keyboards of other scripts write.
var zeros = []rune{'٠', '۰', '०', '০', '０'}

// folded brings digits and signs of all scripts down to ASCII, and leaves out spaces, apostrophes between thousands and marks
// of direction. The Arabic signs for decimals and thousands become ; and _ because they mean nothing else.
func folded(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '٫':
			return ';'
		case r == '٬' || r == '’' || r == '\'':
			return '_'
		case r == '\u2212':
			return '-'
		case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		for _, zero := range zeros {
			if r >= zero && r <= zero+9 {
				return '0' + r - zero
			}
		}
		return r
	}, text)
}

// pointed writes a number with a point and no grouping, as money.ParseMinor reads it; false when it is no number or may mean
// two.
func (f *Format) pointed(text string, places int) (string, bool) {
	sign := ""
	if text != "" && strings.ContainsAny(text[:1], "+-") {
		sign, text = text[:1], text[1:]
	}
	text = strings.ReplaceAll(text, "_", "")
	mark, ok := f.decimal(text, places)
	if !ok {
		return "", false
	}
	whole, fraction := text, ""
	if mark != 0 {
		i := strings.LastIndexByte(text, mark)
		whole, fraction = text[:i], text[i+1:]
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' })
	if strings.ContainsAny(whole, ".,") && !thousands(whole, groups) {
		return "", false
	}
	return sign + strings.Join(groups, "") + "." + fraction, strings.Trim(strings.Join(groups, "")+fraction, "0123456789") == "" && len(whole)+len(fraction) > 0
}

// decimal finds which mark parts the decimals of a number, 0 when it has none.
func (f *Format) decimal(text string, places int) (mark byte, ok bool) {
	if n := strings.Count(text, ";"); n > 0 {
		return ';', n == 1
	}
	points, commas := strings.Count(text, "."), strings.Count(text, ",")
	switch {
	case points+commas == 0:
		return 0, true
	case points > 0 && commas > 0:
		mark = text[strings.LastIndexAny(text, ".,")]
		return mark, strings.Count(text, string(mark)) == 1
	case points+commas > 1:
		return 0, true // thousands, or nothing
	}
	i := strings.IndexAny(text, ".,")
	mark = text[i]
	if string(mark) == f.DecimalSep || len(text)-i-1 != 3 || i == 0 || i > 3 || text[0] == '0' {
		return mark, true
	}
	// "1,258": thousands where the partner writes them so, or where as many decimals cannot be.
	return 0, string(mark) == f.ThousandsSep || places < 3
}

// thousands reports whether a whole number is grouped by threes with one and the same mark.
func thousands(whole string, groups []string) bool {
	if strings.Contains(whole, ".") && strings.Contains(whole, ",") || len(groups) != strings.Count(whole, ".")+strings.Count(whole, ",")+1 || len(groups[0]) > 3 {
		return false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return false
		}
	}
	return true
}
