package portal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	views "myisp/views/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

const autopayPath = "/finance/autopay"

// autopayCharges is how many of its charges the page of autopay shows.
const autopayCharges = 12

func (h *Handlers) autopayPage(c echo.Context) (views.Autopay, error) {
	r, ctx := web.From(c), c.Request().Context()
	me := h.m.Finance.Of(r.Me())
	p := views.Autopay{Today: today(r), Brand: portal.PortalTitle.Of(r.View.Values)}
	var err error
	if p.Rule, err = me.Autopay(ctx); err != nil && db.KindOf(err) != db.NotFound {
		return p, err
	}
	if p.Rows, err = me.SavedMethods(ctx); err != nil {
		return p, err
	}
	p.Rows = slices.DeleteFunc(p.Rows, func(m finance.SavedMethod) bool { return m.PartnerID != r.View.Partner.ID }) // another merchant's
	if p.Rule.On() {
		if p.Next, err = me.NextCharge(ctx, p.Today, h.cashier.Takes); err != nil {
			return p, err
		}
		if p.Consent, err = me.Consent(ctx, p.Rule.ConsentID); err != nil {
			return p, err
		}
		if p.Method, err = me.SavedMethod(ctx, p.Rule.MethodID); err != nil {
			return p, err
		}
	}
	if p.Charges, err = me.AutopayCharges(ctx, autopayCharges); err != nil {
		return p, err
	}
	p.Form = views.FormOf(ctx, p.Rule, p.Rows, currencyOf(r))
	p.Shell, err = h.financeShell(c, i18n.T(ctx, "autopay.title"), methodsPath)
	return p, err
}

// Autopay is GET /finance/autopay.
func (h *Handlers) Autopay(c echo.Context) error {
	p, err := h.autopayPage(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.AutopayPage(p))
}

// StartAutopay is POST /finance/autopay: it begins autopay or changes it, with the consent that it needs.
func (h *Handlers) StartAutopay(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	p, err := h.autopayPage(c)
	if err != nil {
		return err
	}
	p.Form = views.AutopayForm{Method: c.FormValue("method"), Rule: c.FormValue("rule"), DaysBefore: c.FormValue("days_before"), DayOfMonth: c.FormValue("day_of_month"),
		Most: strings.TrimSpace(c.FormValue("most")), Currency: currencyOf(r)}
	terms := finance.AutopayTerms{Party: finance.Party{PartnerID: r.View.Partner.ID, Currency: p.Form.Currency}, Rule: finance.AutopayRule(p.Form.Rule), Version: views.ConsentVersion, Language: r.Lang}
	bad := db.Invalid{}
	if terms.MethodID, err = documentID(p.Form.Method); err != nil {
		bad["method"] = "error.choice"
	}
	switch terms.Rule {
	case finance.RuleBefore:
		terms.Days, _ = strconv.Atoi(strings.TrimSpace(p.Form.DaysBefore)) // none is out of bounds
	case finance.RuleDay:
		terms.Days, _ = strconv.Atoi(strings.TrimSpace(p.Form.DayOfMonth))
	}
	if p.Form.Most != "" {
		most, err := format.ReadMoney(ctx, p.Form.Most, p.Form.Currency)
		if err != nil || !most.Positive() {
			bad["most"] = "finance.error.amount"
		}
		terms.Most = most.Minor
	}
	if err := bad.Or(); err != nil {
		return autopayAgain(c, p, err)
	}
	if c.FormValue("agree") != "" {
		method, err := h.m.Finance.Of(r.Me()).ActiveMethod(ctx, terms.MethodID)
		if err != nil {
			return err
		}
		terms.Text = views.AgreedTerms(ctx, p.Brand, finance.Autopay{Rule: terms.Rule, Days: terms.Days, MostMinor: terms.Most, Currency: terms.Party.Currency}, method)
	}
	if _, err := h.m.Finance.Of(r.Me()).StartAutopay(ctx, terms, p.Today); err != nil {
		return autopayAgain(c, p, err)
	}
	return h.flash(c, ui.Ok, "autopay.flash_on", autopayPath)
}

func autopayAgain(c echo.Context, p views.Autopay, err error) error {
	fields, ok := web.Fields(err)
	if !ok {
		return err
	}
	p.Errors = fields
	return web.Again(c, views.AutopayPage(p))
}

// PauseAutopay is POST /finance/autopay/pause.
func (h *Handlers) PauseAutopay(c echo.Context) error {
	p, err := h.autopayPage(c)
	if err != nil {
		return err
	}
	if !p.Rule.On() {
		return web.SeeOther(c, autopayPath)
	}
	p.Until = c.FormValue("until")
	if err := h.m.Finance.Of(web.From(c).Me()).PauseAutopay(c.Request().Context(), db.Day(p.Until), p.Today); err != nil {
		return autopayAgain(c, p, err)
	}
	return h.flash(c, ui.Ok, "autopay.flash_paused", autopayPath)
}

// ResumeAutopay is POST /finance/autopay/resume.
func (h *Handlers) ResumeAutopay(c echo.Context) error {
	return h.autopayDone(c, h.m.Finance.Of(web.From(c).Me()).ResumeAutopay(c.Request().Context()), "autopay.flash_on")
}

// StopAutopay is POST /finance/autopay/stop.
func (h *Handlers) StopAutopay(c echo.Context) error {
	return h.autopayDone(c, h.m.Finance.Of(web.From(c).Me()).StopAutopay(c.Request().Context()), "autopay.flash_off")
}

// autopayDone answers to a change; of autopay that is off already there is nothing to say.
func (h *Handlers) autopayDone(c echo.Context, err error, key string) error {
	if db.KindOf(err) == db.NotFound {
		return web.SeeOther(c, autopayPath)
	}
	if err != nil {
		return err
	}
	return h.flash(c, ui.Ok, key, autopayPath)
}
