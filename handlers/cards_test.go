package handlers_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/internal/gateway"
	"myisp/internal/gateway/sandbox"
	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// seriesOf makes cards worth 20.00 and returns their codes.
func seriesOf(t testing.TB, s *handlerstest.Site, change func(*finance.NewCards)) (int64, []string) {
	t.Helper()
	n := finance.NewCards{Name: "202611", Prefix: "OAK", Amount: money.Of(5_000, "EUR"), Count: 4, Length: 12, Alphabet: finance.CardLetters, Today: "2026-11-01"}
	change(&n)
	row, err := s.M.Finance.MakeCards(s.Context, n)
	must(t, err)
	cards, _, err := s.M.Finance.PrintCards(s.Context, row.ID)
	must(t, err)
	var codes []string
	for _, c := range cards {
		codes = append(codes, c.Code)
	}
	return row.ID, codes
}

// TestRefillCardPage: a customer enters a card, gets its receipt, and what was blocked comes back; every other card says why not
// (§2.8, P52).
func TestRefillCardPage(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		today := db.DayOf(s.M.DB.Now(), time.UTC)
		_, codes := seriesOf(t, s, func(*finance.NewCards) {})
		_, old := seriesOf(t, s, func(n *finance.NewCards) { n.Prefix, n.ValidUntil = "OLD", today.AddDays(-3); n.Today = "2026-01-01" })
		_, theirs := seriesOf(t, s, func(n *finance.NewCards) { n.Prefix, n.PartnerID = "THEIRS", 99 })
		_, dollars := seriesOf(t, s, func(n *finance.NewCards) { n.Prefix, n.Amount = "USD", money.Of(100, "USD") })
		stopped, blocked := seriesOf(t, s, func(n *finance.NewCards) { n.Prefix = "STOP" })
		must(t, s.M.Finance.BlockSeries(s.Context, stopped, true))
		carla, err := s.M.Customers.ByLogin(s.Context, "carla")
		must(t, err)
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE customer_billings SET blocked_on = '2026-11-01' WHERE customer_id = ?", carla.ID).Error)
		browser := s.LogIn("carla")
		if !browser.Get("/finance").Link("/finance/refill-card") {
			t.Error("the menu has no refill card")
		}
		for words, code := range map[string]string{"do not know": "nonsense!", "We do not know": "202611-OAK-ACDE-FGHJ-KMNP", "has expired": old[0], "not for our customers": theirs[0], "another currency": dollars[0], "is blocked": blocked[0]} {
			if p := browser.Post("/finance/refill-card", "code", code); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text("main"), words) || !p.Has(`#f-code[aria-invalid]`) {
				t.Errorf("%s: %d %s", words, p.Status, p.Text("main"))
			}
		}
		p := browser.Post("/finance/refill-card", "code", " "+strings.ToLower(strings.ReplaceAll(codes[0], "-", " "))+" ")
		if p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Location, "/finance/payments/") {
			t.Fatalf("redeem: %d %s", p.Status, p.Text("main"))
		}
		receipt := p.Location
		if page := browser.Get(receipt); !strings.Contains(page.Text("main"), "Refill card") || !strings.Contains(page.Text("main"), "50.00") {
			t.Errorf("receipt: %s", page.Text("main"))
		}
		worker := jobs.New(s.M, jobs.Couriers{})
		for worker.Once(s.Context) {
		}
		if c, err := s.M.Customers.Find(s.Context, carla.ID); err != nil || c.Status != customer.StatusActive {
			t.Errorf("carla is %s, %v", c.Status, err)
		}
		if p := browser.Post("/finance/refill-card", "code", codes[0]); p.Status != http.StatusUnprocessableEntity || !p.Link(receipt) {
			t.Errorf("one's own card again: %d", p.Status)
		}
		if p := s.LogIn("alice").Post("/finance/refill-card", "code", codes[0]); p.Status != http.StatusUnprocessableEntity || p.Link(receipt) || !strings.Contains(p.Text("main"), "used already") {
			t.Errorf("somebody else's card: %d %s", p.Status, p.Text("main"))
		}
		events, err := s.M.Audit.Of(carla.ID).Events(s.Context, 0, 20)
		must(t, err)
		for _, e := range events {
			if strings.Contains(e.Details, codes[0][len(codes[0])-4:]) {
				t.Errorf("the portal log holds a code: %q", e.Details)
			}
		}
		s.Set("P52", "")
		if p := browser.Get("/finance/refill-card"); p.Status != http.StatusNotFound || browser.Get("/finance").Link("/finance/refill-card") {
			t.Errorf("P52 off: %d", p.Status)
		}
		if p := browser.Post("/finance/refill-card", "code", codes[1]); p.Status != http.StatusNotFound {
			t.Errorf("P52 off, POST: %d", p.Status)
		}
	})
}

