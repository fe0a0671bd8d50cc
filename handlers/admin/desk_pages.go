package admin

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	views "myisp/views/admin"
	financeviews "myisp/views/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

func asError(err error, into **db.Error) bool { return errors.As(err, into) }

// DocumentPage is GET /admin/customers/:id/LIST/:document: the document as staff see it, or with .pdf the customer's paper.
func (h *Handlers) DocumentPage(kind finance.ListKind, paper echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if paper != nil && strings.HasSuffix(c.Param("document"), ".pdf") {
			return paper(c)
		}
		p, err := h.documentPage(c, kind)
		if err != nil {
			return err
		}
		return web.OK(c, views.DeskPagePage(p))
	}
}

func (h *Handlers) documentPage(c echo.Context, kind finance.ListKind) (p views.DeskPage, err error) {
	if p.DeskHead, _, err = h.deskHead(c, kind, ""); err != nil {
		return p, err
	}
	if p.ID, err = documentID(c); err != nil {
		return p, err
	}
	ctx := c.Request().Context()
	p.MayEdit, p.Day = mayEditFinance(c), string(todayOf(web.From(c), p.Customer))
	if p.Methods, err = h.methodOptions(ctx); err != nil {
		return p, err
	}
	load := map[finance.ListKind]func(context.Context, *views.DeskPage) error{finance.ListInvoices: h.invoicePage, finance.ListProforma: h.proformaPage,
		finance.ListCreditNotes: h.notePage, finance.ListPayments: h.paymentPage, finance.ListTransactions: h.transactionPage}[kind]
	if err := load(ctx, &p); err != nil {
		return p, err
	}
	if kind != finance.ListTransactions {
		p.PDF = views.DeskURL(p.Customer.ID, kind, text(p.ID)+".pdf")
	}
	p.Shell.Title = views.DeskTitle(ctx, kind, p.Number) // a second shell would have no toast: the first has taken it
	return p, nil
}

// facts adds lines to a document's definition list; empty ones are not shown.
func facts(p *views.DeskPage, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		p.Facts = append(p.Facts, ui.Term{Label: pairs[i], Value: pairs[i+1]})
	}
}

func dayOf(ctx context.Context, d db.Day) string {
	if d == "" {
		return ""
	}
	return format.Day(ctx, d.Time())
}

func (h *Handlers) invoicePage(ctx context.Context, p *views.DeskPage) error {
	d, err := h.m.Finance.Of(p.Customer.ID).Invoice(ctx, p.ID, db.Day(p.Day))
	if err != nil {
		return err
	}
	p.Number, p.State, p.Items, p.Payers, p.Currency, p.Opened = d.Number, d.State, d.Items, d.Payers, d.Currency, d.GivenBack
	p.Totals, p.Taxes = finance.Totals{Net: d.Net, Tax: d.Tax, Total: d.Total}, d.TaxLines
	facts(p, i18n.T(ctx, "finance.column.date"), dayOf(ctx, d.Day), i18n.T(ctx, "finance.column.due_date"), dayOf(ctx, d.DueDay),
		i18n.T(ctx, "finance.column.total"), format.Money(ctx, money.Of(d.Total, d.Currency)), i18n.T(ctx, "finance.column.open"), format.Money(ctx, money.Of(d.Due, d.Currency)),
		i18n.T(ctx, "desk.note"), d.Note, i18n.T(ctx, "desk.memo"), d.Memo)
	live := d.Status != finance.StatusDeleted && d.Status != finance.StatusPending
	p.Correct, p.Release, p.Delete = live, live && len(d.Payers) > 0, live && d.Due == d.Total
	if live && d.Due > 0 {
		sum, err := h.m.Finance.Of(p.Customer.ID).HasCredit(ctx, d.Currency)
		p.Balance = sum
		return err
	}
	return nil
}

