package paypal

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"myisp/internal/gateway"
	"myisp/internal/gateway/gatewaytest"
	"myisp/internal/money"
)

var ctx = context.Background()

func TestConforms(t *testing.T) {
	gatewaytest.Run(t, func(t *testing.T) gatewaytest.Bench {
		f := newFake(t)
		return gatewaytest.Bench{Gateway: f.gateway(), Currencies: []money.Currency{"EUR", "JPY", "HUF"}, Capabilities: capabilities, CannotCancel: true,
			Do: func(t *testing.T, begun gateway.Begun, act gatewaytest.Act) {
				f.approve(begun.ExternalID, map[gatewaytest.Act]string{gatewaytest.Decline: "declined/5120"}[act])
				if act == gatewaytest.Approve {
					return
				}
				if _, err := f.gateway().Fetch(ctx, gateway.Ref{ExternalID: begun.ExternalID}); err != nil { // as the return page does
					t.Fatal(err)
				}
			},
			Notice: func(_ *testing.T, begun gateway.Begun) gateway.Notice {
				c := list(f.orders[begun.ExternalID], "captures")[0]
				return f.notice("capture", object{"id": c["id"], "custom_id": c["custom_id"], "supplementary_data": object{"related_ids": object{"order_id": begun.ExternalID}}}, time.Now())
			}}
	})
}

func begin(t *testing.T, g *Gateway, key string, m money.Money) gateway.Ref {
	t.Helper()
	begun, err := g.Begin(ctx, gateway.Checkout{Key: key, Amount: m, Description: "Invoice 1", ReturnURL: "https://portal.example/r", CancelURL: "https://portal.example/c", Language: "ar"})
	if err != nil || !strings.HasPrefix(begun.URL, "https://www.sandbox.paypal.com/") {
		t.Fatal(begun, err)
	}
	return gateway.Ref{Key: key, ExternalID: begun.ExternalID}
}

