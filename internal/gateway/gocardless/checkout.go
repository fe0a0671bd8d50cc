package gocardless

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"strings"

	"myisp/internal/gateway"
	"myisp/internal/money"
)

// The metadata that carries our key, and what it is a key of, to whatever GoCardless tells of later.
const (
	keyData   = "myisp_key"
	kindData  = "myisp_kind"
	kindSetup = "setup"
	kindDebit = "debit" // a mandate that is to be debited once, for the attempt; the amount is in amountData
)

const amountData = "myisp_amount"

type billingRequest struct {
	ID       string            `json:"id"`
	Status   string            `json:"status"`
	Metadata map[string]string `json:"metadata"`
	Payment  *struct {
		Amount   number         `json:"amount"`
		Currency money.Currency `json:"currency"`
	} `json:"payment_request"`
	Mandate *struct {
		Currency money.Currency `json:"currency"`
	} `json:"mandate_request"`
	Links struct {
		Customer string `json:"customer"`
		Payment  string `json:"payment_request_payment"`
		Mandate  string `json:"mandate_request_mandate"`
	} `json:"links"`
}

func (b billingRequest) currency() money.Currency {
	switch {
	case b.Payment != nil:
		return b.Payment.Currency
	case b.Mandate != nil:
		return b.Mandate.Currency
	}
	return ""
}

// Begin makes a Billing Request: an instant payment where the currency has one, with a debit as the way out for banks that
// do not take part; elsewhere a mandate, which Fetch debits once the customer has given it.
func (g *Gateway) Begin(ctx context.Context, c gateway.Checkout) (gateway.Begun, error) {
	if !capabilities.Takes(c.Amount) {
		return gateway.Begun{}, fmt.Errorf("%w: gocardless takes no %s", gateway.ErrRefused, c.Amount)
	}
	in := object{}
	if g.debits || !instantly[c.Amount.Currency] {
		in["mandate_request"] = object{"currency": c.Amount.Currency, "verify": "when_available"}
		in["metadata"] = map[string]string{keyData: c.Key, kindData: kindDebit, amountData: c.Amount.Decimal()}
		if c.Description != "" {
			in["mandate_request"].(object)["description"] = c.Description
		}
	} else {
		in["metadata"] = map[string]string{keyData: c.Key}
		in["payment_request"] = object{"amount": c.Amount.Minor, "currency": c.Amount.Currency, "description": c.Description, "metadata": map[string]string{keyData: c.Key}}
		in["fallback_enabled"] = true
		if c.Save {
			in["mandate_request"] = object{"currency": c.Amount.Currency}
		}
	}
	return g.flow(ctx, c.Key, in, c.Customer, c.ReturnURL, c.CancelURL, c.Language)
}

// BeginSaving asks for a mandate and takes no money.
func (g *Gateway) BeginSaving(ctx context.Context, s gateway.Setup) (gateway.Begun, error) {
	in := object{"mandate_request": object{"currency": s.Currency, "verify": "when_available"}, "metadata": map[string]string{keyData: s.Key, kindData: kindSetup}}
	return g.flow(ctx, s.Key, in, s.Customer, s.ReturnURL, s.CancelURL, s.Language)
}

// flow makes the request and opens GoCardless' page for it. The page is made anew each time: it is a window on the one
// request, which is what the key makes once.
func (g *Gateway) flow(ctx context.Context, key string, in object, who gateway.Customer, back, exit, language string) (gateway.Begun, error) {
	if who.Token != "" {
		in["links"] = object{"customer": who.Token}
	}
	made, err := create[billingRequest](ctx, g, "billing_requests", key, in)
	if err != nil {
		return gateway.Begun{}, err
	}
	window := object{"redirect_uri": back, "exit_uri": exit, "links": object{"billing_request": made.ID}}
	if language == "en" || language == "es" { // GoCardless' page has no Arabic; without a word it takes the browser's
		window["language"] = language
	}
	if prefilled := prefill(who); who.Token == "" && len(prefilled) > 0 {
		window["prefilled_customer"] = prefilled
	}
	var out struct {
		Flow struct {
			URL string `json:"authorisation_url"`
		} `json:"billing_request_flows"`
	}
	if err := g.api.Call(ctx, http.MethodPost, "/billing_request_flows", nil, object{"billing_request_flows": window}, &out); err != nil {
		return gateway.Begun{}, err
	}
	if !idShape.MatchString(made.ID) || !strings.HasPrefix(out.Flow.URL, "https://") {
		return gateway.Begun{}, fmt.Errorf("%w: gocardless opened no page", gateway.ErrUnavailable)
	}
	return gateway.Begun{ExternalID: made.ID, URL: out.Flow.URL}, nil
}

func prefill(c gateway.Customer) object {
	out := object{}
	if given, family, ok := strings.Cut(strings.TrimSpace(c.Name), " "); ok {
		out["given_name"], out["family_name"] = given, strings.TrimSpace(family)
	}
	if a, err := mail.ParseAddress(c.Email); err == nil && a.Address == c.Email {
		out["email"] = c.Email
	}
	if len(c.Country) == 2 {
		out["country_code"] = c.Country
	}
	return out
}

// End cancels a Billing Request. One that has ended, or was fulfilled in this moment, is refused, which is as good.
func (g *Gateway) End(ctx context.Context, ref gateway.Ref) error {
	if !strings.HasPrefix(ref.ExternalID, "BRQ") || !idShape.MatchString(ref.ExternalID) {
		return nil
	}
	err := g.api.Call(ctx, http.MethodPost, "/billing_requests/"+ref.ExternalID+"/actions/cancel", nil, object{}, nil)
	if errors.Is(err, gateway.ErrRefused) {
		return nil
	}
	return err
}
