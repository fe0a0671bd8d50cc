package handlers_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/internal/courier/capture"
	"myisp/models/customer"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
	"myisp/models/limit"
	"myisp/models/portal"
)

// flip is a setting with two values and what a customer sees in one and not in the other. A new setting that code reads
// gets a line in flips, or TestEverySettingIsFlipped fails.
type flip struct {
	key     string
	off, on []string // what the controls of the form send
	path    string
	shows   string // a selector that finds something in on, and nothing in off
	// sees is asked instead of path and shows, where one look is not enough.
	sees func(t *testing.T, w *world, who viewer) bool
}

func list(values ...string) []string { return values }

var (
	no  []string
	yes = []string{"true"}
)

// all but one of the options.
func allBut(options []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(options), func(o string) bool { return o == one })
}

func flips() []flip {
	langs, pages := portal.Languages, portal.FinancePages
	table := []flip{
		{key: "languages", off: list("en"), on: langs, path: "/login", shows: `.languages button[value=es]`},
		{key: "authentication_field", off: list("login"), on: list("email"), path: "/login", shows: `label:contains("Email")`},
		{key: "reset_password", off: no, on: yes, path: "/login", shows: `a[href="/reset"]`},
		{key: "reset_password_type", off: list("email"), on: list("sms"), path: "/reset", shows: `input[name=contact][type=tel]`},
		{key: "reset_password_template", off: list("customer_password_reset_short"), on: list("customer_password_reset"), sees: mailSays("Hello Alice Carter")},
		{key: "reset_password_sms_text", off: list("Password reset code: {{ code }}"), on: list("Type {{ code }}"), sees: smsSays("Type ")},
		{key: "reset_password_email_chars", off: list("a-z"), on: list("12"), sees: code("email", func(c string) bool { return strings.Trim(c, "12") == "" })},
		{key: "reset_password_email_length", off: list("20"), on: list("7"), sees: code("email", func(c string) bool { return len(c) == 7 })},
		{key: "reset_password_sms_chars", off: list("1234567890"), on: list("ab"), sees: code("sms", func(c string) bool { return strings.Trim(c, "ab") == "" })},
		{key: "reset_password_sms_length", off: list("8"), on: list("6"), sees: code("sms", func(c string) bool { return len(c) == 6 })},
		{key: "help_enabled", off: no, on: yes, path: "/login", shows: ".help"},
		{key: "mobile_app_enabled", off: no, on: yes, path: "/login", shows: ".stores"},
		{key: "google_play_app_id", off: list("com.splynx.portal"), on: list("com.example.app"), path: "/login", shows: `a[href$="id=com.example.app"]`},
		{key: "app_store_app_id", off: list(""), on: list("id123456789"), path: "/login", shows: `a[href$="/id123456789"]`},
		{key: "login_on_any_host", off: no, on: yes, sees: logsInElsewhere},

		{key: "portal_title", off: list("Plain Net"), on: list("Other Net"), path: "/", shows: `title:contains("Other Net")`},
		{key: "ask_password", off: no, on: yes, path: "/profile", shows: `main label:contains("Current password")`},
		{key: "profile_password", off: no, on: list("view", "edit"), path: "/profile", shows: `main label:contains("New password")`},
		{key: "show_portal_news", off: no, on: yes, path: "/", shows: `main a[href^="/news/"]`},
		{key: "invert_account_balance", off: yes, on: no, path: "/", shows: `.balance-line bdi:contains("−")`},
		{key: "help_phone", off: list(""), on: list("+1 415 555 0199"), path: "/login", shows: `.help a[href="tel:+14155550199"]`},
		{key: "help_email", off: list(""), on: list("desk@example.com"), path: "/login", shows: `.help a[href="mailto:desk@example.com"]`},
		{key: "help_url", off: list(""), on: list("https://help.example.com/"), path: "/login", shows: `.help a[href="https://help.example.com/"]`},
		{key: "help_text", off: list(""), on: list("Every day from 8 to 20"), path: "/login", shows: `.help p:contains("Every day")`},
	}
	table = append(table, flip{key: "payment_methods", off: no, on: list("refill_card"), path: "/finance", shows: `a[href="/finance/refill-card"]`},
		flip{key: "pay_link_customers", off: no, on: yes, sees: sharesInvoices},
		flip{key: "link_equal_recurring", off: no, on: yes, sees: paysTheEqual(customer.Recurring)}, flip{key: "link_equal_prepaid", off: no, on: yes, sees: paysTheEqual(customer.PrepaidMonth)})
	for page, key := range documentSettings {
		table = append(table, flip{key: key, off: no, on: yes, sees: isToldOf(page)})
	}
	for module, path := range map[string]string{"services": "/services", "finance": "/finance", "messages": "/messages", "tickets": "/tickets", "profile": "/profile",
		"about": "/about", "news": "/news"} {
		table = append(table, flip{key: "menu_items", off: allBut(portal.Modules, module), on: portal.Modules, path: "/faq", shows: `nav a[href="` + path + `"]`})
	}
	cards := portal.DashboardItems.Options
	for item, selector := range map[string]string{"balance": ".balance", "new_tickets": `.counter[href="/tickets"]`, "new_messages": `.counter[href="/messages"]`,
		"unpaid_invoices": `.counter[href^="/finance/invoices"]`, "unpaid_proforma_invoices": `.counter[href^="/finance/proforma-invoices"]`} {
		table = append(table, flip{key: "dashboard_items", off: allBut(cards, item), on: cards, path: "/", shows: selector})
	}
	for field, label := range map[string]string{"login": "Login", "name": "Name", "email": "Email", "billing_email": "Email for invoices", "phone": "Phone", "street": "Street",
		"zip": "Postcode", "city": "City", "payment_method": "Payment method"} {
		table = append(table, flip{key: "profile_" + field, off: no, on: list("view"), sees: profileHas(label)})
	}
	for _, page := range pages {
		table = append(table, flip{key: "finance_items", off: allBut(pages, page), on: pages, path: "/finance", shows: `a[href^="/finance/` + strings.ReplaceAll(page, "_", "-") + `"]`})
	}
	fields := portal.TransactionFields.Options
	for field, class := range map[string]string{"debit_credit": ".cell-out", "movement": `.cell-main:contains("Amount")`, "invoice_number": `.cell-invoice:contains("Invoice")`} {
		table = append(table, flip{key: "transactions_fields", off: allBut(fields, field), on: fields, path: "/finance/transactions", shows: class})
	}
	return table
}

