// Package admin shows the staff's pages.
package admin

import (
	"context"
	"time"

	"myisp/models/customer"
	"myisp/models/job"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Home is where staff arrive after log-in.
type Home struct {
	Shell ui.Shell
	Tiles []ui.Counter
	Queue *job.Overview // nil for who may not see the system
}

// StatusTile counts the customers of a status.
func StatusTile(ctx context.Context, s customer.Status, n int64) ui.Counter {
	icon := map[customer.Status]string{customer.StatusActive: "users", customer.StatusNew: "user", customer.StatusBlocked: "lock", customer.StatusDisabled: "circle-dashed"}[s]
	return ui.Counter{Icon: icon, Count: int(n), Label: i18n.N(ctx, "system.tile."+string(s), int(n)), URL: "/admin/customers?status=" + string(s)}
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
