package web

import (
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"myisp/internal/secret"
)

// RequestLog writes a line per request: the route's pattern rather than its URL, which may hold a token or a search.
func RequestLog(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		id := secret.Token()[:16]
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		level := slog.LevelInfo
		if c.Response().Status >= 500 {
			level = slog.LevelError
		}
		attrs := []any{"method", c.Request().Method, "route", c.Path(), "status", c.Response().Status, "bytes", c.Response().Size,
			"took", time.Since(start).Round(10 * time.Microsecond), "ip", c.RealIP(), "request", id}
		if r, ok := c.Get(requestKey).(*Request); ok {
			switch {
			case r.Customer != nil:
				attrs = append(attrs, "customer", r.Customer.ID)
			case r.Staff != nil:
				attrs = append(attrs, "staff", r.Staff.ID)
			}
		}
		slog.Log(c.Request().Context(), level, "request", attrs...)
		return nil
	}
}
