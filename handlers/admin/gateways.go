package admin

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/cashier"
	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// ofPartner is what a page about one partner shares with others of its kind: the partner comes from the query or the form, and
// is the Default one where that says nothing. Errors: db.ErrNotFound.
func (h *Handlers) ofPartner(c echo.Context, title string, edit staff.Permission) (views.OfPartner, error) {
	r, id := web.From(c), portal.DefaultPartner
	if given := c.FormValue("partner"); given != "" {
		n, err := strconv.ParseInt(given, 10, 64)
		if err != nil {
			return views.OfPartner{}, db.ErrNotFound
		}
		id = n
	}
	v := r.Partner(id)
	if v == nil {
		return views.OfPartner{}, db.ErrNotFound
	}
	p := views.OfPartner{Partner: v.Partner, Currency: money.Currency(portal.Currency.Of(v.Values)), MayEdit: r.Staff.May(edit), Shell: h.shell(c, title)}
	for _, v := range r.Partners() {
		p.Partners = append(p.Partners, ui.Option{Value: strconv.FormatInt(v.Partner.ID, 10), Label: v.Partner.Name})
	}
	return p, nil
}

// Gateways is GET /admin/config/gateways.
func (h *Handlers) Gateways(c echo.Context) error {
	ctx := c.Request().Context()
	of, err := h.ofPartner(c, i18n.T(ctx, "gateways.title"), staff.EditGateways)
	if err != nil {
		return err
	}
	p := views.Gateways{OfPartner: of}
	ways, err := h.till.Ways(ctx, of.Partner.ID)
	if err != nil {
		return err
	}
	kinds := h.till.Kinds()
	for _, g := range ways.Setups() { // in the order of the customer's choice
		for i, k := range kinds {
			if k.Name == g.Gateway {
				p.Items = append(p.Items, views.GatewayItem{Kind: k, Setup: g, Known: true})
				kinds = append(kinds[:i], kinds[i+1:]...)
				break
			}
		}
	}
	for _, k := range kinds {
		p.Items = append(p.Items, views.GatewayItem{Kind: k})
	}
	p.Pretend = ways.Pretends()
	if p.Company, err = h.m.Portal.Company(ctx, of.Partner.ID); err != nil {
		return err
	}
	return web.OK(c, views.GatewaysPage(p))
}

// gatewayPage fills the form of a gateway as it is stored. Secrets do not come here: only whether they are set.
func (h *Handlers) gatewayPage(c echo.Context) (views.GatewayPage, error) {
	ctx := c.Request().Context()
	kind, ok := h.till.Kind(c.Param("gateway"))
	if !ok {
		return views.GatewayPage{}, db.ErrNotFound
	}
	of, err := h.ofPartner(c, i18n.T(ctx, "gateways.title"), staff.EditGateways)
	if err != nil {
		return views.GatewayPage{}, err
	}
	p := views.GatewayPage{OfPartner: of, Kind: kind, Known: true, NoticeURL: web.From(c).Origin() + "/webhooks/" + kind.Name, Config: map[string]string{}, Set: map[string]bool{}}
	p.Setup, err = h.m.Finance.Gateway(ctx, of.Partner.ID, kind.Name)
	if db.KindOf(err) == db.NotFound {
		p.Known, err = false, nil
		p.Setup = finance.GatewaySetup{PartnerID: of.Partner.ID, Gateway: kind.Name, MethodID: finance.MethodCard, Invoices: true, Proformas: true, Ahead: true,
			FeeCategoryID: finance.CategoryService, Minimum: kind.Capabilities.Minimum[of.Currency], Currency: of.Currency}
	}
	if err != nil {
		return p, err
	}
	stored, err := h.m.Finance.Secrets(p.Setup)
	if p.Sealed = errors.Is(err, finance.ErrSealed); err != nil && !p.Sealed {
		return p, err
	}
	for _, f := range kind.Fields {
		p.Set[f.Key] = stored[f.Key] != ""
		if !f.Secret {
			p.Config[f.Key] = stored[f.Key]
		}
	}
	p.Percent, p.Fixed, p.Minimum = views.TypedPercent(ctx, p.Setup.FeePPM), format.Typed(ctx, money.Of(p.Setup.FeeFixed, of.Currency)), format.Typed(ctx, money.Of(p.Setup.Minimum, of.Currency))
	if !p.Setup.Prices(of.Currency) { // sums of another currency are told beside the form, which wants those of this one
		p.Fixed, p.Minimum = "", ""
	}
	p.Pretend = p.Setup.Enabled && h.till.IsPretend(kind.Name)
	p.GatewayRefs, err = h.gatewayRefs(ctx)
	return p, err
}

// Gateway is GET /admin/config/gateways/:gateway.
func (h *Handlers) Gateway(c echo.Context) error {
	p, err := h.gatewayPage(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.GatewayEditPage(p))
}

