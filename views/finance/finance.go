// Package finance shows the finance module: what is owed, the lists, each document, statements and how to pay.
package finance

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"myisp/internal/money"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/pdf"
	"myisp/views/ui"
)

// Menu is the row of tabs over every finance page: the overview and the items of P51 that are on, in the menu's order.
type Menu struct {
	Items   []string
	Current string // one of Items; "" is the overview
	Cards   bool   // refill cards are taken (P52)
}

// CardItem is the current item on the page where refill cards are entered.
const CardItem = "refill_card"

// labels are the messages that name the items of P51.
var labels = []struct{ item, key string }{
	{"invoices", "finance.invoices"}, {"payments", "finance.payments"}, {"credit_notes", "finance.credit_notes"},
	{"statements", "finance.statements"}, {"transactions", "finance.transactions"}, {"proforma_invoices", "finance.proforma_invoices"},
}

// Label names an item of P51 in the reader's language.
func Label(ctx context.Context, item string) string {
	for _, l := range labels {
		if l.item == item {
			return i18n.T(ctx, l.key)
		}
	}
	return i18n.T(ctx, "nav.finance")
}

// Path is where an item of P51 lives: "credit_notes" is /finance/credit-notes.
func Path(item string) string { return "/finance/" + strings.ReplaceAll(item, "_", "-") }

// Has reports whether an item of P51 is on.
func (m Menu) Has(item string) bool { return slices.Contains(m.Items, item) }

func (m Menu) chips(ctx context.Context) []ui.Chip {
	chips := []ui.Chip{{Label: i18n.T(ctx, "finance.overview"), URL: "/finance", Active: m.Current == ""}}
	for _, item := range m.Items {
		chips = append(chips, ui.Chip{Label: Label(ctx, item), URL: Path(item), Active: m.Current == item})
		if item == "payments" && m.Cards {
			chips = append(chips, ui.Chip{Label: i18n.T(ctx, "refill.title"), URL: "/finance/refill-card", Active: m.Current == CardItem})
		}
	}
	return append(chips, ui.Chip{Label: i18n.T(ctx, "methods.title"), URL: "/finance/payment-methods", Active: m.Current == MethodsItem})
}

// MethodsItem is the current item on the page of saved payment methods, which P51 does not switch.
const MethodsItem = "payment_methods"

// Link is the address of a record, or "" when its page is switched off.
func (m Menu) Link(item string, id int64) string { return m.link(item, id) }

// link is the address of a record, or "" when its page is switched off.
func (m Menu) link(item string, id int64) string {
	if !m.Has(item) || id == 0 {
		return ""
	}
	return Path(item) + "/" + strconv.FormatInt(id, 10)
}

// badge is how a state looks: tone, icon and word (FIN-2).
type badge struct {
	state books.State
	tone  ui.Tone
	icon  string
	key   string
}

var badges = []badge{
	{books.Unpaid, ui.Warn, "clock", "finance.state.unpaid"},
	{books.Paid, ui.Ok, "check", "finance.state.paid"},
	{books.PaidFromBalance, ui.Ok, "wallet", "finance.state.paid_from_balance"},
	{books.PartiallyPaid, ui.Warn, "circle-dashed", "finance.state.partially_paid"},
	{books.Pending, ui.Info, "refresh-cw", "finance.state.pending"},
	{books.Overdue, ui.Bad, "triangle-alert", "finance.state.overdue"},
	{books.PendingOverdue, ui.Bad, "refresh-cw", "finance.state.pending_overdue"},
	{books.Deleted, ui.Neutral, "trash-2", "finance.state.deleted"},
	{books.RefundDue, ui.Info, "clock", "finance.state.refund_due"},
	{books.Refunded, ui.Ok, "check", "finance.state.refunded"},
	{books.Closed, ui.Neutral, "check", "finance.state.closed"},
	{books.Invoiced, ui.Neutral, "file-text", "finance.state.invoiced"},
}

func badgeOf(s books.State) badge {
	for _, b := range badges {
		if b.state == s {
			return b
		}
	}
	return badge{s, ui.Neutral, "", "finance.state.unpaid"}
}

// StateText is the word of a state in the reader's language, for lists, exports and PDF alike.
func StateText(ctx context.Context, s books.State) string { return i18n.T(ctx, badgeOf(s).key) }

// categories are the transaction categories that every installation has. Staff's own name wins when it differs from the
// original; otherwise the reader's language does.
var categories = []struct{ kind, original, key string }{
	{"service", "Service", "finance.category.service"}, {"discount", "Discount", "finance.category.discount"},
	{"payment", "Payment", "finance.category.payment"}, {"refund", "Refund", "finance.category.refund"}, {"correction", "Correction", "finance.category.correction"},
}

// CategoryText names a transaction category in the reader's language.
func CategoryText(ctx context.Context, c books.TransactionCategory) string {
	for _, n := range categories {
		if n.kind == c.Kind && (c.Name == n.original || c.Name == "") {
			return i18n.T(ctx, n.key)
		}
	}
	return c.Name
}

// MethodText names a payment method in the reader's language.
func MethodText(ctx context.Context, m books.Method) string { return pdf.Method(pdf.Speak(ctx), m) }

// figure writes an amount without symbol where the page has said which currency it is in, as lists do.
func figure(ctx context.Context, m money.Money) string {
	if m.Currency == "" || m.Currency == format.From(ctx).Currency {
		return format.Amount(ctx, m)
	}
	return format.Money(ctx, m)
}

// day writes a calendar day; no day is nothing.
func day(ctx context.Context, d db.Day) string {
	if d == "" {
		return ""
	}
	return format.Day(ctx, d.Time())
}

func dayShort(ctx context.Context, d db.Day) string {
	if d == "" {
		return ""
	}
	return format.DayShort(ctx, d.Time())
}

// dayNear leaves the year out where it is this one.
func dayNear(ctx context.Context, d, today db.Day) string {
	if d == "" || len(today) < 4 || d[:4] != today[:4] {
		return day(ctx, d)
	}
	return dayShort(ctx, d)
}

// dotted joins what is there with middle dots; each part stays in one piece in a right-to-left line.
func dotted(ctx context.Context, parts ...string) string {
	var kept []string
	for _, s := range parts {
		if s != "" {
			kept = append(kept, format.Isolate(ctx, s))
		}
	}
	line := strings.Join(kept, "\u00a0· ") // a dot never begins a line
	if line != "" && i18n.Dir(ctx) == "rtl" {
		return "\u200f" + line // the isolated parts alone would not tell <bdi> the line's direction
	}
	return line
}

// words are those of the PDFs, with what they name kept in one piece in a right-to-left line.
func words(ctx context.Context) pdf.Words { return isolating{pdf.Speak(ctx), ctx} }

type isolating struct {
	pdf.Words
	ctx context.Context
}

// T is i18n.T.
func (w isolating) T(key string, args ...any) string {
	for i := 1; i < len(args); i += 2 {
		if s, ok := args[i].(string); ok {
			args[i] = format.Isolate(w.ctx, s)
		}
	}
	return w.Words.T(key, args...)
}

// month is the rows of one month of a list that runs from new to old.
type month[T any] struct {
	Day  db.Day
	Rows []T
}

func byMonth[T any](rows []T, dayOf func(T) db.Day) []month[T] {
	var list []month[T]
	for _, r := range rows {
		m := dayOf(r).MonthStart()
		if len(list) == 0 || list[len(list)-1].Day != m {
			list = append(list, month[T]{Day: m})
		}
		last := &list[len(list)-1]
		last.Rows = append(last.Rows, r)
	}
	return list
}
