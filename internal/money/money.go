// Package money holds amounts as integer minor units with their ISO 4217 currency: no float ever carries money.
package money

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strings"
)

// Currency is an ISO 4217 alphabetic code in upper case, such as "EUR".
type Currency string

// exponents lists the currencies whose minor unit is not a hundredth (ISO 4217, column "minor unit").
var exponents = map[Currency]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
	"UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// Exponent is the number of decimals of the currency's minor unit: 0 for JPY, 2 for USD, 3 for KWD.
func (c Currency) Exponent() int {
	if e, ok := exponents[c]; ok {
		return e
	}
	return 2
}

// Valid reports whether c has the shape of an ISO 4217 code: three letters A–Z.
func (c Currency) Valid() bool {
	if len(c) != 3 {
		return false
	}
	for _, r := range c {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}

// Money is an amount in minor units of one currency. The zero value is nothing in no currency, and adds to anything.
type Money struct {
	Minor    int64
	Currency Currency
}

// Of makes an amount of minor units: Of(4290, "EUR") is 42.90 EUR, Of(4290, "JPY") is 4290 JPY.
func Of(minor int64, c Currency) Money { return Money{Minor: minor, Currency: c} }

// ErrCurrency says that two amounts of different currencies met.
var ErrCurrency = errors.New("money: different currencies")

// ErrOverflow says that an amount does not fit into 64 bits of minor units.
var ErrOverflow = errors.New("money: amount too large")

// Add returns m + n. It panics with ErrCurrency on different currencies and with ErrOverflow beyond 64 bits: code that
// gets there is wrong, whatever the data. Where the data come from outside, use Plus.
func (m Money) Add(n Money) Money {
	sum, err := m.Plus(n)
	if err != nil {
		panic(err)
	}
	return sum
}

// Plus is Add for amounts nobody has checked: the error is ErrCurrency or ErrOverflow.
func (m Money) Plus(n Money) (Money, error) {
	c, ok := common(m, n)
	if !ok {
		return Money{}, fmt.Errorf("%w: %s and %s", ErrCurrency, m.Currency, n.Currency)
	}
	sum := m.Minor + n.Minor
	if (m.Minor < 0) == (n.Minor < 0) && (sum < 0) != (m.Minor < 0) {
		return Money{}, ErrOverflow
	}
	return Money{Minor: sum, Currency: c}, nil
}

// Sum adds up amounts of one currency; of nothing it is the zero Money. The error is ErrCurrency or ErrOverflow, the
// latter also when only a part of the way does not fit.
func Sum(amounts ...Money) (sum Money, err error) {
	for _, a := range amounts {
		if sum, err = sum.Plus(a); err != nil {
			return Money{}, err
		}
	}
	return sum, nil
}

// Sub returns m − n, and panics as Add and Neg do.
func (m Money) Sub(n Money) Money { return m.Add(n.Neg()) }

// Neg returns −m. It panics with ErrOverflow on the one amount that has no opposite, −2⁶³.
func (m Money) Neg() Money {
	if m.Minor == math.MinInt64 {
		panic(ErrOverflow)
	}
	return Money{Minor: -m.Minor, Currency: m.Currency}
}

// Abs returns m without its sign, and panics as Neg does.
func (m Money) Abs() Money {
	if m.Minor < 0 {
		return m.Neg()
	}
	return m
}

// IsZero reports whether nothing is left, whatever the currency.
func (m Money) IsZero() bool { return m.Minor == 0 }

// Positive reports whether m > 0.
func (m Money) Positive() bool { return m.Minor > 0 }

// Negative reports whether m < 0.
func (m Money) Negative() bool { return m.Minor < 0 }

// Cmp is −1, 0 or +1 as m is less than, equal to or more than n. It panics as Add does on different currencies.
func (m Money) Cmp(n Money) int {
	if _, ok := common(m, n); !ok {
		panic(fmt.Errorf("%w: %s and %s", ErrCurrency, m.Currency, n.Currency))
	}
	return cmp.Compare(m.Minor, n.Minor)
}

// Min returns the smaller of two amounts of one currency.
func Min(a, b Money) Money {
	if a.Cmp(b) <= 0 {
		return a
	}
	return b
}

func common(m, n Money) (Currency, bool) {
	switch {
	case m.Currency == n.Currency, n.Currency == "":
		return m.Currency, true
	case m.Currency == "":
		return n.Currency, true
	}
	return "", false
}

// Decimal writes the amount with its currency's decimals, a point and no grouping: "-42.90", for machines (CSV, gateways).
func (m Money) Decimal() string { return FormatMinor(m.Minor, m.Currency.Exponent()) }

// String is Decimal with the currency, for logs and test failures; people see what views/format writes.
func (m Money) String() string { return m.Decimal() + " " + string(m.Currency) }

// FormatMinor writes minor units with the given number of decimals: FormatMinor(-5, 2) is "-0.05".
func FormatMinor(minor int64, decimals int) string {
	sign, u := "", uint64(minor)
	if minor < 0 {
		sign, u = "-", uint64(-(minor+1))+1
	}
	digits := fmt.Sprintf("%0*d", decimals+1, u)
	if decimals == 0 {
		return sign + digits
	}
	cut := len(digits) - decimals
	return sign + digits[:cut] + "." + digits[cut:]
}

// ErrSyntax says that a text is not an amount.
var ErrSyntax = errors.New("money: not an amount")

// ErrPrecision says that an amount has more decimals than its currency.
var ErrPrecision = errors.New("money: too many decimals")

// Parse reads a machine-written decimal such as "42.9", "-7" or "1234.50": an optional sign, digits, at most one point.
// It knows no grouping and no exponent, so NaN, "1e9" and "1,000" are ErrSyntax. Trailing zeros beyond the
// currency's decimals are taken, other digits there are ErrPrecision.
func Parse(s string, c Currency) (Money, error) {
	minor, err := ParseMinor(s, c.Exponent())
	return Money{Minor: minor, Currency: c}, err
}

// ParseMinor is Parse for a known number of decimals; it returns minor units.
func ParseMinor(s string, decimals int) (int64, error) {
	s = strings.TrimSpace(s)
	if len(s) > 64 {
		return 0, ErrSyntax
	}
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	if whole+frac == "" || !digitsOnly(whole) || !digitsOnly(frac) {
		return 0, ErrSyntax
	}
	frac = strings.TrimRight(frac, "0")
	if len(frac) > decimals {
		return 0, ErrPrecision
	}
	limit := uint64(math.MaxInt64)
	if negative {
		limit++ // −2⁶³ is an amount
	}
	var n uint64
	for _, r := range whole + frac + strings.Repeat("0", decimals-len(frac)) {
		d := uint64(r - '0')
		if n > (limit-d)/10 {
			return 0, ErrOverflow
		}
		n = n*10 + d
	}
	if negative {
		return -int64(n), nil // wraps to itself at −2⁶³
	}
	return int64(n), nil
}

func digitsOnly(s string) bool { return strings.Trim(s, "0123456789") == "" }
