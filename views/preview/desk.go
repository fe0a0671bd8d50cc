package preview

import (
	"myisp/models/catalog"
	"myisp/models/customer"
	books "myisp/models/finance"
	"myisp/views/admin"
	"myisp/views/ui"
)

// deskPages are staff's money: forms, documents, lists, totals.
func deskPages() []Page {
	head := func(kind books.ListKind, title string) admin.DeskHead {
		return admin.DeskHead{Shell: staff(title), Customer: customer.Customer{ID: 204, Name: "Alice Carter", PartnerID: 1}, Kind: kind, Currency: "EUR", Key: "0123456789abcdef"}
	}
	taxes := catalog.TaxChoice{Usual: 1, Own: []catalog.Tax{{ID: 1, Name: "VAT", RatePPM: 210_000}}}
	methods := []ui.Option{{Value: "1", Label: "Cash"}, {Value: "2", Label: "Bank transfer"}}
	partners := []ui.Option{{Value: "0", Label: "All"}, {Value: "1", Label: "Default"}, {Value: "2", Label: "Harbor Fiber"}}
	waiting := []books.Transaction{{ID: 7, Day: today, Type: books.Debit, Description: "Technician's visit", Total: 4500, Currency: "EUR"}}
	form := admin.DeskDocument{DeskHead: head(books.ListInvoices, "New invoice"), Day: string(today), DueDay: "2026-12-15", Taxes: taxes, Waiting: waiting, Chosen: map[int64]bool{7: true},
		Lines: []admin.DeskLine{{Description: "Mast", Quantity: "2", Unit: "pcs", Price: "100.00", Discount: "10", Tax: "1"}, {}}, FromBalance: true}
	refused := form
	refused.Errors = map[string]string{"line.1.price": "finance.error.amount", "line.1.description": "finance.error.description", "conflict": "finance.error.not_correctable"}
	refused.ID, refused.Number = 9, "202601000123"
	lines := []books.DocumentItem{{Description: "Mast", Quantity: 2000, Unit: "pcs", Price: 10000, TaxName: "VAT 21 %", TaxRatePPM: 210_000, Net: 20000, Tax: 4200, Total: 24200},
		{Description: "Discount 10 %: Mast", Quantity: 1000, Price: -2000, TaxName: "VAT 21 %", TaxRatePPM: 210_000, Net: -2000, Tax: -420, Total: -2420}}
	sums := books.Totals{Net: 18000, Tax: 3780, Total: 21780}
	reckoned := form
	reckoned.Reckoned = &admin.DeskReckoned{Reckoning: books.Reckoning{Lines: lines, Totals: sums, Taxes: books.TaxLines(lines)}, Currency: "EUR", Changed: true}
	doc := admin.DeskPage{DeskHead: head(books.ListInvoices, "Invoice"), ID: 9, Number: "202601000123", State: books.PartiallyPaid, MayEdit: true, Correct: true, Balance: true, Release: true,
		PDF: "/admin/customers/204/invoices/9.pdf", Facts: []ui.Term{{Label: "Total", Value: "€ 217.80"}, {Label: "Open", Value: "€ 117.80"}},
		Items: lines, Totals: sums, Taxes: books.TaxLines(lines),
		Payers: []books.Payer{{Kind: books.FromPayment, ID: 4, Number: "2026-01-00004", Day: today, Amount: eur(10000), Method: bank}}}
	pay := admin.DeskPage{DeskHead: head(books.ListPayments, "Payment"), ID: 4, Number: "2026-01-00004", MayEdit: true, Delete: true, Refund: true, Amount: "100.00", Method: "2", Methods: methods,
		Covers: []books.Covered{{InvoiceID: 9, Number: "202601000123", Amount: eur(10000)}}}
	opens := pay
	opens.Opens, opens.Sure = []books.Reopened{{InvoiceID: 9, Name: "202601000123", Amount: eur(10000)}}, "10000"
	opens.Payment = books.PaymentRow{GivenBack: []books.GivenBack{{PaymentID: 5, Number: "2026-01-00005", Day: today, Amount: eur(500)}}}
	rows := []books.DeskRow{{ID: 9, CustomerID: 204, PartnerID: 1, Customer: "Alice Carter", Number: "202601000123", Day: today, DueDay: "2026-12-15", Currency: "EUR", Total: 21780, Open: 11780, State: books.PartiallyPaid}}
	days := []books.DailyTotal{{Day: today, PartnerID: 1, Currency: "EUR", Invoiced: 21780, Open: 11780}, {Day: today, PartnerID: 1, Currency: "EUR", MethodID: 2, Paid: 10000, Refunded: 500}}
	daily := admin.DeskDaily{Shell: staff("Daily totals"), From: "2026-11-01", To: string(today), Partners: partners, Rows: days, Sums: books.SumDaily(days),
		Names: map[int64]string{1: "Default"}, Methods: map[int64]string{2: "Bank transfer"}, Trusted: true}
	home := admin.DeskDaily{Shell: staff("Finance"), One: true}
	return []Page{
		{"admin/desk-invoice-new", admin.DeskDocumentPage(form)},
		{"admin/desk-invoice-reckoned", admin.DeskDocumentPage(reckoned)},
		{"admin/desk-invoice-refused", admin.DeskDocumentPage(refused)},
		{"admin/desk-credit-note-new", admin.DeskDocumentPage(admin.DeskDocument{DeskHead: head(books.ListCreditNotes, "New credit note"), Taxes: taxes, Lines: []admin.DeskLine{{}}, Invoices: []ui.Option{{Value: "0", Label: "No invoice"}}})},
		{"admin/desk-invoice", admin.DeskPagePage(doc)},
		{"admin/desk-payment", admin.DeskPagePage(pay)},
		{"admin/desk-payment-opens", admin.DeskPagePage(opens)},
		{"admin/desk-payment-new", admin.DeskPaymentPage(admin.DeskPayment{DeskHead: head(books.ListPayments, "Record a payment"), Amount: "84.90", Day: string(today), Methods: methods, For: "oldest", Open: invoices, Owed: eur(8490), Send: true})},
		{"admin/desk-payment-doubt", admin.DeskPaymentPage(admin.DeskPayment{DeskHead: head(books.ListPayments, "Record a payment"), Amount: "849.00", Day: string(today), Methods: methods, For: "oldest", Owed: eur(8490),
			Doubt: &books.Doubt{Reason: books.DoubtMore, Amount: 84900, More: 76410}})},
		{"admin/desk-transaction-new", admin.DeskTransactionPage(admin.DeskTransaction{DeskHead: head(books.ListTransactions, "New transaction"), Type: "debit", Taxes: taxes, Categories: methods, MayWait: true})},
		{"admin/desk-list", admin.DeskListPage(admin.DeskList{Shell: staff("Invoices"), Kind: books.ListInvoices, Rows: rows, Next: "x", Partners: partners, Methods: methods,
			Sums: []books.ListSum{{Currency: "EUR", Count: 1, Total: 21780, Open: 11780}, {Currency: "USD", Count: 3, Total: 4500}}})},
		{"admin/desk-list-none", admin.DeskListPage(admin.DeskList{Shell: staff("Payments"), Kind: books.ListPayments, Partners: partners, Methods: methods})},
		{"admin/desk-daily", admin.DeskDailyPage(daily)},
		{"admin/desk-home", admin.DeskDailyPage(home)},
		{"admin/desk-reference", admin.DeskReferencePage(admin.DeskReference{Shell: staff("Methods and taxes"), MayEdit: true, Methods: []books.PaymentMethod{{ID: 1, Name: "Cash", Active: true}},
			Categories: []books.TransactionCategory{{ID: 9, Name: "Fines", Archived: true}}, Taxes: []admin.TaxRow{{ID: 1, Name: "VAT", Rate: "21 %"}, {ID: 3, Name: "Both", Rate: "15 %", Group: true}}})},
	}
}
