package gocardless

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"myisp/internal/gateway"
	"myisp/internal/gateway/gatewaytest"
	"myisp/internal/money"
)

var ctx = context.Background()

func TestConforms(t *testing.T) {
	for _, collect := range []string{instant, debit} {
		t.Run(collect, func(t *testing.T) {
			gatewaytest.Run(t, func(t *testing.T) gatewaytest.Bench {
				f := newFake(t)
				g := f.gateway(collect)
				return gatewaytest.Bench{Gateway: g, Currencies: []money.Currency{"EUR", "GBP", "USD"}, Capabilities: capabilities, Landed: gateway.Pending,
					Do: func(_ *testing.T, begun gateway.Begun, act gatewaytest.Act) {
						if act == gatewaytest.Cancel {
							f.things[begun.ExternalID]["status"] = "cancelled"
							return
						}
						f.give(begun.ExternalID)
						if act == gatewaytest.Decline {
							f.happens(f.paymentOf(g, begun.ExternalID), "failed", "failed", "insufficient_funds")
						}
					},
					Arrive: func(_ *testing.T, begun gateway.Begun) {
						f.happens(f.paymentOf(g, begun.ExternalID), "confirmed", "confirmed", "payment_confirmed")
					},
					Notice: func(_ *testing.T, begun gateway.Begun) gateway.Notice {
						return sign(object{"id": "EV00001", "resource_type": "billing_requests", "action": "fulfilled", "links": object{"billing_request": begun.ExternalID}, "resource_metadata": object{keyData: "conformance-key-notice"}})
					},
					Save: func(t *testing.T) gateway.Method {
						begun, err := g.BeginSaving(ctx, gateway.Setup{Key: "keeping-a-mandate", Currency: "EUR", ReturnURL: "https://portal.example/r", CancelURL: "https://portal.example/c"})
						if err != nil {
							t.Fatal(err)
						}
						f.give(begun.ExternalID)
						m, _, err := g.FetchSaved(ctx, gateway.Ref{ExternalID: begun.ExternalID})
						if err != nil {
							t.Fatal(err)
						}
						return m
					},
					Charges: func() int { return strings.Count(strings.Join(ids(f), " "), "PM") }}
			})
		})
	}
}

func begin(t *testing.T, g *Gateway, key string, m money.Money) gateway.Ref {
	t.Helper()
	begun, err := g.Begin(ctx, gateway.Checkout{Key: key, Amount: m, Description: "Invoice 1", ReturnURL: "https://portal.example/r", CancelURL: "https://portal.example/c", Customer: gateway.Customer{Name: "Alice Carter", Email: "alice@example.com", Country: "GB"}})
	if err != nil || !strings.HasPrefix(begun.URL, "https://pay-sandbox.gocardless.com/") {
		t.Fatal(begun, err)
	}
	return gateway.Ref{Key: key, ExternalID: begun.ExternalID}
}

// Whatever happens to a debit, in days, the sums only grow and tell it to the end: late failures, retries, charge backs.
func TestHistory(t *testing.T) {
	type step struct{ action, status, cause string }
	confirmed, paidOut := step{"confirmed", "confirmed", ""}, step{"paid_out", "paid_out", ""}
	failed, back := step{"failed", "failed", "bank_account_closed"}, step{"charged_back", "charged_back", "authorisation_disputed"}
	for name, c := range map[string]struct {
		steps                          []step
		state                          gateway.State
		reason                         gateway.Reason
		received, returned, reinstated int64
	}{
		"on its way":           {[]step{{"submitted", "submitted", ""}}, gateway.Pending, "", 0, 0, 0},
		"paid":                 {[]step{{"submitted", "submitted", ""}, confirmed, paidOut}, gateway.Paid, "", 900, 0, 0},
		"failed":               {[]step{failed}, gateway.Declined, gateway.Invalid, 0, 0, 0},
		"failed for nothing":   {[]step{{"failed", "failed", "something_new"}}, gateway.Declined, gateway.Other, 0, 0, 0},
		"retried":              {[]step{failed, {"resubmission_requested", "pending_submission", ""}, confirmed}, gateway.Paid, "", 900, 0, 0},
		"late failure":         {[]step{confirmed, paidOut, failed}, gateway.Paid, "", 900, 900, 0},
		"late, then again":     {[]step{confirmed, failed, {"resubmission_requested", "pending_submission", ""}, confirmed}, gateway.Paid, "", 900, 900, 900},
		"charged back":         {[]step{confirmed, paidOut, back, {"chargeback_settled", "charged_back", ""}}, gateway.Paid, "", 900, 900, 0},
		"and called off":       {[]step{confirmed, paidOut, back, {"chargeback_cancelled", "paid_out", ""}}, gateway.Paid, "", 900, 900, 900},
		"and again":            {[]step{confirmed, back, {"chargeback_cancelled", "paid_out", ""}, back}, gateway.Paid, "", 900, 1800, 900},
		"called off":           {[]step{{"cancelled", "cancelled", "payment_cancelled"}}, gateway.Cancelled, "", 0, 0, 0},
		"a history with holes": {[]step{{"x", "charged_back", ""}}, gateway.Paid, "", 900, 900, 0},
	} {
		f := newFake(t)
		g := f.gateway(debit)
		ref := begin(t, g, "a-history-of-days", money.Of(900, "SEK"))
		f.give(ref.ExternalID)
		p := f.paymentOf(g, ref.ExternalID)
		for _, s := range c.steps {
			f.happens(p, s.action, s.status, s.cause)
		}
		r, err := g.Fetch(ctx, ref)
		if err != nil || r.State != c.state || r.Reason != c.reason || r.Received != money.Of(c.received, "SEK") || r.Returned != c.returned || r.Reinstated != c.reinstated || r.Key != ref.Key || r.ExternalID != ref.ExternalID {
			t.Errorf("%s: %+v %v", name, r, err)
		}
		if n := strings.Count(strings.Join(ids(f), " "), "PM"); n != 1 {
			t.Errorf("%s: %d payments", name, n)
		}
	}
}

