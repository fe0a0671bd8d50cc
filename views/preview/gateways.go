package preview

import (
	"time"

	"myisp/internal/gateway"
	"myisp/models/catalog"
	"myisp/models/customer"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/views/admin"
	"myisp/views/ui"
)

// gatewayPages are payment gateways, the account for transfers and the desk of incoming transfers.
func gatewayPages() []Page {
	of := func(title string) admin.OfPartner {
		return admin.OfPartner{Shell: staff(title), Partner: portal.Partner{ID: 1, Name: "Default"}, Currency: "EUR", MayEdit: true,
			Partners: []ui.Option{{Value: "1", Label: "Default"}, {Value: "2", Label: "Harbor Fiber"}}}
	}
	kind := gateway.Definition{Name: "sandbox", Fields: []gateway.Field{{Key: "mode", Options: []string{"test", "live"}}, {Key: "secret_key", Secret: true, Required: true}, {Key: "webhook_secret", Secret: true}, {Key: "account"}}}
	setup := finance.GatewaySetup{PartnerID: 1, Gateway: "sandbox", Enabled: true, MethodID: 3, FeePPM: 29_000, FeeFixed: 30, Minimum: 100, Currency: "EUR", Invoices: true, Label: "Card",
		FeeCategoryID: finance.CategoryService}
	dollars := setup
	dollars.Currency = "USD"
	list := admin.Gateways{OfPartner: of("Payment gateways"), Pretend: true, Items: []admin.GatewayItem{{Kind: kind, Setup: setup, Known: true}, {Kind: gateway.Definition{Name: "other"}},
		{Kind: gateway.Definition{Name: "paypal"}, Setup: dollars, Known: true}},
		Company: company}
	page := admin.GatewayPage{OfPartner: of("Payment gateways"), Kind: kind, Setup: setup, Percent: "2.9", Fixed: "0.30", Minimum: "1.00", Known: true, Pretend: true, NoticeURL: "https://my.isp.example/webhooks/sandbox",
		GatewayRefs: admin.GatewayRefs{Methods: []finance.PaymentMethod{{ID: 3, Name: "Credit card", Kind: "card", Active: true}}, Taxes: []catalog.Tax{{ID: 1, Name: "VAT 21 %", RatePPM: 210_000}},
			Categories: []finance.TransactionCategory{{ID: 1, Name: "Service", Kind: "service"}}, Locations: []portal.Location{{ID: 1, Name: "Riverside"}, {ID: 2, Name: "Old Town"}}}, Set: map[string]bool{"secret_key": true}}
	bad := page
	bad.Tested, bad.Sealed, bad.Errors = "refused", true, map[string]string{"fee_percent": "gateway.error.fee", "config_webhook_secret": "error.required", "enabled": "gateway.error.currency"}
	bad.Setup, bad.Fixed, bad.Minimum = dollars, "", ""
	bad.Setup.FeeTaxID, bad.Errors["fee_text"] = 1, "error.too_long"
	bad.Setup.Locations, bad.Errors["locations"] = finance.IDsOf(2), "error.choice"
	read := page
	read.MayEdit = false
	lines := []finance.IncomingPayment{{ID: 1, PartnerID: 1, State: finance.IncomingOpen, Day: "2026-11-20", Amount: 4290, Currency: "EUR", Payer: "CARLA SMITH", Text: "rf42 c000 0010 42", Account: "IE29AIBK93115212345678", Statement: "november.csv", Line: 2},
		{ID: 2, PartnerID: 1, State: finance.IncomingOpen, Day: "2026-11-20", Amount: 2000, Currency: "EUR", Payer: "Alice Carter", Text: "internet"},
		{ID: 3, PartnerID: 1, State: finance.IncomingOpen, Day: "2026-11-21", Amount: 3500, Currency: "EUR", Text: "thank you"}}
	proposals := map[int64]finance.Proposal{1: {Target: finance.Target{CustomerID: 3, InvoiceID: 9}, Name: "Carla Smith", Number: "INV-1042", Certain: true}, 2: {Target: finance.Target{CustomerID: 1}, Name: "Alice Carter"}}
	desk := admin.Incoming{OfPartner: of("Incoming transfers"), State: finance.IncomingOpen, Rows: lines, Proposals: proposals, Counts: map[finance.IncomingState]int{finance.IncomingOpen: 3, finance.IncomingBooked: 12},
		Waiting: []finance.BankStatement{{ID: 4, Name: "Bank, December.csv", CreatedAt: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}}, Errors: map[string]string{"file": "incoming.error.large"}}
	none := admin.Incoming{OfPartner: of("Incoming transfers"), State: finance.IncomingIgnored}
	who := customer.Customer{ID: 3, Name: "Carla Smith", Login: "carla"}
	line := admin.IncomingLine{Shell: staff("Incoming transfers"), Line: lines[0], Proposal: proposals[1], Proposed: true, Customer: &who, Document: "i9", MayEdit: true, Search: "ca",
		Documents: []finance.Invoice{{ID: 9, Number: "INV-1042", Due: 4290, Currency: "EUR"}}, Found: []customer.Listed{{Customer: who}}, Errors: map[string]string{"reason": "error.required", "invoice": "incoming.error.invoice"}}
	booked, ignored := line, line
	booked.Line.State, booked.Receipt, booked.Problem = finance.IncomingBooked, "2026-000012", "incoming.error.done"
	ignored.Line.State, ignored.Line.Reason = finance.IncomingIgnored, "Our own transfer"
	statement := admin.StatementPage{OfPartner: of("Bank, November.csv"), Statement: finance.BankStatement{ID: 4, Name: "Bank, November.csv"}, Format: finance.GuessFormat("date,amount,text,payer\n2026-11-20,1.00,a,b\n"),
		File: finance.BankFile{Columns: []string{"date", "amount", "text", "payer"}, Out: 2, Bad: []finance.BadLine{{Line: 4, Field: "day", Value: "32.11.2026"}, {Line: 7, Field: "line"}},
			Lines: []finance.BankLine{{Line: 2, Day: "2026-11-20", Amount: 4290, Currency: "EUR", Payer: "CARLA SMITH", Text: "rf42 c000 0010 42"}, {Line: 3, Day: "2026-11-20", Amount: 100, Currency: "EUR", Known: true}}}}
	unfit := statement
	unfit.Unfit, unfit.Errors = true, map[string]string{"day": "error.required", "skip": "incoming.error.skip"}
	return []Page{{"admin/gateways", admin.GatewaysPage(list)}, {"admin/gateway", admin.GatewayEditPage(page)}, {"admin/gateway-bad", admin.GatewayEditPage(bad)}, {"admin/gateway-read", admin.GatewayEditPage(read)},
		{"admin/bank-transfer", admin.BankTransferPage(admin.BankTransfer{OfPartner: of("Bank transfer"), Company: company, Errors: map[string]string{"bank_account": "branding.error.iban"}})},
		{"admin/incoming", admin.IncomingPage(desk)}, {"admin/incoming-none", admin.IncomingPage(none)}, {"admin/incoming-line", admin.IncomingLinePage(line)},
		{"admin/incoming-booked", admin.IncomingLinePage(booked)}, {"admin/incoming-ignored", admin.IncomingLinePage(ignored)},
		{"admin/statement", admin.StatementPreview(statement)}, {"admin/statement-unfit", admin.StatementPreview(unfit)}}
}
