package pdf

import (
	"myisp/internal/money"
	"myisp/models/finance"
)

// methodKeys are the payment methods that every installation has, with the names under which they are made.
var methodKeys = map[string][2]string{
	"cash": {"Cash", "finance.method.cash"}, "bank_transfer": {"Bank transfer", "finance.method.bank_transfer"}, "card": {"Credit card", "finance.method.card"},
	"other": {"Other", "finance.method.other_way"}, "refill_card": {"Refill card", "finance.method.refill_card"},
}

// Method names a payment method: in the reader's language, unless staff gave it a name of its own.
func Method(w Words, m finance.Method) string {
	if k, ok := methodKeys[m.Kind]; ok && (m.Name == k[0] || m.Name == "") {
		return w.T(k[1])
	}
	return m.Name
}

// receipt draws what a payment was for, or what a refund gave back.
func receipt(s *sheet, p finance.PaymentRow) {
	t := s.w.T
	title := t("finance.pdf.receipt")
	if p.Amount < 0 {
		title = t("finance.pdf.refund")
	}
	in := func(n int64) money.Money { return money.Of(n, p.Currency) }
	y := s.begin(title, p.ReceiptNumber)
	state := ""
	if p.Cancelled() {
		state = t("payment.cancelled")
	}
	y = s.parties(y, t("finance.pdf.customer"), [][2]string{
		{t("finance.pdf.number"), p.ReceiptNumber},
		{t("finance.pdf.date"), s.day(p.Day)},
		{t("finance.pdf.method"), Method(s.w, p.Method)},
		{t("finance.pdf.status"), state},
		{t("finance.pdf.customer_id"), money.FormatMinor(s.h.Customer.ID, 0)},
	})
	if p.Cancelled() {
		s.cancelled(y, t("payment.cancelled_on", "date", s.day(p.DeletedDay)), s.w.Money(in(p.Amount).Abs()))
		return
	}
	s.box(left, y, width, 22, tint)
	s.font("", 9, muted)
	label := t("finance.pdf.received")
	if p.Amount < 0 {
		label = t("finance.pdf.given_back")
	}
	s.fit(left+6, y+8.8, 90, "L", label)
	s.font("B", 20, s.brand)
	s.fit(left+80, y+6, width-86, "R", s.w.Money(in(p.Amount).Abs()))
	y += 30
	tb := s.table([]column{{t("finance.pdf.used_for"), 0, "L"}, {t("finance.pdf.amount"), 40, "R"}})
	y = tb.head(y)
	for _, c := range p.Covers {
		y = tb.row(y, cell{text: t("finance.pdf.invoice_number", "number", c.Number)}, cell{text: s.w.Money(c.Amount)})
	}
	charged := int64(0)
	for _, c := range p.Charges {
		y = tb.row(y, cell{text: c.Description, below: TaxWithin(s.w, c)}, cell{text: s.w.Money(c.Amount)})
		charged += c.Amount.Minor
	}
	if p.CreditNoteNumber != "" {
		y = tb.row(y, cell{text: t("finance.pdf.credit_note_number", "number", p.CreditNoteNumber)}, cell{text: s.w.Money(in(p.Amount).Abs())})
	}
	if p.Unallocated > 0 {
		what := t("finance.pdf.kept")
		if p.ProformaNumber != "" {
			what = t("finance.pdf.proforma_number", "number", p.ProformaNumber)
		}
		y = tb.row(y, cell{text: what}, cell{text: s.w.Money(in(p.Unallocated))})
	}
	back := int64(0)
	for _, g := range p.GivenBack {
		y = tb.row(y, cell{text: t("payment.given_back", "number", g.Number)}, cell{text: s.w.Money(g.Amount)})
		back += g.Amount.Minor
	}
	for _, g := range p.Of {
		y = tb.row(y, cell{text: t("payment.of_one", "number", g.Number)}, cell{text: s.w.Money(g.Amount)})
	}
	if rest := p.Amount - p.Unallocated - covered64(p.Covers) - charged - back; rest > 0 {
		y = tb.row(y, cell{text: t("finance.pdf.earlier_charges")}, cell{text: s.w.Money(in(rest))})
	}
	if p.Comment != "" {
		s.paragraph(y+5, t("finance.document.comment")+": "+p.Comment)
	}
}

// TaxWithin words the tax within a charge; "" where there is none.
func TaxWithin(w Words, c finance.PaidCharge) string {
	if c.Tax.Tax == 0 {
		return ""
	}
	return w.T("payment.tax_within", "tax", taxName(w, c.Tax), "amount", w.Money(money.Of(c.Tax.Tax, c.Amount.Currency)))
}