func (h *Handlers) proformaPage(ctx context.Context, p *views.DeskPage) error {
	d, err := h.m.Finance.Of(p.Customer.ID).ProformaInvoice(ctx, p.ID, db.Day(p.Day))
	if err != nil {
		return err
	}
	p.Number, p.State, p.Items, p.Currency, p.Made = d.Number, d.State, d.Items, d.Currency, d.InvoiceID
	p.Totals, p.Taxes = finance.Totals{Net: d.Net, Tax: d.Tax, Total: d.Total}, d.TaxLines
	facts(p, i18n.T(ctx, "finance.column.date"), dayOf(ctx, d.Day), i18n.T(ctx, "finance.column.due_date"), dayOf(ctx, d.DueDay),
		i18n.T(ctx, "finance.column.total"), format.Money(ctx, money.Of(d.Total, d.Currency)), i18n.T(ctx, "desk.note"), d.Note, i18n.T(ctx, "desk.memo"), d.Memo)
	p.Invoice = d.Status == finance.StatusPaid && d.InvoiceID == 0 && d.PaymentID != 0
	p.Delete = d.Status == finance.StatusNotPaid
	return nil
}

func (h *Handlers) notePage(ctx context.Context, p *views.DeskPage) error {
	d, err := h.m.Finance.Of(p.Customer.ID).CreditNote(ctx, p.ID)
	if err != nil {
		return err
	}
	p.Number, p.State, p.Items, p.Currency = d.Number, d.State, d.Items, d.Currency
	p.Totals, p.Taxes = finance.Totals{Net: d.Net, Tax: d.Tax, Total: d.Total}, d.TaxLines
	facts(p, i18n.T(ctx, "finance.column.date"), dayOf(ctx, d.Day), i18n.T(ctx, "finance.column.invoice"), d.InvoiceNumber,
		i18n.T(ctx, "finance.column.total"), format.Money(ctx, money.Of(d.Total, d.Currency)), i18n.T(ctx, "finance.column.open"), format.Money(ctx, money.Of(d.Remaining, d.Currency)),
		i18n.T(ctx, "desk.note"), d.Note, i18n.T(ctx, "desk.memo"), d.Memo)
	p.Delete = d.Status == finance.StatusNotRefunded
	p.Refund = d.Status == finance.StatusNotRefunded && d.Remaining > 0
	p.Amount = format.Typed(ctx, money.Of(d.Remaining, d.Currency))
	return nil
}

func (h *Handlers) paymentPage(ctx context.Context, p *views.DeskPage) error {
	d, err := h.m.Finance.Of(p.Customer.ID).Payment(ctx, p.ID)
	if err != nil {
		return err
	}
	p.Number, p.Covers, p.Currency, p.Method, p.Payment = d.ReceiptNumber, d.Covers, d.Currency, text(d.MethodID), d
	facts(p, i18n.T(ctx, "finance.column.date"), dayOf(ctx, d.Day), i18n.T(ctx, "finance.column.method"), financeviews.MethodText(ctx, d.Method),
		i18n.T(ctx, "finance.column.amount"), format.Money(ctx, money.Of(d.Amount, d.Currency)), i18n.T(ctx, "desk.unallocated"), format.Money(ctx, money.Of(d.Unallocated, d.Currency)),
		i18n.T(ctx, "finance.column.comment"), d.Comment, i18n.T(ctx, "payment.column.cancelled_on"), dayOf(ctx, d.DeletedDay), i18n.T(ctx, "customers.reason"), d.DeletedReason)
	labels, err := h.m.Finance.MethodLabels(ctx, d.MethodID)
	if err != nil {
		return err
	}
	for i, value := range d.Fields.List() {
		if value != "" {
			facts(p, cmp.Or(labels.List()[i], i18n.T(ctx, "desk.label", "number", strconv.Itoa(i+1))), value)
		}
	}
	facts(p, i18n.T(ctx, "desk.staff_note"), d.Note, i18n.T(ctx, "desk.memo"), d.Memo)
	if d.Cancelled() {
		return nil
	}
	attempt, err := h.m.Finance.Desk(p.Customer.ID).AttemptOf(ctx, p.ID)
	if err != nil {
		return err
	}
	p.Gateway, p.Delete = attempt.Gateway, attempt.ID == 0
	if p.Transfer, err = h.m.Finance.Desk(p.Customer.ID).TransferOf(ctx, p.ID); err != nil {
		return err
	}
	most := d.Left()
	if attempt.ID != 0 {
		most = min(most, attempt.Received-attempt.Returned+attempt.Reinstated)
	}
	p.Refund = d.Amount > 0 && most > 0
	p.Amount = format.Typed(ctx, money.Of(most, d.Currency))
	return nil
}

