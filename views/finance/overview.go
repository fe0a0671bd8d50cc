package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Overview is the page /finance: what is owed, and what happened last.
type Overview struct {
	Shell    ui.Shell
	Menu     Menu
	Today    db.Day
	Invert   bool // P54
	Summary  books.Summary
	Invoices []books.InvoiceRow // the latest; none where their page is off
	Payments []books.PaymentRow
}

// balanceWord says in a word what the balance means, so that no sign has to.
func balanceWord(ctx context.Context, balance money.Money) string {
	switch {
	case balance.Negative():
		return i18n.T(ctx, "finance.balance.owe")
	case balance.Positive():
		return i18n.T(ctx, "finance.balance.credit")
	}
	return i18n.T(ctx, "finance.balance.settled")
}

// facts are the lines under the balance.
func (p Overview) facts(ctx context.Context) []ui.Term {
	s := p.Summary
	var terms []ui.Term
	add := func(label, value string) { terms = append(terms, ui.Term{Label: label, Value: value}) }
	if s.NextDueDay != "" {
		add(i18n.T(ctx, "finance.fact.next_due"), i18n.T(ctx, "finance.fact.amount_on", "amount", format.Money(ctx, s.NextDue), "day", dayNear(ctx, s.NextDueDay, p.Today)))
	}
	if s.OpenInvoices > 0 {
		add(i18n.T(ctx, "finance.fact.open"), format.Number(ctx, int64(s.OpenInvoices)))
	}
	if s.UnpaidProforma > 0 && p.Menu.Has("proforma_invoices") {
		add(i18n.T(ctx, "finance.fact.open_proforma"), format.Number(ctx, int64(s.UnpaidProforma)))
	}
	if s.LastPaymentDay != "" {
		add(i18n.T(ctx, "finance.fact.last_payment"), i18n.T(ctx, "finance.fact.amount_on", "amount", format.Money(ctx, s.LastPayment), "day", dayNear(ctx, s.LastPaymentDay, p.Today)))
	}
	if !s.Balance.IsZero() { // the amount above says it already
		add(i18n.T(ctx, "finance.fact.balance"), format.Money(ctx, books.Shown(s.Balance, p.Invert)))
	}
	return terms
}

func (p Overview) rows() List { return List{Menu: p.Menu, Today: p.Today} }
