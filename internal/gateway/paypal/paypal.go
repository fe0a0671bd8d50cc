// Package paypal pays through PayPal's Orders v2: the customer approves an order on PayPal's page, and the money is captured
// when the portal asks what became of it. It is a thin client over net/http; PayPal publishes none for Go that is kept up.
package paypal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"myisp/internal/gateway"
	"myisp/internal/gateway/rest"
	"myisp/internal/money"
)

// Name is the gateway's name in the database and in its webhook's address.
const Name = "paypal"

// The keys of the configuration.
const (
	Environment  = "environment"
	ClientID     = "client_id"
	ClientSecret = "client_secret"
	WebhookID    = "webhook_id"
)

const (
	live    = "live"
	sandbox = "sandbox"
)

var bases = map[string]string{live: "https://api-m.paypal.com", sandbox: "https://api-m.sandbox.paypal.com"}

// currencies that PayPal takes; of the forint and the Taiwan dollar whole ones only.
var currencies = []money.Currency{"AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"}

var capabilities = gateway.Capabilities{Currencies: currencies, Steps: map[money.Currency]int64{"HUF": 100, "TWD": 100}, Delayed: true, Refunds: true,
	Redirects: []string{"www.paypal.com", "www.sandbox.paypal.com"}, Calls: []string{"api-m.paypal.com", "api-m.sandbox.paypal.com", "api.paypal.com", "api.sandbox.paypal.com"}}

// Definition is PayPal as the portal knows it.
func Definition() gateway.Definition {
	shared := &certs{}
	return gateway.Definition{Name: Name, Capabilities: capabilities,
		Fields: []gateway.Field{{Key: Environment, Options: []string{live, sandbox}, Default: live}, {Key: ClientID, Required: true}, {Key: ClientSecret, Secret: true, Required: true}, {Key: WebhookID, Required: true}},
		New: func(config map[string]string, client *http.Client) (gateway.Gateway, error) {
			return open(config, client, shared)
		}}
}

// Gateway is one partner's PayPal app.
type Gateway struct {
	api       rest.API
	id        string
	secret    string
	webhookID string
	certs     *certs

	mu    sync.Mutex
	token string
	until time.Time
	now   func() time.Time
}

var configShape = regexp.MustCompile(`^[A-Za-z0-9_-]{8,200}$`)

func open(config map[string]string, client *http.Client, shared *certs) (*Gateway, error) {
	environment := config[Environment]
	if environment == "" {
		environment = live
	}
	base, ok := bases[environment]
	if !ok {
		return nil, errors.New("paypal: the environment is live or sandbox")
	}
	g := &Gateway{id: config[ClientID], secret: config[ClientSecret], webhookID: config[WebhookID], certs: shared, now: time.Now}
	if !configShape.MatchString(g.id) || !configShape.MatchString(g.secret) {
		return nil, errors.New("paypal: client ID and secret are those of an app at developer.paypal.com")
	}
	if !configShape.MatchString(g.webhookID) {
		return nil, errors.New("paypal: without the webhook's ID no notice can be held to be PayPal's")
	}
	g.api = rest.API{Base: base, Client: rest.Client(client), Prepare: g.authorize, Code: code}
	return g, nil
}

// problem is what PayPal says of a request that it refuses.
type problem struct {
	Name    string `json:"name"`
	Error   string `json:"error"` // of the token's address
	Details []struct {
		Issue string `json:"issue"`
	} `json:"details"`
}

var codeShape = regexp.MustCompile(`^[A-Za-z0-9_]{1,60}$`)

// code is PayPal's name of an error: "UNPROCESSABLE_ENTITY/ORDER_NOT_APPROVED".
func code(body []byte) string {
	var p problem
	_ = json.Unmarshal(body, &p)
	words := []string{p.Name, p.Error}
	for _, d := range p.Details {
		words = append(words, d.Issue)
	}
	out := ""
	for _, w := range words {
		if codeShape.MatchString(w) {
			out = strings.TrimPrefix(out+"/"+w, "/")
		}
	}
	return out
}

// spare is how long before its end a token is not used any more.
const spare = time.Minute

// authorize puts an access token on a request; one is kept until shortly before it ends.
func (g *Gateway) authorize(ctx context.Context, r *http.Request) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.token == "" || !g.now().Before(g.until) {
		ask, err := http.NewRequestWithContext(ctx, http.MethodPost, g.api.Base+"/v1/oauth2/token", strings.NewReader("grant_type=client_credentials"))
		if err != nil {
			return err
		}
		ask.SetBasicAuth(url.QueryEscape(g.id), url.QueryEscape(g.secret))
		ask.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		var got struct {
			AccessToken string `json:"access_token"`
			ExpiresIn   int64  `json:"expires_in"` // seconds
		}
		if err := g.api.Do(ask, &got); err != nil {
			return err
		}
		if got.AccessToken == "" {
			return fmt.Errorf("%w: paypal gave no token", gateway.ErrUnavailable)
		}
		g.token, g.until = got.AccessToken, g.now().Add(time.Duration(got.ExpiresIn)*time.Second-spare)
	}
	r.Header.Set("Authorization", "Bearer "+g.token)
	return nil
}

// call is one request under an idempotency key ("" is none). A token that PayPal does not know any more is dropped and the
// request sent once more.
func (g *Gateway) call(ctx context.Context, method, path, key string, in, out any) error {
	header := map[string]string{}
	if key != "" {
		header["PayPal-Request-Id"] = key
	}
	err := g.api.Call(ctx, method, path, header, in, out)
	var said *rest.Error
	if errors.As(err, &said) && said.Status == http.StatusUnauthorized && said.Path != "/v1/oauth2/token" {
		g.mu.Lock()
		g.token = ""
		g.mu.Unlock()
		err = g.api.Call(ctx, method, path, header, in, out)
	}
	if errors.As(err, &said) && said.Status == http.StatusConflict {
		return fmt.Errorf("%w: %s", gateway.ErrUnavailable, said.Error()) // the same request is still running
	}
	return err
}

// Check takes a token and looks into the list of disputes: the one right that an app can lack, and without which
// chargebacks would never be heard of.
func (g *Gateway) Check(ctx context.Context) error {
	return g.call(ctx, http.MethodGet, "/v1/customer/disputes?page_size=1", "", nil, nil)
}
