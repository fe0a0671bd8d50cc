package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/message"
	"myisp/models/service"
	"myisp/models/session"
	"myisp/models/staff"
	"myisp/models/ticket"
)

// cast is a portal with one of everything for two customers, so that tests over all routes have records to ask for.
type cast struct {
	*handlerstest.Site
	alice, mallory map[string]int64 // what each owns, by the route's folder
}

func newCast(t testing.TB, s *handlerstest.Site) *cast {
	t.Helper()
	c := &cast{Site: s}
	news := message.NewsItem{Title: "Faster evenings", Summary: "More capacity", Body: "Enjoy.", PublishedAt: time.Now().Add(-time.Hour)}
	must(t, s.M.Messages.Publish(s.Context, &news))
	c.alice = c.person(t, "alice", customer.StatusActive, news.ID)
	c.mallory = c.person(t, "mallory", customer.StatusActive, news.ID)
	c.alice["/admin/branding/versions"] = c.retiredBrand(t)
	meter, err := s.M.Customers.Attributes().Create(s.Context, customer.AttributeEdit{Key: "meter_number", Title: "Meter number", Type: customer.AttrString, PortalEdit: true})
	must(t, err)
	c.alice["/admin/config/attributes"] = meter.ID
	place, err := s.M.Portal.CreateLocation(s.Context, 0, "Riverside")
	must(t, err)
	c.alice["/admin/config/partners"], c.alice["/admin/config/locations"] = 1, place.ID
	c.person(t, "carla", customer.StatusBlocked, news.ID)
	c.person(t, "dora", customer.StatusDisabled, news.ID)
	s.Staff("admin", "administrator")
	s.Staff("support", "support")
	s.Staff("finance", "finance")
	s.Staff("reader", "read_only")
	c.colleagues(t)
	c.transfers(t)
	c.cards(t)
	must(t, s.M.Messages.Capture(s.Context, "", "mail", "", "alice@example.com", "Hello", "Hello", "", map[string][]byte{"a.pdf": []byte("%PDF")}))
	kept, err := s.M.Messages.Captured(s.Context, 1)
	must(t, err)
	c.alice["/admin/outbox/files"] = kept[0].Files[0].ID
	return c
}

// transfers adds a statement that waits to be imported, and a transfer that was.
func (c *cast) transfers(t testing.TB) {
	t.Helper()
	for _, day := range []string{"2026-11-20", "2026-11-21"} {
		st, err := c.M.Finance.AddStatement(c.Context, 1, "november.csv", []byte("date,amount,text,payer\n"+day+",12.34,rent,Somebody\n"), "EUR")
		must(t, err)
		if day == "2026-11-20" {
			_, err = c.M.Finance.ImportStatement(c.Context, st.ID, "EUR")
			must(t, err)
		}
		c.alice["/admin/finance/incoming/statements"] = st.ID
	}
	page, err := c.M.Finance.IncomingPage(c.Context, 1, finance.IncomingOpen, finance.Filter{})
	must(t, err)
	c.alice["/admin/finance/incoming"] = page.Rows[0].ID
}

// cards adds a series of refill cards.
func (c *cast) cards(t testing.TB) {
	t.Helper()
	series, err := c.M.Finance.MakeCards(c.Context, finance.NewCards{Name: "FIXTURE", Amount: money.Of(500, "EUR"), Count: 3, Length: 12, Alphabet: finance.CardLetters, Today: "2026-11-01"})
	must(t, err)
	page, err := c.M.Finance.Cards(c.Context, series.ID, 0)
	must(t, err)
	c.alice["/admin/finance/refill-cards"], c.alice["refill card"] = series.ID, page.Rows[0].ID
}

// colleagues adds what the pages about staff name: somebody with a role of the provider's own making, an invitation.
func (c *cast) colleagues(t testing.TB) {
	t.Helper()
	token, _, err := c.M.Staff.LogIn(c.Context, "admin", handlerstest.Password, "192.0.2.2", "test")
	must(t, err)
	admin, row, err := c.M.Staff.Resume(c.Context, token)
	must(t, err)
	by := c.M.Staff.As(admin)
	_, err = by.AddRole(c.Context, "Auditors", []staff.Permission{staff.ViewAudit})
	must(t, err)
	invited, err := by.Invite(c.Context, staff.Invitation{Name: "Nora New", Email: "nora@example.com", Role: staff.Support, Language: "en"}, "http://127.0.0.1")
	must(t, err)
	c.alice["/admin/staff"], c.alice["/admin/staff/invitations"], c.alice["/admin/security/sessions"] = c.Staff("temp", "support").ID, invited.ID, row.ID
}

