package portal

import (
	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	views "myisp/views/finance"
	"myisp/views/i18n"
)

// Sandbox is GET /sandbox/:id: the pretend provider's page; it exists only where the program was started with it.
func (h *Handlers) Sandbox(c echo.Context) error {
	return h.sandboxPage(c, "")
}

// SandboxChoose is POST /sandbox/:id: what is to happen to the pretend payment.
func (h *Handlers) SandboxChoose(c echo.Context) error {
	if h.hosted == nil {
		return db.ErrNotFound
	}
	if _, ok := h.hosted.Page(c.Param("id")); !ok {
		return db.ErrNotFound
	}
	next, err := h.hosted.Choose(c.Param("id"), c.FormValue("outcome"), c.FormValue("notices"))
	if err != nil {
		return h.sandboxPage(c, "sandbox.error")
	}
	if next == "" {
		next = c.Request().URL.Path
	}
	return web.SeeOther(c, next)
}

func (h *Handlers) sandboxPage(c echo.Context, problem string) error {
	if h.hosted == nil {
		return db.ErrNotFound
	}
	page, ok := h.hosted.Page(c.Param("id"))
	if !ok {
		return db.ErrNotFound
	}
	web.From(c).Speak(page.Language) // as it was asked to: a provider knows nothing of the portal's session
	p := views.Sandbox{Shell: h.public(c, i18n.T(c.Request().Context(), "sandbox.title")), Payment: page, Error: problem}
	if problem != "" {
		return web.Again(c, views.SandboxPage(p))
	}
	return web.OK(c, views.SandboxPage(p))
}
