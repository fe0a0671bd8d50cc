package admin

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"myisp/internal/money"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/views/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// heads are the columns of a list: those whose names end in ">" are figures, at the line's end.
func heads(labels ...string) (list []ui.Column) {
	for _, l := range labels {
		name, end := strings.CutSuffix(l, ">")
		list = append(list, ui.Column{Label: name, End: end})
	}
	return list
}

func word(text string) ui.Cell { return ui.Cell{Text: text} }

func dayCell(ctx context.Context, d db.Day) ui.Cell {
	return ui.Cell{Text: dayText(ctx, d), Brief: true}
}

func sumCell(ctx context.Context, m money.Money) ui.Cell {
	return ui.Cell{Text: format.Money(ctx, m), End: true, Strong: true, Card: ui.CardFigure}
}

// leftCell is what is open of a document: nothing when nothing is, so that what is stands out.
func leftCell(ctx context.Context, m money.Money, s books.State) ui.Cell {
	if m.Minor == 0 || s == books.Deleted || s == books.Paid {
		return ui.Cell{End: true}
	}
	return ui.Cell{Text: format.Money(ctx, m), End: true}
}

func stateCell(s books.State) ui.Cell {
	if s == "" {
		return ui.Cell{Card: ui.CardState}
	}
	return ui.Cell{Content: finance.StateBadge(s), Card: ui.CardState}
}

// leftText says on a card what is open of a document that is paid in part.
func leftText(ctx context.Context, total, open int64, c money.Currency, s books.State) string {
	if open <= 0 || open == total || s == books.Deleted || s == books.Paid {
		return ""
	}
	return i18n.T(ctx, "finance.row.left", "amount", format.Money(ctx, money.Of(open, c)))
}

func dueLine(ctx context.Context, d db.Day) string {
	if d == "" {
		return ""
	}
	return i18n.T(ctx, "finance.row.due", "day", dayText(ctx, d))
}

// moved names a movement by what it was for, and a payment or a refund by what it is first: a card's number alone tells nobody.
func moved(ctx context.Context, text string, k books.TransactionCategory) string {
	switch {
	case text == "":
		return finance.CategoryText(ctx, k)
	case k.ID == books.CategoryPayment, k.ID == books.CategoryRefund:
		return joined(ctx, finance.CategoryText(ctx, k), text)
	}
	return text
}

// listColumns are the heads of a list; second is what the second column says: whose a document is, or what it is for.
func listColumns(ctx context.Context, k books.ListKind, second string) []ui.Column {
	t := func(key string) string { return i18n.T(ctx, "finance.column."+key) }
	var list []string
	switch k {
	case books.ListInvoices, books.ListProforma:
		list = []string{t("number"), second, t("date"), t("due_date"), t("total") + ">", t("open") + ">", t("state")}
	case books.ListPayments:
		list = []string{i18n.T(ctx, "desk.receipt"), second, t("date"), t("method"), t("amount") + ">", i18n.T(ctx, "desk.unallocated") + ">", t("state")}
	case books.ListCreditNotes:
		list = []string{t("number"), second, t("date"), t("total") + ">", t("open") + ">", t("state")}
	default:
		list = []string{t("what"), second, t("date"), t("category"), t("money_in") + ">", t("money_out") + ">"}
	}
	return heads(list...)
}

func (p DeskList) records(ctx context.Context) ui.Records {
	r := ui.Records{Caption: finance.Label(ctx, string(p.Kind)), Columns: listColumns(ctx, p.Kind, i18n.T(ctx, "desk.customer")), More: p.more()}
	for _, row := range p.Rows {
		r.Rows = append(r.Rows, p.record(ctx, row))
	}
	return r
}

