package preview

import (
	"myisp/models/customer"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/models/portal"
	"myisp/views/finance"
)

var company = portal.CompanyInfo{Name: "MyISP Ltd", Street: "12 Quay Street", Zip: "D02", City: "Riverside", Country: "Ireland", Phone: "+44 20 7946 0000", Email: "help@isp.example",
	CompanyID: "700123", VatID: "IE1234567T", BankName: "First Bank", BankAccount: "DE89370400440532013000", BankCode: "COBADEFFXXX"}

var alice = customer.Customer{ID: 1, Name: "Alice Carter", Street: "14 Mill Lane", Zip: "D08", City: "Riverside"}

const today db.Day = "2026-11-22"

func financeMenu(current string) finance.Menu {
	return finance.Menu{Items: portal.FinancePages, Current: current}
}

func financeList(current, next string) finance.List {
	return finance.List{Shell: shell("Finance", "finance"), Menu: financeMenu(current), Today: today, Next: next}
}

func paper(current string) finance.Paper {
	s := shell("Finance", "finance")
	s.BackURL = finance.Path(current)
	return finance.Paper{Shell: s, Menu: financeMenu(current), Today: today, Company: company, Customer: alice, PDF: true}
}

func invoice(id int64, number string, day, due, paid db.Day, total, open int64, status books.Status) books.Invoice {
	return books.Invoice{ID: id, Number: number, Day: day, DueDay: due, PaidDay: paid, Currency: "EUR", Net: total * 100 / 123, Tax: total - total*100/123, Total: total, Due: open, Status: status}
}

func row(i books.Invoice, summary ...string) books.InvoiceRow {
	return books.InvoiceRow{Invoice: i, State: i.State(today), Summary: summary}
}

var (
	bank     = books.Method{ID: 2, Name: "Bank transfer", Kind: "bank_transfer"}
	invoices = []books.InvoiceRow{
		row(invoice(453, "2026-000453", "2026-11-20", "2026-12-05", "", 4290, 4290, books.StatusNotPaid), "Fiber 500", "Voice", "Calls beyond the allowance"),
		row(invoice(371, "2026-000371", "2026-11-04", "2026-11-14", "", 4200, 4200, books.StatusNotPaid), "Installation"),
		row(invoice(318, "2026-000318", "2026-10-22", "2026-12-01", "", 3990, 2000, books.StatusNotPaid), "Fiber 500"),
		row(invoice(310, "2026-000310", "2026-10-20", "2026-11-04", "2026-10-22", 3990, 0, books.StatusPaid), "Fiber 500", "Voice"),
		row(invoice(264, "2026-000264", "2026-10-11", "2026-12-26", "", 500, 500, books.StatusPending), "Top-up 100 GB"),
		row(invoice(201, "2026-000201", "2026-09-11", "2026-09-26", "", 500, 500, books.StatusPending), "Top-up 100 GB"),
	}
	payments = []books.PaymentRow{
		{Payment: books.Payment{ID: 94, ReceiptNumber: "2026-02-00094", Day: "2026-10-22", Amount: 3990, Unallocated: 500, Currency: "EUR"}, Method: bank, Covers: []books.Covered{{InvoiceID: 310, Number: "2026-000310", Amount: eur(3490)}}},
		{Payment: books.Payment{ID: 95, ReceiptNumber: "2026-01-00095", Day: "2026-10-21", Amount: 99_999_999_900, Currency: "EUR", DeletedDay: "2026-10-22", DeletedReason: "Typed twice"},
			Method: books.Method{ID: 1, Name: "Cash", Kind: "cash"}},
		{Payment: books.Payment{ID: 93, ReceiptNumber: "2026-02-00093", Day: "2026-10-02", Amount: -500, Currency: "EUR", Comment: "Sent back"}, Method: bank, CreditNoteNumber: "CN2026-00001"},
	}
	summary = books.Summary{Balance: eur(-8490), Owed: eur(8490), Credit: eur(0), Overdue: eur(4200), OverdueFrom: "2026-11-14", NextDue: eur(4290), NextDueDay: "2026-12-05",
		OpenInvoices: 2, OpenDue: eur(8490), UnpaidInvoices: 2, UnpaidProforma: 1, LastPayment: eur(3990), LastPaymentDay: "2026-10-22"}
)