// sharesInvoices reports whether a customer may let somebody else pay an invoice.
func sharesInvoices(t *testing.T, w *world, who viewer) bool {
	t.Helper()
	c, err := w.M.Customers.ByLogin(w.Context, who.login)
	must(t, err)
	inv, err := w.M.Finance.IssueInvoice(w.Context, finance.NewInvoice{Party: finance.Party{CustomerID: c.ID, PartnerID: c.PartnerID, Currency: "EUR"}, Day: "2026-11-20", Items: []finance.Item{{Description: "x", Price: 100}}})
	must(t, err)
	return who.in.Get("/finance/invoices/" + strconv.FormatInt(inv.ID, 10)).Has(`form[action="/finance/pay-links"]`)
}

// isToldOf reports whether a customer gets mail about a document that staff issue.
func isToldOf(page string) func(*testing.T, *world, viewer) bool {
	return func(t *testing.T, w *world, who viewer) bool {
		t.Helper()
		_, path := ofCustomer(t, w.Site, who.login)
		f := form(w.admin.Get(path+"/"+page+"/new"), "form.desk-form")
		f.Set("line.0.description", "x")
		f.Set("line.0.price", "1.00")
		if p := w.admin.Do(http.MethodPost, path+"/"+page, f); p.Status != http.StatusSeeOther {
			t.Fatalf("issuing %s: %d %s", page, p.Status, p.Text("main"))
		}
		must(t, w.M.DB.Q(w.Context).Exec("DELETE FROM captured_messages").Error)
		for w.worker.Once(w.Context) {
		}
		kept, err := w.M.Messages.Captured(w.Context, 2)
		must(t, err)
		return len(kept) == 1 && kept[0].Recipient == who.login+"@example.com"
	}
}

