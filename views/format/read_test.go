package format

import (
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"myisp/internal/money"
)

// formats are those of partners in different countries (X7).
func formats() map[string]Format {
	point, comma, swiss, french := Default("EUR"), Default("EUR"), Default("EUR"), Default("EUR")
	comma.DecimalSep, comma.ThousandsSep, comma.SymbolAfter = ",", ".", true
	swiss.ThousandsSep = "’"
	french.DecimalSep, french.ThousandsSep, french.SymbolAfter, french.SymbolSpace = ",", "\u202f", true, true
	american := Default("EUR")
	american.ThousandsSep = ","
	return map[string]Format{"point": point, "comma": comma, "swiss": swiss, "french": french, "american": american}
}

// TestReadMoney: what customers type in their country is read as they mean it, and what may mean two amounts is refused.
func TestReadMoney(t *testing.T) {
	for _, c := range []struct {
		format, text string
		currency     money.Currency
		want         int64
		err          error
	}{
		{"point", "20", "EUR", 2000, nil}, {"point", "20.5", "EUR", 2050, nil}, {"point", "20,5", "EUR", 2050, nil}, {"point", "10,50", "EUR", 1050, nil},
		{"point", " 1 258.40 ", "EUR", 125840, nil}, {"point", "1.258,40", "EUR", 125840, nil}, {"point", "1,258.40", "EUR", 125840, nil},
		{"point", "€20", "EUR", 2000, nil}, {"point", "20 €", "EUR", 2000, nil}, {"point", "20 EUR", "EUR", 2000, nil}, {"point", "eur 20", "EUR", 2000, nil},
		{"point", "٢٠", "EUR", 2000, nil}, {"point", "٢٠٫٥", "EUR", 2050, nil}, {"point", "١٬٢٥٨٫٤٠", "EUR", 125840, nil}, {"point", "۲۰", "EUR", 2000, nil}, {"point", "\u200f٢٠\u200e", "EUR", 2000, nil},
		{"point", "1,258", "EUR", 125800, nil}, {"point", "1.258", "EUR", 0, money.ErrPrecision}, {"point", "1,258", "KWD", 0, money.ErrSyntax}, {"point", "1.258", "KWD", 1258, nil},
		{"comma", "1.258,40 €", "EUR", 125840, nil}, {"comma", "1.258", "EUR", 125800, nil}, {"comma", "10.50", "EUR", 1050, nil}, {"comma", "1,258", "KWD", 1258, nil}, {"comma", "1.258", "KWD", 1258000, nil},
		{"comma", "0.258", "KWD", 258, nil}, {"comma", "0.258", "EUR", 0, money.ErrPrecision}, {"american", "1,258", "KWD", 1258000, nil}, {"american", "1,258", "JPY", 1258, nil},
		{"swiss", "1'258.40", "EUR", 125840, nil}, {"swiss", "1’258’000.40", "EUR", 125800040, nil}, {"french", "1 258,40 €", "EUR", 125840, nil}, {"point", "1.000.000", "EUR", 100000000, nil},
		{"point", "-5", "EUR", -500, nil}, {"point", "\u22125,5", "EUR", -550, nil}, {"point", "-€5", "EUR", -500, nil}, {"point", "+5", "EUR", 500, nil}, {"point", "5.", "EUR", 500, nil}, {"point", ",5", "EUR", 50, nil},
		{"point", "1234,5", "EUR", 123450, nil}, {"point", "20.500", "EUR", 2050, nil},
		{"point", "", "EUR", 0, money.ErrSyntax}, {"point", ".", "EUR", 0, money.ErrSyntax}, {"point", "€", "EUR", 0, money.ErrSyntax}, {"point", "abc", "EUR", 0, money.ErrSyntax}, {"point", "NaN", "EUR", 0, money.ErrSyntax},
		{"point", "1e9", "EUR", 0, money.ErrSyntax}, {"point", "1.2.3", "EUR", 0, money.ErrSyntax}, {"point", "1,23,4.5", "EUR", 0, money.ErrSyntax}, {"point", "1.234,567.8", "EUR", 0, money.ErrSyntax}, {"point", "12,34.5", "EUR", 0, money.ErrSyntax},
		{"point", "20 $", "EUR", 0, money.ErrSyntax}, {"point", "--5", "EUR", 0, money.ErrSyntax}, {"point", "99999999999999999999", "EUR", 0, money.ErrOverflow}, {"point", "٢٠٫٥٫٥", "EUR", 0, money.ErrSyntax},
	} {
		got, err := ReadMoney(With(context.Background(), formats()[c.format]), c.text, c.currency)
		if !errors.Is(err, c.err) || err == nil && got != money.Of(c.want, c.currency) {
			t.Errorf("%s %q in %s: %v %v, want %d %v", c.format, c.text, c.currency, got, err, c.want, c.err)
		}
	}
}

// TestReadWhatIsWritten: whatever the portal writes in a partner's format, it reads as the same amount.
func TestReadWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := formats()
		f := all[rapid.SampledFrom([]string{"point", "comma", "swiss", "french", "american"}).Draw(t, "format")]
		c := rapid.SampledFrom([]money.Currency{"EUR", "USD", "JPY", "KWD", "ZAR"}).Draw(t, "currency")
		m := money.Of(rapid.Int64Range(-1e15, 1e15).Draw(t, "minor"), c)
		ctx := With(context.Background(), f)
		for _, text := range []string{Money(ctx, m), Amount(ctx, m), Typed(ctx, m)} {
			if got, err := ReadMoney(ctx, text, c); err != nil || got != m {
				t.Fatalf("%q: %v %v, want %v", text, got, err, m)
			}
		}
		places := rapid.IntRange(0, 6).Draw(t, "places")
		if got, err := ReadDecimal(ctx, TypedDecimal(ctx, m.Minor, places), places); err != nil || got != m.Minor {
			t.Fatalf("%q: %d %v, want %d", TypedDecimal(ctx, m.Minor, places), got, err, m.Minor)
		}
	})
}

func FuzzReadMoney(f *testing.F) {
	for _, text := range []string{"1.258,40", "٢٠٫٥", "€20", "-", "1'2", "\xff", "R 5", "+-5"} {
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, comma bool) {
		name := map[bool]string{true: "comma", false: "point"}[comma]
		ctx := With(context.Background(), formats()[name])
		m, err := ReadMoney(ctx, text, "EUR")
		if err != nil {
			return
		}
		if again, err := ReadMoney(ctx, Money(ctx, m), "EUR"); err != nil || again != m {
			t.Errorf("%q is %v, written %q, read %v %v", text, m, Money(ctx, m), again, err)
		}
	})
}
