// Package mail composes the letters that the portal sends: a subject, a plain text and an HTML body that says the same.
package mail

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"myisp/views/i18n"
)

// Page is the HTML body of a letter.
type Page interface{ HTML() templ.Component }

// ResetCode is the letter with the code for a new password (G5, AUTH-3).
type ResetCode struct {
	Name  string
	Brand string // the portal's title (P1)
	Color string // #rrggbb of the brand
	Code  string
	URL   string // where the code is entered
	Short bool   // the short template: the code and how long it holds
}

// Subject is the letter's subject line.
func (l ResetCode) Subject(ctx context.Context) string {
	return i18n.T(ctx, "mail.reset.subject", "brand", l.Brand)
}

// Text is the letter without markup.
func (l ResetCode) Text(ctx context.Context) string {
	lines := []string{i18n.T(ctx, "mail.reset.code", "code", l.Code), i18n.T(ctx, "mail.reset.valid")}
	if !l.Short {
		lines = append([]string{i18n.T(ctx, "mail.greeting", "name", l.Name), "", i18n.T(ctx, "mail.reset.intro", "brand", l.Brand), ""}, lines...)
		lines = append(lines, "", l.URL, "", i18n.T(ctx, "mail.reset.ignore"))
	}
	return strings.Join(lines, "\n") + "\n"
}

// HTML is the letter as a page.
func (l ResetCode) HTML() templ.Component { return resetCode(l) }