// TestRefillCardLimits: guessing ends after ten tries, and neighbours who guess from the same address lock nobody out.
func TestRefillCardLimits(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		_, codes := seriesOf(t, s, func(*finance.NewCards) {})
		try := func(who *handlerstest.Client, code string) int {
			return who.Post("/finance/refill-card", "code", code).Status
		}
		var last int
		for i := range 5 {
			login := fmt.Sprintf("guesser%d", i)
			s.Customer(customer.Customer{Login: login})
			browser := s.LogIn(login)
			for range 12 {
				last = try(browser, "202611-OAK-ACDE-FGHJ-KMNP")
			}
		}
		if last != http.StatusTooManyRequests {
			t.Errorf("the guessing goes on: %d", last)
		}
		alice := s.LogIn("alice")
		if got := try(alice, "mistyped"); got != http.StatusUnprocessableEntity {
			t.Errorf("a neighbour is locked out: %d", got)
		}
		if got := try(alice, codes[0]); got != http.StatusSeeOther {
			t.Errorf("a neighbour's card is refused: %d", got)
		}
	})
}

// TestStaffCards: a series is made, printed, counted, blocked; who may not print sees no code, and each printing is in the log.
func TestStaffCards(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		admin, reader := s.LogInStaff("admin"), s.LogInStaff("reader")
		const cards = "/admin/finance/refill-cards"
		if p := admin.Post(cards, "amount", "0", "currency", "EUR", "count", "10001", "length", "3", "alphabet", "letters", "partner", "0"); p.Status != http.StatusUnprocessableEntity || !p.Has(`#f-count[aria-invalid]`) {
			t.Errorf("bad form: %d", p.Status)
		}
		p := admin.Post(cards, "name", "shop", "prefix", "oak", "amount", "20.00", "currency", "EUR", "count", "120", "length", "12", "alphabet", "letters", "partner", "0")
		if p.Status != http.StatusSeeOther {
			t.Fatalf("make: %d %s", p.Status, p.Text("main"))
		}
		series := p.Location
		sheet := admin.Post(series+"/sheet", "format", "page")
		if n := sheet.Find(".cards-code").Length(); n != 120 {
			t.Errorf("the sheet has %d codes", n)
		}
		code := strings.TrimSpace(sheet.Find(".cards-code").First().Text())
		if csv := admin.Post(series+"/sheet", "format", "csv"); !strings.Contains(csv.Body, code) || strings.Count(csv.Body, "\n") != 121 {
			t.Errorf("CSV: %d", csv.Status)
		}
		page := reader.Get(series)
		if page.Status != http.StatusOK || page.Has("form[action$=sheet]") || page.Has("form[action$=blocking]") || strings.Contains(page.Body, code[len(code)-9:]) {
			t.Errorf("a reader sees too much: %d", page.Status)
		}
		if p := reader.Post(series+"/sheet", "format", "page"); p.Status != http.StatusForbidden {
			t.Errorf("a reader prints: %d", p.Status)
		}
		var rows []finance.Card
		must(t, s.M.DB.Q(s.Context).Find(&rows).Error)
		for _, r := range rows {
			if strings.Contains(r.Hash+r.Sealed, code) {
				t.Error("a code rests in the open")
			}
		}
		if p := s.LogIn("alice").Post("/finance/refill-card", "code", code); p.Status != http.StatusSeeOther {
			t.Fatalf("redeem: %d", p.Status)
		}
		if text := admin.Get(series).Text("main"); !strings.Contains(text, "119 left") || !strings.Contains(text, "Alice Carter") {
			t.Errorf("the series says %s", text)
		}
		if text := admin.Get(cards + "/statistics").Text("main"); !strings.Contains(text, "122") {
			t.Errorf("the statistics say %s", text)
		}
		if p := admin.Post(series+"/blocking", "blocked", "1"); p.Status != http.StatusSeeOther || !strings.Contains(admin.Get(cards).Text("main"), "Blocked") {
			t.Errorf("block: %d", p.Status)
		}
		if p := admin.Post(series+"/sheet", "format", "page"); p.Status != http.StatusConflict {
			t.Errorf("a blocked series is printed: %d", p.Status)
		}
		log := admin.Get("/admin/audit").Text("main")
		for _, words := range []string{"Made refill cards", "Saw the codes of refill cards", "Blocked refill cards"} {
			if !strings.Contains(log, words) {
				t.Errorf("the log lacks %q", words)
			}
		}
		if strings.Contains(log, code[len(code)-9:]) {
			t.Error("the log holds a code")
		}
	})
}

