package admin

import (
	"errors"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	views "myisp/views/admin"
)

// GrantPromise is POST /admin/customers/:id/promise: time to pay until a day of staff's choice.
func (h *Handlers) GrantPromise(c echo.Context) error {
	p, err := h.customerOverview(c)
	if err != nil {
		return err
	}
	until := db.Day(c.FormValue("until"))
	_, err = h.m.Services.Of(p.Customer.ID).GrantPromise(c.Request().Context(), until, web.From(c).Staff.Name)
	fields, invalid := web.Fields(err)
	var said *db.Error
	switch {
	case invalid:
		p.PromiseError = fields["until"]
	case errors.As(err, &said) && said.Kind == db.Conflict:
		p.PromiseError = said.Key
	case err != nil:
		return err
	default:
		return h.done(c, customerPath(p.Customer.ID), "promise.flash_granted")
	}
	p.Until = string(until)
	if invalid {
		return web.Again(c, views.CustomerOverviewPage(p))
	}
	return web.Render(c, web.Status(err), views.CustomerOverviewPage(p))
}

// CancelPromise is POST /admin/customers/:id/promise/cancellation; one that is over already is as good as cancelled.
func (h *Handlers) CancelPromise(c echo.Context) error {
	head, err := h.card(c, "overview")
	if err != nil {
		return err
	}
	if err := h.m.Services.Of(head.Customer.ID).CancelPromise(c.Request().Context()); err != nil && db.KindOf(err) != db.NotFound {
		return err
	}
	return h.done(c, customerPath(head.Customer.ID), "promise.flash_cancelled")
}
