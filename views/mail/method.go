package mail

import (
	"context"

	"github.com/a-h/templ"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/views/format"
	"myisp/views/i18n"
)

// Method is the letter about a kept payment method or autopay: Kind is one of finance's notices.
type Method struct {
	Name    string
	Brand   string // the portal's title (P1)
	Color   string // #rrggbb of the brand
	Kind    string
	Reason  string
	Method  string // "Visa •••• 4242"
	Amount  money.Money
	Day     db.Day // of the next try, or the last day of a method; "" is none
	Old     string // the method that was replaced
	Rule    string // when autopay charges
	Most    string // the most that it charges at once
	Contact string // where the customer finds help
	Ways    []Way
}

// Subject is the letter's subject line.
func (l Method) Subject(ctx context.Context) string {
	return i18n.T(ctx, "mail.method."+l.Kind+".subject", "brand", l.Brand)
}

// paragraphs are what the letter says, one after the other.
func (l Method) paragraphs(ctx context.Context) []string {
	day := ""
	if l.Day != "" {
		day = format.Day(ctx, l.Day.Time())
	}
	list := []string{i18n.T(ctx, "mail.method."+l.Kind+".text", "amount", format.Money(ctx, l.Amount), "method", format.Isolate(ctx, l.Method), "date", day, "old", format.Isolate(ctx, l.Old))}
	switch l.Kind {
	case "declined":
		reason := "pay.reason." + l.Reason
		if !i18n.Has(reason) {
			reason = "pay.reason.unknown"
		}
		list = append(list, i18n.T(ctx, reason))
		if l.Day != "" {
			list = append(list, i18n.T(ctx, "mail.method.next_try", "date", day))
		} else {
			list = append(list, i18n.T(ctx, "mail.method.no_try"))
		}
	case "on", "changed":
		list = append(list, i18n.T(ctx, "mail.method.terms", "rule", l.Rule, "most", l.Most))
	case "ended":
		list = append([]string{i18n.T(ctx, "mail.method.why_"+l.Reason, "method", format.Isolate(ctx, l.Method))}, list...)
	}
	return list
}

func (l Method) links(ctx context.Context) []link { return ways(ctx, l.Ways) }

// last offers help; where somebody else could have done it, first of all to say so.
func (l Method) last(ctx context.Context) string {
	switch l.Kind {
	case "added", "replaced", "removed", "on", "changed", "off":
		return i18n.T(ctx, "mail.method.not_you", "contact", format.Isolate(ctx, l.Contact))
	}
	return i18n.T(ctx, "mail.method.help", "contact", format.Isolate(ctx, l.Contact))
}

// Text is the letter without markup.
func (l Method) Text(ctx context.Context) string {
	return text(ctx, l.Name, l.paragraphs(ctx), l.links(ctx), l.last(ctx))
}

// HTML is the letter as a page.
func (l Method) HTML() templ.Component {
	return told(l.Brand, l.Color, l.Name, l.paragraphs, l.links, l.last)
}
