package paypal

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"hash/crc32"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"myisp/internal/gateway"
	"myisp/internal/money"
)

const (
	fakeID      = "client-id-of-tests"
	fakeSecret  = "client-secret-of-tests"
	fakeWebhook = "8PT597110X687430L"
	certURL     = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77"
)

var config = map[string]string{Environment: sandbox, ClientID: fakeID, ClientSecret: fakeSecret, WebhookID: fakeWebhook}

// fake is PayPal as far as the portal uses it. It stands in the wire, so that the real addresses are called.
type fake struct {
	t  *testing.T
	mu sync.Mutex

	n        int
	tokens   int
	loaded   int // certificates
	dropped  bool
	barred   bool // the app may not read disputes
	orders   map[string]object
	answers  map[string]answer
	disputes map[string]object
	approves map[string]string // order → what its capture will be: "", "declined/5120", "pending", "422/INSTRUMENT_DECLINED"
	key      *rsa.PrivateKey
	cert     []byte
}

type object = map[string]any

type answer struct {
	asked  string
	status int
	body   any
}

var fakeRSA = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func newFake(t *testing.T) *fake {
	f := &fake{t: t, orders: map[string]object{}, answers: map[string]answer{}, disputes: map[string]object{}, approves: map[string]string{}, key: fakeRSA()}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "messageverificationcerts.paypal.com"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &f.key.PublicKey, f.key)
	if err != nil {
		t.Fatal(err)
	}
	f.cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return f
}

// RoundTrip answers for PayPal.
func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.serve(w, r)
	return w.Result(), nil
}

func (f *fake) gateway() *Gateway {
	g, err := open(config, &http.Client{Transport: f}, &certs{})
	if err != nil {
		f.t.Fatal(err)
	}
	return g
}

func (f *fake) id() string { f.n++; return fmt.Sprintf("5O190127TN%07d", f.n) }