func (h *Handlers) transactionPage(ctx context.Context, p *views.DeskPage) error {
	t, err := h.m.Finance.Desk(p.Customer.ID).Transaction(ctx, p.ID)
	if err != nil {
		return err
	}
	p.Number, p.Currency = text(t.ID), t.Currency
	said, err := h.said(ctx, p.Customer.ID, t)
	if err != nil {
		return err
	}
	facts(p, i18n.T(ctx, "desk.said"), said, i18n.T(ctx, "finance.column.date"), dayOf(ctx, t.Day), i18n.T(ctx, "finance.column.amount"), format.Signed(ctx, t.Movement()),
		i18n.T(ctx, "finance.column.comment"), t.Comment)
	p.Delete = t.InvoiceID == 0 && t.PaymentID == 0 && t.CreditNoteID == 0
	return nil
}

// said is what a transaction was; that of a payment has no words of its own.
func (h *Handlers) said(ctx context.Context, customerID int64, t finance.Transaction) (string, error) {
	if t.PaymentID == 0 {
		return t.Description, nil
	}
	d, err := h.m.Finance.Of(customerID).Payment(ctx, t.PaymentID)
	return financeviews.TransactionTitle(ctx, d.Moved(t)), err
}

// RemoveDocument is POST /admin/customers/:id/LIST/:document/removal.
func (h *Handlers) RemoveDocument(kind finance.ListKind) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := h.documentPage(c, kind)
		if err != nil {
			return err
		}
		p.Reason = c.FormValue("reason")
		desk := h.m.Finance.Desk(p.Customer.ID)
		remove := map[finance.ListKind]func(context.Context, int64, finance.Reversal) error{finance.ListInvoices: desk.DeleteInvoice, finance.ListProforma: desk.DeleteProforma,
			finance.ListCreditNotes: desk.DeleteCreditNote, finance.ListPayments: desk.DeletePayment, finance.ListTransactions: desk.DeleteTransaction}[kind]
		err = remove(c.Request().Context(), p.ID, finance.Reversal{Day: db.Day(p.Day), Reason: p.Reason})
		if bad, ok := refused(err); ok {
			p.Errors = bad
			return web.Again(c, views.DeskPagePage(p))
		}
		if err != nil {
			return err
		}
		return h.done(c, customerPath(p.Customer.ID)+"/finance?list="+string(kind), "desk.deleted")
	}
}

// RefundDocument is POST /admin/customers/:id/{payments,credit-notes}/:document/refund: in cash or by bank, or through the
// gateway by which the payment came. What goes out, and what that opens again, is shown first
// and has to be confirmed.
func (h *Handlers) RefundDocument(kind finance.ListKind) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := h.documentPage(c, kind)
		if err != nil {
			return err
		}
		p.Amount, p.Comment = c.FormValue("amount"), c.FormValue("comment")
		if m := c.FormValue("method_id"); m != "" {
			p.Method = m
		}
		bad := db.Invalid{}
		n := amount(c.Request().Context(), p.Amount, p.Currency, "amount", "finance.error.amount", bad)
		if n <= 0 && bad["amount"] == "" {
			bad["amount"] = "finance.error.amount"
		}
		if err = bad.Or(); err == nil {
			err = sameCurrency(c, p.DeskHead)
		}
		if err == nil && kind == finance.ListPayments {
			p.Opens, err = h.m.Finance.Desk(p.Customer.ID).RefundOpens(c.Request().Context(), p.ID, n)
		}
		if p.Sure = text(n); err == nil && c.FormValue("sure") != p.Sure {
			p.Asked = true
			return web.Again(c, views.DeskPagePage(p))
		}
		said := "desk.refund_done"
		if err == nil {
			said, err = h.refund(c, p, n)
		}
		if fields, ok := refused(err); ok {
			p.Errors = fields
			return web.Again(c, views.DeskPagePage(p))
		}
		if err != nil {
			return err
		}
		return h.done(c, views.DeskURL(p.Customer.ID, kind, text(p.ID)), said)
	}
}