// linkTo makes a pay link as the customer does, and returns its path.
func linkTo(t testing.TB, p *payer, pairs ...string) string {
	t.Helper()
	page := p.browser.Post("/finance/pay-links", pairs...)
	link, _ := page.Find(`input[name=link]`).Attr("value")
	if page.Status != http.StatusOK || !strings.HasPrefix(link, p.URL+"/pay/") {
		t.Fatalf("link: %d %q %s", page.Status, link, page.Text("main"))
	}
	return strings.TrimPrefix(link, p.URL)
}

func pressLink(t testing.TB, stranger *handlerstest.Client, link string, more ...string) handlerstest.Page {
	t.Helper()
	page := stranger.Get(link)
	form := page.Find(`form[action="` + link + `"]`)
	key, _ := form.Find(`input[name=key]`).Attr("value")
	gateway, _ := form.Find(`input[name=gateway]`).First().Attr("value")
	if page.Status != http.StatusOK || key == "" {
		t.Fatalf("the link's page: %d %s", page.Status, page.Text("main"))
	}
	return stranger.Post(link, append([]string{"key", key, "gateway", gateway}, more...)...)
}

// TestPayLinkStory: somebody who is not logged in pays a document with a link and sees nothing but what the link shows, whatever
// they put into the form (beyond.md, scars).
func TestPayLinkStory(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		var logged bytes.Buffer
		before := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(&logged, nil)))
		defer slog.SetDefault(before)
		p := newPayer(t, s)
		link := linkTo(t, p, "invoice", fmt.Sprint(p.invoice))
		stranger := s.Client()
		page := stranger.Get(link)
		for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow, noarchive", "Set-Cookie": ""} {
			if got := page.Header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		text := page.Text("body")
		inv, err := s.M.Finance.Of(p.id).Invoice(s.Context, p.invoice, "2026-11-20")
		must(t, err)
		who, err := s.M.Customers.Find(s.Context, p.id)
		must(t, err)
		if !strings.Contains(text, inv.Number) || !strings.Contains(text, "39.90") || !strings.Contains(text, "…") {
			t.Errorf("the page says %s", text)
		}
		for _, secret := range []string{who.Email, who.Phone, who.Street, who.Login, who.Name} {
			if secret != "" && strings.Contains(page.Body, secret) {
				t.Errorf("the page tells %q", secret)
			}
		}
		other, err := s.M.Finance.Of(p.id).Invoices(s.Context, finance.Filter{}, "2026-11-20")
		must(t, err)
		answer := pressLink(t, stranger, link, "invoice", fmt.Sprint(other.Rows[len(other.Rows)-1].ID), "amount", "0.01", "part", "0.01", "ahead", "1", "proforma", "1")
		if answer.Status != http.StatusSeeOther || !strings.HasPrefix(answer.Location, "/sandbox/") {
			t.Fatalf("Pay: %d %s %s", answer.Status, answer.Location, answer.Text("main"))
		}
		id := strings.TrimPrefix(answer.Location, "/sandbox/")
		back := stranger.Post("/sandbox/"+id, "outcome", string(sandbox.Success))
		result := strings.TrimPrefix(back.Location, s.URL)
		if !strings.HasPrefix(result, link+"/") {
			t.Fatalf("the provider leads back to %s", back.Location)
		}
		if page := stranger.Get(result); page.Status != http.StatusOK || !strings.Contains(page.Text("main"), "Paid") || page.Has(`main a[href^="/finance"]`) {
			t.Errorf("result: %d %s", page.Status, page.Text("main"))
		}
		if p.due() != 0 || p.payments() != 1 {
			t.Errorf("%d due, %d payments", p.due(), p.payments())
		}
		if page := stranger.Get(link); page.Status != http.StatusOK || strings.Contains(page.Body, inv.Number) || strings.Contains(page.Body, "39.90") {
			t.Errorf("a paid link: %d %s", page.Status, page.Text("main"))
		}
		attempt := strings.TrimPrefix(strings.SplitN(result[len(link):], "-", 2)[0], "/")
		for _, path := range []string{link + "/" + attempt, link + "/" + attempt + "-AAAAAAAAAAAAAAAAAAAAAA", link + "/document"} {
			if page := stranger.Get(path); strings.Contains(page.Body, "39.90") || strings.Contains(page.Body, inv.Number) {
				t.Errorf("%s tells of the payment: %d", path, page.Status)
			}
		}
		for _, path := range []string{"/pay/attempts/" + attempt, "/", "/finance", fmt.Sprintf("/finance/invoices/%d", p.invoice), "/pay"} {
			if page := stranger.Get(path); page.Status != http.StatusSeeOther || !strings.HasPrefix(page.Location, "/login") {
				t.Errorf("the link opens %s: %d", path, page.Status)
			}
		}
		p.prove()
		if token := strings.TrimPrefix(link, "/pay/"); strings.Contains(logged.String(), token) || !strings.Contains(logged.String(), "/pay/:token") {
			t.Error("the log holds the link, or is not written here")
		}
		if log := s.LogInStaff("admin").Get("/admin/portal-log").Text("main"); !strings.Contains(log, "Somebody began a payment with a pay link") || !strings.Contains(log, "Made a pay link") {
			t.Errorf("the portal log: %s", log)
		}
	})
}

