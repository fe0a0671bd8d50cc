package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/internal/gateway/sandbox"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// payer is a customer who owes 39.90, at the pay page.
type payer struct {
	*handlerstest.Site
	t       *testing.T
	browser *handlerstest.Client
	id      int64
	invoice int64
}

func newPayer(t *testing.T, s *handlerstest.Site) *payer {
	t.Helper()
	s.TakePayments(1)
	c := newCast(t, s)
	who, err := s.M.Customers.ByLogin(s.Context, "alice")
	must(t, err)
	inv, err := s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: finance.Party{CustomerID: who.ID, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-01", DueDay: "2026-11-15",
		Items: []finance.Item{{Description: "Fiber 500", Price: 3_990}}})
	must(t, err)
	return &payer{s, t, c.LogIn("alice"), who.ID, inv.ID}
}

// form reads the pay form of the invoice as a browser does; part pays less than is due, "" all of it.
func (p *payer) form(part ...string) []string {
	p.t.Helper()
	path := fmt.Sprintf("/pay?invoice=%d", p.invoice)
	for _, amount := range part {
		path += "&part=" + url.QueryEscape(amount)
	}
	page := p.browser.Get(path)
	var pairs []string
	for _, name := range []string{"key", "invoice", "gateway"} {
		value, ok := page.Find(`form[action="/pay"] input[name="` + name + `"]`).First().Attr("value")
		if !ok {
			p.t.Fatalf("the pay form has no %s", name)
		}
		pairs = append(pairs, name, value)
	}
	for _, name := range []string{"shown", "part"} {
		page.Find(`form[action="/pay"] input[type="hidden"][name="` + name + `"]`).Each(func(_ int, s *goquery.Selection) {
			pairs = append(pairs, name, s.AttrOr("value", ""))
		})
	}
	return pairs
}

// begin presses Pay and returns the id of the payment at the provider.
func (p *payer) begin() string {
	p.t.Helper()
	page := p.browser.Post("/pay", p.form()...)
	if page.Status != http.StatusSeeOther || !strings.HasPrefix(page.Location, "/sandbox/") {
		p.t.Fatalf("Pay: %d %s", page.Status, page.Location)
	}
	return strings.TrimPrefix(page.Location, "/sandbox/")
}

// choose makes an outcome happen on the provider's page and returns where that led.
func (p *payer) choose(id string, o sandbox.Outcome) string {
	p.t.Helper()
	page := p.browser.Post("/sandbox/"+id, "outcome", string(o))
	if page.Status != http.StatusSeeOther {
		p.t.Fatalf("%s: %d", o, page.Status)
	}
	return strings.TrimPrefix(page.Location, p.URL)
}

func (p *payer) due() int64 {
	p.t.Helper()
	inv, err := p.M.Finance.Of(p.id).Invoice(p.Context, p.invoice, "2026-11-20")
	must(p.t, err)
	return inv.Due
}

// payments counts what was booked through the gateway.
func (p *payer) payments() (n int64) {
	p.t.Helper()
	must(p.t, p.M.DB.Q(p.Context).Raw("SELECT COUNT(*) FROM payments WHERE customer_id = ? AND method_id = ?", p.id, finance.MethodCard).Scan(&n).Error)
	return n
}

func (p *payer) prove() {
	p.t.Helper()
	r, err := p.M.Finance.Verify(p.Context)
	must(p.t, err)
	if len(r.Findings) > 0 {
		p.t.Errorf("books: %v", r.Findings)
	}
}

// The pretend provider speaks the customer's language, as a provider does that is told of it, whatever the browser asks for.
func TestSandboxSpeaksTheCustomersLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := handlerstest.New(t, d)
		p := newPayer(t, s)
		p.browser.Post("/settings", "theme", "dark", "language", "es")
		page := s.Client().Get("/sandbox/" + p.begin())
		if got := page.Find("html").AttrOr("lang", ""); got != "es" {
			t.Errorf("the provider speaks %q", got)
		}
	})
}