// refund gives the money back and returns what to say of it.
func (h *Handlers) refund(c echo.Context, p views.DeskPage, amount int64) (said string, err error) {
	ctx, desk := c.Request().Context(), h.m.Finance.Desk(p.Customer.ID)
	n := finance.NewRefund{Key: p.Key, Day: db.Day(p.Day), Amount: amount, Comment: c.FormValue("comment")}
	if p.Kind == finance.ListCreditNotes {
		n.CreditNoteID = p.ID
	} else {
		a, err := desk.AttemptOf(ctx, p.ID)
		if err != nil {
			return "", err
		}
		if a.ID != 0 {
			return h.refundThrough(ctx, desk, p, n)
		}
		n.PaymentID = p.ID
	}
	method, err := strconv.ParseInt(c.FormValue("method_id"), 10, 64)
	if err != nil || method <= 0 {
		return "", db.Invalid{"method_id": "finance.error.method"}
	}
	n.MethodID = method
	_, err = desk.Refund(ctx, n)
	return "desk.refund_done", err
}

// refundThrough is refund through the gateway by which the money came.
func (h *Handlers) refundThrough(ctx context.Context, desk finance.Desk, p views.DeskPage, n finance.NewRefund) (said string, err error) {
	r, err := desk.BeginRefund(ctx, p.ID, n.Amount, p.Key, n.Comment)
	if err != nil {
		return "", err
	}
	booked, err := h.till.Refund(ctx, r)
	if !booked {
		return "desk.refund_soon", err
	}
	return "desk.refund_done", err
}

// PayInvoiceFromBalance is POST /admin/customers/:id/invoices/:document/balance.
func (h *Handlers) PayInvoiceFromBalance(c echo.Context) error {
	p, err := h.documentPage(c, finance.ListInvoices)
	if err != nil {
		return err
	}
	err = h.m.Finance.Desk(p.Customer.ID).PayFromBalance(c.Request().Context(), p.ID, db.Day(p.Day))
	return h.after(c, err, views.DeskURL(p.Customer.ID, p.Kind, text(p.ID)), "desk.balance_done")
}

// ReleaseInvoice is POST /admin/customers/:id/invoices/:document/release.
func (h *Handlers) ReleaseInvoice(c echo.Context) error {
	p, err := h.documentPage(c, finance.ListInvoices)
	if err != nil {
		return err
	}
	err = h.m.Finance.Desk(p.Customer.ID).ReleaseInvoice(c.Request().Context(), p.ID, db.Day(p.Day))
	return h.after(c, err, views.DeskURL(p.Customer.ID, p.Kind, text(p.ID)), "desk.release_done")
}

// InvoiceProforma is POST /admin/customers/:id/proforma-invoices/:document/invoice (§3.4).
func (h *Handlers) InvoiceProforma(c echo.Context) error {
	p, err := h.documentPage(c, finance.ListProforma)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	how, err := h.m.Finance.Manner(ctx, p.Customer.PartnerID)
	if err != nil {
		return err
	}
	inv, err := h.m.Finance.Desk(p.Customer.ID).InvoiceProforma(ctx, p.ID, db.Day(p.Day), db.Day(p.Day), how.Rounding)
	path := views.DeskURL(p.Customer.ID, p.Kind, text(p.ID))
	if err == nil {
		path = views.DeskURL(p.Customer.ID, finance.ListInvoices, text(inv.ID))
	}
	return h.after(c, err, path, "desk.issued")
}
