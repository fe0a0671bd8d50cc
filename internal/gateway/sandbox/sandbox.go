package sandbox

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"myisp/internal/gateway"
	"myisp/internal/money"
)

// Name is the gateway's name in the database and in addresses.
const Name = "sandbox"

// SignatureHeader carries the signature of a notice: t=<unix seconds>,v1=<hex HMAC-SHA-256 of "t.body">.
const SignatureHeader = "Sandbox-Signature"

// tolerance is how old a notice may be.
const tolerance = 5 * time.Minute

// Definition makes gateways at a provider. page turns a payment's id into the address of the provider's page.
func Definition(p *Provider, page func(id string) string) gateway.Definition {
	return gateway.Definition{Name: Name, Capabilities: gateway.Capabilities{Delayed: true, Saves: true, Refunds: true},
		New: func(map[string]string, *http.Client) (gateway.Gateway, error) { return &Gateway{p, page}, nil }}
}

// Gateway is the portal's side of the provider.
type Gateway struct {
	p    *Provider
	page func(id string) string
}

var (
	_ gateway.Saver = (*Gateway)(nil)
	_ gateway.Ender = (*Gateway)(nil)
)

// Begin opens a payment.
func (g *Gateway) Begin(ctx context.Context, c gateway.Checkout) (gateway.Begun, error) {
	if err := ctx.Err(); err != nil {
		return gateway.Begun{}, gateway.ErrUnavailable
	}
	if !c.Amount.Positive() || !c.Amount.Currency.Valid() {
		return gateway.Begun{}, gateway.ErrRefused
	}
	pay, err := g.p.begin(Payment{Key: c.Key, Amount: c.Amount.Minor, Currency: c.Amount.Currency, Description: c.Description, Language: c.Language,
		ReturnURL: c.ReturnURL, CancelURL: c.CancelURL, NoticeURL: c.NoticeURL})
	return gateway.Begun{ExternalID: pay.ID, URL: g.page(pay.ID)}, err
}

// BeginSaving opens a page that takes a method and no money.
func (g *Gateway) BeginSaving(ctx context.Context, s gateway.Setup) (gateway.Begun, error) {
	if err := ctx.Err(); err != nil {
		return gateway.Begun{}, gateway.ErrUnavailable
	}
	pay, err := g.p.begin(Payment{Key: s.Key, Currency: s.Currency, Language: s.Language, ReturnURL: s.ReturnURL, CancelURL: s.CancelURL, Setup: true})
	return gateway.Begun{ExternalID: pay.ID, URL: g.page(pay.ID)}, err
}

// Fetch tells what has become of a payment.
func (g *Gateway) Fetch(ctx context.Context, ref gateway.Ref) (gateway.Report, error) {
	if err := ctx.Err(); err != nil {
		return gateway.Report{}, gateway.ErrUnavailable
	}
	g.p.mu.Lock()
	defer g.p.mu.Unlock()
	if g.p.faults.Silent > 0 {
		g.p.faults.Silent--
		return gateway.Report{}, gateway.ErrUnavailable
	}
	pay, err := g.p.find(ref)
	if err == nil && g.p.faults.Drops && pay.State == gateway.Cancelled {
		err = gateway.ErrUnknown
	}
	if err != nil {
		return gateway.Report{}, err
	}
	r := pay.report()
	if g.p.faults.Hides {
		r.Returned = 0
	}
	return r, nil
}

func (y Payment) report() gateway.Report {
	return gateway.Report{Key: y.Key, ExternalID: y.ID, State: y.State, Reason: y.Reason, Received: money.Of(y.Received, y.Told), Returned: y.Returned,
		Reinstated: y.Reinstated, At: y.At, Method: y.Method}
}

// End closes a payment's page; one that has ended is left as it is.
func (g *Gateway) End(ctx context.Context, ref gateway.Ref) error {
	if err := ctx.Err(); err != nil {
		return gateway.ErrUnavailable
	}
	g.p.mu.Lock()
	defer g.p.mu.Unlock()
	pay, err := g.p.find(ref)
	if err != nil || pay.State != gateway.Open {
		return nil
	}
	next := *pay
	next.State = gateway.Cancelled
	if err := g.p.keep(&next); err != nil {
		return err
	}
	*pay = next
	return nil
}

