package paypal

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strings"
	"time"

	"myisp/internal/gateway"
)

// ParseNotice checks PayPal's signature: over the transmission's id and time, our webhook's id and the body's checksum, with
// a certificate that PayPal's own host serves. It costs no call per notice. The checksum is a CRC-32, which keeps a forger out
// only because the key signs it together with the ids; it need not do more, for nothing in a notice is believed: it says what
// to ask PayPal about.
func (g *Gateway) ParseNotice(ctx context.Context, n gateway.Notice) ([]gateway.Event, error) {
	h := n.Header
	id, at := h.Get("Paypal-Transmission-Id"), h.Get("Paypal-Transmission-Time")
	sum, err := base64.StdEncoding.DecodeString(h.Get("Paypal-Transmission-Sig"))
	sent, badTime := time.Parse(time.RFC3339, at)
	if err != nil || badTime != nil || len(sum) == 0 || id == "" || len(n.Body) == 0 || !strings.EqualFold(h.Get("Paypal-Auth-Algo"), "SHA256withRSA") || n.Now.Sub(sent).Abs() > tolerance {
		return nil, gateway.ErrForged
	}
	// Whoever is not PayPal cannot make us load anything but a certificate from PayPal's host.
	address := h.Get("Paypal-Cert-Url")
	key, err := g.certs.key(ctx, g.api.Client, address, n.Now)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%d", id, at, g.webhookID, crc32.ChecksumIEEE(n.Body)))
	if rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], sum) != nil {
		return nil, gateway.ErrForged
	}
	g.certs.proved(address, n.Now)
	return events(n.Body)
}

// tolerance is how old a transmission may be: PayPal repeats one over three days.
const tolerance = 4 * 24 * time.Hour

type notice struct {
	ID           string `json:"id"`
	ResourceType string `json:"resource_type"`
	Resource     struct {
		ID            string `json:"id"`
		CustomID      string `json:"custom_id"`
		PurchaseUnits []struct {
			CustomID string `json:"custom_id"`
		} `json:"purchase_units"`
		Supplementary struct {
			Related struct {
				OrderID string `json:"order_id"`
			} `json:"related_ids"`
		} `json:"supplementary_data"`
		Links    []link `json:"links"`
		Disputed []struct {
			Transaction string `json:"seller_transaction_id"`
		} `json:"disputed_transactions"`
	} `json:"resource"`
}

func events(body []byte) ([]gateway.Event, error) {
	var e notice
	if err := json.Unmarshal(body, &e); err != nil || e.ID == "" || len(e.ID) > 150 {
		return nil, gateway.ErrForged
	}
	r := e.Resource
	told := gateway.Event{ID: e.ID, Ref: gateway.Ref{Key: r.CustomID, ExternalID: r.Supplementary.Related.OrderID}}
	switch e.ResourceType {
	case "checkout-order":
		told.Ref.ExternalID = r.ID
		if len(r.PurchaseUnits) > 0 {
			told.Ref.Key = r.PurchaseUnits[0].CustomID
		}
	case "capture":
		if told.Ref.ExternalID == "" && told.Ref.Key == "" {
			told.Ref.ExternalID = r.ID
		}
	case "refund":
		for _, l := range r.Links { // "up" is the capture that was refunded
			if l.Rel == "up" && told.Ref.ExternalID == "" && told.Ref.Key == "" {
				told.Ref.ExternalID = l.Href[strings.LastIndexByte(l.Href, '/')+1:]
			}
		}
	case "dispute":
		var list []gateway.Event
		for i, d := range r.Disputed {
			list = append(list, gateway.Event{ID: fmt.Sprintf("%s/%d", e.ID, i), Ref: gateway.Ref{ExternalID: d.Transaction}})
		}
		return list, nil
	default:
		return nil, nil // authentic, and about nothing of ours
	}
	if told.Ref == (gateway.Ref{}) {
		return nil, nil
	}
	return []gateway.Event{told}, nil
}
