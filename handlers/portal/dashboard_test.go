package portal_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"myisp/handlers/handlerstest"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
	"myisp/models/message"
	"myisp/models/portal"
	"myisp/models/service"
	"myisp/models/ticket"
)

// today is when these tests happen, whatever the day.
var today = time.Date(2026, 11, 22, 14, 5, 0, 0, time.UTC)

func site(t *testing.T) *handlerstest.Site {
	t.Helper()
	return handlerstest.New(t, dbtest.SQLite(t, func() time.Time { return today }))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// owes gives the customer an invoice of minor units, due on a day.
func owes(t *testing.T, s *handlerstest.Site, c customer.Customer, due db.Day, minor int64) {
	t.Helper()
	_, err := s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: finance.Party{CustomerID: c.ID, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-01",
		DueDay: due, Items: []finance.Item{{Description: "Fiber 500", Price: minor}}})
	must(t, err)
}

func pays(t *testing.T, s *handlerstest.Site, c customer.Customer, minor int64) {
	t.Helper()
	_, err := s.M.Finance.RecordPayment(s.Context, finance.NewPayment{Party: finance.Party{CustomerID: c.ID, PartnerID: 1, Currency: "EUR"},
		MethodID: finance.MethodCash, Day: "2026-11-02", Amount: minor})
	must(t, err)
}

// everything gives a customer one of each thing that Home can show.
func everything(t *testing.T, s *handlerstest.Site, c customer.Customer) {
	t.Helper()
	ctx := s.Context
	owes(t, s, c, "2026-11-14", 4200)
	owes(t, s, c, "2026-12-05", 4290)
	_, err := s.M.Finance.IssueProforma(ctx, finance.NewProforma{Party: finance.Party{CustomerID: c.ID, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-20",
		DueDay: "2026-12-01", Items: []finance.Item{{Description: "Router", Price: 5000}}})
	must(t, err)
	must(t, s.M.Services.Add(ctx, &service.Service{CustomerID: c.ID, Kind: service.Internet, Description: "Fiber 500", UnitPrice: 3990, Currency: "EUR", Status: service.Active}))
	for _, subject := range []string{"Welcome", "Your router"} {
		must(t, s.M.Messages.Send(ctx, &message.Message{CustomerID: c.ID, Subject: subject, Body: "Hello."}))
	}
	must(t, s.M.Tickets.Add(ctx, &ticket.Ticket{CustomerID: c.ID, Subject: "Slow evenings", Status: ticket.WaitCustomer, UnreadByCustomer: true, CreatedAt: today, UpdatedAt: today},
		[]ticket.Message{{Author: ticket.ByAgent, Kind: ticket.KindMessage, Body: "Better now?", CreatedAt: today}}))
	must(t, s.M.Messages.Publish(ctx, &message.NewsItem{Title: "Faster evenings", Summary: "More capacity", PublishedAt: today.Add(-time.Hour)}))
}

func without(all []string, one string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(all), func(m string) bool { return m == one }), ",")
}

// DASH-1, experience.md: what is owed, by when, and a way to pay it; words carry the meaning.
func TestBalanceCard(t *testing.T) {
	for name, c := range map[string]struct {
		do    func(t *testing.T, s *handlerstest.Site, c customer.Customer)
		shows []string
		pay   string
	}{
		"owes, a part overdue": {func(t *testing.T, s *handlerstest.Site, c customer.Customer) {
			owes(t, s, c, "2026-11-14", 4200)
			owes(t, s, c, "2026-12-05", 4290)
		}, []string{"You owe", "€ 84.90", "42.00 overdue", "42.90 more due 5 December 2026", "Account balance −€ 84.90"}, "Pay 84.90"},
		"owes, nothing overdue": {func(t *testing.T, s *handlerstest.Site, c customer.Customer) { owes(t, s, c, "2026-12-05", 4290) },
			[]string{"You owe", "€ 42.90", "Due 5 December 2026"}, "Pay 42.90"},
		"due today is not overdue": {func(t *testing.T, s *handlerstest.Site, c customer.Customer) { owes(t, s, c, "2026-11-22", 4290) },
			[]string{"You owe", "Due 22 November 2026"}, "Pay 42.90"},
		"owes, all overdue": {func(t *testing.T, s *handlerstest.Site, c customer.Customer) { owes(t, s, c, "2026-11-14", 4200) },
			[]string{"You owe", "€ 42.00", "42.00 overdue", "Was due 14 November 2026"}, "Pay 42.00"},
		"two invoices to come": {func(t *testing.T, s *handlerstest.Site, c customer.Customer) {
			owes(t, s, c, "2026-12-05", 1000)
			owes(t, s, c, "2026-12-15", 2000)
		}, []string{"€ 30.00", "10.00 due 5 December 2026"}, "Pay 30.00"},
		"in credit": {func(t *testing.T, s *handlerstest.Site, c customer.Customer) { pays(t, s, c, 3000) },
			[]string{"In credit", "€ 30.00", "Account balance € 30.00"}, ""},
		"nothing yet": {func(*testing.T, *handlerstest.Site, customer.Customer) {}, []string{"All paid", "There is nothing to pay right now.", "Account balance € 0.00"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := site(t)
			alice := s.Customer(customer.Customer{Login: "alice"})
			c.do(t, s, alice)
			p := s.LogIn("alice").Get("/")
			card := strings.Join(p.Find(".balance").Find("h2, p, .badge, .balance-line").Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }), " | ")
			for _, want := range c.shows {
				if !strings.Contains(card, want) {
					t.Errorf("%q is not in %q", want, card)
				}
			}
			if got := p.Text(`.balance a[href="/pay"]`); got != c.pay {
				t.Errorf("the way to pay is %q, want %q", got, c.pay)
			}
			if got := p.Text("h1"); got != "Hello, Alice Carter" {
				t.Errorf("the greeting is %q", got)
			}
		})
	}
}

