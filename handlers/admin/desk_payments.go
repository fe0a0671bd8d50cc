package admin

import (
	"errors"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	views "myisp/views/admin"
	financeviews "myisp/views/finance"
	"myisp/views/format"
	"myisp/views/ui"
)

func (h *Handlers) paymentForm(c echo.Context) (p views.DeskPayment, party finance.Party, err error) {
	if p.DeskHead, party, err = h.deskHead(c, finance.ListPayments, ""); err != nil {
		return p, party, err
	}
	ctx := c.Request().Context()
	today := todayOf(web.From(c), p.Customer)
	if p.Methods, err = h.methodOptions(ctx); err != nil {
		return p, party, err
	}
	if p.Labelled, err = h.m.Finance.LabelledMethods(ctx); err != nil {
		return p, party, err
	}
	me := h.m.Finance.Of(party.CustomerID)
	sum, err := me.Summary(ctx, today)
	if err != nil {
		return p, party, err
	}
	open, err := me.Invoices(ctx, finance.Filter{State: finance.Open, Size: 100}, today)
	if err != nil {
		return p, party, err
	}
	proforma, err := me.ProformaInvoices(ctx, finance.Filter{State: finance.Open, Size: 100}, today)
	if err != nil {
		return p, party, err
	}
	for _, d := range proforma.Rows {
		p.Proforma = append(p.Proforma, ui.Option{Value: text(d.ID), Label: d.Number + " · " + format.Money(ctx, money.Of(d.Total, d.Currency))})
	}
	p.Day, p.Send, p.For, p.Owed, p.Open = string(today), true, "oldest", sum.Owed, open.Rows
	if sum.Owed.Positive() && sum.Owed.Currency == p.Currency {
		p.Amount = format.Typed(ctx, sum.Owed)
	}
	return p, party, nil
}

// PaymentForm is GET /admin/customers/:id/payments/new.
func (h *Handlers) PaymentForm(c echo.Context) error {
	p, _, err := h.paymentForm(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.DeskPaymentPage(p))
}

// RecordPayment is POST /admin/customers/:id/payments.
func (h *Handlers) RecordPayment(c echo.Context) error {
	p, party, err := h.paymentForm(c)
	if err != nil {
		return err
	}
	p.Amount, p.Day, p.Method, p.Receipt, p.Comment = c.FormValue("amount"), c.FormValue("day"), c.FormValue("method_id"), strings.TrimSpace(c.FormValue("receipt")), c.FormValue("comment")
	p.Send, p.Issue, p.For, p.ProformaID, p.Chosen = c.FormValue("send") != "", c.FormValue("issue") != "", c.FormValue("for"), c.FormValue("proforma_id"), set(ids(c, "invoice"))
	p.Note, p.Memo = strings.TrimSpace(c.FormValue("note")), strings.TrimSpace(c.FormValue("memo"))
	for i := range p.Fields {
		p.Fields[i] = c.FormValue(views.MethodField(p.Method, i))
	}
	bad := db.Invalid{}
	n := finance.NewPayment{Ask: true, Sure: sure(c), Key: p.Key, Party: party, Day: db.Day(p.Day), ReceiptNumber: p.Receipt, Comment: p.Comment, NoReceipt: !p.Send, Note: p.Note, Memo: p.Memo, Fields: finance.FiveOf(p.Fields),
		Amount: amount(c.Request().Context(), p.Amount, p.Currency, "amount", "finance.error.amount", bad)}
	n.MethodID, _ = strconv.ParseInt(p.Method, 10, 64)
	switch p.For {
	case "oldest":
	case "ahead":
		n.KeepAsCredit = true
	case "invoices":
		if n.InvoiceIDs = ids(c, "invoice"); len(n.InvoiceIDs) == 0 {
			bad["for"] = "finance.error.choose_invoice"
		}
	case "proforma":
		if n.ProformaID, err = strconv.ParseInt(p.ProformaID, 10, 64); err != nil || n.ProformaID <= 0 {
			bad["proforma_id"] = "error.choice"
		}
	default:
		bad["for"] = "error.choice"
	}
	if err = bad.Or(); err == nil {
		err = sameCurrency(c, p.DeskHead)
	}
	var pay finance.Payment
	if err == nil {
		pay, err = h.m.Finance.Desk(party.CustomerID).RecordPayment(c.Request().Context(), n)
	}
	if errors.As(err, &p.Doubt) {
		return web.Again(c, views.DeskPaymentPage(p))
	}
	if fields, ok := refused(err); ok {
		p.Errors = fields
		return web.Again(c, views.DeskPaymentPage(p))
	}
	if err != nil {
		return err
	}
	path := views.DeskURL(party.CustomerID, finance.ListPayments, text(pay.ID))
	if n.ProformaID != 0 && p.Issue {
		return h.issueAfter(c, party, n.ProformaID, path)
	}
	return h.done(c, path, "desk.payment_done")
}