// FetchSaved tells what method was given.
func (g *Gateway) FetchSaved(ctx context.Context, ref gateway.Ref) (gateway.Method, gateway.State, error) {
	r, err := g.Fetch(ctx, ref)
	if r.State != gateway.Paid {
		r.Method = gateway.Method{}
	}
	return r.Method, r.State, err
}

// Charge takes money from a saved method. An amount whose minor units end in 02 is declined, in 05 needs the customer, in
// 07 is pending: so that autopay can be tried.
func (g *Gateway) Charge(ctx context.Context, c gateway.Charge) (gateway.Begun, gateway.Report, error) {
	if g.p.fault().Deaf {
		return gateway.Begun{}, gateway.Report{}, gateway.ErrUnavailable
	}
	begun, err := g.Begin(ctx, gateway.Checkout{Key: c.Key, Amount: c.Amount, Description: c.Description, NoticeURL: c.NoticeURL})
	if err != nil {
		return begun, gateway.Report{}, err
	}
	g.p.mu.Lock()
	defer g.p.mu.Unlock()
	pay := g.p.all[begun.ExternalID]
	if pay.State == gateway.Open {
		outcome := map[int64]Outcome{2: Decline, 7: Delayed}[c.Amount.Minor%100]
		if outcome == "" {
			outcome = Success
		}
		next, err := pay.after(outcome, g.p.now())
		if err != nil {
			return begun, gateway.Report{}, err
		}
		next.Method = c.Method
		if c.Amount.Minor%100 == 5 {
			next.State, next.Reason, next.Received = gateway.Declined, gateway.Confirm, 0
		}
		if err := g.p.keep(&next); err != nil {
			return begun, gateway.Report{}, err
		}
		*pay = next
	}
	if g.p.faults.Mute {
		return gateway.Begun{}, gateway.Report{}, gateway.ErrUnavailable
	}
	return gateway.Begun{ExternalID: pay.ID}, pay.report(), nil
}

// Forget has nothing to do: the provider keeps no methods.
func (g *Gateway) Forget(context.Context, string, string) error { return nil }

// Refund gives back what was received.
func (g *Gateway) Refund(ctx context.Context, r gateway.Refund) error {
	if err := ctx.Err(); err != nil {
		return gateway.ErrUnavailable
	}
	g.p.mu.Lock()
	defer g.p.mu.Unlock()
	pay, err := g.p.find(r.Ref)
	if err != nil {
		return err
	}
	if _, done := pay.Refunds[r.Key]; done && !g.p.faults.Forgot {
		return nil
	}
	if r.Amount.Minor <= 0 || r.Amount.Currency != pay.Currency || r.Amount.Minor > pay.Received-pay.Returned+pay.Reinstated {
		return gateway.ErrRefused
	}
	next := *pay
	next.Refunds = map[string]int64{r.Key: r.Amount.Minor}
	for k, v := range pay.Refunds {
		next.Refunds[k] = v
	}
	next.Returned += r.Amount.Minor
	next.Events++
	if err := g.p.keep(&next); err != nil {
		return err
	}
	*pay = next
	if g.p.faults.Late > 0 {
		g.p.faults.Late--
		return gateway.ErrUnavailable
	}
	return nil
}

// ParseNotice checks a notice's signature and age.
func (g *Gateway) ParseNotice(_ context.Context, n gateway.Notice) ([]gateway.Event, error) {
	stamp, _, ok := strings.Cut(strings.TrimPrefix(n.Header.Get(SignatureHeader), "t="), ",")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if !ok || err != nil {
		return nil, gateway.ErrForged
	}
	at := time.Unix(seconds, 0)
	if !hmac.Equal([]byte(n.Header.Get(SignatureHeader)), []byte(signature(g.p.key, at, n.Body))) {
		return nil, gateway.ErrForged
	}
	if age := n.Now.Sub(at); age > tolerance || age < -tolerance {
		return nil, gateway.ErrForged
	}
	var e notice
	if json.Unmarshal(n.Body, &e) != nil || e.ID == "" || e.Payment == "" {
		return nil, gateway.ErrForged
	}
	return []gateway.Event{{ID: e.ID, Ref: gateway.Ref{Key: e.Key, ExternalID: e.Payment}, Setup: e.Setup}}, nil
}

// Check always succeeds: the provider is in the same program.
func (g *Gateway) Check(context.Context) error { return nil }