// P54 turns the sign where a signed balance is shown; the words stay.
func TestInvertedBalance(t *testing.T) {
	s := site(t)
	owes(t, s, s.Customer(customer.Customer{Login: "alice"}), "2026-12-05", 4290)
	alice := s.LogIn("alice")
	if got := alice.Get("/").Text(".balance-line bdi"); got != "−€ 42.90" {
		t.Errorf("the balance is %q", got)
	}
	s.Set("P54", "on")
	p := alice.Get("/")
	if got := p.Text(".balance-line bdi"); got != "€ 42.90" {
		t.Errorf("P54: the balance is %q", got)
	}
	if got := p.Text(".balance-word"); got != "You owe" {
		t.Errorf("P54: it says %q", got)
	}
}

// P6: each item by itself; P3 and P51: a card leads nowhere that is switched off.
func TestDashboardItems(t *testing.T) {
	s := site(t)
	everything(t, s, s.Customer(customer.Customer{Login: "alice"}))
	alice := s.LogIn("alice")
	cards := map[string]struct{ selector, text, module, page string }{
		"balance":                  {".balance", "", "finance", ""},
		"new_tickets":              {`.counter[href="/tickets"]`, "1 new ticket reply", "tickets", ""},
		"new_messages":             {`.counter[href="/messages"]`, "2 new messages", "messages", ""},
		"unpaid_invoices":          {`.counter[href="/finance/invoices?state=open"]`, "2 unpaid invoices", "finance", "invoices"},
		"unpaid_proforma_invoices": {`.counter[href="/finance/proforma-invoices?state=open"]`, "1 unpaid proforma invoice", "finance", "proforma_invoices"},
	}
	present := func(p handlerstest.Page) (list []string) {
		for item, c := range cards {
			if p.Has(c.selector) {
				list = append(list, item)
			}
			if got := p.Text(c.selector); c.text != "" && got != "" && got != c.text {
				t.Errorf("%s says %q", item, got)
			}
		}
		slices.Sort(list)
		return list
	}
	all := present(alice.Get("/"))
	if len(all) != len(cards) {
		t.Fatalf("with everything on there are only %v", all)
	}
	expect := func(what string, gone func(item string) bool) {
		t.Helper()
		want := slices.DeleteFunc(slices.Clone(all), gone)
		if diff := cmp.Diff(want, present(alice.Get("/"))); diff != "" {
			t.Errorf("%s: -want +got\n%s", what, diff)
		}
	}
	for item := range cards {
		s.Set("P6", without(portal.DashboardItems.Options, item))
		expect("P6 without "+item, func(i string) bool { return i == item })
	}
	s.Set("P6", strings.Join(portal.DashboardItems.Options, ","))
	for _, module := range portal.Modules {
		s.Set("P3", without(portal.Modules, module))
		expect("P3 without "+module, func(i string) bool { return cards[i].module == module })
	}
	s.Set("P3", strings.Join(portal.Modules, ","))
	for _, page := range portal.FinancePages {
		s.Set("P51", without(portal.FinancePages, page))
		expect("P51 without "+page, func(i string) bool { return cards[i].page == page })
	}
}

