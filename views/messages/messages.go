// Package messages shows a customer's inbox (spec §2.10).
package messages

import (
	"context"
	"regexp"
	"strconv"
	"strings"

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

// pages are the addresses of the portal that a message may name; each is shown as a link that says what it leads to.
var pages = map[string]string{
	"/finance/refill-card": "refill.title", "/finance/payment-methods": "methods.title", "/finance/autopay": "autopay.title", "/pay": "action.pay", "/finance": "nav.finance", "/tickets": "nav.support",
}

// part is a piece of a message: text, or with key the address of a page.
type part struct{ text, key string }

// address finds what may be one: a word that begins with a slash.
var address = regexp.MustCompile(`(^|[\s(])(/[a-z][a-z/-]*[a-z])\b`)

// parts cuts a message at the addresses in it. Whoever writes messages writes text, so nothing else in it is ever a link.
func parts(body string) (list []part) {
	at := 0
	for _, m := range address.FindAllStringSubmatchIndex(body, -1) {
		path := body[m[4]:m[5]]
		if key := pages[path]; key != "" && !strings.HasPrefix(body[m[5]:], "/") {
			list = append(list, part{text: body[at:m[4]]}, part{path, key})
			at = m[5]
		}
	}
	return append(list, part{text: body[at:]})
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
