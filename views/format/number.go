package format

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"myisp/internal/money"
)

// Money writes an amount with its symbol: "€1 234.50", "−$5.00", "KWD 4.250".
func Money(ctx context.Context, m money.Money) string {
	f := of(ctx)
	symbol, space := f.symbol(m.Currency)
	number, negative := strings.CutPrefix(f.amount(m), minus)
	gap := ""
	if space {
		gap = "\u00a0"
	}
	sign := ""
	if negative {
		sign = minus
	}
	if f.SymbolAfter {
		return isolated(ctx, sign+number+gap+symbol)
	}
	return isolated(ctx, sign+symbol+gap+number)
}

// MoneyParts gives symbol and number apart, for the balance that sets them in two sizes; after says that the symbol follows
// the number. The sign is the number's.
func MoneyParts(ctx context.Context, m money.Money) (symbol, amount string, after bool) {
	f := of(ctx)
	symbol, _ = f.symbol(m.Currency)
	return symbol, isolated(ctx, f.amount(m)), f.SymbolAfter
}

// Amount writes the number without symbol, where the currency stands nearby: "1 234.50".
func Amount(ctx context.Context, m money.Money) string { return isolated(ctx, of(ctx).amount(m)) }

// Signed is Money with an explicit plus for money in, the "+200.00" of a list of movements (FIN-1).
func Signed(ctx context.Context, m money.Money) string {
	if !m.Positive() {
		return Money(ctx, m)
	}
	s, wrapped := strings.CutPrefix(Money(ctx, m), isolate)
	if wrapped {
		return isolate + "+" + s
	}
	return "+" + s
}

func (f *Format) symbol(c money.Currency) (symbol string, space bool) {
	if c == "" || c == f.Currency {
		return f.Symbol, f.SymbolSpace
	}
	symbol, space = symbolOf(c)
	return symbol, space || f.SymbolSpace
}

func (f *Format) amount(m money.Money) string {
	c := m.Currency
	if c == "" {
		c = f.Currency
	}
	have, want := c.Exponent(), f.MoneyDecimals
	if want < 0 {
		want = have
	}
	minor := m.Minor
	for ; have > want; have-- {
		minor = roundTenth(minor)
	}
	decimal := money.FormatMinor(minor, have)
	if have < want { // zeros are text, not arithmetic, so the largest amount does not overflow
		if have == 0 {
			decimal += "."
		}
		decimal += strings.Repeat("0", want-have)
	}
	return f.grouped(decimal)
}

// roundTenth divides by ten, halves away from zero as invoices do.
func roundTenth(n int64) int64 {
	q, r := n/10, n%10
	switch {
	case r >= 5:
		return q + 1
	case r <= -5:
		return q - 1
	}
	return q
}

// Number writes a whole number with the partner's grouping: "12 345".
func Number(ctx context.Context, n int64) string {
	return isolated(ctx, of(ctx).grouped(strconv.FormatInt(n, 10)))
}

// Percent writes a share of 100 with at most one decimal: Percent(ctx, 41.23) is "41.2%".
func Percent(ctx context.Context, p float64) string {
	return isolated(ctx, of(ctx).grouped(trimmed(p, 1))+"%")
}

var traffic = []string{"B", "kB", "MB", "GB", "TB", "PB"}

// Bytes writes an amount of data in decimal units with three significant figures or so: "412 GB", "38.2 GB", "0 GB"; in
// the partner's unit where it has chosen one (X7).
func Bytes(ctx context.Context, n int64) string {
	f := of(ctx)
	if n == 0 {
		return isolated(ctx, "0\u00a0"+cmp.Or(f.TrafficUnit, "GB"))
	}
	value, unit, fixed := float64(n), 0, slices.Index(traffic, f.TrafficUnit)
	for base := float64(max(f.TrafficBase, 1000)); (fixed < 0 && math.Abs(value) >= base && unit < len(traffic)-1) || unit < fixed; unit++ {
		value /= base
	}
	decimals := 1
	if fixed >= 0 && math.Abs(value) < 10 {
		decimals = 3 // 0.038 TB says something, 0 TB does not
	}
	if math.Abs(value) >= 100 || unit == 0 {
		decimals = 0
	}
	return isolated(ctx, f.grouped(trimmed(value, decimals))+"\u00a0"+traffic[unit])
}

// Gigabytes is Bytes held to GB, so that "412 GB of 1 000 GB" compares like with like; a partner's own unit does so too.
func Gigabytes(ctx context.Context, n int64) string {
	f := of(ctx)
	if f.TrafficUnit != "" {
		return Bytes(ctx, n)
	}
	base := float64(max(f.TrafficBase, 1000))
	value := float64(n) / (base * base * base)
	decimals := 1
	if math.Abs(value) >= 100 {
		decimals = 0
	}
	return isolated(ctx, f.grouped(trimmed(value, decimals))+"\u00a0GB")
}

// trimmed writes v with at most the given decimals and no trailing zeros.
func trimmed(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if decimals > 0 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}
