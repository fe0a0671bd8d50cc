// Package gatewaytest is what every gateway has to pass, whoever its provider is.
package gatewaytest

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"myisp/internal/gateway"
	"myisp/internal/money"
)

// Act is what a test lets the provider's side do to a checkout.
type Act string

// The acts that every provider's fake knows.
const (
	Pay     Act = "pay"
	Decline Act = "decline" // for lack of money
	Cancel  Act = "cancel"
)

// Bench is a gateway beside a fake of its provider that the test can steer.
type Bench struct {
	Gateway    gateway.Gateway
	Currencies []money.Currency
	// Do makes something happen to a checkout at the provider.
	Do func(t *testing.T, begun gateway.Begun, act Act)
	// Notice is an authentic notice about a checkout, as the provider would send it now.
	Notice func(t *testing.T, begun gateway.Begun) gateway.Notice
	// CannotDecline and CannotCancel say that the provider has no such end (transfers).
	CannotDecline, CannotCancel bool
	// Capabilities are the provider's: amounts of the tests keep to its steps.
	Capabilities gateway.Capabilities
	// Landed is how far a payment has come right after the customer gave it; "" is Paid. Where it is Pending, Arrive makes
	// the money come.
	Landed gateway.State
	Arrive func(t *testing.T, begun gateway.Begun)
}

// amount brings minor units down to what the provider takes.
func (b Bench) amount(minor int64, c money.Currency) money.Money {
	if step := b.Capabilities.Steps[c]; step > 0 {
		minor -= minor % step
	}
	return money.Of(minor, c)
}

// pay lets the customer pay and the money come.
func (b Bench) pay(t *testing.T, begun gateway.Begun) {
	t.Helper()
	b.Do(t, begun, Pay)
	if b.Arrive == nil {
		return
	}
	if r, err := b.Gateway.Fetch(context.Background(), gateway.Ref{ExternalID: begun.ExternalID}); err != nil || r.State != b.Landed || !r.Received.IsZero() {
		t.Errorf("before the money comes: %+v %v", r, err)
	}
	b.Arrive(t, begun)
}

// expires is one moment for all checkouts: the same key asked twice asks for the same.
var expires = time.Now().Add(30 * time.Minute)

func checkout(key string, m money.Money) gateway.Checkout {
	return gateway.Checkout{Key: key, Amount: m, Description: "Invoice 202611000042", Customer: gateway.Customer{Reference: "42", Name: "Alice Carter", Email: "alice@example.com", Country: "US"},
		ReturnURL: "https://portal.example/pay/attempts/" + key, CancelURL: "https://portal.example/pay", NoticeURL: "https://portal.example/webhooks/x", Language: "en",
		Expires: expires}
}

// Run holds a gateway to the interface's promises. make is called for each of them anew.
func Run(t *testing.T, make func(t *testing.T) Bench) {
	ctx := context.Background()
	key := func(s string) string { return "conformance-key-" + s }
	begin := func(t *testing.T, b Bench, name string, m money.Money) gateway.Begun {
		t.Helper()
		begun, err := b.Gateway.Begin(ctx, checkout(key(name), m))
		if err != nil || begun.ExternalID == "" || begun.URL == "" {
			t.Fatalf("Begin: %+v %v", begun, err)
		}
		return begun
	}
	fetch := func(t *testing.T, b Bench, begun gateway.Begun, name string) gateway.Report {
		t.Helper()
		r, err := b.Gateway.Fetch(ctx, gateway.Ref{Key: key(name), ExternalID: begun.ExternalID})
		if err != nil {
			t.Fatalf("Fetch: %v", err)
		}
		return r
	}

	t.Run("the same key is the same checkout", func(t *testing.T) {
		b := make(t)
		first, again := begin(t, b, "same", money.Of(1234, b.Currencies[0])), begin(t, b, "same", money.Of(1234, b.Currencies[0]))
		if first.ExternalID != again.ExternalID {
			t.Errorf("%s and %s", first.ExternalID, again.ExternalID)
		}
	})
	t.Run("a payment is told to the last minor unit", func(t *testing.T) {
		b := make(t)
		for _, c := range b.Currencies {
			begun := begin(t, b, "pay-"+string(c), b.amount(12_345, c))
			if r := fetch(t, b, begun, "pay-"+string(c)); r.State != gateway.Open || !r.Received.IsZero() {
				t.Errorf("%s before paying: %+v", c, r)
			}
			b.pay(t, begun)
			if r := fetch(t, b, begun, "pay-"+string(c)); r.State != gateway.Paid || r.Received != b.amount(12_345, c) || r.Returned != 0 {
				t.Errorf("%s after paying: %+v", c, r)
			}
		}
	})
	t.Run("a decline has a reason of the closed set", func(t *testing.T) {
		b := make(t)
		if b.CannotDecline {
			t.Skip("this provider declines nothing")
		}
		begun := begin(t, b, "decline", money.Of(500, b.Currencies[0]))
		b.Do(t, begun, Decline)
		if r := fetch(t, b, begun, "decline"); r.State != gateway.Declined || r.Reason != gateway.Funds || !r.Received.IsZero() {
			t.Errorf("%+v", r)
		}
	})
	t.Run("who goes away pays nothing", func(t *testing.T) {
		b := make(t)
		if b.CannotCancel {
			t.Skip("this provider cannot be left")
		}
		begun := begin(t, b, "cancel", money.Of(500, b.Currencies[0]))
		b.Do(t, begun, Cancel)
		if r := fetch(t, b, begun, "cancel"); r.State != gateway.Cancelled || !r.Received.IsZero() {
			t.Errorf("%+v", r)
		}
	})
	t.Run("nobody's checkout is unknown", func(t *testing.T) {
		b := make(t)
		if _, err := b.Gateway.Fetch(ctx, gateway.Ref{Key: key("never"), ExternalID: "never-begun"}); !errors.Is(err, gateway.ErrUnknown) {
			t.Errorf("%v", err)
		}
	})
	t.Run("who has no time gets an answer", func(t *testing.T) {
		b := make(t)
		over, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := b.Gateway.Begin(over, checkout(key("over"), money.Of(500, b.Currencies[0]))); !errors.Is(err, gateway.ErrUnavailable) {
			t.Errorf("%v", err)
		}
	})
	t.Run("refunds", func(t *testing.T) { refunds(t, make(t), begin, fetch) })
	t.Run("notices", func(t *testing.T) { notices(t, make(t), begin) })
}

type beginFunc func(t *testing.T, b Bench, name string, m money.Money) gateway.Begun

func refunds(t *testing.T, b Bench, begin beginFunc, fetch func(*testing.T, Bench, gateway.Begun, string) gateway.Report) {
	ctx, c := context.Background(), b.Currencies[0]
	begun := begin(t, b, "refund", money.Of(1000, c))
	b.pay(t, begun)
	ref := gateway.Ref{Key: "conformance-key-refund", ExternalID: begun.ExternalID}
	give := func(key string, minor int64) error {
		return b.Gateway.Refund(ctx, gateway.Refund{Key: key, Ref: ref, Amount: money.Of(minor, c)})
	}
	if err := give("refund-1", 400); err != nil {
		t.Fatal(err)
	}
	if err := give("refund-1", 400); err != nil {
		t.Errorf("the same refund again: %v", err)
	}
	if r := fetch(t, b, begun, "refund"); r.State != gateway.Paid || r.Returned != 400 || r.Received.Minor != 1000 {
		t.Errorf("after a part: %+v", r)
	}
	if err := give("refund-2", 601); !errors.Is(err, gateway.ErrRefused) {
		t.Errorf("more than there is: %v", err)
	}
	if err := give("refund-3", 600); err != nil {
		t.Fatal(err)
	}
	if r := fetch(t, b, begun, "refund"); r.Returned != 1000 {
		t.Errorf("after all: %+v", r)
	}
}

func notices(t *testing.T, b Bench, begin beginFunc) {
	ctx := context.Background()
	begun := begin(t, b, "notice", money.Of(1000, b.Currencies[0]))
	b.pay(t, begun)
	n := b.Notice(t, begun)
	events, err := b.Gateway.ParseNotice(ctx, n)
	if err != nil || len(events) == 0 || events[0].ID == "" || events[0].Ref.ExternalID != begun.ExternalID && events[0].Ref.Key != "conformance-key-notice" {
		t.Fatalf("an authentic notice: %+v %v", events, err)
	}
	again, err := b.Gateway.ParseNotice(ctx, n)
	if err != nil || again[0].ID != events[0].ID {
		t.Errorf("the same notice has another id: %+v %v", again, err)
	}
	for name, forge := range map[string]func(n *gateway.Notice){
		"another body":  func(n *gateway.Notice) { n.Body = append([]byte(" "), n.Body...) },
		"no headers":    func(n *gateway.Notice) { n.Header = http.Header{} },
		"an empty body": func(n *gateway.Notice) { n.Body = nil },
	} {
		f := n
		f.Header = n.Header.Clone()
		forge(&f)
		if _, err := b.Gateway.ParseNotice(ctx, f); !errors.Is(err, gateway.ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
