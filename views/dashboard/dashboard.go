// Package dashboard shows Home (spec §2.2): what is owed and a way to pay it, whether the services work, what is new.
// A part that the partner's settings switch off is nil or empty, and does not appear.
package dashboard

import (
	"context"
	"strconv"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/message"
	"myisp/models/service"
	views "myisp/views/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/services"
	"myisp/views/ui"
)

// Home is the page.
type Home struct {
	Shell      ui.Shell
	Name       string              // of the customer, in full (DASH-1)
	Suspension *service.Suspension // the customer's services do not work, or soon will not
	Standing   service.Standing    // then: what follows, and what was promised
	Disabled   bool                // the account is closed; finance and tickets can still be read
	Outages    []message.Outage    // at the customer's place
	Balance    *Balance            // P6 "balance"
	Services   *Services           // the module services
	Counters   []Counter           // P6, in the order of the setting
	News       []message.NewsItem  // P7
	Actions    []Action
	Methods    []finance.SavedMethod // that are charged; one that ends is warned of
	Today      db.Day                // at the partner
	Lost       *views.Lost           // a payment that bounced or was charged back
	PayURL     string                // "" where nothing can be paid here
	HelpURL    string                // where a customer whom paying does not help finds the provider; "" for nowhere
}

// Balance is the card with what is owed.
type Balance struct {
	Summary finance.Summary
	Shown   money.Money // the signed balance as the portal prints it (P54)
	URL     string      // where the balance comes from: transactions, or the finance overview
	Autopay finance.Autopay
	Next    finance.NextCharge // of Autopay, where something is owed
}

// Services are the first of the customer's services.
type Services struct {
	Rows    []service.Row
	More    bool // there are others
	Blocked bool // the customer is suspended, so what is active does not work
}

// shown are the rows without the bundles whose parts stand beside them: what a customer uses, not how it was sold.
func (s Services) shown() []service.Row {
	parts := map[int64]bool{}
	for _, r := range s.Rows {
		parts[r.BundleServiceID] = true
	}
	var rows []service.Row
	for _, r := range s.Rows {
		if r.Kind != service.Bundle || !parts[r.ID] {
			rows = append(rows, r)
		}
	}
	return rows
}

// Counter is one of the cards of P6 that count.
type Counter struct {
	Item  Item
	Count int
	URL   string
}

// Item is an option of P6.
type Item string

// The options of P6 that count; "balance" is the card of its own.
const (
	NewTickets     Item = "new_tickets"
	NewMessages    Item = "new_messages"
	UnpaidInvoices Item = "unpaid_invoices"
	UnpaidProforma Item = "unpaid_proforma_invoices"
)

// Action is a way to something that people often do.
type Action struct {
	LabelKey string
	Icon     string
	URL      string
}

func (c Counter) card(ctx context.Context) ui.Counter {
	card := ui.Counter{Count: c.Count, URL: c.URL}
	switch c.Item {
	case NewTickets:
		card.Icon, card.Label = "message-square", i18n.N(ctx, "home.new_tickets", c.Count)
	case NewMessages:
		card.Icon, card.Label = "mail", i18n.N(ctx, "home.new_messages", c.Count)
	case UnpaidInvoices:
		card.Icon, card.Label = "file-text", i18n.N(ctx, "home.unpaid_invoices", c.Count)
	case UnpaidProforma:
		card.Icon, card.Label = "receipt", i18n.N(ctx, "home.unpaid_proforma", c.Count)
	}
	return card
}

// headline is what the balance says in a word; paid is that nothing is owed and nothing is in credit.
func (b Balance) headline(ctx context.Context) (text string, amount money.Money, paid bool) {
	switch s := b.Summary; {
	case s.Owed.Positive():
		return i18n.T(ctx, "home.you_owe"), s.Owed, false
	case s.Credit.Positive():
		return i18n.T(ctx, "home.in_credit"), s.Credit, false
	}
	return i18n.T(ctx, "home.all_paid"), money.Money{}, true
}

// due says by when: the rest after what is overdue, or the whole.
func (b Balance) due(ctx context.Context) string {
	s := b.Summary
	amount, day := format.Amount(ctx, s.NextDue), format.DayLong(ctx, s.NextDueDay.Time())
	switch {
	case s.Owed.Positive() && s.Overdue.Positive() && s.NextDue.Positive():
		return i18n.T(ctx, "home.more_due", "amount", amount, "date", day)
	case s.Overdue.Positive():
		return i18n.T(ctx, "home.was_due", "date", format.DayLong(ctx, s.OverdueFrom.Time()))
	case s.NextDue.Positive() && s.NextDue.Cmp(s.Owed) != 0:
		return i18n.T(ctx, "home.part_due", "amount", amount, "date", day)
	case s.NextDue.Positive():
		return i18n.T(ctx, "home.due", "date", day)
	case !s.Owed.Positive() && !s.Credit.Positive():
		return i18n.T(ctx, "home.all_paid_text")
	}
	return ""
}

