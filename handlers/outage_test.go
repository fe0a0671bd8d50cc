package handlers_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"myisp/handlers/handlerstest"
	"myisp/handlers/portal"
	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// cable is a TCP line to a database server that a test can cut and join again.
type cable struct {
	address, target string
	mu              sync.Mutex
	listener        net.Listener
	open            map[net.Conn]bool
}

func (c *cable) join(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", c.address)
	must(t, err)
	c.mu.Lock()
	c.address, c.listener, c.open = l.Addr().String(), l, map[net.Conn]bool{}
	c.mu.Unlock()
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", c.target)
			if err != nil {
				near.Close()
				continue
			}
			c.mu.Lock()
			c.open[near], c.open[far] = true, true
			c.mu.Unlock()
			go func() { _, _ = io.Copy(far, near); far.Close() }()
			go func() { _, _ = io.Copy(near, far); near.Close() }()
		}
	}()
}

func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listener.Close()
	for conn := range c.open {
		conn.Close()
	}
}

// TestDatabaseGone: while PostgreSQL is away people get a friendly 503 that says when to come back, readyz says no and
// healthz yes; afterwards everything goes on without a restart.
func TestDatabaseGone(t *testing.T) {
	direct := dbtest.PostgresURL(t)
	u, err := url.Parse(direct)
	must(t, err)
	line := &cable{address: "127.0.0.1:0", target: u.Host}
	line.join(t)
	u.Host = line.address
	d, err := db.Open(t.Context(), db.Config{URL: u.String()})
	must(t, err)
	t.Cleanup(func() { d.Close() })
	t.Cleanup(line.cut)
	s := handlerstest.New(t, d)
	s.Customer(customer.Customer{Login: "alice", Language: "es"})
	alice := s.LogIn("alice")
	if p := alice.Get("/"); p.Status != http.StatusOK {
		t.Fatalf("before: %d", p.Status)
	}

	line.cut()
	alice.Header.Set("Accept-Language", "es")
	for _, path := range []string{"/", "/finance/invoices"} {
		p := alice.Get(path)
		if p.Status != http.StatusServiceUnavailable || p.Header.Get("Retry-After") == "" || p.Find("html").AttrOr("lang", "") != "es" || p.Text("h1") == "" {
			t.Errorf("GET %s while the database is gone: %d, Retry-After %q, %q", path, p.Status, p.Header.Get("Retry-After"), p.Text("h1"))
		}
	}
	if p := s.Client().Post("/login", "identifier", "alice", "password", handlerstest.Password); p.Status != http.StatusServiceUnavailable {
		t.Errorf("log-in while the database is gone: %d", p.Status)
	}
	if p := alice.Get("/readyz"); p.Status != http.StatusServiceUnavailable {
		t.Errorf("readyz: %d", p.Status)
	}
	if p := alice.Get("/healthz"); p.Status != http.StatusOK {
		t.Errorf("healthz: %d", p.Status)
	}

	line.join(t)
	if p := alice.Get("/"); p.Status != http.StatusOK || !strings.Contains(p.Body, "Alice") {
		t.Errorf("after the outage: %d", p.Status)
	}
	if p := alice.Get("/readyz"); p.Status != http.StatusOK {
		t.Errorf("readyz after the outage: %d", p.Status)
	}
}

// TestRetryStaysHere: "Try again" leads back to the page that failed, with its query, and never to another site.
func TestRetryStaysHere(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	kit, err := web.NewKit(s.M, "", true)
	must(t, err)
	fail := kit.Begin(func(c echo.Context) error {
		return portal.New(kit, nil, nil).ErrorPage(c, http.StatusServiceUnavailable)
	})
	for path, want := range map[string]string{
		"/finance/invoices?state=open": "/finance/invoices?state=open", "/login": "/login", "//evil.example/x": "/", "/%5Cevil.example": "/%5Cevil.example",
		"/%09/evil.example": "/%09/evil.example", "//evil.example/%2F..": "/",
	} {
		r, answer := httptest.NewRequest(http.MethodGet, "http://portal.test/", nil), httptest.NewRecorder()
		r.URL, err = url.ParseRequestURI(path) // as the server reads it
		must(t, err)
		must(t, fail(echo.New().NewContext(r, answer)))
		page, err := goquery.NewDocumentFromReader(answer.Body)
		must(t, err)
		if got := page.Find(".empty a").AttrOr("href", ""); answer.Code != http.StatusServiceUnavailable || got != want {
			t.Errorf("GET %s: %d, and on to %q, want %q", path, answer.Code, got, want)
		}
	}
}
