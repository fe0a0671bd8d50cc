// Package web is what every handler needs of HTTP: who asks, in which language, for which partner; how to answer with a
// page or a part of one; how an error becomes a status and a page; the headers, cookies and guards around it all.
package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"myisp/models"
	"myisp/models/customer"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/models/staff"
	"myisp/views/format"
	"myisp/views/i18n"
)

// Kit is shared by all handlers.
type Kit struct {
	M       *models.Models
	BaseURL *url.URL // MYISP_BASE_URL; nil takes scheme and host of each request (demo)
	Demo    bool
	Facts   Facts
	Pages   *Pages // customers' pages as staff preview them
	// StepUpPage asks for the password again and sends form once more; key is what was wrong with the last try.
	StepUpPage func(c echo.Context, form url.Values, key string) error
	// CustomerStepUp is the same for customers.
	CustomerStepUp func(c echo.Context, form url.Values, key string) error
	// Logo is the picture on a partner's documents.
	Logo    func(v *portal.View) ([]byte, error)
	cookies *sessions.CookieStore
	csrf    *http.CrossOriginProtection
}

// NewKit wires the shared parts. baseURL may be empty.
func NewKit(m *models.Models, baseURL string, demo bool) (*Kit, error) {
	k := &Kit{M: m, Demo: demo, cookies: newCookieStore(m.Keys.Session()), csrf: http.NewCrossOriginProtection()}
	if baseURL != "" {
		u, err := url.Parse(baseURL)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return nil, &url.Error{Op: "read", URL: baseURL, Err: http.ErrNotSupported}
		}
		k.BaseURL = u
		if err := k.csrf.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// Request is what the middleware found out about one request.
type Request struct {
	kit      *Kit
	echo     echo.Context
	snapshot *portal.Snapshot
	known    *models.Arrival // the customer's; see Know
	// Host is the partner of the host name (G12); View is the one in force: the signed-in customer's own.
	Host, View *portal.View
	Lang       string
	Customer   *customer.Customer
	Staff      *staff.Member
	Session    session.Session
	Acting     *staff.Acting // the member of staff who acts as Customer; nil when it is the customer
	Nav        NavState
	// Details are what the portal log says of what was done, instead of the path.
	Details string
	// Preview marks what Pages shows to staff; Theme is the one that it forces, "" for none.
	Preview bool
	Theme   string
}

// NavState is what the frame of a customer's page shows besides the page itself.
type NavState struct {
	UnreadMessages, UnreadTickets int
}

const requestKey = "web"

// From returns the request's findings; every route runs behind Begin.
func From(c echo.Context) *Request { return c.Get(requestKey).(*Request) }

// Me is the id of the signed-in customer; routes behind the customer guard have one.
func (r *Request) Me() int64 { return r.Customer.ID }

// Partner returns any partner's view; nil when there is no such partner.
func (r *Request) Partner(id int64) *portal.View { return r.snapshot.Partner(id) }

// Partners lists the views of all partners, the Default partner first.
func (r *Request) Partners() (list []*portal.View) {
	for _, id := range r.snapshot.Partners() {
		list = append(list, r.snapshot.Partner(id))
	}
	return list
}

// Inherited is the value (JSON) of a setting that a partner has, or would have, without one of its own.
func (r *Request) Inherited(partner int64, d *portal.Declaration) string {
	return r.snapshot.Inherited(partner, d)
}

// Now is the present, in UTC.
func (r *Request) Now() time.Time { return r.kit.M.DB.Now() }

// Begin finds the partner and the language of a request before anything else runs.
func (k *Kit) Begin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := &Request{kit: k, echo: c}
		c.Set(requestKey, r)
		snap, err := k.M.Portal.Snapshot(c.Request().Context())
		if err != nil {
			r.localise(portal.Defaults())
			return err
		}
		r.snapshot, r.Host = snap, snap.ByHost(c.Request().Host)
		r.use(r.Host)
		return next(c)
	}
}

// use puts a partner's settings in force for the rest of the request.
func (r *Request) use(v *portal.View) {
	r.View = v
	r.localise(v.Values)
}

// Serve puts a partner in force for somebody who is not logged in, by what they came for; one that is gone changes nothing.
func (r *Request) Serve(partner int64) {
	if v := r.snapshot.Partner(partner); v != nil {
		r.use(v)
	}
}