func ids(f *fake) (out []string) {
	for id := range f.things {
		out = append(out, id)
	}
	return out
}

// A refund that bounces gives the money back to us.
func TestRefundBounces(t *testing.T) {
	f := newFake(t)
	g := f.gateway(instant)
	ref := begin(t, g, "a-refund-that-bounces", money.Of(900, "GBP"))
	f.give(ref.ExternalID)
	f.happens(f.paymentOf(g, ref.ExternalID), "confirmed", "confirmed", "")
	if err := g.Refund(ctx, gateway.Refund{Key: "refund-1", Ref: ref, Amount: money.Of(400, "GBP")}); err != nil {
		t.Fatal(err)
	}
	for id, o := range f.things {
		if strings.HasPrefix(id, "RF") {
			o["status"] = "bounced"
			if found, err := g.Find(ctx, gateway.Ref{ExternalID: id}); err != nil || found.Key != ref.Key {
				t.Errorf("%+v %v", found, err)
			}
		}
	}
	if r, err := g.Fetch(ctx, ref); err != nil || r.Returned != 400 || r.Reinstated != 400 {
		t.Errorf("%+v %v", r, err)
	}
}

// A mandate is kept, debited without the customer, and ended; one that has ended is declined as expired.
func TestSaved(t *testing.T) {
	f := newFake(t)
	g := f.gateway(instant)
	begun, err := g.BeginSaving(ctx, gateway.Setup{Key: "keeping-a-mandate", Currency: "EUR", ReturnURL: "https://portal.example/r", CancelURL: "https://portal.example/c"})
	if err != nil {
		t.Fatal(err)
	}
	if m, state, err := g.FetchSaved(ctx, gateway.Ref{ExternalID: begun.ExternalID}); err != nil || m.Token != "" || state != gateway.Open {
		t.Errorf("before: %+v %v", m, err)
	}
	f.give(begun.ExternalID)
	m, _, err := g.FetchSaved(ctx, gateway.Ref{ExternalID: begun.ExternalID})
	if err != nil || m.Kind != gateway.Bank || m.Brand != "Example Bank" || m.Last4 != "11" || m.Mandate == "" || m.CustomerToken != "CU00001" {
		t.Fatalf("after: %+v %v", m, err)
	}
	if r, err := g.Fetch(ctx, gateway.Ref{ExternalID: begun.ExternalID}); err != nil || r.State != gateway.Open || len(f.made) != 1 {
		t.Errorf("a setup takes no money: %+v %v %v", r, err, f.made)
	}
	c := gateway.Charge{Key: "charging-a-mandate", Amount: money.Of(4290, "EUR"), Description: "Invoice 1", Method: m}
	first, r, err := g.Charge(ctx, c)
	if err != nil || r.State != gateway.Pending || first.ExternalID == "" {
		t.Fatalf("%+v %+v %v", first, r, err)
	}
	if again, _, err := g.Charge(ctx, c); err != nil || again != first {
		t.Errorf("%+v %v", again, err)
	}
	f.happens(first.ExternalID, "confirmed", "confirmed", "")
	if r, err := g.Fetch(ctx, gateway.Ref{Key: c.Key, ExternalID: first.ExternalID}); err != nil || r.State != gateway.Paid || r.Received.Minor != 4290 || r.Key != c.Key {
		t.Errorf("%+v %v", r, err)
	}
	for range 2 {
		if err := g.Forget(ctx, "", m.Token); err != nil {
			t.Error(err)
		}
	}
	c.Key = "charging-what-has-ended"
	if _, r, err := g.Charge(ctx, c); err != nil || r.State != gateway.Declined || r.Reason != gateway.Expired {
		t.Errorf("%+v %v", r, err)
	}
}