func (p DeskList) record(ctx context.Context, r books.DeskRow) ui.Record {
	url := DeskURL(r.CustomerID, p.Kind, strconv.FormatInt(r.ID, 10))
	who := ui.Cell{Text: r.Customer, URL: customerURL(r.CustomerID) + "/finance?list=" + string(p.Kind)}
	total, open, day := money.Of(r.Total, r.Currency), money.Of(r.Open, r.Currency), dayCell(ctx, r.Day)
	switch p.Kind {
	case books.ListInvoices, books.ListProforma:
		return ui.Record{URL: url, Title: r.Number, Text: joined(ctx, r.Customer, dayText(ctx, r.Day), dueLine(ctx, r.DueDay), leftText(ctx, r.Total, r.Open, r.Currency, r.State)),
			Cells: []ui.Cell{who, day, dayCell(ctx, r.DueDay), sumCell(ctx, total), leftCell(ctx, open, r.State), stateCell(r.State)}}
	case books.ListPayments:
		method := finance.MethodText(ctx, r.Method)
		return ui.Record{URL: url, Title: r.Number, Text: joined(ctx, r.Customer, dayText(ctx, r.Day), method),
			Cells: []ui.Cell{who, day, word(method), sumCell(ctx, total), leftCell(ctx, open, r.State), stateCell(r.State)}}
	case books.ListCreditNotes:
		return ui.Record{URL: url, Title: r.Number, Text: joined(ctx, r.Customer, dayText(ctx, r.Day), leftText(ctx, r.Total, r.Open, r.Currency, r.State)),
			Cells: []ui.Cell{who, day, sumCell(ctx, total), leftCell(ctx, open, r.State), stateCell(r.State)}}
	}
	title, category := moved(ctx, r.Text, r.Category), finance.CategoryText(ctx, r.Category)
	if r.Cancels {
		title = finance.CancelText(ctx, r.Type(), r.Receipt)
	}
	kind := ui.Cell{Text: category}
	if r.Waits {
		kind = ui.Cell{Content: ui.Badge(ui.Neutral, "clock", i18n.T(ctx, "desk.waits")), Card: ui.CardState}
	}
	text := joined(ctx, r.Customer, dayText(ctx, r.Day), category)
	if strings.HasPrefix(title, category) {
		text = joined(ctx, r.Customer, dayText(ctx, r.Day))
	}
	return ui.Record{URL: url, Title: title, Text: text, Cells: append([]ui.Cell{who, day, kind}, sides(ctx, total)...)}
}

// sides are the columns of a movement, money in and money out; on a card one signed figure stands for both.
func sides(ctx context.Context, m money.Money) []ui.Cell {
	in, out := ui.Cell{End: true}, ui.Cell{End: true}
	if m.Minor >= 0 {
		in = ui.Cell{Text: format.Money(ctx, m), End: true, Strong: true}
	} else {
		out = ui.Cell{Text: format.Money(ctx, m.Neg()), End: true, Strong: true}
	}
	return []ui.Cell{{Text: format.Signed(ctx, m), End: true, Card: ui.CardFigure, Only: true}, in, out}
}

// sum is a currency's line above a list.
func (p DeskList) sum(ctx context.Context, s books.ListSum) []ui.Term {
	amount := func(n int64) string { return format.Money(ctx, money.Of(n, s.Currency)) }
	list := []ui.Term{{Label: i18n.T(ctx, "desk.found"), Value: format.Number(ctx, s.Count)}}
	switch p.Kind {
	case books.ListTransactions:
		return append(list, ui.Term{Label: i18n.T(ctx, "finance.column.money_in"), Value: amount(s.In)}, ui.Term{Label: i18n.T(ctx, "finance.column.money_out"), Value: amount(s.Out)},
			ui.Term{Label: i18n.T(ctx, "desk.sum"), Value: format.Signed(ctx, money.Of(s.Total, s.Currency))})
	case books.ListPayments:
		return append(list, ui.Term{Label: i18n.T(ctx, "desk.sum"), Value: amount(s.Total)}, ui.Term{Label: i18n.T(ctx, "desk.unallocated"), Value: amount(s.Open)})
	}
	return append(list, ui.Term{Label: i18n.T(ctx, "desk.sum"), Value: amount(s.Total)}, ui.Term{Label: i18n.T(ctx, "finance.column.open"), Value: amount(s.Open)})
}