func refuse(status int, name, issue string) (int, any) {
	return status, object{"name": name, "message": "words of PayPal", "details": []object{{"issue": issue, "description": "more words"}}}
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	body := []byte{}
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	path := r.URL.Path
	status, out := 0, any(nil)
	key := r.Header.Get("PayPal-Request-Id")
	known, again := f.answers[key]
	switch {
	case strings.HasPrefix(path, certPath):
		if f.loaded++; path != strings.TrimPrefix(certURL, "https://api.paypal.com") {
			w.WriteHeader(404)
			return
		}
		_, _ = w.Write(f.cert)
		return
	case r.URL.Host != "api-m.sandbox.paypal.com":
		f.t.Errorf("called %s", r.URL)
	case path == "/v1/oauth2/token":
		if id, secret, _ := r.BasicAuth(); id != fakeID || secret != fakeSecret || string(body) != "grant_type=client_credentials" {
			status, out = 401, object{"error": "invalid_client", "error_description": "words"}
			break
		}
		f.tokens++
		status, out = 200, object{"access_token": fmt.Sprint("token", f.tokens), "expires_in": 32400}
	case r.Header.Get("Authorization") != fmt.Sprint("Bearer token", f.tokens) || f.dropped:
		f.dropped = false
		status, out = refuse(401, "AUTHENTICATION_FAILURE", "")
	case key != "" && again && known.asked != path+string(body):
		status, out = refuse(422, "UNPROCESSABLE_ENTITY", "PAYPAL_REQUEST_ID_PREVIOUSLY_USED")
	case key != "" && again:
		status, out = known.status, known.body
	default:
		if status, out = f.answer(r, body); key != "" {
			f.answers[key] = answer{path + string(body), status, out}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
}

func (f *fake) answer(r *http.Request, body []byte) (int, any) {
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch call := r.Method + " " + strings.Join(path[:3], "/"); {
	case call == "POST v2/checkout/orders" && len(path) == 3:
		return f.create(body)
	case f.orders[path[len(path)-1]] != nil && r.Method == "GET":
		return 200, f.orders[path[len(path)-1]]
	case call == "POST v2/checkout/orders" && path[4] == "capture":
		return f.capture(path[3])
	case call == "GET v2/payments/captures":
		for id, o := range f.orders {
			for _, c := range list(o, "captures") {
				if c["id"] == path[3] {
					return 200, object{"id": c["id"], "custom_id": c["custom_id"], "supplementary_data": object{"related_ids": object{"order_id": id}}}
				}
			}
		}
	case call == "POST v2/payments/captures":
		return f.refund(path[3], body)
	case call == "GET v1/customer/disputes" && f.barred:
		return refuse(403, "NOT_AUTHORIZED", "PERMISSION_DENIED")
	case call == "GET v1/customer/disputes" && len(path) == 4:
		return 200, f.disputes[path[3]]
	case call == "GET v1/customer/disputes":
		items := []object{}
		for id, d := range f.disputes {
			if d["of"] == r.URL.Query().Get("disputed_transaction_id") {
				items = append(items, object{"dispute_id": id})
			}
		}
		return 200, object{"items": items}
	}
	return refuse(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
}

func unit(o object) object { return o["purchase_units"].([]object)[0] }

func list(o object, what string) []object {
	l, _ := unit(o)["payments"].(object)[what].([]object)
	return l
}

func (f *fake) create(body []byte) (int, any) {
	var in struct {
		Intent        string
		PurchaseUnits []struct {
			CustomID string `json:"custom_id"`
			Amount   amount
		} `json:"purchase_units"`
		PaymentSource struct {
			PayPal struct {
				Context struct {
					Return string `json:"return_url"`
					Cancel string `json:"cancel_url"`
				} `json:"experience_context"`
			}
		} `json:"payment_source"`
	}
	if json.Unmarshal(body, &in) != nil || in.Intent != "CAPTURE" || len(in.PurchaseUnits) != 1 || in.PaymentSource.PayPal.Context.Return == "" || in.PaymentSource.PayPal.Context.Cancel == "" {
		return refuse(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER")
	}
	u := in.PurchaseUnits[0]
	if slices.Contains([]money.Currency{"JPY", "HUF", "TWD"}, u.Amount.CurrencyCode) && strings.Contains(u.Amount.Value, ".") {
		return refuse(422, "UNPROCESSABLE_ENTITY", "DECIMALS_NOT_SUPPORTED")
	}
	id := f.id()
	f.orders[id] = object{"id": id, "status": "PAYER_ACTION_REQUIRED", "purchase_units": []object{{"custom_id": u.CustomID, "amount": u.Amount, "payments": object{}}},
		"links": []object{{"rel": "self", "href": "https://api-m.sandbox.paypal.com/x"}, {"rel": "payer-action", "href": "https://www.sandbox.paypal.com/checkoutnow?token=" + id}}}
	return 200, f.orders[id]
}

func (f *fake) capture(id string) (int, any) {
	o := f.orders[id]
	if o == nil || o["status"] != "APPROVED" {
		return refuse(422, "UNPROCESSABLE_ENTITY", "ORDER_NOT_APPROVED")
	}
	what, detail, _ := strings.Cut(f.approves[id], "/")
	if what == "422" {
		return refuse(422, "UNPROCESSABLE_ENTITY", detail)
	}
	c := object{"id": f.id(), "status": "COMPLETED", "custom_id": unit(o)["custom_id"], "amount": unit(o)["amount"], "create_time": "2026-11-22T12:00:00Z"}
	switch what {
	case "declined":
		c["status"], c["processor_response"] = "DECLINED", object{"response_code": detail}
	case "pending":
		c["status"] = "PENDING"
	}
	o["status"] = "COMPLETED"
	unit(o)["payments"] = object{"captures": []object{c}}
	return 201, o
}

func (f *fake) refund(capture string, body []byte) (int, any) {
	var in struct{ Amount amount }
	_ = json.Unmarshal(body, &in)
	for _, o := range f.orders {
		for _, c := range list(o, "captures") {
			if c["id"] != capture {
				continue
			}
			left, _ := c["amount"].(amount).minor()
			for _, x := range list(o, "refunds") {
				n, _ := x["amount"].(amount).minor()
				left -= n
			}
			n, err := in.Amount.minor()
			if err != nil || n > left || in.Amount.CurrencyCode != c["amount"].(amount).CurrencyCode {
				return refuse(422, "UNPROCESSABLE_ENTITY", "REFUND_AMOUNT_EXCEEDED")
			}
			x := object{"id": f.id(), "status": "COMPLETED", "amount": in.Amount}
			unit(o)["payments"].(object)["refunds"] = append(list(o, "refunds"), x)
			if c["status"] = "PARTIALLY_REFUNDED"; n == left {
				c["status"] = "REFUNDED"
			}
			return 201, x
		}
	}
	return refuse(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
}

// approve is the customer's yes on PayPal's page.
func (f *fake) approve(order, capture string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.orders[order]["status"], f.approves[order] = "APPROVED", capture
}

func (f *fake) notice(kind string, resource object, at time.Time) gateway.Notice {
	body, _ := json.Marshal(object{"id": "WH-" + kind + fmt.Sprint(resource["id"]), "resource_type": kind, "event_type": "X", "resource": resource})
	return f.sign(body, at)
}

func (f *fake) sign(body []byte, at time.Time) gateway.Notice {
	const id = "b2384410-f8d2-11e4-8bf3-77339302725b"
	stamp := at.UTC().Format(time.RFC3339)
	digest := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%d", id, stamp, fakeWebhook, crc32.ChecksumIEEE(body)))
	sum, err := rsa.SignPKCS1v15(rand.Reader, f.key, crypto.SHA256, digest[:])
	if err != nil {
		panic(err)
	}
	h := http.Header{}
	for name, value := range map[string]string{"PAYPAL-TRANSMISSION-ID": id, "PAYPAL-TRANSMISSION-TIME": stamp, "PAYPAL-TRANSMISSION-SIG": base64.StdEncoding.EncodeToString(sum), "PAYPAL-CERT-URL": certURL, "PAYPAL-AUTH-ALGO": "SHA256withRSA"} {
		h.Set(name, value)
	}
	return gateway.Notice{Header: h, Body: body, Now: time.Now()}
}
