package web

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/portal"
)

// Pages answers requests for customers' pages on behalf of staff, who look at them through a frame ("preview as
// customer"). It runs the very handlers that customers get, with these differences: the settings and the brand in force
// may be ones that nobody has saved; nobody is signed in by it; and it only reads, because it has no routes but GETs,
// none of which changes anything (TestGetChangesNothing) but those that ask a gateway, which it refuses.
type Pages struct {
	kit     *Kit
	router  *echo.Echo
	onError echo.HTTPErrorHandler
}

// notPages are what a browser asks for besides pages: an app that installs itself, machines, files under fixed names.
var notPages = map[string]bool{"/manifest.webmanifest": true, "/sw.js": true, "/favicon.ico": true, "/apple-touch-icon.png": true,
	"/static/*": true, "/healthz": true, "/readyz": true, "/metrics": true}

// NewPages makes the router of the pages among routes; page shows errors as customers see them.
func NewPages(k *Kit, routes []Route, page ErrorPage) *Pages {
	p := &Pages{kit: k, router: echo.New(), onError: OnError(page)}
	for _, rt := range routes {
		if rt.Method == http.MethodGet && rt.Guard != Staff && !notPages[rt.Path] && !strings.HasPrefix(rt.Path, "/admin") {
			p.router.Add(rt.Method, rt.Path, asIf(rt))
		}
	}
	return p
}

// asIf is the guard of a previewed route: the customer is given, what the partner switched off is 404 as ever.
func asIf(rt Route) echo.HandlerFunc {
	if rt.Asks || rt.File { // left out, it would be found under another route's pattern
		return func(echo.Context) error { return ErrNoPage }
	}
	return func(c echo.Context) error {
		r := From(c)
		if rt.Guard != Customer {
			// Before log-in nobody knows who it is; the partner is the one of the host.
			r.Customer = nil
			r.use(r.Host)
			return rt.Handle(c)
		}
		if r.Customer == nil || !r.Reaches(rt) {
			return db.ErrNotFound
		}
		return rt.Handle(c)
	}
}

// As says whose pages to show, and how.
type As struct {
	// Prefix is where the preview lives, "/admin/as/TOKEN/light": everything that leads on stays below it.
	Prefix string
	// Path is the customer's address, "/finance".
	Path    string
	Changes portal.Changes
	// Partner owns the host on which the pages are seen.
	Partner  int64
	Customer *customer.Customer // nil is before log-in
	Theme    string             // "light", "dark", or "auto" as the device says
}

// ErrNoPage says that an address of a preview leads to something else than a page.
var ErrNoPage = errors.New("not a page")

// Show answers c with the page that a customer would get. Errors: ErrNoPage for files, which are made for customers and
// counted for them, and for pages that ask a gateway.
func (p *Pages) Show(c echo.Context, as As) error {
	if strings.HasSuffix(as.Path, ".pdf") || c.QueryParams().Has("format") {
		return ErrNoPage
	}
	staff := From(c)
	snap, err := staff.snapshot.With(as.Partner, as.Changes)
	if err != nil {
		return err
	}
	answer := httptest.NewRecorder()
	answer.Header().Set(echo.HeaderXRequestID, c.Response().Header().Get(echo.HeaderXRequestID))
	asked := p.request(c.Request(), as)
	if as.Customer != nil {
		// Staff are shown what customers are; nothing is done here that the logs would say of anybody.
		asked = asked.WithContext(audit.With(asked.Context(), audit.Actor{Kind: audit.Customer, ID: as.Customer.ID, Name: as.Customer.Name}))
	}
	inner := p.router.NewContext(asked, answer)
	r := &Request{kit: p.kit, echo: inner, snapshot: snap, Host: snap.Partner(as.Partner), Customer: as.Customer, Theme: as.Theme, Preview: true}
	inner.Set(requestKey, r)
	r.use(r.Host)
	p.router.Router().Find(http.MethodGet, as.Path, inner)
	err = inner.Handler()(inner)
	if errors.Is(err, ErrNoPage) {
		return err
	}
	if err != nil {
		p.onError(err, inner)
	}
	return p.pass(c, as, answer)
}

// request is the staff's request as a customer's browser would have sent it: the same address without the prefix, and no
// cookies, which are the staff's.
func (p *Pages) request(from *http.Request, as As) *http.Request {
	to := from.Clone(from.Context())
	to.Method, to.Body, to.ContentLength = http.MethodGet, http.NoBody, 0
	to.URL = &url.URL{Path: as.Path, RawQuery: from.URL.RawQuery}
	to.RequestURI = to.URL.RequestURI()
	to.Header = http.Header{}
	for _, name := range []string{"Accept-Language", "HX-Request", "HX-Target", "HX-History-Restore-Request", "User-Agent"} {
		if v, ok := from.Header[http.CanonicalHeaderKey(name)]; ok {
			to.Header[http.CanonicalHeaderKey(name)] = v
		}
	}
	return to
}

// pass hands an inner answer on, with every address in it below the prefix, and allows the staff's pages to frame it.
func (p *Pages) pass(c echo.Context, as As, answer *httptest.ResponseRecorder) error {
	FramedBySelf(c)
	h, from := c.Response().Header(), answer.Header()
	if to := from.Get("HX-Redirect"); to != "" {
		h.Set("HX-Redirect", below(as.Prefix, to))
	}
	if answer.Code >= 300 && answer.Code < 400 {
		return c.Redirect(answer.Code, below(as.Prefix, from.Get("Location")))
	}
	if d := from.Get("Content-Disposition"); d != "" {
		h.Set("Content-Disposition", d)
	}
	kind := from.Get("Content-Type")
	if !strings.HasPrefix(kind, "text/html") {
		return c.Blob(answer.Code, kind, answer.Body.Bytes())
	}
	var page bytes.Buffer
	if err := rewrite(&page, answer.Body, as.Prefix); err != nil {
		return err
	}
	return c.HTMLBlob(answer.Code, page.Bytes())
}

// FramedBySelf lets the portal's own pages show an answer in a frame; everybody else's still may not.
func FramedBySelf(c echo.Context) {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", strings.Replace(contentPolicy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
}

// HoldsFrame lets a page hold a frame with another page of the portal. It reports whether the page is about to be put
// into a document that came without this permission, by htmx: then LoadAnew is the answer.
func HoldsFrame(c echo.Context) (swapped bool) {
	c.Response().Header().Set("Content-Security-Policy", contentPolicy+"; frame-src 'self'")
	return IsHTMX(c) && c.Request().Header.Get("HX-Target") == "frame"
}

// LoadAnew has htmx load the asked for page as a document of its own.
func LoadAnew(c echo.Context) error {
	c.Response().Header().Set("HX-Redirect", c.Request().URL.RequestURI())
	return c.NoContent(http.StatusNoContent)
}
