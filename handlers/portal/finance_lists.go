package portal

import (
	"bytes"
	"slices"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/views/export"
	views "myisp/views/finance"
)

// maxExport bounds the rows of an exported list: more than anybody's account has, and little memory.
const maxExport = 10_000

// listFilter reads the filter of a list from the URL, and whether the list is asked for as a file: "csv" or "xlsx". A file
// holds everything that the filter lets through, so it has no pages.
func listFilter(c echo.Context) (finance.Filter, string) {
	f := finance.ParseFilter(c.QueryParam)
	format := fileOf(c)
	if format != "csv" && format != "xlsx" {
		return f, ""
	}
	f.After, f.Size = "", maxExport
	return f, format
}

// list is what a list page has around its rows. An answer to "Show more" goes on in the month where the rows before stopped.
func (h *Handlers) list(c echo.Context, item string, f finance.Filter, next string) (views.List, error) {
	r := web.From(c)
	l := views.List{Menu: financeMenu(r, item), Filter: f, Today: today(r), Next: next}
	if web.IsHTMX(c) && c.Request().Header.Get("HX-Target") == "more" {
		l.Continued, _ = db.ParseDay(c.QueryParam("month"))
	}
	var err error
	l.Shell, err = h.financeShell(c, views.Label(c.Request().Context(), item), "")
	return l, err
}

// sendList answers with a list as a file. One that would go on after the last row, at next, is not sent: a file that lacks
// rows looks like one that does not.
func sendList(c echo.Context, format, name, next string, t export.Table) error {
	if next != "" {
		return errTooLong
	}
	return sendTable(c, format, name, t)
}

// sendTable answers with a list as a file for a spreadsheet.
func sendTable(c echo.Context, format, name string, t export.Table) error {
	var b bytes.Buffer
	if format == "xlsx" {
		if err := export.XLSX(&b, t); err != nil {
			return err
		}
		return sendFile(c, export.TypeXLSX, name+".xlsx", b.Bytes(), false)
	}
	if err := export.CSV(&b, t, export.Options{BOM: true, Comma: views.Separator(c.Request().Context())}); err != nil {
		return err
	}
	return sendFile(c, export.TypeCSV, name+".csv", b.Bytes(), false)
}

// Invoices is GET /finance/invoices.
func (h *Handlers) Invoices(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	f, format := listFilter(c)
	f.Methods = format != ""
	page, err := h.m.Finance.Of(r.Me()).Invoices(ctx, f, today(r))
	if err != nil {
		return err
	}
	p := views.Invoices{Rows: page.Rows}
	if format != "" {
		return sendList(c, format, "invoices", page.Next, p.File(ctx))
	}
	if p.List, err = h.list(c, "invoices", f, page.Next); err != nil {
		return err
	}
	return web.OK(c, views.InvoicesPage(p))
}

// ProformaInvoices is GET /finance/proforma-invoices.
func (h *Handlers) ProformaInvoices(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	f, format := listFilter(c)
	page, err := h.m.Finance.Of(r.Me()).ProformaInvoices(ctx, f, today(r))
	if err != nil {
		return err
	}
	p := views.ProformaInvoices{Rows: page.Rows}
	if format != "" {
		return sendList(c, format, "proforma-invoices", page.Next, p.File(ctx))
	}
	if p.List, err = h.list(c, "proforma_invoices", f, page.Next); err != nil {
		return err
	}
	return web.OK(c, views.ProformaInvoicesPage(p))
}

// Payments is GET /finance/payments.
func (h *Handlers) Payments(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	f, format := listFilter(c)
	f.State = "" // payments have no states
	page, err := h.m.Finance.Of(r.Me()).Payments(ctx, f)
	if err != nil {
		return err
	}
	p := views.Payments{Rows: page.Rows}
	if format != "" {
		return sendList(c, format, "payments", page.Next, p.File(ctx))
	}
	if p.List, err = h.list(c, "payments", f, page.Next); err != nil {
		return err
	}
	return web.OK(c, views.PaymentsPage(p))
}

// CreditNotes is GET /finance/credit-notes.
func (h *Handlers) CreditNotes(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	f, format := listFilter(c)
	page, err := h.m.Finance.Of(r.Me()).CreditNotes(ctx, f)
	if err != nil {
		return err
	}
	p := views.CreditNotes{Rows: page.Rows}
	if format != "" {
		return sendList(c, format, "credit-notes", page.Next, p.File(ctx))
	}
	if p.List, err = h.list(c, "credit_notes", f, page.Next); err != nil {
		return err
	}
	return web.OK(c, views.CreditNotesPage(p))
}

// Transactions is GET /finance/transactions, with the columns of P53 and the balance's sign of P54.
func (h *Handlers) Transactions(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	f, format := listFilter(c)
	f.State = "" // transactions have no states
	page, err := h.m.Finance.Of(r.Me()).Transactions(ctx, f)
	if err != nil {
		return err
	}
	on := portal.TransactionFields.Of(r.View.Values)
	p := views.Transactions{Rows: page.Rows, Invert: portal.InvertBalance.Of(r.View.Values), Fields: views.Fields{DebitCredit: slices.Contains(on, "debit_credit"),
		Movement: slices.Contains(on, "movement"), InvoiceNumber: slices.Contains(on, "invoice_number")}}
	if format != "" {
		return sendList(c, format, "transactions", page.Next, p.File(ctx))
	}
	if p.List, err = h.list(c, "transactions", f, page.Next); err != nil {
		return err
	}
	return web.OK(c, views.TransactionsPage(p))
}