// TestPayStories: notice and return in either order, both, or neither; every outcome tells the truth and books what it says
// (beyond.md, payments; FIN-4, FIN-7).
func TestPayStories(t *testing.T) {
	for _, story := range []struct {
		name  string
		steps []sandbox.Outcome
		// how the portal hears: "return", "notice", "both", "poll"
		how   string
		page  string // of the words on the result page
		due   int64
		count int64
	}{
		{"paid, heard by return", []sandbox.Outcome{sandbox.Success}, "return", "Paid", 0, 1},
		{"paid, heard by notice", []sandbox.Outcome{sandbox.Success}, "notice", "Paid", 0, 1},
		{"paid, heard by both", []sandbox.Outcome{sandbox.Success}, "both", "Paid", 0, 1},
		{"paid, notice lost and never returned", []sandbox.Outcome{sandbox.Success}, "poll", "Paid", 0, 1},
		{"declined", []sandbox.Outcome{sandbox.Decline}, "return", "not enough money", 3_990, 0},
		{"confirmed", []sandbox.Outcome{sandbox.Challenge, sandbox.Confirm}, "both", "Paid", 0, 1},
		{"confirmation failed", []sandbox.Outcome{sandbox.Challenge, sandbox.Fail}, "return", "confirm", 3_990, 0},
		{"gone away", []sandbox.Outcome{sandbox.Abandon}, "return", "Nothing was paid", 3_990, 0},
		{"delayed", []sandbox.Outcome{sandbox.Delayed}, "both", "on its way", 3_990, 0},
		{"delayed and paid", []sandbox.Outcome{sandbox.Delayed, sandbox.Clear}, "both", "Paid", 0, 1},
		{"delayed and bounced", []sandbox.Outcome{sandbox.Delayed, sandbox.Bounce}, "both", "not enough money", 3_990, 0},
		{"charged back", []sandbox.Outcome{sandbox.Success, sandbox.ChargeBack}, "notice", "given back", 3_990, 2},
		{"won back", []sandbox.Outcome{sandbox.Success, sandbox.ChargeBack, sandbox.WinBack}, "notice", "Paid", 0, 3},
		{"wrong amount", []sandbox.Outcome{sandbox.WrongAmount}, "both", "checking this payment", 3_990, 0},
		{"wrong currency", []sandbox.Outcome{sandbox.WrongCurrency}, "both", "checking this payment", 3_990, 0},
	} {
		t.Run(story.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *handlerstest.Site) {
				p := newPayer(t, s)
				id := p.begin()
				var result string
				for _, o := range story.steps {
					if to := p.choose(id, o); strings.HasPrefix(to, "/pay/attempts/") {
						result = to
					}
					if story.how == "notice" || story.how == "both" {
						for range 3 {
							if code := s.Tell(t, id); code != http.StatusOK {
								t.Fatalf("notice: %d", code)
							}
						}
						p.work()
					}
					if story.how == "both" && result != "" {
						p.browser.Get(result)
					}
				}
				if story.how == "poll" {
					must(t, s.M.DB.Q(s.Context).Exec("UPDATE payment_attempts SET check_at = ? WHERE gateway = 'sandbox'", s.M.DB.Now().Add(-time.Second)).Error)
					_, err := s.Till.Poll(s.Context, 10)
					must(t, err)
				}
				if page := p.browser.Get(result); page.Status != http.StatusOK || !strings.Contains(page.Text("main"), story.page) {
					t.Errorf("the result page says %d %s", page.Status, page.Text("main"))
				}
				underway := story.page == "on its way" || story.page == "checking this payment"
				if page := p.browser.Get("/"); page.Link(result) != underway {
					t.Errorf("home tells of the payment: %v, want %v (FIN-4)", !underway, underway)
				}
				if p.due() != story.due || p.payments() != story.count {
					t.Errorf("%d due, %d payments", p.due(), p.payments())
				}
				p.prove()
			})
		})
	}
}

// work does what the notices have enqueued.
func (p *payer) work() {
	p.t.Helper()
	worker := jobs.New(p.M, jobs.Couriers{}).Payments(p.Till)
	for worker.Once(p.Context) {
	}
}

// TestPayOnce: 64 presses of one form are one attempt and one payment, whoever comes back and however often.
func TestPayOnce(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		form := p.form()
		var wg sync.WaitGroup
		places := make([]string, 64)
		for i := range places {
			wg.Go(func() { places[i] = p.browser.Post("/pay", form...).Location })
		}
		wg.Wait()
		for _, l := range places {
			if l != places[0] || l == "" {
				t.Fatalf("presses led to %v", places)
			}
		}
		result := p.choose(strings.TrimPrefix(places[0], "/sandbox/"), sandbox.Success)
		for range 10 {
			wg.Go(func() { p.browser.Get(result) })
		}
		wg.Wait()
		if p.payments() != 1 || p.due() != 0 {
			t.Errorf("%d payments, %d due", p.payments(), p.due())
		}
		p.prove()
	})
}

