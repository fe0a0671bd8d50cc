package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// Healthz is GET /healthz: the process answers.
func (k *Kit) Healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// Readyz is GET /readyz: the database answers, so requests make sense.
func (k *Kit) Readyz(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
	defer cancel()
	if err := k.M.DB.Ping(ctx); err != nil {
		c.Response().Header().Set("Retry-After", "5")
		return c.String(http.StatusServiceUnavailable, "the database does not answer\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