// P3: what is switched off has no link anywhere in Home's own part.
func TestHomeWithoutModules(t *testing.T) {
	s := site(t)
	everything(t, s, s.Customer(customer.Customer{Login: "alice"}))
	alice := s.LogIn("alice")
	leads := func(module string) bool {
		start := map[string]string{"finance": `main a[href^="/finance"], main a[href^="/pay"]`}[module]
		if start == "" {
			start = `main a[href^="/` + module + `"]`
		}
		return alice.Get("/").Has(start)
	}
	for _, module := range portal.Modules {
		if portal.MenuItems.LaterOptions[module] != "" {
			continue // TestMenuOptionsLead: it has no pages yet
		}
		if module != "about" && !leads(module) {
			t.Errorf("with everything on nothing leads to %s", module)
		}
		s.Set("P3", without(portal.Modules, module))
		if leads(module) {
			t.Errorf("P3 without %s: something leads there", module)
		}
		s.Set("P3", strings.Join(portal.Modules, ","))
	}
}

// P7, DASH-7: the last three news for this customer's partner and place, or no section at all.
func TestHomeNews(t *testing.T) {
	s := site(t)
	alice := s.Customer(customer.Customer{Login: "alice", LocationID: 7})
	c := s.LogIn("alice")
	headlines := func() []string {
		return c.Get("/").Find(`main a[href^="/news/"] .row-title`).Map(func(_ int, s *goquery.Selection) string { return strings.TrimSpace(s.Text()) })
	}
	if p := c.Get("/"); strings.Contains(p.Text("main h2"), "News") {
		t.Error("there is a section without news")
	}
	for i, title := range []string{"First", "Second", "Third", "Fourth"} {
		must(t, s.M.Messages.Publish(s.Context, &message.NewsItem{Title: title, Summary: strings.Repeat("Long ", 60), PublishedAt: today.Add(time.Duration(i-10) * time.Hour)}))
	}
	must(t, s.M.Messages.Publish(s.Context, &message.NewsItem{Title: "Not yet", PublishedAt: today.Add(time.Hour)}))
	must(t, s.M.Messages.Publish(s.Context, &message.NewsItem{Title: "Elsewhere", PublishedAt: today.Add(-time.Minute)}, message.Readers{LocationID: 8}))
	must(t, s.M.Messages.Publish(s.Context, &message.NewsItem{Title: "Another partner", PublishedAt: today.Add(-time.Minute)}, message.Readers{PartnerID: alice.PartnerID + 1}))
	if diff := cmp.Diff([]string{"Fourth", "Third", "Second"}, headlines()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	must(t, s.M.Messages.Publish(s.Context, &message.NewsItem{Title: "Here", PublishedAt: today.Add(-time.Minute)}, message.Readers{PartnerID: alice.PartnerID, LocationID: 7}))
	if got := headlines(); len(got) != 3 || got[0] != "Here" {
		t.Errorf("with news of this place: %v", got)
	}
	s.Set("P7", "off")
	if got := headlines(); len(got) != 0 {
		t.Errorf("P7 off: %v", got)
	}
}

// The notice slot: suspended or about to be, outages and work at the customer's place, a closed account; else nothing.
func TestNotices(t *testing.T) {
	s := site(t)
	person := func(login string, status customer.Status, b customer.Billing) *handlerstest.Client {
		c := customer.Customer{PartnerID: 1, Login: login, Name: login, Status: status, LocationID: 7, Language: "en"}
		b.Currency = "EUR"
		must(t, s.M.Customers.Create(s.Context, &c, b, "US"))
		must(t, s.M.Customers.SetPassword(s.Context, c.ID, handlerstest.Password))
		owes(t, s, c, "2026-11-10", 4290)
		return s.LogIn(login)
	}
	quiet := person("quiet", customer.StatusActive, customer.Billing{BlocksOn: "2026-12-20"})
	if got := quiet.Get("/").Text(".notice"); got != "" {
		t.Errorf("a suspension in four weeks says %q today", got)
	}
	check := func(c *handlerstest.Client, selector string, wants ...string) {
		t.Helper()
		got := c.Get("/").Text(selector)
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%q is not in %q", want, got)
			}
		}
	}
	check(person("blocked", customer.StatusBlocked, customer.Billing{BlockedOn: "2026-11-14"}), `a.notice[href="/pay"]`,
		"Your service is suspended since 14 Nov", "€ 42.90 was due on 10 Nov", "Pay € 42.90 to be back")
	check(person("soon", customer.StatusActive, customer.Billing{BlocksOn: "2026-11-25"}), `a.notice[href="/pay"]`,
		"Your service will be suspended on 25 Nov", "Pay € 42.90 before then")
	check(person("closed", customer.StatusDisabled, customer.Billing{}), ".notice", "Your account is closed", "invoices and tickets")

	until, over := today.Add(3*time.Hour), today.Add(-time.Hour)
	for _, o := range []message.Outage{
		{Kind: message.Fault, LocationID: 7, Title: "Cut cable", StartsAt: over, ExpectedAt: &until},
		{Kind: message.Maintenance, Title: "New switches", StartsAt: today.Add(24 * time.Hour)},
		{Kind: message.Fault, LocationID: 8, Title: "Elsewhere", StartsAt: over},
		{Kind: message.Fault, LocationID: 7, Title: "Mended", StartsAt: over, EndedAt: &over},
		{Kind: message.Maintenance, LocationID: 7, Title: "Next year", StartsAt: today.AddDate(1, 0, 0)},
	} {
		must(t, s.M.Messages.AddOutage(s.Context, &o))
	}
	check(quiet, ".notice", "Outage: Cut cable", "22 Nov 2026, 17:05", "Maintenance: New switches", "From 23 Nov 2026, 14:05")
	for _, never := range []string{"Elsewhere", "Mended", "Next year"} {
		if got := quiet.Get("/").Text(".notice"); strings.Contains(got, never) {
			t.Errorf("%q is shown: %q", never, got)
		}
	}
}

