package mail

import (
	"context"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/views/format"
	"myisp/views/i18n"
)

// Links are where a letter about money leads; each may be "".
type Links struct {
	URL   string    // a page of the portal, for who logs in
	To    string    // what that page is: mail.link.<To>
	Pay   string    // pays one document without logging in
	Until time.Time // when Pay ends
}

// link is one of them with its words. The first of a letter is its button.
type link struct{ url, label, note string }

// list names the links in their order; number and due are what Pay pays.
func (l Links) list(ctx context.Context, number string, due money.Money) (list []link) {
	if l.Pay != "" {
		list = append(list, link{l.Pay, i18n.T(ctx, "mail.link.without"), i18n.T(ctx, "mail.link.note", "number", format.Isolate(ctx, number), "amount", format.Money(ctx, due),
			"date", format.Date(ctx, l.Until))})
	}
	if l.URL != "" {
		list = append(list, link{l.URL, i18n.T(ctx, "mail.link."+l.To), ""})
	}
	return list
}

// Way is a page of the portal that a letter leads to: mail.link.<To> says which.
type Way struct{ URL, To string }

func ways(ctx context.Context, list []Way) (links []link) {
	for _, w := range list {
		links = append(links, link{w.URL, i18n.T(ctx, "mail.link."+w.To), ""})
	}
	return links
}

// Part is a document and the amount that a payment or a refund moved on it.
type Part struct {
	Name   string
	Amount money.Money
}

// most is how many parts a letter names before it leads to the page that has them all.
const most = 10

// parted lists parts in one line.
func parted(ctx context.Context, parts []Part) string {
	var list []string
	for _, p := range parts[:min(len(parts), most)] {
		list = append(list, i18n.T(ctx, "payment.part", "name", format.Isolate(ctx, p.Name), "amount", format.Money(ctx, p.Amount)))
	}
	if len(parts) > most {
		list = append(list, "…")
	}
	return strings.Join(list, " · ")
}

// owedText says what is owed now.
func owedText(ctx context.Context, owed money.Money) string {
	if owed.Positive() {
		return i18n.T(ctx, "mail.money.owed", "amount", format.Money(ctx, owed))
	}
	return i18n.T(ctx, "mail.money.settled")
}

// text says what a letter says, one paragraph after the other, and its links before the last.
func text(ctx context.Context, name string, paragraphs []string, links []link, last string) string {
	list := append([]string{i18n.T(ctx, "mail.greeting", "name", name)}, paragraphs...)
	for _, l := range links {
		list = append(list, strings.TrimSpace(l.label+":\n"+l.url+"\n"+l.note))
	}
	return strings.Join(append(list, last), "\n\n") + "\n"
}
