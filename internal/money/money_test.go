package money

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in       string
		currency Currency
		want     int64
		err      error
	}{
		{"42.90", "EUR", 4290, nil}, {"42.9", "EUR", 4290, nil}, {"42", "EUR", 4200, nil}, {"42.", "EUR", 4200, nil}, {".5", "EUR", 50, nil},
		{"-7", "USD", -700, nil}, {"+7", "USD", 700, nil}, {"-0", "USD", 0, nil}, {"-.01", "USD", -1, nil}, {" 1 ", "USD", 100, nil},
		{"007", "USD", 700, nil}, {"1.2300000", "USD", 123, nil},
		{"1500", "JPY", 1500, nil}, {"1500.00", "JPY", 1500, nil}, {"1500.5", "JPY", 0, ErrPrecision},
		{"1.234", "KWD", 1234, nil}, {"1.2345", "KWD", 0, ErrPrecision}, {"1.2345", "CLF", 12345, nil},
		{"1.239", "USD", 0, ErrPrecision}, {"1.000001", "USD", 0, ErrPrecision},
		{"92233720368547758.07", "USD", math.MaxInt64, nil}, {"92233720368547758.08", "USD", 0, ErrOverflow},
		{"-92233720368547758.08", "USD", math.MinInt64, nil}, {"-92233720368547758.09", "USD", 0, ErrOverflow},
		{"9223372036854775807", "JPY", math.MaxInt64, nil}, {"9223372036854775807", "USD", 0, ErrOverflow},
		{"99999999999999999999999999999999999999", "USD", 0, ErrOverflow},
		{"", "USD", 0, ErrSyntax}, {".", "USD", 0, ErrSyntax}, {"-", "USD", 0, ErrSyntax}, {"+", "USD", 0, ErrSyntax}, {"-.", "USD", 0, ErrSyntax},
		{"+-5", "USD", 0, ErrSyntax}, {"-+5", "USD", 0, ErrSyntax}, {"--5", "USD", 0, ErrSyntax}, {"++5", "USD", 0, ErrSyntax}, {"5-", "USD", 0, ErrSyntax},
		{"- 5", "USD", 0, ErrSyntax}, {"1,000", "USD", 0, ErrSyntax}, {"1 000", "USD", 0, ErrSyntax}, {"1e9", "USD", 0, ErrSyntax}, {"NaN", "USD", 0, ErrSyntax},
		{"Inf", "USD", 0, ErrSyntax}, {"0x10", "USD", 0, ErrSyntax}, {"1.2.3", "USD", 0, ErrSyntax}, {"1.-2", "USD", 0, ErrSyntax}, {"abc.999", "USD", 0, ErrSyntax},
		{"$5", "USD", 0, ErrSyntax}, {"٥", "USD", 0, ErrSyntax}, {"1\x00", "USD", 0, ErrSyntax},
		{"0000000000000000000000000000000000000000000000000000000000000000001", "USD", 0, ErrSyntax}, // more than 64 characters
	} {
		got, err := Parse(c.in, c.currency)
		if !errors.Is(err, c.err) || got.Minor != c.want {
			t.Errorf("Parse(%q, %s) = %d, %v; want %d, %v", c.in, c.currency, got.Minor, err, c.want, c.err)
		}
	}
}

func TestDecimalAndString(t *testing.T) {
	for _, c := range []struct {
		m    Money
		want string
	}{
		{Of(4290, "EUR"), "42.90 EUR"}, {Of(-5, "USD"), "-0.05 USD"}, {Of(0, "USD"), "0.00 USD"}, {Of(-100, "USD"), "-1.00 USD"},
		{Of(1500, "JPY"), "1500 JPY"}, {Of(-1, "JPY"), "-1 JPY"}, {Of(0, "JPY"), "0 JPY"}, {Of(1, "KWD"), "0.001 KWD"}, {Of(-1234, "KWD"), "-1.234 KWD"},
		{Of(math.MaxInt64, "USD"), "92233720368547758.07 USD"}, {Of(math.MinInt64, "USD"), "-92233720368547758.08 USD"},
		{Of(math.MinInt64, "JPY"), "-9223372036854775808 JPY"}, {Of(math.MinInt64, "KWD"), "-9223372036854775.808 KWD"},
	} {
		if got := c.m.String(); got != c.want {
			t.Errorf("%d: %q, want %q", c.m.Minor, got, c.want)
		}
	}
	if got := FormatMinor(-5, 4); got != "-0.0005" {
		t.Error(got)
	}
}

var currencies = rapid.SampledFrom([]Currency{"USD", "EUR", "JPY", "KWD", "CLF", "XXX"})

func TestParseReadsWhatDecimalWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Of(rapid.Int64().Draw(t, "minor"), currencies.Draw(t, "currency"))
		if got, err := Parse(m.Decimal(), m.Currency); err != nil || got != m {
			t.Fatalf("%v reads as %v, %v", m, got, err)
		}
	})
}

func TestAdditionIsThatOfWholeNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gen := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1e9, 1e9))
		a, b, c := Of(gen.Draw(t, "a"), "EUR"), Of(gen.Draw(t, "b"), "EUR"), Of(gen.Draw(t, "c"), "EUR")
		exact := new(big.Int).Add(big.NewInt(a.Minor), big.NewInt(b.Minor))
		sum, err := a.Plus(b)
		if exact.IsInt64() != (err == nil) || err == nil && sum.Minor != exact.Int64() || err != nil && !errors.Is(err, ErrOverflow) {
			t.Fatalf("%v + %v = %v, %v; exactly %v", a, b, sum, err, exact)
		}
		if other, e := b.Plus(a); other != sum || (e == nil) != (err == nil) {
			t.Fatal("addition does not commute")
		}
		left, err1 := Sum(a, b, c)
		right, err2 := Sum(b, c)
		if err1 != nil || err2 != nil {
			return
		}
		if right, err2 = a.Plus(right); err2 == nil && left != right {
			t.Fatalf("(%v + %v) + %v = %v, but %v the other way", a, b, c, left, right)
		}
		if b.Minor != math.MinInt64 {
			if back, err := left.Plus(b.Neg()); err == nil {
				if want, err := a.Plus(c); err == nil && back != want {
					t.Fatalf("%v − %v = %v", left, b, back)
				}
			}
		}
	})
}

func panics(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}

func TestArithmetic(t *testing.T) {
	eur, usd := Of(100, "EUR"), Of(100, "USD")
	for name, c := range map[string]struct {
		f    func()
		want error
	}{
		"add currencies":   {func() { eur.Add(usd) }, ErrCurrency},
		"sub currencies":   {func() { eur.Sub(usd) }, ErrCurrency},
		"min currencies":   {func() { Min(eur, usd) }, ErrCurrency},
		"cmp currencies":   {func() { eur.Cmp(usd) }, ErrCurrency},
		"add beyond":       {func() { Of(math.MaxInt64, "EUR").Add(Of(1, "EUR")) }, ErrOverflow},
		"sub beyond":       {func() { Of(math.MinInt64, "EUR").Sub(Of(1, "EUR")) }, ErrOverflow},
		"neg of the least": {func() { Of(math.MinInt64, "EUR").Neg() }, ErrOverflow},
		"abs of the least": {func() { Of(math.MinInt64, "EUR").Abs() }, ErrOverflow},
	} {
		if err := panics(c.f); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := eur.Plus(usd); !errors.Is(err, ErrCurrency) {
		t.Error("Plus:", err)
	}
	if _, err := Sum(eur, usd); !errors.Is(err, ErrCurrency) {
		t.Error("Sum:", err)
	}
	if sum, err := Sum(); err != nil || sum != (Money{}) {
		t.Error("Sum of nothing:", sum, err)
	}
	var nothing Money
	if nothing.Add(eur) != eur || eur.Add(nothing) != eur || eur.Sub(Of(30, "EUR")) != Of(70, "EUR") || eur.Neg().Abs() != eur {
		t.Error("the zero value, Sub, Neg or Abs")
	}
	lowest, highest := Of(math.MinInt64, "EUR"), Of(math.MaxInt64, "EUR")
	if Min(lowest, highest) != lowest || Min(highest, lowest) != lowest || lowest.Cmp(highest) != -1 || eur.Cmp(eur) != 0 {
		t.Error("Min or Cmp at the ends")
	}
	if !eur.Positive() || eur.Negative() || eur.IsZero() || !eur.Neg().Negative() || !nothing.IsZero() {
		t.Error("signs")
	}
}

func TestCurrency(t *testing.T) {
	for c, want := range map[Currency]int{"JPY": 0, "USD": 2, "KWD": 3, "CLF": 4, "": 2} {
		if c.Exponent() != want {
			t.Errorf("%s: %d", c, c.Exponent())
		}
	}
	for c, want := range map[Currency]bool{"EUR": true, "eur": false, "EU": false, "EURO": false, "": false, "E€": false, "E1R": false} {
		if c.Valid() != want {
			t.Errorf("%q: %v", c, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"42.90", "-.5", "+-5", "-92233720368547758.08", "1e9", "NaN", "0.000", " 1 "} {
		f.Add(s, "USD")
	}
	f.Add("1.2345", "CLF")
	f.Add("7", "JPY")
	f.Fuzz(func(t *testing.T, s, currency string) {
		m, err := Parse(s, Currency(currency))
		if err != nil {
			if m.Minor != 0 || !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrPrecision) && !errors.Is(err, ErrOverflow) {
				t.Errorf("%q: %v, %v", s, m, err)
			}
			return
		}
		if again, err := Parse(m.Decimal(), m.Currency); err != nil || again != m {
			t.Errorf("%q is %v, which reads as %v, %v", s, m, again, err)
		}
		r, ok := new(big.Rat).SetString(trimmed(s))
		scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(m.Currency.Exponent())), nil))
		if !ok || r.Mul(r, scale).Cmp(new(big.Rat).SetInt64(m.Minor)) != 0 {
			t.Errorf("%q is not %v", s, m)
		}
	})
}
