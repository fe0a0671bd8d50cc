// Package gocardless pays from bank accounts through GoCardless: an instant bank payment or a debit, both by a Billing
// Request that the customer follows on GoCardless' page; mandates kept for later debits; refunds. It is a thin client over
// net/http; GoCardless' own for Go is not to be had.
package gocardless

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"myisp/internal/gateway"
	"myisp/internal/gateway/rest"
	"myisp/internal/money"
)

// Name is the gateway's name in the database and in its webhook's address.
const Name = "gocardless"

// The keys of the configuration.
const (
	Environment   = "environment"
	AccessToken   = "access_token"
	WebhookSecret = "webhook_secret"
	Collect       = "collect"
)

const (
	live    = "live"
	sandbox = "sandbox"
	instant = "instant" // an instant bank payment where the currency has one, else a debit
	debit   = "debit"   // a mandate first, then a debit of it, always
)

var bases = map[string]string{live: "https://api.gocardless.com", sandbox: "https://api-sandbox.gocardless.com"}

// version of the API that this package is written for.
const version = "2015-07-06"

// instantly are the currencies that GoCardless takes instant bank payments in.
var instantly = map[money.Currency]bool{"GBP": true, "EUR": true}

var capabilities = gateway.Capabilities{Currencies: []money.Currency{"AUD", "CAD", "DKK", "EUR", "GBP", "NZD", "SEK", "USD"}, Minimum: map[money.Currency]int64{"AUD": 100, "CAD": 100, "DKK": 100, "EUR": 100, "GBP": 100, "NZD": 100, "SEK": 100, "USD": 100},
	Delayed: true, Saves: true, Refunds: true, Redirects: []string{"pay.gocardless.com", "pay-sandbox.gocardless.com"}, Calls: []string{"api.gocardless.com", "api-sandbox.gocardless.com"}}

// Definition is GoCardless as the portal knows it.
func Definition() gateway.Definition {
	return gateway.Definition{Name: Name, Capabilities: capabilities,
		Fields: []gateway.Field{{Key: Environment, Options: []string{live, sandbox}, Default: live}, {Key: AccessToken, Secret: true, Required: true}, {Key: WebhookSecret, Secret: true, Required: true},
			{Key: Collect, Options: []string{instant, debit}, Default: instant}},
		New: func(config map[string]string, client *http.Client) (gateway.Gateway, error) {
			return open(config, client)
		}}
}

// Gateway is one partner's GoCardless account.
type Gateway struct {
	api     rest.API
	webhook string
	debits  bool
}

func open(config map[string]string, client *http.Client) (*Gateway, error) {
	environment := config[Environment]
	if environment == "" {
		environment = live
	}
	base, ok := bases[environment]
	if !ok {
		return nil, errors.New("gocardless: the environment is live or sandbox")
	}
	token := config[AccessToken]
	if len(token) < 16 {
		return nil, errors.New("gocardless: the access token is one of the dashboard's, with the right to write")
	}
	if len(config[WebhookSecret]) < 16 {
		return nil, errors.New("gocardless: the webhook endpoint's secret has at least 16 characters")
	}
	prepare := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("GoCardless-Version", version)
		return nil
	}
	return &Gateway{api: rest.API{Base: base, Client: rest.Client(client), Prepare: prepare, Code: code}, webhook: config[WebhookSecret], debits: config[Collect] == debit}, nil
}

// problem is what GoCardless says of a request that it refuses.
type problem struct {
	Error struct {
		Type   string `json:"type"`
		Errors []struct {
			Reason string `json:"reason"`
			Field  string `json:"field"`
			Links  struct {
				Conflicting string `json:"conflicting_resource_id"`
			} `json:"links"`
		} `json:"errors"`
	} `json:"error"`
}

var codeShape = regexp.MustCompile(`^[a-z0-9_]{1,60}$`)

// code is GoCardless' name of an error: "invalid_state mandate_is_inactive".
func code(body []byte) string {
	var p problem
	_ = json.Unmarshal(body, &p)
	out := ""
	for _, w := range append([]string{p.Error.Type}, reasons(p)...) {
		if codeShape.MatchString(w) {
			out += " " + w
		}
	}
	return out
}

func reasons(p problem) (out []string) {
	for _, e := range p.Error.Errors {
		out = append(out, e.Reason, e.Field)
	}
	return out
}

// existing is the id of what was made before under the same idempotency key.
func existing(err error) string {
	var said *rest.Error
	if !errors.As(err, &said) {
		return ""
	}
	var p problem
	_ = json.Unmarshal(said.Body, &p)
	for _, e := range p.Error.Errors {
		if e.Reason == "idempotent_creation_conflict" && idShape.MatchString(e.Links.Conflicting) {
			return e.Links.Conflicting
		}
	}
	return ""
}

var idShape = regexp.MustCompile(`^[A-Z]{2,4}[0-9A-Z]{3,40}$`)

// object is what requests are made of.
type object = map[string]any

// get reads one thing; GoCardless wraps every answer in the kind's name.
func get[T any](ctx context.Context, g *Gateway, kind, id string) (T, error) {
	var out map[string]T
	if !idShape.MatchString(id) {
		return out[kind], gateway.ErrUnknown
	}
	err := g.api.Call(ctx, http.MethodGet, "/"+kind+"/"+id, nil, nil, &out)
	return out[kind], err
}

// create makes one thing under a key; what was created under it before is read instead.
func create[T any](ctx context.Context, g *Gateway, kind, key string, in object) (T, error) {
	var out map[string]T
	err := g.api.Call(ctx, http.MethodPost, "/"+kind, map[string]string{"Idempotency-Key": key}, object{kind: in}, &out)
	if id := existing(err); id != "" {
		return get[T](ctx, g, kind, id)
	}
	return out[kind], err
}

// list reads the first page of a list, oldest last; more than that is more than a payment has.
func list[T any](ctx context.Context, g *Gateway, kind, query string) ([]T, error) {
	var out map[string]json.RawMessage
	if err := g.api.Call(ctx, http.MethodGet, "/"+kind+"?limit=500&"+query, nil, nil, &out); err != nil {
		return nil, err
	}
	var items []T
	if err := json.Unmarshal(out[kind], &items); err != nil {
		return nil, fmt.Errorf("%w: gocardless: a list that is not understood", gateway.ErrUnavailable)
	}
	return items, nil
}

// Check reads the list of the account's creditors: harmless, and always there.
func (g *Gateway) Check(ctx context.Context) error {
	return g.api.Call(ctx, http.MethodGet, "/creditors?limit=1", nil, nil, nil)
}
