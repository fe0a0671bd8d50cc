// Package format writes money, dates and amounts of data as the reader's partner wants them (spec X7). The language
// decides words such as month names; the partner decides order, separators, symbol and time zone. Every other package
// keeps money in minor units, times in UTC and data in bytes, and comes here only to show them.
package format

import (
	"context"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/views/i18n"
)

// Format is one partner's localisation (X7). Start from Default: the zero value has no separators.
type Format struct {
	Zone          *time.Location // times are shown here; nil is UTC
	DatePattern   string         // of d dd m mm mmm mmmm yy yyyy and separators: "d mmm yyyy", "dd/mm/yyyy", "yyyy-mm-dd"
	Clock12       bool           // 2:05 PM instead of 14:05
	Seconds       bool           // 14:05:09 instead of 14:05
	FirstWeekday  time.Weekday
	Currency      money.Currency // of amounts that name none
	Symbol        string         // of Currency; other currencies show their own
	SymbolAfter   bool           // 42.90€ instead of €42.90
	SymbolSpace   bool           // a no-break space between symbol and number
	MoneyDecimals int            // 0–4, or −1 for as many as the currency has
	DecimalSep    string
	ThousandsSep  string // empty for none
	TrafficBase   int64  // bytes in a kB: 1000
	TrafficUnit   string // MB, GB or TB for every amount of data; "" takes what suits the amount
}

// Default is the localisation of an installation that has set nothing: day before month, 24 hours, 1 234.50.
func Default(currency money.Currency) Format {
	symbol, space := symbolOf(currency)
	return Format{Zone: time.UTC, DatePattern: "d mmm yyyy", FirstWeekday: time.Monday,
		Currency: currency, Symbol: symbol, SymbolSpace: space, MoneyDecimals: -1,
		DecimalSep: ".", ThousandsSep: "\u00a0", TrafficBase: 1000}
}

// symbols are those that customers read more easily than the code. Dollars other than the US one keep a prefix,
// because a customer with two currencies must not mistake them.
var symbols = map[money.Currency]string{
	"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "NGN": "₦", "UAH": "₴", "TRY": "₺", "ILS": "₪",
	"KRW": "₩", "PHP": "₱", "VND": "₫", "BRL": "R$", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "MXN": "MX$", "ZAR": "R",
}

func symbolOf(c money.Currency) (symbol string, space bool) {
	if s, ok := symbols[c]; ok {
		return s, s == "R" // the rand's letter would run into the figures
	}
	return string(c), true
}

type contextKey struct{}

// With returns a context in which the functions of this package write as f says.
func With(ctx context.Context, f Format) context.Context {
	return context.WithValue(ctx, contextKey{}, &f)
}

// From returns the context's Format, or the default one in euro.
func From(ctx context.Context) Format { return *of(ctx) }

var fallback = Default("EUR")

func of(ctx context.Context) *Format {
	if f, ok := ctx.Value(contextKey{}).(*Format); ok {
		return f
	}
	return &fallback
}

// Unicode's first-strong isolate keeps a figure with its sign and symbol in one piece inside right-to-left text.
const (
	isolate    = "\u2068"
	popIsolate = "\u2069"
)

// Isolate keeps a text that may be in another script in one piece where it stands in a line with others.
func Isolate(ctx context.Context, s string) string { return isolated(ctx, s) }

func isolated(ctx context.Context, s string) string {
	if s == "" || i18n.Dir(ctx) != "rtl" && !strings.ContainsFunc(s, rightToLeft) {
		return s
	}
	return isolate + s + popIsolate
}

// rightToLeft reports whether a letter turns the text around it: those of the Hebrew and Arabic blocks, and their presentation forms.
func rightToLeft(r rune) bool {
	return r >= 0x0590 && r <= 0x08ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff
}

// minus is the typographic sign; machines get "-" from money.Decimal.
const minus = "\u2212"

// grouped writes a decimal such as "-1234.50" with the partner's separators and a true minus.
func (f *Format) grouped(decimal string) string {
	digits, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, hasFraction := strings.Cut(digits, ".")
	var b strings.Builder
	if negative {
		b.WriteString(minus)
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(f.ThousandsSep)
		}
		b.WriteRune(r)
	}
	if hasFraction {
		b.WriteString(f.DecimalSep)
		b.WriteString(fraction)
	}
	return b.String()
}
