package portal

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	views "myisp/views/finance"
	"myisp/views/i18n"
)

// StepUpPage asks a customer for the password again before a form is taken (web.Route.Fresh). The form may lead on to a
// gateway, as the one that was sent.
func (h *Handlers) StepUpPage(c echo.Context, form url.Values, key string) error {
	if err := h.leadOn(c); err != nil {
		return err
	}
	p := views.StepUp{Action: c.Request().URL.Path, Field: web.StepUpField, Kept: form, Cancel: methodsPath, Error: key}
	if strings.HasPrefix(p.Action, "/finance/autopay") {
		p.Cancel = "/finance/autopay"
	}
	var err error
	if p.Shell, err = h.financeShell(c, i18n.T(c.Request().Context(), "methods.step_up"), p.Cancel); err != nil {
		return err
	}
	return web.Again(c, views.StepUpPage(p))
}

// leadOn lets the page's forms lead to the partner's gateways.
func (h *Handlers) leadOn(c echo.Context) error {
	r := web.From(c)
	ways, err := h.cashier.WaysFor(c.Request().Context(), r.View.Partner.ID, r.Me())
	web.LetFormsLeadTo(c, ways.Redirects())
	return err
}
