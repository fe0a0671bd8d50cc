package stripe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"

	stripego "github.com/stripe/stripe-go/v85"

	"myisp/internal/gateway"
)

// keyData is the metadata that carries our key to whatever Stripe tells of later.
const keyData = "myisp_key"

// grace is added to a checkout's life: Stripe wants half an hour from when it hears of it, which is a little later than when
// the attempt was written down. It must not depend on the clock, for the same key has to ask for the same.
const grace = 2 * time.Minute

// Begin opens a Checkout Session.
func (g *Gateway) Begin(ctx context.Context, c gateway.Checkout) (gateway.Begun, error) {
	amount, err := toStripe(c.Amount)
	if err != nil {
		return gateway.Begun{}, err
	}
	data := map[string]string{keyData: c.Key, "customer": c.Customer.Reference}
	p := &stripego.CheckoutSessionCreateParams{Mode: stripego.String("payment"), ClientReferenceID: &c.Key, Metadata: data,
		SuccessURL: &c.ReturnURL, CancelURL: &c.CancelURL, Locale: stripego.String(locale(c.Language)), AdaptivePricing: &stripego.CheckoutSessionCreateAdaptivePricingParams{Enabled: stripego.Bool(false)},
		PaymentIntentData: &stripego.CheckoutSessionCreatePaymentIntentDataParams{Description: &c.Description, Metadata: data},
		LineItems: []*stripego.CheckoutSessionCreateLineItemParams{{Quantity: stripego.Int64(1), PriceData: &stripego.CheckoutSessionCreateLineItemPriceDataParams{
			Currency: stripego.String(strings.ToLower(string(c.Amount.Currency))), UnitAmount: &amount, ProductData: &stripego.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: &c.Description}}}}}
	if !c.Expires.IsZero() {
		p.ExpiresAt = stripego.Int64(c.Expires.Add(grace).Unix())
	}
	if c.Save {
		p.PaymentIntentData.SetupFutureUsage = stripego.String("off_session")
	}
	g.who(p, c.Customer, c.Save)
	return g.session(ctx, c.Key, p)
}

// BeginSaving opens a Checkout Session in setup mode: no money moves, a SetupIntent keeps the method.
func (g *Gateway) BeginSaving(ctx context.Context, s gateway.Setup) (gateway.Begun, error) {
	data := map[string]string{keyData: s.Key, "customer": s.Customer.Reference}
	p := &stripego.CheckoutSessionCreateParams{Mode: stripego.String("setup"), ClientReferenceID: &s.Key, Metadata: data,
		Currency: stripego.String(strings.ToLower(string(s.Currency))), SuccessURL: &s.ReturnURL, CancelURL: &s.CancelURL, Locale: stripego.String(locale(s.Language)),
		SetupIntentData: &stripego.CheckoutSessionCreateSetupIntentDataParams{Metadata: data}}
	g.who(p, s.Customer, true)
	return g.session(ctx, s.Key, p)
}

// who names the customer to Stripe: the one it knows, or a new one where a method is to be kept.
func (g *Gateway) who(p *stripego.CheckoutSessionCreateParams, c gateway.Customer, keep bool) {
	if g.cards {
		p.PaymentMethodTypes = stripego.StringSlice([]string{"card"})
	}
	if c.Token != "" {
		p.Customer = &c.Token
		return
	}
	if keep {
		p.CustomerCreation = stripego.String("always")
	}
	// Stripe refuses the whole checkout for an address that it does not take for one.
	if a, err := mail.ParseAddress(c.Email); err == nil && a.Address == c.Email {
		p.CustomerEmail = &c.Email
	}
}

func (g *Gateway) session(ctx context.Context, key string, p *stripego.CheckoutSessionCreateParams) (gateway.Begun, error) {
	var s struct{ ID, URL string }
	if err := g.call(ctx, http.MethodPost, "/v1/checkout/sessions", key, p, &s); err != nil {
		return gateway.Begun{}, err
	}
	if s.ID == "" || !strings.HasPrefix(s.URL, "https://") {
		return gateway.Begun{}, fmt.Errorf("%w: stripe opened no page", gateway.ErrUnavailable)
	}
	return gateway.Begun{ExternalID: s.ID, URL: s.URL}, nil
}

// locales are the portal's languages that Stripe's page has; for others it takes the browser's.
var locales = []string{"en", "es", "de", "fr", "it", "nl", "pl", "pt", "ru", "tr"}

func locale(language string) string {
	if slices.Contains(locales, language) {
		return language
	}
	return "auto"
}

// End expires a Checkout Session. One that has ended, or was paid in this moment, is refused, which is as good.
func (g *Gateway) End(ctx context.Context, ref gateway.Ref) error {
	if !strings.HasPrefix(ref.ExternalID, "cs_") || !idShape.MatchString(ref.ExternalID) {
		return nil
	}
	err := g.call(ctx, http.MethodPost, "/v1/checkout/sessions/"+ref.ExternalID+"/expire", "end-"+ref.ExternalID, &stripego.CheckoutSessionExpireParams{}, nil)
	if errors.Is(err, gateway.ErrRefused) {
		return nil
	}
	return err
}
