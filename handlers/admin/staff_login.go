package admin

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/limit"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/models/staff"
	"myisp/views/auth"
	"myisp/views/i18n"
)

// codePage is where the second factor is asked for.
func codePage(next string) string {
	if next == "" {
		return "/admin/login/code"
	}
	return "/admin/login/code?next=" + url.QueryEscape(next)
}

// LoginCodePage is GET /admin/login/code, the second step of a log-in.
func (h *Handlers) LoginCodePage(c echo.Context) error {
	_, err := h.m.Staff.Pending(c.Request().Context(), h.kit.Pending(c))
	if db.KindOf(err) == db.NotFound {
		return web.SeeOther(c, "/admin/login")
	}
	if err != nil {
		return err
	}
	return web.OK(c, auth.AdminCodePage(h.codeForm(c, "")))
}

func (h *Handlers) codeForm(c echo.Context, key string) auth.AdminCode {
	return auth.AdminCode{Shell: h.shell(c, i18n.T(c.Request().Context(), "staff.login_code")), Next: web.SafeNext(c.FormValue("next")), Error: key}
}

// LoginCode is POST /admin/login/code.
func (h *Handlers) LoginCode(c echo.Context) error {
	p := h.codeForm(c, "")
	token, err := h.m.Staff.VerifyCode(c.Request().Context(), h.kit.Pending(c), c.FormValue("code"), c.RealIP(), c.Request().UserAgent())
	var many limit.TooMany
	switch fields, wrong := web.Fields(err); {
	case err == nil:
		if err := h.kit.SignIn(c, session.Staff, token); err != nil {
			return err
		}
		if p.Next == "" {
			p.Next = "/admin"
		}
		return web.SeeOther(c, p.Next)
	case errors.As(err, &many):
		p.Error = "error.too_many_attempts"
		web.SetRetryAfter(c, err)
		return web.Render(c, http.StatusTooManyRequests, auth.AdminCodePage(p))
	case wrong:
		p.Error = fields["code"]
		return web.Again(c, auth.AdminCodePage(p))
	case db.KindOf(err) == db.NotFound:
		return web.SeeOther(c, "/admin/login")
	}
	return err
}

// deadLink answers for a link of a mail that was used, revoked, or is too old.
func (h *Handlers) deadLink(c echo.Context, err error) error {
	if db.KindOf(err) != db.NotFound {
		return err
	}
	return web.Render(c, http.StatusNotFound, auth.DeadLinkPage(h.shell(c, i18n.T(c.Request().Context(), "staff.dead_link"))))
}

// InvitationPage is GET /admin/invitation/:token.
func (h *Handlers) InvitationPage(c echo.Context) error {
	p, err := h.invitation(c)
	if err != nil {
		return h.deadLink(c, err)
	}
	return web.OK(c, auth.InvitationPage(p))
}

func (h *Handlers) invitation(c echo.Context) (auth.Invitation, error) {
	i, err := h.m.Staff.Invitation(c.Request().Context(), c.Param("token"))
	if err != nil {
		return auth.Invitation{}, err
	}
	ctx := i18n.With(c.Request().Context(), i.Language)
	c.SetRequest(c.Request().WithContext(ctx))
	brand := portal.PortalTitle.Of(web.From(c).View.Values)
	return auth.Invitation{Shell: h.shell(c, i18n.T(ctx, "staff.welcome", "brand", brand)), Brand: brand, Inviter: i.InviterName, Email: i.Email, Name: i.Name,
		Language: i.Language, Languages: i18n.Languages()}, nil
}

// AcceptInvitation is POST /admin/invitation/:token.
func (h *Handlers) AcceptInvitation(c echo.Context) error {
	p, err := h.invitation(c)
	if err != nil {
		return h.deadLink(c, err)
	}
	a := staff.Acceptance{Login: c.FormValue("login"), Name: c.FormValue("name"), Language: language(c.FormValue("language")), Password: c.FormValue("password"),
		IP: c.RealIP(), UserAgent: c.Request().UserAgent()}
	token, err := "", error(db.Invalid{"confirm": "error.password_mismatch"})
	if a.Password == c.FormValue("confirm") {
		token, err = h.m.Staff.Accept(c.Request().Context(), c.Param("token"), a)
	}
	if fields, ok := web.Fields(err); ok {
		p.Login, p.Name, p.Language, p.Errors = a.Login, a.Name, a.Language, fields
		p.Errors["password"] = fields["password_new"]
		return web.Again(c, auth.InvitationPage(p))
	}
	if err != nil {
		return h.deadLink(c, err)
	}
	if err := h.kit.SignIn(c, session.Staff, token); err != nil {
		return err
	}
	return h.done(c, "/admin", "staff.flash_joined")
}

// NewPasswordPage is GET /admin/password/:token.
func (h *Handlers) NewPasswordPage(c echo.Context) error {
	p, err := h.newPassword(c)
	if err != nil {
		return h.deadLink(c, err)
	}
	return web.OK(c, auth.StaffPasswordPage(p))
}

func (h *Handlers) newPassword(c echo.Context) (auth.StaffPassword, error) {
	m, err := h.m.Staff.PasswordLinkOf(c.Request().Context(), c.Param("token"))
	return auth.StaffPassword{Shell: h.shell(c, i18n.T(c.Request().Context(), "auth.code.title")), Name: m.Name}, err
}

// NewPassword is POST /admin/password/:token.
func (h *Handlers) NewPassword(c echo.Context) error {
	p, err := h.newPassword(c)
	if err != nil {
		return h.deadLink(c, err)
	}
	password := c.FormValue("password")
	if err = error(db.Invalid{"confirm": "error.password_mismatch"}); password == c.FormValue("confirm") {
		err = h.m.Staff.UsePasswordLink(c.Request().Context(), c.Param("token"), password, c.RealIP(), c.Request().UserAgent())
	}
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		p.Errors["password"] = fields["password_new"]
		return web.Again(c, auth.StaffPasswordPage(p))
	}
	if err != nil {
		return h.deadLink(c, err)
	}
	p.Done = true
	return web.OK(c, auth.StaffPasswordPage(p))
}
