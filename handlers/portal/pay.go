package portal

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	views "myisp/views/finance"
	"myisp/views/format"
	"myisp/views/i18n"
)

// Pay is GET /pay: what is owed and how to pay it. ?proforma= is about that one document, ?invoice= about that invoice, or
// several when it comes more than once, and ?part= asks for less than is due.
func (h *Handlers) Pay(c echo.Context) error {
	p, err := h.payPage(c, c.QueryParams())
	if err != nil {
		return err
	}
	return web.OK(c, views.PayPage(p))
}

// payPage gathers the page about what the form or query asks for.
func (h *Handlers) payPage(c echo.Context, asked url.Values) (views.Pay, error) {
	r, ctx := web.From(c), c.Request().Context()
	me := h.m.Finance.Of(r.Me())
	p := views.Pay{Menu: financeMenu(r, ""), Today: today(r), CustomerID: r.Me(), Company: r.View.Company}
	var err error
	if p.Summary, err = me.Summary(ctx, p.Today); err != nil {
		return p, err
	}
	invoices := asked["invoice"]
	switch {
	case len(invoices) == 1 && invoices[0] != "":
		err = h.payInvoice(c, me, &p, invoices[0])
	case asked.Get("proforma") != "":
		err = h.payProforma(c, me, &p, asked.Get("proforma"))
	default:
		if err = h.payOpen(c, me, &p); err == nil && len(invoices) > 1 {
			p.Chosen, err = choose(p.Open, invoices)
		}
	}
	if err != nil {
		return p, err
	}
	if p.Proforma == nil {
		p.PartTyped = asked.Get("part")
		p.Part, p.PartError = part(ctx, p.PartTyped, p.Whole())
	}
	if err := h.checkout(c, &p); err != nil {
		return p, err
	}
	if p.Summary.Autopay && p.Summary.Owed.Positive() {
		if p.Autopay, p.Next, err = h.nextCharge(ctx, r); err != nil {
			return p, err
		}
	}
	standing, err := h.m.Services.Of(r.Me()).Standing(ctx)
	if err != nil {
		return p, err
	}
	p.Standing = &standing
	if p.Pretend, err = h.cashier.Pretends(ctx, r.View.Partner.ID); err != nil {
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

// choose finds the invoices that were asked for among the open ones. All of them is the same as none: then other credit
// counts too.
func choose(open []finance.InvoiceRow, asked []string) ([]finance.InvoiceRow, error) {
	want := map[int64]bool{}
	for _, text := range asked {
		id, err := documentID(text)
		if err != nil {
			return nil, err
		}
		want[id] = true
	}
	var chosen []finance.InvoiceRow
	for _, r := range open {
		if want[r.ID] {
			chosen = append(chosen, r)
		}
	}
	switch {
	case len(chosen) != len(want):
		return nil, db.ErrNotFound
	case len(chosen) == len(open):
		return nil, nil
	}
	return chosen, nil
}

// part reads an amount that is less than the whole; "" and the whole itself are no part.
func part(ctx context.Context, typed string, whole money.Money) (money.Money, string) {
	none := money.Of(0, whole.Currency)
	if strings.TrimSpace(typed) == "" {
		return none, ""
	}
	amount, err := format.ReadMoney(ctx, typed, whole.Currency)
	switch {
	case err != nil || !amount.Positive():
		return none, "finance.error.amount"
	case amount.Cmp(whole) > 0:
		return none, "pay.error.too_much"
	case amount.Cmp(whole) == 0:
		return none, ""
	}
	return amount, ""
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
