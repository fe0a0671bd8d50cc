package admin

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	books "myisp/models/finance"
	"myisp/models/message"
	"myisp/models/service"
	"myisp/models/session"
	"myisp/models/ticket"
	"myisp/views/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/profile"
	"myisp/views/ui"
)

// Card is what every tab of a customer's card has around its contents.
type Card struct {
	Shell    ui.Shell
	Customer customer.Customer
	Labels   []customer.Label
	Tabs     []string // that the member may open, in order
	Tab      string
	May      CardRights
}

// CardRights are the buttons on a card that a member may press.
type CardRights struct{ Edit, Password, ActAs, Finance, EditFinance bool }

// CardTabs are the tabs of a card in their order; the overview is the card's own address, the others lie below it.
var CardTabs = []string{"overview", "services", "finance", "tickets", "messages", "sessions", "changes", "portal-log"}

func tabName(ctx context.Context, tab string) string {
	switch tab {
	case "overview":
		return i18n.T(ctx, "customers.tab.overview")
	case "services":
		return i18n.T(ctx, "nav.services")
	case "finance":
		return i18n.T(ctx, "nav.finance")
	case "tickets":
		return i18n.T(ctx, "nav.tickets")
	case "messages":
		return i18n.T(ctx, "nav.messages")
	case "sessions":
		return i18n.T(ctx, "customers.tab.sessions")
	case "changes":
		return i18n.T(ctx, "customers.tab.changes")
	}
	return i18n.T(ctx, "customers.tab.portal_log")
}

func (p Card) url(parts ...string) string {
	return strings.Join(append([]string{customerURL(p.Customer.ID)}, parts...), "/")
}

func (p Card) chips(ctx context.Context) []ui.Chip {
	var chips []ui.Chip
	for _, tab := range p.Tabs {
		chip := ui.Chip{Label: tabName(ctx, tab), URL: p.url(tab), Active: tab == p.Tab}
		if tab == "overview" {
			chip.URL = p.url()
		}
		chips = append(chips, chip)
	}
	return chips
}

// CustomerOverview is the first tab: who, where, how they stand.
type CustomerOverview struct {
	Card
	Billing   customer.Billing
	Choices   Choices
	Summary   *books.Summary // nil: the member sees no money
	Outlook   service.Outlook
	Standing  service.Standing
	Promises  []service.Promise // the latest first
	Today     db.Day
	Main      *customer.Customer // of a sub-account
	Subs      []customer.Customer
	AddedBy   string // the member of staff
	AllLabels []customer.Label
	Method    string

	MayPromise          bool
	Until, PromiseError string // of the form that grants time to pay

	Attributes []customer.Filled // additional attributes (§3.7)
}

func (p CustomerOverview) day(ctx context.Context, d db.Day) string {
	if d == "" {
		return ""
	}
	return format.Day(ctx, d.Time())
}

// standing are the facts of the first card.
func (p CustomerOverview) standing(ctx context.Context) []ui.Term {
	c := p.Customer
	terms := []ui.Term{}
	if c.StatusSince != nil {
		terms = append(terms, ui.Term{Label: i18n.T(ctx, "customers.since"), Value: format.DateTime(ctx, *c.StatusSince)})
	}
	terms = append(terms, ui.Term{Label: i18n.T(ctx, "customers.reason"), Value: c.StatusReason})
	if s := p.Summary; s != nil {
		terms = append(terms, ui.Term{Label: i18n.T(ctx, "finance.fact.balance"), Value: format.Money(ctx, s.Balance)})
		if s.Overdue.Positive() {
			terms = append(terms, ui.Term{Label: i18n.T(ctx, "finance.state.overdue"), Value: format.Money(ctx, s.Overdue)})
		}
	}
	online := ui.Term{Label: i18n.T(ctx, "customers.last_online"), Value: i18n.T(ctx, "customers.never"), Absent: true}
	if c.LastOnlineAt != nil {
		online.Value, online.Absent = format.DateTime(ctx, *c.LastOnlineAt), false
	}
	return append(terms, online)
}

