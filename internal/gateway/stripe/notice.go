package stripe

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"myisp/internal/gateway"
)

// SignatureHeader is where Stripe signs its notices.
const SignatureHeader = "Stripe-Signature"

// tolerance is how old a signature may be; an older one is a notice sent again by somebody else.
const tolerance = 5 * time.Minute

// event is what is read of a notice: only what it is about. The rest is fetched.
type event struct {
	ID     string `json:"id"`
	Object string `json:"object"`
	Type   string `json:"type"`
	Data   struct {
		Object struct {
			ID                string            `json:"id"`
			Object            string            `json:"object"`
			Mode              string            `json:"mode"`
			ClientReferenceID string            `json:"client_reference_id"`
			PaymentIntent     json.RawMessage   `json:"payment_intent"`
			Metadata          map[string]string `json:"metadata"`
		} `json:"object"`
	} `json:"data"`
}

// ParseNotice holds a notice to its signature and tells which payment it is about.
func (g *Gateway) ParseNotice(_ context.Context, n gateway.Notice) ([]gateway.Event, error) {
	if !g.signed(n) {
		return nil, gateway.ErrForged
	}
	var e event
	if err := json.Unmarshal(n.Body, &e); err != nil || e.Object != "event" || !idShape.MatchString(e.ID) {
		return nil, gateway.ErrForged
	}
	o := e.Data.Object
	told := gateway.Event{ID: e.ID, Ref: gateway.Ref{Key: o.Metadata[keyData], ExternalID: o.ID}}
	switch o.Object {
	case "checkout.session":
		told.Ref.Key, told.Setup = o.ClientReferenceID, o.Mode == "setup"
	case "payment_intent":
	case "charge", "refund", "dispute":
		var intent string
		if json.Unmarshal(o.PaymentIntent, &intent) != nil || intent == "" {
			return nil, nil // a payment that is not from here
		}
		told.Ref.ExternalID = intent
	default:
		return nil, nil // authentic, and about nothing of ours
	}
	return []gateway.Event{told}, nil
}

// signed checks "t=1495999758,v1=ab…,v1=cd…": of several signatures, while a secret is being changed, one has to fit.
func (g *Gateway) signed(n gateway.Notice) bool {
	var at int64
	var given [][]byte
	for pair := range strings.SplitSeq(n.Header.Get(SignatureHeader), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		switch name {
		case "t":
			at, _ = strconv.ParseInt(value, 10, 64)
		case "v1":
			if sum, err := hex.DecodeString(value); err == nil {
				given = append(given, sum)
			}
		}
	}
	when := time.Unix(at, 0)
	if len(n.Body) == 0 || at <= 0 || n.Now.Sub(when).Abs() > tolerance {
		return false
	}
	mac := hmac.New(sha256.New, []byte(g.webhook))
	mac.Write(fmt.Appendf(nil, "%d.%s", at, n.Body))
	want, fits := mac.Sum(nil), false
	for _, sum := range given {
		fits = hmac.Equal(want, sum) || fits
	}
	return fits
}