// A mandate that comes after the attempt has ended is not debited; a debit that was made before is told of all the same.
func TestEndedMandate(t *testing.T) {
	f := newFake(t)
	g := f.gateway(debit)
	for _, before := range []bool{false, true} {
		ref := begin(t, g, "an-attempt-that-ends-"+map[bool]string{false: "first", true: "later"}[before], money.Of(900, "SEK"))
		f.give(ref.ExternalID)
		want := gateway.Open
		if before {
			f.paymentOf(g, ref.ExternalID)
			want = gateway.Pending
		}
		ref.Ended = true
		clear(f.made) // as GoCardless forgets keys after some weeks
		if r, err := g.Fetch(ctx, ref); err != nil || r.State != want || r.ExternalID != ref.ExternalID {
			t.Errorf("debited before: %v: %+v %v", before, r, err)
		}
		if before {
			for id := range f.things {
				if strings.HasPrefix(id, "PM") {
					f.happens(id, "confirmed", "confirmed", "")
				}
			}
			if err := g.Refund(ctx, gateway.Refund{Key: "refund-of-old", Ref: ref, Amount: money.Of(400, "SEK")}); err != nil {
				t.Error(err)
			}
		}
	}
	if n := strings.Count(strings.Join(ids(f), " "), "PM"); n != 1 {
		t.Errorf("%d debits", n)
	}
}

func TestNotices(t *testing.T) {
	f := newFake(t)
	g := f.gateway(instant)
	events, err := g.ParseNotice(ctx, sign(
		object{"id": "EV001", "resource_type": "payments", "action": "confirmed", "links": object{"payment": "PM001"}},
		object{"id": "EV002", "resource_type": "billing_requests", "action": "fulfilled", "links": object{"billing_request": "BRQ001"}, "resource_metadata": object{keyData: "k", kindData: kindSetup}},
		object{"id": "EV003", "resource_type": "refunds", "action": "paid", "links": object{"refund": "RF001"}, "resource_metadata": object{keyData: "of-the-refund"}},
		object{"id": "EV004", "resource_type": "payouts", "links": object{"payout": "PO001"}},
		object{"id": "EV005", "resource_type": "payments", "links": object{"payment": "../x"}}))
	want := []gateway.Event{{ID: "EV001", Ref: gateway.Ref{ExternalID: "PM001"}}, {ID: "EV002", Ref: gateway.Ref{Key: "k", ExternalID: "BRQ001"}, Setup: true}, {ID: "EV003", Ref: gateway.Ref{ExternalID: "RF001"}}}
	if err != nil || len(events) != len(want) {
		t.Fatalf("%+v %v", events, err)
	}
	for i := range want {
		if events[i] != want[i] {
			t.Errorf("%+v; want %+v", events[i], want[i])
		}
	}
	if _, err := g.Find(ctx, gateway.Ref{ExternalID: "PM99999"}); !errors.Is(err, gateway.ErrUnknown) {
		t.Error(err)
	}
}

func TestConfiguration(t *testing.T) {
	for key, value := range map[string]string{Environment: "elsewhere", AccessToken: "short", WebhookSecret: ""} {
		other := map[string]string{}
		for k, v := range config {
			other[k] = v
		}
		other[key] = value
		if _, err := Definition().New(other, nil); err == nil {
			t.Errorf("%s=%q is taken", key, value)
		}
	}
	f := newFake(t)
	if err := f.gateway(instant).Check(ctx); err != nil {
		t.Error(err)
	}
	g, err := open(map[string]string{Environment: sandbox, AccessToken: "another_token_of_tests", WebhookSecret: fakeWebhook}, &http.Client{Transport: f})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Check(ctx); !errors.Is(err, gateway.ErrRefused) || strings.Contains(err.Error(), "another") || strings.Contains(err.Error(), "words") || !strings.Contains(err.Error(), "access_token_not_found") {
		t.Error(err)
	}
	if _, err := f.gateway(instant).Begin(ctx, gateway.Checkout{Key: "x", Amount: money.Of(5000, "JPY")}); !errors.Is(err, gateway.ErrRefused) {
		t.Error(err)
	}
}

func FuzzParseNotice(f *testing.F) {
	g := &Gateway{webhook: fakeWebhook}
	f.Add(string(sign(object{"id": "EV001", "resource_type": "payments", "links": object{"payment": "PM001"}}).Body), "", true)
	f.Add("{}", "zz", false)
	f.Add(`{"events":[{"links":null}]}`, "", true)
	f.Fuzz(func(t *testing.T, body, header string, signed bool) {
		if signed { // what lies behind the signature has to stand anything, too
			header = signature([]byte(body))
		}
		events, err := g.ParseNotice(ctx, gateway.Notice{Header: http.Header{SignatureHeader: {header}}, Body: []byte(body)})
		if err != nil && !errors.Is(err, gateway.ErrForged) {
			t.Error(err)
		}
		for _, e := range events {
			if e.ID == "" || e.Ref.ExternalID == "" {
				t.Errorf("%+v", e)
			}
		}
	})
}