// paysTheEqual sees whether a payment for no invoice in particular pays the one that wants exactly as much, though others are older.
func paysTheEqual(billing string) func(t *testing.T, w *world, who viewer) bool {
	return func(t *testing.T, w *world, who viewer) bool {
		t.Helper()
		c, err := w.M.Customers.ByLogin(w.Context, who.login)
		must(t, err)
		must(t, w.M.DB.Q(w.Context).Model(&customer.Customer{}).Where("id = ?", c.ID).Update("billing_type", billing).Error)
		party := finance.Party{CustomerID: c.ID, PartnerID: c.PartnerID, Currency: "EUR"}
		var last finance.Invoice
		n, err := w.M.DB.Rows(w.Context, "invoices")
		must(t, err)
		for _, price := range []int64{700_000, 300_000 + n} { // the second is like no other
			last, err = w.M.Finance.IssueInvoice(w.Context, finance.NewInvoice{Party: party, Day: "2026-11-20", Items: []finance.Item{{Description: "x", Price: price}}})
			must(t, err)
		}
		_, err = w.M.Finance.RecordPayment(w.Context, finance.NewPayment{Quiet: true, Party: party, MethodID: finance.MethodCash, Day: "2026-11-21", Amount: last.Total})
		must(t, err)
		return who.in.Get("/finance/invoices/" + strconv.FormatInt(last.ID, 10)).Has(`.badge.tone-ok`)
	}
}

// notFlipped are the settings that code reads and no customer sees.
var notFlipped = map[string]string{"staff_second_factor": "staff see it: TestSecondFactorRequired",
	"method_removal": "on the page of one method: TestMethodPolicy",
	"pay_link_days":  "when a link ends: TestPayLinkEnds", "pay_link_pdf": "whoever has a link sees it: TestPayLinkOfStaff", "pay_link_mails": "mail: TestReminderCarriesPayLink", "add_money_most": "TestAddMoney",
	"mail_document_pdf": "mail: TestDocumentLettersPDF",
	"invoice_numbers":   "TestDocumentSettings", "proforma_numbers": "TestDocumentSettings", "credit_note_numbers": "TestDocumentSettings", "receipt_numbers": "TestDocumentSettings",
	"finance_rounding": "TestDocumentSettings", "prices_include_tax": "TestDocumentSettings",
	"block_unpaid": "the daily job: TestBlockingIsOffAtFirst", "block_one_time": "TestRulesFromSettings", "block_weekend": "TestRulesFromSettings", "holidays": "TestRulesFromSettings",
	"remind_unpaid": "TestRulesFromSettings", "remind_first": "TestRulesFromSettings", "remind_second": "TestRulesFromSettings", "remind_third": "TestRulesFromSettings",
	"promises": "who is blocked sees it: TestPromiseToPay", "promise_days": "TestRulesFromSettings", "promise_every": "TestRulesFromSettings", "promise_broken_wait": "TestRulesFromSettings", "promise_most": "TestRulesFromSettings",
}

// TestEverySettingIsFlipped: each setting of the page that is not waiting for its module is in the table.
func TestEverySettingIsFlipped(t *testing.T) {
	for _, d := range portal.Declarations() {
		flipped := slices.ContainsFunc(flips(), func(f flip) bool { return f.key == d.Key })
		if waits := d.Later != "" || d.Section == "localization" || notFlipped[d.Key] != ""; flipped == waits {
			t.Errorf("%s %s: flipped %v, excused %v", d.ID, d.Key, flipped, waits)
		}
	}
}

