package portal

import (
	"errors"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	views "myisp/views/finance"
	"myisp/views/pdf"
)

// recordID reads the :id of a route, and whether the record is asked for as PDF. What is no number is not found.
func recordID(c echo.Context) (id int64, asPDF bool, err error) {
	text, asPDF := strings.CutSuffix(c.Param("id"), ".pdf")
	id, err = strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, asPDF, db.ErrNotFound
	}
	return id, asPDF, nil
}

func path(item string, id int64) string { return views.Path(item) + "/" + strconv.FormatInt(id, 10) }

// paper is what a document's page has around its contents.
func (h *Handlers) paper(c echo.Context, item string) (views.Paper, error) {
	r := web.From(c)
	to, err := h.billed(c)
	return views.Paper{Menu: financeMenu(r, item), Today: today(r), Company: r.View.Company, Customer: to,
		PDF: pdf.Supported(r.Lang), Print: c.QueryParam("print") == "1", Share: sharesLinks(r)}, err
}

// pdfInstead sends who asked for a PDF that cannot be written to the page, which says how to print it.
func pdfInstead(c echo.Context, err error, page string) error {
	if !errors.Is(err, pdf.ErrScript) {
		return err
	}
	separator := "?"
	if strings.Contains(page, "?") {
		separator = "&"
	}
	return web.SeeOther(c, page+separator+"print=1")
}

// Invoice is GET /finance/invoices/{id} and {id}.pdf.
func (h *Handlers) Invoice(c echo.Context) error {
	id, asPDF, err := recordID(c)
	if err != nil {
		return err
	}
	r, ctx := web.From(c), c.Request().Context()
	sheet, err := h.paper(c, "invoices")
	if err != nil {
		return err
	}
	p := views.Invoice{Paper: sheet}
	if p.Document, err = h.m.Finance.Of(r.Me()).Invoice(ctx, id, p.Today); err != nil {
		return err
	}
	if asPDF {
		head, err := h.head(c, "/pay?invoice="+strconv.FormatInt(id, 10))
		if err != nil {
			return err
		}
		body, err := pdf.Invoice(pdf.Speak(ctx), head, p.Document)
		return sendPDF(c, body, err, "invoice-"+p.Document.Number, path("invoices", id))
	}
	if p.Why, err = h.m.Finance.Of(r.Me()).Comparison(ctx, p.Document); err != nil {
		return err
	}
	if p.Document.State.Open() && p.Document.Due > 0 {
		if p.Credit, err = h.m.Finance.Of(r.Me()).HasCredit(ctx, p.Document.Currency); err != nil {
			return err
		}
	}
	if p.Shell, err = h.financeShell(c, p.Title(ctx), "/finance/invoices"); err != nil {
		return err
	}
	return web.OK(c, views.InvoicePage(p))
}

// ProformaInvoice is GET /finance/proforma-invoices/{id} and {id}.pdf.
func (h *Handlers) ProformaInvoice(c echo.Context) error {
	id, asPDF, err := recordID(c)
	if err != nil {
		return err
	}
	r, ctx := web.From(c), c.Request().Context()
	sheet, err := h.paper(c, "proforma_invoices")
	if err != nil {
		return err
	}
	p := views.ProformaInvoice{Paper: sheet}
	if p.Document, err = h.m.Finance.Of(r.Me()).ProformaInvoice(ctx, id, p.Today); err != nil {
		return err
	}
	if asPDF {
		head, err := h.head(c, "/pay?proforma="+strconv.FormatInt(id, 10))
		if err != nil {
			return err
		}
		body, err := pdf.Proforma(pdf.Speak(ctx), head, p.Document)
		return sendPDF(c, body, err, "proforma-invoice-"+p.Document.Number, path("proforma_invoices", id))
	}
	if p.Shell, err = h.financeShell(c, p.Title(ctx), "/finance/proforma-invoices"); err != nil {
		return err
	}
	return web.OK(c, views.ProformaInvoicePage(p))
}

// CreditNote is GET /finance/credit-notes/{id} and {id}.pdf.
func (h *Handlers) CreditNote(c echo.Context) error {
	id, asPDF, err := recordID(c)
	if err != nil {
		return err
	}
	r, ctx := web.From(c), c.Request().Context()
	sheet, err := h.paper(c, "credit_notes")
	if err != nil {
		return err
	}
	p := views.CreditNote{Paper: sheet}
	if p.Document, err = h.m.Finance.Of(r.Me()).CreditNote(ctx, id); err != nil {
		return err
	}
	if asPDF {
		head, err := h.head(c, "")
		if err != nil {
			return err
		}
		body, err := pdf.CreditNote(pdf.Speak(ctx), head, p.Document)
		return sendPDF(c, body, err, "credit-note-"+p.Document.Number, path("credit_notes", id))
	}
	if p.Shell, err = h.financeShell(c, p.Title(ctx), "/finance/credit-notes"); err != nil {
		return err
	}
	return web.OK(c, views.CreditNotePage(p))
}

// Payment is GET /finance/payments/{id} and {id}.pdf: the receipt.
func (h *Handlers) Payment(c echo.Context) error {
	id, asPDF, err := recordID(c)
	if err != nil {
		return err
	}
	r, ctx := web.From(c), c.Request().Context()
	sheet, err := h.paper(c, "payments")
	if err != nil {
		return err
	}
	p := views.Payment{Paper: sheet}
	if p.Document, err = h.m.Finance.Of(r.Me()).Payment(ctx, id); err != nil {
		return err
	}
	if asPDF {
		head, err := h.head(c, "")
		if err != nil {
			return err
		}
		body, err := pdf.Receipt(pdf.Speak(ctx), head, p.Document)
		return sendPDF(c, body, err, "receipt-"+p.Document.ReceiptNumber, path("payments", id))
	}
	if p.Shell, err = h.financeShell(c, p.Title(ctx), "/finance/payments"); err != nil {
		return err
	}
	return web.OK(c, views.PaymentPage(p))
}
