package admin

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
)

func (h *Handlers) payLinks(c echo.Context) (views.PayLinks, error) {
	id, err := paramID(c, "id")
	if err != nil {
		return views.PayLinks{}, err
	}
	r, ctx := web.From(c), c.Request().Context()
	p := views.PayLinks{MayEdit: r.Staff.May(staff.EditFinance)}
	if p.Customer, err = h.m.Customers.Find(ctx, id); err != nil {
		return p, err
	}
	me, today := h.m.Finance.Of(id), todayOf(r, p.Customer)
	if p.Rows, err = me.PayLinks(ctx); err != nil {
		return p, err
	}
	open := finance.Filter{State: finance.Open, Size: 100}
	invoices, err := me.Invoices(ctx, open, today)
	if err != nil {
		return p, err
	}
	for _, d := range invoices.Rows {
		p.Open = append(p.Open, views.LinkOption(ctx, finance.KindInvoice, d.ID, d.Number, money.Of(d.Due, d.Currency)))
	}
	proformas, err := me.ProformaInvoices(ctx, open, today)
	if err != nil {
		return p, err
	}
	for _, d := range proformas.Rows {
		p.Open = append(p.Open, views.LinkOption(ctx, finance.KindProforma, d.ID, d.Number, money.Of(d.Total, d.Currency)))
	}
	p.Chosen = c.FormValue("document")
	p.Shell = h.shell(c, i18n.T(ctx, "paylink.of", "name", p.Customer.Name))
	return p, nil
}

// PayLinks is GET /admin/customers/:id/pay-links: who may pay the customer's documents without logging in.
func (h *Handlers) PayLinks(c echo.Context) error {
	p, err := h.payLinks(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.PayLinksPage(p))
}

// MakePayLink is POST /admin/customers/:id/pay-links: a link for one document, shown this once.
func (h *Handlers) MakePayLink(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	r, ctx := web.From(c), c.Request().Context()
	who, err := h.m.Customers.Find(ctx, id)
	if err != nil {
		return err
	}
	if c.FormValue("document") == "" {
		p, err := h.payLinks(c)
		if err != nil {
			return err
		}
		p.Problem = "paylink.error.choose"
		return web.Again(c, views.PayLinksPage(p))
	}
	kind, number, _ := strings.Cut(c.FormValue("document"), "-")
	document, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return db.ErrNotFound
	}
	v := partnerOf(r, who)
	token, _, err := h.m.Finance.Of(id).MakePayLink(ctx, finance.DocumentKind(kind), document, time.Duration(portal.PayLinkDays.Of(v.Values))*24*time.Hour)
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
	p.URL = r.OriginOf(v) + web.PayLinkPath(token)
	return web.OK(c, views.PayLinksPage(p))
}

// RevokePayLink is POST /admin/customers/:id/pay-links/:link/closure.
func (h *Handlers) RevokePayLink(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	link, err := paramID(c, "link")
	if err != nil {
		return err
	}
	if err := h.m.Finance.Of(id).RevokePayLink(c.Request().Context(), link); err != nil {
		return err
	}
	return h.done(c, views.PayLinksURL(id, ""), "paylink.revoked_now")
}
