package mail

import (
	"context"

	"github.com/a-h/templ"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/views/format"
	"myisp/views/i18n"
)

// Receipt is the letter that says that a payment has arrived, what it paid and what is left.
type Receipt struct {
	Name     string
	Brand    string // the portal's title (P1)
	Color    string // #rrggbb of the brand
	Number   string // the receipt's
	Amount   money.Money
	Day      db.Day
	Paid     []Part // the documents that it paid
	Kept     money.Money
	Owed     money.Money
	Restored bool   // the payment has brought the services back
	Contact  string // where the customer finds help
	Ways     []Way
}

// Subject is the letter's subject line.
func (l Receipt) Subject(ctx context.Context) string {
	return i18n.T(ctx, "mail.receipt.subject", "amount", format.Money(ctx, l.Amount), "brand", l.Brand)
}

// paragraphs are what the letter says, one after the other.
func (l Receipt) paragraphs(ctx context.Context) []string {
	list := []string{i18n.T(ctx, "mail.receipt.intro", "amount", format.Money(ctx, l.Amount), "date", format.Day(ctx, l.Day.Time())),
		i18n.T(ctx, "mail.receipt.number", "number", format.Isolate(ctx, l.Number))}
	if len(l.Paid) > 0 {
		list = append(list, i18n.T(ctx, "mail.receipt.paid", "list", parted(ctx, l.Paid)))
	}
	if l.Kept.Positive() {
		list = append(list, i18n.T(ctx, "mail.receipt.kept", "amount", format.Money(ctx, l.Kept)))
	}
	list = append(list, owedText(ctx, l.Owed))
	if l.Restored {
		list = append(list, i18n.T(ctx, "mail.receipt.restored"))
	}
	return list
}

func (l Receipt) links(ctx context.Context) []link { return ways(ctx, l.Ways) }

func (l Receipt) help(ctx context.Context) string {
	return i18n.T(ctx, "mail.standing.help", "contact", format.Isolate(ctx, l.Contact))
}

// Text is the letter without markup.
func (l Receipt) Text(ctx context.Context) string {
	return text(ctx, l.Name, l.paragraphs(ctx), l.links(ctx), l.help(ctx))
}

// HTML is the letter as a page.
func (l Receipt) HTML() templ.Component {
	return told(l.Brand, l.Color, l.Name, l.paragraphs, l.links, l.help)
}
