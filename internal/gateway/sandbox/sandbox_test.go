package sandbox

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"myisp/internal/gateway"
	"myisp/internal/gateway/gatewaytest"
	"myisp/internal/money"
)

var testKey = []byte("a key for the tests of notices")

func provider(t *testing.T, dir string) (*Provider, gateway.Gateway) {
	t.Helper()
	p, err := New(dir, testKey, time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	g, err := Definition(p, func(id string) string { return "https://portal.example/sandbox/" + id }).New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p, g
}

func TestConforms(t *testing.T) {
	gatewaytest.Run(t, func(t *testing.T) gatewaytest.Bench {
		p, g := provider(t, "")
		outcomes := map[gatewaytest.Act]Outcome{gatewaytest.Pay: Success, gatewaytest.Decline: Decline, gatewaytest.Cancel: Abandon}
		return gatewaytest.Bench{Gateway: g, Currencies: []money.Currency{"EUR", "JPY", "KWD"},
			Do: func(t *testing.T, begun gateway.Begun, act gatewaytest.Act) {
				if _, err := p.Choose(begun.ExternalID, outcomes[act], Lost); err != nil {
					t.Fatal(err)
				}
			},
			Notice: func(t *testing.T, begun gateway.Begun) gateway.Notice {
				y, _ := p.Payment(begun.ExternalID)
				return noticeAt(p, y, time.Now())
			},
			Save:    func(*testing.T) gateway.Method { return gateway.Method{Token: "pm_sbx", CustomerToken: "cus_sandbox"} },
			Charges: func() int { return p.Payments("conformance-key-lost") }}
	})
}

func noticeAt(p *Provider, y Payment, at time.Time) gateway.Notice {
	header, body := p.Notice(y, at)
	return gateway.Notice{Header: http.Header{SignatureHeader: {header}}, Body: []byte(body), Now: time.Now()}
}

// A notice that is sent again after the tolerance is refused.
func TestReplay(t *testing.T) {
	p, g := provider(t, "")
	y, err := p.begin(Payment{Key: "replayed", Amount: 100, Currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.ParseNotice(context.Background(), noticeAt(p, y, time.Now().Add(-tolerance-time.Minute))); !errors.Is(err, gateway.ErrForged) {
		t.Errorf("%v", err)
	}
}

// Every step leads where it says, and no other step can be taken.
func TestSteps(t *testing.T) {
	all := []Outcome{Success, Decline, Challenge, Confirm, Fail, Abandon, Delayed, Clear, Bounce, ChargeBack, WinBack, WrongAmount, WrongCurrency}
	for _, path := range []struct {
		steps                          []Outcome
		state                          gateway.State
		received, returned, reinstated int64
	}{
		{[]Outcome{Success}, gateway.Paid, 100, 0, 0}, {[]Outcome{Decline}, gateway.Declined, 0, 0, 0}, {[]Outcome{Abandon}, gateway.Cancelled, 0, 0, 0},
		{[]Outcome{Challenge, Confirm}, gateway.Paid, 100, 0, 0}, {[]Outcome{Challenge, Fail}, gateway.Declined, 0, 0, 0},
		{[]Outcome{Delayed}, gateway.Pending, 0, 0, 0}, {[]Outcome{Delayed, Bounce}, gateway.Declined, 0, 0, 0},
		{[]Outcome{Delayed, Clear, ChargeBack}, gateway.Paid, 100, 100, 0}, {[]Outcome{Success, ChargeBack, WinBack}, gateway.Paid, 100, 100, 100},
		{[]Outcome{Success, ChargeBack, WinBack, ChargeBack}, gateway.Paid, 100, 200, 100},
		{[]Outcome{WrongAmount}, gateway.Paid, 101, 0, 0}, {[]Outcome{WrongCurrency}, gateway.Paid, 100, 0, 0},
	} {
		p, _ := provider(t, "")
		y, err := p.begin(Payment{Key: "steps", Amount: 100, Currency: "EUR"})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range path.steps {
			allowed := map[Outcome]bool{}
			now, _ := p.Payment(y.ID)
			for _, s := range now.Steps() {
				allowed[s] = true
			}
			for _, other := range all {
				if _, err := now.after(other, time.Now()); (err == nil) != allowed[other] {
					t.Errorf("%v at %s: %v", other, now.State, err)
				}
			}
			if _, err := p.Choose(y.ID, o, Lost); err != nil {
				t.Fatal(err)
			}
		}
		if y, _ = p.Payment(y.ID); y.State != path.state || y.Received != path.received || y.Returned != path.returned || y.Reinstated != path.reinstated {
			t.Errorf("%v: %+v", path.steps, y)
		}
	}
}

// What the provider knows outlives the program.
func TestKept(t *testing.T) {
	dir := t.TempDir()
	p, g := provider(t, dir)
	begun, err := g.Begin(context.Background(), gateway.Checkout{Key: "kept", Amount: money.Of(700, "EUR")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Choose(begun.ExternalID, Success, Lost); err != nil {
		t.Fatal(err)
	}
	_, g = provider(t, dir)
	if r, err := g.Fetch(context.Background(), gateway.Ref{Key: "kept"}); err != nil || r.Received != money.Of(700, "EUR") {
		t.Errorf("%+v %v", r, err)
	}
}

// Each way of telling tells as often as it says.
func TestTelling(t *testing.T) {
	for how, want := range map[Notices]int{AfterReturn: 1, BeforeReturn: 1, Thrice: 3, Lost: 0, BadSignature: 1, Replayed: 1} {
		sent := make(chan string, 9)
		p, err := New("", testKey, time.Now, func(_, header, _ string) { sent <- header })
		if err != nil {
			t.Fatal(err)
		}
		y, err := p.begin(Payment{Key: "tell", Amount: 100, Currency: "EUR", NoticeURL: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Choose(y.ID, Success, how); err != nil {
			t.Fatal(err)
		}
		for range want {
			<-sent
		}
		if len(sent) != 0 {
			t.Errorf("%s tells more than %d times", how, want)
		}
	}
}

func FuzzParseNotice(f *testing.F) {
	p, err := New("", testKey, time.Now, nil)
	if err != nil {
		f.Fatal(err)
	}
	g := &Gateway{p: p}
	header, body := p.Notice(Payment{ID: "sbx_1"}, time.Now())
	f.Add(header, body)
	f.Add("t=,v1=", "{}")
	f.Fuzz(func(t *testing.T, header, body string) {
		_, err := g.ParseNotice(context.Background(), gateway.Notice{Header: http.Header{SignatureHeader: {header}}, Body: []byte(body), Now: time.Now()})
		if err != nil && !errors.Is(err, gateway.ErrForged) {
			t.Error(err)
		}
	})
}