// retiredBrand publishes a brand over the Default partner's first and returns that one's id.
func (c *cast) retiredBrand(t testing.TB) int64 {
	t.Helper()
	st, err := c.M.Portal.Studio(c.Context, 1)
	must(t, err)
	look := st.Published.Look()
	look.FooterText = "MyISP, since 1999"
	must(t, c.M.Portal.SaveBrand(c.Context, 1, look, nil))
	must(t, c.M.Portal.PublishBrand(c.Context, 1))
	versions, err := c.M.Portal.BrandHistory(c.Context, 1, 0, 2)
	must(t, err)
	return versions[1].ID
}

func (c *cast) person(t testing.TB, login string, status customer.Status, news int64) map[string]int64 {
	t.Helper()
	ctx, m := c.Context, c.M
	who := c.Customer(customer.Customer{Login: login, Status: status, Email: login + "@example.com", Phone: "+14155550101", Street: "1 Main St", City: "Riverside"})
	party := finance.Party{CustomerID: who.ID, PartnerID: 1, Currency: "EUR"}
	items := []finance.Item{{Description: "Fiber 500", Price: 3990, TaxName: "VAT", TaxRatePPM: 210000, TaxIncluded: true}}
	invoice, err := m.Finance.IssueInvoice(ctx, finance.NewInvoice{Party: party, Day: "2026-10-01", DueDay: "2026-10-15", Items: items})
	must(t, err)
	proforma, err := m.Finance.IssueProforma(ctx, finance.NewProforma{Party: party, Day: "2026-11-01", DueDay: "2026-11-15", Items: items})
	must(t, err)
	note, err := m.Finance.IssueCreditNote(ctx, finance.NewCreditNote{Party: party, InvoiceID: invoice.ID, Day: "2026-10-05", Items: []finance.Item{{Description: "Outage", Price: 500}}})
	must(t, err)
	payment, err := m.Finance.RecordPayment(ctx, finance.NewPayment{Quiet: true, Party: party, MethodID: finance.MethodCash, Day: "2026-10-10", Amount: 1000})
	must(t, err)
	sv := service.Service{CustomerID: who.ID, Kind: service.Internet, Description: "Fiber 500", UnitPrice: 3990, Currency: "EUR", Status: service.Active, StartsOn: "2025-01-01"}
	must(t, m.Services.Add(ctx, &sv))
	msg := message.Message{CustomerID: who.ID, Subject: "Welcome", Body: "Hello."}
	must(t, m.Messages.Send(ctx, &msg))
	tk := ticket.Ticket{CustomerID: who.ID, Subject: "Slow evenings", Status: ticket.WaitCustomer, UnreadByCustomer: true, CreatedAt: time.Now(), UpdatedAt: time.Now()}
	must(t, m.Tickets.Add(ctx, &tk, []ticket.Message{{Author: ticket.ByAgent, AuthorName: "Sam", Kind: ticket.KindMessage, Body: "Better now?", CreatedAt: time.Now()}}))
	_, err = m.Sessions.Start(ctx, session.Customer, who.ID, "192.0.2.1", "another device")
	must(t, err)
	attempt, err := m.Finance.Of(who.ID).BeginAttempt(ctx, finance.NewAttempt{Key: "fixture-of-" + login + "-key", Party: party, Gateway: "sandbox", MethodID: finance.MethodCard,
		Purpose: finance.PayAhead, Amount: 700, Open: time.Hour})
	must(t, err)
	must(t, m.Jobs.Enqueue(ctx, "fixture", struct{}{}, job.Unique("fixture of "+login)))
	jobs, _, err := m.Jobs.List(ctx, job.Filter{Kind: "fixture"})
	must(t, err)
	_, link, err := m.Finance.Of(who.ID).MakePayLink(ctx, finance.KindInvoice, invoice.ID, time.Hour)
	must(t, err)
	live, err := m.Sessions.List(ctx, session.Customer, who.ID)
	must(t, err)
	label, err := m.Customers.SaveLabel(ctx, customer.Label{Name: "Label of " + login, Tone: "info"})
	must(t, err)
	move, err := m.Finance.AddTransaction(ctx, finance.NewTransaction{Party: party, Day: "2026-10-12", Type: finance.Credit, Item: finance.Item{Description: "Goodwill", Price: 100}})
	must(t, err)
	return map[string]int64{"/finance/payment-methods": c.saved(t, who.ID, login).ID, "/finance/transactions": move.ID, "/finance/invoices": invoice.ID, "/finance/proforma-invoices": proforma.ID, "/finance/credit-notes": note.ID, "/finance/payments": payment.ID,
		"/services": sv.ID, "/messages": msg.ID, "/tickets": tk.ID, "/news": news,
		"/admin/config/customer-labels": label.ID, "/profile/sessions": live[0].ID, "/admin/customers": who.ID, "/admin/queue": jobs[0].ID, "/pay/attempts": attempt.ID, "/admin/finance/attempts": attempt.ID, "/finance/pay-links": link.ID}
}

