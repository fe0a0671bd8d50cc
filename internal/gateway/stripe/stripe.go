// Package stripe pays through Stripe: Checkout on Stripe's own page, saved methods by Checkout in setup mode, charges of them
// without the customer, refunds, and disputes. It speaks stripe-go's types over its backend; the client with one field per
// resource would weigh another eighth of a megabyte.
package stripe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

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

// Definition is Stripe as the portal knows it.
func Definition() gateway.Definition {
	return gateway.Definition{Name: Name,
		Capabilities: gateway.Capabilities{Currencies: currencies, Minimum: minimum, Steps: steps, Delayed: true, Saves: true, Refunds: true,
			Redirects: []string{"checkout.stripe.com"}, Calls: []string{"api.stripe.com"}},
		Fields: []gateway.Field{{Key: SecretKey, Secret: true, Required: true}, {Key: WebhookSecret, Secret: true, Required: true},
			{Key: Methods, Options: []string{methodsAccount, methodsCards}, Default: methodsAccount}, {Key: BaseURL, Default: standardURL}},
		New: func(config map[string]string, client *http.Client) (gateway.Gateway, error) {
			return open(config, client)
		}}
}

// Gateway is one partner's Stripe account.
type Gateway struct {
	backend stripego.Backend
	key     string
	webhook string
	cards   bool
}

func open(config map[string]string, client *http.Client) (*Gateway, error) {
	g := &Gateway{key: config[SecretKey], webhook: config[WebhookSecret], cards: config[Methods] == methodsCards}
	if !strings.HasPrefix(g.key, "sk_") && !strings.HasPrefix(g.key, "rk_") {
		return nil, errors.New("stripe: the secret key begins with sk_ or rk_")
	}
	if !strings.HasPrefix(g.webhook, "whsec_") {
		return nil, errors.New("stripe: the webhook's signing secret begins with whsec_")
	}
	address := config[BaseURL]
	if address == "" {
		address = standardURL
	}
	base, err := rest.Base(address)
	if err != nil {
		return nil, err
	}
	// One retry: stripe-go repeats what was lost on the way with the same idempotency key, and a person is waiting.
	g.backend = stripego.GetBackendWithConfig(stripego.APIBackend, &stripego.BackendConfig{HTTPClient: rest.Client(client), URL: &base, EnableTelemetry: stripego.Bool(false),
		MaxNetworkRetries: stripego.Int64(1), LeveledLogger: &stripego.LeveledLogger{Level: stripego.LevelNull}})
	return g, nil
}

// call is one request. Its error is one of the gateway package's, with Stripe's code for the log and none of Stripe's words.
func (g *Gateway) call(method, path string, params stripego.ParamsContainer, out stripego.LastResponseSetter) error {
	return sorted(g.backend.Call(method, path, g.key, params, out))
}

// list is a request for a list or a search, whose parameters are a struct of another kind.
func (g *Gateway) list(ctx context.Context, path string, params any, out stripego.LastResponseSetter) error {
	query := &form.Values{}
	form.AppendTo(query, params)
	return sorted(g.backend.CallRaw(http.MethodGet, path, g.key, []byte(query.Encode()), &stripego.Params{Context: ctx}, out))
}

func sorted(err error) error {
	if err == nil {
		return nil
	}
	var said *stripego.Error
	if errors.As(err, &said) && said.HTTPStatusCode != 0 {
		return &refusal{said}
	}
	return fmt.Errorf("%w: stripe %s", gateway.ErrUnavailable, brief(err))
}

// brief is an error of the network for the log; the body of an answer that was no JSON stays out of it.
func brief(err error) string {
	if text := err.Error(); len(text) < 200 {
		return text
	}
	return "gave an answer that is not understood"
}

// refusal is an error that Stripe answered.
type refusal struct{ said *stripego.Error }

func (r *refusal) Error() string {
	return fmt.Sprintf("gateway: stripe answers %d %s %s %s (param %q, request %s)", r.said.HTTPStatusCode, r.said.Type, r.said.Code, r.said.DeclineCode, r.said.Param, r.said.RequestID)
}

// Is sorts the answers; a request under the same key that is still running is worth another try.
func (r *refusal) Is(target error) bool {
	if r.said.HTTPStatusCode == http.StatusConflict {
		return target == gateway.ErrUnavailable
	}
	return rest.Sort(r.said.HTTPStatusCode, target)
}

func keyed(ctx context.Context, key string) stripego.Params {
	return stripego.Params{Context: ctx, IdempotencyKey: stripego.String(key)}
}

// Check lists one checkout: harmless, and a right that the key needs anyway.
func (g *Gateway) Check(ctx context.Context) error {
	return g.list(ctx, "/v1/checkout/sessions", &stripego.CheckoutSessionListParams{ListParams: stripego.ListParams{Limit: stripego.Int64(1)}}, &stripego.CheckoutSessionList{})
}
