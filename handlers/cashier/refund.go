package cashier

import (
	"context"
	"errors"
	"log/slog"

	"myisp/internal/gateway"
	"myisp/models/db"
	"myisp/models/finance"
)

// errRefused tells staff that the money did not go back.
var errRefused = db.Fail(db.Conflict, "desk.refund_refused")

// errRefund tells staff that nobody knows yet whether the money went back.
var errRefund = db.Fail(db.Unavailable, "desk.refund_unknown")

// Refund asks the gateway to give back what finance.Desk.BeginRefund has written down, and books what it then says. Of a
// refund that was asked for before only the result is asked. A gateway that does not answer is Unavailable: it is asked
// again under the same key, and nothing else is given back of the payment meanwhile.
func (c *Cashier) Refund(ctx context.Context, r finance.GatewayRefund) (finance.Attempt, error) {
	a, err := c.m.Finance.AttemptByID(ctx, r.AttemptID)
	if err != nil || r.State == finance.RefundMade {
		return a, err
	}
	if r.State == finance.RefundRefused || a.ExternalID == nil {
		return a, errRefused
	}
	g, err := c.of(ctx, a)
	if err != nil {
		return a, err
	}
	ctx = context.WithoutCancel(ctx) // money that moves is written down even if the browser has gone
	call, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = g.Refund(call, gateway.Refund{Key: r.Key, Ref: gateway.Ref{Key: a.Key, ExternalID: *a.ExternalID}, Amount: r.Money()})
	switch {
	case errors.Is(err, gateway.ErrRefused), errors.Is(err, gateway.ErrUnknown):
		slog.ErrorContext(ctx, "a gateway refused a refund", "gateway", a.Gateway, "attempt", a.ID, "err", err)
		return a, errors.Join(errRefused, c.m.Finance.RefundEnded(ctx, r.ID, finance.RefundRefused))
	case err != nil:
		over, failed := c.m.Finance.RefundUnanswered(ctx, r)
		slog.WarnContext(ctx, "a gateway did not answer to a refund", "gateway", a.Gateway, "attempt", a.ID, "given_up", over, "err", err)
		return a, errors.Join(errRefund, failed)
	}
	if err := c.m.Finance.RefundEnded(ctx, r.ID, finance.RefundMade); err != nil {
		return a, err
	}
	return c.Ask(ctx, a)
}

// refundAgain asks again for refunds whose answer is missing.
func (c *Cashier) refundAgain(ctx context.Context, limit int) error {
	due, err := c.m.Finance.DueRefunds(ctx, limit)
	for _, r := range due {
		if _, err := c.Refund(ctx, r); err != nil && !errors.Is(err, errRefund) && !errors.Is(err, errRefused) && !errors.Is(err, errGateway) {
			_, failed := c.m.Finance.RefundUnanswered(ctx, r)
			slog.ErrorContext(ctx, "a refund could not be asked for again", "refund", r.ID, "err", errors.Join(err, failed))
		}
	}
	return err
}
