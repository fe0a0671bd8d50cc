package handlers

import (
	"github.com/labstack/echo/v4"

	"myisp/handlers/admin"
	"myisp/handlers/web"
	"myisp/models/finance"
	"myisp/models/staff"
	views "myisp/views/admin"
)

// deskRoutes are staff's money: across all customers under /admin/finance, and of one customer on the card.
func deskRoutes(a *admin.Handlers) []web.Route {
	read := func(path string, handle echo.HandlerFunc) web.Route {
		return web.Route{Method: get, Path: path, Guard: web.Staff, Permission: staff.ViewFinance, Handle: handle}
	}
	form := func(path string, handle echo.HandlerFunc) web.Route {
		return web.Route{Method: get, Path: path, Guard: web.Staff, Permission: staff.EditFinance, Handle: handle}
	}
	change := func(path string, handle echo.HandlerFunc) web.Route {
		return web.Route{Method: post, Path: path, Guard: web.Staff, Permission: staff.EditFinance, Handle: handle}
	}
	list := []web.Route{
		read("/admin/finance", a.FinanceHome), read("/admin/finance/daily", a.Daily), read("/admin/finance/reference", a.Reference),
		read("/admin/finance/attempts", a.Attempts), read("/admin/finance/attempts/:id", a.Attempt),
		change("/admin/finance/attempts/:id/question", a.AskAttempt), change("/admin/finance/attempts/:id/booking", a.AcceptAttempt), change("/admin/finance/attempts/:id/closure", a.CloseAttempt),
		change("/admin/finance/payment-methods", a.SaveReference("payment-methods")),
		change("/admin/finance/categories", a.SaveReference("categories")),
		change("/admin/finance/taxes", a.SaveReference("taxes")),
	}
	papers := map[finance.ListKind]echo.HandlerFunc{finance.ListInvoices: a.CustomerInvoice, finance.ListProforma: a.CustomerProforma,
		finance.ListCreditNotes: a.CustomerCreditNote, finance.ListPayments: a.CustomerPayment}
	const card = "/admin/customers/:id/"
	for _, kind := range finance.ListKinds {
		path := card + views.ListPath(kind)
		list = append(list, read("/admin/finance/"+views.ListPath(kind), a.DeskList(kind)), read(path+"/:document", a.DocumentPage(kind, papers[kind])),
			change(path+"/:document/removal", a.RemoveDocument(kind)))
		switch kind {
		case finance.ListPayments:
			list = append(list, form(path+"/new", a.PaymentForm), change(path, a.RecordPayment), change(path+"/:document/refund", a.RefundDocument(kind)))
		case finance.ListTransactions:
			list = append(list, form(path+"/new", a.TransactionForm), change(path, a.AddTransaction))
		default:
			list = append(list, form(path+"/new", a.DocumentForm(kind)), change(path, a.IssueDocument(kind)))
		}
	}
	return append(list,
		form(card+"invoices/:document/edit", a.CorrectionForm), change(card+"invoices/:document", a.CorrectInvoice),
		change(card+"invoices/:document/balance", a.PayInvoiceFromBalance), change(card+"invoices/:document/release", a.ReleaseInvoice),
		change(card+"proforma-invoices/:document/invoice", a.InvoiceProforma), change(card+"credit-notes/:document/refund", a.RefundDocument(finance.ListCreditNotes)))
}
