// Package stripe pays through Stripe: Checkout on Stripe's own page, saved methods by Checkout in setup mode, charges of them
// without the customer, refunds, and disputes. Requests are made of stripe-go's parameters, by its encoder, for its version of
// the API; answers are read into the few fields that matter here, because stripe-go's answers lead from each to all of its
// types, which would weigh a megabyte.
package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	stripego "github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/form"

	"myisp/internal/gateway"
	"myisp/internal/gateway/rest"
)

// Name is the gateway's name in the database and in its webhook's address.
const Name = "stripe"

// The keys of the configuration.
const (
	SecretKey     = "secret_key"
	WebhookSecret = "webhook_secret"
	Methods       = "methods"
	BaseURL       = "base_url"
)

// methodsCards keeps the checkout to cards; methodsAccount offers what the Stripe account has switched on.
const (
	methodsAccount = "account"
	methodsCards   = "cards"
)

const standardURL = "https://api.stripe.com"

// shortestSecret is the least length of a webhook's signing secret with its prefix; Stripe's have 38. What is short could be
// guessed, and with it notices be forged.
const shortestSecret = 20

// Definition is Stripe as the portal knows it. With standIns its address may be one on this machine, for tests and the demo.
func Definition(standIns bool) gateway.Definition {
	return gateway.Definition{Name: Name,
		Capabilities: gateway.Capabilities{Currencies: currencies, Minimum: minimum, Steps: steps, Delayed: true, Saves: true, Refunds: true,
			Redirects: []string{"checkout.stripe.com"}, Calls: []string{"api.stripe.com"}},
		Fields: []gateway.Field{{Key: SecretKey, Secret: true, Required: true}, {Key: WebhookSecret, Secret: true, Required: true},
			{Key: Methods, Options: []string{methodsAccount, methodsCards}, Default: methodsAccount}, {Key: BaseURL, Default: standardURL, Address: true}},
		New: func(config map[string]string, client *http.Client) (gateway.Gateway, error) {
			if address := config[BaseURL]; address != "" && !standIns {
				if _, err := rest.PublicBase(address); err != nil {
					return nil, err
				}
			}
			return open(config, client)
		}}
}

// Gateway is one partner's Stripe account.
type Gateway struct {
	base    string
	client  *http.Client
	key     string
	webhook string
	cards   bool
}

func open(config map[string]string, client *http.Client) (*Gateway, error) {
	g := &Gateway{key: config[SecretKey], webhook: config[WebhookSecret], cards: config[Methods] == methodsCards}
	if !strings.HasPrefix(g.key, "sk_") && !strings.HasPrefix(g.key, "rk_") {
		return nil, errors.New("stripe: the secret key begins with sk_ or rk_")
	}
	if !strings.HasPrefix(g.webhook, "whsec_") || len(g.webhook) < shortestSecret {
		return nil, errors.New("stripe: the webhook's signing secret begins with whsec_ and is longer")
	}
	address := config[BaseURL]
	if address == "" {
		address = standardURL
	}
	base, err := rest.Base(address)
	if err != nil {
		return nil, err
	}
	g.base, g.client = base, rest.Client(client)
	return g, nil
}

// call is one request with stripe-go's parameters, under an idempotency key ("" is none). Its error is one of the gateway
// package's, with Stripe's code for the log and none of Stripe's words. What was lost on the way is sent once more: a key
// makes that safe, and reading always is.
func (g *Gateway) call(ctx context.Context, method, path, key string, params, out any) error {
	err := g.send(ctx, method, path, key, params, out)
	if !errors.Is(err, gateway.ErrUnavailable) || method != http.MethodGet && key == "" {
		return err
	}
	select {
	case <-ctx.Done():
		return err
	case <-time.After(again):
		return g.send(ctx, method, path, key, params, out)
	}
}

// again is how long a request waits before its second try.
const again = 300 * time.Millisecond

func (g *Gateway) send(ctx context.Context, method, path, key string, params, out any) error {
	values := &form.Values{}
	form.AppendTo(values, params)
	body, text := "", values.Encode()
	if method == http.MethodGet {
		path += "?" + text
	} else {
		body = text
	}
	r, err := http.NewRequestWithContext(ctx, method, g.base+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+g.key)
	r.Header.Set("Stripe-Version", stripego.APIVersion)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	err = rest.API{Client: g.client}.Do(r, out)
	var said *rest.Error
	if errors.As(err, &said) {
		return refused(said)
	}
	return err
}

// refusal is an error that Stripe answered.
type refusal struct {
	status int
	said   problem
}

func refused(e *rest.Error) *refusal {
	var in struct {
		Error problem `json:"error"`
	}
	_ = json.Unmarshal(e.Body, &in) // what is no JSON is known by its status
	return &refusal{e.Status, in.Error}
}

func (r *refusal) Error() string {
	return fmt.Sprintf("gateway: stripe answers %d %.40q %.60q %.60q (param %.60q)", r.status, r.said.Type, r.said.Code, r.said.DeclineCode, r.said.Param)
}

// Is sorts the answers; a request under the same key that is still running is worth another try. One that was written in
// other words before is no refusal: what the first one did stands.
func (r *refusal) Is(target error) bool {
	if r.status == http.StatusConflict || r.said.Type == "idempotency_error" {
		return target == gateway.ErrUnavailable
	}
	return rest.Sort(r.status, target)
}

// Check lists one checkout: harmless, and a right that the key needs anyway.
func (g *Gateway) Check(ctx context.Context) error {
	return g.call(ctx, http.MethodGet, "/v1/checkout/sessions", "", &stripego.CheckoutSessionListParams{ListParams: stripego.ListParams{Limit: stripego.Int64(1)}}, nil)
}
