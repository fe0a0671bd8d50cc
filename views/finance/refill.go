package finance

import (
	"myisp/models/portal"
	"myisp/views/ui"
)

// Refill is the page on which a customer enters a refill card (§2.8, P52).
type Refill struct {
	Shell   ui.Shell
	Menu    Menu
	Company portal.CompanyInfo
	Code    string // as typed before
	Error   string // message key of what is wrong with the code
	Own     string // the receipt, when the customer has used this card before
}

// helps reports whether the page says what to do about a card that does not work.
func (p Refill) helps() bool { return p.Error != "" && p.Own == "" }
