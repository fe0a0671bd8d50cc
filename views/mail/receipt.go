package mail

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/views/format"
	"myisp/views/i18n"
)

// Receipt is the letter that says that a payment has arrived.
type Receipt struct {
	Name     string
	Brand    string // the portal's title (P1)
	Color    string // #rrggbb of the brand
	Number   string // the receipt's
	Amount   money.Money
	Day      db.Day
	Restored bool // the payment has brought the services back
}

// Subject is the letter's subject line.
func (l Receipt) Subject(ctx context.Context) string {
	return i18n.T(ctx, "mail.receipt.subject", "amount", format.Money(ctx, l.Amount), "brand", l.Brand)
}

func (l Receipt) intro(ctx context.Context) string {
	return i18n.T(ctx, "mail.receipt.intro", "amount", format.Money(ctx, l.Amount), "date", format.Day(ctx, l.Day.Time()))
}

// Text is the letter without markup.
func (l Receipt) Text(ctx context.Context) string {
	lines := []string{i18n.T(ctx, "mail.greeting", "name", l.Name), "", l.intro(ctx), i18n.T(ctx, "mail.receipt.number", "number", l.Number)}
	if l.Restored {
		lines = append(lines, "", i18n.T(ctx, "mail.receipt.restored"))
	}
	return strings.Join(lines, "\n") + "\n"
}

// HTML is the letter as a page.
func (l Receipt) HTML() templ.Component { return receipt(l) }
