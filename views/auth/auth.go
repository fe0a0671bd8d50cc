// Package auth shows the way in: log-in of customers and staff (AUTH-1) and the reset of a password (AUTH-3).
package auth

import (
	"context"
	"strings"

	"myisp/views/i18n"
	"myisp/views/ui"
)

// Login is the customer's log-in page (AUTH-1). It posts identifier, password and next to /login; languages post lang
// and next to /language.
type Login struct {
	Shell        ui.Shell
	ByEmail      bool   // G2: asks for "Email" instead of "Login"
	Identifier   string // as typed before
	Error        string // message key, the same for a wrong login and a wrong password; "" is none
	ResetEnabled bool   // G3
	Help         *Help  // G11; nil hides it
	Stores       Stores // G13–G15
	Languages    []i18n.Language
	Text         string // a welcome of the operator's, plain text
	Next         string // path to go on to
}

// Help is what "Need help?" opens on the log-in page (G11); empty parts are left out.
type Help struct {
	Phone string
	Email string
	URL   string
	Text  string
}

// Stores are the operator's apps (G13–G15); an empty URL leaves out the badge.
type Stores struct {
	GooglePlayURL string
	AppStoreURL   string
}

// ResetRequest asks who has forgotten the password (AUTH-3, first step). It posts identifier and contact to /reset.
type ResetRequest struct {
	Shell      ui.Shell
	ByEmail    bool // G2: customers are known by their e-mail address
	BySMS      bool // G4: the contact is a phone number instead of an e-mail address
	Identifier string
	Contact    string
	Errors     map[string]string // field → message key
}

// ResetCode asks for the code and a new password (AUTH-3, second step). It looks the same whether the account exists or
// not. It posts request, code, password and confirm to /reset/code.
type ResetCode struct {
	Shell   ui.Shell
	BySMS   bool
	Request string // an opaque token that ties both steps together; "" when a cookie does
	Errors  map[string]string
}

// ResetDone says that the new password holds.
type ResetDone struct {
	Shell ui.Shell
}

// AdminLogin is the staff's log-in page. It posts login, password and next to /admin/login.
type AdminLogin struct {
	Shell ui.Shell
	Login string
	Error string
	Next  string
}

func (p Login) identifierKey() string {
	if p.ByEmail {
		return "auth.email"
	}
	return "auth.login"
}

func (p Login) identifier() ui.Field {
	f := ui.Field{Name: "identifier", Value: p.Identifier, Autocomplete: "username", Required: true, LTR: true, MaxLength: 255}
	if p.ByEmail {
		f.Type, f.InputMode = "email", "email"
	}
	return f
}

// OneField reports whether the identifier is the e-mail address that the code goes to: nobody types it twice.
func (p ResetRequest) OneField() bool { return p.ByEmail && !p.BySMS }

func (p ResetRequest) identifier(ctx context.Context) ui.Field {
	like := Login{ByEmail: p.ByEmail, Identifier: p.Identifier}
	f := like.identifier()
	f.Label, f.Error = i18n.T(ctx, like.identifierKey()), p.Errors["identifier"]
	return f
}

// dialable keeps what a tel: link may hold.
func dialable(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}

// sentText never says whether there was an account to send to.
func sentText(ctx context.Context, bySMS bool) string {
	if bySMS {
		return i18n.T(ctx, "auth.code.sent_sms")
	}
	return i18n.T(ctx, "auth.code.sent_email")
}

// codeKeyboard: codes by SMS are digits (G9), codes by e-mail letters too (G7).
func codeKeyboard(bySMS bool) string {
	if bySMS {
		return "numeric"
	}
	return "text"
}
