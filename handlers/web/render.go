package web

import (
	"bytes"
	"net/http"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"myisp/views/ui"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render answers with a page, or with the fragments of it that htmx asked for. It renders before it answers, so a
// failing page is an error page and never half of one.
func Render(c echo.Context, status int, page templ.Component) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() < 1<<20 {
			buffers.Put(buf)
		}
	}()
	buf.Reset()
	var err error
	if parts := ui.Fragments(c.Request().Header.Get("HX-Target")); IsHTMX(c) && parts != nil {
		err = templ.RenderFragments(c.Request().Context(), buf, page, parts...)
	} else {
		err = page.Render(c.Request().Context(), buf)
	}
	if err != nil {
		return err
	}
	return c.HTMLBlob(status, buf.Bytes())
}

// OK renders a page with status 200.
func OK(c echo.Context, page templ.Component) error { return Render(c, http.StatusOK, page) }

// Again renders a form that was not accepted: status 422, with the input and the errors in the page.
func Again(c echo.Context, page templ.Component) error {
	return Render(c, http.StatusUnprocessableEntity, page)
}
