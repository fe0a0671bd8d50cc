// Package static holds what browsers may keep for ever: one stylesheet, one script, icons. Everything is embedded;
// URLs carry a hash of the content, so a new release is a new URL and nothing is ever asked for again.
//
// Sources stay small and separate (css/*.css in cascade layers, js/*.js); customers download css/app.css and js/app.js,
// which are put together here when the program starts; staff's pages add css/admin.css and js/admin.js. There is no
// build step.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

//go:embed css js icons
var files embed.FS

// prefix is where Handler is mounted.
const prefix = "/static/"

// asset is one file as it is sent.
type asset struct {
	body []byte
	mime string
	gzip func() []byte // made at the first request for it; nil when compressing gains nothing
}

type library struct {
	assets map[string]*asset // by name: css/app.css
	urls   map[string]string // name → hashed URL
	names  map[string]string // hashed URL → name

	version string
}

// assets is the library, put together at first use.
var assets = sync.OnceValue(func() *library {
	l := &library{assets: map[string]*asset{}, urls: map[string]string{}, names: map[string]string{}}
	l.add("css/app.css", concat(stripCSS, "css/layers.css", "css/reset.css", "css/tokens.css", "css/base.css",
		"css/components/*.css", "css/modules/*.css", "css/utilities.css", "css/print.css"))
	l.add("js/app.js", concat(stripJS, "js/htmx.min.js", "js/app/*.js"))
	// Staff load these besides; customers never do.
	l.add("css/admin.css", concat(stripCSS, "css/admin/*.css"))
	l.add("js/admin.js", concat(stripJS, "js/admin/*.js"))
	// The service worker's cache is named after what it keeps.
	sum := sha256.Sum256([]byte(l.urls["css/app.css"] + l.urls["js/app.js"]))
	l.version = hex.EncodeToString(sum[:5])
	l.add("js/sw.js", bytes.ReplaceAll(concat(stripJS, "js/sw.js"), []byte("VERSION"), []byte(l.version)))
	_ = fs.WalkDir(files, "icons", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			body, _ := files.ReadFile(name)
			l.add(name, body)
		}
		return nil
	})
	return l
})

// concat joins files in the given order, those of one pattern by name.
func concat(strip func([]byte) []byte, patterns ...string) []byte {
	var b bytes.Buffer
	for _, pattern := range patterns {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			panic(err) // a malformed pattern above
		}
		for _, name := range names {
			body, _ := files.ReadFile(name)
			b.Write(strip(body))
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	jsComment  = regexp.MustCompile(`(?m)^\s*//.*$`)
	lineStart  = regexp.MustCompile(`(?m)^[ \t]+|^\s*\n`)
)

// stripCSS and stripJS leave out what only authors need: comments of whole lines and indentation.
func stripCSS(b []byte) []byte {
	return lineStart.ReplaceAll(cssComment.ReplaceAll(b, nil), nil)
}

func stripJS(b []byte) []byte { return lineStart.ReplaceAll(jsComment.ReplaceAll(b, nil), nil) }

func (l *library) add(name string, body []byte) {
	a := &asset{body: body, mime: contentType(name)}
	if compressible(a.mime) {
		a.gzip = sync.OnceValue(func() []byte { return gzipped(body) })
	}
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	url := prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	l.assets[name], l.urls[name], l.names[url] = a, url, name
}

// contentType does not ask the system's tables, which differ between machines.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

func compressible(t string) bool { return strings.HasPrefix(t, "text/") || t == "image/svg+xml" }

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

// URL is the address of a file by its name: URL("css/app.css") is "/static/css/app.<hash>.css". An unknown name is a
// mistake in a template and panics, so the previews find it.
func URL(name string) string {
	url, ok := assets().urls[name]
	if !ok {
		panic("static: no file " + name)
	}
	return url
}

// File is the content of a file by its name, for those served at an address of their own (sw.js, default icons). The
// caller must not change it.
func File(name string) ([]byte, bool) {
	a, ok := assets().assets[name]
	if !ok {
		return nil, false
	}
	return a.body, true
}

// Version changes whenever style or script does; sw.js carries it, so a release replaces the worker and its cache.
func Version() string { return assets().version }

// Handler serves hashed URLs under /static/, to be kept for a year without asking; anything else is 404.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := assets().names[r.URL.Path]
		if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.NotFound(w, r)
			return
		}
		a := assets().assets[name]
		h := w.Header()
		h.Set("Content-Type", a.mime)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		body := a.body
		if a.gzip != nil {
			h.Set("Vary", "Accept-Encoding")
			if accepts(r.Header.Get("Accept-Encoding"), "gzip") {
				h.Set("Content-Encoding", "gzip")
				body = a.gzip()
			}
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(body)
		}
	})
}

// accepts reports whether an Accept-Encoding header names coding and does not refuse it with q=0.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}
