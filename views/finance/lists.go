package finance

import (
	"context"
	"net/url"
	"strings"

	"myisp/internal/money"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// List is what every list page has around its rows. Its filter lives in the URL.
type List struct {
	Shell  ui.Shell
	Menu   Menu
	Filter books.Filter
	Today  db.Day
	Next   string // the After of the following page; "" on the last
	// Continued is the month in which the rows stopped that these are appended to; its divider is not repeated.
	Continued db.Day
}

// Invoices is the page /finance/invoices.
type Invoices struct {
	List
	Rows []books.InvoiceRow
}

// ProformaInvoices is the page /finance/proforma-invoices.
type ProformaInvoices struct {
	List
	Rows []books.ProformaRow
}

// Payments is the page /finance/payments.
type Payments struct {
	List
	Rows []books.PaymentRow
}

// CreditNotes is the page /finance/credit-notes.
type CreditNotes struct {
	List
	Rows []books.CreditNoteRow
}

// Transactions is the page /finance/transactions.
type Transactions struct {
	List
	Rows   []books.TransactionRow
	Fields Fields
	Invert bool // P54
}

// Fields are the columns of transactions that P53 switches.
type Fields struct{ DebitCredit, Movement, InvoiceNumber bool }

// The states that each list can be filtered by.
var (
	invoiceStates    = []books.State{books.Open, books.Unpaid, books.Overdue, books.PartiallyPaid, books.Pending, books.PendingOverdue, books.Paid, books.PaidFromBalance}
	proformaStates   = []books.State{books.Open, books.Unpaid, books.Overdue, books.Pending, books.PendingOverdue, books.Paid}
	creditNoteStates = []books.State{books.RefundDue, books.Refunded, books.Closed}
)

func (l List) states() []books.State {
	switch l.Menu.Current {
	case "invoices":
		return invoiceStates
	case "proforma_invoices":
		return proformaStates
	case "credit_notes":
		return creditNoteStates
	}
	return nil
}

func (l List) stateOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Label: i18n.T(ctx, "finance.filter.all")}}
	for _, s := range l.states() {
		label := i18n.T(ctx, "finance.filter.open")
		if s != books.Open {
			label = StateText(ctx, s)
		}
		options = append(options, ui.Option{Value: string(s), Label: label})
	}
	return options
}

// filtered counts the parts of the filter that are set.
func (l List) filtered() int {
	n := 0
	for _, on := range []bool{l.Filter.State != "", l.Filter.From != "" || l.Filter.To != "", l.Filter.Search != ""} {
		if on {
			n++
		}
	}
	return n
}

