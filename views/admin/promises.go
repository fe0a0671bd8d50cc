package admin

import (
	"context"

	"myisp/models/customer"
	"myisp/models/service"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// promisesOnCard is how many promises the card lists.
const promisesOnCard = 5

// concerned reports whether there is anything to say about paying and blocking.
func (p CustomerOverview) concerned() bool {
	return len(p.Standing.Steps) > 0 || len(p.Promises) > 0 || p.PromiseError != ""
}

// grantable reports whether time to pay can be granted.
func (p CustomerOverview) grantable() bool {
	s := p.Standing.Stand
	return p.MayPromise && s.Status != customer.StatusDisabled && (s.Status != customer.StatusBlocked || s.Reason == "") && !s.Enough()
}

func (p CustomerOverview) promises() []service.Promise {
	return p.Promises[:min(promisesOnCard, len(p.Promises))]
}

func (p CustomerOverview) until() string {
	switch {
	case p.Until != "":
		return p.Until
	case p.Standing.Stand.Open != nil:
		return string(p.Standing.Stand.Open.Until)
	}
	return string(p.Standing.Offer.Until)
}

func (p CustomerOverview) promiseLine(ctx context.Context, x service.Promise) string {
	amount := ""
	if p.May.Finance {
		amount = format.Money(ctx, x.Owed())
	}
	if amount == "" {
		return joined(ctx, dayText(ctx, x.MadeOn), dayText(ctx, x.Until))
	}
	return i18n.T(ctx, "promise.line", "amount", amount, "from", dayText(ctx, x.MadeOn), "until", dayText(ctx, x.Until))
}

func promiseSub(ctx context.Context, x service.Promise) string {
	by := i18n.T(ctx, "promise.by_customer")
	if x.GrantedBy != "" {
		by = i18n.T(ctx, "promise.by_staff", "name", format.Isolate(ctx, x.GrantedBy))
	}
	if x.Restored {
		return joined(ctx, by, i18n.T(ctx, "promise.restored"))
	}
	return by
}

func promiseTone(s service.PromiseState) (ui.Tone, string) {
	switch s {
	case service.PromiseOpen:
		return ui.Info, "clock"
	case service.PromiseKept:
		return ui.Ok, "check"
	case service.PromiseBroken:
		return ui.Bad, "circle-x"
	}
	return ui.Neutral, "x"
}