// outlook is the badge of §3.6: how near the customer is to being blocked.
func (p CustomerOverview) outlook(ctx context.Context) (tone ui.Tone, icon, text string) {
	o := p.Outlook
	switch {
	case o.Level == service.LevelNone && p.Billing.BlockingPeriod == customer.Never && p.Customer.Status == customer.StatusActive:
		return ui.Neutral, "shield", i18n.T(ctx, "customers.outlook.never")
	case o.Level == service.LevelNone:
		return "", "", ""
	case p.Customer.Status == customer.StatusBlocked && o.Day != "":
		return ui.Bad, "circle-pause", i18n.T(ctx, "customers.outlook.blocked", "day", p.day(ctx, o.Day))
	case p.Customer.Status == customer.StatusBlocked:
		return "", "", "" // the status says it
	case o.Day == "":
		return ui.Ok, "check", i18n.T(ctx, "customers.outlook.none")
	case o.Level == service.LevelAlarm && o.Days == 0:
		return ui.Bad, "", i18n.T(ctx, "customers.outlook.now")
	case o.Level == service.LevelAlarm:
		return ui.Bad, "", i18n.N(ctx, "customers.outlook.days", o.Days)
	case o.Level == service.LevelSoon:
		return ui.Warn, "", i18n.N(ctx, "customers.outlook.days", o.Days)
	}
	return ui.Ok, "check", i18n.N(ctx, "customers.outlook.days", o.Days)
}

func (p CustomerOverview) contacts(ctx context.Context) []ui.Term {
	c := p.Customer
	return []ui.Term{
		{Label: i18n.T(ctx, "customers.field.email"), Value: lines(c.Email), Copy: c.Email != ""},
		{Label: i18n.T(ctx, "customers.field.billing_email"), Value: lines(c.BillingEmail), Copy: c.BillingEmail != ""},
		{Label: i18n.T(ctx, "customers.field.phone"), Value: lines(c.Phone), Copy: c.Phone != ""},
		{Label: i18n.T(ctx, "customers.field.contact_person"), Value: c.ContactPerson},
		{Label: i18n.T(ctx, "customers.address"), Value: address(c.Street, c.Zip, c.City)},
		{Label: i18n.T(ctx, "customers.field.gps"), Value: c.GPS, Copy: true},
		{Label: i18n.T(ctx, "customers.field.birthday"), Value: p.day(ctx, c.Birthday)},
		{Label: i18n.T(ctx, "customers.field.company_id"), Value: c.CompanyID, Copy: true},
		{Label: i18n.T(ctx, "customers.field.vat_id"), Value: c.VatID, Copy: true},
		{Label: i18n.T(ctx, "customers.field.passport"), Value: c.Passport},
	}
}

// lines sets a comma list one below the other.
func lines(list string) string {
	var kept []string
	for _, s := range strings.Split(list, ",") {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, "\n")
}

func address(street, zip, city string) string {
	return strings.Join(slicesOf(street, strings.TrimSpace(zip+" "+city)), "\n")
}

func (p CustomerOverview) account(ctx context.Context) []ui.Term {
	c := p.Customer
	added := format.DateTime(ctx, c.CreatedAt)
	switch c.AddedBy {
	case customer.AddedByStaff:
		if p.AddedBy != "" {
			added = i18n.T(ctx, "customers.added_by", "date", added, "name", format.Isolate(ctx, p.AddedBy))
		}
	case customer.AddedByImport:
		added = i18n.T(ctx, "customers.added_import", "date", added)
	case customer.AddedByAPI:
		added = i18n.T(ctx, "customers.added_api", "date", added)
	case customer.AddedByWidget:
		added = i18n.T(ctx, "customers.added_widget", "date", added)
	}
	return []ui.Term{
		{Label: i18n.T(ctx, "customers.number"), Value: number(c.ID), Copy: true},
		{Label: i18n.T(ctx, "customers.field.login"), Value: c.Login, Copy: true},
		{Label: i18n.T(ctx, "customers.field.category"), Value: categoryName(ctx, c.Category)},
		{Label: i18n.T(ctx, "customers.field.partner"), Value: p.Choices.partner(c.PartnerID)},
		{Label: i18n.T(ctx, "customers.field.location"), Value: p.Choices.location(c.LocationID)},
		{Label: i18n.T(ctx, "customers.added"), Value: added},
	}
}

