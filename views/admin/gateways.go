package admin

import (
	"context"
	"strconv"
	"strings"

	"myisp/internal/gateway"
	"myisp/internal/money"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// GatewaysURL is the list of payment gateways; BankTransferURL is the account that customers transfer to.
const (
	GatewaysURL     = "/admin/config/gateways"
	BankTransferURL = "/admin/config/bank-transfer"
)

// OfPartner is what pages share that are about one partner at a time.
type OfPartner struct {
	Shell    ui.Shell
	Partner  portal.Partner
	Partners []ui.Option
	Currency money.Currency
	MayEdit  bool
}

func (p OfPartner) id() string { return strconv.FormatInt(p.Partner.ID, 10) }

func (p OfPartner) query() string { return "?partner=" + p.id() }

// Gateways lists every gateway that the program knows, as a partner has set it up.
type Gateways struct {
	OfPartner
	Items   []GatewayItem
	Company portal.CompanyInfo
	Pretend bool // the pretend one is enabled
}

// GatewayItem is one gateway: Setup is empty where nobody has set it up.
type GatewayItem struct {
	Kind  gateway.Definition
	Setup finance.GatewaySetup
	Known bool // set up, enabled or not
}

func (p Gateways) text(ctx context.Context, g GatewayItem) string {
	if !g.Known {
		return i18n.T(ctx, "gateways.not_set_up")
	}
	if g.Setup.Prices(p.Currency) {
		g.Setup.Currency = p.Currency
	}
	return gatewayPrice(ctx, g.Setup)
}

// gatewayPrice is what a payment with a gateway costs, in the currency in which that was set.
func gatewayPrice(ctx context.Context, g finance.GatewaySetup) string {
	price := i18n.T(ctx, "pay.no_fee")
	if g.FeePPM != 0 || g.FeeFixed != 0 {
		price = i18n.T(ctx, "gateways.fee", "percent", TypedPercent(ctx, g.FeePPM), "fixed", format.Money(ctx, money.Of(g.FeeFixed, g.Currency)))
	}
	if g.Minimum > 0 {
		price += " · " + i18n.T(ctx, "gateways.from", "amount", format.Money(ctx, money.Of(g.Minimum, g.Currency)))
	}
	return price
}

// stale lists the enabled gateways whose sums are of another currency than the partner's, as a text; "" is none.
func (p Gateways) stale(ctx context.Context) string {
	var names []string
	for _, g := range p.Items {
		if g.Setup.Enabled && !g.Setup.Prices(p.Currency) {
			names = append(names, gatewayTitle(ctx, g.Kind.Name))
		}
	}
	return strings.Join(names, ", ")
}

// TypedPercent writes millionths as per cent for a field: 29000 is "2.9".
func TypedPercent(ctx context.Context, ppm int64) string {
	if ppm%10_000 == 0 {
		return format.TypedDecimal(ctx, ppm/10_000, 0)
	}
	return strings.TrimRight(format.TypedDecimal(ctx, ppm, 4), "0")
}

// GatewayPage is the form of one gateway of a partner. Values are as typed.
type GatewayPage struct {
	OfPartner
	Kind                    gateway.Definition
	Setup                   finance.GatewaySetup
	Percent, Fixed, Minimum string
	GatewayRefs
	Config    map[string]string // of the fields that are no secrets
	Set       map[string]bool   // which fields have a value
	Sealed    bool              // the keys were sealed with another MYISP_SECRET
	Known     bool
	NoticeURL string
	Tested    string // how the test of the connection ended; "" is not tested
	Pretend   bool
	Errors    map[string]string
}

func (p GatewayPage) url(tail string) string { return GatewaysURL + "/" + p.Kind.Name + tail }

func gatewayTitle(ctx context.Context, name string) string {
	return wordsOr(ctx, "gateway.name."+name, name)
}

func (p GatewayPage) methods(ctx context.Context) (list []ui.Option) {
	for _, m := range p.Methods {
		if m.Active || m.ID == p.Setup.MethodID {
			list = append(list, ui.Option{Value: strconv.FormatInt(m.ID, 10), Label: methodName(ctx, m)})
		}
	}
	return list
}

func methodName(ctx context.Context, m finance.PaymentMethod) string {
	return wordsOr(ctx, "finance.method."+m.Kind, m.Name)
}

// fieldLabel is a field's name: gateway.<name>.<key>, which the provider's words hold.
func (p GatewayPage) fieldLabel(ctx context.Context, f gateway.Field) string {
	return wordsOr(ctx, "gateway."+p.Kind.Name+"."+f.Key, f.Key)
}

func (p GatewayPage) fieldHint(ctx context.Context, f gateway.Field) string {
	hint := ""
	if key := "gateway." + p.Kind.Name + "." + f.Key + "_hint"; i18n.Has(key) {
		hint = i18n.T(ctx, key) + " "
	}
	if !f.Secret {
		return strings.TrimSpace(hint)
	}
	if p.Set[f.Key] {
		return hint + i18n.T(ctx, "gateways.secret_set")
	}
	return hint + i18n.T(ctx, "gateways.secret_unset")
}

func (p GatewayPage) options(ctx context.Context, f gateway.Field) (list []ui.Option) {
	for _, o := range f.Options {
		list = append(list, ui.Option{Value: o, Label: wordsOr(ctx, "gateway."+p.Kind.Name+"."+f.Key+"_"+o, o)})
	}
	return list
}

func (p GatewayPage) value(f gateway.Field) string {
	if v := p.Config[f.Key]; v != "" {
		return v
	}
	if f.Default == "" && len(f.Options) > 0 {
		return f.Options[0]
	}
	return f.Default
}

func (p GatewayPage) minimumHint(ctx context.Context) string {
	if least := p.Kind.Capabilities.Minimum[p.Currency]; least > 0 {
		return i18n.T(ctx, "gateways.minimum_least", "amount", format.Money(ctx, money.Of(least, p.Currency)))
	}
	return i18n.T(ctx, "gateways.minimum_hint")
}

// BankTransfer is the form of the account that a partner's customers transfer to.
type BankTransfer struct {
	OfPartner
	Company portal.CompanyInfo
	Errors  map[string]string
}
