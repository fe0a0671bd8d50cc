package money

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func trimmed(s string) string { return strings.TrimSpace(s) }

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func minors(ms []Money) (out []int64) {
	for _, m := range ms {
		out = append(out, m.Minor)
	}
	return out
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		total   int64
		weights []int64
		want    []int64
	}{
		{100, []int64{1, 1, 1}, []int64{34, 33, 33}},
		{-100, []int64{1, 1, 1}, []int64{-34, -33, -33}},
		{101, []int64{1, 1, 1}, []int64{34, 34, 33}},
		{5, []int64{3, 7}, []int64{2, 3}}, // 1.5 and 3.5: the earlier of equal remainders
		{10, []int64{0, 5, 0, 5}, []int64{0, 5, 0, 5}},
		{1, []int64{0, 1, 1}, []int64{0, 1, 0}},
		{0, []int64{1, 2}, []int64{0, 0}},
		{7, []int64{9}, []int64{7}},
		{math.MaxInt64, []int64{math.MaxInt64, math.MaxInt64}, []int64{math.MaxInt64/2 + 1, math.MaxInt64 / 2}},
		{math.MinInt64, []int64{1}, []int64{math.MinInt64}},
	} {
		got, err := Split(Of(c.total, "EUR"), c.weights)
		if err != nil || cmp.Diff(c.want, minors(got)) != "" || got[0].Currency != "EUR" {
			t.Errorf("Split(%d, %v) = %v, %v; want %v", c.total, c.weights, got, err, c.want)
		}
	}
	for _, weights := range [][]int64{nil, {}, {0, 0}, {1, -1}, {-1}} {
		if _, err := Split(Of(100, "EUR"), weights); !errors.Is(err, ErrWeights) {
			t.Errorf("%v: %v", weights, err)
		}
	}
}

func TestSplitKeepsTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := Of(rapid.Int64().Draw(t, "total"), "EUR")
		weights := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64Range(0, math.MaxInt64)), 1, 20).Draw(t, "weights")
		parts, err := Split(total, weights)
		if err != nil {
			for _, w := range weights {
				if w != 0 {
					t.Fatal(err)
				}
			}
			return
		}
		sum, whole := new(big.Int), new(big.Int)
		for _, w := range weights {
			whole.Add(whole, big.NewInt(w))
		}
		for i, p := range parts {
			sum.Add(sum, big.NewInt(p.Minor))
			if weights[i] == 0 && p.Minor != 0 || p.Minor > 0 && total.Minor < 0 || p.Minor < 0 && total.Minor > 0 {
				t.Fatalf("part %d of %v by %v is %v", i, total, weights, p)
			}
			off := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(total.Minor), big.NewInt(weights[i])), whole)
			if off.Sub(off, new(big.Rat).SetInt64(p.Minor)).Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("part %d is a whole unit off", i)
			}
		}
		if sum.Cmp(big.NewInt(total.Minor)) != 0 {
			t.Fatalf("%v by %v sums to %v", total, weights, sum)
		}
	})
}

func TestTax(t *testing.T) { // X7
	for _, c := range []struct {
		price    Money
		percent  string
		included bool
		mode     Rounding
		want     int64
	}{
		{Of(10000, "EUR"), "21", false, HalfUp, 2100}, {Of(12100, "EUR"), "21", true, HalfUp, 2100},
		{Of(250, "EUR"), "5", false, HalfUp, 13}, {Of(250, "EUR"), "5", false, HalfEven, 12}, {Of(250, "EUR"), "5", false, Down, 12},
		{Of(350, "EUR"), "5", false, HalfEven, 18}, {Of(-250, "EUR"), "5", false, HalfUp, -13}, {Of(-250, "EUR"), "5", false, HalfEven, -12},
		{Of(-270, "EUR"), "5", false, Down, -13}, {Of(249, "EUR"), "5", false, HalfUp, 12}, {Of(251, "EUR"), "5", false, HalfEven, 13},
		{Of(-100, "EUR"), "0", false, HalfUp, 0}, {Of(0, "EUR"), "21", true, HalfUp, 0}, {Of(1000, "EUR"), "0", true, HalfUp, 0},
		{Of(1000, "JPY"), "8.25", false, HalfUp, 83}, {Of(999, "KWD"), "12.5", true, HalfUp, 111}, {Of(-105, "EUR"), "110", true, HalfUp, -55},
		{Of(math.MaxInt64, "EUR"), "100", false, HalfUp, math.MaxInt64}, {Of(math.MaxInt64, "EUR"), "300", true, Down, math.MaxInt64/4*3 + 2},
	} {
		f := Tax
		if c.included {
			f = TaxIncluded
		}
		got, err := f(c.price, dec(c.percent), c.mode)
		if err != nil || got != Of(c.want, c.price.Currency) {
			t.Errorf("%s%% of %v (included %v, mode %d) = %v, %v; want %d", c.percent, c.price, c.included, c.mode, got, err, c.want)
		}
	}
	for percent, want := range map[string]error{"-1": ErrRate, "-100": ErrRate, "1e10000": ErrRate, "1e-10000": ErrRate, "101": ErrOverflow, strings.Repeat("9", 60): ErrRate} {
		if got, err := Tax(Of(math.MaxInt64, "EUR"), dec(percent), HalfUp); !errors.Is(err, want) {
			t.Errorf("%.20s%%: %v, %v", percent, got, err)
		}
		if _, err := Taxes([]Money{Of(math.MaxInt64, "EUR")}, dec(percent), false, HalfUp); !errors.Is(err, want) {
			t.Errorf("Taxes, %.20s%%: %v", percent, err)
		}
	}
	if _, err := TaxIncluded(Of(100, "EUR"), dec("-100"), HalfUp); !errors.Is(err, ErrRate) {
		t.Error("−100 % included:", err)
	}
}