func (p CustomerOverview) billing(ctx context.Context) []ui.Term {
	b := p.Billing
	blocking, grace := i18n.N(ctx, "customers.days_after_due", b.BlockingPeriod), i18n.N(ctx, "customers.days_after_block", b.GracePeriod)
	if b.BlockingPeriod == customer.Never {
		blocking, grace = i18n.T(ctx, "customers.field.never_block"), ""
	}
	if b.GracePeriod == customer.Never && grace != "" {
		grace = i18n.T(ctx, "customers.field.never_disable")
	}
	terms := []ui.Term{
		{Label: i18n.T(ctx, "customers.field.billing_type"), Value: billingTypeName(ctx, p.Customer.BillingType)},
		{Label: i18n.T(ctx, "customers.field.period"), Value: periodName(ctx, b.Period)},
		{Label: i18n.T(ctx, "customers.field.billing_day"), Value: strconv.Itoa(b.BillingDay)},
		{Label: i18n.T(ctx, "customers.field.due_day"), Value: strconv.Itoa(b.DueDay)},
		{Label: i18n.T(ctx, "customers.field.blocking_period"), Value: blocking},
		{Label: i18n.T(ctx, "customers.field.grace_period"), Value: grace},
		{Label: i18n.T(ctx, "customers.field.payment_method"), Value: p.Method},
		{Label: i18n.T(ctx, "customers.part.billing_address"), Value: strings.Join(slicesOf(b.Person, address(b.Street, b.Zip, b.City)), "\n")},
	}
	if b.NoFinanceMail {
		terms = append(terms, ui.Term{Label: i18n.T(ctx, "customers.mail"), Value: i18n.T(ctx, "customers.field.no_finance_mail")})
	}
	if p.Customer.ParentID != 0 {
		terms = append(terms, ui.Term{Label: i18n.T(ctx, "customers.field.sub_mode"), Value: subModeName(ctx, b.SubMode)})
	}
	return terms
}

func periodName(ctx context.Context, months int) string {
	if months == 0 {
		return i18n.T(ctx, "customers.postpaid")
	}
	return i18n.N(ctx, "customers.months_ahead", months)
}

func periodOptions(ctx context.Context) []ui.Option {
	var options []ui.Option
	for n := range 13 {
		options = append(options, ui.Option{Value: strconv.Itoa(n), Label: periodName(ctx, n)})
	}
	return options
}

func (p CustomerOverview) labelled(l customer.Label) bool {
	return slices.ContainsFunc(p.Labels, func(x customer.Label) bool { return x.ID == l.ID })
}

// CustomerServices is the services tab, reading.
type CustomerServices struct {
	Card
	Rows []service.Row
}

func (p CustomerServices) terms(ctx context.Context, r service.Row) []ui.Term {
	day := func(d db.Day) string {
		if d == "" {
			return ""
		}
		return format.DayLong(ctx, d.Time())
	}
	return []ui.Term{
		{Label: i18n.T(ctx, "customers.number"), Value: number(r.ID)},
		{Label: i18n.T(ctx, "services.plan"), Value: r.PlanName},
		{Label: i18n.T(ctx, "services.start"), Value: day(r.StartsOn)},
		{Label: i18n.T(ctx, "services.end"), Value: day(r.EndsOn)},
		{Label: i18n.T(ctx, "services.invoiced_until"), Value: day(r.InvoicedUntil)},
		{Label: i18n.T(ctx, "services.login"), Value: r.Login, Copy: true},
		{Label: i18n.T(ctx, "services.ipv4"), Value: r.IPv4, Copy: true},
		{Label: i18n.T(ctx, "services.phone"), Value: r.Phone, Copy: true},
		{Label: i18n.T(ctx, "customers.goes_on"), Value: p.goesOn(ctx, r)},
	}
}

func inBundle(ctx context.Context, r service.Row) string {
	if r.BundleServiceID == 0 {
		return ""
	}
	return i18n.T(ctx, "customers.in_bundle", "number", number(r.BundleServiceID))
}

func (p CustomerServices) goesOn(ctx context.Context, r service.Row) string {
	if r.CopyOf == 0 {
		return ""
	}
	return i18n.T(ctx, "customers.goes_on_for", "number", number(r.CopyOf))
}

// CustomerFinance is the finance tab: what is owed, and one of the lists, whose documents staff open to change them.
type CustomerFinance struct {
	Card
	Summary  books.Summary
	List     string // one of FinanceLists
	Today    db.Day
	Invoices []books.InvoiceRow
	Proforma []books.ProformaRow
	Payments []books.PaymentRow
	Notes    []books.CreditNoteRow
	Moves    []books.TransactionRow
	Waiting  []books.Transaction // future items, which no invoice has taken up
	Next     string
}

// FinanceLists are the lists of the finance tab, as portal.FinancePages names them.
var FinanceLists = []string{"invoices", "payments", "credit_notes", "proforma_invoices", "transactions"}

func (p CustomerFinance) listChips(ctx context.Context) []ui.Chip {
	var chips []ui.Chip
	for _, l := range FinanceLists {
		chips = append(chips, ui.Chip{Label: finance.Label(ctx, l), URL: p.url("finance") + "?list=" + l, Active: l == p.List})
	}
	return chips
}

