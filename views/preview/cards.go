package preview

import (
	"time"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/customer"
	books "myisp/models/finance"
	"myisp/views/admin"
	"myisp/views/finance"
	"myisp/views/ui"
)

// cardPages are refill cards and pay links, for customers, strangers and staff.
func cardPages() []Page {
	menu := financeMenu(finance.CardItem)
	menu.Cards = true
	refill := finance.Refill{Shell: shell("Refill card", "finance"), Menu: menu, Company: company}
	unknown, own := refill, refill
	unknown.Code, unknown.Error = "202611-OAK-7KQ3", "refill.error.unknown"
	own.Code, own.Error, own.Own = "202611-OAK-7KQ3-9ARM-XW4D", "refill.error.own", "/finance/payments/94"
	doc := books.LinkDocument{Number: "2026-000453", Due: 4290, Currency: "EUR", Day: "2026-11-01", DueDay: "2026-11-15"}
	link := finance.PayLink{Shell: public("Pay for somebody"), Name: finance.Masked("Alice Carter"), Document: doc, Kind: books.KindInvoice, Path: "/pay/token", PDF: true,
		Pay: finance.Pay{Today: today, CustomerID: 1, Company: company, Pretend: true, Checkout: finance.Checkout{Key: "k", Action: "/pay/token", Amount: eur(4290),
			Choices: []books.Choice{{GatewaySetup: books.GatewaySetup{Gateway: "sandbox", Label: "Card"}, Fee: eur(0)}}}}}
	link.Pay.Order = books.PayLinkRow{PayLink: books.PayLink{Kind: books.KindInvoice, DocumentID: 1}, Document: doc}.Order()
	result := finance.Attempt{Shell: public("Pay for somebody"), Attempt: books.Attempt{ID: 12, State: books.AttemptPaid, Amount: 4290, Currency: "EUR", Purpose: books.PayInvoices, CreatedAt: now}, Link: "/pay/token", Again: "/pay/token/12-x"}
	pages := []Page{{"finance/refill", finance.RefillPage(refill)}, {"finance/refill-unknown", finance.RefillPage(unknown)}, {"finance/refill-own", finance.RefillPage(own)},
		{"paylink/open", finance.PayLinkPage(link)}, {"paylink/result", finance.AttemptPage(result)}}
	for _, state := range []string{"unknown", "paid", "expired", "revoked"} {
		pages = append(pages, Page{"paylink/" + state, finance.PayLinkGonePage(finance.PayLinkGone{Shell: public("Pay for somebody"), State: state, Company: company})})
	}
	var rows []books.PayLinkRow
	for i, state := range []books.LinkState{books.LinkLive, books.LinkPaid, books.LinkExpired, books.LinkRevoked} {
		rows = append(rows, books.PayLinkRow{PayLink: books.PayLink{ID: int64(i + 1), Kind: books.KindInvoice, MadeBy: audit.Customer, MakerName: "Alice Carter", CreatedAt: now.AddDate(0, 0, -2), ExpiresAt: now.AddDate(0, 1, 0)}, Document: doc, State: state})
	}
	pages = append(pages, Page{"finance/pay-links", finance.PayLinksPage(finance.PayLinks{Shell: shell("Links to pay", "finance"), Rows: rows, URL: "https://portal.example/pay/token"})},
		Page{"finance/pay-links-none", finance.PayLinksPage(finance.PayLinks{Shell: shell("Links to pay", "finance"), Problem: "paylink.error.too_many"})})
	return append(pages, staffCardPages(rows)...)
}

func staffCardPages(links []books.PayLinkRow) []Page {
	used, names := now.Add(-time.Hour), map[int64]string{1: "MyISP"}
	row := books.SeriesRow{CardSeries: books.CardSeries{ID: 1, Name: "202611", Prefix: "OAK", Amount: 2000, Currency: "EUR", ValidUntil: "2027-11-30", Count: 20, Length: 12,
		Alphabet: books.CardLetters, MadeBy: "Ada Admin", CreatedAt: now}, Used: 1, Blocks: 1, Left: 18}
	blocked, over := row, row
	blocked.ID, blocked.Blocked, blocked.Left, blocked.PartnerID = 2, true, 0, 1
	over.ID, over.Left, over.Expired = 3, 0, 18
	rows := []books.SeriesRow{row, blocked, over}
	series := admin.Series{Shell: staff("Refill cards"), Row: row, Names: names, MayEdit: true, MayPrint: true, Today: today, Customers: map[int64]customer.Customer{7: {ID: 7, Name: "Bob Novak"}},
		Cards: books.CardPage{Rows: []books.Card{{ID: 1, Number: 1, State: books.CardUsed, CustomerID: 7, PaymentID: 9, UsedAt: &used}, {ID: 2, Number: 2, State: books.CardBlocked}, {ID: 3, Number: 3, State: books.CardActive}}, Next: 3}}
	sheet := admin.Sheet{Shell: staff("Refill cards"), Row: row, Brand: "MyISP", Lost: 1, Cards: []books.PrintedCard{{Number: 3, Code: "202611-OAK-7KQ3-9ARM-XW4D"}, {Number: 4, Code: "202611-OAK-M3TC-QQ7E-DA6N"}}}
	form := admin.NewSeries{Shell: staff("Refill cards"), Name: "202611", Count: "20000", Length: "12", Alphabet: "letters", Currency: "EUR", Partner: "0", Amount: "20",
		Partners: []ui.Option{{Value: "0", Label: "Every partner"}}, Currencies: []ui.Option{{Value: "EUR", Label: "EUR"}}, Errors: map[string]string{"count": "refill.error.count"}}
	return []Page{{"admin/cards", admin.CardsPage(admin.Cards{Shell: staff("Refill cards"), Rows: rows, Names: names, MayEdit: true})},
		{"admin/cards-none", admin.CardsPage(admin.Cards{Shell: staff("Refill cards")})}, {"admin/cards-new", admin.NewSeriesPage(form)}, {"admin/cards-series", admin.SeriesPage(series)},
		{"admin/cards-sheet", admin.SheetPage(sheet)},
		{"admin/cards-statistics", admin.CardStatisticsPage(admin.CardStatistics{Shell: staff("Refill cards"), Sums: []books.CardSum{{Currency: "EUR", Made: 60, Used: 3, Left: 18, Expired: 18, MadeAmount: 120_000, UsedAmount: 6_000, LeftAmount: 36_000, ExpiredAmount: 36_000}}, Months: []books.CardMonth{{Month: "2026-11", Currency: "EUR", Cards: 1, Amount: 2000}}})},
		{"admin/pay-links", admin.PayLinksPage(admin.PayLinks{Shell: staff("Pay links"), Customer: customer.Customer{ID: 1, Name: "Alice Carter"}, Rows: links, MayEdit: true, URL: "https://portal.example/pay/token",
			Open: []ui.Option{{Value: "invoice-1", Label: "2026-000453 · " + money.Of(4290, "EUR").Decimal()}}})}}
}
