package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
)

// What is compressed, and that what arrives is what was sent.
func TestCompress(t *testing.T) {
	long := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 100)
	for name, c := range map[string]struct {
		accept string
		handle echo.HandlerFunc
		status int
		body   string
		zipped bool
	}{
		"page":          {"gzip, br", func(c echo.Context) error { return c.HTML(http.StatusOK, long) }, 200, long, true},
		"page, deflate": {"deflate", func(c echo.Context) error { return c.HTML(http.StatusOK, long) }, 200, long, false},
		"page, refused": {"br, gzip;q=0.0", func(c echo.Context) error { return c.HTML(http.StatusOK, long) }, 200, long, false},
		"page, last":    {"br;q=1.0, GZIP; q=0.5", func(c echo.Context) error { return c.HTML(http.StatusOK, long) }, 200, long, true},
		"form again":    {"gzip", func(c echo.Context) error { return c.HTML(http.StatusUnprocessableEntity, long) }, 422, long, true},
		"small":         {"gzip", func(c echo.Context) error { return c.String(http.StatusOK, "ready") }, 200, "ready", false},
		"manifest":      {"gzip", func(c echo.Context) error { return c.Blob(200, "application/manifest+json", []byte(long)) }, 200, long, true},
		"PDF":           {"gzip", func(c echo.Context) error { return c.Blob(200, "application/pdf", []byte(long)) }, 200, long, false},
		"no type":       {"gzip", func(c echo.Context) error { _, err := io.WriteString(c.Response(), long); return err }, 200, long, true},
		"nothing":       {"gzip", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) }, 204, "", false},
		"redirect":      {"gzip", func(c echo.Context) error { return c.Redirect(http.StatusSeeOther, "/") }, 303, "", false},
		"error":         {"gzip", func(echo.Context) error { return echo.ErrTeapot }, 418, `{"message":"I'm a teapot"}` + "\n", false},
		"compressed": {"gzip", func(c echo.Context) error {
			c.Response().Header().Set("Content-Encoding", "br")
			return c.HTML(200, long)
		}, 200, long, false},
		"two writes": {"gzip", func(c echo.Context) error {
			_ = c.HTML(200, long)
			_, err := c.Response().Write([]byte(long))
			return err
		}, 200, long + long, true},
		"stream of drops": {"gzip", func(c echo.Context) error {
			c.Response().Header().Set(echo.HeaderContentType, "text/event-stream")
			for range 3 {
				_, _ = c.Response().Write([]byte("data: x\n\n"))
				c.Response().Flush()
			}
			_, err := c.Response().Write([]byte(long))
			return err
		}, 200, strings.Repeat("data: x\n\n", 3) + long, false},
	} {
		e := echo.New()
		e.Use(Compress)
		e.GET("/", c.handle)
		r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
		r.Header.Set("Accept-Encoding", c.accept)
		e.ServeHTTP(w, r)
		var in io.Reader = w.Body
		zipped := w.Header().Get("Content-Encoding") == "gzip"
		if zipped {
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(name, err)
			}
			in = z
		}
		body, err := io.ReadAll(in)
		if err != nil || w.Code != c.status || zipped != c.zipped || string(body) != c.body || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: %d, compressed %v, %d bytes, Vary %q, %v", name, w.Code, zipped, len(body), w.Header().Get("Vary"), err)
		}
	}
}
