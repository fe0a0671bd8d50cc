package admin

import (
	"slices"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
)

// attemptsSize is how many attempts a page shows.
const attemptsSize = 50

// Attempts is GET /admin/finance/attempts: what customers began to pay through gateways, and what became of it (FIN-7).
func (h *Handlers) Attempts(c echo.Context) error {
	ctx := c.Request().Context()
	p := views.Attempts{Shell: h.shell(c, i18n.T(ctx, "attempts.title")), State: finance.AttemptState(c.QueryParam("state"))}
	if !slices.Contains(views.AttemptStates, p.State) {
		p.State = ""
	}
	var err error
	p.Rows, p.Next, err = h.m.Finance.Attempts(ctx, finance.AttemptFilter{State: p.State, Before: queried(c, "before"), Size: attemptsSize})
	if err != nil {
		return err
	}
	return web.OK(c, views.AttemptsPage(p))
}

// Attempt is GET /admin/finance/attempts/:id.
func (h *Handlers) Attempt(c echo.Context) error {
	p, err := h.attemptPage(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.StaffAttemptPage(p))
}

func (h *Handlers) attemptPage(c echo.Context) (p views.StaffAttempt, err error) {
	id, err := paramID(c, "id")
	if err != nil {
		return p, err
	}
	ctx := c.Request().Context()
	if p.Attempt, err = h.m.Finance.AttemptByID(ctx, id); err != nil {
		return p, err
	}
	var who customer.Customer
	if who, err = h.m.Customers.Find(ctx, p.Attempt.CustomerID); err != nil {
		return p, err
	}
	if p.Documents, err = h.m.Finance.AttemptDocuments(ctx, id); err != nil {
		return p, err
	}
	if p.Refunds, err = h.m.Finance.RefundsOf(ctx, id); err != nil {
		return p, err
	}
	p.Customer, p.MayEdit = who.Name, web.From(c).Staff.May(staff.EditFinance)
	p.Shell = h.shell(c, i18n.T(ctx, "attempts.this", "number", text(id)))
	return p, nil
}

// AskAttempt is POST /admin/finance/attempts/:id/question: what does the gateway say now?
func (h *Handlers) AskAttempt(c echo.Context) error {
	return h.changeAttempt(c, func(a finance.Attempt) error {
		if a.ExternalID == nil && a.SavedMethodID == 0 {
			return db.Fail(db.Conflict, "attempts.error.unknown")
		}
		_, err := h.till.Ask(c.Request().Context(), a)
		return err
	})
}

// AcceptAttempt is POST /admin/finance/attempts/:id/booking: book what has come, though it is not what was asked for.
func (h *Handlers) AcceptAttempt(c echo.Context) error {
	return h.changeAttempt(c, func(a finance.Attempt) error { return h.till.Accept(c.Request().Context(), a) })
}

// CloseAttempt is POST /admin/finance/attempts/:id/closure: end it without booking anything.
func (h *Handlers) CloseAttempt(c echo.Context) error {
	return h.changeAttempt(c, func(a finance.Attempt) error {
		_, err := h.m.Finance.CloseHeld(c.Request().Context(), a.ID, c.FormValue("note"))
		return err
	})
}

func (h *Handlers) changeAttempt(c echo.Context, do func(finance.Attempt) error) error {
	p, err := h.attemptPage(c)
	if err != nil {
		return err
	}
	if err := do(p.Attempt); err != nil {
		fields, known := refused(err)
		if !known {
			return err
		}
		p.Errors, p.Note = fields, c.FormValue("note")
		return web.Again(c, views.StaffAttemptPage(p))
	}
	return web.SeeOther(c, views.AttemptURL(p.Attempt.ID))
}
