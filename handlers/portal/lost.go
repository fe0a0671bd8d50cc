package portal

import (
	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
)

// LostSeen is POST /pay/attempts/{id}/reading: the customer puts home's notice of a payment that was lost away.
func (h *Handlers) LostSeen(c echo.Context) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := h.m.Finance.Of(web.From(c).Me()).LostSeen(c.Request().Context(), id); err != nil {
		return err
	}
	return web.SeeOther(c, "/")
}