// records are the documents of a customer's card: instead of whose they are, what they are for.
func (p CustomerFinance) records(ctx context.Context) ui.Records {
	kind := books.ListKind(p.List)
	second := i18n.T(ctx, "finance.column.movement")
	switch kind {
	case books.ListPayments, books.ListTransactions:
		second = i18n.T(ctx, "finance.column.comment")
	case books.ListCreditNotes:
		second = i18n.T(ctx, "finance.column.invoice")
	}
	r := ui.Records{Caption: finance.Label(ctx, p.List), Columns: listColumns(ctx, kind, second), More: p.more()}
	if kind == books.ListTransactions {
		r.Columns = append(r.Columns, heads(i18n.T(ctx, "finance.column.balance")+">")...)
	}
	for _, x := range p.Invoices {
		r.Rows = append(r.Rows, p.asked(ctx, x.ID, x.Number, x.Summary, x.Day, x.DueDay, money.Of(x.Total, x.Currency), x.Due, x.State))
	}
	for _, x := range p.Proforma {
		open := x.Total
		if !x.State.Open() {
			open = 0
		}
		r.Rows = append(r.Rows, p.asked(ctx, x.ID, x.Number, x.Summary, x.Day, x.DueDay, money.Of(x.Total, x.Currency), open, x.State))
	}
	for _, x := range p.Payments {
		r.Rows = append(r.Rows, p.paid(ctx, x))
	}
	for _, x := range p.Notes {
		r.Rows = append(r.Rows, ui.Record{URL: p.document(x.ID), Title: x.Number, Text: joined(ctx, dayText(ctx, x.Day), x.InvoiceNumber, leftText(ctx, x.Total, x.Remaining, x.Currency, x.State)),
			Cells: []ui.Cell{word(x.InvoiceNumber), dayCell(ctx, x.Day), sumCell(ctx, money.Of(x.Total, x.Currency)), leftCell(ctx, money.Of(x.Remaining, x.Currency), x.State), stateCell(x.State)}})
	}
	for _, x := range p.Moves {
		r.Rows = append(r.Rows, p.moved(ctx, x))
	}
	return r
}

// asked is a document that asks for money.
func (p CustomerFinance) asked(ctx context.Context, id int64, number string, lines []string, day, due db.Day, total money.Money, open int64, s books.State) ui.Record {
	return ui.Record{URL: p.document(id), Title: number, Text: joined(ctx, dueText(ctx, day, due, lines), leftText(ctx, total.Minor, open, total.Currency, s)),
		Cells: []ui.Cell{word(brief(lines)), dayCell(ctx, day), dayCell(ctx, due), sumCell(ctx, total), leftCell(ctx, money.Of(open, total.Currency), s), stateCell(s)}}
}

func (p CustomerFinance) paid(ctx context.Context, x books.PaymentRow) ui.Record {
	method, state := finance.MethodText(ctx, x.Method), books.State("")
	if x.DeletedDay != "" {
		state = books.Deleted
	}
	return ui.Record{URL: p.document(x.ID), Title: x.ReceiptNumber, Text: joined(ctx, dayText(ctx, x.Day), method, x.Comment),
		Cells: []ui.Cell{word(x.Comment), dayCell(ctx, x.Day), word(method), sumCell(ctx, money.Of(x.Amount, x.Currency)), leftCell(ctx, money.Of(x.Unallocated, x.Currency), state), {Content: finance.CancelledBadge(x.Payment), Card: ui.CardState}}}
}

func (p CustomerFinance) moved(ctx context.Context, x books.TransactionRow) ui.Record {
	title, category := finance.TransactionTitle(ctx, x), finance.CategoryText(ctx, x.Category)
	cells := append([]ui.Cell{word(x.Comment), dayCell(ctx, x.Day), word(category)}, sides(ctx, x.Movement())...)
	after := ui.Cell{Text: format.Money(ctx, x.Balance), End: true}
	return ui.Record{URL: p.document(x.ID), Title: title, Cells: append(cells, after),
		Text: joined(ctx, dayText(ctx, x.Day), category, x.Comment, i18n.T(ctx, "customers.balance_after", "amount", after.Text))}
}

// brief is what a document is for, in a column: its first two lines.
func brief(lines []string) string {
	if len(lines) > 2 {
		lines = append(slices.Clone(lines[:2]), "…")
	}
	return strings.Join(lines, ", ")
}
