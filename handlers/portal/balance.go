package portal

import (
	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/views/ui"
)

// PayFromBalance is POST /pay/balance: an invoice is paid from what the account holds, as far as that goes (FIN-2).
func (h *Handlers) PayFromBalance(c echo.Context) error {
	id, err := documentID(c.FormValue("invoice"))
	if err != nil {
		return db.Invalid{"invoice": "error.choice"}
	}
	r := web.From(c)
	inv, err := h.m.Finance.Of(r.Me()).PayFromBalance(c.Request().Context(), id, today(r))
	if err != nil {
		return err
	}
	if inv.Due > 0 {
		return h.flash(c, ui.Ok, "pay.from_balance_part", "/pay?invoice="+c.FormValue("invoice"))
	}
	return h.flash(c, ui.Ok, "pay.from_balance_done", path("invoices", id))
}
