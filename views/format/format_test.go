package format_test

import (
	"context"
	"math"
	"testing"
	"time"

	"myisp/internal/money"
	"myisp/views/format"
	"myisp/views/i18n"
)

func with(t *testing.T, lang string, f format.Format) context.Context {
	return format.With(i18n.With(t.Context(), lang), f)
}

// X7: symbol, position, decimals and separators are the partner's.
func TestMoney(t *testing.T) {
	german := format.Default("EUR")
	german.SymbolAfter, german.SymbolSpace, german.DecimalSep, german.ThousandsSep = true, true, ",", "."
	whole := format.Default("USD")
	whole.MoneyDecimals = 0
	four := format.Default("JPY")
	four.MoneyDecimals = 4
	for _, c := range []struct {
		name, lang string
		format     format.Format
		money      money.Money
		want       string
	}{
		{"euro", "en", format.Default("EUR"), money.Of(4290, "EUR"), "€42.90"},
		{"thousands", "en", format.Default("EUR"), money.Of(123456789, "EUR"), "€1\u00a0234\u00a0567.89"},
		{"negative", "en", format.Default("USD"), money.Of(-500, "USD"), "−$5.00"},
		{"cents", "en", format.Default("USD"), money.Of(-5, "USD"), "−$0.05"},
		{"yen has no decimals", "en", format.Default("JPY"), money.Of(4290, "JPY"), "¥4\u00a0290"},
		{"dinar has three", "en", format.Default("KWD"), money.Of(4250, "KWD"), "KWD\u00a04.250"},
		{"after, comma", "es", german, money.Of(-123450, "EUR"), "−1.234,50\u00a0€"},
		{"another currency keeps its own symbol", "en", format.Default("EUR"), money.Of(100, "CAD"), "CA$1.00"},
		{"no currency is the partner's", "en", format.Default("EUR"), money.Of(100, ""), "€1.00"},
		{"rounded", "en", whole, money.Of(-250, "USD"), "−$3"},
		{"padded", "en", four, money.Of(7, "JPY"), "¥7.0000"},
		{"Arabic isolates", "ar", format.Default("EUR"), money.Of(-4290, "EUR"), "\u2068−€42.90\u2069"},
		{"smallest", "en", format.Default("JPY"), money.Of(math.MinInt64, "JPY"), "−¥9\u00a0223\u00a0372\u00a0036\u00a0854\u00a0775\u00a0808"},
	} {
		if got := format.Money(with(t, c.lang, c.format), c.money); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	ctx := with(t, "en", format.Default("EUR"))
	if s, a, _ := format.MoneyParts(ctx, money.Of(8490, "EUR")); s != "€" || a != "84.90" {
		t.Errorf("parts are %q and %q", s, a)
	}
	if got := format.Signed(ctx, money.Of(20000, "EUR")); got != "+€200.00" {
		t.Errorf("money in is %q", got)
	}
	if got := format.Signed(with(t, "ar", format.Default("EUR")), money.Of(20000, "EUR")); got != "\u2068+€200.00\u2069" {
		t.Errorf("Arabic money in is %q", got)
	}
	if got := format.Amount(ctx, money.Of(4200, "EUR")); got != "42.00" {
		t.Errorf("amount is %q", got)
	}
}

// X7: order, clock and zone are the partner's, words the language's.
func TestDates(t *testing.T) {
	moment := time.Date(2026, 12, 5, 22, 5, 9, 0, time.UTC)
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	iso, slash, american, east := format.Default("EUR"), format.Default("EUR"), format.Default("USD"), format.Default("JPY")
	iso.DatePattern, slash.DatePattern, american.DatePattern = "yyyy-mm-dd", "dd/mm/yyyy", "mmm d, yyyy"
	american.Clock12, american.Seconds, east.Zone = true, true, tokyo
	plain := format.Default("EUR")
	for _, c := range []struct {
		name, lang string
		format     format.Format
		write      func(context.Context, time.Time) string
		want       string
	}{
		{"date", "en", plain, format.Date, "5 Dec 2026"},
		{"Spanish", "es", plain, format.Date, "5 dic 2026"},
		{"Arabic", "ar", plain, format.Date, "5 ديسمبر 2026"},
		{"ISO", "en", iso, format.Date, "2026-12-05"},
		{"slashes", "en", slash, format.Date, "05/12/2026"},
		{"Arabic figures are isolated", "ar", slash, format.Date, "\u206805/12/2026\u2069"},
		{"American", "en", american, format.Date, "Dec 5, 2026"},
		{"the zone moves a moment", "en", east, format.Date, "6 Dec 2026"},
		{"but not a day", "en", east, format.Day, "5 Dec 2026"},
		{"short", "en", plain, format.DateShort, "5 Dec"},
		{"short American", "en", american, format.DateShort, "Dec 5"},
		{"long", "en", plain, format.DateLong, "5 December 2026"},
		{"long Spanish", "es", plain, format.DateLong, "5 de diciembre de 2026"},
		{"long American", "en", american, format.DateLong, "December 5, 2026"},
		{"long ISO", "en", iso, format.DateLong, "2026 December 5"},
		{"month", "en", plain, format.Month, "December 2026"},
		{"month Spanish", "es", plain, format.Month, "diciembre de 2026"},
		{"24 hours", "en", plain, format.Time, "22:05"},
		{"12 hours", "en", american, format.Time, "10:05:09\u00a0PM"},
		{"both", "en", plain, format.DateTime, "5 Dec 2026, 22:05"},
	} {
		if got := c.write(with(t, c.lang, c.format), moment); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if got := c.write(with(t, c.lang, c.format), time.Time{}); got != "" {
			t.Errorf("%s: no time shows %q", c.name, got)
		}
	}
}

func TestAmounts(t *testing.T) {
	ctx := with(t, "en", format.Default("EUR"))
	comma := format.Default("EUR")
	comma.DecimalSep, comma.ThousandsSep = ",", "."
	for _, c := range []struct{ got, want string }{
		{format.Bytes(ctx, 0), "0\u00a0GB"},
		{format.Bytes(ctx, 999), "999\u00a0B"},
		{format.Bytes(ctx, 38_240_000_000), "38.2\u00a0GB"},
		{format.Bytes(ctx, 412_000_000_000), "412\u00a0GB"},
		{format.Bytes(ctx, 1_500_000_000_000), "1.5\u00a0TB"},
		{format.Bytes(ctx, -2_000_000), "−2\u00a0MB"},
		{format.Bytes(with(t, "es", comma), 38_240_000_000), "38,2\u00a0GB"},
		{format.Bytes(with(t, "ar", comma), 5_000_000_000), "\u20685\u00a0GB\u2069"},
		{format.Gigabytes(ctx, 1_000_000_000_000), "1\u00a0000\u00a0GB"},
		{format.Number(ctx, -12345), "−12\u00a0345"},
		{format.Number(ctx, 999), "999"},
		{format.Percent(ctx, 41.23), "41.2%"},
		{format.Percent(ctx, math.NaN()), "0%"},
		{format.Percent(with(t, "en", comma), 100), "100%"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// A name in Arabic or Hebrew in a left-to-right line does not turn what stands after it.
func TestIsolate(t *testing.T) {
	for _, c := range []struct{ lang, in, want string }{
		{"en", "Alice", "Alice"}, {"en", "فاطمة", "\u2068فاطمة\u2069"}, {"es", "Flat 3, דירה", "\u2068Flat 3, דירה\u2069"}, {"ar", "Alice", "\u2068Alice\u2069"}, {"en", "", ""},
	} {
		if got := format.Isolate(i18n.With(t.Context(), c.lang), c.in); got != c.want {
			t.Errorf("%s %q: %q", c.lang, c.in, got)
		}
	}
}