// Speak answers the rest of the request in a language; one that is not shipped changes nothing.
func (r *Request) Speak(lang string) {
	if ctx := i18n.With(r.echo.Request().Context(), lang); i18n.Lang(ctx) == lang {
		r.Lang = lang
		r.echo.SetRequest(r.echo.Request().WithContext(ctx))
	}
}

func (r *Request) localise(values *portal.Values) {
	r.Lang = r.language(values)
	ctx := i18n.With(r.echo.Request().Context(), r.Lang)
	ctx = format.With(ctx, Localisation(values))
	r.echo.SetRequest(r.echo.Request().WithContext(ctx))
}

// language takes what the customer chose, then what this browser chose, then what it asks for (G1).
func (r *Request) language(values *portal.Values) string {
	offered := portal.OfferedLanguages.Of(values)
	if r.Staff != nil && r.Staff.Language != "" {
		return r.Staff.Language
	}
	if r.Customer != nil && contains(offered, r.Customer.Language) {
		return r.Customer.Language
	}
	if cookie, err := r.echo.Cookie(languageCookie); err == nil && contains(offered, cookie.Value) {
		return cookie.Value
	}
	return i18n.Match(r.echo.Request().Header.Get("Accept-Language"), offered)
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// Localisation is how a partner writes money, dates and times (X7).
func Localisation(v *portal.Values) format.Format {
	f := format.Default(v.Money(0).Currency)
	f.Zone = v.Zone()
	if s := portal.CurrencySymbol.Of(v); s != "" {
		f.Symbol, f.SymbolSpace = s, false
	}
	switch portal.SymbolPosition.Of(v) {
	case "before":
		f.SymbolAfter, f.SymbolSpace = false, false
	case "before_space":
		f.SymbolAfter, f.SymbolSpace = false, true
	case "after":
		f.SymbolAfter, f.SymbolSpace = true, false
	case "after_space":
		f.SymbolAfter, f.SymbolSpace = true, true
	}
	if d := portal.MoneyDecimals.Of(v); d != "currency" {
		f.MoneyDecimals = int(d[0] - '0')
	}
	f.DecimalSep = portal.DecimalMark.Of(v)
	f.ThousandsSep = map[string]string{"space": "\u00a0", "none": ""}[portal.ThousandsMark.Of(v)]
	if m := portal.ThousandsMark.Of(v); m != "space" && m != "none" {
		f.ThousandsSep = m
	}
	if p, ok := datePatterns[portal.DateOrder.Of(v)]; ok {
		f.DatePattern = p
	}
	clock := portal.ClockHours.Of(v)
	f.Clock12, f.Seconds = strings.HasPrefix(clock, "12"), strings.HasSuffix(clock, "_seconds")
	f.FirstWeekday = map[string]time.Weekday{"monday": time.Monday, "sunday": time.Sunday, "saturday": time.Saturday}[portal.FirstWeekday.Of(v)]
	f.TrafficUnit = map[string]string{"mb": "MB", "gb": "GB", "tb": "TB"}[portal.TrafficUnit.Of(v)]
	return f
}

var datePatterns = map[string]string{"dmy_dot": "dd.mm.yyyy", "dmy_slash": "dd/mm/yyyy", "mdy_slash": "mm/dd/yyyy", "ymd_dash": "yyyy-mm-dd"}

// Secure reports whether the browser reached the portal over HTTPS.
func (k *Kit) Secure(c echo.Context) bool {
	return c.IsTLS() || (k.BaseURL != nil && k.BaseURL.Scheme == "https")
}

// Origin is scheme and host for links that leave the page (mail, QR): the partner's own host when the request came in
// on one, else MYISP_BASE_URL, so a forged Host header never gets into a mail.
func (r *Request) Origin() string {
	host := r.echo.Request().Host
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	base := r.kit.BaseURL
	if base == nil {
		return "http://" + host
	}
	for _, h := range r.Host.Hosts {
		if h == name {
			return base.Scheme + "://" + name
		}
	}
	return base.Scheme + "://" + base.Host
}

// IsHTMX reports whether htmx asks for a part of the page. Going back in the browser's history takes the whole page.
func IsHTMX(c echo.Context) bool {
	h := c.Request().Header
	return h.Get("HX-Request") == "true" && h.Get("HX-History-Restore-Request") != "true"
}

// SeeOther answers a successful POST: the browser goes on with a GET, and so does htmx.
func SeeOther(c echo.Context, path string) error { return c.Redirect(http.StatusSeeOther, path) }
