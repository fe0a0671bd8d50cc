package money

import (
	"errors"
	"math/big"

	"github.com/shopspring/decimal"
)

// Rounding says what becomes of a fraction of a minor unit.
type Rounding int

// Ways of rounding.
const (
	HalfUp   Rounding = iota // to the nearest, halves away from zero: what invoices use
	HalfEven                 // to the nearest, halves to the even neighbour
	Down                     // towards zero
)

// ErrRate says that a rate or a quantity cannot be reckoned with: absurdly long or large, or a tax below zero.
var ErrRate = errors.New("money: unusable rate")

// MulDecimal is a price times a quantity of any precision, as 1.5 months or 0.033 GB, rounded HalfUp. The error is
// ErrRate or ErrOverflow.
func MulDecimal(price Money, qty decimal.Decimal) (Money, error) {
	return scale(price, qty, big.NewRat(1, 1), HalfUp)
}

// Percent is so many per cent of an amount: Percent(m, 21, HalfUp) is 21 % of m. The error is ErrRate or ErrOverflow.
func Percent(m Money, percent decimal.Decimal, mode Rounding) (Money, error) {
	return scale(m, percent, big.NewRat(1, 100), mode)
}

// Tax is the tax on a price without it: Tax(100 €, 21, HalfUp) is 21 €. percent is the rate in per cent, zero or more.
// Round per line (X7, per transaction) by calling it with each line, on the total by calling Taxes. The error is
// ErrRate or ErrOverflow.
func Tax(net Money, percent decimal.Decimal, mode Rounding) (Money, error) {
	return tax(net, percent, false, mode)
}

// TaxIncluded is the tax within a price that includes it: TaxIncluded(121 €, 21, HalfUp) is 21 €. The net price is what
// is left, so net and tax always make up the price. Else it is like Tax.
func TaxIncluded(gross Money, percent decimal.Decimal, mode Rounding) (Money, error) {
	return tax(gross, percent, true, mode)
}

func tax(m Money, percent decimal.Decimal, included bool, mode Rounding) (Money, error) {
	factor, err := taxFactor(percent, included)
	if err != nil {
		return Money{}, err
	}
	return fromRat(new(big.Rat).Mul(amount(m), factor), m.Currency, mode)
}

// Taxes is the tax of each line of a document at one rate, rounded once on the total (X7): the whole tax is that of
// the lines' sum, and the lines share it to the minor unit by largest remainder. included says whether the lines' prices
// include the tax. All lines have one currency; of no lines it is nil. The error is ErrRate, ErrOverflow or ErrCurrency.
func Taxes(lines []Money, percent decimal.Decimal, included bool, mode Rounding) ([]Money, error) {
	factor, err := taxFactor(percent, included)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	sum, err := Sum(lines...)
	if err != nil {
		return nil, err
	}
	whole := round(new(big.Rat).Mul(amount(sum), factor), mode)
	exact := make([]*big.Rat, len(lines))
	for i, line := range lines {
		exact[i] = new(big.Rat).Mul(amount(line), factor)
	}
	out := make([]Money, len(lines))
	for i, part := range share(whole, exact) {
		if !part.IsInt64() {
			return nil, ErrOverflow
		}
		out[i] = Of(part.Int64(), sum.Currency)
	}
	return out, nil
}

// taxFactor is what to multiply a price with to get its tax: p/100, or p/(100+p) when the price includes it.
func taxFactor(percent decimal.Decimal, included bool) (*big.Rat, error) {
	p, err := exactly(percent)
	if err != nil {
		return nil, err
	}
	if p.Sign() < 0 {
		return nil, ErrRate
	}
	base := big.NewRat(100, 1)
	if included {
		base.Add(base, p)
	}
	return p.Quo(p, base), nil
}

func scale(m Money, by decimal.Decimal, unit *big.Rat, mode Rounding) (Money, error) {
	f, err := exactly(by)
	if err != nil {
		return Money{}, err
	}
	f.Mul(f, unit)
	return fromRat(f.Mul(f, amount(m)), m.Currency, mode)
}

// exactly is a decimal as a fraction. A text such as 1e10000 is a short decimal and an endless fraction, so what no
// price list holds is refused.
func exactly(d decimal.Decimal) (*big.Rat, error) {
	if e := d.Exponent(); e > 18 || e < -30 || d.Coefficient().BitLen() > 128 {
		return nil, ErrRate
	}
	return d.Rat(), nil
}

func amount(m Money) *big.Rat { return new(big.Rat).SetInt64(m.Minor) }

func fromRat(r *big.Rat, c Currency, mode Rounding) (Money, error) {
	n := round(r, mode)
	if !n.IsInt64() {
		return Money{}, ErrOverflow
	}
	return Of(n.Int64(), c), nil
}

func round(r *big.Rat, mode Rounding) *big.Int {
	whole, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int)) // towards zero
	half := rest.Abs(rest).Lsh(rest, 1).Cmp(r.Denom())
	if mode == Down || half < 0 || half == 0 && mode == HalfEven && whole.Bit(0) == 0 {
		return whole
	}
	return whole.Add(whole, big.NewInt(int64(r.Sign())))
}