// TestPayRefuses: bad input is answered with words and writes nothing.
func TestPayRefuses(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		before := snapshot(t, s.M.DB)
		key := strings.Repeat("k", 43)
		for name, form := range map[string][]string{
			"negative": {"ahead", "1", "amount", "-5", "gateway", "sandbox", "key", key}, "zero": {"ahead", "1", "amount", "0", "gateway", "sandbox", "key", key},
			"no number": {"ahead", "1", "amount", "NaN", "gateway", "sandbox", "key", key}, "huge": {"ahead", "1", "amount", "99999999999999999999", "gateway", "sandbox", "key", key},
			"too exact": {"ahead", "1", "amount", "1.001", "gateway", "sandbox", "key", key}, "no gateway": {"ahead", "1", "amount", "5", "key", key},
			"unknown gateway": {"ahead", "1", "amount", "5", "gateway", "stripe", "key", key}, "no key": {"ahead", "1", "amount", "5", "gateway", "sandbox"},
			"odd key":          {"ahead", "1", "amount", "5", "gateway", "sandbox", "key", "<script>alert(1)</script>"},
			"nobody's invoice": {"invoice", "999999", "gateway", "sandbox", "key", key}, "odd invoice": {"invoice", "1e3", "gateway", "sandbox", "key", key},
		} {
			if page := p.browser.Post("/pay", form...); page.Status != http.StatusUnprocessableEntity && page.Status != http.StatusNotFound {
				t.Errorf("%s: %d %s", name, page.Status, page.Location)
			}
		}
		mallory := s.LogIn("mallory")
		mallory.Post("/pay", "invoice", fmt.Sprint(p.invoice), "gateway", "sandbox", "key", key)
		tables := changed(before, snapshot(t, s.M.DB))
		for _, table := range tables {
			if table != "sessions" && table != "customers" && table != "rate_limits" {
				t.Errorf("%s was written", table)
			}
		}
	})
}

// TestNoticeForged: what is not certainly the gateway's is refused and changes nothing; a notice heard again has no effect.
func TestNoticeForged(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		id := p.begin()
		p.choose(id, sandbox.Success)
		y, _ := s.Provider.Payment(id)
		header, body := s.Provider.Notice(y, time.Now())
		old, _ := s.Provider.Notice(y, time.Now().Add(-time.Hour))
		for name, n := range map[string][2]string{"no signature": {"", body}, "another body": {header, body + " "}, "replayed after the tolerance": {old, body}, "altered signature": {header + "0", body}, "empty": {header, ""}} {
			if code := s.TellRaw(t, n[0], n[1]); code != http.StatusForbidden {
				t.Errorf("%s: %d", name, code)
			}
		}
		p.work()
		if p.payments() != 0 {
			t.Error("a forged notice was heard")
		}
	})
}

// TestAttemptIsOwn: a result page is its customer's alone.
func TestAttemptIsOwn(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	p := newPayer(t, s)
	result := p.choose(p.begin(), sandbox.Success)
	if page := s.LogIn("mallory").Get(result); page.Status != http.StatusNotFound {
		t.Errorf("another customer sees it: %d", page.Status)
	}
	if page := s.Client().Get(result); page.Status != http.StatusSeeOther {
		t.Errorf("anybody sees it: %d", page.Status)
	}
	if p.payments() != 0 {
		t.Error("somebody else's look booked it")
	}
}

// TestPayForm: fee and total are shown before; forms may lead to this host alone while the gateway is the pretend one.
func TestPayForm(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	p := newPayer(t, s)
	page := p.browser.Get(fmt.Sprintf("/pay?invoice=%d", p.invoice))
	if text := page.Text("form.checkout"); !strings.Contains(text, "40.30") || !strings.Contains(text, "0.40") || !strings.Contains(text, "Pay € 40.30") {
		t.Errorf("the form says %s", text)
	}
	if policy := page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self';") {
		t.Error(policy)
	}
}

// TestAddMoney: an amount that is added is shown with what it costs before anything is charged, by a kept method too, however it is
// typed; what is no amount, or above the partner's bound, is told in its place (B54).
func TestAddMoney(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s).bare()
		p.give(methods, sandbox.Success)
		for _, typed := range []string{"", "0", "-5", "abc", "5000.01", "99999999"} {
			page := p.browser.Get("/pay?ahead=1&amount=" + url.QueryEscape(typed))
			if page.Status != http.StatusUnprocessableEntity || !page.Has("#f-ahead-amount[aria-invalid]") || page.Find("#f-ahead-amount").AttrOr("value", "") != typed {
				t.Errorf("%q: %d %s", typed, page.Status, page.Text("main"))
			}
			if got := p.browser.Post("/pay", append(p.form(), "ahead", "1", "amount", typed, "invoice", "")...); got.Status == http.StatusSeeOther {
				t.Errorf("%q is charged", typed)
			}
		}
		s.Set("add_money_most", "6000")
		if page := p.browser.Get("/pay?ahead=1&amount=5000.01"); page.Status != http.StatusOK {
			t.Errorf("below a higher bound: %d", page.Status)
		}
		page := p.browser.Get("/pay?ahead=1&amount=" + url.QueryEscape("1 015,00"))
		button := page.Find(`form[action="/pay"][method="post"] button`).Text()
		if page.Status != http.StatusOK || !strings.Contains(button, "1\u00a0025.15") || p.payments() != 0 {
			t.Fatalf("%d, the button says %q", page.Status, button)
		}
		var form []string
		for _, name := range []string{"key", "ahead", "amount", "gateway", "shown"} {
			form = append(form, name, page.Find(`form[action="/pay"][method="post"] input[name="`+name+`"]`).First().AttrOr("value", ""))
		}
		result := p.browser.Get(p.browser.Post("/pay", form...).Location)
		if !strings.Contains(result.Text("main"), "Paid") || p.payments() != 1 || p.due() != 0 {
			t.Errorf("%s; %d payments, %d due", result.Text("main"), p.payments(), p.due())
		}
		p.prove()
	})
}

