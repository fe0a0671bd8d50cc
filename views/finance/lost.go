package finance

import (
	"context"
	"strconv"

	books "myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Lost is home's notice of a payment whose money bounced on the way or was charged back.
type Lost struct {
	Attempt books.Attempt
	Again   bool // what it was for is still to be paid
}

func (l Lost) title(ctx context.Context) string {
	m, taken := l.Attempt.Lost()
	key := "home.lost.bounced"
	switch {
	case taken:
		key = "home.lost.taken"
	case l.Attempt.PayLinkID != 0:
		key = "home.lost.bounced_link"
	}
	return i18n.T(ctx, key, "amount", format.Money(ctx, m))
}

func (l Lost) text(ctx context.Context) string {
	if l.Again {
		return i18n.T(ctx, "home.lost.text")
	}
	return i18n.T(ctx, "home.lost.done")
}

// way leads to paying again, unless that was done already: nobody is to pay twice.
func (l Lost) way(ctx context.Context) ui.Action {
	if l.Again {
		return ui.Action{Label: i18n.T(ctx, "home.lost.again"), URL: "/pay"}
	}
	return ui.Action{Label: i18n.T(ctx, "home.lost.see"), URL: l.url()}
}

func (l Lost) url(more ...string) string {
	url := "/pay/attempts/" + strconv.FormatInt(l.Attempt.ID, 10)
	for _, m := range more {
		url += "/" + m
	}
	return url
}