// TestPayLinkEnds: forged, expired, revoked and foreign links say so kindly with the right status, and begin nothing.
func TestPayLinkEnds(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		link := linkTo(t, p, "invoice", fmt.Sprint(p.invoice))
		stranger := s.Client()
		var count int64
		gone := func(name, path string, status int) {
			t.Helper()
			for _, page := range []handlerstest.Page{stranger.Get(path), stranger.Post(path, "key", strings.Repeat("k", 43), "gateway", "sandbox")} {
				if page.Status != status || strings.Contains(page.Body, "39.90") || !page.Has("h1") || page.Header.Get("Referrer-Policy") != "no-referrer" {
					t.Errorf("%s: %d %s", name, page.Status, page.Text("main"))
				}
			}
		}
		gone("forged", link[:len(link)-1]+map[bool]string{true: "A", false: "B"}[link[len(link)-1] != 'A'], http.StatusNotFound)
		gone("nothing", "/pay/x", http.StatusNotFound)
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE pay_links SET expires_at = ?", s.M.DB.Now().Add(-time.Second)).Error)
		gone("expired", link, http.StatusGone)
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE pay_links SET expires_at = ?", s.M.DB.Now().Add(time.Hour)).Error)
		own := p.browser.Get("/finance/pay-links")
		action, _ := own.Find(`form[action$="/closure"]`).First().Attr("action")
		if page := s.LogIn("mallory").Post(action); page.Status != http.StatusNotFound {
			t.Errorf("mallory revokes: %d", page.Status)
		}
		if page := p.browser.Post(action); page.Status != http.StatusSeeOther {
			t.Errorf("revoke: %d", page.Status)
		}
		gone("revoked", link, http.StatusGone)
		if page := s.LogIn("mallory").Post("/finance/pay-links", "invoice", fmt.Sprint(p.invoice)); page.Status != http.StatusNotFound {
			t.Errorf("mallory makes a link to alice's invoice: %d", page.Status)
		}
		must(t, s.M.DB.Q(s.Context).Raw("SELECT COUNT(*) FROM payment_attempts WHERE purpose = 'invoices'").Scan(&count).Error)
		if count != 0 {
			t.Errorf("%d attempts were begun", count)
		}
		s.Set("pay_link_customers", "off")
		if page := p.browser.Post("/finance/pay-links", "invoice", fmt.Sprint(p.invoice)); page.Status != http.StatusNotFound || p.browser.Get(fmt.Sprintf("/finance/invoices/%d", p.invoice)).Has(`form[action="/finance/pay-links"]`) {
			t.Errorf("B51 off: %d", page.Status)
		}
	})
}

