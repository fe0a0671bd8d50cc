package admin

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/portal"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
)

func (h *Handlers) self(c echo.Context) staff.Self { return h.m.Staff.Of(*web.From(c).Staff) }

// Security is GET /admin/security: the member's own second factor, password and sessions.
func (h *Handlers) Security(c echo.Context) error { return h.security(c, http.StatusOK, nil) }

func (h *Handlers) security(c echo.Context, status int, errors map[string]string) (err error) {
	r, ctx := web.From(c), c.Request().Context()
	p := views.Security{Shell: h.shell(c, i18n.T(ctx, "staff.security")), Member: *r.Staff, Required: factorRequired(r), This: r.Session.ID, Errors: errors}
	if p.Codes, err = h.self(c).RecoveryCodesLeft(ctx); err != nil {
		return err
	}
	if p.Sessions, err = h.self(c).Sessions(ctx); err != nil {
		return err
	}
	return web.Render(c, status, views.SecurityPage(p))
}

func factorRequired(r *web.Request) bool {
	return portal.StaffSecondFactor.Of(r.View.Values) == portal.SecondFactorRequired
}

// againSecurity shows the page with the errors of a form on it; any other error goes on.
func (h *Handlers) againSecurity(c echo.Context, err error) error {
	if fields, ok := web.Fields(err); ok {
		return h.security(c, http.StatusUnprocessableEntity, fields)
	}
	return err
}

// ChangePassword is POST /admin/security/password.
func (h *Handlers) ChangePassword(c echo.Context) error {
	next := c.FormValue("password_new")
	if next != c.FormValue("confirm") {
		return h.againSecurity(c, db.Invalid{"confirm": "error.password_mismatch"})
	}
	if err := h.self(c).ChangePassword(c.Request().Context(), web.From(c).Session.ID, c.FormValue("password_current"), next); err != nil {
		return h.againSecurity(c, err)
	}
	return h.done(c, web.SecurityPage, "staff.flash_password")
}

// SetLanguage is POST /admin/security/language: in which language the portal speaks to the member.
func (h *Handlers) SetLanguage(c echo.Context) error {
	code := c.FormValue("language")
	if code != "" && language(code) == "" {
		return h.againSecurity(c, db.Invalid{"language": "error.choice"})
	}
	if err := h.self(c).SetLanguage(c.Request().Context(), code); err != nil {
		return h.againSecurity(c, err)
	}
	return h.done(c, web.SecurityPage, "staff.flash_language")
}

// EndSession is POST /admin/security/sessions/:id/closure.
func (h *Handlers) EndSession(c echo.Context) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := h.self(c).EndSession(c.Request().Context(), id); err != nil {
		return err
	}
	return h.done(c, web.SecurityPage, "staff.flash_session_ended")
}

// EndOtherSessions is POST /admin/security/sessions/closure.
func (h *Handlers) EndOtherSessions(c echo.Context) error {
	if err := h.self(c).EndOtherSessions(c.Request().Context(), web.From(c).Session.ID); err != nil {
		return err
	}
	return h.done(c, web.SecurityPage, "staff.flash_others_ended")
}

// FactorPage is GET /admin/security/factor: the secret that waits for its first code.
func (h *Handlers) FactorPage(c echo.Context) error { return h.factor(c, http.StatusOK, "") }

func (h *Handlers) factor(c echo.Context, status int, key string) error {
	r, ctx := web.From(c), c.Request().Context()
	e, waiting, err := h.self(c).Enrolment(portal.PortalTitle.Of(r.View.Values))
	if err != nil {
		return err
	}
	return web.Render(c, status, views.FactorPage(views.Factor{Shell: h.shell(c, i18n.T(ctx, "staff.factor_set_up")), Waiting: waiting, Enrolment: e,
		Replaces: r.Staff.HasFactor(), Error: key}))
}

// BeginFactor is POST /admin/security/factor: a new secret.
func (h *Handlers) BeginFactor(c echo.Context) error {
	if err := h.self(c).BeginFactor(c.Request().Context()); err != nil {
		return err
	}
	return web.SeeOther(c, web.SecurityPage+"/factor")
}

// ConfirmFactor is POST /admin/security/factor/confirmation. The recovery codes are in its answer and nowhere else.
func (h *Handlers) ConfirmFactor(c echo.Context) error {
	codes, err := h.self(c).ConfirmFactor(c.Request().Context(), c.FormValue("code"))
	if fields, ok := web.Fields(err); ok {
		return h.factor(c, http.StatusUnprocessableEntity, fields["code"])
	}
	if err != nil {
		return err
	}
	return h.recoveryCodes(c, codes, true)
}

func (h *Handlers) recoveryCodes(c echo.Context, codes []string, first bool) error {
	return web.OK(c, views.RecoveryCodesPage(views.RecoveryCodes{Shell: h.shell(c, i18n.T(c.Request().Context(), "staff.codes")), Codes: codes, First: first}))
}

// RemoveFactor is POST /admin/security/factor/removal.
func (h *Handlers) RemoveFactor(c echo.Context) error {
	if err := h.self(c).RemoveFactor(c.Request().Context(), factorRequired(web.From(c))); err != nil {
		return h.againSecurity(c, err)
	}
	return h.done(c, web.SecurityPage, "staff.flash_factor_removed")
}

// RenewRecoveryCodes is POST /admin/security/recovery-codes.
func (h *Handlers) RenewRecoveryCodes(c echo.Context) error {
	codes, err := h.self(c).RenewRecoveryCodes(c.Request().Context())
	if err != nil {
		return h.againSecurity(c, err)
	}
	return h.recoveryCodes(c, codes, false)
}

// StepUpPage asks for the password again before a form is taken (web.Route.Fresh).
func (h *Handlers) StepUpPage(c echo.Context, form url.Values, key string) error {
	p := views.StepUp{Shell: h.shell(c, i18n.T(c.Request().Context(), "staff.step_up")), Action: c.Request().URL.Path, Field: web.StepUpField, Kept: form,
		Cancel: "/admin", Error: key}
	return web.Again(c, views.StepUpPage(p))
}
