package mail

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"myisp/views/i18n"
)

// BooksAlarm is the letter that tells an administrator that the books do not agree.
type BooksAlarm struct {
	Name  string
	Brand string // the portal's title (P1)
	Color string // #rrggbb of the brand
	Wrong string // how many findings
}

// Subject is the letter's subject line.
func (l BooksAlarm) Subject(ctx context.Context) string {
	return i18n.T(ctx, "desk.alarm.subject", "brand", l.Brand)
}

func (l BooksAlarm) lines(ctx context.Context) []string {
	return []string{i18n.T(ctx, "mail.greeting", "name", l.Name), i18n.T(ctx, "desk.alarm.intro", "number", l.Wrong), i18n.T(ctx, "desk.alarm.what")}
}

// Text is the letter without markup.
func (l BooksAlarm) Text(ctx context.Context) string {
	return strings.Join(l.lines(ctx), "\n\n") + "\n"
}

// HTML is the letter as a page.
func (l BooksAlarm) HTML() templ.Component { return booksAlarm(l) }
