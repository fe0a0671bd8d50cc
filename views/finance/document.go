package finance

import (
	"context"
	"strconv"
	"strings"

	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/models/portal"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Paper is what every document has around its contents: who wrote it and for whom.
type Paper struct {
	Shell    ui.Shell
	Menu     Menu
	Today    db.Day
	Company  portal.CompanyInfo
	Customer customer.Customer
	// PDF says that the reader's language can be written as PDF; otherwise the page itself is printed.
	PDF bool
	// Print explains how to print the page, to whoever asked for a PDF that cannot be made.
	Print bool
	// Share offers a link with which somebody else pays the document.
	Share bool
}

// Invoice is the page of one invoice.
type Invoice struct {
	Paper
	Document books.InvoiceDetail
	Why      books.Comparison // with the invoice before
	Credit   bool             // the account holds some that can pay it
}

// whyTitle says how the invoice compares with the one before, and promises to say why.
func (p Invoice) whyTitle(ctx context.Context) string {
	key := "why.same"
	switch {
	case p.Why.Amount.Positive():
		key = "why.more"
	case p.Why.Amount.Negative():
		key = "why.less"
	}
	return i18n.T(ctx, key, "amount", format.Money(ctx, p.Why.Amount.Abs()), "number", format.Isolate(ctx, p.Why.Number))
}

func whyName(ctx context.Context, d books.Difference) string {
	if d.Description == "" {
		return i18n.T(ctx, "why.cause."+string(d.Cause))
	}
	return d.Description
}

func whyText(ctx context.Context, d books.Difference) string {
	var parts []string
	if d.Description != "" {
		parts = append(parts, i18n.T(ctx, "why.cause."+string(d.Cause)))
	}
	if d.Before != "" {
		parts = append(parts, i18n.T(ctx, "why.before", "name", format.Isolate(ctx, d.Before)))
	}
	if d.Cause == books.CauseProrated || d.Cause == books.CauseNew {
		parts = append(parts, period(ctx, d.From, d.To))
	}
	return dotted(ctx, parts...)
}

// ProformaInvoice is the page of one proforma invoice.
type ProformaInvoice struct {
	Paper
	Document books.ProformaDetail
}

// CreditNote is the page of one credit note.
type CreditNote struct {
	Paper
	Document books.CreditNoteDetail
}

// body is what invoices, proforma invoices and credit notes have in common.
type body struct {
	items    []books.DocumentItem
	taxes    []books.TaxLine
	currency money.Currency
	net      int64
	total    int64
	note     string
}

func (b body) money(minor int64) money.Money { return money.Of(minor, b.currency) }

func (p Invoice) body() body {
	d := p.Document
	return body{d.Items, d.TaxLines, d.Currency, d.Net, d.Total, d.Note}
}

func (p ProformaInvoice) body() body {
	d := p.Document
	return body{d.Items, d.TaxLines, d.Currency, d.Net, d.Total, d.Note}
}

func (p CreditNote) body() body {
	d := p.Document
	return body{d.Items, d.TaxLines, d.Currency, d.Net, d.Total, d.Note}
}

// lines leaves out what is empty.
func lines(all ...string) []string {
	var kept []string
	for _, s := range all {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

func (p Paper) from(ctx context.Context) []string {
	c := p.Company
	return lines(c.Street, c.Zip+" "+c.City, c.Country, labelled(ctx, "about.company_id", c.CompanyID), labelled(ctx, "about.vat_id", c.VatID), c.Phone, c.Email)
}

func (p Paper) to(ctx context.Context) []string {
	c := p.Customer
	return lines(c.Street, c.Zip+" "+c.City, labelled(ctx, "about.company_id", c.CompanyID), labelled(ctx, "about.vat_id", c.VatID))
}

func labelled(ctx context.Context, key, value string) string {
	if value == "" {
		return ""
	}
	return i18n.T(ctx, key) + ": " + format.Isolate(ctx, value)
}

// quantity writes thousandths, 1500 as "1.5"; rate a tax rate in millionths, 210000 as "21 %".
func quantity(ctx context.Context, thousandths int64) string {
	return words(ctx).Quantity(thousandths)
}

func rate(ctx context.Context, ppm int64) string {
	if ppm == 0 {
		return ""
	}
	return words(ctx).Percent(ppm)
}

// itemText is the line under an item: the period it is for, and how many at which price when it is not just one.
func (b body) itemText(ctx context.Context, it books.DocumentItem) string {
	count := ""
	if it.Quantity != 1000 {
		count = strings.TrimSpace(quantity(ctx, it.Quantity)+" "+it.Unit) + " × " + figure(ctx, b.money(it.Price))
	}
	return dotted(ctx, period(ctx, it.PeriodFrom, it.PeriodTo), count)
}

func period(ctx context.Context, from, to db.Day) string {
	switch {
	case from == "" && to == "":
		return ""
	case to == "" || from == to:
		return day(ctx, from)
	case from == "":
		return day(ctx, to)
	}
	return i18n.T(ctx, "finance.document.period", "from", day(ctx, from), "to", day(ctx, to))
}

// taxLabel names a tax and what it is of; a name such as "VAT 21 %" says its rate already.
func taxLabel(ctx context.Context, t books.TaxLine, base string) string {
	r := rate(ctx, t.RatePPM)
	if strings.Contains(t.Name, "%") {
		r = ""
	}
	tax := strings.TrimSpace(orWord(ctx, t.Name) + " " + r)
	return i18n.T(ctx, "finance.document.tax_line", "tax", format.Isolate(ctx, tax), "amount", base)
}

func payerText(ctx context.Context, p books.Payer) string {
	switch p.Kind {
	case books.FromPayment:
		return MethodText(ctx, p.Method)
	case books.FromCreditNote:
		return i18n.T(ctx, "finance.document.credit_note", "number", format.Isolate(ctx, p.Number))
	}
	return i18n.T(ctx, "finance.document.from_balance")
}

func (m Menu) payerURL(p books.Payer) string {
	switch p.Kind {
	case books.FromPayment:
		return m.link("payments", p.ID)
	case books.FromCreditNote:
		return m.link("credit_notes", p.ID)
	}
	return ""
}

func (p Invoice) facts(ctx context.Context) []ui.Term {
	d := p.Document
	return []ui.Term{
		{Label: i18n.T(ctx, "finance.document.number"), Value: d.Number, Copy: true}, {Label: i18n.T(ctx, "finance.document.date"), Value: day(ctx, d.Day)},
		{Label: i18n.T(ctx, "finance.document.due"), Value: day(ctx, d.DueDay)}, {Label: i18n.T(ctx, "finance.document.paid_on"), Value: paidDay(ctx, d.State, d.PaidDay)},
	}
}

func (p ProformaInvoice) facts(ctx context.Context) []ui.Term {
	d := p.Document
	return []ui.Term{
		{Label: i18n.T(ctx, "finance.document.number"), Value: d.Number, Copy: true}, {Label: i18n.T(ctx, "finance.document.date"), Value: day(ctx, d.Day)},
		{Label: i18n.T(ctx, "finance.document.due"), Value: day(ctx, d.DueDay)}, {Label: i18n.T(ctx, "finance.document.paid_on"), Value: paidDay(ctx, d.State, d.PaidDay)},
	}
}

func paidDay(ctx context.Context, s books.State, d db.Day) string {
	if s.Open() {
		return ""
	}
	return day(ctx, d)
}

func (p CreditNote) facts(ctx context.Context) []ui.Term {
	d := p.Document
	return []ui.Term{
		{Label: i18n.T(ctx, "finance.document.number"), Value: d.Number, Copy: true}, {Label: i18n.T(ctx, "finance.document.date"), Value: day(ctx, d.Day)},
		{Label: i18n.T(ctx, "finance.document.for_invoice"), Value: d.InvoiceNumber}, {Label: i18n.T(ctx, "finance.document.refunded_on"), Value: day(ctx, d.PaidDay)},
	}
}

// pdfAction is the way to the document on paper.
func (p Paper) pdfAction(ctx context.Context, item string, id int64) ui.Action {
	a := ui.Action{Label: i18n.T(ctx, "finance.document.download"), Icon: "download", URL: Path(item) + "/" + strconv.FormatInt(id, 10) + ".pdf?download=1", Plain: true, Wide: true}
	if !p.PDF {
		a.Label, a.Icon, a.URL, a.Plain = i18n.T(ctx, "finance.document.print"), "file-text", Path(item)+"/"+strconv.FormatInt(id, 10)+"?print=1", false
	}
	return a
}

func payAction(ctx context.Context, kind string, id int64, m money.Money) ui.Action {
	return ui.Action{Label: i18n.T(ctx, "finance.pay_amount", "amount", figure(ctx, m)), Kind: ui.Primary, Wide: true,
		URL: "/pay?" + kind + "=" + strconv.FormatInt(id, 10)}
}

// Title is the heading of the page, and of its window.
func (p Invoice) Title(ctx context.Context) string {
	return i18n.T(ctx, "finance.document.invoice", "number", format.Isolate(ctx, p.Document.Number))
}

// Title is the heading of the page, and of its window.
func (p ProformaInvoice) Title(ctx context.Context) string {
	return i18n.T(ctx, "finance.document.proforma", "number", format.Isolate(ctx, p.Document.Number))
}

// Title is the heading of the page, and of its window.
func (p CreditNote) Title(ctx context.Context) string {
	return i18n.T(ctx, "finance.document.credit_note", "number", format.Isolate(ctx, p.Document.Number))
}

func (p Invoice) due() money.Money {
	if p.Document.State.Open() {
		return money.Of(p.Document.Due, p.Document.Currency)
	}
	return money.Of(p.Document.Total, p.Document.Currency)
}

// amountLabel says what the large figure of a document is.
func amountLabel(ctx context.Context, s books.State) string {
	if s.Open() {
		return i18n.T(ctx, "finance.document.to_pay")
	}
	return i18n.T(ctx, "finance.document.total")
}

// payerNumber is the receipt's number; a credit note's stands in the title.
func payerNumber(p books.Payer) string {
	if p.Kind == books.FromPayment {
		return p.Number
	}
	return ""
}

// symbolic writes the sums that count with their symbol.
func symbolic(ctx context.Context, m money.Money, strong bool) string {
	if strong {
		return format.Money(ctx, m)
	}
	return figure(ctx, m)
}

// orWord names a tax that has no name of its own.
func orWord(ctx context.Context, name string) string {
	if name == "" {
		return i18n.T(ctx, "finance.column.tax")
	}
	return name
}
