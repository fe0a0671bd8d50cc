package finance

import (
	"context"
	"net/url"

	"myisp/internal/money"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Statement is the page /finance/statements: the account over a period. Its balances are what is owed, above zero a
// debt, whatever P54 says (FIN-6).
type Statement struct {
	Shell     ui.Shell
	Menu      Menu
	Range     Range
	FromError string // message key
	ToError   string
	Shown     bool // there is a statement to show
	Statement books.Statement
	PDF       bool // the reader's language can be written as PDF
	Print     bool // explains how to print the page instead
}

// Range is the part of a statement's form that says what it is about.
type Range struct {
	Period   string // one of periods
	From, To db.Day // both inclusive
	Kind     books.StatementKind
}

// The periods to choose from; custom takes From and To as they are.
const (
	ThisMonth = "this_month"
	LastMonth = "last_month"
	ThisYear  = "this_year"
	LastYear  = "last_year"
	Custom    = "custom"
)

// ParseRange reads period, from, to and type of a query. What makes no sense is left out: without a period it is this
// month, and a missing end of a custom one is today, a missing start the first of the end's month.
func ParseRange(get func(name string) string, today db.Day) Range {
	r := Range{Period: get("period"), Kind: books.ByDocuments}
	if get("type") == string(books.ByTransactions) {
		r.Kind = books.ByTransactions
	}
	r.From, _ = db.ParseDay(get("from"))
	r.To, _ = db.ParseDay(get("to"))
	if r.Period == "" && (r.From != "" || r.To != "") {
		r.Period = Custom
	}
	first := today.MonthStart()
	year := today[:4]
	switch r.Period {
	case LastMonth:
		r.From = first.AddMonths(-1)
		r.To = r.From.MonthEnd()
	case ThisYear:
		r.From, r.To = year+"-01-01", year+"-12-31"
	case LastYear:
		r.From = (year + "-01-01").AddMonths(-12)
		r.To = r.From.AddMonths(11).MonthEnd()
	case Custom:
		if r.To == "" {
			r.To = today
		}
		if r.From == "" {
			r.From = r.To.MonthStart()
		}
	default:
		r.Period, r.From, r.To = ThisMonth, first, first.MonthEnd()
	}
	return r
}

func (r Range) query() string {
	q := url.Values{"period": {r.Period}, "type": {string(r.Kind)}}
	if r.Period == Custom {
		q.Set("from", string(r.From))
		q.Set("to", string(r.To))
	}
	return q.Encode()
}

// URL is the page of the range, or with a suffix such as ".pdf" its document.
func (r Range) URL(suffix string) string { return "/finance/statements" + suffix + "?" + r.query() }

// Name is for the names of files: "2026-11-01_2026-11-30".
func (r Range) Name() string { return string(r.From) + "_" + string(r.To) }

// Text says which days the range spans.
func (r Range) Text(ctx context.Context) string { return period(ctx, r.From, r.To) }

func periodOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: ThisMonth, Label: i18n.T(ctx, "finance.statement.this_month")}, {Value: LastMonth, Label: i18n.T(ctx, "finance.statement.last_month")},
		{Value: ThisYear, Label: i18n.T(ctx, "finance.statement.this_year")}, {Value: LastYear, Label: i18n.T(ctx, "finance.statement.last_year")},
		{Value: Custom, Label: i18n.T(ctx, "finance.statement.custom")},
	}
}

func kindOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(books.ByDocuments), Label: i18n.T(ctx, "finance.statement.by_documents")},
		{Value: string(books.ByTransactions), Label: i18n.T(ctx, "finance.statement.by_transactions")},
	}
}

// rowSub is the line under a statement's row: its day, when it is due, what it belongs to.
func (p Statement) rowSub(ctx context.Context, r books.StatementRow, below string) string {
	due := ""
	if r.DueDay != "" {
		due = i18n.T(ctx, "finance.row.due", "day", p.day(ctx, r.DueDay))
	}
	return dotted(ctx, p.day(ctx, r.Day), below, due)
}

// day leaves the year out where the statement is about a single one.
func (p Statement) day(ctx context.Context, d db.Day) string {
	if p.Range.From[:4] == p.Range.To[:4] {
		return dayNear(ctx, d, p.Range.To)
	}
	return day(ctx, d)
}

// owedWord says in a word what a statement's balance means.
func owedWord(ctx context.Context, owed money.Money) string { return balanceWord(ctx, owed.Neg()) }

func (p Statement) rowURL(r books.StatementRow) string {
	switch r.Kind {
	case books.RowInvoice:
		return p.Menu.link("invoices", r.ID)
	case books.RowPayment, books.RowRefund, books.RowPaymentCancelled, books.RowRefundCancelled:
		return p.Menu.link("payments", r.ID)
	case books.RowCreditNote:
		return p.Menu.link("credit_notes", r.ID)
	}
	return ""
}

// orNothing leaves a cell empty rather than filling columns with zeros.
func orNothing(ctx context.Context, m money.Money) string {
	if m.IsZero() {
		return ""
	}
	return figure(ctx, m)
}

func (p Statement) sums(ctx context.Context) []ui.Term {
	s := p.Statement
	return []ui.Term{
		{Label: i18n.T(ctx, "finance.statement.opening", "day", day(ctx, s.From)), Value: format.Money(ctx, s.Opening)},
		{Label: i18n.T(ctx, "finance.statement.charged"), Value: format.Money(ctx, s.Charged)},
		{Label: i18n.T(ctx, "finance.statement.paid"), Value: format.Money(ctx, s.Paid)},
		{Label: i18n.T(ctx, "finance.statement.closing", "day", day(ctx, s.To)), Value: format.Money(ctx, s.Closing)},
	}
}

func (p Statement) pdfAction(ctx context.Context) ui.Action {
	if p.PDF {
		return ui.Action{Label: i18n.T(ctx, "finance.document.download"), Icon: "download", URL: p.Range.URL(".pdf") + "&download=1", Plain: true}
	}
	return ui.Action{Label: i18n.T(ctx, "finance.document.print"), Icon: "file-text", URL: p.Range.URL("") + "&print=1"}
}