func (p CustomerFinance) more() string {
	if p.Next == "" {
		return ""
	}
	return p.url("finance") + "?list=" + p.List + "&after=" + p.Next
}

// document is the address of a document of the list.
func (p CustomerFinance) document(id int64) string {
	return DeskURL(p.Customer.ID, books.ListKind(p.List), strconv.FormatInt(id, 10))
}

func (p CustomerFinance) empty() bool {
	return len(p.Invoices)+len(p.Proforma)+len(p.Payments)+len(p.Notes)+len(p.Moves) == 0
}

func (p CustomerFinance) facts(ctx context.Context) []ui.Term {
	s := p.Summary
	terms := []ui.Term{{Label: i18n.T(ctx, "finance.fact.balance"), Value: format.Money(ctx, s.Balance)}}
	if s.OpenInvoices > 0 {
		terms = append(terms, ui.Term{Label: i18n.T(ctx, "finance.fact.open"), Value: format.Number(ctx, s.OpenInvoices) + " · " + format.Money(ctx, s.OpenDue)})
	}
	if s.Overdue.Positive() {
		terms = append(terms, ui.Term{Label: i18n.T(ctx, "finance.state.overdue"), Value: format.Money(ctx, s.Overdue)})
	}
	if s.LastPaymentDay != "" {
		terms = append(terms, ui.Term{Label: i18n.T(ctx, "finance.fact.last_payment"),
			Value: i18n.T(ctx, "finance.fact.amount_on", "amount", format.Money(ctx, s.LastPayment), "day", format.Day(ctx, s.LastPaymentDay.Time()))})
	}
	return terms
}

func dayText(ctx context.Context, d db.Day) string {
	if d == "" {
		return ""
	}
	return format.Day(ctx, d.Time())
}

// dueText is a document's days: when it was written, and when it is or was due.
func dueText(ctx context.Context, day, due db.Day, summary []string) string {
	parts := []string{dayText(ctx, day)}
	if due != "" {
		parts = append(parts, i18n.T(ctx, "finance.row.due", "day", dayText(ctx, due)))
	}
	return joined(ctx, append(parts, brief(summary))...)
}

// CustomerTickets is the tickets tab, reading: every ticket with its thread, notes among staff too.
type CustomerTickets struct {
	Card
	Threads []ticket.Thread
	Next    string
}

func ticketAuthor(ctx context.Context, m ticket.Message, c customer.Customer) string {
	switch {
	case m.Author == ticket.ByCustomer:
		return c.Name
	case m.AuthorName != "":
		return m.AuthorName
	}
	return i18n.T(ctx, "audit.system")
}

// CustomerMessages is the messages tab, reading.
type CustomerMessages struct {
	Card
	Items []message.Message
	Next  string
}

func (p CustomerMessages) text(ctx context.Context, m message.Message) string {
	if m.ReadAt == nil {
		return joined(ctx, format.DateTime(ctx, m.CreatedAt), i18n.T(ctx, "customers.unread"))
	}
	return joined(ctx, format.DateTime(ctx, m.CreatedAt), i18n.T(ctx, "customers.read_at", "date", format.DateTime(ctx, *m.ReadAt)))
}

// CustomerSessions is the sessions tab: where the customer is signed in, and ending that.
type CustomerSessions struct {
	Card
	Items []session.Session
}

func customerSessionText(ctx context.Context, s session.Session) string {
	return joined(ctx, s.IP, i18n.T(ctx, "customers.signed_in", "date", format.DateTime(ctx, s.CreatedAt)), i18n.T(ctx, "customers.last_used", "date", format.DateTime(ctx, s.LastSeenAt)))
}

func deviceName(ctx context.Context, s session.Session) string { return profile.DeviceName(ctx, s) }

// CustomerChanges is the changes tab: what staff and the portal changed about the customer (audit log).
type CustomerChanges struct {
	Card
	Page audit.Page
}

func (p CustomerChanges) more() string {
	if p.Page.Next == 0 {
		return ""
	}
	return p.url("changes") + "?before=" + strconv.FormatInt(p.Page.Next, 10)
}

// CustomerPortalLog is the portal log tab: what the customer did in the portal (AUTH-4).
type CustomerPortalLog struct {
	Card
	Events []audit.Event
	Next   string
}

func eventLine(ctx context.Context, e audit.Event) string {
	parts := []string{format.DateTime(ctx, e.At)}
	if e.ActorKind != audit.Customer {
		parts = append(parts, i18n.T(ctx, "audit.by", "name", actorName(ctx, e.ActorKind, e.ActorName)))
	}
	return joined(ctx, append(parts, e.IP)...)
}

func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }
