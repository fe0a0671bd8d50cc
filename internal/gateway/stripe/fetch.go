package stripe

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	stripego "github.com/stripe/stripe-go/v85"

	"myisp/internal/gateway"
	"myisp/internal/money"
)

// idShape is what Stripe's ids look like; nothing else gets into a path.
var idShape = regexp.MustCompile(`^[a-z]{2,6}_[A-Za-z0-9_]{1,200}$`)

// Fetch asks for a Checkout Session or, after a charge, a PaymentIntent. An attempt of which only our key is known is a
// charge whose answer got lost, or a checkout that nobody has the address of: Stripe searches its payments for it.
func (g *Gateway) Fetch(ctx context.Context, ref gateway.Ref) (gateway.Report, error) {
	switch {
	case ref.ExternalID == "":
		return g.search(ctx, ref.Key)
	case !idShape.MatchString(ref.ExternalID):
		return gateway.Report{}, gateway.ErrUnknown
	case strings.HasPrefix(ref.ExternalID, "pi_"):
		pi, err := g.intent(ctx, ref.ExternalID)
		if err != nil {
			return gateway.Report{}, err
		}
		return g.report(ctx, pi)
	}
	s, err := g.fetchSession(ctx, ref.ExternalID)
	if err != nil {
		return gateway.Report{}, err
	}
	r := gateway.Report{Key: s.ClientReferenceID, ExternalID: s.ID, State: gateway.Open, Received: money.Of(0, s.Currency.money())}
	if s.PaymentIntent != nil && s.Status != "open" {
		if r, err = g.report(ctx, s.PaymentIntent); err != nil {
			return r, err
		}
		r.Key, r.ExternalID = s.ClientReferenceID, s.ID
	}
	if s.Status == "expired" && r.State == gateway.Open {
		r.State = gateway.Cancelled
	}
	return r, nil
}

var sessionParts = stripego.StringSlice([]string{"payment_intent.latest_charge", "payment_intent.payment_method", "setup_intent.payment_method"})

func (g *Gateway) fetchSession(ctx context.Context, id string) (*session, error) {
	if !strings.HasPrefix(id, "cs_") || !idShape.MatchString(id) {
		return nil, gateway.ErrUnknown
	}
	s := &session{}
	err := g.call(ctx, http.MethodGet, "/v1/checkout/sessions/"+id, "", &stripego.CheckoutSessionRetrieveParams{Expand: sessionParts}, s)
	return s, err
}

var intentParts = stripego.StringSlice([]string{"latest_charge", "payment_method"})

func (g *Gateway) intent(ctx context.Context, id string) (*intent, error) {
	pi := &intent{}
	err := g.call(ctx, http.MethodGet, "/v1/payment_intents/"+id, "", &stripego.PaymentIntentRetrieveParams{Expand: intentParts}, pi)
	return pi, err
}

var keyShape = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

func (g *Gateway) search(ctx context.Context, key string) (gateway.Report, error) {
	if !keyShape.MatchString(key) {
		return gateway.Report{}, gateway.ErrUnknown
	}
	var found page
	err := g.call(ctx, http.MethodGet, "/v1/payment_intents/search", "", &stripego.PaymentIntentSearchParams{SearchParams: stripego.SearchParams{
		Query: "metadata['" + keyData + "']:'" + key + "'", Limit: stripego.Int64(1)}}, &found)
	if err != nil {
		return gateway.Report{}, err
	}
	if len(found.Data) == 0 {
		return gateway.Report{}, gateway.ErrUnknown
	}
	pi, err := g.intent(ctx, found.Data[0].ID)
	if err != nil {
		return gateway.Report{}, err
	}
	return g.report(ctx, pi)
}

// report says what has become of a payment. What was returned is asked for apart: a payment does not tell of refunds that
// failed, nor of what a dispute took and gave back.
func (g *Gateway) report(ctx context.Context, pi *intent) (gateway.Report, error) {
	c := pi.Currency.money()
	r := gateway.Report{Key: pi.Metadata[keyData], ExternalID: pi.ID, State: gateway.Open, Received: money.Of(0, c), Method: method(pi.PaymentMethod)}
	if pi.SetupFutureUsage == "" && pi.PaymentMethod != nil && pi.PaymentMethod.Customer == "" {
		r.Method.Token = ""
	}
	if pi.Customer != "" {
		r.Method.CustomerToken = string(pi.Customer)
	}
	switch pi.Status {
	case "processing":
		r.State = gateway.Pending
	case "canceled":
		r.State = gateway.Cancelled
	case "succeeded":
		r.State, r.Received.Minor = gateway.Paid, fromStripe(pi.AmountReceived, c)
		if pi.LatestCharge != nil {
			r.At = time.Unix(pi.LatestCharge.Created, 0).UTC()
		}
		return r, g.returns(ctx, pi, &r)
	}
	if pi.LastPaymentError != nil {
		r.State, r.Reason = gateway.Declined, reason(*pi.LastPaymentError)
	}
	return r, nil
}

// returns adds up refunds and disputes. A refund that failed or was called off had taken the money and gave it back, so the
// sums only grow, whatever was told in between.
func (g *Gateway) returns(ctx context.Context, pi *intent, r *gateway.Report) error {
	c := r.Received.Currency
	var refunds page
	if err := g.call(ctx, http.MethodGet, "/v1/refunds", "", &stripego.RefundListParams{ListParams: stripego.ListParams{Limit: stripego.Int64(100)}, PaymentIntent: &pi.ID}, &refunds); err != nil {
		return err
	}
	if refunds.HasMore {
		return fmt.Errorf("%w: stripe has more than a hundred refunds of %s", gateway.ErrUnavailable, pi.ID)
	}
	for _, x := range refunds.Data {
		r.Returned += fromStripe(x.Amount, c)
		if x.Status == "failed" || x.Status == "canceled" {
			r.Reinstated += fromStripe(x.Amount, c)
		}
	}
	if pi.LatestCharge == nil || !pi.LatestCharge.Disputed {
		return nil
	}
	var disputes page
	if err := g.call(ctx, http.MethodGet, "/v1/disputes", "", &stripego.DisputeListParams{ListParams: stripego.ListParams{Limit: stripego.Int64(100)}, PaymentIntent: &pi.ID}, &disputes); err != nil {
		return err
	}
	for _, d := range disputes.Data {
		// The account's currency may be another than the payment's, so it is the sign of each movement that counts.
		for _, moved := range d.BalanceTransactions {
			switch {
			case moved.Amount < 0:
				r.Returned += fromStripe(d.Amount, c)
			case moved.Amount > 0:
				r.Reinstated += fromStripe(d.Amount, c)
			}
		}
	}
	return nil
}

// Find tells which attempt a payment behind a dispute is of.
func (g *Gateway) Find(ctx context.Context, ref gateway.Ref) (gateway.Ref, error) {
	if !strings.HasPrefix(ref.ExternalID, "pi_") || !idShape.MatchString(ref.ExternalID) {
		return ref, gateway.ErrUnknown
	}
	pi, err := g.intent(ctx, ref.ExternalID)
	if err != nil {
		return ref, err
	}
	if pi.Metadata[keyData] == "" {
		return ref, gateway.ErrUnknown
	}
	return gateway.Ref{Key: pi.Metadata[keyData], ExternalID: pi.ID}, nil
}