// TestTaxesRoundOnce shows the two ways of X7: three lines of 0.33 at 10 % owe 0.09 by line, and 0.10 by the total.
func TestTaxesRoundOnce(t *testing.T) {
	lines := []Money{Of(33, "EUR"), Of(33, "EUR"), Of(33, "EUR")}
	line, _ := Tax(lines[0], dec("10"), HalfUp)
	got, err := Taxes(lines, dec("10"), false, HalfUp)
	if err != nil || line.Minor != 3 || cmp.Diff([]int64{4, 3, 3}, minors(got)) != "" {
		t.Error(line, got, err)
	}
	got, err = Taxes([]Money{Of(1000, "EUR"), Of(-333, "EUR")}, dec("21"), false, HalfUp) // a credited line
	if err != nil || cmp.Diff([]int64{210, -70}, minors(got)) != "" {
		t.Error(got, err)
	}
	if got, err := Taxes(nil, dec("21"), true, HalfUp); err != nil || got != nil {
		t.Error(got, err)
	}
	if _, err := Taxes([]Money{Of(1, "EUR"), Of(1, "USD")}, dec("21"), true, HalfUp); !errors.Is(err, ErrCurrency) {
		t.Error(err)
	}
}

func TestTaxesKeepTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lines []Money
		for _, minor := range rapid.SliceOfN(rapid.Int64Range(-1e12, 1e12), 1, 12).Draw(t, "lines") {
			lines = append(lines, Of(minor, "EUR"))
		}
		percent := decimal.New(rapid.Int64Range(0, 1_000_000).Draw(t, "percent"), -4)
		included := rapid.Bool().Draw(t, "included")
		mode := rapid.SampledFrom([]Rounding{HalfUp, HalfEven, Down}).Draw(t, "mode")
		f := Tax
		if included {
			f = TaxIncluded
		}
		total, _ := Sum(lines...)
		want, err := f(total, percent, mode)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := Taxes(lines, percent, included, mode)
		if err != nil {
			t.Fatal(err)
		}
		sum, _ := Sum(parts...)
		if sum != want {
			t.Fatalf("lines %v at %v owe %v, together %v", lines, percent, parts, want)
		}
		for i, p := range parts {
			alone, _ := f(lines[i], percent, mode)
			if d := p.Sub(alone).Abs().Minor; d > 1 {
				t.Fatalf("line %v owes %v, alone %v", lines[i], p, alone)
			}
		}
	})
}

// TestTaxIncludedUndoesTax: a price, taxed and then taken apart again, gives the same tax when nothing was rounded.
func TestTaxIncludedUndoesTax(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := Of(100*rapid.Int64Range(-1e12, 1e12).Draw(t, "net"), "EUR")
		percent := decimal.NewFromInt(rapid.Int64Range(0, 100).Draw(t, "percent"))
		out, err := Tax(net, percent, HalfUp)
		if err != nil {
			t.Fatal(err)
		}
		if in, err := TaxIncluded(net.Add(out), percent, HalfUp); err != nil || in != out {
			t.Fatalf("%v at %v%%: %v on it, %v in it, %v", net, percent, out, in, err)
		}
	})
}

func TestMulDecimalAndPercent(t *testing.T) {
	for _, c := range []struct {
		price Money
		qty   string
		want  int64
		err   error
	}{
		{Of(2985, "USD"), "1", 2985, nil}, {Of(2985, "USD"), "1.5", 4478, nil}, {Of(-2985, "USD"), "1.5", -4478, nil}, {Of(2985, "USD"), "-1.5", -4478, nil},
		{Of(100, "JPY"), "0.005", 1, nil}, {Of(100, "JPY"), "0.00499999999999999999999999", 0, nil}, {Of(7, "KWD"), "0", 0, nil},
		{Of(math.MaxInt64, "USD"), "1", math.MaxInt64, nil}, {Of(math.MaxInt64, "USD"), "1.0000000000000000001", 0, ErrOverflow},
		{Of(math.MinInt64, "USD"), "1", math.MinInt64, nil}, {Of(1, "USD"), "1e19", 0, ErrRate}, {Of(1, "USD"), "1e18", 1e18, nil},
	} {
		got, err := MulDecimal(c.price, dec(c.qty))
		if !errors.Is(err, c.err) || got.Minor != c.want {
			t.Errorf("%v × %s = %v, %v; want %d, %v", c.price, c.qty, got, err, c.want, c.err)
		}
	}
	if got, err := Percent(Of(999, "EUR"), dec("-50"), HalfUp); err != nil || got != Of(-500, "EUR") {
		t.Error("a discount:", got, err)
	}
	var zero decimal.Decimal
	if got, err := MulDecimal(Of(5, "EUR"), zero); err != nil || !got.IsZero() {
		t.Error("the zero decimal:", got, err)
	}
}
