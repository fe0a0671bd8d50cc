package mail

import (
	"context"

	"github.com/a-h/templ"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/views/format"
	"myisp/views/i18n"
)

// Standing is the letter about blocking and promises to pay: Kind is one of service's notices.
type Standing struct {
	Name    string
	Brand   string // the portal's title (P1)
	Color   string // #rrggbb of the brand
	Kind    string
	Amount  money.Money // what is owed
	Day     db.Day      // of a promise its last, of a reminder the invoice's due day, of blocking when services end; "" is none
	Contact string      // where the customer finds help
	Links   Links
	Number  string      // of a reminder: the invoice's
	Due     money.Money // and what is open on it
}

// Subject is the letter's subject line.
func (l Standing) Subject(ctx context.Context) string {
	return i18n.T(ctx, "mail.standing."+l.Kind+".subject", "brand", l.Brand)
}

// paragraphs are what the letter says, one after the other.
func (l Standing) paragraphs(ctx context.Context) []string {
	day := ""
	if l.Day != "" {
		day = format.Day(ctx, l.Day.Time())
	}
	list := []string{i18n.T(ctx, "mail.standing."+l.Kind+".text", "amount", format.Money(ctx, l.Amount), "date", day)}
	if l.Kind == "blocked" && l.Day != "" {
		list = append(list, i18n.T(ctx, "mail.standing.ends_on", "date", day))
	}
	return list
}

func (l Standing) links(ctx context.Context) []link { return l.Links.list(ctx, l.Number, l.Due) }

func (l Standing) help(ctx context.Context) string {
	return i18n.T(ctx, "mail.standing.help", "contact", l.Contact)
}

// Text is the letter without markup.
func (l Standing) Text(ctx context.Context) string {
	return text(ctx, l.Name, l.paragraphs(ctx), l.links(ctx), l.help(ctx))
}

// HTML is the letter as a page.
func (l Standing) HTML() templ.Component {
	return told(l.Brand, l.Color, l.Name, l.paragraphs, l.links, l.help)
}
