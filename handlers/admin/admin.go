// Package admin holds the staff's side of the portal: one file a topic.
package admin

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"myisp/handlers/cashier"
	"myisp/handlers/web"
	"myisp/models"
	"myisp/models/db"
	"myisp/models/limit"
	"myisp/models/session"
	views "myisp/views/admin"
	"myisp/views/auth"
	"myisp/views/errs"
	"myisp/views/i18n"
	"myisp/views/preview"
)

// Handlers are the staff's handlers.
type Handlers struct {
	kit  *web.Kit
	m    *models.Models
	till *cashier.Cashier
}

// New returns the handlers on the kit; till stands between them and the payment gateways.
func New(kit *web.Kit, till *cashier.Cashier) *Handlers {
	h := &Handlers{kit: kit, m: kit.M, till: till}
	kit.StepUpPage = h.StepUpPage
	return h
}

// ErrorPage shows an error under /admin.
func (h *Handlers) ErrorPage(c echo.Context, status int) error {
	return web.Render(c, status, errs.ErrorPage(errs.Error{Shell: h.shell(c, ""), Status: status,
		RequestID: c.Response().Header().Get(echo.HeaderXRequestID)}))
}

// LoginPage is GET /admin/login.
func (h *Handlers) LoginPage(c echo.Context) error {
	return web.OK(c, auth.AdminLoginPage(h.loginForm(c)))
}

func (h *Handlers) loginForm(c echo.Context) auth.AdminLogin {
	next := c.FormValue("next")
	return auth.AdminLogin{Shell: h.shell(c, i18n.T(c.Request().Context(), "auth.staff_title")), Next: web.SafeNext(next)}
}

// Login is POST /admin/login.
func (h *Handlers) Login(c echo.Context) error {
	p := h.loginForm(c)
	token, pending, err := h.m.Staff.LogIn(c.Request().Context(), c.FormValue("login"), c.FormValue("password"), c.RealIP(), c.Request().UserAgent())
	if err == nil && pending {
		if err := h.kit.SetPending(c, token); err != nil {
			return err
		}
		return web.SeeOther(c, codePage(p.Next))
	}
	if err == nil {
		if err := h.kit.SignIn(c, session.Staff, token); err != nil {
			return err
		}
		if p.Next == "" {
			p.Next = "/admin"
		}
		return web.SeeOther(c, p.Next)
	}
	if login := c.FormValue("login"); len(login) <= 300 {
		p.Login = login
	}
	var many limit.TooMany
	if errors.As(err, &many) {
		p.Error = "error.too_many_attempts"
		web.SetRetryAfter(c, err)
		return web.Render(c, http.StatusTooManyRequests, auth.AdminLoginPage(p))
	}
	fields, ok := web.Fields(err)
	if !ok {
		return err
	}
	p.Error = fields["password"]
	return web.Again(c, auth.AdminLoginPage(p))
}

// Logout is POST /admin/logout.
func (h *Handlers) Logout(c echo.Context) error {
	r := web.From(c)
	if err := h.m.Staff.LogOut(c.Request().Context(), *r.Staff, r.Session.ID); err != nil {
		return err
	}
	if err := h.kit.SignOut(c, session.Staff); err != nil {
		return err
	}
	return web.SeeOther(c, "/admin/login")
}

// Preview is GET /admin/preview and below it: every component and page with the pretend ISP's people, for whoever works on
// how the portal looks. Only the demo has it.
func (h *Handlers) Preview(c echo.Context) error {
	if !h.kit.Demo {
		return db.ErrNotFound
	}
	name := c.Param("*")
	p := views.Previews{Shell: h.shell(c, i18n.T(c.Request().Context(), "admin.menu.preview"))}
	for _, page := range preview.Pages() {
		if page.Name == name {
			return web.OK(c, page.Component)
		}
		p.Names = append(p.Names, page.Name)
	}
	if name != "" {
		return db.ErrNotFound
	}
	return web.OK(c, views.PreviewsPage(p))
}