func items() []books.DocumentItem {
	return []books.DocumentItem{
		{ID: 1, Description: "Fiber 500", Quantity: 1000, Price: 2990, TaxName: "VAT", TaxRatePPM: 230_000, Net: 2431, Tax: 559, Total: 2990, PeriodFrom: "2026-11-20", PeriodTo: "2026-12-19"},
		{ID: 2, Description: "Calls beyond the allowance", Quantity: 12500, Unit: "min", Price: 104, TaxName: "VAT", TaxRatePPM: 230_000, Net: 1057, Tax: 243, Total: 1300},
	}
}

func financePages() []Page {
	transactions := []books.TransactionRow{
		{Transaction: books.Transaction{ID: 2, Day: "2026-11-20", Type: books.Debit, Description: "Fiber 500", Total: 2990, Currency: "EUR", InvoiceID: 453}, Balance: eur(-2990), Category: books.TransactionCategory{ID: 1, Name: "Service", Kind: "service"}, InvoiceNumber: "2026-000453"},
		{Transaction: books.Transaction{ID: 1, Day: "2026-10-22", Type: books.Credit, Total: 3990, Currency: "EUR", PaymentID: 94}, Balance: eur(0), Category: books.TransactionCategory{ID: 3, Name: "Payment", Kind: "payment"}, Method: bank},
	}
	refund := payments[2]
	refund.Of = []books.GivenBack{{PaymentID: 94, Number: "2026-02-00094", Day: "2026-10-22", Amount: eur(500)}}
	refund.Opened = []books.Covered{{InvoiceID: 310, Number: "2026-000310", Amount: eur(500)}}
	pro := books.ProformaInvoice{ID: 7, Number: "P2026-000007", Day: "2026-11-02", DueDay: "2026-12-02", Currency: "EUR", Total: 2500, Status: books.StatusNotPaid}
	note := books.CreditNote{ID: 1, Number: "CN2026-00001", InvoiceID: 310, Day: "2026-06-21", Currency: "EUR", Total: 399, Remaining: 100, Status: books.StatusNotRefunded}
	noteRow := books.CreditNoteRow{CreditNote: note, State: note.State(), InvoiceNumber: "2026-000310"}
	filtered := financeList("invoices", "")
	filtered.Filter = books.Filter{State: books.Overdue, Search: "2026", From: "2026-01-01"}
	printed := paper("invoices")
	printed.PDF, printed.Print = false, true
	open := books.InvoiceDetail{Invoice: invoices[0].Invoice, State: invoices[0].State, Items: items(), TaxLines: books.TaxLines(items())}
	open.Note = "Thank you for being with us."
	paid := books.InvoiceDetail{Invoice: invoices[3].Invoice, State: invoices[3].State, Items: items(), TaxLines: books.TaxLines(items()), Payers: []books.Payer{
		{Kind: books.FromPayment, ID: 94, Number: "2026-02-00094", Day: "2026-10-22", Amount: eur(3490), Method: bank}, {Kind: books.FromCreditNote, ID: 1, Number: "CN2026-00001", Day: "2026-10-22", Amount: eur(300)},
		{Kind: books.FromTransaction, Day: "2026-10-22", Amount: eur(200)}}}
	statement := books.Statement{Kind: books.ByDocuments, From: "2026-10-01", To: "2026-11-30", Opening: eur(5700), Charged: eur(4290), Paid: eur(3990), Closing: eur(6000), Rows: []books.StatementRow{
		{Day: "2026-10-22", Kind: books.RowPayment, ID: 94, Method: bank, ForInvoices: []string{"2026-000310"}, Charge: eur(0), Payment: eur(3990), Owed: eur(1710)},
		{Day: "2026-11-20", Kind: books.RowInvoice, ID: 453, Number: "2026-000453", DueDay: "2026-12-05", Charge: eur(4290), Payment: eur(0), Owed: eur(6000)},
		{Day: "2026-11-21", Kind: books.RowTransaction, Description: "Correction", Charge: eur(0), Payment: eur(0), Owed: eur(6000)}}}
	custom := finance.Range{Period: finance.Custom, From: "2026-10-01", To: "2026-11-30", Kind: books.ByDocuments}
	pay := finance.Pay{Shell: shell("Pay", "finance"), Menu: financeMenu(""), Today: today, CustomerID: 1, Company: company, Payable: books.Payable{Order: books.Order{Purpose: books.PayAll, Whole: summary.Owed},
		Summary: summary, Open: invoices[:2], Proformas: []books.ProformaRow{{ProformaInvoice: pro, State: pro.State(today), Summary: []string{"Prepaid 100"}}}}}
	single, nobank, settled := pay, pay, pay
	single.Order = books.Order{Purpose: books.PayInvoices, Documents: ordered(invoices[1:2]), Whole: eur(invoices[1].Due)}
	nobank.Company = portal.CompanyInfo{Name: "MyISP Ltd", City: "Riverside"}
	settled.Summary, settled.Order = books.Summary{Balance: eur(1250), Credit: eur(1250)}, books.Order{Purpose: books.PayAll, Whole: eur(0), Settled: true}
	settled.Open, settled.Proformas = nil, nil
	return []Page{
		{"finance/overview", finance.OverviewPage(finance.Overview{Shell: shell("Finance", "finance"), Menu: financeMenu(""), Today: today, Summary: summary, Invoices: invoices, Payments: payments})},
		{"finance/overview-empty", finance.OverviewPage(finance.Overview{Shell: shell("Finance", "finance"), Menu: financeMenu(""), Today: today})},
		{"finance/invoices", finance.InvoicesPage(finance.Invoices{List: financeList("invoices", "next"), Rows: invoices})},
		{"finance/invoices-filtered", finance.InvoicesPage(finance.Invoices{List: filtered, Rows: invoices[1:2]})},
		{"finance/invoices-nothing", finance.InvoicesPage(finance.Invoices{List: filtered})},
		{"finance/invoices-empty", finance.InvoicesPage(finance.Invoices{List: financeList("invoices", "")})},
		{"finance/proforma-invoices", finance.ProformaInvoicesPage(finance.ProformaInvoices{List: financeList("proforma_invoices", ""), Rows: pay.Proformas})},
		{"finance/payments", finance.PaymentsPage(finance.Payments{List: financeList("payments", ""), Rows: payments})},
		{"finance/credit-notes", finance.CreditNotesPage(finance.CreditNotes{List: financeList("credit_notes", ""), Rows: []books.CreditNoteRow{noteRow}})},
		{"finance/transactions", finance.TransactionsPage(finance.Transactions{List: financeList("transactions", "next"), Rows: transactions, Fields: finance.Fields{DebitCredit: true, Movement: true, InvoiceNumber: true}})},
		{"finance/transactions-plain", finance.TransactionsPage(finance.Transactions{List: financeList("transactions", ""), Rows: transactions, Invert: true})},
		{"finance/invoice", finance.InvoicePage(finance.Invoice{Paper: paper("invoices"), Document: open})},
		{"finance/invoice-paid", finance.InvoicePage(finance.Invoice{Paper: printed, Document: paid})},
		{"finance/proforma-invoice", finance.ProformaInvoicePage(finance.ProformaInvoice{Paper: paper("proforma_invoices"), Document: books.ProformaDetail{ProformaInvoice: pro, State: pro.State(today), Items: items(), Payment: payments[0].Payment}})},
		{"finance/credit-note", finance.CreditNotePage(finance.CreditNote{Paper: paper("credit_notes"), Document: books.CreditNoteDetail{CreditNoteRow: noteRow, Items: items(), TaxLines: books.TaxLines(items())}})},
		{"finance/payment", finance.PaymentPage(finance.Payment{Paper: paper("payments"), Document: payments[0]})},
		{"finance/payment-cancelled", finance.PaymentPage(finance.Payment{Paper: paper("payments"), Document: payments[1]})},
		{"finance/refund", finance.PaymentPage(finance.Payment{Paper: paper("payments"), Document: refund})},
		{"finance/statement", finance.StatementPage(finance.Statement{Shell: shell("Statements", "finance"), Menu: financeMenu("statements"), Range: custom, Shown: true, Statement: statement, PDF: true})},
		{"finance/statement-wrong", finance.StatementPage(finance.Statement{Shell: shell("Statements", "finance"), Menu: financeMenu("statements"), Range: custom, ToError: "finance.error.period"})},
		{"finance/statement-empty", finance.StatementPage(finance.Statement{Shell: shell("Statements", "finance"), Menu: financeMenu("statements"), Range: custom, Shown: true, Print: true})},
		{"finance/pay", finance.PayPage(pay)},
		{"finance/pay-one", finance.PayPage(single)},
		{"finance/pay-no-bank", finance.PayPage(nobank)},
		{"finance/pay-settled", finance.PayPage(settled)},
	}
}
