package admin

import (
	"net/url"
	"slices"
	"strconv"

	"myisp/models/session"
	"myisp/models/staff"
	"myisp/views/ui"
)

// Security is the page /admin/security: the member's own second factor, password and sessions. It posts password_current,
// password_new and confirm to /admin/security/password, and language to /admin/security/language.
type Security struct {
	Shell    ui.Shell
	Member   staff.Member
	Required bool  // a second factor has to be set up
	Codes    int64 // unused recovery codes
	Sessions []session.Session
	This     int64 // the session that asks
	Errors   map[string]string
}

// Factor is the page on which a second factor is set up. It posts to /admin/security/factor for a new secret, and code to
// /admin/security/factor/confirmation.
type Factor struct {
	Shell     ui.Shell
	Waiting   bool // a secret waits for its first code
	Enrolment staff.Enrolment
	Replaces  bool // there is a second factor already
	Error     string
}

// RecoveryCodes shows new recovery codes, once.
type RecoveryCodes struct {
	Shell ui.Shell
	Codes []string
	First bool // the second factor was set up just now
}

// StepUp asks for the password again, and sends once more what was sent before.
type StepUp struct {
	Shell  ui.Shell
	Action string // the address of the form that was sent
	Field  string // the name of the password's field; it is never among what is kept
	Kept   url.Values
	Cancel string // where not doing it leads
	Error  string
}

// pair is one value of a form.
type pair struct{ name, value string }

func (p StepUp) pairs() (list []pair) {
	for name, values := range p.Kept {
		if name == p.Field {
			continue
		}
		for _, v := range values {
			list = append(list, pair{name, v})
		}
	}
	slices.SortStableFunc(list, func(a, b pair) int {
		if a.name < b.name {
			return -1
		}
		if a.name > b.name {
			return 1
		}
		return 0
	})
	return list
}

func ownSessionURL(s session.Session) string {
	return "/admin/security/sessions/" + strconv.FormatInt(s.ID, 10) + "/closure"
}
