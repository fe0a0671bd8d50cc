package auth

import (
	"myisp/views/i18n"
	"myisp/views/ui"
)

// AdminCode asks for the second factor. It posts code and next to /admin/login/code.
type AdminCode struct {
	Shell ui.Shell
	Error string
	Next  string
}

// Invitation is the page on which an invited person becomes a member of staff. It posts login, name, language, password
// and confirm to its own address.
type Invitation struct {
	Shell     ui.Shell
	Inviter   string
	Brand     string
	Email     string
	Login     string
	Name      string
	Language  string
	Languages []i18n.Language
	Errors    map[string]string
}

// StaffPassword is the page on which a member of staff chooses a new password. It posts password and confirm to its own
// address.
type StaffPassword struct {
	Shell  ui.Shell
	Name   string
	Done   bool
	Errors map[string]string
}

func (p Invitation) languageOptions() []ui.Option {
	var list []ui.Option
	for _, l := range p.Languages {
		list = append(list, ui.Option{Value: l.Code, Label: l.Native, Lang: l.Code})
	}
	return list
}
