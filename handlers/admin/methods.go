package admin

import (
	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	views "myisp/views/admin"
)

// CustomerMethods is GET /admin/customers/:id/payment-methods: the customer's saved methods and autopay, without what the
// gateways know them by.
func (h *Handlers) CustomerMethods(c echo.Context) error {
	p, err := h.customerMethods(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.CustomerMethodsPage(p))
}

func (h *Handlers) customerMethods(c echo.Context) (views.CustomerMethods, error) {
	head, err := h.card(c, "finance")
	p := views.CustomerMethods{Card: head}
	if err != nil {
		return p, err
	}
	p.Today = todayOf(web.From(c), head.Customer)
	me, ctx := h.m.Finance.Of(head.Customer.ID), c.Request().Context()
	if p.Rows, err = me.SavedMethods(ctx); err != nil {
		return p, err
	}
	if p.Autopay, err = me.Autopay(ctx); err != nil && db.KindOf(err) != db.NotFound {
		return p, err
	}
	if p.Autopay.CustomerID != 0 {
		if p.Next, err = me.NextCharge(ctx, p.Today, h.till.Takes); err != nil {
			return p, err
		}
		if p.Method, err = me.SavedMethod(ctx, p.Autopay.MethodID); err != nil && db.KindOf(err) != db.NotFound {
			return p, err
		}
	}
	p.Charges, err = me.AutopayCharges(ctx, 12)
	return p, err
}

// PauseAutopay is POST /admin/customers/:id/autopay/pause.
func (h *Handlers) PauseAutopay(c echo.Context) error {
	p, err := h.customerMethods(c)
	if err != nil {
		return err
	}
	p.Until = c.FormValue("until")
	err = h.m.Finance.Of(p.Customer.ID).PauseAutopay(c.Request().Context(), db.Day(p.Until), p.Today)
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.CustomerMethodsPage(p))
	}
	if err != nil && db.KindOf(err) != db.NotFound {
		return err
	}
	return h.done(c, customerPath(p.Customer.ID)+"/payment-methods", "autopay.flash_paused")
}

// StopAutopay is POST /admin/customers/:id/autopay/stop.
func (h *Handlers) StopAutopay(c echo.Context) error {
	p, err := h.customerMethods(c)
	if err != nil {
		return err
	}
	if err := h.m.Finance.Of(p.Customer.ID).StopAutopay(c.Request().Context()); err != nil && db.KindOf(err) != db.NotFound {
		return err
	}
	return h.done(c, customerPath(p.Customer.ID)+"/payment-methods", "autopay.flash_off")
}
