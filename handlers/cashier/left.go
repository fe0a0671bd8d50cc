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

// fetch asks what has become of an attempt. A checkout that is older than its time is ended, and ref says so. What the customer
// approved before that is finished all the same, however late it is first asked for, if they still want to pay it so: somebody
// who pressed Pay there and hears that nothing was paid has been told a lie, and who has paid in another way since expects
// nothing to be taken. After half a day nobody waits any more.
func (c *Cashier) fetch(ctx context.Context, g gateway.Gateway, ref *gateway.Ref, a finance.Attempt) (gateway.Report, error) {
	age := c.m.DB.Now().Sub(a.CreatedAt)
	if a.State != finance.AttemptOpen || age <= checkoutLife+grace {
		return g.Fetch(ctx, *ref)
	}
	if age <= dropped {
		wanted, err := c.m.Finance.StillWanted(ctx, a, checkoutLife)
		if err != nil {
			return gateway.Report{}, err
		}
		if wanted {
			if report, err := g.Fetch(ctx, *ref); err != nil || report.State != gateway.Open {
				return report, err
			}
		}
	}
	ref.Ended = c.end(ctx, g, *ref) == nil
	return g.Fetch(ctx, *ref)
}
