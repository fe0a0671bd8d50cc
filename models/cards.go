package models

import (
	"context"
	"errors"
	"strconv"
	"time"

	"myisp/models/finance"
	"myisp/models/limit"
)

// How often codes of refill cards may be tried in an hour: by one customer, and from one address by everybody. Neighbours share
// an address, so a busy one refuses nobody outright: it leaves each customer fewer tries.
var (
	cardTries       = limit.Rule{Name: "refill-card", Max: 10, Window: time.Hour}
	cardTriesAt     = limit.Rule{Name: "refill-card-address", Max: 40, Window: time.Hour}
	cardTriesAtBusy = limit.Rule{Name: "refill-card-busy", Max: 3, Window: time.Hour}
)

// RedeemCard uses a refill card up for a customer who comes from ip; see finance.Mine.Redeem. Each try counts before the code is
// looked at. Errors: those, and limit.TooMany.
func (m *Models) RedeemCard(ctx context.Context, n finance.RedeemCard, ip string) (finance.Payment, error) {
	me := strconv.FormatInt(n.Party.CustomerID, 10)
	if err := m.Limits.Take(ctx, cardTries, me); err != nil {
		return finance.Payment{}, err
	}
	err := m.Limits.Take(ctx, cardTriesAt, limit.Source(ip))
	var many limit.TooMany
	if errors.As(err, &many) {
		err = m.Limits.Take(ctx, cardTriesAtBusy, me)
	}
	if err != nil {
		return finance.Payment{}, err
	}
	pay, err := m.Finance.Of(n.Party.CustomerID).Redeem(ctx, n)
	if err != nil {
		return pay, err
	}
	for _, r := range []limit.Rule{cardTries, cardTriesAtBusy} {
		if err := m.Limits.Clear(ctx, r, me); err != nil {
			return pay, err
		}
	}
	return pay, nil
}
