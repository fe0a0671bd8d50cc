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
	Approve Act = "approve" // the customer's yes, of which the portal hears nothing yet; asked of those that are no Ender
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
	// Save lets the customer give a method and returns it; nil is a gateway that keeps none. Charges counts the charges
	// that the provider has made of all methods.
	Save    func(t *testing.T) gateway.Method
	Charges func() int
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
	t.Run("what has been left takes no money", func(t *testing.T) {
		b := make(t)
		begun := begin(t, b, "left", b.amount(12_345, b.Currencies[0]))
		ref := gateway.Ref{Key: key("left"), ExternalID: begun.ExternalID, Ended: true}
		want := gateway.Open
		if ender, ok := b.Gateway.(gateway.Ender); ok {
			want = gateway.Cancelled
			for range 2 { // ended already is no error
				if err := ender.End(ctx, ref); err != nil {
					t.Fatal(err)
				}
			}
		} else {
			b.Do(t, begun, Approve)
		}
		if r, err := b.Gateway.Fetch(ctx, ref); err != nil || r.State != want || !r.Received.IsZero() {
			t.Errorf("%+v %v", r, err)
		}
		paid := begin(t, b, "paid", b.amount(12_345, b.Currencies[0]))
		b.pay(t, paid)
		if ender, ok := b.Gateway.(gateway.Ender); ok {
			if err := ender.End(ctx, gateway.Ref{Key: key("paid"), ExternalID: paid.ExternalID}); err != nil {
				t.Error(err)
			}
		}
		if r := fetch(t, b, paid, "paid"); r.State != gateway.Paid {
			t.Errorf("what was paid before stays so: %+v", r)
		}
	})
	t.Run("a charge whose answer is lost is found, and never made twice", func(t *testing.T) { lost(t, make(t)) })
}

// lost charges a saved method and forgets the answer, as a program does that ends in between.
func lost(t *testing.T, b Bench) {
	if b.Save == nil {
		t.Skip("this provider keeps no methods")
	}
	ctx, saver := context.Background(), b.Gateway.(gateway.Saver)
	m := b.Save(t)
	c := gateway.Charge{Key: "conformance-key-lost", Amount: b.amount(12_345, b.Currencies[0]), Description: "Invoice 202611000042", Customer: gateway.Customer{Reference: "42", Token: m.CustomerToken}, Method: m}
	ref := gateway.Ref{Key: c.Key, Method: m.Token}
	if _, err := saver.Fetch(ctx, ref); !errors.Is(err, gateway.ErrUnknown) {
		t.Errorf("before the charge: %v", err)
	}
	first, said, err := saver.Charge(ctx, c)
	if err != nil || first.ExternalID == "" {
		t.Fatalf("Charge: %+v %v", first, err)
	}
	if r, err := saver.Fetch(ctx, ref); err != nil || r.Key != c.Key || r.ExternalID != first.ExternalID || r.State != said.State || r.Received != said.Received {
		t.Errorf("by its key: %+v %v; the answer was %+v", r, err, said)
	}
	c.Description = "Another name of the portal" // what is written is not always to the letter what was written before
	again, told, err := saver.Charge(ctx, c)
	switch {
	case errors.Is(err, gateway.ErrUnavailable): // as good: it is asked for by its key
	case err != nil || again != first || told.State != said.State:
		t.Errorf("again: %+v %+v %v", again, told, err)
	}
	if n := b.Charges(); n != 1 {
		t.Errorf("%d charges", n)
	}
	if _, err := saver.Fetch(ctx, gateway.Ref{Key: "conformance-key-other", Method: m.Token}); !errors.Is(err, gateway.ErrUnknown) {
		t.Errorf("another key: %v", err)
	}
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
