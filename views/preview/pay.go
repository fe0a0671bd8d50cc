package preview

import (
	"myisp/internal/gateway"
	books "myisp/models/finance"
	"myisp/views/finance"
)

// payPages are paying through a gateway: the ways to choose from, what may stand in the way, and what may come of it.
func payPages() []Page {
	ways := []books.Choice{
		{GatewaySetup: books.GatewaySetup{Gateway: "sandbox", Label: "Card"}, Fee: eur(0)},
		{GatewaySetup: books.GatewaySetup{Gateway: "paypal", Label: "PayPal"}, Fee: eur(130)},
		{GatewaySetup: books.GatewaySetup{Gateway: "gocardless", Label: "Bank debit"}, Fee: eur(20)}}
	pay := finance.Pay{Shell: shell("Pay", "finance"), Menu: financeMenu(""), Today: today, CustomerID: 1, Company: company, Summary: summary, Open: invoices[:2],
		Checkout: finance.Checkout{Key: "k", Choices: ways, Amount: summary.Owed}, Ahead: finance.Checkout{Key: "a", Choices: ways, Amount: eur(0), Ahead: true}}
	some, busy, wrong := pay, pay, pay
	some.Chosen, some.Part, some.PartTyped, some.Open = invoices[:1], eur(1000), "10.00", append(invoices[:2:2], invoices[3])
	some.Checkout.Amount, some.Checkout.Part, some.Checkout.Invoices = eur(1000), eur(1000), []int64{1}
	busy.Summary.Underway, busy.Summary.UnderwayID = eur(4290), 12
	busy.Checkout.Problem = "pay.error.in_flight"
	wrong.PartTyped, wrong.PartError = "1000000", "pay.error.too_much"
	wrong.Ahead.Errors, wrong.Ahead.Typed = map[string]string{"amount": "finance.error.amount"}, "x"
	pages := []Page{{"finance/pay-ways", finance.PayPage(pay)}, {"finance/pay-part", finance.PayPage(some)}, {"finance/pay-busy", finance.PayPage(busy)}, {"finance/pay-wrong", finance.PayPage(wrong)}}
	for _, s := range []books.AttemptState{books.AttemptOpen, books.AttemptPending, books.AttemptPaid, books.AttemptReturned, books.AttemptHeld, books.AttemptDeclined, books.AttemptCancelled, books.AttemptFailed} {
		a := finance.Attempt{Shell: shell("Pay", "finance"), Attempt: books.Attempt{ID: 12, State: s, Amount: 4290, Fee: 130, Currency: "EUR", Purpose: books.PayInvoices, Method: "Visa •••• 4242", CreatedAt: now}}
		switch s {
		case books.AttemptPaid:
			a.Receipt = 94
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
