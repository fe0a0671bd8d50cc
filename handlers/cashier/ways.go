package cashier

import (
	"context"
	"slices"

	"myisp/internal/gateway"
	"myisp/internal/money"
	"myisp/models/finance"
)

// pretend is the name of the gateway whose payments are no money.
const pretend = "sandbox"

// IsPretend reports whether a gateway only pretends to take money.
func (c *Cashier) IsPretend(name string) bool { return name == pretend }

// Ways are the gateways of one partner as they are set up, all of them or those for one customer, read once for a request that asks several things about them.
type Ways struct {
	c      *Cashier
	setups []finance.GatewaySetup
	debt   money.Money // see Owing
}

// Ways reads a partner's gateways.
func (c *Cashier) Ways(ctx context.Context, partner int64) (Ways, error) {
	setups, err := c.m.Finance.Gateways(ctx, partner)
	return Ways{c: c, setups: setups}, err
}

// WaysFor reads those of a partner's gateways that are for a customer, by where they are and how their bills are paid.
func (c *Cashier) WaysFor(ctx context.Context, partner, customer int64) (Ways, error) {
	setups, err := c.m.Finance.Of(customer).Gateways(ctx, partner)
	return Ways{c: c, setups: setups}, err
}

// Owing are the ways with what a customer owes in a currency: those that take the whole debt alone are offered for no less. It is read
// only where there are such.
func (w Ways) Owing(ctx context.Context, customer int64, c money.Currency) (Ways, error) {
	var err error
	if slices.ContainsFunc(w.setups, func(g finance.GatewaySetup) bool { return g.CoversDebt }) {
		w.debt, err = w.c.m.Finance.Of(customer).Debt(ctx, c)
	}
	return w, err
}

// Debt is what is owed, where one of the ways asks for it.
func (w Ways) Debt() money.Money { return w.debt }

// Whole lists what would pay all that is owed, and for that reason not an amount that is asked for.
func (w Ways) Whole(p finance.Purpose, amount int64) []finance.Choice {
	if !w.debt.Positive() {
		return nil
	}
	return slices.DeleteFunc(w.Choices(finance.PayAll, w.debt.Minor, w.debt.Currency), func(g finance.Choice) bool {
		return !g.Serves(p) || g.Covers(p, amount, w.debt.Minor)
	})
}

// Setups lists all of them in the order of the customer's choice, enabled or not.
func (w Ways) Setups() []finance.GatewaySetup { return slices.Clone(w.setups) }

// Choices lists what a customer may pay an amount (minor units of currency) with: the partner's enabled gateways that serve the
// purpose, are part of this program, and take the currency and the amount; see Owing for those that take the whole debt alone.
func (w Ways) Choices(p finance.Purpose, amount int64, currency money.Currency) []finance.Choice {
	return slices.DeleteFunc(finance.Choices(w.setups, p, amount, currency), func(g finance.Choice) bool {
		kind, ok := w.c.Kind(g.Gateway)
		if !ok || !takes(kind, currency) || amount < kind.Capabilities.Minimum[currency] {
			return true
		}
		if currency == w.debt.Currency && !g.Covers(p, amount, w.debt.Minor) {
			return true
		}
		return p != finance.PayAhead && !kind.Capabilities.Takes(money.Of(amount+g.Fee.Minor, currency))
	})
}

// anyAmount is above every minimum: what is added is not known before the form is sent.
const anyAmount = 1 << 40

// Ahead lists what a customer may add money with. The fees are those of a large amount: they tell only whether there is one.
func (w Ways) Ahead(currency money.Currency) []finance.Choice {
	return w.Choices(finance.PayAhead, anyAmount, currency)
}

// Pretends reports whether customers are offered the pretend gateway: their pages have to say so.
func (w Ways) Pretends() bool {
	return slices.ContainsFunc(w.enabled(), func(g finance.GatewaySetup) bool { return g.Gateway == pretend })
}

// Redirects lists the hosts that checkouts lead to, for the form-action policy of the pages that they begin on.
func (w Ways) Redirects() (hosts []string) {
	for _, g := range w.enabled() {
		hosts = append(hosts, w.c.kindOf(g.Gateway).Capabilities.Redirects...)
	}
	return hosts
}

// Savers lists the enabled gateways that can keep methods in a currency.
func (w Ways) Savers(currency money.Currency) []finance.GatewaySetup {
	return slices.DeleteFunc(w.enabled(), func(g finance.GatewaySetup) bool {
		return !w.c.Saves(g.Gateway) || !takes(w.c.kindOf(g.Gateway), currency)
	})
}

// enabled are those that customers may use and that are part of this program.
func (w Ways) enabled() (list []finance.GatewaySetup) {
	for _, g := range w.setups {
		if _, ok := w.c.Kind(g.Gateway); ok && g.Enabled {
			list = append(list, g)
		}
	}
	return list
}

func takes(kind gateway.Definition, c money.Currency) bool {
	return kind.Capabilities.Currencies == nil || slices.Contains(kind.Capabilities.Currencies, c)
}
