package mail

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"myisp/views/format"
	"myisp/views/i18n"
)

// StaffLink is the letter with a link that works once: an invitation to the staff, or the way to a new password.
type StaffLink struct {
	Name       string
	By         string // the colleague who had it sent
	Brand      string
	Color      string // #rrggbb of the brand
	URL        string
	Invitation bool // else to a new password
	Until      time.Time
}

// Subject is the letter's subject line.
func (l StaffLink) Subject(ctx context.Context) string {
	if l.Invitation {
		return i18n.T(ctx, "staff.mail.invitation_subject", "brand", l.Brand)
	}
	return i18n.T(ctx, "staff.mail.password_subject", "brand", l.Brand)
}

func (l StaffLink) intro(ctx context.Context) string {
	if l.Invitation {
		return i18n.T(ctx, "staff.mail.invitation", "by", l.By, "brand", l.Brand)
	}
	return i18n.T(ctx, "staff.mail.password", "by", l.By, "brand", l.Brand)
}

func (l StaffLink) action(ctx context.Context) string {
	if l.Invitation {
		return i18n.T(ctx, "staff.mail.accept")
	}
	return i18n.T(ctx, "auth.code.title")
}

func (l StaffLink) valid(ctx context.Context) string {
	return i18n.T(ctx, "staff.mail.valid", "time", format.DateTime(ctx, l.Until))
}

// Text is the letter without markup.
func (l StaffLink) Text(ctx context.Context) string {
	return strings.Join([]string{i18n.T(ctx, "mail.greeting", "name", l.Name), "", l.intro(ctx), "", l.URL, "", l.valid(ctx), i18n.T(ctx, "staff.mail.ignore")}, "\n") + "\n"
}

// HTML is the letter as a page.
func (l StaffLink) HTML() templ.Component { return staffLink(l) }
