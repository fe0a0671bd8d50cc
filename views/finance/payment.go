package finance

import (
	"context"

	books "myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/pdf"
	"myisp/views/ui"
)

// Payment is the page of one payment or refund: its receipt.
type Payment struct {
	Paper
	Document books.PaymentRow
}

func (p Payment) facts(ctx context.Context) []ui.Term {
	d := p.Document
	return []ui.Term{
		{Label: i18n.T(ctx, "finance.document.receipt_number"), Value: d.ReceiptNumber, Copy: true}, {Label: i18n.T(ctx, "finance.document.date"), Value: day(ctx, d.Day)},
		{Label: i18n.T(ctx, "finance.document.method"), Value: dotted(ctx, MethodText(ctx, d.Method), byLink(ctx, d))},
		{Label: i18n.T(ctx, "finance.document.for_credit_note"), Value: d.CreditNoteNumber}, {Label: i18n.T(ctx, "finance.document.for_proforma"), Value: d.ProformaNumber},
		{Label: i18n.T(ctx, "finance.document.comment"), Value: d.Comment},
	}
}

// TaxWithin tells of the tax within a charge that a payment has paid; "" where there is none.
func TaxWithin(ctx context.Context, c books.PaidCharge) string {
	return pdf.TaxWithin(pdf.Speak(ctx), c)
}

// Title is the heading of the page, and of its window.
func (p Payment) Title(ctx context.Context) string {
	if p.Document.Amount < 0 {
		return i18n.T(ctx, "finance.document.refund", "number", format.Isolate(ctx, p.Document.ReceiptNumber))
	}
	return i18n.T(ctx, "finance.document.receipt", "number", format.Isolate(ctx, p.Document.ReceiptNumber))
}

// paymentWord is what the large figure of a receipt is. A payment that was cancelled brought nothing.
func paymentWord(ctx context.Context, p books.Payment) string {
	if p.Cancelled() {
		return i18n.T(ctx, "payment.cancelled_on", "date", day(ctx, p.DeletedDay))
	}
	if p.Amount < 0 {
		return i18n.T(ctx, "finance.document.paid_back")
	}
	return i18n.T(ctx, "finance.document.you_paid")
}

// stateText is the word of a payment's badge, for files.
func stateText(ctx context.Context, p books.Payment) string {
	if !p.Cancelled() {
		return ""
	}
	return i18n.T(ctx, "payment.cancelled")
}

func paymentTitle(ctx context.Context, r books.PaymentRow) string {
	if r.Amount < 0 {
		return i18n.T(ctx, "finance.row.refund")
	}
	return MethodText(ctx, r.Method)
}

// paymentText is the line under a payment: its day and what it paid.
func paymentText(ctx context.Context, r books.PaymentRow) string {
	what := ""
	switch {
	case len(r.Covers) == 1:
		what = i18n.T(ctx, "finance.row.for_invoice", "number", format.Isolate(ctx, r.Covers[0].Number))
	case len(r.Covers) > 1:
		what = i18n.N(ctx, "finance.row.for_invoices", len(r.Covers))
	case r.CreditNoteNumber != "":
		what = i18n.T(ctx, "finance.row.for_credit_note", "number", format.Isolate(ctx, r.CreditNoteNumber))
	case r.ProformaNumber != "":
		what = i18n.T(ctx, "finance.row.for_proforma", "number", format.Isolate(ctx, r.ProformaNumber))
	}
	cancelled := ""
	if r.Cancelled() {
		cancelled = i18n.T(ctx, "payment.cancelled_on", "date", dayShort(ctx, r.DeletedDay))
	}
	return dotted(ctx, dayShort(ctx, r.Day), cancelled, what, byLink(ctx, r), r.Comment)
}

// byLink says that somebody paid without logging in, with a link that the customer, staff or a letter gave them.
func byLink(ctx context.Context, r books.PaymentRow) string {
	if !r.ByLink || r.Amount < 0 {
		return ""
	}
	return i18n.T(ctx, "paylink.by_link")
}

func paymentIcon(r books.PaymentRow) string {
	if r.Amount < 0 {
		return "arrow-up-right"
	}
	return "banknote"
}