func (l List) url(more ...string) string {
	q := url.Values{}
	for _, p := range []struct{ name, value string }{{"state", string(l.Filter.State)}, {"from", string(l.Filter.From)}, {"to", string(l.Filter.To)}, {"q", l.Filter.Search}} {
		if p.value != "" {
			q.Set(p.name, p.value)
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return Path(l.Menu.Current)
	}
	return Path(l.Menu.Current) + "?" + q.Encode()
}

// more is the address of the rows after the last of these, which was of the given day.
func (l List) more(last db.Day) string {
	if l.Next == "" {
		return ""
	}
	return l.url("after", l.Next, "month", string(last.MonthStart()))
}

// empty says what would stand here, or that the filter hides it.
func (l List) empty(ctx context.Context, icon, title, text string) ui.Empty {
	if l.filtered() > 0 || l.Filter.After != "" {
		return ui.Empty{Icon: "search", Title: i18n.T(ctx, "finance.filter.nothing"), Text: i18n.T(ctx, "finance.filter.nothing_text"),
			URL: Path(l.Menu.Current), Action: i18n.T(ctx, "finance.filter.reset")}
	}
	return ui.Empty{Icon: icon, Title: title, Text: text}
}

func summary(texts []string) string { return strings.Join(texts, ", ") }

// brief is a document's summary in a row of a list: its first two lines.
func brief(texts []string) string {
	if len(texts) > 2 {
		return summary(texts[:2]) + ", …"
	}
	return summary(texts)
}

// invoiceText is the line under an invoice's number: what for, and the day that matters.
func (l List) invoiceText(ctx context.Context, r books.InvoiceRow) string {
	when := ""
	switch {
	case r.State == books.Paid || r.State == books.PaidFromBalance:
		when = i18n.T(ctx, "finance.row.paid", "day", dayNear(ctx, r.PaidDay, l.Today))
	case r.State.Open() && r.DueDay != "":
		when = i18n.T(ctx, "finance.row.due", "day", dayNear(ctx, r.DueDay, l.Today))
	}
	if r.PaidDay == "" && !r.State.Open() {
		when = ""
	}
	left := ""
	if r.State.Open() && r.Due > 0 && r.Due < r.Total {
		left = i18n.T(ctx, "finance.row.left", "amount", figure(ctx, money.Of(r.Due, r.Currency)))
	}
	return dotted(ctx, brief(r.Summary), left, when)
}

func (l List) proformaText(ctx context.Context, r books.ProformaRow) string {
	when := ""
	switch {
	case r.State == books.Paid && r.PaidDay != "":
		when = i18n.T(ctx, "finance.row.paid", "day", dayNear(ctx, r.PaidDay, l.Today))
	case r.State.Open() && r.DueDay != "":
		when = i18n.T(ctx, "finance.row.due", "day", dayNear(ctx, r.DueDay, l.Today))
	}
	return dotted(ctx, brief(r.Summary), when)
}

func creditNoteText(ctx context.Context, r books.CreditNoteRow) string {
	what := ""
	if r.InvoiceNumber != "" {
		what = i18n.T(ctx, "finance.row.for_invoice", "number", format.Isolate(ctx, r.InvoiceNumber))
	}
	return dotted(ctx, dayShort(ctx, r.Day), what)
}

// TransactionTitle says what a movement was, in words that a row of a list, an export and a PDF share.
func TransactionTitle(ctx context.Context, r books.TransactionRow) string {
	switch {
	case r.Cancels:
		return CancelText(ctx, r.Type, r.Receipt)
	case r.PaymentID != 0 && r.Type == books.Credit:
		return i18n.T(ctx, "finance.row.payment_by", "method", MethodText(ctx, r.Method))
	case r.PaymentID != 0:
		return i18n.T(ctx, "finance.row.refund")
	case r.Description != "":
		return r.Description
	}
	return CategoryText(ctx, r.Category)
}

// CancelText tells of the movement by which a payment or a refund was cancelled.
func CancelText(ctx context.Context, t books.TransactionType, receipt string) string {
	key := "payment.cancel"
	if t == books.Credit {
		key = "payment.cancel_refund"
	}
	return i18n.T(ctx, key, "number", format.Isolate(ctx, receipt))
}

func transactionText(ctx context.Context, r books.TransactionRow) string {
	category := CategoryText(ctx, r.Category)
	if r.PaymentID != 0 {
		category = "" // the title says it
	}
	return dotted(ctx, dayShort(ctx, r.Day), category, r.Comment)
}

// transactionURL leads to the document that a movement belongs to.
func (p Transactions) transactionURL(r books.TransactionRow) string {
	switch {
	case r.InvoiceID != 0:
		return p.Menu.link("invoices", r.InvoiceID)
	case r.PaymentID != 0:
		return p.Menu.link("payments", r.PaymentID)
	case r.CreditNoteID != 0:
		return p.Menu.link("credit_notes", r.CreditNoteID)
	}
	return ""
}

func (p Transactions) balance(ctx context.Context, r books.TransactionRow) string {
	return figure(ctx, books.Shown(r.Balance, p.Invert))
}

// signed is a movement with its sign, a plus for money in (FIN-1), without symbol where the page has said it.
func signed(ctx context.Context, m money.Money) string {
	if m.Currency != "" && m.Currency != format.From(ctx).Currency {
		return format.Signed(ctx, m)
	}
	s := format.Amount(ctx, m)
	if m.Positive() {
		if i18n.Dir(ctx) == "rtl" {
			return "\u2068+" + s[len("\u2068"):] // inside the isolate, so the sign stays at the figure's left
		}
		return "+" + s
	}
	return s
}

func lastDay[T any](rows []T, dayOf func(T) db.Day) db.Day {
	if len(rows) == 0 {
		return ""
	}
	return dayOf(rows[len(rows)-1])
}

func (p Invoices) last() db.Day {
	return lastDay(p.Rows, func(r books.InvoiceRow) db.Day { return r.Day })
}

func (p ProformaInvoices) last() db.Day {
	return lastDay(p.Rows, func(r books.ProformaRow) db.Day { return r.Day })
}

func (p Payments) last() db.Day {
	return lastDay(p.Rows, func(r books.PaymentRow) db.Day { return r.Day })
}

func (p CreditNotes) last() db.Day {
	return lastDay(p.Rows, func(r books.CreditNoteRow) db.Day { return r.Day })
}

func (p Transactions) last() db.Day {
	return lastDay(p.Rows, func(r books.TransactionRow) db.Day { return r.Day })
}

func (l List) noneOf(ctx context.Context, rows int, icon, title, text string) *ui.Empty {
	if rows > 0 {
		return nil
	}
	e := l.empty(ctx, icon, i18n.T(ctx, title), i18n.T(ctx, text))
	return &e
}

func (p Invoices) none(ctx context.Context) *ui.Empty {
	return p.noneOf(ctx, len(p.Rows), "file-text", "finance.empty.invoices", "finance.empty.invoices_text")
}

func (p ProformaInvoices) none(ctx context.Context) *ui.Empty {
	return p.noneOf(ctx, len(p.Rows), "scroll-text", "finance.empty.proforma_invoices", "finance.empty.proforma_invoices_text")
}

func (p Payments) none(ctx context.Context) *ui.Empty {
	return p.noneOf(ctx, len(p.Rows), "banknote", "finance.empty.payments", "finance.empty.payments_text")
}

func (p CreditNotes) none(ctx context.Context) *ui.Empty {
	return p.noneOf(ctx, len(p.Rows), "receipt", "finance.empty.credit_notes", "finance.empty.credit_notes_text")
}

func (p Transactions) none(ctx context.Context) *ui.Empty {
	return p.noneOf(ctx, len(p.Rows), "history", "finance.empty.transactions", "finance.empty.transactions_text")
}
