package gocardless

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"myisp/internal/gateway"
)

const (
	fakeToken   = "sandbox_token_of_tests"
	fakeWebhook = "webhook-secret-of-tests"
)

var config = map[string]string{Environment: sandbox, AccessToken: fakeToken, WebhookSecret: fakeWebhook}

// fake is GoCardless as far as the portal uses it. It stands in the wire, so that the real address is called.
type fake struct {
	t  *testing.T
	mu sync.Mutex

	n      int
	clock  time.Time
	made   map[string]string // kind and key → id
	things map[string]object // by id
	events map[string][]object
}

func newFake(t *testing.T) *fake {
	return &fake{t: t, clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), made: map[string]string{}, things: map[string]object{}, events: map[string][]object{}}
}

func (f *fake) gateway(collect string) *Gateway {
	c := map[string]string{Collect: collect}
	for k, v := range config {
		c[k] = v
	}
	g, err := open(c, &http.Client{Transport: f})
	if err != nil {
		f.t.Fatal(err)
	}
	return g
}

func (f *fake) id(kind string) string { f.n++; return fmt.Sprintf("%s00%05d", kind, f.n) }

// RoundTrip answers for GoCardless.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	status, out := f.serve(r)
	w := httptest.NewRecorder()
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
	return w.Result(), nil
}

func refuse(status int, kind, reason string) (int, any) {
	return status, object{"error": object{"type": kind, "code": status, "message": "words of GoCardless", "errors": []object{{"reason": reason, "message": "more words"}}}}
}

func (f *fake) serve(r *http.Request) (int, any) {
	if r.URL.Host != "api-sandbox.gocardless.com" || r.Header.Get("GoCardless-Version") != version {
		f.t.Errorf("called %s", r.URL)
	}
	if r.Header.Get("Authorization") != "Bearer "+fakeToken {
		return refuse(401, "invalid_api_usage", "access_token_not_found")
	}
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	kind := path[0]
	switch {
	case r.Method == "GET" && len(path) == 2 && f.things[path[1]] != nil:
		return 200, object{kind: f.things[path[1]]}
	case r.Method == "GET" && kind == "creditors":
		return 200, object{kind: []object{}}
	case r.Method == "GET" && kind == "events":
		return 200, object{kind: reversed(f.events[r.URL.Query().Get("payment")])}
	case r.Method == "GET" && kind == "payments" && len(path) == 1:
		items := []object{}
		for id, o := range f.things {
			if l, ok := o["links"].(object); ok && strings.HasPrefix(id, "PM") && l["mandate"] == r.URL.Query().Get("mandate") {
				items = append(items, o)
			}
		}
		return 200, object{kind: items}
	case r.Method == "GET" && kind == "refunds":
		items := []object{}
		for _, o := range f.things {
			if l, ok := o["links"].(object); ok && l["payment"] == r.URL.Query().Get("payment") && strings.HasPrefix(o["id"].(string), "RF") {
				items = append(items, o)
			}
		}
		return 200, object{kind: items}
	case r.Method == "POST" && kind == "mandates" && f.things[path[1]] != nil:
		if f.things[path[1]]["status"] != "active" {
			return refuse(422, "invalid_state", "cancellation_failed")
		}
		f.things[path[1]]["status"] = "cancelled"
		return 200, object{kind: f.things[path[1]]}
	case r.Method == "POST" && kind == "billing_requests" && len(path) == 4 && path[3] == "cancel" && f.things[path[1]] != nil:
		if f.things[path[1]]["status"] != "pending" {
			return refuse(422, "invalid_state", "billing_request_not_cancellable")
		}
		f.things[path[1]]["status"] = "cancelled"
		return 200, object{kind: f.things[path[1]]}
	case r.Method == "POST" && len(path) == 1:
		return f.create(kind, r)
	}
	return refuse(404, "invalid_api_usage", "resource_not_found")
}

func reversed(in []object) []object { // GoCardless lists the newest first
	out := []object{}
	for _, o := range in {
		out = append([]object{o}, out...)
	}
	return out
}

