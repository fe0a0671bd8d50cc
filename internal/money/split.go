package money

import (
	"errors"
	"math/big"
	"slices"
)

// ErrWeights says that an amount cannot be shared out: no weights, a negative one, or all of them zero.
var ErrWeights = errors.New("money: unusable weights")

// Split shares a total out in proportion to the weights, to the minor unit: the parts always sum to the total. What
// rounding leaves goes to the parts with the largest remainders, of equal ones to the earlier. A zero weight gets nothing, and
// no part has the opposite sign of the total. The error is ErrWeights.
func Split(total Money, weights []int64) ([]Money, error) {
	sum := new(big.Int)
	for _, w := range weights {
		if w < 0 {
			return nil, ErrWeights
		}
		sum.Add(sum, big.NewInt(w))
	}
	if sum.Sign() == 0 {
		return nil, ErrWeights
	}
	exact := make([]*big.Rat, len(weights))
	for i, w := range weights {
		share := new(big.Int).Mul(big.NewInt(total.Minor), big.NewInt(w))
		exact[i] = new(big.Rat).SetFrac(share.Abs(share), sum)
	}
	parts := share(new(big.Int).Abs(big.NewInt(total.Minor)), exact)
	out := make([]Money, len(parts))
	for i, p := range parts {
		if total.Minor < 0 {
			p.Neg(p)
		}
		out[i] = Of(p.Int64(), total.Currency)
	}
	return out, nil
}

// share rounds exact parts to whole numbers that sum to a total, by largest remainder. The total may differ from the
// sum of the parts by what rounding it makes, less than one.
func share(total *big.Int, exact []*big.Rat) []*big.Int {
	parts, rest := make([]*big.Int, len(exact)), make([]*big.Rat, len(exact))
	left := new(big.Int).Set(total)
	order := make([]int, len(exact))
	for i, e := range exact {
		parts[i] = new(big.Int).Div(e.Num(), e.Denom()) // rounds down, below zero too
		rest[i] = new(big.Rat).Sub(e, new(big.Rat).SetInt(parts[i]))
		left.Sub(left, parts[i])
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return rest[b].Cmp(rest[a]) })
	for i := range int(left.Int64()) {
		parts[order[i]].Add(parts[order[i]], big.NewInt(1))
	}
	return parts
}
