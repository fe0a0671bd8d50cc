package mail

import (
	"context"

	"github.com/a-h/templ"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/views/format"
	"myisp/views/i18n"
)

// Money is the letter about what became of a customer's money: Kind is one of finance's money notices.
type Money struct {
	Name    string
	Brand   string // the portal's title (P1)
	Color   string // #rrggbb of the brand
	Kind    string
	Link    bool   // somebody else paid, with a pay link
	Refund  bool   // what was cancelled is a refund
	Number  string // of the receipt, or of the payment that was taken back
	Method  string
	Reason  string // of a debit that bounced
	Amount  money.Money
	Day     db.Day // of the receipt
	Opened  []Part // the invoices that are open again
	Again   bool   // what the lost payment was for is still to be paid
	Owed    money.Money
	Contact string // where the customer finds help
	Ways    []Way
}

// word is the message of the letter's kind that has a name.
func (l Money) word(ctx context.Context, name string) string {
	kind := l.Kind
	switch {
	case l.Link:
		kind += "_link"
	case l.Refund:
		kind += "_refund"
	}
	day := ""
	if l.Day != "" {
		day = format.Day(ctx, l.Day.Time())
	}
	return i18n.T(ctx, "mail.money."+kind+"."+name, "brand", l.Brand, "amount", format.Money(ctx, l.Amount), "number", format.Isolate(ctx, l.Number), "date", day)
}

// Subject is the letter's subject line.
func (l Money) Subject(ctx context.Context) string { return l.word(ctx, "subject") }

// paragraphs are what the letter says, one after the other.
func (l Money) paragraphs(ctx context.Context) []string {
	list := []string{l.word(ctx, "text")}
	if l.Method != "" {
		list = append(list, i18n.T(ctx, "mail.money.by", "method", format.Isolate(ctx, l.Method)))
	}
	if reason := "pay.reason." + l.Reason; l.Reason != "" && i18n.Has(reason) {
		list = append(list, i18n.T(ctx, reason))
	}
	if len(l.Opened) > 0 {
		list = append(list, i18n.T(ctx, "mail.money.opened", "list", parted(ctx, l.Opened)))
	}
	lost := l.Kind == "bounced" || l.Kind == "taken_back"
	if l.Again {
		list = append(list, i18n.T(ctx, "mail.money.again"))
	}
	if !lost || l.Owed.Positive() { // "nothing is owed" is no answer to a payment ahead that was lost
		list = append(list, owedText(ctx, l.Owed))
	}
	return list
}

func (l Money) links(ctx context.Context) []link { return ways(ctx, l.Ways) }

func (l Money) help(ctx context.Context) string {
	return i18n.T(ctx, "mail.standing.help", "contact", format.Isolate(ctx, l.Contact))
}

// Text is the letter without markup.
func (l Money) Text(ctx context.Context) string {
	return text(ctx, l.Name, l.paragraphs(ctx), l.links(ctx), l.help(ctx))
}

// HTML is the letter as a page.
func (l Money) HTML() templ.Component {
	return told(l.Brand, l.Color, l.Name, l.paragraphs, l.links, l.help)
}
