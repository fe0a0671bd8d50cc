package portal

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/limit"
	"myisp/models/portal"
	"myisp/models/session"
	views "myisp/views/finance"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// takesCards reports whether the partner's customers can enter refill cards (P52).
func takesCards(r *web.Request) bool {
	return slices.Contains(portal.PaymentMethods.Of(r.View.Values), "refill_card")
}

func (h *Handlers) refillPage(c echo.Context) (views.Refill, error) {
	r := web.From(c)
	if !takesCards(r) {
		return views.Refill{}, db.ErrNotFound
	}
	shell, err := h.financeShell(c, i18n.T(c.Request().Context(), "refill.title"), "/finance/payments")
	return views.Refill{Shell: shell, Menu: financeMenu(r, views.CardItem), Company: r.View.Company}, err
}

// RefillCard is GET /finance/refill-card (§2.8, P52).
func (h *Handlers) RefillCard(c echo.Context) error {
	p, err := h.refillPage(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.RefillPage(p))
}

// RedeemCard is POST /finance/refill-card: the card's code becomes a payment, whose receipt comes next.
func (h *Handlers) RedeemCard(c echo.Context) error {
	p, err := h.refillPage(c)
	if err != nil {
		return err
	}
	r, ctx := web.From(c), c.Request().Context()
	party := finance.Party{CustomerID: r.Me(), PartnerID: r.View.Partner.ID, LocationID: r.Customer.LocationID, Currency: currencyOf(r)}
	r.Details = "-"
	pay, err := h.m.RedeemCard(ctx, finance.RedeemCard{Code: c.FormValue("code"), Party: party, Today: today(r)}, c.RealIP())
	if err == nil {
		r.Details = pay.Comment
		if err := h.kit.SetFlash(c, session.Customer, ui.Ok, "refill.done"); err != nil {
			return err
		}
		return web.SeeOther(c, path("payments", pay.ID))
	}
	p.Code = c.FormValue("code")
	var own finance.OwnCard
	if errors.As(err, &own) {
		p.Own = p.Menu.Link("payments", own.PaymentID)
	}
	if errors.As(err, new(limit.TooMany)) {
		p.Error = "refill.error.too_often"
		web.SetRetryAfter(c, err)
		return web.Render(c, http.StatusTooManyRequests, views.RefillPage(p))
	}
	fields, ok := web.Fields(err)
	if !ok {
		return err
	}
	p.Error = fields["code"]
	return web.Again(c, views.RefillPage(p))
}
