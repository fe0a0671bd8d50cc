package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"myisp/handlers/cashier"
	"myisp/internal/gateway"
	"myisp/internal/gateway/gocardless"
	"myisp/internal/gateway/paypal"
	"myisp/internal/gateway/rest"
	"myisp/internal/gateway/sandbox"
	"myisp/internal/gateway/stripe"
	"myisp/models"
)

// callTimeout bounds one call to a payment gateway, whoever waits for it.
const callTimeout = 20 * time.Second

// providers are the real payment providers, everywhere in the order in which staff are offered them. With standIns, others on this
// machine may take their places.
func providers(standIns bool) []gateway.Definition {
	return []gateway.Definition{stripe.Definition(standIns), gocardless.Definition(), paypal.Definition()}
}

// cashier names the payment gateways that this program knows. The pretend one is among them in the demo only: nobody can
// switch it on where real money is.
func (e *Environment) cashier(m *models.Models, demo bool) (*cashier.Cashier, gateway.Hosted, error) {
	client := caller(demo)
	kinds := providers(demo)
	var hosted gateway.Hosted
	if demo {
		provider, err := sandbox.New(filepath.Join(e.DataDir, "sandbox"), m.Keys.Sub("sandbox"), m.DB.Now, tell(client))
		if err != nil {
			return nil, nil, fmt.Errorf("the pretend payment provider: %w", err)
		}
		kinds = slices.Insert(kinds, 0, sandbox.Definition(provider, func(id string) string { return "/sandbox/" + id }))
		hosted = provider.Hosted()
	}
	return cashier.New(m, kinds, client), hosted, nil
}

// caller is the client that gateways call with. But in the demo, keys go to nobody in the house, whatever address is entered.
func caller(demo bool) *http.Client {
	client := &http.Client{Timeout: callTimeout}
	if !demo {
		client.Transport = rest.Public()
	}
	return client
}

// tell carries the pretend provider's notices to the portal, as a real one would.
func tell(client *http.Client) func(url, header, body string) {
	return func(url, header, body string) {
		ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			slog.Warn("sandbox notice", "err", err)
			return
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(sandbox.SignatureHeader, header)
		answer, err := client.Do(r)
		if err != nil {
			slog.Warn("sandbox notice", "err", err)
			return
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
	}
}
