package portal

import (
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/finance"
	views "myisp/views/finance"
	"myisp/views/i18n"
)

// Pay is GET /pay: what is owed and how to pay it. ?invoice= and ?proforma= are about that one document.
func (h *Handlers) Pay(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	me := h.m.Finance.Of(r.Me())
	p := views.Pay{Menu: financeMenu(r, ""), Today: today(r), CustomerID: r.Me(), Company: r.View.Company}
	var err error
	if p.Summary, err = me.Summary(ctx, p.Today); err != nil {
		return err
	}
	switch {
	case c.QueryParam("invoice") != "":
		err = h.payInvoice(c, me, &p)
	case c.QueryParam("proforma") != "":
		err = h.payProforma(c, me, &p)
	default:
		err = h.payOpen(c, me, &p)
	}
	if err != nil {
		return err
	}
	if p.Shell, err = h.financeShell(c, i18n.T(ctx, "pay.title"), "/finance"); err != nil {
		return err
	}
	return web.OK(c, views.PayPage(p))
}

// queryID reads the id of a record from the query; what is no number is not found.
func queryID(c echo.Context, name string) (int64, error) {
	id, err := strconv.ParseInt(c.QueryParam(name), 10, 64)
	if err != nil || id < 1 {
		return 0, db.ErrNotFound
	}
	return id, nil
}

func (h *Handlers) payInvoice(c echo.Context, me finance.Mine, p *views.Pay) error {
	id, err := queryID(c, "invoice")
	if err != nil {
		return err
	}
	d, err := me.Invoice(c.Request().Context(), id, p.Today)
	p.Invoice = &d.Invoice
	return err
}

func (h *Handlers) payProforma(c echo.Context, me finance.Mine, p *views.Pay) error {
	id, err := queryID(c, "proforma")
	if err != nil {
		return err
	}
	d, err := me.ProformaInvoice(c.Request().Context(), id, p.Today)
	p.Proforma = &d.ProformaInvoice
	return err
}

// payOpen reads the documents that want money, the oldest first, as payments settle them (FIN-3).
func (h *Handlers) payOpen(c echo.Context, me finance.Mine, p *views.Pay) error {
	ctx := c.Request().Context()
	open := finance.Filter{State: finance.Open, Size: 100}
	invoices, err := me.Invoices(ctx, open, p.Today)
	if err != nil {
		return err
	}
	p.Open = invoices.Rows
	slices.Reverse(p.Open)
	if !p.Menu.Has("proforma_invoices") {
		return nil
	}
	proformas, err := me.ProformaInvoices(ctx, open, p.Today)
	p.Proformas = proformas.Rows
	slices.Reverse(p.Proformas)
	return err
}
