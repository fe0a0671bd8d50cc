package stripe

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"myisp/internal/gateway"
	"myisp/internal/gateway/gatewaytest"
	"myisp/internal/money"
)

var ctx = context.Background()

func TestConforms(t *testing.T) {
	gatewaytest.Run(t, func(t *testing.T) gatewaytest.Bench {
		f := newFake(t)
		return gatewaytest.Bench{Gateway: f.gateway(), Currencies: []money.Currency{"EUR", "JPY", "KWD", "ISK", "MGA"}, Capabilities: Definition(false).Capabilities,
			Do: func(_ *testing.T, begun gateway.Begun, act gatewaytest.Act) {
				switch act {
				case gatewaytest.Pay:
					f.pay(begun.ExternalID, "")
				case gatewaytest.Decline:
					f.pay(begun.ExternalID, "insufficient_funds")
					f.expire(begun.ExternalID)
				case gatewaytest.Cancel:
					f.expire(begun.ExternalID)
				}
			},
			Notice: func(_ *testing.T, begun gateway.Begun) gateway.Notice {
				return f.notice("checkout.session.completed", f.sessions[begun.ExternalID], time.Now())
			},
			Save: func(t *testing.T) gateway.Method {
				return gateway.Method{Token: "pm_good", CustomerToken: "cus_1", Kind: gateway.Card}
			},
			Charges: func() int { return len(f.intents) }}
	})
}

func begin(t *testing.T, g *Gateway, key string, m money.Money, save bool) gateway.Begun {
	t.Helper()
	begun, err := g.Begin(ctx, gateway.Checkout{Key: key, Amount: m, Description: "Invoice 1", ReturnURL: "https://portal.example/r", CancelURL: "https://portal.example/c",
		Customer: gateway.Customer{Reference: "7", Email: "no address"}, Save: save})
	if err != nil {
		t.Fatal(err)
	}
	return begun
}

