package preview

import (
	"myisp/internal/gateway"
	"myisp/models/customer"
	books "myisp/models/finance"
	"myisp/models/service"
	"myisp/views/finance"
)

// ordered are invoices as an order names them.
func ordered(rows []books.InvoiceRow) (list []books.Ordered) {
	for _, r := range rows {
		list = append(list, books.Ordered{Kind: books.KindInvoice, ID: r.ID, Number: r.Number, Due: r.Due})
	}
	return list
}

// payPages are paying through a gateway: the ways to choose from, what may stand in the way, and what may come of it.
func payPages() []Page {
	ways := []books.Choice{
		{GatewaySetup: books.GatewaySetup{Gateway: "sandbox", Label: "Card"}, Fee: eur(0)},
		{GatewaySetup: books.GatewaySetup{Gateway: "paypal", Label: "PayPal"}, Fee: eur(130)},
		{GatewaySetup: books.GatewaySetup{Gateway: "gocardless", Label: "Bank debit"}, Fee: eur(20)}}
	pay := finance.Pay{Shell: shell("Pay", "finance"), Menu: financeMenu(""), Today: today, CustomerID: 1, Company: company, Payable: books.Payable{Order: books.Order{Purpose: books.PayAll, Whole: summary.Owed}, Summary: summary, Open: invoices[:2]},
		Checkout: finance.Checkout{Key: "k", Choices: ways, Amount: summary.Owed}, Adds: true, AddCurrency: "EUR"}
	some, busy, wrong := pay, pay, pay
	some.Order = books.Order{Purpose: books.PayInvoices, Documents: ordered(invoices[:2]), Whole: eur(invoices[0].Due + invoices[1].Due), Part: eur(1000)}
	some.PartTyped, some.Open = "10.00", append(invoices[:2:2], invoices[3])
	some.Checkout.Amount, some.Checkout.Part, some.Checkout.Invoices = eur(1000), eur(1000), some.Order.IDs(books.KindInvoice)
	busy.Summary.Underway, busy.Summary.UnderwayID = eur(4290), 12
	busy.Checkout.Problem = "pay.error.in_flight"
	wrong.PartTyped, wrong.Order.Wrong = "1000000", "pay.error.too_much"
	unsaid, added, coming, nothing := pay, pay, pay, pay
	unsaid.AddError, unsaid.AddTyped = "finance.error.amount", "x"
	added.Order = books.Order{Purpose: books.PayAhead, Whole: eur(1500)}
	added.Adds, added.Checkout = false, finance.Checkout{Key: "k", Choices: ways, Amount: eur(1500), Ahead: true}
	coming.Order.Whole, coming.Order.Coming, coming.Summary.Underway, coming.Summary.UnderwayID = eur(4200), eur(4290), eur(4290), 12
	coming.Checkout.Amount, nothing.Nothing = eur(4200), true
	promise, promised, refused := pay, pay, pay
	stand := service.Stand{ID: 1, Status: customer.StatusBlocked, Grace: 10, Currency: "EUR", Balance: -8490, Issued: today.AddDays(-27), Due: today.AddDays(-12), BlockedOn: today.AddDays(-9), Overdue: 4200}
	rules := service.Rules{On: true, Promise: service.Policy{Allowed: true, Days: 3, Every: 60}}
	standing := func(s service.Stand, past ...service.Promise) *service.Standing {
		return &service.Standing{Stand: s, Rules: rules, Today: today, Steps: rules.Timeline(s, today), Offer: rules.OfferOf(s, past, today)}
	}
	promise.Standing = standing(stand)
	refused.Standing = standing(stand, service.Promise{State: service.PromiseKept, MadeOn: today.AddDays(-20)})
	refused.Refused = &refused.Standing.Offer
	stand.Status, stand.BlockedOn, stand.Open = customer.StatusActive, "", &service.Promise{Until: today.AddDays(2)}
	promised.Standing = standing(stand)
	pages := []Page{{"finance/pay-promise", finance.PayPage(promise)}, {"finance/pay-promised", finance.PayPage(promised)}, {"finance/pay-refused", finance.PayPage(refused)}, {"finance/pay-ways", finance.PayPage(pay)}, {"finance/pay-part", finance.PayPage(some)}, {"finance/pay-busy", finance.PayPage(busy)}, {"finance/pay-wrong", finance.PayPage(wrong)},
		{"finance/pay-unsaid", finance.PayPage(unsaid)}, {"finance/pay-added", finance.PayPage(added)}, {"finance/pay-coming", finance.PayPage(coming)}, {"finance/pay-none", finance.PayPage(nothing)}}
	for _, s := range []books.AttemptState{books.AttemptOpen, books.AttemptPending, books.AttemptPaid, books.AttemptReturned, books.AttemptHeld, books.AttemptDeclined, books.AttemptCancelled, books.AttemptFailed} {
		a := finance.Attempt{Shell: shell("Pay", "finance"), Attempt: books.Attempt{ID: 12, State: s, Amount: 4290, Fee: 130, Currency: "EUR", Purpose: books.PayInvoices, Method: "Visa •••• 4242", CreatedAt: now}}
		switch s {
		case books.AttemptPaid:
			a.Receipt, a.Back = 94, finance.BackSoon
		case books.AttemptOpen:
			a.Attempt.RedirectURL, a.Unsettled = "/sandbox/x", true
		case books.AttemptDeclined:
			a.Attempt.Reason, a.RetryURL = "funds", "/pay"
		case books.AttemptCancelled, books.AttemptFailed:
			a.RetryURL = "/pay"
		}
		pages = append(pages, Page{"finance/attempt-" + string(s), finance.AttemptPage(a)})
	}
	hosted := gateway.HostedPage{ID: "x", Amount: eur(4420), Description: "MyISP 2026-000453", State: gateway.Open, Outcomes: []string{"success", "decline", "challenge", "delayed", "abandon"}, Notices: []string{"after_return", "thrice", "lost"}}
	return append(pages, Page{"finance/sandbox", finance.SandboxPage(finance.Sandbox{Shell: public("Sandbox"), Payment: hosted})})
}
