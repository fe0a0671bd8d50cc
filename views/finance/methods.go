package finance

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"myisp/internal/gateway"
	"myisp/internal/money"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/models/portal"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Methods is the page of the customer's saved payment methods.
type Methods struct {
	Shell    ui.Shell
	Menu     Menu
	Today    db.Day
	Rows     []books.SavedMethod
	Gateways []books.GatewaySetup // that can keep a method
	Key      string               // of the form that adds one
	Removal  string               // portal.MethodRemoval
	Autopay  *books.Autopay       // nil before the first
	Next     books.NextCharge
	Problem  string // message key
	Pretend  bool
}

// SavedMethod is the page of one of them.
type SavedMethod struct {
	Methods
	Method books.SavedMethod
	Typed  string // the label as it was typed
	Errors map[string]string
}

// MethodResult tells what has become of giving a method.
type MethodResult struct {
	Shell     ui.Shell
	Method    books.SavedMethod
	Unsettled bool
	State     gateway.State // of the page at the gateway
}

// SavedChoice is a saved method on the pay page.
type SavedChoice struct {
	Method books.SavedMethod
	Choice books.Choice // of its gateway
}

// ShownValue is what the pay form sends of a sum that it has shown for a way to pay.
func ShownValue(way string, total money.Money) string {
	return way + " " + strconv.FormatInt(total.Minor, 10) + " " + string(total.Currency)
}

// SavedValue is what the pay form sends for a saved method.
func SavedValue(id int64) string { return "saved-" + strconv.FormatInt(id, 10) }

// SavedName is a method as its issuer names it: "Visa •••• 4242".
func SavedName(ctx context.Context, m books.SavedMethod) string {
	name := m.Brand
	if name == "" {
		name = i18n.T(ctx, "methods.kind."+savedKind(m))
	}
	if m.Last4 != "" {
		name += " •••• " + m.Last4
	}
	return name
}

func savedKind(m books.SavedMethod) string {
	switch m.Kind {
	case "bank", "wallet":
		return m.Kind
	}
	return "card"
}

func savedTitle(ctx context.Context, m books.SavedMethod) string {
	if m.Label != "" {
		return m.Label
	}
	return SavedName(ctx, m)
}

func savedText(ctx context.Context, m books.SavedMethod) string {
	name := ""
	if m.Label != "" {
		name = SavedName(ctx, m)
	}
	return dotted(ctx, name, expiry(ctx, m), m.Mandate)
}

func expiry(ctx context.Context, m books.SavedMethod) string {
	if m.ExpiryYear == 0 {
		return ""
	}
	return i18n.T(ctx, "methods.until", "month", fmt.Sprintf("%02d/%d", m.ExpiryMonth, m.ExpiryYear))
}

func savedIcon(m books.SavedMethod) string {
	switch m.Kind {
	case "bank":
		return "landmark"
	case "wallet":
		return "wallet"
	}
	return "credit-card"
}

func methodURL(id int64, parts ...string) string {
	path := "/finance/payment-methods/" + strconv.FormatInt(id, 10)
	for _, p := range parts {
		path += "/" + p
	}
	return path
}

// ExpiryNotice warns of methods that have ended or will within 30 days; false when none does.
func ExpiryNotice(ctx context.Context, rows []books.SavedMethod, today db.Day) (ui.Notice, bool) {
	for _, m := range rows {
		if m.Expired(today) {
			return ui.Notice{Tone: ui.Bad, Icon: "credit-card", Title: i18n.T(ctx, "methods.expired", "method", format.Isolate(ctx, savedTitle(ctx, m))), Text: i18n.T(ctx, "methods.expired_text"), URL: methodURL(m.ID)}, true
		}
	}
	for _, m := range rows {
		if m.Expiring(today) {
			return ui.Notice{Tone: ui.Warn, Icon: "credit-card", Title: i18n.T(ctx, "methods.expiring", "method", format.Isolate(ctx, savedTitle(ctx, m)), "date", day(ctx, m.LastDay())),
				Text: i18n.T(ctx, "methods.expired_text"), URL: methodURL(m.ID)}, true
		}
	}
	return ui.Notice{}, false
}

func (p Methods) usedByAutopay(id int64) bool {
	return p.Autopay != nil && p.Autopay.On() && p.Autopay.MethodID == id
}

func (p Methods) autopayText(ctx context.Context) string {
	if p.Autopay == nil || !p.Autopay.On() {
		return i18n.T(ctx, "autopay.off_text")
	}
	return NextText(ctx, p.Next, *p.Autopay, p.Today)
}

func (p Methods) autopayBadge(ctx context.Context) (ui.Tone, string) {
	switch {
	case p.Autopay == nil || !p.Autopay.On():
		return ui.Neutral, i18n.T(ctx, "autopay.off")
	case p.Autopay.Paused(p.Today):
		return ui.Warn, i18n.T(ctx, "autopay.paused")
	}
	return ui.Ok, i18n.T(ctx, "autopay.on")
}

func (p SavedMethod) terms(ctx context.Context) []ui.Term {
	m := p.Method
	list := []ui.Term{{Label: i18n.T(ctx, "methods.kind_label"), Value: i18n.T(ctx, "methods.kind."+savedKind(m))}, {Label: i18n.T(ctx, "methods.number"), Value: SavedName(ctx, m)}}
	if m.ExpiryYear != 0 {
		list = append(list, ui.Term{Label: i18n.T(ctx, "methods.expires"), Value: day(ctx, m.LastDay())})
	}
	if m.Mandate != "" {
		list = append(list, ui.Term{Label: i18n.T(ctx, "methods.mandate"), Value: m.Mandate, Copy: true})
	}
	return append(list, ui.Term{Label: i18n.T(ctx, "methods.added"), Value: format.DateTime(ctx, m.CreatedAt)})
}

func (p SavedMethod) mayRemove() bool { return p.Removal == portal.RemovalFree }

func (p SavedMethod) refusal(ctx context.Context) string {
	if p.Removal == portal.RemovalAsk {
		return i18n.T(ctx, "methods.error.ask_support")
	}
	return i18n.T(ctx, "methods.error.replace_only")
}

func (p MethodResult) face() (tone ui.Tone, icon, key string) {
	switch {
	case p.Method.State == books.SavedActive:
		return ui.Ok, "circle-check", "saved"
	case p.Method.State == books.SavedSetup && p.State == gateway.Declined:
		return ui.Bad, "circle-x", "declined"
	case p.Method.State == books.SavedSetup && p.State == gateway.Cancelled:
		return ui.Info, "circle-x", "left"
	case p.Method.State == books.SavedSetup:
		return ui.Info, "clock", "open"
	}
	return ui.Info, "circle-x", "gone"
}

// StepUp asks for the password again, and sends once more what was sent before.
type StepUp struct {
	Shell  ui.Shell
	Action string
	Field  string // the password's; it is never among what is kept
	Kept   url.Values
	Cancel string
	Error  string
}
