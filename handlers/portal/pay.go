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
	p, err := h.payPage(c, c.QueryParam("invoice"), c.QueryParam("proforma"))
	if err != nil {
		return err
	}
	return web.OK(c, views.PayPage(p))
}

// payPage gathers the page about one document, or about all that is owed when both are empty.
func (h *Handlers) payPage(c echo.Context, invoice, proforma string) (views.Pay, error) {
	r, ctx := web.From(c), c.Request().Context()
	me := h.m.Finance.Of(r.Me())
	p := views.Pay{Menu: financeMenu(r, ""), Today: today(r), CustomerID: r.Me(), Company: r.View.Company}
	var err error
	if p.Summary, err = me.Summary(ctx, p.Today); err != nil {
		return p, err
	}
	switch {
	case invoice != "":
		err = h.payInvoice(c, me, &p, invoice)
	case proforma != "":
		err = h.payProforma(c, me, &p, proforma)
	default:
		err = h.payOpen(c, me, &p)
	}
	if err != nil {
		return p, err
	}
	if err := h.checkout(c, &p); err != nil {
		return p, err
	}
	hosts, err := h.cashier.Redirects(ctx, r.View.Partner.ID)
	if err != nil {
		return p, err
	}
	web.LetFormsLeadTo(c, hosts)
	p.Shell, err = h.financeShell(c, i18n.T(ctx, "pay.title"), "/finance")
	return p, err
}

// documentID reads the id of a document from a form or query; what is no number is not found.
func documentID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, db.ErrNotFound
	}
	return id, nil
}

func (h *Handlers) payInvoice(c echo.Context, me finance.Mine, p *views.Pay, text string) error {
	id, err := documentID(text)
	if err != nil {
		return err
	}
	d, err := me.Invoice(c.Request().Context(), id, p.Today)
	p.Invoice = &d.Invoice
	return err
}

func (h *Handlers) payProforma(c echo.Context, me finance.Mine, p *views.Pay, text string) error {
	id, err := documentID(text)
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
