// Package news shows what the provider tells all its customers (spec §2.3).
package news

import (
	"strconv"

	"myisp/models/message"
	"myisp/views/ui"
)

// List is the page of all news, newest first.
type List struct {
	Shell ui.Shell
	Items []message.NewsItem
	Next  string // where "Show more" leads; "" at the end
}

// Item is the page of one.
type Item struct {
	Shell ui.Shell
	News  message.NewsItem
}

func url(n message.NewsItem) string { return "/news/" + strconv.FormatInt(n.ID, 10) }
