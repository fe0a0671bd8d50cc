// Package messages shows a customer's inbox (spec §2.10).
package messages

import (
	"context"
	"strconv"

	"myisp/models/message"
	"myisp/views/format"
	"myisp/views/ui"
)

// Inbox is the list of messages, newest first.
type Inbox struct {
	Shell ui.Shell
	Items []message.Message
	Next  string // where "Show more" leads; "" at the end
}

// Message is the page of one. It posts to /messages/{id}/reading, which marks it read.
type Message struct {
	Shell   ui.Shell
	Message message.Message
}

func url(m message.Message) string { return "/messages/" + strconv.FormatInt(m.ID, 10) }

// month is the messages of one month.
type month struct {
	name string
	list []message.Message
}

// months parts the list by month, for its date dividers.
func (p Inbox) months(ctx context.Context) []month {
	var months []month
	for _, m := range p.Items {
		name := format.Month(ctx, m.CreatedAt)
		if len(months) == 0 || months[len(months)-1].name != name {
			months = append(months, month{name: name})
		}
		last := &months[len(months)-1]
		last.list = append(last.list, m)
	}
	return months
}