func report(t *testing.T, g *Gateway, ref gateway.Ref) gateway.Report {
	t.Helper()
	r, err := g.Fetch(ctx, ref)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A debit takes days: pending, then paid or bounced; a card that was refused may be followed by another while the page is open.
func TestDelays(t *testing.T) {
	f := newFake(t)
	g := f.gateway()
	for _, bounces := range []bool{false, true} {
		begun := begin(t, g, "a-debit-that-takes-days", money.Of(900, "EUR"), false)
		if bounces {
			begun = begin(t, g, "a-debit-that-bounces", money.Of(900, "EUR"), false)
		}
		f.pay(begun.ExternalID, "slow")
		if r := report(t, g, gateway.Ref{ExternalID: begun.ExternalID}); r.State != gateway.Pending || !r.Received.IsZero() {
			t.Errorf("%+v", r)
		}
		pi := f.intentOf(begun.ExternalID)
		want := gateway.Report{State: gateway.Paid, Received: money.Of(900, "EUR")}
		if bounces {
			pi["status"], pi["last_payment_error"] = "requires_payment_method", declined("insufficient_funds")
			want = gateway.Report{State: gateway.Declined, Reason: gateway.Funds, Received: money.Of(0, "EUR")}
		} else {
			f.succeed(pi)
		}
		if r := report(t, g, gateway.Ref{ExternalID: begun.ExternalID}); r.State != want.State || r.Reason != want.Reason || r.Received != want.Received {
			t.Errorf("%+v", r)
		}
	}
	begun := begin(t, g, "refused-and-still-open", money.Of(900, "EUR"), false)
	f.pay(begun.ExternalID, "do_not_honor")
	if r := report(t, g, gateway.Ref{ExternalID: begun.ExternalID}); r.State != gateway.Open {
		t.Errorf("the page is open: %+v", r)
	}
}

// Disputes and refunds that failed are told as sums that only grow, in whatever currency the account is kept.
func TestReturns(t *testing.T) {
	f := newFake(t)
	g := f.gateway()
	begun := begin(t, g, "disputed-and-refunded", money.Of(4567, "JPY"), false)
	f.pay(begun.ExternalID, "")
	ref := gateway.Ref{Key: "disputed-and-refunded", ExternalID: begun.ExternalID}
	sums := func(returned, reinstated int64) {
		t.Helper()
		if r := report(t, g, ref); r.State != gateway.Paid || r.Received.Minor != 4567 || r.Returned != returned || r.Reinstated != reinstated {
			t.Errorf("%+v; want %d and %d", r, returned, reinstated)
		}
	}
	sums(0, 0)
	f.move(begun.ExternalID, -2400)
	sums(4567, 0)
	f.move(begun.ExternalID, 2400)
	sums(4567, 4567)
	if err := g.Refund(ctx, gateway.Refund{Key: "refund-that-fails", Ref: ref, Amount: money.Of(1000, "JPY")}); err != nil {
		t.Fatal(err)
	}
	sums(5567, 4567)
	f.refunds[0]["status"] = "failed"
	sums(5567, 5567)
}

// A saved method is charged without the customer; what the bank says becomes a reason of the closed set.
func TestSaved(t *testing.T) {
	f := newFake(t)
	g := f.gateway()
	begun, err := g.BeginSaving(ctx, gateway.Setup{Key: "keeping-a-card-01", Currency: "EUR", ReturnURL: "https://portal.example/r", CancelURL: "https://portal.example/c"})
	if err != nil {
		t.Fatal(err)
	}
	if m, state, err := g.FetchSaved(ctx, gateway.Ref{ExternalID: begun.ExternalID}); err != nil || m.Token != "" || state != gateway.Open {
		t.Errorf("before: %+v %v", m, err)
	}
	f.pay(begun.ExternalID, "")
	m, _, err := g.FetchSaved(ctx, gateway.Ref{ExternalID: begun.ExternalID})
	if err != nil || m.Token != "pm_good" || m.CustomerToken == "" || m.Kind != gateway.Card || m.Brand != "Visa" || m.Last4 != "4242" || m.ExpiryYear != 2030 || m.ExpiryMonth != 4 {
		t.Fatalf("after: %+v %v", m, err)
	}
	for pm, want := range map[string]gateway.Report{"pm_good": {State: gateway.Paid}, "pm_slow": {State: gateway.Pending}, "pm_poor": {State: gateway.Declined, Reason: gateway.Funds},
		"pm_careful": {State: gateway.Declined, Reason: gateway.Confirm}, "pm_ended": {State: gateway.Declined, Reason: gateway.Expired}} {
		c := gateway.Charge{Key: "charging-" + pm, Amount: money.Of(12_350, "KWD"), Description: "Invoice 1", Method: gateway.Method{Token: pm, CustomerToken: "cus_1"}}
		first, r, err := g.Charge(ctx, c)
		if err != nil || r.State != want.State || r.Reason != want.Reason || r.Received.Currency != "KWD" || first.ExternalID == "" || r.State == gateway.Paid && r.Received.Minor != 12_350 {
			t.Errorf("%s: %+v %+v %v", pm, first, r, err)
		}
		if again, _, err := g.Charge(ctx, c); err != nil || again != first {
			t.Errorf("%s again: %+v %v", pm, again, err)
		}
		// An answer that was lost is found by our key.
		if lost := report(t, g, gateway.Ref{Key: c.Key}); lost.ExternalID != first.ExternalID || lost.State != want.State {
			t.Errorf("%s by its key: %+v", pm, lost)
		}
	}
	if n := len(f.intents); n != 5 {
		t.Errorf("%d payments for 5 charges", n)
	}
	for range 2 {
		if err := g.Forget(ctx, "cus_1", "pm_good"); err != nil {
			t.Error(err)
		}
	}
	if err := g.Forget(ctx, "cus_1", "pm_never"); err != nil {
		t.Error(err)
	}
	if _, _, err := g.Charge(ctx, gateway.Charge{Key: "charging-what-is-gone", Amount: money.Of(500, "EUR"), Method: m}); !errors.Is(err, gateway.ErrRefused) {
		t.Errorf("a method that is gone: %v", err)
	}
}

// Notices about what lies behind a checkout lead to the attempt; strangers' lead nowhere.
func TestNotices(t *testing.T) {
	f := newFake(t)
	g := f.gateway()
	begun := begin(t, g, "with-a-dispute-01", money.Of(900, "EUR"), true)
	f.pay(begun.ExternalID, "")
	pi := f.intentOf(begun.ExternalID)
	parse := func(kind string, o object) []gateway.Event {
		t.Helper()
		events, err := g.ParseNotice(ctx, f.notice(kind, o, time.Now()))
		if err != nil {
			t.Fatal(kind, err)
		}
		return events
	}
	if e := parse("payment_intent.succeeded", pi); e[0].Ref.Key != "with-a-dispute-01" {
		t.Errorf("%+v", e)
	}
	e := parse("charge.dispute.funds_withdrawn", object{"id": "dp_1", "object": "dispute", "payment_intent": pi["id"]})
	if found, err := g.Find(ctx, e[0].Ref); err != nil || found.Key != "with-a-dispute-01" {
		t.Errorf("%+v %v", found, err)
	}
	if e := parse("charge.refunded", object{"id": "ch_1", "object": "charge", "payment_intent": nil}); len(e) != 0 {
		t.Errorf("a charge without a payment: %+v", e)
	}
	if e := parse("customer.created", object{"id": "cus_1", "object": "customer"}); len(e) != 0 {
		t.Errorf("a customer: %+v", e)
	}
	if e := parse("checkout.session.completed", object{"id": "cs_1", "object": "checkout.session", "mode": "setup", "client_reference_id": "k"}); !e[0].Setup {
		t.Errorf("a setup: %+v", e)
	}
	f.newIntent(100, "eur", object{})
	if _, err := g.Find(ctx, gateway.Ref{ExternalID: "pi_nobody"}); !errors.Is(err, gateway.ErrUnknown) {
		t.Error(err)
	}
	for name, n := range map[string]gateway.Notice{"old": f.notice("payment_intent.succeeded", pi, time.Now().Add(-tolerance-time.Minute)), "from tomorrow": f.notice("payment_intent.succeeded", pi, time.Now().Add(tolerance+time.Minute))} {
		if _, err := g.ParseNotice(ctx, n); !errors.Is(err, gateway.ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What Stripe says in words, and the key, never get into an error.
func TestErrors(t *testing.T) {
	f := newFake(t)
	bad, err := open(map[string]string{SecretKey: "sk_test_other", WebhookSecret: fakeWebhook, BaseURL: f.URL}, f.Client())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.gateway().Check(ctx); err != nil {
		t.Error(err)
	}
	if err := bad.Check(ctx); !errors.Is(err, gateway.ErrRefused) || strings.Contains(err.Error(), "sk_") || strings.Contains(err.Error(), "words") {
		t.Error(err)
	}
	f.Close()
	if err := bad.Check(ctx); !errors.Is(err, gateway.ErrUnavailable) {
		t.Error(err)
	}
	for _, config := range []map[string]string{{}, {SecretKey: "sk_x"}, {SecretKey: "pk_x", WebhookSecret: "whsec_x"}, {SecretKey: "sk_x", WebhookSecret: "x"}, {SecretKey: "sk_x", WebhookSecret: "whsec_"}, {SecretKey: "sk_x", WebhookSecret: fakeWebhook[:shortestSecret-1]}, {SecretKey: "sk_x", WebhookSecret: fakeWebhook[6:]},
		{SecretKey: "sk_x", WebhookSecret: fakeWebhook, BaseURL: "http://example.com"}} {
		if _, err := Definition(true).New(config, nil); err == nil {
			t.Errorf("%v is taken", config)
		}
	}
}

// Where real money is, the address is https and on the public internet.
func TestAddress(t *testing.T) {
	for address, want := range map[string]bool{"": true, standardURL: true, "https://stripe.example": true, "http://127.0.0.1:12111": false, "https://10.0.0.1": false, "http://stripe.example": false} {
		_, err := Definition(false).New(map[string]string{SecretKey: "sk_test_fake", WebhookSecret: fakeWebhook, BaseURL: address}, nil)
		if (err == nil) != want || !want && !errors.Is(err, gateway.ErrAddress) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// Amounts come back as they went, in every currency that Stripe takes.
func TestAmounts(t *testing.T) {
	for m, want := range map[money.Money]int64{money.Of(1050, "USD"): 1050, money.Of(500, "JPY"): 500, money.Of(5120, "KWD"): 5120, money.Of(5, "ISK"): 500, money.Of(700, "MGA"): 7} {
		if got, err := toStripe(m); err != nil || got != want {
			t.Errorf("%v: %d %v", m, got, err)
		}
	}
	for _, m := range []money.Money{money.Of(5124, "KWD"), money.Of(750, "MGA"), money.Of(49, "USD"), money.Of(0, "TRY"), money.Of(-5, "EUR"), money.Of(500, "UGX"), money.Of(500, "XTS")} {
		if got, err := toStripe(m); !errors.Is(err, gateway.ErrRefused) {
			t.Errorf("%v: %d %v", m, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		m := money.Of(rapid.Int64Range(1, 1<<40).Draw(t, "minor"), rapid.SampledFrom(currencies).Draw(t, "currency"))
		if sent, err := units(m); err == nil && fromStripe(sent, m.Currency) != m.Minor {
			t.Fatalf("%v became %d and %d", m, sent, fromStripe(sent, m.Currency))
		}
	})
}

func FuzzParseNotice(f *testing.F) {
	g := &Gateway{webhook: fakeWebhook}
	made := (&fake{}).notice("payment_intent.succeeded", object{"id": "pi_1", "object": "payment_intent", "metadata": object{keyData: "k"}}, time.Now())
	f.Add(made.Header.Get(SignatureHeader), string(made.Body), false)
	f.Add("t=,v1=", "{}", true)
	f.Add("t=1,v1=zz,v1=", `{"id":"evt_1","object":"event","data":{"object":{"object":"dispute","payment_intent":{"id":1}}}}`, true)
	f.Fuzz(func(t *testing.T, header, body string, sign bool) {
		n := gateway.Notice{Header: http.Header{SignatureHeader: {header}}, Body: []byte(body), Now: time.Now()}
		if sign { // what lies behind the signature has to stand anything, too
			n.Header.Set(SignatureHeader, signatureOf(body))
		}
		events, err := g.ParseNotice(ctx, n)
		if err != nil && !errors.Is(err, gateway.ErrForged) {
			t.Error(err)
		}
		for _, e := range events {
			if e.ID == "" {
				t.Errorf("an event without an id: %+v", e)
			}
		}
	})
}

// stripeMock starts the stripe-mock that the test setup installs, and returns where it listens; "" is that there is none.
func stripeMock(t *testing.T) string {
	t.Helper()
	if url := os.Getenv("MYISP_TEST_STRIPE_MOCK"); url != "" {
		return url
	}
	found, _ := filepath.Glob("../../../.cache/stripe-mock-*/stripe-mock")
	if len(found) == 0 {
		return ""
	}
	cmd := exec.CommandContext(t.Context(), found[len(found)-1], "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if at := mockAddress.FindStringSubmatch(lines.Text()); at != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return "http://" + at[1]
		}
	}
	t.Fatal("stripe-mock did not say where it listens")
	return ""
}

var mockAddress = regexp.MustCompile(`HTTP at address: (127\.0\.0\.1:[1-9]\d*)`)

// TestRequestShape sends every request to stripe-mock, which holds it to Stripe's OpenAPI description: that of
// MYISP_TEST_STRIPE_MOCK, such as http://127.0.0.1:12111, or the one that the test setup installs.
func TestRequestShape(t *testing.T) {
	mock := stripeMock(t)
	if mock == "" {
		t.Skip("no stripe-mock")
	}
	g, err := open(map[string]string{SecretKey: "sk_test_123", WebhookSecret: fakeWebhook, BaseURL: mock}, nil)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, err error) {
		t.Helper()
		if errors.Is(err, gateway.ErrRefused) && !errors.Is(err, gateway.ErrUnknown) {
			t.Errorf("%s: %v", what, err)
		}
	}
	who := gateway.Customer{Reference: "7", Email: "alice@example.com"}
	_, err = g.Begin(ctx, gateway.Checkout{Key: "shape", Amount: money.Of(900, "EUR"), Description: "Invoice 1", Customer: who, ReturnURL: "https://portal.example/r", CancelURL: "https://portal.example/c", Language: "ar", Save: true, Expires: time.Now().Add(time.Hour)})
	refused("Begin", err)
	_, err = g.BeginSaving(ctx, gateway.Setup{Key: "shape2", Currency: "EUR", Customer: who, ReturnURL: "https://portal.example/r", CancelURL: "https://portal.example/c", Language: "es"})
	refused("BeginSaving", err)
	_, err = g.Fetch(ctx, gateway.Ref{ExternalID: "cs_1"})
	refused("Fetch", err)
	_, err = g.Fetch(ctx, gateway.Ref{ExternalID: "pi_1"})
	refused("Fetch", err)
	_, err = g.Fetch(ctx, gateway.Ref{Key: "shape"})
	refused("search", err)
	_, _, err = g.FetchSaved(ctx, gateway.Ref{ExternalID: "cs_1"})
	refused("FetchSaved", err)
	_, _, err = g.Charge(ctx, gateway.Charge{Key: "shape3", Amount: money.Of(900, "EUR"), Description: "x", Customer: who, Method: gateway.Method{Token: "pm_1", CustomerToken: "cus_1"}})
	refused("Charge", err)
	refused("Refund", g.Refund(ctx, gateway.Refund{Key: "shape4", Ref: gateway.Ref{ExternalID: "pi_1"}, Amount: money.Of(100, "EUR")}))
	refused("Forget", g.Forget(ctx, "cus_1", "pm_1"))
	var r gateway.Report
	pi, err := g.intent(ctx, "pi_1")
	refused("intent", err)
	r.Received.Currency = "USD"
	refused("returns", g.returns(ctx, pi, &r))
	refused("Check", g.Check(ctx))
}
