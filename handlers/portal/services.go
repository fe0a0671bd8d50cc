package portal

import (
	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/views/i18n"
	"myisp/views/services"
)

// Services is GET /services (SVC-1 to SVC-4).
func (h *Handlers) Services(c echo.Context) error {
	s, err := h.shell(c, i18n.T(c.Request().Context(), "nav.services"), "services")
	if err != nil {
		return err
	}
	r := web.From(c)
	rows, err := h.m.Services.Of(r.Me()).List(c.Request().Context(), false)
	if err != nil {
		return err
	}
	return web.OK(c, services.ListPage(services.List{Shell: s, Rows: rows, Blocked: r.Customer.Status == customer.StatusBlocked, HelpURL: helpURL(r)}))
}

// Service is GET /services/:id.
func (h *Handlers) Service(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	id, err := idOf(c)
	if err != nil {
		return err
	}
	found, err := h.m.Services.Of(r.Me()).Get(ctx, id)
	if err != nil {
		return err
	}
	s, err := h.shell(c, services.Name(ctx, found.Row), "services")
	if err != nil {
		return err
	}
	s.BackURL = "/services"
	return web.OK(c, services.Page(services.Service{Shell: s, Service: found, Blocked: r.Customer.Status == customer.StatusBlocked}))
}
