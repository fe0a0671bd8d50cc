package web

import (
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
)

// smallest is the size in bytes of an answer from which compressing pays: less fits into one packet either way.
const smallest = 860

// gzips are writers of the fastest level. Compressing is the largest single cost of a page, and this implementation asks
// half the time of the standard library's for the same size.
var gzips = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // only an unknown level fails
	}
	return z
}}

// Compress packs what is text and not small for browsers that take gzip. An answer decides with its first write, as pages
// are written whole; one that comes in drops (a stream of events) stays as it is, and so does what is compressed already.
func Compress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		res := c.Response()
		res.Header().Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
		if !acceptsGzip(c.Request().Header.Get(echo.HeaderAcceptEncoding)) {
			return next(c)
		}
		plain := res.Writer
		w := &compressor{ResponseWriter: plain}
		res.Writer = w
		defer func() {
			w.close()
			res.Writer = plain
		}()
		return next(c)
	}
}

// acceptsGzip reports whether an Accept-Encoding header names gzip and does not refuse it with q=0.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, _ := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
			return q == "" || strings.Trim(q, "0.") != ""
		}
	}
	return false
}

type compressor struct {
	http.ResponseWriter
	zip    *gzip.Writer // nil while, or because, nothing is compressed
	status int          // waits for the first write, because the headers depend on it
	begun  bool
}

// WriteHeader keeps the status until the first write.
func (w *compressor) WriteHeader(status int) {
	if !w.begun {
		w.status = status
	}
}

// Write compresses, or not, as the first write decided.
func (w *compressor) Write(b []byte) (int, error) {
	if !w.begun {
		w.begin(b)
	}
	if w.zip != nil {
		return w.zip.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

func (w *compressor) begin(first []byte) {
	h := w.Header()
	if h.Get(echo.HeaderContentType) == "" && len(first) > 0 {
		h.Set(echo.HeaderContentType, http.DetectContentType(first))
	}
	if len(first) >= smallest && h.Get(echo.HeaderContentEncoding) == "" && isText(h.Get(echo.HeaderContentType)) {
		h.Set(echo.HeaderContentEncoding, "gzip")
		h.Del(echo.HeaderContentLength)
		w.zip = gzips.Get().(*gzip.Writer)
		w.zip.Reset(w.ResponseWriter)
	}
	w.begun = true
	if w.status != 0 {
		w.ResponseWriter.WriteHeader(w.status)
	}
}

// isText reports whether a content type is worth compressing: images, fonts, PDF and XLSX are compressed inside.
func isText(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(kind, "text/") || kind == "application/json" || kind == "application/javascript" || strings.HasSuffix(kind, "+json") ||
		strings.HasSuffix(kind, "+xml")
}

// close sends what is still held back.
func (w *compressor) close() {
	if !w.begun && w.status != 0 {
		w.begin(nil)
	}
	if w.zip != nil {
		_ = w.zip.Close() // the connection is gone; who read it knows
		w.zip.Reset(nil)
		gzips.Put(w.zip)
		w.zip = nil
	}
}

// Flush sends what has been written so far.
func (w *compressor) Flush() {
	if !w.begun {
		w.begin(nil)
	}
	if w.zip != nil {
		_ = w.zip.Flush()
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (w *compressor) Unwrap() http.ResponseWriter { return w.ResponseWriter }