func (f *fake) create(kind string, r *http.Request) (int, any) {
	var body map[string]object
	if json.NewDecoder(r.Body).Decode(&body) != nil || body[kind] == nil {
		return refuse(400, "invalid_api_usage", "invalid_document_structure")
	}
	in := body[kind]
	key := r.Header.Get("Idempotency-Key")
	if id := f.made[kind+key]; id != "" && key != "" {
		status, out := refuse(409, "invalid_state", "idempotent_creation_conflict")
		out.(object)["error"].(object)["errors"].([]object)[0]["links"] = object{"conflicting_resource_id": id}
		return status, out
	}
	links, _ := in["links"].(object)
	if m, ok := in["metadata"].(object); ok && len(m) > 3 {
		return refuse(422, "validation_failed", "metadata")
	}
	switch kind {
	case "billing_requests":
		in["id"], in["status"], in["links"] = f.id("BRQ"), "pending", object{"customer": "CU00001"}
		if p, ok := in["payment_request"].(object); ok {
			if c := p["currency"]; c != "GBP" && c != "EUR" {
				return refuse(422, "validation_failed", "currency")
			}
			p["amount"] = fmt.Sprint(p["amount"]) // told as a text
		}
	case "billing_request_flows":
		if f.things[links["billing_request"].(string)] == nil || in["redirect_uri"] == "" {
			return refuse(422, "validation_failed", "links")
		}
		in["id"] = f.id("BRF")
		in["authorisation_url"] = "https://pay-sandbox.gocardless.com/billing/static/flow?id=" + in["id"].(string)
	case "payments":
		if m := f.things[links["mandate"].(string)]; m == nil || m["status"] != "active" {
			return refuse(422, "invalid_state", "mandate_is_inactive")
		}
		in["id"], in["status"] = f.id("PM"), "pending_submission"
	case "refunds":
		if problem := f.refundProblem(in, links["payment"].(string)); problem != "" {
			return refuse(422, "validation_failed", problem)
		}
		in["id"], in["status"] = f.id("RF"), "submitted"
	default:
		return refuse(404, "invalid_api_usage", "resource_not_found")
	}
	f.things[in["id"].(string)] = in
	if key != "" {
		f.made[kind+key] = in["id"].(string)
	}
	return 201, object{kind: in}
}

func (f *fake) refundProblem(in object, of string) string {
	p := f.things[of]
	if p == nil || p["status"] != "confirmed" && p["status"] != "paid_out" {
		return "refund_payment_invalid_state"
	}
	total := in["amount"].(float64)
	for _, o := range f.things {
		if l, ok := o["links"].(object); ok && l["payment"] == of && o["status"] == "submitted" {
			total += o["amount"].(float64)
		}
	}
	switch {
	case total > p["amount"].(float64):
		return "total_amount_refunded_exceeds_payment"
	case in["total_amount_confirmation"].(float64) != total:
		return "total_amount_confirmation_invalid"
	}
	return ""
}

// give is the customer's yes on GoCardless' page.
func (f *fake) give(request string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.things[request]
	b["status"] = "fulfilled"
	links := b["links"].(object)
	if m, ok := b["mandate_request"].(object); ok {
		id := f.id("MD")
		f.things[id] = object{"id": id, "status": "active", "reference": "MYISP-" + id, "scheme": "sepa_core", "currency": m["currency"], "links": object{"customer_bank_account": "BA00001", "customer": "CU00001"}}
		f.things["BA00001"] = object{"id": "BA00001", "bank_name": "Example Bank", "account_number_ending": "11"}
		links["mandate_request_mandate"] = id
	}
	if p, ok := b["payment_request"].(object); ok {
		id := f.id("PM")
		var amount float64
		_, _ = fmt.Sscan(p["amount"].(string), &amount)
		f.things[id] = object{"id": id, "status": "submitted", "amount": amount, "currency": p["currency"], "metadata": p["metadata"], "links": object{}}
		links["payment_request_payment"] = id
	}
}

// paymentOf is the payment of a request, made by the portal where the request was for a mandate.
func (f *fake) paymentOf(g *Gateway, request string) string {
	if strings.HasPrefix(request, "PM") {
		return request
	}
	if _, err := g.Fetch(ctx, gateway.Ref{ExternalID: request}); err != nil {
		f.t.Fatal(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.things[request]
	if id, ok := b["links"].(object)["payment_request_payment"].(string); ok {
		return id
	}
	return f.made["payments"+b["metadata"].(object)[keyData].(string)]
}

// happens brings a payment one step on: its status, and an event in its history.
func (f *fake) happens(payment, action, status, cause string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clock = f.clock.Add(time.Hour)
	f.things[payment]["status"] = status
	f.events[payment] = append(f.events[payment], object{"id": f.id("EV"), "resource_type": "payments", "action": action, "created_at": f.clock, "details": object{"cause": cause}, "links": object{"payment": payment}})
}

func sign(events ...object) gateway.Notice {
	body, _ := json.Marshal(object{"events": events, "meta": object{"webhook_id": "WB1"}})
	return gateway.Notice{Header: http.Header{SignatureHeader: {signature(body)}}, Body: bytes.Clone(body), Now: time.Now()}
}

func signature(body []byte) string {
	mac := hmac.New(sha256.New, []byte(fakeWebhook))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