// cancelled stands where a receipt says what was received: nothing was, and the paper proves no payment.
func (s *sheet) cancelled(y float64, label, amount string) {
	s.box(left, y, width, 22, tint)
	s.font("B", 14, red)
	s.fit(left+6, y+7.6, 90, "L", label)
	s.font("B", 20, muted)
	s.fit(left+80, y+6, width-86, "R", amount)
	long := s.f.GetStringWidth(s.clean(amount))
	s.line(right-6-long, y+10.6, right-6, muted, 0.7)
	s.paragraph(y+28, s.w.T("payment.cancelled_text"))
}

func covered64(cs []finance.Covered) (sum int64) {
	for _, c := range cs {
		sum += c.Amount.Minor
	}
	return sum
}

// statement draws an account's movements over a period; its balances are what is owed (FIN-6).
func statement(s *sheet, st finance.Statement) {
	t := s.w.T
	period := t("finance.pdf.period", "from", s.day(st.From), "to", s.day(st.To))
	y := s.begin(t("finance.pdf.statement"), period)
	y = s.parties(y, t("finance.pdf.customer"), [][2]string{
		{t("finance.pdf.from_day"), s.day(st.From)}, {t("finance.pdf.to_day"), s.day(st.To)},
		{t("finance.pdf.customer_id"), money.FormatMinor(s.h.Customer.ID, 0)},
	})
	s.box(left, y, width, 18, tint)
	for i, f := range []struct {
		label string
		m     money.Money
	}{{t("finance.pdf.opening"), st.Opening}, {t("finance.pdf.charged"), st.Charged}, {t("finance.pdf.payments"), st.Paid}, {t("finance.pdf.closing"), st.Closing}} {
		x := left + 6 + float64(i)*42
		s.font("", 8, muted)
		s.fit(x, y+3.6, 38, "L", f.label)
		s.font("B", 12, ink)
		if i == 3 {
			s.font("B", 12, s.brand)
		}
		s.fit(x, y+8.6, 38, "L", s.w.Money(f.m))
	}
	y += 25
	tb := s.table([]column{{t("finance.pdf.date"), 26, "L"}, {t("finance.pdf.what"), 0, "L"}, {t("finance.pdf.due_date"), 25, "R"},
		{t("finance.pdf.charges"), 26, "R"}, {t("finance.pdf.payments"), 26, "R"}, {t("finance.pdf.balance"), 28, "R"}})
	y = tb.head(y)
	if len(st.Rows) == 0 {
		s.paragraph(y+2, t("finance.pdf.no_movements"))
		return
	}
	for _, r := range st.Rows {
		text, below := Row(s.w, r)
		y = tb.row(y, cell{text: s.day(r.Day)}, cell{text: text, below: below}, cell{text: s.day(r.DueDay)},
			cell{text: amountOrNothing(s.w, r.Charge)}, cell{text: amountOrNothing(s.w, r.Payment)}, cell{text: s.w.Amount(r.Owed)})
	}
	s.paragraph(s.room(y+4, 10), t("finance.pdf.statement_note"))
}

func amountOrNothing(w Words, m money.Money) string {
	if m.IsZero() {
		return ""
	}
	return w.Amount(m)
}

// Row words a line of a statement: what it is, and a second line with what it belongs to. The HTML and CSV statements use it too.
func Row(w Words, r finance.StatementRow) (text, below string) {
	switch r.Kind {
	case finance.RowInvoice:
		return w.T("finance.pdf.invoice_number", "number", r.Number), ifTransaction(r)
	case finance.RowPayment:
		text = w.T("finance.pdf.payment_by", "method", Method(w, r.Method))
		if len(r.ForInvoices) > 0 {
			below = w.T("finance.pdf.for_invoices", "numbers", join(", ", r.ForInvoices...))
		}
		return text, below
	case finance.RowPaymentCancelled:
		return w.T("payment.cancel", "number", r.Number), ""
	case finance.RowRefundCancelled:
		return w.T("payment.cancel_refund", "number", r.Number), ""
	case finance.RowRefund:
		return w.T("finance.pdf.refund_by", "method", Method(w, r.Method)), ""
	case finance.RowCreditNote:
		return w.T("finance.pdf.credit_note_number", "number", r.Number), ifTransaction(r)
	}
	return r.Description, ""
}

// ifTransaction is the item's description where the statement lists transactions.
func ifTransaction(r finance.StatementRow) string {
	if r.TransactionID != 0 {
		return r.Description
	}
	return ""
}
