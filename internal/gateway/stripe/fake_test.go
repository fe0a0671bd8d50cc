package stripe

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"

	"myisp/internal/gateway"
)

const (
	fakeKey     = "sk_test_fake"
	fakeWebhook = "whsec_fake_of_decent_length"
)

// fake is Stripe as far as the portal uses it: it keeps states, replays what comes under a known idempotency key, refuses
// the same key with other parameters, and refuses what Stripe refuses.
type fake struct {
	*httptest.Server
	t  *testing.T
	mu sync.Mutex

	n        int
	answers  map[string]answer
	sessions map[string]object
	intents  map[string]object
	methods  map[string]object
	refunds  []object
	disputes []object
}

type object = map[string]any

type answer struct {
	asked  string
	status int
	body   object
}

func newFake(t *testing.T) *fake {
	f := &fake{t: t, answers: map[string]answer{}, sessions: map[string]object{}, intents: map[string]object{}, methods: map[string]object{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	for pm, code := range map[string]string{"pm_good": "", "pm_poor": "insufficient_funds", "pm_careful": "authentication_required", "pm_ended": "expired_card", "pm_slow": "slow"} {
		f.methods[pm] = object{"id": pm, "object": "payment_method", "type": "card", "customer": "cus_1", "fails": code, "card": object{"brand": "visa", "last4": "4242", "exp_year": 2030, "exp_month": 4}}
	}
	return f
}

func (f *fake) gateway() *Gateway {
	g, err := open(map[string]string{SecretKey: fakeKey, WebhookSecret: fakeWebhook, BaseURL: f.URL}, f.Client())
	if err != nil {
		f.t.Fatal(err)
	}
	return g
}

func (f *fake) id(kind string) string { f.n++; return fmt.Sprintf("%s_test%d", kind, f.n) }

func refuse(status int, kind, code, param string) (int, object) {
	return status, object{"error": object{"type": kind, "code": code, "param": param, "message": "words of Stripe with " + fakeKey}}
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	form, err := url.ParseQuery(string(body))
	if r.Method == http.MethodGet {
		form = r.URL.Query()
	}
	var status int
	var out object
	key := r.Header.Get("Idempotency-Key")
	known, again := f.answers[key]
	switch {
	case err != nil || r.Header.Get("Stripe-Version") == "":
		status, out = refuse(400, "invalid_request_error", "", "")
	case r.Header.Get("Authorization") != "Bearer "+fakeKey:
		status, out = refuse(401, "invalid_request_error", "", "")
	case key != "" && again && known.asked != r.URL.Path+"?"+form.Encode():
		status, out = refuse(400, "idempotency_error", "", "")
	case key != "" && again:
		status, out = known.status, known.body
	default:
		if status, out = f.answer(r.Method, strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/"), form); key != "" && r.Method == http.MethodPost {
			f.answers[key] = answer{r.URL.Path + "?" + form.Encode(), status, out}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
}

func (f *fake) answer(method string, path []string, form url.Values) (int, object) {
	switch call := method + " " + path[0]; {
	case call == "POST checkout" && len(path) == 4 && path[3] == "expire":
		s := f.sessions[path[2]]
		if s == nil || s["status"] != "open" {
			return refuse(400, "invalid_request_error", "", "session")
		}
		s["status"] = "expired"
		return 200, f.whole(s)
	case call == "POST checkout":
		return f.openSession(form)
	case call == "GET checkout" && len(path) == 2:
		return 200, object{"object": "list", "data": []object{}}
	case call == "GET checkout":
		return found(f.sessions[path[2]], f.whole)
	case call == "POST payment_intents":
		return f.charge(form)
	case call == "GET payment_intents" && path[1] == "search":
		list := []object{}
		for _, pi := range f.intents {
			if form.Get("query") == "metadata['myisp_key']:'"+pi["metadata"].(object)["myisp_key"].(string)+"'" {
				list = append(list, pi)
			}
		}
		return 200, object{"object": "search_result", "data": list}
	case call == "GET payment_intents":
		return found(f.intents[path[1]], f.whole)
	case call == "POST payment_methods":
		pm := f.methods[path[1]]
		if pm != nil && pm["customer"] == nil {
			return refuse(400, "invalid_request_error", "", "")
		}
		if pm != nil {
			pm["customer"] = nil
		}
		return found(pm, f.whole)
	case call == "GET payment_methods":
		return found(f.methods[path[1]], f.whole)
	case call == "POST refunds":
		return f.refund(form)
	case call == "GET refunds":
		return 200, object{"object": "list", "data": of(f.refunds, form.Get("payment_intent"))}
	case call == "GET disputes":
		return 200, object{"object": "list", "data": of(f.disputes, form.Get("payment_intent"))}
	}
	return refuse(404, "invalid_request_error", "", "")
}

func of(all []object, intent string) []object {
	return slices.DeleteFunc(slices.Clone(all), func(o object) bool { return o["payment_intent"] != intent })
}

func found(o object, whole func(object) object) (int, object) {
	if o == nil {
		return refuse(404, "invalid_request_error", "resource_missing", "id")
	}
	return 200, whole(o)
}

// whole puts the objects behind ids in their places.
func (f *fake) whole(o object) object {
	o = maps.Clone(o)
	if id, ok := o["payment_intent"].(string); ok {
		o["payment_intent"] = f.whole(f.intents[id])
	}
	if id, ok := o["payment_method"].(string); ok {
		o["payment_method"] = f.methods[id]
	}
	if si, ok := o["setup_intent"].(object); ok {
		o["setup_intent"] = f.whole(si)
	}
	return o
}

func data(form url.Values, name string) object {
	o := object{}
	for k := range form {
		if rest, ok := strings.CutPrefix(k, name+"["); ok {
			o[strings.TrimSuffix(rest, "]")] = form.Get(k)
		}
	}
	return o
}

func amountProblem(amount int64, c string) string {
	switch {
	case amount <= 0:
		return "parameter_invalid_integer"
	case slices.Contains([]string{"kwd", "bhd", "jod", "omr", "tnd"}, c) && amount%10 != 0, c == "isk" && amount%100 != 0:
		return "invalid_charge_amount_no_decimal_compatible"
	case slices.Contains([]string{"eur", "usd", "jpy"}, c) && amount < 50:
		return "amount_too_small"
	}
	return ""
}

func (f *fake) openSession(form url.Values) (int, object) {
	mode, now := form.Get("mode"), time.Now()
	if form.Get("success_url") == "" || mode != "payment" && mode != "setup" {
		return refuse(400, "invalid_request_error", "parameter_missing", "success_url")
	}
	s := object{"id": f.id("cs"), "object": "checkout.session", "mode": mode, "status": "open", "client_reference_id": form.Get("client_reference_id"), "metadata": data(form, "metadata"), "payment_status": "unpaid"}
	s["url"] = "https://checkout.stripe.com/c/pay/" + s["id"].(string)
	if form.Get("customer") != "" {
		s["customer"] = form.Get("customer")
	} else if form.Get("customer_creation") == "always" {
		s["customer"] = f.id("cus")
	}
	c, amount := form.Get("currency"), int64(0)
	if mode == "payment" {
		item := "line_items[0][price_data]"
		c = form.Get(item + "[currency]")
		amount, _ = strconv.ParseInt(form.Get(item+"[unit_amount]"), 10, 64)
		if code := amountProblem(amount, c); code != "" || form.Get("line_items[0][quantity]") != "1" || form.Get(item+"[product_data][name]") == "" {
			return refuse(400, "invalid_request_error", code, item)
		}
		s["after"] = object{"metadata": data(form, "payment_intent_data[metadata]"), "setup_future_usage": form.Get("payment_intent_data[setup_future_usage]")}
		if at, err := strconv.ParseInt(form.Get("expires_at"), 10, 64); err == nil && (at < now.Add(30*time.Minute).Unix() || at > now.Add(24*time.Hour).Unix()) {
			return refuse(400, "invalid_request_error", "", "expires_at")
		}
	}
	s["currency"], s["amount_total"] = c, amount
	f.sessions[s["id"].(string)] = s
	return 200, s
}

func (f *fake) newIntent(amount int64, c string, metadata any) object {
	pi := object{"id": f.id("pi"), "object": "payment_intent", "amount": amount, "amount_received": 0, "currency": c, "metadata": metadata, "status": "requires_payment_method"}
	f.intents[pi["id"].(string)] = pi
	return pi
}

func (f *fake) succeed(pi object) {
	pi["status"], pi["amount_received"] = "succeeded", pi["amount"]
	pi["latest_charge"] = object{"id": f.id("ch"), "object": "charge", "created": time.Now().Unix(), "disputed": false}
}

func declined(code string) object {
	e := object{"type": "card_error", "code": "card_declined", "decline_code": code, "message": "words of the bank"}
	if code == "authentication_required" || code == "expired_card" {
		e["code"] = code
	}
	return e
}

func (f *fake) charge(form url.Values) (int, object) {
	amount, _ := strconv.ParseInt(form.Get("amount"), 10, 64)
	pm := f.methods[form.Get("payment_method")]
	switch {
	case amountProblem(amount, form.Get("currency")) != "":
		return refuse(400, "invalid_request_error", amountProblem(amount, form.Get("currency")), "amount")
	case pm == nil || pm["customer"] == nil || pm["customer"] != form.Get("customer") || form.Get("confirm") != "true" || form.Get("off_session") != "true":
		return refuse(400, "invalid_request_error", "resource_missing", "payment_method")
	}
	pi := f.newIntent(amount, form.Get("currency"), data(form, "metadata"))
	pi["payment_method"], pi["customer"] = pm["id"], pm["customer"]
	switch code := pm["fails"].(string); code {
	case "":
		f.succeed(pi)
	case "slow":
		pi["status"] = "processing"
	default:
		pi["last_payment_error"] = declined(code)
		e := declined(code)
		e["payment_intent"] = pi
		return 402, object{"error": e}
	}
	return 200, f.whole(pi)
}

func (f *fake) refund(form url.Values) (int, object) {
	pi := f.intents[form.Get("payment_intent")]
	amount, _ := strconv.ParseInt(form.Get("amount"), 10, 64)
	if pi == nil {
		return refuse(404, "invalid_request_error", "resource_missing", "payment_intent")
	}
	left, _ := pi["amount_received"].(int64)
	for _, x := range of(f.refunds, pi["id"].(string)) {
		if x["status"] == "succeeded" {
			left -= x["amount"].(int64)
		}
	}
	if amount <= 0 || amount > left {
		return refuse(400, "invalid_request_error", "charge_already_refunded", "amount")
	}
	x := object{"id": f.id("re"), "object": "refund", "payment_intent": pi["id"], "amount": amount, "currency": pi["currency"], "status": "succeeded"}
	f.refunds = append(f.refunds, x)
	return 200, x
}

// pay gives a method on Stripe's page; the empty code is one that works, "slow" one whose money comes in days.
func (f *fake) pay(session, code string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sessions[session]
	if s["mode"] == "setup" {
		s["status"], s["setup_intent"] = "complete", object{"id": f.id("seti"), "object": "setup_intent", "status": "succeeded", "payment_method": "pm_good"}
		return
	}
	after := s["after"].(object)
	pi := f.newIntent(s["amount_total"].(int64), s["currency"].(string), after["metadata"])
	pi["payment_method"], pi["setup_future_usage"], pi["customer"] = "pm_good", after["setup_future_usage"], s["customer"]
	s["payment_intent"] = pi["id"]
	switch code {
	case "":
		s["status"], s["payment_status"] = "complete", "paid"
		f.succeed(pi)
	case "slow":
		s["status"], pi["status"] = "complete", "processing"
	default:
		pi["last_payment_error"] = declined(code)
	}
}

// expire ends a checkout that was not paid, as Stripe does after its time.
func (f *fake) expire(session string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessions[session]["status"] = "expired"
}

func (f *fake) intentOf(session string) object {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, _ := f.sessions[session]["payment_intent"].(string)
	return f.intents[id]
}

// move is a movement on the account's balance because of a dispute, in the account's own currency.
func (f *fake) move(session string, amount int64) {
	pi := f.intentOf(session)
	f.mu.Lock()
	defer f.mu.Unlock()
	pi["latest_charge"].(object)["disputed"] = true
	if len(of(f.disputes, pi["id"].(string))) == 0 {
		f.disputes = append(f.disputes, object{"id": f.id("dp"), "object": "dispute", "payment_intent": pi["id"], "amount": pi["amount"], "currency": pi["currency"], "balance_transactions": []object{}})
	}
	d := f.disputes[len(f.disputes)-1]
	d["balance_transactions"] = append(d["balance_transactions"].([]object), object{"id": f.id("txn"), "object": "balance_transaction", "amount": amount, "currency": "gbp"})
}

// notice signs a notice about an object as of a time.
func (f *fake) notice(kind string, o object, at time.Time) gateway.Notice {
	body, _ := json.Marshal(object{"id": "evt_" + strings.NewReplacer(".", "", "_", "").Replace(kind) + o["id"].(string), "object": "event", "api_version": "2020-08-27", "type": kind, "data": object{"object": o}})
	return gateway.Notice{Header: http.Header{SignatureHeader: {signatureAt(string(body), at)}}, Body: body, Now: time.Now()}
}

func signatureOf(body string) string { return signatureAt(body, time.Now()) }

func signatureAt(body string, at time.Time) string {
	return fmt.Sprintf("t=%d,v1=%s,v0=aa", at.Unix(), hex.EncodeToString(webhook.ComputeSignature(at, []byte(body), fakeWebhook)))
}
