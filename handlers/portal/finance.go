package portal

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
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
	return views.Menu{Items: portal.FinanceItems.Of(r.View.Values), Current: current}
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

// head is what stands on every document as PDF: the partner's look and company, the customer's address.
func (h *Handlers) head(r *web.Request, payPath string) (pdf.Head, error) {
	files, err := h.filesOf(r.View)
	if err != nil {
		return pdf.Head{}, err
	}
	logo, _, err := files.set.Get("icon-512.png")
	c := r.Customer
	head := pdf.Head{Brand: pdf.Brand{Name: portal.PortalTitle.Of(r.View.Values), Color: r.View.Brand.Color, Logo: logo}, Company: pdf.Company(r.View.Company),
		Customer: pdf.Customer{ID: c.ID, Name: c.Name, Street: c.Street, Zip: c.Zip, City: c.City, CompanyID: c.CompanyID, VatID: c.VatID}}
	if payPath != "" {
		head.PayURL = r.Origin() + payPath
	}
	return head, err
}

// sendPDF answers with a document as PDF, shown in the browser or with ?download=1 saved. One that cannot be drawn in the
// reader's script is the page instead, which the browser prints.
func sendPDF(c echo.Context, body []byte, err error, name, page string) error {
	if err != nil {
		return pdfInstead(c, err, page)
	}
	return sendFile(c, "application/pdf", name+".pdf", body, c.QueryParam("download") != "1")
}

// sendFile answers with a file, shown in the browser where that is wanted and possible.
func sendFile(c echo.Context, contentType, name string, body []byte, inline bool) error {
	disposition := "attachment"
	if inline {
		disposition = "inline"
	}
	name = fileName(name)
	made(c)
	c.Response().Header().Set(echo.HeaderContentDisposition, disposition+`; filename="`+name+`"`)
	return c.Blob(http.StatusOK, contentType, body)
}

// fileName keeps of a name what every file system takes.
func fileName(s string) string {
	keep := func(b byte) bool {
		return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '.' || b == '_' || b == '-'
	}
	out := []byte(s)
	for i, b := range out {
		if !keep(b) {
			out[i] = '-'
		}
	}
	return string(slices.CompactFunc(out, func(a, b byte) bool { return a == '-' && b == '-' }))
}