// world is a portal with two partners and a customer of each.
type world struct {
	*cast
	admin  *handlerstest.Client
	harbor int64
	worker *jobs.Worker
	people map[string]viewer
}

// viewer is a customer of a partner, at the partner's host.
type viewer struct {
	login, host string
	in, out     *handlerstest.Client // signed in, and not
}

func newWorld(t *testing.T, s *handlerstest.Site) *world {
	t.Helper()
	w := &world{cast: newCast(t, s)}
	w.harbor = harborFiber(t, s)
	w.person(t, "nora", customer.StatusActive, 0)
	must(t, s.M.DB.Q(s.Context).Model(&customer.Customer{}).Where("login = ?", "nora").Updates(map[string]any{"partner_id": w.harbor, "name": "Alice Carter"}).Error)
	must(t, s.M.Portal.Reset(s.Context, w.harbor, "portal_title"))
	w.admin = s.LogInStaff("admin")
	w.worker = jobs.New(s.M, jobs.Couriers{Mail: capture.Mailer(s.M.Messages), SMS: capture.Texter(s.M.Messages), Sender: "portal@example.com"})
	w.people = map[string]viewer{}
	for login, host := range map[string]string{"alice": "", "nora": "harbor.localhost"} {
		v := viewer{login, host, w.at(host), w.at(host)}
		if p := v.in.Post("/login", "identifier", login, "password", handlerstest.Password); p.Status != http.StatusSeeOther {
			t.Fatalf("log-in of %s: %d", login, p.Status)
		}
		w.people[login] = v
	}
	return w
}

// at opens a browser at a host.
func (w *world) at(host string) *handlerstest.Client {
	c := w.Client()
	if host != "" {
		c.Header.Set("Host", host)
	}
	return c
}

// save sends one setting through the page of staff, as a person would.
func (w *world) save(t *testing.T, partner int64, key string, values []string) {
	t.Helper()
	d := portal.Lookup(key)
	form := map[string][]string{"partner": {strconv.FormatInt(partner, 10)}, "field": {key}, key: values}
	if p := w.admin.Do(http.MethodPost, "/admin/config/main/portal/"+d.Section, form); p.Status != http.StatusSeeOther {
		t.Fatalf("saving %s = %v: %d %s", key, values, p.Status, p.Text(".field-error"))
	}
}

func (w *world) reset(t *testing.T, partner int64, key string) {
	t.Helper()
	p := w.admin.Post("/admin/config/main/portal/"+key+"/reset", "partner", strconv.FormatInt(partner, 10))
	if p.Status != http.StatusSeeOther {
		t.Fatalf("resetting %s: %d", key, p.Status)
	}
}

// sees reports whether somebody sees what the setting shows when it is on.
func (w *world) sees(t *testing.T, f flip, login string) bool {
	t.Helper()
	who := w.people[login]
	if f.sees != nil {
		return f.sees(t, w, who)
	}
	client := who.in
	if f.path == "/login" || f.path == "/reset" {
		client = who.out
	}
	p := client.Get(f.path)
	if p.Status != http.StatusOK {
		t.Fatalf("%s for %s: %d", f.path, login, p.Status)
	}
	return p.Has(f.shows)
}

