// Package admin shows the staff's pages.
package admin

import (
	"context"
	"strconv"
	"time"

	"myisp/internal/money"
	"myisp/models/customer"
	books "myisp/models/finance"
	"myisp/models/job"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Home is where staff arrive after log-in.
type Home struct {
	Shell ui.Shell
	Tiles []ui.Counter
	Money []ui.Counter  // what waits for somebody, for who may see money
	Queue *job.Overview // nil for who may not see the system
}

// StatusTile counts the customers of a status.
func StatusTile(ctx context.Context, s customer.Status, n int64) ui.Counter {
	icon := map[customer.Status]string{customer.StatusActive: "users", customer.StatusNew: "user", customer.StatusBlocked: "lock", customer.StatusDisabled: "circle-dashed"}[s]
	return ui.Counter{Icon: icon, Count: int(n), Label: i18n.N(ctx, "system.tile."+string(s), int(n)), URL: "/admin/customers?status=" + string(s)}
}

// MoneyTiles count the money that waits for somebody, each on the way to it.
func MoneyTiles(ctx context.Context, a books.Attention) []ui.Counter {
	late, sums := int64(0), []string{}
	for _, s := range a.Overdue {
		late += s.Count
		sums = append(sums, format.Money(ctx, money.Of(s.Open, s.Currency)))
	}
	overdue := i18n.N(ctx, "system.tile.overdue", int(late))
	if late > 0 {
		overdue = joined(ctx, append([]string{overdue}, sums...)...)
	}
	lines := IncomingURL
	if a.Partner != 0 {
		lines += "?partner=" + strconv.FormatInt(a.Partner, 10)
	}
	return []ui.Counter{
		{Icon: "triangle-alert", Count: int(late), Label: overdue, URL: FinanceURL + "/invoices?state=" + string(books.Overdue)},
		{Icon: "circle-help", Count: int(a.Held), Label: i18n.N(ctx, "system.tile.held", int(a.Held)), URL: AttemptsURL + "?state=held"},
		{Icon: "landmark", Count: int(a.Lines), Label: i18n.N(ctx, "system.tile.lines", int(a.Lines)), URL: lines},
	}
}

// FailedTile counts the jobs that failed.
func FailedTile(ctx context.Context, n int64) ui.Counter {
	return ui.Counter{Icon: "triangle-alert", Count: int(n), Label: i18n.N(ctx, "system.tile.failed", int(n)), URL: QueueURL("", job.Failed)}
}

// CapturedTile counts the mail and SMS that the demo kept.
func CapturedTile(ctx context.Context, n int64) ui.Counter {
	return ui.Counter{Icon: "mail", Count: int(n), Label: i18n.N(ctx, "system.tile.captured", int(n)), URL: "/admin/outbox"}
}

// Outbox is the mail, SMS and push messages that the demo captured instead of sending.
type Outbox struct {
	Shell ui.Shell
	Items []Captured // newest first
	Next  string     // URL of "Show more"; "" at the end
}

// Previews lists the pictures of every component and page.
type Previews struct {
	Shell ui.Shell
	Names []string
}

// Captured is one message of Outbox.
type Captured struct {
	Kind    string // "email", "sms" or "push"
	From    string
	To      string
	Subject string
	Body    string // plain text
	At      time.Time
	Files   []CapturedFile
}

// CapturedFile is what is attached to one, and where it can be had.
type CapturedFile struct{ URL, Name string }

func (c Captured) icon() string {
	switch c.Kind {
	case "sms":
		return "smartphone"
	case "push":
		return "bell"
	}
	return "mail"
}

// title is the subject, or for what has none the beginning of the text.
func (c Captured) title() string {
	if c.Subject != "" {
		return c.Subject
	}
	if runes := []rune(c.Body); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return c.Body
}
