package pdf

import (
	"cmp"
	"strings"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
)

// document is what invoices, proforma invoices and credit notes share.
type document struct {
	kind                 finance.DocumentKind
	number, note         string
	reference            finance.Reference // of a transfer that pays it
	invoice              string            // the invoice a credit note was made for
	day, dueDay, paidDay db.Day
	state                finance.State
	currency             money.Currency
	items                []finance.DocumentItem
	taxes                []finance.TaxLine
	payers               []finance.Payer
	net, tax, total, due int64
}

// stateKeys are the words of the badges (FIN-2).
var stateKeys = map[finance.State]string{
	finance.Unpaid: "finance.state.unpaid", finance.Paid: "finance.state.paid", finance.PaidFromBalance: "finance.state.paid_from_balance",
	finance.PartiallyPaid: "finance.state.partially_paid", finance.Pending: "finance.state.pending", finance.Overdue: "finance.state.overdue",
	finance.PendingOverdue: "finance.state.pending_overdue", finance.Deleted: "finance.state.deleted", finance.RefundDue: "finance.state.refund_due",
	finance.Refunded: "finance.state.refunded", finance.Closed: "finance.state.closed", finance.Invoiced: "finance.state.invoiced",
}

var titleKeys = map[finance.DocumentKind]string{
	finance.KindInvoice: "finance.pdf.invoice", finance.KindProforma: "finance.pdf.proforma", finance.KindCreditNote: "finance.pdf.credit_note",
}

func (d document) money(n int64) money.Money { return money.Of(n, d.currency) }

func (d document) draw(s *sheet) {
	t := s.w.T
	y := s.begin(t(titleKeys[d.kind]), d.number)
	y = s.parties(y, t("finance.pdf.to"), [][2]string{
		{t("finance.pdf.number"), d.number},
		{t("finance.pdf.date"), s.day(d.day)},
		{t("finance.pdf.due_date"), s.day(d.dueDay)},
		{t("finance.pdf.for_invoice"), d.invoice},
		{t("finance.pdf.customer_id"), money.FormatMinor(s.h.Customer.ID, 0)},
		{t("finance.pdf.status"), t(stateKeys[d.state])},
	})
	y = d.lines(s, y)
	y = d.totals(s, s.room(y+3, 36))
	y = d.payment(s, y+4)
	if d.kind == finance.KindProforma {
		y = s.paragraph(y+4, t("finance.pdf.proforma_note"))
	}
	if d.note != "" {
		s.paragraph(y+4, d.note)
	}
}

func (d document) lines(s *sheet, y float64) float64 {
	t := s.table([]column{{s.w.T("finance.pdf.what"), 0, "L"}, {s.w.T("finance.pdf.quantity"), 20, "R"}, {s.w.T("finance.pdf.price"), 28, "R"},
		{s.w.T("finance.pdf.tax"), 20, "R"}, {s.w.T("finance.pdf.amount"), 30, "R"}})
	y = t.head(y)
	for _, it := range d.items {
		period := join(" – ", s.day(it.PeriodFrom), s.day(it.PeriodTo))
		rate := "–"
		if it.TaxRatePPM != 0 {
			rate = s.w.Percent(it.TaxRatePPM)
		}
		y = t.row(y, cell{text: it.Description, below: period}, cell{text: join(" ", s.w.Quantity(it.Quantity), it.Unit)},
			cell{text: s.w.Amount(d.money(it.Price))}, cell{text: rate}, cell{text: s.w.Amount(d.money(it.Total))})
	}
	return y
}

