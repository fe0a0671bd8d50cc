package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

// TestPayLimit: whoever presses Pay without end is asked to wait, in their language and with the form still there; what was
// begun stays within reach, and nobody else waits.
func TestPayLimit(t *testing.T) {
	now := new(time.Time)
	dbtest.EachAt(t, func() time.Time { return *now }, func(t *testing.T, d *db.DB) {
		*now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		s := handlerstest.New(t, d)
		p := newPayer(t, s).bare()
		method, _ := p.give(methods, sandbox.Success)
		mallory := s.LogIn("mallory") // logging in forgets limits here
		ahead := func(c *handlerstest.Client, i int, gateway string) handlerstest.Page {
			return c.Post("/pay", "key", fmt.Sprintf("a-key-of-a-form-%04d", i), "ahead", "1", "amount", "5", "gateway", gateway, "shown", gateway+" 505 EUR")
		}
		first := ahead(p.browser, 0, "sandbox")
		for i := range 29 {
			if page := ahead(p.browser, i+1, "sandbox"); page.Status != http.StatusSeeOther {
				t.Fatalf("payment %d: %d %s", i+2, page.Status, page.Text("main"))
			}
		}
		attempts, err := s.M.DB.Rows(s.Context, "payment_attempts")
		must(t, err)
		for i, gateway := range []string{"sandbox", fmt.Sprintf("saved-%d", method)} {
			page := ahead(p.browser, 100+i, gateway)
			if page.Status != http.StatusTooManyRequests || page.Header.Get("Retry-After") == "" || !page.Has(`form[action="/pay"] input[name="amount"][value="5.00"]`) ||
				!strings.Contains(page.Text(".notice"), "many payments in a short time") {
				t.Errorf("one too many with %s: %d %s", gateway, page.Status, page.Text("main"))
			}
		}
		if n, _ := s.M.DB.Rows(s.Context, "payment_attempts"); n != attempts {
			t.Errorf("%d attempts were written past the limit", n-attempts)
		}
		if again := ahead(p.browser, 0, "sandbox"); again.Location != first.Location {
			t.Errorf("the first form again: %d %s, was %s", again.Status, again.Location, first.Location)
		}
		result := p.choose(strings.TrimPrefix(first.Location, "/sandbox/"), sandbox.Success)
		if page := p.browser.Get(result); page.Status != http.StatusOK || !strings.Contains(page.Text("main"), "5.05") {
			t.Errorf("the result: %d %s", page.Status, page.Text("main"))
		}
		if page := ahead(mallory, 0, "sandbox"); page.Status != http.StatusSeeOther {
			t.Errorf("another customer: %d", page.Status)
		}
		*now = now.Add(10 * time.Minute)
		if page := ahead(p.browser, 200, "sandbox"); page.Status != http.StatusSeeOther {
			t.Errorf("after ten minutes: %d", page.Status)
		}
	})
}

// TestMethodLimit: pages on which a method is given are opened as often as payments, and no more.
func TestMethodLimit(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	p := newPayer(t, s).bare()
	last := 0
	for i := range 31 {
		page := p.browser.Post(methods, "key", fmt.Sprintf("a-key-of-a-form-%04d", i), "gateway", "sandbox")
		if last = page.Status; i < 30 && last != http.StatusSeeOther {
			t.Fatalf("method %d: %d", i+1, last)
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("one too many: %d", last)
	}
}

// TestPayLinkLimit: a link that is pressed without end is refused with its page still there, and its results stay readable.
func TestPayLinkLimit(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		link := linkTo(t, p, "invoice", fmt.Sprint(p.invoice))
		stranger := s.Client()
		id := strings.TrimPrefix(pressLink(t, stranger, link).Location, "/sandbox/")
		var page handlerstest.Page
		for range 12 {
			page = pressLink(t, stranger, link)
			if page.Status == http.StatusSeeOther { // each press leaves the checkout before it
				id = strings.TrimPrefix(page.Location, "/sandbox/")
			}
		}
		if page.Status != http.StatusTooManyRequests || page.Header.Get("Retry-After") == "" || !page.Has(`form[action="`+link+`"]`) || !strings.Contains(page.Text("main"), "many payments in a short time") {
			t.Errorf("pressed without end: %d %s", page.Status, page.Text("main"))
		}
		result := strings.TrimPrefix(stranger.Post("/sandbox/"+id, "outcome", string(sandbox.Success)).Location, s.URL)
		if page := stranger.Get(result); page.Status != http.StatusOK || !strings.Contains(page.Text("main"), "40.30") {
			t.Errorf("the result: %d %s", page.Status, page.Text("main"))
		}
	})
}

// TestPayLinkDocumentLimit: whoever has a link has its document drawn at the desk, some times from one address, and not without
// end from all; the page of the link and its customer's files stay.
func TestPayLinkDocumentLimit(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		s.Set("pay_link_pdf", "on")
		link := linkTo(t, p, "invoice", fmt.Sprint(p.invoice))
		var drawn, refused atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				c := s.Client()
				for range 3 {
					switch page := c.Get(link + "/document"); page.Status {
					case http.StatusOK:
						drawn.Add(1)
					case http.StatusTooManyRequests, http.StatusServiceUnavailable:
						refused.Add(1)
					default:
						t.Errorf("%d %s", page.Status, page.Text("main"))
					}
				}
			})
		}
		wg.Wait()
		stranger := s.Client()
		var page handlerstest.Page
		for range 11 {
			page = stranger.Get(link + "/document")
		}
		if page.Status != http.StatusTooManyRequests || page.Header.Get("Retry-After") == "" || !strings.Contains(page.Text("main"), "many files in a short time") || page.Has("nav a[href='/finance']") {
			t.Errorf("asked without end: %d %s", page.Status, page.Text("main"))
		}
		if drawn.Load() > 10 || refused.Load() < 50 {
			t.Errorf("%d drawn, %d refused", drawn.Load(), refused.Load())
		}
		if page := stranger.Get(link); page.Status != http.StatusOK {
			t.Errorf("the link's page: %d", page.Status)
		}
		if page := p.browser.Get(fmt.Sprintf("/finance/invoices/%d?format=pdf", p.invoice)); page.Status != http.StatusOK {
			t.Errorf("the customer's own file: %d", page.Status)
		}
	})
}
