// Package webhook hears what payment gateways tell of their own accord: POST /webhooks/{gateway}.
package webhook

import (
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"myisp/handlers/cashier"
	"myisp/internal/gateway"
	"myisp/models/db"
)

// Gateway hears one notice. 200 means that it is written down; whatever is not certainly the gateway's is refused, and
// anything else makes the gateway send it again.
func Gateway(till *cashier.Cashier) echo.HandlerFunc {
	return func(c echo.Context) error {
		body, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return err
		}
		err = till.Hear(c.Request().Context(), c.Param("gateway"), gateway.Notice{Header: c.Request().Header, Body: body})
		if errors.Is(err, gateway.ErrUnavailable) { // it cannot be told now whose notice it is: 503, and it comes again
			return &db.Error{Kind: db.Unavailable, Key: "pay.error.gateway", Cause: err}
		}
		if err != nil {
			return err
		}
		return c.NoContent(http.StatusOK)
	}
}
