// Package tickets shows a customer's questions and the answers to them (spec §2.9).
package tickets

import (
	"context"
	"strconv"

	"myisp/models/ticket"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// List is the page of open tickets, or of closed ones (TCK-1).
type List struct {
	Shell  ui.Shell
	Closed bool
	Items  []ticket.Ticket
	Next   string // where "Show more" leads; "" at the end
}

// Ticket is the page of one with its thread. It posts to /tickets/{id}/reading, which clears the mark (TCK-7).
type Ticket struct {
	Shell  ui.Shell
	Thread ticket.Thread
}

func url(t ticket.Ticket) string { return "/tickets/" + strconv.FormatInt(t.ID, 10) }

// number is what people call a ticket by: "#7".
func number(ctx context.Context, t ticket.Ticket) string {
	return format.Isolate(ctx, "#"+strconv.FormatInt(t.ID, 10))
}

// badge is what customers read of a status (TCK-3).
type badge struct {
	tone ui.Tone
	icon string
	text string
}

func badgeOf(ctx context.Context, t ticket.Ticket) badge {
	switch t.Status {
	case ticket.InProgress:
		return badge{ui.Ok, "clock", i18n.T(ctx, "tickets.state.in_progress")}
	case ticket.Resolved:
		return badge{ui.Neutral, "check", i18n.T(ctx, "tickets.state.resolved")}
	case ticket.WaitCustomer:
		return badge{ui.Warn, "message-circle", i18n.T(ctx, "tickets.state.waiting")}
	}
	if t.Closed {
		return badge{ui.Neutral, "check", i18n.T(ctx, "tickets.state.closed")}
	}
	return badge{ui.Info, "circle-dashed", i18n.T(ctx, "tickets.state.open")}
}

// author names who wrote a message.
func author(ctx context.Context, m ticket.Message) string {
	switch {
	case m.Author == ticket.ByCustomer:
		return i18n.T(ctx, "tickets.you")
	case m.AuthorName != "":
		return m.AuthorName
	}
	return i18n.T(ctx, "tickets.us")
}