// TestPayLinkOfStaff: staff make a link, which shows the document only where the partner lets it, is limited, and answers the
// same form with the same attempt.
func TestPayLinkOfStaff(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	p := newPayer(t, s)
	admin := s.LogInStaff("admin")
	links := fmt.Sprintf("/admin/customers/%d/pay-links", p.id)
	page := admin.Post(links, "document", fmt.Sprintf("invoice-%d", p.invoice))
	url, _ := page.Find("input[name=link]").Attr("value")
	link := "/pay/" + url[strings.LastIndex(url, "/")+1:]
	stranger := s.Client()
	if p := stranger.Get(link + "/document"); p.Status != http.StatusNotFound {
		t.Errorf("the document without B52: %d", p.Status)
	}
	s.Set("pay_link_pdf", "on")
	if p := stranger.Get(link + "/document"); p.Status != http.StatusOK || p.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the document with B52: %d", p.Status)
	}
	first, second := pressLink(t, stranger, link), pressLink(t, stranger, link)
	if first.Status != http.StatusSeeOther || second.Status != http.StatusSeeOther || first.Location == second.Location {
		t.Errorf("Pay: %d %s, again %d %s", first.Status, first.Location, second.Status, second.Location)
	}
	if y, _ := s.Provider.Payment(strings.TrimPrefix(first.Location, "/sandbox/")); y.State != gateway.Cancelled {
		t.Errorf("the checkout that was left is %s", y.State)
	}
	last := 0
	for range 12 {
		last = pressLink(t, stranger, link).Status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("pressed without end: %d", last)
	}
	if p := admin.Post(links, "document", "invoice-999999"); p.Status != http.StatusNotFound {
		t.Errorf("no such invoice: %d", p.Status)
	}
	if !strings.Contains(admin.Get("/admin/audit").Text("main"), "Made a pay link") {
		t.Error("the log does not tell of the link")
	}
}

// TestPayLinkForms: a link's page sends no referrer, so an older browser's form comes from "null"; it is let through there and
// nowhere else, and another site's form is not.
func TestPayLinkForms(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	p := newPayer(t, s)
	link := linkTo(t, p, "invoice", fmt.Sprint(p.invoice))
	stranger := s.Client()
	for name, try := range map[string]struct {
		header map[string]string
		path   string
		want   int
	}{
		"older browser":          {map[string]string{"Origin": "null"}, link, http.StatusUnprocessableEntity},
		"another site":           {map[string]string{"Origin": "https://evil.example"}, link, http.StatusForbidden},
		"another site, modern":   {map[string]string{"Origin": "null", "Sec-Fetch-Site": "cross-site"}, link, http.StatusForbidden},
		"another route":          {map[string]string{"Origin": "null"}, "/pay", http.StatusForbidden},
		"another route's change": {map[string]string{"Origin": "null"}, "/finance/pay-links", http.StatusForbidden},
	} {
		stranger.Header = http.Header{}
		for k, v := range try.header {
			stranger.Header.Set(k, v)
		}
		if page := stranger.Post(try.path, "gateway", "sandbox"); page.Status != try.want {
			t.Errorf("%s: %d, want %d", name, page.Status, try.want)
		}
	}
}
