package web

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"myisp/models/db"
)

// maxMemory is how much of a form with files is held in memory, in bytes; the rest goes through temporary files.
const maxMemory = 1 << 20

// ReadForm reads the form of a change before its handler does, because FormValue takes a body that broke off or is too
// large for an empty form, which would then be saved. No field holds NUL or broken UTF-8: no browser sends them and
// PostgreSQL stores neither. Files that were too large for memory are gone with the answer: the server does not do it,
// because it knows only the request as it came, before the middleware put more into it.
func ReadForm(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method != http.MethodPost || strings.HasPrefix(r.URL.Path, "/webhooks/") { // signed as bytes, read as bytes
			return next(c)
		}
		defer func() {
			if r.MultipartForm != nil {
				_ = r.MultipartForm.RemoveAll() // what cannot be removed now is the system's to tidy up
			}
		}()
		err := r.ParseForm()
		if err == nil {
			err = r.ParseMultipartForm(maxMemory)
		}
		var own *echo.HTTPError // too large
		switch {
		case errors.As(err, &own):
			return err
		case err != nil && !errors.Is(err, http.ErrNotMultipart):
			return malformed(err)
		}
		for _, values := range r.Form {
			for _, v := range values {
				if !utf8.ValidString(v) || strings.Contains(v, "\x00") {
					return malformed(errors.New("a field is no text"))
				}
			}
		}
		return next(c)
	}
}

func malformed(cause error) error {
	return &db.Error{Kind: db.Unprocess, Key: "error.invalid", Cause: cause}
}
