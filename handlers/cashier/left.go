package cashier

import (
	"context"
	"log/slog"

	"myisp/internal/gateway"
	"myisp/models/finance"
)

// begin writes an attempt down. A checkout that the customer has left on its page, by going back and choosing anew, is ended
// at its gateway first: else it would stand in the way for half an hour, and could still be paid besides the new one.
func (c *Cashier) begin(ctx context.Context, n finance.NewAttempt) (finance.Attempt, error) {
	me := c.m.Finance.Of(n.Party.CustomerID)
	a, err := me.BeginAttempt(ctx, n)
	if !finance.IsUnderway(err) {
		return a, err
	}
	left, failed := me.Left(ctx, n)
	if failed != nil || len(left) == 0 {
		return a, err
	}
	for _, old := range left {
		if over, failed := c.Leave(ctx, old); failed != nil || over.InFlight() {
			return a, err
		}
	}
	return me.BeginAttempt(ctx, n)
}

// Leave ends an attempt's checkout at its gateway, if nobody has paid it, and settles what the gateway then says.
func (c *Cashier) Leave(ctx context.Context, a finance.Attempt) (finance.Attempt, error) {
	if a.State != finance.AttemptOpen || a.SavedMethodID != 0 {
		return a, nil
	}
	g, err := c.of(ctx, a)
	if err != nil {
		return a, err
	}
	ref, err := c.ref(ctx, a)
	if err != nil {
		return a, err
	}
	ref.Ended = true
	call, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.end(call, g, ref); err != nil {
		return a, err
	}
	report, err := g.Fetch(call, ref)
	if err != nil {
		slog.WarnContext(ctx, "a gateway did not answer about a checkout that was left", "gateway", a.Gateway, "attempt", a.ID, "err", err)
		return a, errGateway
	}
	if report.State == gateway.Open {
		report.State = gateway.Cancelled
	}
	return c.settle(context.WithoutCancel(ctx), a, report)
}

// end closes a checkout where the gateway can; where it cannot, nothing that is approved later is finished by us (Ref.Ended).
func (c *Cashier) end(ctx context.Context, g gateway.Gateway, ref gateway.Ref) error {
	ender, ok := g.(gateway.Ender)
	if !ok {
		return nil
	}
	err := ender.End(ctx, ref)
	if err != nil {
		slog.WarnContext(ctx, "a gateway did not end a checkout", "key", ref.Key, "err", err)
		return errGateway
	}
	return nil
}
