package models

import (
	"context"
	"strconv"
	"time"

	"myisp/models/finance"
	"myisp/models/limit"
)

// How often a payment may be begun: by one customer, and with a pay link from one address and by everybody who has it. Each asks
// something of a payment provider, and a link's document costs a core some 60 ms. Results are read without end.
var (
	pays       = limit.Rule{Name: "pay", Max: 30, Window: 10 * time.Minute}
	methods    = limit.Rule{Name: "pay-method", Max: 30, Window: 10 * time.Minute}
	linkPaysAt = limit.Rule{Name: "pay-link-address", Max: 10, Window: 10 * time.Minute}
	linkPays   = limit.Rule{Name: "pay-link", Max: 40, Window: time.Hour}

	linkFilesAt = limit.Rule{Name: "files:pay-link-address", Max: 10, Window: 10 * time.Minute}
	linkFiles   = limit.Rule{Name: "files:pay-link", Max: 60, Window: time.Hour}
)

// MayPay returns what counts a payment that a customer begins, for finance.NewAttempt.May: a form that is sent again begins none
// and counts for nothing. The error is limit.TooMany.
func (m *Models) MayPay(customer int64) func(context.Context) error {
	return func(ctx context.Context) error { return m.Limits.Take(ctx, pays, strconv.FormatInt(customer, 10)) }
}

// GivesMethod counts one beginning to give a payment method. The error is limit.TooMany.
func (m *Models) GivesMethod(ctx context.Context, customer int64) error {
	return m.Limits.Take(ctx, methods, strconv.FormatInt(customer, 10))
}

// LinkPays counts one press of Pay on the page of a pay link. Only who holds the link can use its limits up. The error is
// limit.TooMany.
func (m *Models) LinkPays(ctx context.Context, l finance.PayLink, ip string) error {
	id := strconv.FormatInt(l.ID, 10)
	return m.Limits.TakeAll(ctx, limit.Claim{Rule: linkPaysAt, Subject: id + " " + limit.Source(ip)}, limit.Claim{Rule: linkPays, Subject: id})
}

// LinkFile counts one document of a pay link that is drawn, as LinkPays does. The error is limit.TooMany.
func (m *Models) LinkFile(ctx context.Context, l finance.PayLink, ip string) error {
	id := strconv.FormatInt(l.ID, 10)
	return m.Limits.TakeAll(ctx, limit.Claim{Rule: linkFilesAt, Subject: id + " " + limit.Source(ip)}, limit.Claim{Rule: linkFiles, Subject: id})
}
