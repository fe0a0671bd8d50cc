package mail

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"myisp/views/format"
	"myisp/views/i18n"
)

// ProfileChanged is the letter to an address that was the customer's when the e-mail address or the password was changed.
type ProfileChanged struct {
	Name            string
	Brand           string // the portal's title (P1)
	Color           string // #rrggbb of the brand
	Email, Password bool   // what was changed
	At              time.Time
	IP              string
	Staff           bool   // staff changed it, not the customer
	Contact         string // where to call for help: address, number or both
}

func (l ProfileChanged) pick(both, email, password string) string {
	switch {
	case l.Email && l.Password:
		return both
	case l.Email:
		return email
	}
	return password
}

// Subject is the letter's subject line.
func (l ProfileChanged) Subject(ctx context.Context) string {
	return i18n.T(ctx, l.pick("mail.changed.subject_both", "mail.changed.subject_email", "mail.changed.subject_password"), "brand", l.Brand)
}

func (l ProfileChanged) intro(ctx context.Context) string {
	if l.Staff {
		return i18n.T(ctx, l.pick("mail.changed.intro_email_staff", "mail.changed.intro_email_staff", "mail.changed.intro_password_staff"), "brand", l.Brand, "time", format.DateTime(ctx, l.At))
	}
	return i18n.T(ctx, l.pick("mail.changed.intro_both", "mail.changed.intro_email", "mail.changed.intro_password"),
		"brand", l.Brand, "time", format.DateTime(ctx, l.At), "ip", l.IP)
}

// own says when nothing has to be done, foreign when something has.
func (l ProfileChanged) own(ctx context.Context) string {
	if l.Staff {
		return i18n.T(ctx, "mail.changed.asked")
	}
	return i18n.T(ctx, "mail.changed.own")
}

func (l ProfileChanged) foreign(ctx context.Context) string {
	if l.Staff {
		return i18n.T(ctx, "mail.changed.unasked", "contact", l.Contact)
	}
	return i18n.T(ctx, "mail.changed.foreign", "contact", l.Contact)
}

// Text is the letter without markup.
func (l ProfileChanged) Text(ctx context.Context) string {
	return strings.Join([]string{i18n.T(ctx, "mail.greeting", "name", l.Name), "", l.intro(ctx), "", l.own(ctx), l.foreign(ctx)}, "\n") + "\n"
}

// HTML is the letter as a page.
func (l ProfileChanged) HTML() templ.Component { return profileChanged(l) }
