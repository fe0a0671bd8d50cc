package portal

import (
	"errors"
	"time"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/session"
	views "myisp/views/finance"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// sharesLinks reports whether customers make pay links for others (B51).
func sharesLinks(r *web.Request) bool { return portal.PayLinkCustomers.Of(r.View.Values) }

func (h *Handlers) payLinks(c echo.Context) (views.PayLinks, error) {
	r, ctx := web.From(c), c.Request().Context()
	if !sharesLinks(r) {
		return views.PayLinks{}, db.ErrNotFound
	}
	p := views.PayLinks{Menu: financeMenu(r, "")}
	var err error
	if p.Rows, err = h.m.Finance.Of(r.Me()).PayLinks(ctx); err != nil {
		return p, err
	}
	p.Shell, err = h.financeShell(c, i18n.T(ctx, "paylink.mine"), "/finance")
	return p, err
}

// PayLinks is GET /finance/pay-links: the links that let others pay the customer's documents.
func (h *Handlers) PayLinks(c echo.Context) error {
	p, err := h.payLinks(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.PayLinksPage(p))
}

// MakePayLink is POST /finance/pay-links: a link for one of the customer's own documents, shown this once.
func (h *Handlers) MakePayLink(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	if !sharesLinks(r) {
		return db.ErrNotFound
	}
	r.Details = "-"
	kind, text := finance.KindInvoice, c.FormValue("invoice")
	if text == "" {
		kind, text = finance.KindProforma, c.FormValue("proforma")
	}
	if text == "" {
		p, err := h.payLinks(c)
		if err != nil {
			return err
		}
		p.Problem = "paylink.error.choose"
		return web.Again(c, views.PayLinksPage(p))
	}
	id, err := documentID(text)
	if err != nil {
		return err
	}
	days := portal.PayLinkDays.Of(r.View.Values)
	token, l, err := h.m.Finance.Of(r.Me()).MakePayLink(ctx, kind, id, time.Duration(days)*24*time.Hour)
	var said *db.Error
	if err != nil && (!errors.As(err, &said) || said.Kind != db.Conflict) {
		return err
	}
	p, failed := h.payLinks(c)
	if failed != nil {
		return failed
	}
	if err != nil {
		p.Problem = said.Key
		return web.Render(c, web.Status(err), views.PayLinksPage(p))
	}
	p.New, p.URL = l.ID, r.Origin()+web.PayLinkPath(token)
	for _, row := range p.Rows {
		if row.ID == l.ID {
			r.Details = row.Document.Number
		}
	}
	return web.OK(c, views.PayLinksPage(p))
}

// RevokePayLink is POST /finance/pay-links/:id/closure.
func (h *Handlers) RevokePayLink(c echo.Context) error {
	id, err := documentID(c.Param("id"))
	if err != nil {
		return err
	}
	if err := h.m.Finance.Of(web.From(c).Me()).RevokePayLink(c.Request().Context(), id); err != nil {
		return err
	}
	if err := h.kit.SetFlash(c, session.Customer, ui.Ok, "paylink.revoked_now"); err != nil {
		return err
	}
	return web.SeeOther(c, "/finance/pay-links")
}