// totals draws the sums on the right: net, each tax, the total, what has been paid and what is due.
func (d document) totals(s *sheet, y float64) float64 {
	const x, w = 108.0, right - 108.0
	row := func(label, amount string, bold bool) {
		s.font("", 9, muted)
		if bold {
			s.font("B", 9, ink)
		}
		s.fit(x, y, 48, "L", label)
		s.font(style(bold), 9, ink)
		s.fit(x+48, y, w-48, "R", amount)
		y += 5.4
	}
	if len(d.taxes) > 0 {
		row(s.w.T("finance.pdf.net"), s.w.Money(d.money(d.net)), false)
		for _, l := range d.taxes {
			row(s.w.T("finance.pdf.tax_line", "tax", taxName(s.w, l), "net", s.w.Amount(d.money(l.Net))), s.w.Money(d.money(l.Tax)), false)
		}
	}
	row(s.w.T("finance.pdf.total"), s.w.Money(d.money(d.total)), true)
	for _, p := range d.payers {
		row(s.payer(p), s.w.Money(p.Amount.Neg()), false)
	}
	if d.kind == finance.KindCreditNote || d.state == finance.Deleted {
		return y
	}
	y += 1.5
	label, amount, c := s.w.T("finance.pdf.due"), s.w.Money(d.money(d.due)), s.brand
	if d.due == 0 {
		label, c = s.w.T("finance.pdf.settled"), green
		if d.paidDay != "" {
			label = s.w.T("finance.pdf.settled_on", "date", s.day(d.paidDay))
		}
	}
	s.box(x-4, y, w+4, 12, tint)
	s.font("", 9, ink)
	s.fit(x, y+3.9, 44, "L", label)
	s.font("B", 14, c)
	s.fit(x+44, y+2.8, w-48, "R", amount)
	return y + 14
}

// taxName is a tax with its rate; a name such as "VAT 21 %" says that already.
func taxName(w Words, l finance.TaxLine) string {
	tax := or(l.Name, w.T("finance.pdf.tax"))
	if !strings.Contains(tax, "%") {
		tax += " " + w.Percent(l.RatePPM)
	}
	return tax
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// payer says what paid a part of an invoice.
func (s *sheet) payer(p finance.Payer) string {
	switch p.Kind {
	case finance.FromPayment:
		return s.w.T("finance.pdf.paid_by", "method", Method(s.w, p.Method), "date", s.day(p.Day))
	case finance.FromCreditNote:
		return s.w.T("finance.pdf.credited_by", "number", p.Number)
	}
	return s.w.T("finance.pdf.from_credit")
}

// payment draws how to pay what is open: the bank account with its reference, and a code for a phone.
func (d document) payment(s *sheet, y float64) float64 {
	c := s.h.Company
	if d.due <= 0 || !d.state.Open() || c.BankAccount == "" && s.h.PayURL == "" {
		return y
	}
	code, hint := EPC(cmp.Or(c.BankHolder, c.Name), c.BankAccount, c.BankCode, d.money(d.due), d.reference.String()), s.w.T("finance.pdf.scan_bank")
	if code == "" {
		code, hint = s.h.PayURL, s.w.T("finance.pdf.scan_pay")
	}
	const h = 40.0
	y = s.room(y, h)
	s.box(left, y, width, h, tint)
	x := left + 6
	if code != "" && s.qr(x, y+5, 30, code) {
		x += 37
	} else {
		hint = ""
	}
	s.font("B", 10, ink)
	s.text(x, y+5, 120, "L", s.w.T("finance.pdf.how_to_pay"))
	at := y + 12
	for _, f := range [][2]string{
		{s.w.T("finance.pdf.bank"), c.BankName}, {s.w.T("finance.pdf.account"), grouped(c.BankAccount)},
		{s.w.T("finance.pdf.bank_code"), c.BankCode}, {s.w.T("finance.pdf.holder"), c.BankHolder}, {s.w.T("finance.pdf.reference"), d.reference.Grouped()},
	} {
		if f[1] == "" || c.BankAccount == "" {
			continue
		}
		s.font("", 8.5, muted)
		s.fit(x, at, 28, "L", f[0])
		s.font("B", 8.5, ink)
		s.fit(x+29, at, right-6-x-29, "L", f[1])
		at += 4.7
	}
	s.font("", 8, muted)
	if hint != "" {
		s.fit(x, y+h-8.5, right-6-x, "L", hint)
	}
	return y + h
}

// paragraph writes a text of any length in a quiet tone, over pages if it must.
func (s *sheet) paragraph(y float64, txt string) float64 {
	s.font("", 8.5, muted)
	for _, l := range s.wrap(txt, width) {
		y = s.room(y, 4.4)
		s.font("", 8.5, muted)
		s.text(left, y, width, "L", l)
		y += 4.3
	}
	return y
}
