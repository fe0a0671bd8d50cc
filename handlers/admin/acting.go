package admin

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/session"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
)

// ActingPage is GET /admin/customers/:id/acting: how and why to act as the customer (AUTH-4).
func (h *Handlers) ActingPage(c echo.Context) error {
	p, err := h.acting(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.ActingPage(p))
}

func (h *Handlers) acting(c echo.Context) (views.Acting, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return views.Acting{}, db.ErrNotFound
	}
	ctx := c.Request().Context()
	who, err := h.m.Customers.Find(ctx, id)
	if err != nil {
		return views.Acting{}, err
	}
	return views.Acting{Shell: h.shell(c, i18n.T(ctx, "acting.title", "name", who.Name)), CustomerID: id, Customer: who.Name,
		MayWrite: web.From(c).Staff.May(staff.ActWriting)}, nil
}

// Act is POST /admin/customers/:id/acting: the customer's place in this browser is now the member of staff's, beside their
// own session. Whoever was signed in there as a customer is signed out.
func (h *Handlers) Act(c echo.Context) error {
	p, err := h.acting(c)
	if err != nil {
		return err
	}
	r := web.From(c)
	p.Writes, p.Reason = c.FormValue("mode") == "writing", c.FormValue("reason")
	token, err := h.m.ActAs(c.Request().Context(), *r.Staff, r.Session, staff.ActAs{CustomerID: p.CustomerID, Writes: p.Writes, Reason: p.Reason}, c.RealIP(), c.Request().UserAgent())
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.ActingPage(p))
	}
	if err != nil {
		return err
	}
	if err := h.kit.SignIn(c, session.Customer, token); err != nil {
		return err
	}
	return web.SeeOther(c, "/")
}
