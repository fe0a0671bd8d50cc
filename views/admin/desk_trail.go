package admin

import (
	"context"
	"strconv"

	"myisp/views/format"
	"myisp/views/i18n"
)

// refunded is the amount of the refund that is to be confirmed.
func (p DeskPage) refunded(ctx context.Context) string {
	n, _ := strconv.ParseInt(p.Sure, 10, 64)
	return format.Money(ctx, p.money(n))
}

// refundLabel names the amount once it is known what giving it back does.
func (p DeskPage) refundLabel(ctx context.Context) string {
	if !p.Asked {
		return i18n.T(ctx, "desk.refund")
	}
	return i18n.T(ctx, "payment.refund_sure", "amount", p.refunded(ctx))
}

// opens lists what the refund opens again.
func (p DeskPage) opens(ctx context.Context) string {
	parts := make([]string, len(p.Opens))
	for i, o := range p.Opens {
		parts[i] = i18n.T(ctx, "payment.opens_by", "name", format.Isolate(ctx, o.Name), "amount", format.Money(ctx, o.Amount))
	}
	return joined(ctx, parts...)
}
