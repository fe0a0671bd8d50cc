package static_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"myisp/static"
)

func get(path, encoding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, r)
	return w
}

func TestHandler(t *testing.T) {
	for name, mime := range map[string]string{
		"css/app.css": "text/css; charset=utf-8", "js/app.js": "text/javascript; charset=utf-8",
		"icons/brand.svg": "image/svg+xml", "icons/brand-512.png": "image/png",
	} {
		url := static.URL(name)
		want, _ := static.File(name)
		w := get(url, "")
		if w.Code != 200 || w.Header().Get("Content-Type") != mime || !bytes.Equal(w.Body.Bytes(), want) {
			t.Errorf("%s: status %d, type %q", url, w.Code, w.Header().Get("Content-Type"))
		}
		if w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s may not be kept: %q", url, w.Header().Get("Cache-Control"))
		}
	}
	for _, path := range []string{"/static/css/app.css", "/static/css/app.0000000000.css", "/static/../myisp.go", "/static/", "/static/css/tokens.css"} {
		if w := get(path, ""); w.Code != 404 {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}

func TestCompression(t *testing.T) {
	want, _ := static.File("css/app.css")
	for encoding, open := range map[string]func(io.Reader) io.Reader{
		"gzip":                func(r io.Reader) io.Reader { z, _ := gzip.NewReader(r); return z },
		"deflate, gzip;q=0.5": func(r io.Reader) io.Reader { z, _ := gzip.NewReader(r); return z },
		"gzip, deflate, br":   func(r io.Reader) io.Reader { z, _ := gzip.NewReader(r); return z },
		"identity":            func(r io.Reader) io.Reader { return r },
		"gzip;q=0, br;q=0":    func(r io.Reader) io.Reader { return r },
	} {
		w := get(static.URL("css/app.css"), encoding)
		got, err := io.ReadAll(open(w.Body))
		if err != nil || !bytes.Equal(got, want) || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: %v, %d bytes, Vary %q", encoding, err, len(got), w.Header().Get("Vary"))
		}
	}
}

// The whole of style and script leaves room for the page in 60 KB (experience.md, Measures).
func TestFirstLoadIsSmall(t *testing.T) {
	total := 0
	for _, name := range []string{"css/app.css", "js/app.js", "js/sw.js"} {
		n := get(static.URL(name), "gzip").Body.Len()
		t.Logf("%s: %d bytes compressed", name, n)
		total += n
	}
	if total > 40_000 {
		t.Errorf("style and script weigh %d bytes compressed, at most 40 000 leave room for page, logo and manifest", total)
	}
}

// The CSP and right-to-left writing forbid some things in our own sources.
func TestStyleKeepsTheHouseRules(t *testing.T) {
	css, _ := static.File("css/app.css")
	for _, physical := range []string{"margin-left", "margin-right", "padding-left", "padding-right", "border-left", "border-right",
		"text-align: left", "text-align: right", "url(http", "@import"} {
		if strings.Contains(string(css), physical) {
			t.Errorf("app.css has %q", physical)
		}
	}
	if n := strings.Count(string(css), "{") - strings.Count(string(css), "}"); n != 0 {
		t.Errorf("app.css has %d braces too many or too few", n)
	}
}