// SaveGateway is POST /admin/config/gateways/:gateway.
func (h *Handlers) SaveGateway(c echo.Context) error {
	p, err := h.gatewayPage(c)
	if err != nil {
		return err
	}
	config, drop, err := readGateway(c, &p)
	if err == nil {
		err = h.till.SetUp(c.Request().Context(), p.Setup, config, drop)
	}
	var ok bool
	if p.Errors, ok = web.Fields(err); ok {
		return web.Again(c, views.GatewayEditPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, views.GatewaysURL+"/"+p.Kind.Name+"?partner="+p.Partner.Key(), "gateways.saved")
}

// readGateway reads the form into the page, which shows it again, and into the setup. The error is db.Invalid.
func readGateway(c echo.Context, p *views.GatewayPage) (config map[string]string, drop []string, err error) {
	bad, ctx := db.Invalid{}, c.Request().Context()
	amount := func(field, typed string) int64 {
		m, err := format.ReadMoney(ctx, orZero(typed), p.Currency)
		if err != nil {
			bad[field] = "finance.error.amount"
		}
		return m.Minor
	}
	g := &p.Setup
	g.Enabled, g.Label = c.FormValue("enabled") != "", strings.TrimSpace(c.FormValue("label"))
	g.Invoices, g.Proformas, g.Ahead = c.FormValue("invoices") != "", c.FormValue("proformas") != "", c.FormValue("ahead") != ""
	p.Percent, p.Fixed, p.Minimum = c.FormValue("fee_percent"), c.FormValue("fee_fixed"), c.FormValue("minimum")
	if g.FeePPM, err = format.ReadDecimal(ctx, orZero(p.Percent), 4); err != nil {
		bad["fee_percent"] = "gateway.error.fee"
	}
	g.FeeFixed, g.Minimum = amount("fee_fixed", p.Fixed), amount("minimum", p.Minimum)
	if g.Position, err = strconv.Atoi(orZero(c.FormValue("position"))); err != nil || g.Position < 0 || g.Position > 999 {
		bad["position"] = "gateway.error.position"
	}
	method, _ := strconv.ParseInt(c.FormValue("method_id"), 10, 64)
	g.MethodID = 0
	for _, m := range p.Methods {
		if m.ID == method {
			g.MethodID = method
		}
	}
	readRules(c, p, bad)
	config = map[string]string{}
	for _, f := range p.Kind.Fields {
		value := strings.TrimSpace(c.FormValue("config_" + f.Key))
		switch config[f.Key] = value; {
		case f.Secret && c.FormValue("drop_"+f.Key) != "", !f.Secret && value == "":
			drop = append(drop, f.Key)
		}
		if len(f.Options) > 0 && !slices.Contains(f.Options, value) {
			bad["config_"+f.Key] = "error.choice"
		}
		if !f.Secret {
			p.Config[f.Key] = value
		}
	}
	return config, drop, bad.Or()
}

// orZero reads an empty field as nothing, and a decimal comma as a point.
func orZero(typed string) string {
	typed = strings.ReplaceAll(strings.TrimSpace(typed), ",", ".")
	if typed == "" {
		return "0"
	}
	return typed
}

// TestGateway is POST /admin/config/gateways/:gateway/test: it tells whether the connection works, as it is stored.
func (h *Handlers) TestGateway(c echo.Context) error {
	p, err := h.gatewayPage(c)
	if err != nil {
		return err
	}
	if !p.Known {
		p.Tested = cashier.TestIncomplete
		return web.Again(c, views.GatewayEditPage(p))
	}
	if p.Tested, err = h.till.Test(c.Request().Context(), p.Partner.ID, p.Kind.Name); err != nil {
		return err
	}
	return web.OK(c, views.GatewayEditPage(p))
}

func (h *Handlers) bankTransfer(c echo.Context) (views.BankTransfer, error) {
	ctx := c.Request().Context()
	of, err := h.ofPartner(c, i18n.T(ctx, "gateways.bank"), staff.EditGateways)
	if err != nil {
		return views.BankTransfer{}, err
	}
	p := views.BankTransfer{OfPartner: of}
	p.Company, err = h.m.Portal.Company(ctx, of.Partner.ID)
	return p, err
}

// BankTransfer is GET /admin/config/bank-transfer.
func (h *Handlers) BankTransfer(c echo.Context) error {
	p, err := h.bankTransfer(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.BankTransferPage(p))
}

// SaveBankTransfer is POST /admin/config/bank-transfer. Without an account customers are not offered to transfer.
func (h *Handlers) SaveBankTransfer(c echo.Context) error {
	p, err := h.bankTransfer(c)
	if err != nil {
		return err
	}
	f, info := c.FormValue, &p.Company
	info.BankHolder, info.BankName, info.BankAccount, info.BankCode = f("bank_holder"), f("bank_name"), f("bank_account"), f("bank_code")
	info.BankText = strings.ReplaceAll(f("bank_text"), "\r\n", "\n")
	err = h.m.Portal.SaveCompany(c.Request().Context(), *info)
	var ok bool
	if p.Errors, ok = web.Fields(err); ok {
		return web.Again(c, views.BankTransferPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, views.BankTransferURL+"?partner="+p.Partner.Key(), "gateways.bank_saved")
}