// TestFlips: each setting, changed through the page of staff, changes what customers see: both ways; for the Default
// partner and whoever inherits from it; for the second partner alone; and back when the partner's own value is reset.
func TestFlips(t *testing.T) {
	w := newWorld(t, handlerstest.New(t, dbtest.SQLite(t, nil)))
	for _, f := range flips() {
		t.Run(f.key, func(t *testing.T) {
			d := portal.Lookup(f.key)
			expect := func(step string, alice, nora bool) {
				t.Helper()
				for login, want := range map[string]bool{"alice": alice, "nora": nora} {
					if got := w.sees(t, f, login); got != want {
						t.Errorf("%s (%s%s): %s sees it: %v, want %v", step, f.shows, strings.Join(f.off, ","), login, got, want)
					}
				}
			}
			must(t, w.M.Portal.Set(w.Context, scope(d), f.key, d.FromForm(f.off)))
			expect("off", false, false)
			w.save(t, 1, f.key, f.on)
			expect("on", true, true)
			if d.Scope == portal.PerPartner {
				w.save(t, w.harbor, f.key, f.off)
				expect("off for Harbor", true, false)
				w.save(t, 1, f.key, f.off)
				w.save(t, w.harbor, f.key, f.on)
				expect("on for Harbor alone", false, true)
				w.reset(t, w.harbor, f.key)
				expect("reset", false, false)
				w.save(t, 1, f.key, f.on)
				expect("on again", true, true)
			} else {
				w.save(t, 1, f.key, f.off)
				expect("off again", false, false)
			}
			must(t, w.M.Portal.Reset(w.Context, scope(d), f.key))
		})
	}
}

func scope(d *portal.Declaration) int64 {
	if d.Scope == portal.General {
		return 0
	}
	return portal.DefaultPartner
}

// received has somebody reset their password and returns what reaches them.
func received(t *testing.T, w *world, who viewer, channel string) string {
	t.Helper()
	must(t, w.M.Portal.Set(w.Context, 0, "reset_password_type", channel))
	defer func() { must(t, w.M.Portal.Reset(w.Context, 0, "reset_password_type")) }()
	_, err := w.M.Limits.Purge(w.Context, w.M.DB.Now().Add(limit.Longest))
	must(t, err)
	for w.worker.Once(w.Context) { // what was under way before
	}
	must(t, w.M.DB.Q(w.Context).Exec("DELETE FROM captured_messages").Error)
	contact := who.login + "@example.com"
	if channel == "sms" {
		contact = "+14155550101"
	}
	w.at(who.host).Post("/reset", "identifier", who.login, "contact", contact)
	for w.worker.Once(w.Context) {
	}
	kept, err := w.M.Messages.Captured(w.Context, 10)
	must(t, err)
	if len(kept) != 1 {
		t.Fatalf("%d messages reached %s by %s", len(kept), who.login, channel)
	}
	return kept[0].Text
}

func mailSays(text string) func(*testing.T, *world, viewer) bool {
	return func(t *testing.T, w *world, who viewer) bool {
		return strings.Contains(received(t, w, who, "email"), text)
	}
}

func smsSays(text string) func(*testing.T, *world, viewer) bool {
	return func(t *testing.T, w *world, who viewer) bool {
		return strings.HasPrefix(received(t, w, who, "sms"), text)
	}
}

// code finds the code in what reaches somebody: it stands after "code:".
func code(channel string, fits func(string) bool) func(*testing.T, *world, viewer) bool {
	return func(t *testing.T, w *world, who viewer) bool {
		_, after, ok := strings.Cut(received(t, w, who, channel), "code: ")
		if !ok {
			t.Fatal("there is no code in the message")
		}
		return fits(strings.Fields(after)[0])
	}
}

// logsInElsewhere: at the other partner's host.
func logsInElsewhere(t *testing.T, w *world, who viewer) bool {
	host := "harbor.localhost"
	if who.host == host {
		host = ""
	}
	_, err := w.M.Limits.Purge(w.Context, w.M.DB.Now().Add(limit.Longest))
	must(t, err)
	return w.at(host).Post("/login", "identifier", who.login, "password", handlerstest.Password).Status == http.StatusSeeOther
}

// profileHas: a term, or a field, of the profile has exactly this label.
func profileHas(label string) func(*testing.T, *world, viewer) bool {
	return func(t *testing.T, _ *world, who viewer) bool {
		p := who.in.Get("/profile")
		for _, e := range p.Find("main dt, main label").EachIter() {
			if strings.TrimSpace(e.Text()) == label {
				return true
			}
		}
		return false
	}
}
