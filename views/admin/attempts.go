package admin

import (
	"context"
	"net/url"
	"strconv"

	"myisp/internal/money"
	books "myisp/models/finance"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// AttemptsURL is the list of payments through gateways.
const AttemptsURL = FinanceURL + "/attempts"

// AttemptURL is the page of one.
func AttemptURL(id int64) string { return AttemptsURL + "/" + strconv.FormatInt(id, 10) }

// Attempts is the list of what customers began to pay through gateways (FIN-7).
type Attempts struct {
	Shell ui.Shell
	State books.AttemptState
	Rows  []books.ListedAttempt
	Next  int64
}

// AttemptStates are the states that the list can be narrowed to; "" is all.
var AttemptStates = []books.AttemptState{"", books.AttemptHeld, books.AttemptPending, books.AttemptOpen, books.AttemptPaid, books.AttemptReturned, books.AttemptDeclined, books.AttemptCancelled, books.AttemptFailed}

func (p Attempts) chips(ctx context.Context) []ui.Chip {
	var chips []ui.Chip
	for _, s := range AttemptStates {
		c := ui.Chip{Label: i18n.T(ctx, "desk.any"), URL: AttemptsURL, Active: s == p.State}
		if s != "" {
			c.Label, c.URL = attemptState(ctx, s), AttemptsURL+"?state="+string(s)
		}
		chips = append(chips, c)
	}
	return chips
}

func (p Attempts) more() string {
	if p.Next == 0 {
		return ""
	}
	q := url.Values{"before": {strconv.FormatInt(p.Next, 10)}}
	if p.State != "" {
		q.Set("state", string(p.State))
	}
	return AttemptsURL + "?" + q.Encode()
}

func attemptState(ctx context.Context, s books.AttemptState) string {
	return i18n.T(ctx, "attempts.state."+string(s))
}

func attemptTone(s books.AttemptState) ui.Tone {
	switch s {
	case books.AttemptPaid:
		return ui.Ok
	case books.AttemptHeld, books.AttemptPending:
		return ui.Warn
	case books.AttemptDeclined, books.AttemptFailed:
		return ui.Bad
	}
	return ui.Neutral
}

// StaffAttempt is one payment through a gateway, as staff see it.
type StaffAttempt struct {
	Shell     ui.Shell
	Attempt   books.Attempt
	Customer  string
	Documents []books.AttemptDocument
	Refunds   []books.GatewayRefund
	MayEdit   bool
	Note      string
	Errors    map[string]string
}

// bookable reports whether what was told may be booked as it is.
func (p StaffAttempt) bookable() bool {
	return p.Attempt.State == books.AttemptHeld && p.Attempt.ToldCurrency == p.Attempt.Currency && p.Attempt.Told > 0
}

// decision are the words of what staff have to decide, and of the button that ends the matter.
func (p StaffAttempt) decision() (text, button string) {
	switch p.Attempt.Reason {
	case books.ReasonMore:
		return "attempts.decide_more", "attempts.noted"
	case books.ReasonUnanswered:
		return "attempts.decide_unanswered", "attempts.close"
	}
	return "attempts.decide_text", "attempts.close"
}

func refundTone(s books.RefundState) ui.Tone {
	return map[books.RefundState]ui.Tone{books.RefundAsked: ui.Warn, books.RefundMade: ui.Ok, books.RefundRefused: ui.Bad}[s]
}

func (p StaffAttempt) terms(ctx context.Context) []ui.Term {
	a := p.Attempt
	cash := func(minor int64) string { return format.Money(ctx, money.Of(minor, a.Currency)) }
	list := []ui.Term{
		{Label: i18n.T(ctx, "desk.customer"), Value: p.Customer},
		{Label: i18n.T(ctx, "attempts.gateway"), Value: i18n.T(ctx, "gateway.name."+a.Gateway)},
		{Label: i18n.T(ctx, "pay.for"), Value: i18n.T(ctx, "pay.purpose."+string(a.Purpose))},
		{Label: i18n.T(ctx, "attempts.asked"), Value: format.Money(ctx, a.AskedFor())},
		{Label: i18n.T(ctx, "pay.fee_item"), Value: cash(a.Fee)},
	}
	if a.Told > 0 {
		list = append(list, ui.Term{Label: i18n.T(ctx, "attempts.told"), Value: format.Money(ctx, a.ToldAmount())})
	}
	for _, t := range []struct {
		key   string
		minor int64
	}{{"attempts.received", a.Received}, {"attempts.returned", a.Returned}, {"attempts.reinstated", a.Reinstated}} {
		if t.minor > 0 {
			list = append(list, ui.Term{Label: i18n.T(ctx, t.key), Value: cash(t.minor)})
		}
	}
	list = append(list, ui.Term{Label: i18n.T(ctx, "pay.when"), Value: format.DateTime(ctx, a.CreatedAt)})
	if a.ExternalID != nil {
		list = append(list, ui.Term{Label: i18n.T(ctx, "attempts.external"), Value: *a.ExternalID, Copy: true})
	}
	if key := "attempts.reason." + a.Reason; i18n.Has(key) {
		list = append(list, ui.Term{Label: i18n.T(ctx, "customers.reason"), Value: i18n.T(ctx, key)})
	}
	if a.Note != "" {
		list = append(list, ui.Term{Label: i18n.T(ctx, "attempts.note"), Value: a.Note})
	}
	if a.CheckAt != nil {
		list = append(list, ui.Term{Label: i18n.T(ctx, "attempts.next"), Value: format.DateTime(ctx, *a.CheckAt)})
	}
	return list
}

// documentURL is the staff's page of what an attempt pays.
func (p StaffAttempt) documentURL(d books.AttemptDocument) string {
	kind := books.ListInvoices
	if d.Kind == books.KindProforma {
		kind = books.ListProforma
	}
	return DeskURL(p.Attempt.CustomerID, kind, strconv.FormatInt(d.DocumentID, 10))
}

func documentObject(k books.DocumentKind) string {
	if k == books.KindProforma {
		return "proforma_invoice"
	}
	return "invoice"
}
