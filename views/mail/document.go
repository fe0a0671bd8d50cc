package mail

import (
	"context"

	"github.com/a-h/templ"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/views/format"
	"myisp/views/i18n"
)

// Document is the letter that says that an invoice, a proforma invoice or a credit note is there (§3.5).
type Document struct {
	Name   string
	Brand  string // the portal's title (P1)
	Color  string // #rrggbb of the brand
	Kind   string // invoice, proforma or credit_note
	Number string
	Day    db.Day
	Amount money.Money // of the whole document
	// Corrected says that it takes the place of the one with the same number, which was over Was.
	Corrected bool
	Was       money.Money
	Due       money.Money // what is left to pay on it
	DueDay    db.Day      // "" is none, or over
	Charged   bool        // autopay takes what is due
	Attached  bool        // the PDF is
	Contact   string      // where the customer finds help
	Links     Links
}

// Asks reports whether the letter asks for money.
func (l Document) Asks() bool { return l.Due.Positive() && !l.Charged }

func (l Document) word(ctx context.Context, key string) string {
	if l.Corrected {
		key += "_corrected"
	}
	return i18n.T(ctx, "mail.document."+l.Kind+"."+key, "was", format.Money(ctx, l.Was), "brand", l.Brand, "number", format.Isolate(ctx, l.Number), "amount", format.Money(ctx, l.Amount), "date", format.Day(ctx, l.Day.Time()))
}

// Subject is the letter's subject line.
func (l Document) Subject(ctx context.Context) string { return l.word(ctx, "subject") }

// paragraphs are what the letter says after its first words, one after the other.
func (l Document) paragraphs(ctx context.Context) []string {
	var list []string
	switch due := format.Money(ctx, l.Due); {
	case l.Kind == "credit_note":
		list = append(list, i18n.T(ctx, "mail.document.credited"))
	case !l.Due.Positive():
		list = append(list, i18n.T(ctx, "mail.document.settled"))
	case l.Charged:
		list = append(list, i18n.T(ctx, "mail.document.charged"))
	case l.DueDay != "":
		list = append(list, i18n.T(ctx, "mail.document.due", "amount", due, "date", format.Day(ctx, l.DueDay.Time())))
	default:
		list = append(list, i18n.T(ctx, "mail.document.due_any", "amount", due))
	}
	if l.Attached {
		list = append(list, i18n.T(ctx, "mail.document.attached"))
	}
	return list
}

func (l Document) links(ctx context.Context) []link { return l.Links.list(ctx, l.Number, l.Due) }

func (l Document) help(ctx context.Context) string {
	return i18n.T(ctx, "mail.standing.help", "contact", l.Contact)
}

// Text is the letter without markup.
func (l Document) Text(ctx context.Context) string {
	return text(ctx, l.Name, append([]string{l.word(ctx, "intro") + "\n" + format.Money(ctx, l.Amount)}, l.paragraphs(ctx)...), l.links(ctx), l.help(ctx))
}

// HTML is the letter as a page.
func (l Document) HTML() templ.Component { return document(l) }
