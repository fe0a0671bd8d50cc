// Package admin shows the staff's pages.
package admin

import (
	"time"

	"myisp/views/ui"
)

// Home is where staff arrive after log-in.
type Home struct {
	Shell ui.Shell
	Tiles []ui.Counter
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
}

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