// TestRestCanBePaid: while a part is on its way, the page asks for the rest and takes it, and no more.
func TestRestCanBePaid(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		page := p.browser.Post("/pay", append(p.form(), "part", "10.11")...)
		id := strings.TrimPrefix(page.Location, "/sandbox/")
		p.browser.Get(p.choose(id, sandbox.Delayed))
		page = p.browser.Get(fmt.Sprintf("/pay?invoice=%d", p.invoice))
		if text := page.Text("main"); !strings.Contains(text, "29.79") || !strings.Contains(text, "€ 10.11 more is on its way") && !strings.Contains(text, "10.11 more is on its way") {
			t.Fatalf("the page asks for %s", text)
		}
		for _, path := range []string{"/", "/finance"} { // 63.80 is owed in all
			if got := p.browser.Get(path).Text(`a[href="/pay"]`); !strings.Contains(got, "Pay 53.69") {
				t.Errorf("%s offers %q", path, got)
			}
		}
		p.browser.Get(p.choose(p.begin(), sandbox.Success))
		if p.due() != 1_011 || p.payments() != 1 {
			t.Errorf("%d due, %d payments", p.due(), p.payments())
		}
		if page := p.browser.Get(fmt.Sprintf("/pay?invoice=%d", p.invoice)); page.Has(`form[action="/pay"][method="post"]`) || !strings.Contains(page.Text("main"), "It is on its way") {
			t.Errorf("nothing is left to pay: %s", page.Text("main"))
		}
		_, err := s.Provider.Choose(id, sandbox.Clear, sandbox.Lost)
		must(t, err)
		s.Tell(t, id)
		p.work()
		if p.due() != 0 || p.payments() != 2 {
			t.Errorf("%d due, %d payments", p.due(), p.payments())
		}
		p.prove()
	})
}

// TestNoneTicked: choosing invoices and ticking none does not offer all of them.
func TestNoneTicked(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	p := newPayer(t, s)
	if page := p.browser.Get("/pay?chosen=1"); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text("main"), "Tick at least one") {
		t.Errorf("%d %s", page.Status, page.Text("main"))
	}
}

// TestPayAllAgain: who pays all that is owed sees its invoices pending while the money is on its way (FIN-4), and when it did not
// come, pays all that is owed again, not the invoices alone.
func TestPayAllAgain(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE payment_attempts SET state = 'cancelled' WHERE customer_id = ?", p.id).Error) // the cast's, which would be in the way
		form := p.browser.Get("/pay")
		key, _ := form.Find(`form[action="/pay"] input[name="key"]`).First().Attr("value")
		gateway, _ := form.Find(`form[action="/pay"] input[name="gateway"]`).First().Attr("value")
		begun := p.browser.Post("/pay", "key", key, "gateway", gateway)
		id := strings.TrimPrefix(begun.Location, "/sandbox/")
		attempt := p.choose(id, sandbox.Delayed)
		p.browser.Get(attempt)
		if page := p.browser.Get("/finance/invoices?state=pending_overdue"); !page.Link(fmt.Sprintf("/finance/invoices/%d", p.invoice)) {
			t.Errorf("the invoice is not shown as pending: %s", page.Text("main"))
		}
		for _, path := range []string{"/", "/finance"} {
			if page := p.browser.Get(path); page.Has(`a.btn[href="/pay"]`) || !strings.Contains(page.Text("main"), "is being paid already") {
				t.Errorf("%s asks for it again: %s", path, page.Text("main"))
			}
		}
		p.choose(id, sandbox.Bounce)
		s.Tell(t, id)
		p.work()
		result := p.browser.Get(attempt)
		if !result.Link("/pay") || result.Link(fmt.Sprintf("/pay?invoice=%d", p.invoice)) {
			t.Errorf("paid again by another amount: %s", result.Text("main"))
		}
	})
}