// saved adds a card that a customer has kept, and autopay with it.
func (c *cast) saved(t testing.TB, customer int64, login string) finance.SavedMethod {
	t.Helper()
	me := c.M.Finance.Of(customer)
	row, err := me.BeginMethod(c.Context, finance.NewMethod{Key: "fixture-method-of-" + login, PartnerID: 1, Gateway: "gocardless"})
	must(t, err)
	row, err = c.M.Finance.KeepMethod(c.Context, row.ID, finance.SavedFacts{Token: "pm_secret_of_" + login, CustomerToken: "cus_secret_of_" + login, Kind: "card", Brand: "Visa", Last4: "4242",
		ExpiryYear: 2040, ExpiryMonth: 12})
	must(t, err)
	_, err = me.StartAutopay(c.Context, finance.AutopayTerms{Party: finance.Party{PartnerID: 1, Currency: "EUR"}, MethodID: row.ID, Rule: finance.RuleDue, Version: "test", Language: "en",
		Text: "I agree."}, db.DayOf(c.M.DB.Now(), time.UTC))
	must(t, err)
	return row
}

// shared are records that belong to nobody: every customer may read them.
var shared = map[string]bool{"/news": true}

// fill writes the ids of somebody's records into a route's path; owned reports whether the path names a record of theirs.
func fill(t testing.TB, rt web.Route, ids map[string]int64) (path string, owned bool) {
	t.Helper()
	switch {
	case strings.HasPrefix(rt.Path, "/admin/config/gateways/:"):
		return strings.Replace(rt.Path, ":gateway", "sandbox", 1), false
	case rt.Path == "/webhooks/:gateway":
		return "/webhooks/sandbox", false
	case rt.Path == "/sandbox/:id":
		return "/sandbox/sbx_000000000000000000000000", false
	case rt.Path == "/static/*":
		return "/static/css/nothing.css", false
	case rt.Path == "/admin/preview/*":
		return "/admin/preview/auth/login", false
	case strings.HasPrefix(rt.Path, "/brand/"):
		return "/brand/1-0/theme.css", false
	case strings.HasPrefix(rt.Path, "/admin/as/"): // a draft belongs to one session, and these tests have many
		return strings.NewReplacer(":draft", "nobodys", ":theme", "light", "*", "finance").Replace(rt.Path), false
	case strings.HasPrefix(rt.Path, "/admin/config/main/portal/:"):
		return strings.NewReplacer(":section", "menu", ":key", "menu_items").Replace(rt.Path), false
	case strings.HasSuffix(rt.Path, "/localization/:key/reset"):
		return strings.NewReplacer(":id", "1", ":key", "timezone").Replace(rt.Path), false
	case strings.HasPrefix(rt.Path, "/admin/roles/:"):
		return strings.Replace(rt.Path, ":key", "auditors", 1), false
	case strings.HasPrefix(rt.Path, "/pay/:token/"):
		return strings.NewReplacer(":token", "nobodys", ":result", "1-made-up").Replace(rt.Path), false
	case strings.HasPrefix(rt.Path, "/admin/customers/:id/pay-links/"):
		return strings.NewReplacer(":id", fmt.Sprint(ids["/admin/customers"]), ":link", fmt.Sprint(ids["/finance/pay-links"])).Replace(rt.Path), true
	case strings.HasSuffix(rt.Path, "/cards/:card/blocking"):
		return strings.NewReplacer(":id", fmt.Sprint(ids["/admin/finance/refill-cards"]), ":card", fmt.Sprint(ids["refill card"])).Replace(rt.Path), true
	case strings.HasSuffix(rt.Path, "/:token"):
		return strings.Replace(rt.Path, ":token", "nobodys", 1), false
	case !strings.Contains(rt.Path, ":"):
		return rt.Path, false
	}
	folder, rest, _ := strings.Cut(rt.Path, "/:")
	id, ok := ids[folder]
	if !ok {
		t.Fatalf("%s %s names a record: say in fixture_test.go whose it is", rt.Method, rt.Path)
	}
	_, tail, _ := strings.Cut(rest, "/")
	if kind, more, ok := strings.Cut(tail, "/:document"); ok { // of a customer's, as staff see it
		tail = fmt.Sprintf("%s/%d%s", kind, ids["/finance/"+kind], more)
	}
	path = fmt.Sprintf("%s/%d", folder, id)
	if strings.HasPrefix(rest, "file") {
		path += ".pdf"
	}
	if tail != "" {
		path += "/" + tail
	}
	return path, !shared[folder]
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