// asked says what a proforma invoice asks for, and until when.
func (b Balance) asked(ctx context.Context) string {
	s := b.Summary
	if s.ProformaDay == "" {
		return i18n.T(ctx, "home.asked", "amount", format.Money(ctx, s.ProformaDue))
	}
	return i18n.T(ctx, "home.asked_by", "amount", format.Money(ctx, s.ProformaDue), "date", format.DayLong(ctx, s.ProformaDay.Time()))
}

// payLabel names the amount on the button, where there is one to pay.
func (b Balance) payLabel(ctx context.Context) string {
	return i18n.T(ctx, "home.pay", "amount", format.Amount(ctx, b.Summary.ToPay()))
}

// suspension puts into words why nothing works and what brings it back.
func (p Home) suspension(ctx context.Context) ui.Notice {
	s := p.Suspension
	n := ui.Notice{Tone: ui.Bad, Title: i18n.T(ctx, "home.suspended"), URL: p.PayURL}
	day := format.DayShort(ctx, s.Day.Time())
	switch {
	case s.Soon:
		n.Tone, n.Title = ui.Warn, i18n.T(ctx, "home.suspended_soon", "date", day)
	case s.Day != "":
		n.Title = i18n.T(ctx, "home.suspended_since", "date", day)
	}
	pay := format.Money(ctx, s.Pay)
	switch {
	case s.Reason == service.ForOverdue && s.Soon:
		n.Text = i18n.T(ctx, "home.soon_overdue", "amount", pay, "date", format.DayShort(ctx, s.Due.Time()))
	case s.Reason == service.ForOverdue:
		n.Text = i18n.T(ctx, "home.why_overdue", "amount", pay, "date", format.DayShort(ctx, s.Due.Time()))
	case s.Reason == service.ForBalance && s.Soon:
		n.Text = i18n.T(ctx, "home.soon_balance", "amount", pay)
	case s.Reason == service.ForBalance:
		n.Text = i18n.T(ctx, "home.why_balance", "amount", pay)
	default:
		n.Text, n.URL = i18n.T(ctx, "home.why_other"), p.HelpURL
	}
	if open := p.Standing.Stand.Open; open != nil && s.Soon {
		n.Text = i18n.T(ctx, "home.promised", "date", format.DayShort(ctx, open.Until.Time()), "text", n.Text)
	}
	if end := p.Standing.EndsOn(); end != "" && !s.Soon {
		n.Text = i18n.T(ctx, "home.ends_on", "date", format.DayShort(ctx, end.Time()), "text", n.Text)
	}
	return n
}

// outage puts an outage into words: what, and until when.
func outage(ctx context.Context, o message.Outage) ui.Notice {
	if o.Kind == message.Maintenance {
		n := ui.Notice{Tone: ui.Info, Icon: "calendar", Title: i18n.T(ctx, "home.maintenance", "title", o.Title)}
		n.Text = i18n.T(ctx, "home.maintenance_from", "from", format.DateTime(ctx, o.StartsAt))
		if o.ExpectedAt != nil {
			n.Text = i18n.T(ctx, "home.maintenance_until", "from", format.DateTime(ctx, o.StartsAt), "until", format.DateTime(ctx, *o.ExpectedAt))
		}
		return n
	}
	n := ui.Notice{Tone: ui.Bad, Icon: "wifi-off", Title: i18n.T(ctx, "home.outage", "title", o.Title), Text: i18n.T(ctx, "home.outage_text")}
	if o.ExpectedAt != nil {
		n.Text = i18n.T(ctx, "home.outage_until", "until", format.DateTime(ctx, *o.ExpectedAt))
	}
	return n
}

// serviceText is the line under a service's name.
func serviceText(ctx context.Context, r service.Row) string {
	if speed := services.Speed(ctx, r); speed != "" {
		return speed
	}
	if r.Phone != "" {
		return r.Phone
	}
	return services.KindName(ctx, r.Kind)
}

const excerptRunes = 120

// newsText is the line under a headline: the date and the beginning of the summary (DASH-7).
func newsText(ctx context.Context, n message.NewsItem) string {
	date := format.DateShort(ctx, n.PublishedAt)
	summary := []rune(n.Summary)
	switch {
	case len(summary) == 0:
		return date
	case len(summary) > excerptRunes:
		return date + " · " + format.Isolate(ctx, string(summary[:excerptRunes])+"…")
	}
	return date + " · " + format.Isolate(ctx, n.Summary)
}

func newsURL(n message.NewsItem) string { return "/news/" + strconv.FormatInt(n.ID, 10) }