// A blocked customer's active services do not work, and say so.
func TestSuspendedServices(t *testing.T) {
	s := site(t)
	everything(t, s, s.Customer(customer.Customer{Login: "carla", Status: customer.StatusBlocked}))
	carla := s.LogIn("carla")
	for _, page := range []string{"/", "/services"} {
		if p := carla.Get(page); strings.Contains(p.Text("main .badge"), "Active") || !strings.Contains(p.Text("main .badge"), "Suspended") {
			t.Errorf("%s: the badges are %q", page, p.Text("main .badge"))
		}
	}
}

// A disabled customer reads home, finance, tickets and what needs no records; Home shows no more than that.
func TestDisabledCustomer(t *testing.T) {
	s := site(t)
	everything(t, s, s.Customer(customer.Customer{Login: "dora", Status: customer.StatusDisabled}))
	dora := s.LogIn("dora")
	for path, want := range map[string]int{"/": 200, "/tickets": 200, "/tickets/1": 200, "/about": 200, "/faq": 200, "/settings": 200, "/more": 200,
		"/services": 404, "/services/1": 404, "/messages": 404, "/messages/1": 404, "/news": 404, "/news/1": 404, "/profile": 404} {
		if got := dora.Get(path).Status; got != want {
			t.Errorf("GET %s is %d, want %d", path, got, want)
		}
	}
	p := dora.Get("/")
	for _, never := range []string{`main a[href^="/services"]`, `main a[href^="/messages"]`, `main a[href^="/news"]`, `main a[href^="/profile"]`} {
		if p.Has(never) {
			t.Errorf("Home has %s", never)
		}
	}
	if !p.Has(".balance") || !p.Link("/tickets") {
		t.Error("balance or tickets are missing")
	}
	for _, path := range []string{"/messages/1/reading", "/profile/sessions/closure"} {
		if got := dora.Post(path).Status; got != http.StatusNotFound {
			t.Errorf("POST %s is %d", path, got)
		}
	}
}

// Home asks the database as little as it can: a constant number of statements, and none for what is switched off.
func TestHomeStatements(t *testing.T) {
	s := site(t)
	alice := s.Customer(customer.Customer{Login: "alice"})
	everything(t, s, alice)
	c := s.LogIn("alice")
	count := func() []string {
		c.Get("/") // takes in what has changed of the settings
		n := &db.Counter{}
		s.Context = db.WithCounter(s.Context, n)
		c.Get("/")
		return n.Statements()
	}
	few := count()
	if len(few) > 3 {
		t.Errorf("home takes %d statements:\n%s", len(few), strings.Join(few, "\n"))
	}
	for range 5 {
		everything(t, s, alice)
	}
	if many := count(); len(many) != len(few) {
		t.Errorf("with more rows home takes %d statements, not %d", len(many), len(few))
	}
	s.Set("P3", "profile")
	if least := count(); len(least) > 1 {
		t.Errorf("with everything off home takes %d statements:\n%s", len(least), strings.Join(least, "\n"))
	}
}
