package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"myisp/models/db"
	"myisp/models/limit"
)

// statuses is the one place where kinds of errors become HTTP statuses.
var statuses = map[db.ErrorKind]int{
	db.NotFound:    http.StatusNotFound,
	db.Forbidden:   http.StatusForbidden,
	db.Conflict:    http.StatusConflict,
	db.Unprocess:   http.StatusUnprocessableEntity,
	db.TooMany:     http.StatusTooManyRequests,
	db.Unavailable: http.StatusServiceUnavailable,
	db.Internal:    http.StatusInternalServerError,
}

// Status is the HTTP status of an error.
func Status(err error) int {
	var he *echo.HTTPError
	if errors.As(err, &he) {
		return he.Code
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return http.StatusRequestEntityTooLarge
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return http.StatusServiceUnavailable
	}
	return statuses[db.KindOf(err)]
}

// ErrorPage renders an error page of a status for whoever asks; cmd of handlers sets it, because the frame around the
// page is not this package's.
type ErrorPage func(c echo.Context, status int) error

// OnError returns echo's error handler: it logs what is our fault and answers with a page in the person's language.
func OnError(page ErrorPage) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		status := Status(err)
		if status >= 500 {
			slog.ErrorContext(c.Request().Context(), "request failed", "err", err, "method", c.Request().Method, "route", c.Path(),
				"request", c.Response().Header().Get(echo.HeaderXRequestID))
		}
		if c.Response().Committed {
			return
		}
		h := c.Response().Header()
		switch status {
		case http.StatusServiceUnavailable:
			h.Set("Retry-After", "5")
		case http.StatusTooManyRequests:
			SetRetryAfter(c, err)
		}
		if c.Request().Method == http.MethodHead {
			err = c.NoContent(status)
		} else {
			err = page(c, status)
		}
		if err != nil {
			slog.ErrorContext(c.Request().Context(), "error page failed", "err", err)
			_ = c.String(status, http.StatusText(status))
		}
	}
}

// SetRetryAfter tells the client when trying again makes sense after an error of limits.
func SetRetryAfter(c echo.Context, err error) {
	c.Response().Header().Set("Retry-After", strconv.Itoa(retryAfter(err)))
}

// retryAfter is in seconds; a minute when the error does not say.
func retryAfter(err error) int {
	var t limit.TooMany
	if errors.As(err, &t) {
		return int((t.RetryAfter + time.Second - 1) / time.Second)
	}
	return 60
}

// Fields returns the fields of a validation error, and whether it is one; other errors go to the error page.
func Fields(err error) (db.Invalid, bool) {
	var v db.Invalid
	ok := errors.As(err, &v)
	return v, ok
}