func report(t *testing.T, g *Gateway, ref gateway.Ref) gateway.Report {
	t.Helper()
	r, err := g.Fetch(ctx, ref)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What the customer approved is captured once, however often it is asked for, and an approval that PayPal then refuses is
// a decline.
func TestCapture(t *testing.T) {
	f := newFake(t)
	g := f.gateway()
	for what, want := range map[string]gateway.Report{"": {State: gateway.Paid}, "pending": {State: gateway.Pending}, "422/INSTRUMENT_DECLINED": {State: gateway.Declined, Reason: gateway.Other},
		"422/PAYER_CANNOT_PAY": {State: gateway.Declined, Reason: gateway.Blocked}, "declined/5400": {State: gateway.Declined, Reason: gateway.Expired}, "declined/zzzz": {State: gateway.Declined, Reason: gateway.Other}} {
		ref := begin(t, g, "capture-key-"+strings.ReplaceAll(what, "/", "-"), money.Of(1099, "USD"))
		f.approve(ref.ExternalID, what)
		for range 3 {
			if r := report(t, g, ref); r.State != want.State || r.Reason != want.Reason || r.Key != ref.Key || r.Received.Currency != "USD" || (r.State == gateway.Paid) != (r.Received.Minor == 1099) {
				t.Errorf("%s: %+v", what, r)
			}
		}
		if n := len(list(f.orders[ref.ExternalID], "captures")); n > 1 {
			t.Errorf("%s: %d captures", what, n)
		}
	}
	if f.tokens != 1 {
		t.Errorf("%d tokens for one program", f.tokens)
	}
	f.dropped = true
	if err := g.Check(ctx); err != nil || f.tokens != 2 {
		t.Errorf("a token that PayPal forgot: %v, %d", err, f.tokens)
	}
}

// Disputes and refunds that failed are told as sums that only grow.
func TestReturns(t *testing.T) {
	f := newFake(t)
	g := f.gateway()
	ref := begin(t, g, "disputed-and-refunded", money.Of(4567, "JPY"))
	f.approve(ref.ExternalID, "")
	sums := func(returned, reinstated int64) {
		t.Helper()
		if r := report(t, g, ref); r.State != gateway.Paid || r.Received != money.Of(4567, "JPY") || r.Returned != returned || r.Reinstated != reinstated {
			t.Errorf("%+v; want %d and %d", r, returned, reinstated)
		}
	}
	sums(0, 0)
	c := list(f.orders[ref.ExternalID], "captures")[0]
	yen := amount{"JPY", "4567"}
	movements := []object{{"affected_party": "BUYER", "type": "CREDIT", "reason": "DISPUTE_SETTLEMENT", "amount": yen}, {"affected_party": "SELLER", "type": "DEBIT", "reason": "DISPUTE_SETTLEMENT", "amount": yen}}
	f.disputes["PP-D-1"] = object{"of": c["id"], "money_movements": movements}
	sums(4567, 0)
	f.disputes["PP-D-1"]["money_movements"] = append(movements, object{"affected_party": "SELLER", "type": "CREDIT", "reason": "DISPUTE_SETTLEMENT", "amount": yen})
	sums(4567, 4567)
	if err := g.Refund(ctx, gateway.Refund{Key: "refund-that-fails", Ref: ref, Amount: money.Of(1000, "JPY")}); err != nil {
		t.Fatal(err)
	}
	sums(5567, 4567)
	list(f.orders[ref.ExternalID], "refunds")[0]["status"] = "FAILED"
	sums(5567, 5567)
	f.barred = true
	sums(1000, 1000) // the disputes cannot be read: what is known is told, and Check tells staff
	if err := g.Check(ctx); !errors.Is(err, gateway.ErrRefused) || strings.Contains(err.Error(), "words") {
		t.Errorf("%v", err)
	}
}

// Notices lead to the attempt, and only PayPal's own are heard.
func TestNotices(t *testing.T) {
	f := newFake(t)
	g := f.gateway()
	ref := begin(t, g, "with-a-dispute-01", money.Of(900, "EUR"))
	f.approve(ref.ExternalID, "")
	report(t, g, ref)
	captured := list(f.orders[ref.ExternalID], "captures")[0]["id"].(string)
	for name, n := range map[string]gateway.Notice{
		"order":   f.notice("checkout-order", object{"id": ref.ExternalID, "purchase_units": []object{{"custom_id": ref.Key}}}, time.Now()),
		"refund":  f.notice("refund", object{"id": "R1", "links": []object{{"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/" + captured}}}, time.Now()),
		"dispute": f.notice("dispute", object{"dispute_id": "PP-D-1", "disputed_transactions": []object{{"seller_transaction_id": captured}}}, time.Now()),
	} {
		events, err := g.ParseNotice(ctx, n)
		if err != nil || len(events) != 1 || events[0].ID == "" {
			t.Fatalf("%s: %+v %v", name, events, err)
		}
		found := events[0].Ref
		if found.Key == "" {
			if found, err = g.Find(ctx, found); err != nil {
				t.Fatal(name, err)
			}
		}
		if found != ref {
			t.Errorf("%s leads to %+v", name, found)
		}
	}
	if f.loaded != 1 {
		t.Errorf("the certificate was loaded %d times", f.loaded)
	}
	if events, err := g.ParseNotice(ctx, f.notice("plan", object{"id": "P-1"}, time.Now())); err != nil || len(events) != 0 {
		t.Errorf("%+v %v", events, err)
	}
	if _, err := g.Find(ctx, gateway.Ref{ExternalID: "5O190127TN9999999"}); !errors.Is(err, gateway.ErrUnknown) {
		t.Error(err)
	}
	good := f.notice("capture", object{"id": captured}, time.Now())
	for name, change := range map[string]func(*gateway.Notice){
		"another host": func(n *gateway.Notice) {
			n.Header.Set("PAYPAL-CERT-URL", "https://evil.example/v1/notifications/certs/x")
		},
		"a host that ends so": func(n *gateway.Notice) {
			n.Header.Set("PAYPAL-CERT-URL", "https://evilpaypal.com/v1/notifications/certs/x")
		},
		"another path": func(n *gateway.Notice) { n.Header.Set("PAYPAL-CERT-URL", "https://api.paypal.com/v1/oauth2/token") },
		"out of the path": func(n *gateway.Notice) {
			n.Header.Set("PAYPAL-CERT-URL", "https://api.paypal.com/v1/notifications/certs/../../x")
		},
		"no TLS": func(n *gateway.Notice) { n.Header.Set("PAYPAL-CERT-URL", strings.Replace(certURL, "https", "http", 1)) },
		"a name in the address": func(n *gateway.Notice) {
			n.Header.Set("PAYPAL-CERT-URL", strings.Replace(certURL, "api.", "api.paypal.com@", 1))
		},
		"no such certificate":    func(n *gateway.Notice) { n.Header.Set("PAYPAL-CERT-URL", certURL+"0") },
		"another transmission":   func(n *gateway.Notice) { n.Header.Set("PAYPAL-TRANSMISSION-ID", "x") },
		"another time":           func(n *gateway.Notice) { n.Header.Set("PAYPAL-TRANSMISSION-TIME", "2026-11-22T00:00:00Z") },
		"another algorithm":      func(n *gateway.Notice) { n.Header.Set("PAYPAL-AUTH-ALGO", "none") },
		"after the tolerance":    func(n *gateway.Notice) { n.Now = n.Now.Add(tolerance + time.Hour) },
		"an expired certificate": func(n *gateway.Notice) { n.Now = n.Now.Add(2 * time.Hour) },
	} {
		n := good
		n.Header = good.Header.Clone()
		change(&n)
		if _, err := g.ParseNotice(ctx, n); !errors.Is(err, gateway.ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConfiguration(t *testing.T) {
	for key, value := range map[string]string{Environment: "elsewhere", ClientID: "", ClientSecret: "short", WebhookID: ""} {
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
	g, err := open(map[string]string{Environment: sandbox, ClientID: fakeID, ClientSecret: "another-secret", WebhookID: fakeWebhook}, &http.Client{Transport: f}, &certs{})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Check(ctx); !errors.Is(err, gateway.ErrRefused) || strings.Contains(err.Error(), "another-secret") || strings.Contains(err.Error(), "words") {
		t.Error(err)
	}
}

func FuzzEvents(f *testing.F) {
	f.Add(`{"id":"WH-1","resource_type":"capture","resource":{"id":"x","custom_id":"k"}}`)
	f.Add(`{"id":"WH-1","resource_type":"dispute","resource":{"disputed_transactions":[{"seller_transaction_id":"x"}]}}`)
	f.Add(`{"id":"WH-1","resource_type":"refund","resource":{"links":[{"rel":"up","href":""}]}}`)
	f.Add(`{`)
	f.Fuzz(func(t *testing.T, body string) {
		list, err := events([]byte(body))
		if err != nil && !errors.Is(err, gateway.ErrForged) {
			t.Error(err)
		}
		for _, e := range list {
			if e.ID == "" {
				t.Errorf("%+v", e)
			}
		}
	})
}

func FuzzHeaders(f *testing.F) {
	f.Add("id", "2026-11-22T00:00:00Z", "c2ln", certURL, "SHA256withRSA", "{}")
	provider := &fake{cert: []byte("no certificate"), answers: map[string]answer{}}
	g, err := open(config, &http.Client{Transport: provider}, &certs{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, id, at, sum, url, algo, body string) {
		h := http.Header{"Paypal-Transmission-Id": {id}, "Paypal-Transmission-Time": {at}, "Paypal-Transmission-Sig": {sum}, "Paypal-Cert-Url": {url}, "Paypal-Auth-Algo": {algo}}
		now, _ := time.Parse(time.RFC3339, at)
		if _, err := g.ParseNotice(ctx, gateway.Notice{Header: h, Body: []byte(body), Now: now}); !errors.Is(err, gateway.ErrForged) {
			t.Error(err)
		}
	})
}
