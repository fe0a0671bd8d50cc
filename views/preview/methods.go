package preview

import (
	"context"

	"net/url"

	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/views/finance"
)

// methodPages are the saved payment methods and autopay, in each of their states.
func methodPages() []Page {
	soon := today.AddDays(9).Time()
	card := books.SavedMethod{ID: 1, State: books.SavedActive, Kind: "card", Brand: "Visa", Last4: "4242", ExpiryYear: soon.Year() + 2, ExpiryMonth: 9, IsDefault: true, CreatedAt: now}
	ending := books.SavedMethod{ID: 2, State: books.SavedActive, Kind: "card", Brand: "Mastercard", Last4: "4444", Label: "Family card", ExpiryYear: today.Time().Year(), ExpiryMonth: int(today.Time().Month()), CreatedAt: now}
	bank := books.SavedMethod{ID: 3, State: books.SavedActive, Kind: "bank", Brand: "Example Bank", Last4: "6789", Mandate: "MD-0001234", CreatedAt: now}
	over := ending
	over.ExpiryYear--
	gates := []books.GatewaySetup{{Gateway: "sandbox", Label: "Card"}, {Gateway: "gocardless", Label: "Bank debit"}}
	rule := books.Autopay{CustomerID: 1, State: books.AutopayOn, MethodID: 1, Rule: books.RuleBefore, Days: 3, MostMinor: 10_000, Currency: "EUR", StartsOn: today, ConsentID: 1}
	next := books.NextCharge{Day: today.AddDays(5), Amount: eur(4290)}
	list := finance.Methods{Shell: shell("Payment methods", "finance"), Menu: financeMenu(finance.MethodsItem), Today: today, Gateways: gates, Key: "k", Removal: "remove", Rows: []books.SavedMethod{card, ending, bank},
		Autopay: &rule, Next: next}
	none, ended := list, list
	none.Rows, none.Autopay, none.Pretend = nil, nil, true
	ended.Rows = []books.SavedMethod{over}
	kept := list
	kept.Removal = "ask_support"
	pages := []Page{{"finance/methods", finance.MethodsPage(list)}, {"finance/methods-none", finance.MethodsPage(none)}, {"finance/methods-expired", finance.MethodsPage(ended)},
		{"finance/method", finance.SavedMethodPage(finance.SavedMethod{Methods: list, Method: card})}, {"finance/method-kept", finance.SavedMethodPage(finance.SavedMethod{Methods: kept, Method: bank})}}
	for _, state := range []books.SavedState{books.SavedActive, books.SavedSetup, books.SavedForgotten} {
		row := card
		row.State = state
		name := string(state)
		pages = append(pages, Page{"finance/method-result-" + name, finance.MethodResultPage(finance.MethodResult{Shell: list.Shell, Method: row})})
	}
	pages = append(pages, Page{"finance/step-up", finance.StepUpPage(finance.StepUp{Shell: shell("Confirm it is you", "finance"), Action: "/finance/autopay", Field: "step_up_password", Kept: url.Values{"rule": {"due"}},
		Cancel: "/finance/autopay", Error: "error.password_wrong"})})
	return append(pages, autopayPages(rule, card, next)...)
}

func autopayPages(rule books.Autopay, card books.SavedMethod, next books.NextCharge) []Page {
	charge := func(day db.Day, state books.ChargeState, tries int) books.AutopayCharge {
		return books.AutopayCharge{Day: day, State: state, Tries: tries, FirstOn: day, Amount: 4290, Currency: "EUR", Reason: "funds"}
	}
	p := finance.Autopay{Shell: shell("Autopay", "finance"), Today: today, Rows: []books.SavedMethod{card}, Rule: rule, Next: next, Method: card, Brand: "MyISP",
		Consent: books.AutopayConsent{ID: 1, Version: finance.ConsentVersion, Text: "I allow MyISP to charge what I owe.\nVisa •••• 4242", CreatedAt: now},
		Charges: []books.AutopayCharge{charge(today.AddDays(-3), books.ChargePaid, 1), charge(today.AddDays(-33), books.ChargeFailed, 4), charge(today.AddDays(-63), books.ChargeTooMuch, 0)}}
	p.Form = finance.FormOf(context.Background(), rule, p.Rows, "EUR")
	off, paused, retried, bare := p, p, p, p
	off.Rule = books.Autopay{CustomerID: 1, State: books.AutopayEnded, Reason: books.EndExpired}
	off.Form, off.Errors = finance.FormOf(context.Background(), off.Rule, p.Rows, "EUR"), map[string]string{"agree": "autopay.error.agree"}
	paused.Rule.PausedUntil, paused.Next = today.AddDays(40), books.NextCharge{}
	retried.Next = books.NextCharge{Day: today.AddDays(1), Amount: eur(4290), Retry: true, Schedule: []db.Day{today.AddDays(1), today.AddDays(3), today.AddDays(5)}}
	bare.Rule, bare.Rows, bare.Charges = books.Autopay{}, nil, nil
	return []Page{{"finance/autopay", finance.AutopayPage(p)}, {"finance/autopay-off", finance.AutopayPage(off)}, {"finance/autopay-paused", finance.AutopayPage(paused)},
		{"finance/autopay-retried", finance.AutopayPage(retried)}, {"finance/autopay-none", finance.AutopayPage(bare)}}
}
