// Package handlerstest runs the whole portal over HTTP for tests: the real router on a real database, and clients that
// behave as browsers without script do.
package handlerstest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"myisp/handlers"
	"myisp/handlers/cashier"
	"myisp/internal/gateway/sandbox"
	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/staff"
)

// Password is everybody's in tests.
const Password = "correct horse battery"

// Cheap hashing keeps tests fast; the product's cost is secret.Recommended.
var Cheap = secret.Params{Memory: 64, Iterations: 1, Parallelism: 1}

// Site is a running portal.
type Site struct {
	t      testing.TB
	M      *models.Models
	Server *handlers.Server
	URL    string
	// Till pays through Provider, the pretend payment provider, which a test steers.
	Till     *cashier.Cashier
	Provider *sandbox.Provider
	// Context is put under every request, so that a test can count its statements (db.WithCounter).
	Context context.Context
}

// New starts a portal on d, as the demo does: the base URL is the request's.
func New(t testing.TB, d *db.DB) *Site { return NewAt(t, d, handlers.Config{Demo: true}) }

// NewAt starts a portal with a configuration of the test's.
func NewAt(t testing.TB, d *db.DB, cfg handlers.Config) *Site {
	t.Helper()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	keys, err := secret.NewKeys("a secret for tests that is long enough, really")
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{t: t, M: models.On(d, keys, Cheap), Context: context.Background()}
	if err := s.M.Ensure(s.Context); err != nil {
		t.Fatal(err)
	}
	if cfg.Cashier == nil {
		s.pretend(&cfg)
	}
	if s.Server, err = handlers.New(s.M, cfg); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Server.ServeHTTP(w, r.WithContext(counted{r.Context(), s.Context}))
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// counted takes values from the test's context and everything else from the request's.
type counted struct {
	context.Context
	values context.Context
}

func (c counted) Value(key any) any {
	if v := c.values.Value(key); v != nil {
		return v
	}
	return c.Context.Value(key)
}

// Set stores a setting for the Default partner, or for all when it is a General one.
func (s *Site) Set(name, value string) {
	s.t.Helper()
	err := s.M.Portal.Set(s.Context, 1, name, value)
	if err != nil {
		err = s.M.Portal.Set(s.Context, 0, name, value)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// Customer adds a customer who can log in.
func (s *Site) Customer(c customer.Customer) customer.Customer {
	s.t.Helper()
	if c.PartnerID == 0 {
		c.PartnerID = 1
	}
	if c.Name == "" {
		c.Name = strings.ToUpper(c.Login[:1]) + c.Login[1:] + " Carter"
	}
	if c.Status == "" {
		c.Status = customer.StatusActive
	}
	if c.Language == "" {
		c.Language = "en"
	}
	if err := s.M.Customers.Create(s.Context, &c, customer.Billing{Currency: "EUR", BillingDay: 1, DueDay: 15}, "US"); err != nil {
		s.t.Fatal(err)
	}
	if err := s.M.Customers.SetPassword(s.Context, c.ID, Password); err != nil {
		s.t.Fatal(err)
	}
	return c
}

// Staff adds a member of staff.
func (s *Site) Staff(login, role string) staff.Member {
	s.t.Helper()
	m := staff.Member{Login: login, Email: login + "@example.com", Name: login, Role: role, Language: "en"}
	if err := s.M.Staff.Add(s.Context, &m, Password); err != nil {
		s.t.Fatal(err)
	}
	return m
}

// Client is one browser without script.
type Client struct {
	t    testing.TB
	site *Site
	http *http.Client
	// Header is sent with every request.
	Header http.Header
}

// Client opens a new browser, signed in nowhere. It follows no redirects.
func (s *Site) Client() *Client {
	jar, _ := cookiejar.New(nil)
	return &Client{t: s.t, site: s, Header: http.Header{}, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// LogIn opens a browser and signs a customer in.
func (s *Site) LogIn(login string) *Client {
	s.t.Helper()
	s.forgetLimits()
	c := s.Client()
	if p := c.Post("/login", "identifier", login, "password", Password); p.Status != http.StatusSeeOther {
		s.t.Fatalf("log-in of %s: %d", login, p.Status)
	}
	return c
}

// LogInWith tries to log a customer in with a password of the test's, in a browser of its own.
func (s *Site) LogInWith(login, password string) Page {
	s.t.Helper()
	s.forgetLimits()
	return s.Client().Post("/login", "identifier", login, "password", password)
}

// LogInStaff opens a browser and signs a member of staff in.
func (s *Site) LogInStaff(login string) *Client {
	s.t.Helper()
	s.forgetLimits()
	c := s.Client()
	if p := c.Post("/admin/login", "login", login, "password", Password); p.Status != http.StatusSeeOther {
		s.t.Fatalf("log-in of staff %s: %d", login, p.Status)
	}
	return c
}

// forgetLimits keeps the many log-ins of a test, all from one address, from looking like an attack.
func (s *Site) forgetLimits() {
	if _, err := s.M.Limits.Purge(s.Context, s.M.DB.Now().Add(time.Hour)); err != nil {
		s.t.Fatal(err)
	}
}

// Page is an answer.
type Page struct {
	*goquery.Document
	Status   int
	Header   http.Header
	Body     string
	Location string
}

// Get asks for a path.
func (c *Client) Get(path string) Page {
	c.t.Helper()
	return c.Do(http.MethodGet, path, nil)
}

// Post sends a form of name/value pairs.
func (c *Client) Post(path string, pairs ...string) Page {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return c.Do(http.MethodPost, path, form)
}

// Do sends a request; form may be nil.
func (c *Client) Do(method, path string, form url.Values) Page {
	c.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(context.Background(), method, c.site.URL+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	for k, v := range c.Header {
		r.Header[k] = v
	}
	if host := c.Header.Get("Host"); host != "" {
		r.Host = host
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(raw)))
	if err != nil {
		c.t.Fatal(err)
	}
	return Page{Document: doc, Status: answer.StatusCode, Header: answer.Header, Body: string(raw), Location: answer.Header.Get("Location")}
}

// Text is the visible text of what a selector finds, with white space folded.
func (p Page) Text(selector string) string {
	return strings.Join(strings.Fields(p.Find(selector).Text()), " ")
}

// Has reports whether the selector finds anything.
func (p Page) Has(selector string) bool { return p.Find(selector).Length() > 0 }

// Link reports whether a link to href is on the page.
func (p Page) Link(href string) bool { return p.Has(`a[href="` + href + `"]`) }
