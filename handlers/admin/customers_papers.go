package admin

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/session"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/pdf"
	"myisp/views/ui"
)

// draw makes a customer's document as PDF: the file's name and its bytes.
type draw func(ctx context.Context, me finance.Mine, head pdf.Head, id int64, today db.Day) (name string, body []byte, err error)

// paper answers with a document of a customer, in the customer's language and the partner's way of writing. One that needs a
// script in which no PDF can be written leads back, with a word about it; the customer prints it from the portal.
func (h *Handlers) paper(c echo.Context, list string, make draw) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	document, err := strconv.ParseInt(strings.TrimSuffix(c.Param("document"), ".pdf"), 10, 64)
	if err != nil || document < 1 {
		return db.ErrNotFound
	}
	r, ctx := web.From(c), c.Request().Context()
	who, err := h.m.Customers.Find(ctx, id)
	if err != nil {
		return err
	}
	billing, err := h.m.Customers.Of(id).Billing(ctx)
	if err != nil {
		return err
	}
	v := partnerOf(r, who)
	head, err := h.kit.Paper(v, who.BilledAs(billing))
	if err != nil {
		return err
	}
	speaking := format.With(i18n.With(ctx, paperLanguage(who)), web.Localisation(v.Values))
	name, body, err := make(speaking, h.m.Finance.Of(id), head, document, todayOf(r, who))
	if errors.Is(err, pdf.ErrScript) {
		if err := h.kit.SetFlash(c, session.Staff, ui.Warn, "customers.no_pdf"); err != nil {
			return err
		}
		return web.SeeOther(c, customerPath(id)+"/finance?list="+list)
	}
	if err != nil {
		return err
	}
	return web.SendFile(c, "application/pdf", name, body, true)
}

// paperLanguage is the customer's own where documents can be drawn in it.
func paperLanguage(c customer.Customer) string {
	if c.Language != "" && pdf.Supported(c.Language) {
		return c.Language
	}
	return "en"
}

// drawing draws the documents of a kind.
func drawing(kind finance.DocumentKind) draw {
	return func(ctx context.Context, me finance.Mine, head pdf.Head, id int64, today db.Day) (string, []byte, error) {
		return web.Drawn(ctx, me, kind, id, head, today)
	}
}

// CustomerInvoice is GET /admin/customers/:id/invoices/:document, a PDF.
func (h *Handlers) CustomerInvoice(c echo.Context) error {
	return h.paper(c, "invoices", drawing(finance.KindInvoice))
}

// CustomerProforma is GET /admin/customers/:id/proforma-invoices/:document, a PDF.
func (h *Handlers) CustomerProforma(c echo.Context) error {
	return h.paper(c, "proforma_invoices", drawing(finance.KindProforma))
}

// CustomerCreditNote is GET /admin/customers/:id/credit-notes/:document, a PDF.
func (h *Handlers) CustomerCreditNote(c echo.Context) error {
	return h.paper(c, "credit_notes", drawing(finance.KindCreditNote))
}

// CustomerPayment is GET /admin/customers/:id/payments/:document, the receipt as PDF.
func (h *Handlers) CustomerPayment(c echo.Context) error {
	return h.paper(c, "payments", func(ctx context.Context, me finance.Mine, head pdf.Head, id int64, _ db.Day) (string, []byte, error) {
		d, err := me.Payment(ctx, id)
		if err != nil {
			return "", nil, err
		}
		body, err := pdf.Receipt(pdf.Speak(ctx), head, d)
		return "receipt-" + d.ReceiptNumber + ".pdf", body, err
	})
}
