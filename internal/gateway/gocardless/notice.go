package gocardless

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"myisp/internal/gateway"
)

// SignatureHeader is where GoCardless signs its notices.
const SignatureHeader = "Webhook-Signature"

type notice struct {
	Events []struct {
		ID           string `json:"id"`
		ResourceType string `json:"resource_type"`
		Links        struct {
			BillingRequest string `json:"billing_request"`
			Payment        string `json:"payment"`
			Refund         string `json:"refund"`
		} `json:"links"`
		Metadata map[string]string `json:"resource_metadata"`
	} `json:"events"`
}

// maxEvents is how many events GoCardless sends at once.
const maxEvents = 250

// ParseNotice holds a notice to its signature and tells what its events are about. GoCardless signs no time, so a notice may
// be sent again by whoever saw it: an event is heard once, and only says what to ask about.
func (g *Gateway) ParseNotice(_ context.Context, n gateway.Notice) ([]gateway.Event, error) {
	given, err := hex.DecodeString(n.Header.Get(SignatureHeader))
	mac := hmac.New(sha256.New, []byte(g.webhook))
	mac.Write(n.Body)
	if err != nil || len(n.Body) == 0 || !hmac.Equal(mac.Sum(nil), given) {
		return nil, gateway.ErrForged
	}
	var in notice
	if json.Unmarshal(n.Body, &in) != nil || len(in.Events) > maxEvents {
		return nil, gateway.ErrForged
	}
	var out []gateway.Event
	for _, e := range in.Events {
		told := gateway.Event{ID: e.ID, Ref: gateway.Ref{Key: e.Metadata[keyData]}}
		switch e.ResourceType {
		case "billing_requests":
			told.Ref.ExternalID, told.Setup = e.Links.BillingRequest, e.Metadata[kindData] == kindSetup
		case "payments":
			told.Ref.ExternalID = e.Links.Payment
		case "refunds": // the key of a refund is its own
			told.Ref = gateway.Ref{ExternalID: e.Links.Refund}
			if e.Links.Payment != "" {
				told.Ref.ExternalID = e.Links.Payment
			}
		}
		if idShape.MatchString(e.ID) && idShape.MatchString(told.Ref.ExternalID) {
			out = append(out, told)
		}
	}
	return out, nil
}
