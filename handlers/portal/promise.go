package portal

import (
	"context"
	"errors"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/finance"
	"myisp/models/service"
	views "myisp/views/finance"
	"myisp/views/ui"
)

// PromiseToPay is POST /pay/promise: the customer gives their word, or reads why it is not taken.
func (h *Handlers) PromiseToPay(c echo.Context) error {
	_, err := h.m.Services.Of(web.From(c).Me()).Promise(c.Request().Context())
	var refused *service.Refused
	if !errors.As(err, &refused) {
		if err != nil {
			return err
		}
		return h.flash(c, ui.Ok, "promise.flash", "/pay")
	}
	p, err := h.payPage(c, nil)
	if err != nil {
		return err
	}
	p.Refused = &refused.Offer
	return web.Again(c, views.PayPage(p))
}

// back tells what a payment has done about suspended services. That they are back is said once they are; that they will be
// within minutes, when the balance is what it has to be and only the queue has not come to it.
func (h *Handlers) back(ctx context.Context, r *web.Request, a finance.Attempt) (views.Back, money.Money, error) {
	none := money.Money{}
	switch c := r.Customer; {
	case c.Status == customer.StatusActive && c.StatusSince != nil && !c.StatusSince.Before(a.CreatedAt):
		return views.BackNow, none, nil
	case c.Status != customer.StatusBlocked && c.Status != customer.StatusDisabled:
		return "", none, nil
	}
	s, err := h.m.Services.Of(r.Me()).Standing(ctx, r.View.Partner.ID)
	switch {
	case err != nil || s.Stand.Status == customer.StatusDisabled && !s.Back():
		return "", none, err
	case s.Back():
		return views.BackSoon, none, nil
	case s.Stand.Reason != "":
		return views.BackOther, none, nil
	}
	return views.BackMore, money.Of(s.Stand.MinBalance-s.Stand.Balance, s.Stand.Currency), nil
}
