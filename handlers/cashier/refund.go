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

// Refund asks the gateway to give back what finance.Desk.BeginRefund has written down, and books what it then says; it reports
// whether that is booked already. Of a refund that was asked for before only the result is asked. A gateway that does not answer
// is Unavailable: it is asked again under the same key, and nothing else is given back of the payment meanwhile.
func (c *Cashier) Refund(ctx context.Context, r finance.GatewayRefund) (booked bool, err error) {
	a, err := c.m.Finance.AttemptByID(ctx, r.AttemptID)
	switch {
	case err != nil:
		return false, err
	case r.State == finance.RefundMade && r.Told(a):
		return true, c.m.Finance.RefundTold(ctx, r.ID)
	case r.State == finance.RefundRefused || a.ExternalID == nil:
		return false, errRefused
	case r.Forgotten(c.m.DB.Now()): // as after a standstill: the gateway may have forgotten the key, and would make it again
		_, err := c.m.Finance.RefundUnanswered(ctx, r)
		if err == nil {
			_, err = c.Ask(ctx, a)
		}
		return false, errors.Join(errRefused, err)
	}
	ctx = context.WithoutCancel(ctx) // money that moves is written down even if the browser has gone
	if r.State == finance.RefundAsked {
		if err := c.giveBack(ctx, r, a); err != nil {
			return false, err
		}
	}
	return c.heardOf(ctx, r, a)
}

// giveBack asks for a refund.
func (c *Cashier) giveBack(ctx context.Context, r finance.GatewayRefund, a finance.Attempt) error {
	g, err := c.of(ctx, a)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = g.Refund(call, gateway.Refund{Key: r.Key, Ref: gateway.Ref{Key: a.Key, ExternalID: *a.ExternalID}, Amount: r.Money()})
	switch {
	case errors.Is(err, gateway.ErrRefused), errors.Is(err, gateway.ErrUnknown):
		slog.ErrorContext(ctx, "a gateway refused a refund", "gateway", a.Gateway, "attempt", a.ID, "err", err)
		return errors.Join(errRefused, c.m.Finance.RefundEnded(ctx, r.ID, finance.RefundRefused))
	case err != nil:
		over, failed := c.m.Finance.RefundUnanswered(ctx, r)
		slog.WarnContext(ctx, "a gateway did not answer to a refund", "gateway", a.Gateway, "attempt", a.ID, "given_up", over, "err", err)
		return errors.Join(errRefund, failed)
	}
	return c.m.Finance.RefundEnded(ctx, r.ID, finance.RefundMade)
}

// heardOf asks what has become of a refund that was made. A gateway that does not tell of it yet, or does not answer, is asked
// again: the money has gone, and until it is booked the payment looks as if it were still there.
func (c *Cashier) heardOf(ctx context.Context, r finance.GatewayRefund, a finance.Attempt) (booked bool, err error) {
	a, err = c.Ask(ctx, a)
	if told := r.Told(a); err == nil && (told || r.Failed(c.m.DB.Now())) {
		return told, c.m.Finance.RefundTold(ctx, r.ID)
	}
	if db.KindOf(err) == db.Unavailable {
		err = nil
	}
	r.State = finance.RefundMade
	_, failed := c.m.Finance.RefundUnanswered(ctx, r)
	slog.WarnContext(ctx, "a gateway does not tell of a refund that it made", "gateway", a.Gateway, "attempt", a.ID)
	return false, errors.Join(err, failed)
}

// refundAgain asks again for refunds whose answer is missing.
func (c *Cashier) refundAgain(ctx context.Context, limit int) error {
	due, err := c.m.Finance.DueRefunds(ctx, limit)
	for _, r := range due {
		if _, err := c.Refund(ctx, r); err != nil && !errors.Is(err, errRefund) && !errors.Is(err, errRefused) {
			_, failed := c.m.Finance.RefundUnanswered(ctx, r)
			slog.ErrorContext(ctx, "a refund could not be asked for again", "refund", r.ID, "err", errors.Join(err, failed))
		}
	}
	return err
}
