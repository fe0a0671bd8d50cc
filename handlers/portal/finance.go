package portal

import (
	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	views "myisp/views/finance"
	"myisp/views/i18n"
	"myisp/views/pdf"
	"myisp/views/ui"
)

// today is the calendar day at the partner.
func today(r *web.Request) db.Day { return db.DayOf(r.Now(), r.View.Values.Zone()) }

// financeMenu is the row of tabs over a page of finance; current is an item of P51, "" the overview.
func financeMenu(r *web.Request, current string) views.Menu {
	return views.Menu{Items: portal.FinanceItems.Of(r.View.Values), Current: current, Cards: takesCards(r)}
}

// financeShell is the frame of a page of finance whose title is known.
func (h *Handlers) financeShell(c echo.Context, title, back string) (ui.Shell, error) {
	s, err := h.shell(c, title, "finance")
	s.BackURL = back
	return s, err
}

// Finance is GET /finance: what is owed, what is due next, what happened last.
func (h *Handlers) Finance(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	me, menu := h.m.Finance.Of(r.Me()), financeMenu(r, "")
	p := views.Overview{Menu: menu, Today: today(r), Invert: portal.InvertBalance.Of(r.View.Values)}
	var err error
	if p.Summary, err = me.Summary(ctx, p.Today); err != nil {
		return err
	}
	if menu.Has("invoices") {
		latest, err := me.Invoices(ctx, finance.Filter{Size: 5}, p.Today)
		if err != nil {
			return err
		}
		p.Invoices = latest.Rows
	}
	if menu.Has("payments") {
		latest, err := me.Payments(ctx, finance.Filter{Size: 3})
		if err != nil {
			return err
		}
		p.Payments = latest.Rows
	}
	if p.Shell, err = h.financeShell(c, i18n.T(ctx, "nav.finance"), ""); err != nil {
		return err
	}
	return web.OK(c, views.OverviewPage(p))
}

// head is what stands on every document as PDF: the partner's look and company, the customer's address for documents.
func (h *Handlers) head(c echo.Context, payPath string) (pdf.Head, error) {
	r := web.From(c)
	to, err := h.billed(c)
	if err != nil {
		return pdf.Head{}, err
	}
	head, err := h.kit.Paper(r.View, to)
	if payPath != "" {
		head.PayURL = r.Origin() + payPath
	}
	return head, err
}

// billed is the customer as documents address them.
func (h *Handlers) billed(c echo.Context) (customer.Customer, error) {
	r := web.From(c)
	billing, err := h.m.Customers.Of(r.Me()).Billing(c.Request().Context())
	return r.Customer.BilledAs(billing), err
}

// Logo is the picture on documents of a partner: its published icon.
func (h *Handlers) Logo(v *portal.View) ([]byte, error) {
	files, err := h.filesOf(v)
	if err != nil {
		return nil, err
	}
	logo, _, err := files.set.Get("icon-512.png")
	return logo, err
}

// sendPDF answers with a document as PDF, shown in the browser or with ?download=1 saved. One that cannot be drawn in the
// reader's script is the page instead, which the browser prints.
func sendPDF(c echo.Context, body []byte, err error, name, page string) error {
	if err != nil {
		return pdfInstead(c, err, page)
	}
	return sendFile(c, "application/pdf", name+".pdf", body, c.QueryParam("download") != "1")
}

// sendFile answers with a file that was made at the desk for files.
func sendFile(c echo.Context, contentType, name string, body []byte, inline bool) error {
	made(c)
	return web.SendFile(c, contentType, name, body, inline)
}

func currencyOf(r *web.Request) money.Currency {
	return money.Currency(portal.Currency.Of(r.View.Values))
}