// issueAfter makes the invoice of a proforma invoice that was just paid; one that the money did not reach stays as it is.
func (h *Handlers) issueAfter(c echo.Context, party finance.Party, proforma int64, path string) error {
	ctx := c.Request().Context()
	how, err := h.m.Finance.Manner(ctx, party.PartnerID)
	if err != nil {
		return err
	}
	who, err := h.m.Customers.Find(ctx, party.CustomerID)
	if err != nil {
		return err
	}
	today := todayOf(web.From(c), who)
	_, err = h.m.Finance.Desk(party.CustomerID).InvoiceProforma(ctx, proforma, today, today, how.Rounding)
	return h.after(c, err, path, "desk.payment_done")
}

func (h *Handlers) transactionForm(c echo.Context) (p views.DeskTransaction, party finance.Party, err error) {
	if p.DeskHead, party, err = h.deskHead(c, finance.ListTransactions, ""); err != nil {
		return p, party, err
	}
	ctx := c.Request().Context()
	how, err := h.m.Finance.Manner(ctx, party.PartnerID)
	if err != nil {
		return p, party, err
	}
	if p.Taxes, err = h.m.TaxChoice(ctx, party.CustomerID, party.PartnerID); err != nil {
		return p, party, err
	}
	list, err := h.m.Finance.Categories(ctx)
	for _, k := range list {
		if !k.Archived {
			p.Categories = append(p.Categories, ui.Option{Value: text(k.ID), Label: financeviews.CategoryText(ctx, k)})
		}
	}
	p.Tax, p.Type, p.Day, p.TaxIncluded, p.MayWait = text(p.Taxes.Usual), string(finance.Debit), string(todayOf(web.From(c), p.Customer)), how.TaxIncluded, p.Customer.BillingType == customer.Recurring
	return p, party, err
}

// TransactionForm is GET /admin/customers/:id/transactions/new.
func (h *Handlers) TransactionForm(c echo.Context) error {
	p, _, err := h.transactionForm(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.DeskTransactionPage(p))
}

// AddTransaction is POST /admin/customers/:id/transactions.
func (h *Handlers) AddTransaction(c echo.Context) error {
	p, party, err := h.transactionForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	p.Type, p.Category, p.Description, p.Quantity, p.Price = c.FormValue("type"), c.FormValue("category_id"), c.FormValue("description"), c.FormValue("quantity"), c.FormValue("price")
	p.Tax, p.Day, p.Comment, p.TaxIncluded, p.Waits = c.FormValue("tax"), c.FormValue("day"), c.FormValue("comment"), c.FormValue("tax_included") != "", c.FormValue("to_invoice") != ""
	bad := db.Invalid{}
	it := finance.Item{Description: strings.TrimSpace(p.Description), TaxIncluded: p.TaxIncluded, Quantity: scaled(ctx, p.Quantity, 3, 1000, "quantity", "finance.error.quantity", bad),
		Price: amount(ctx, p.Price, p.Currency, "price", "finance.error.amount", bad)}
	if it.Price <= 0 && bad["price"] == "" {
		bad["price"] = "finance.error.amount"
	}
	if it.CategoryID, err = strconv.ParseInt(p.Category, 10, 64); err != nil || it.CategoryID <= 0 {
		bad["category_id"] = "error.choice"
	}
	taxed(&it, p.Taxes.All(), p.Tax, "tax", bad)
	if err = bad.Or(); err == nil {
		err = sameCurrency(c, p.DeskHead)
	}
	if err == nil {
		p.Reckoned, err = h.reckon(c, party, p.Kind, []finance.Item{it}, finance.Manner{})
	}
	if p.Reckoned != nil {
		return web.OK(c, views.DeskTransactionPage(p))
	}
	if err == nil {
		_, err = h.m.Finance.Desk(party.CustomerID).AddTransaction(ctx, finance.NewTransaction{Key: p.Key, Party: party, Day: db.Day(p.Day), Type: finance.TransactionType(p.Type), Item: it, Comment: p.Comment}, p.Waits)
	}
	if fields, ok := refused(err); ok {
		p.Errors = map[string]string{}
		for field, key := range fields {
			p.Errors[strings.TrimPrefix(field, "items.0.")] = key
		}
		return web.Again(c, views.DeskTransactionPage(p))
	}
	if err != nil {
		return err
	}
	if p.Waits && p.MayWait {
		return h.done(c, customerPath(party.CustomerID)+"/finance?list=transactions", "desk.waits_now")
	}
	return h.done(c, customerPath(party.CustomerID)+"/finance?list=transactions", "desk.transaction_done")
}
