// Package sandbox is a pretend payment provider: it has a page of its own on which whoever pays chooses what is to happen,
// it sends notices as real providers do, and it can be told to misbehave in every way that real ones have. No money moves.
// It exists only where the program is started with it.
package sandbox

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"

	"myisp/internal/gateway"
	"myisp/internal/money"
)

// Outcome is what is to become of a payment.
type Outcome string

// The outcomes that can be chosen on the provider's page.
const (
	Success       Outcome = "success"
	Decline       Outcome = "decline"   // not enough money
	Challenge     Outcome = "challenge" // a confirmation is asked for; Confirm and Fail end it
	Confirm       Outcome = "confirm"
	Fail          Outcome = "fail"
	Abandon       Outcome = "abandon"
	Delayed       Outcome = "delayed" // pending; Clear or Bounce end it
	Clear         Outcome = "clear"
	Bounce        Outcome = "bounce"
	ChargeBack    Outcome = "charge_back"
	WinBack       Outcome = "win_back"
	WrongAmount   Outcome = "wrong_amount"
	WrongCurrency Outcome = "wrong_currency"
)

// Notices is how the provider tells of an outcome.
type Notices string

// The ways of telling.
const (
	AfterReturn  Notices = "after_return"
	BeforeReturn Notices = "before_return"
	Thrice       Notices = "thrice"
	Lost         Notices = "lost"
	BadSignature Notices = "bad_signature"
	Replayed     Notices = "replayed" // an old notice, sent again after the tolerance
)

// Payment is one payment as the provider keeps it. Amounts are minor units.
type Payment struct {
	ID          string
	Key         string
	Amount      int64
	Currency    money.Currency
	Description string
	Language    string
	ReturnURL   string
	CancelURL   string
	NoticeURL   string
	Setup       bool // a method is given, no money taken
	State       gateway.State
	Challenged  bool
	Reason      gateway.Reason
	Told        money.Currency // what the report says; differs from Currency for WrongCurrency
	Received    int64
	Returned    int64
	Reinstated  int64
	Refunds     map[string]int64
	Method      gateway.Method
	At          time.Time
	Events      int
}

// Provider keeps payments, as files of a folder so that they outlive the program, or in memory.
type Provider struct {
	dir  string
	key  []byte
	now  func() time.Time
	send func(url string, header, body string)

	mu  sync.Mutex
	all map[string]*Payment
	ids map[string]string // key → id

	faults Faults
}

// Faults are what the provider does wrong, for tests: real ones do.
type Faults struct {
	Deaf   bool // the call never arrives: nothing is charged
	Mute   bool // the charge is made, and its answer is lost
	NoKeys bool // a charge is not found by its key alone, as where a search lags behind
	Late   int  // as many refunds are made as this says, and their answers are lost
	Forgot bool // the keys of refunds are not known any more, as after a day
	Hides  bool // it tells of no refund
	Silent int  // as many questions as this says are not answered
	Drops  bool // what was left without being paid is not known any more, as PayPal does after some hours
}

// Fail makes the provider do wrong from now on.
func (p *Provider) Fail(f Faults) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = f
}

// ByKey returns the payment that a key has made, the zero Payment when there is none.
func (p *Provider) ByKey(key string) Payment {
	p.mu.Lock()
	defer p.mu.Unlock()
	if y, ok := p.all[p.ids[key]]; ok {
		return *y
	}
	return Payment{}
}

func (p *Provider) fault() Faults {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.faults
}

// Payments counts the payments that a key has made.
func (p *Provider) Payments(key string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, y := range p.all {
		if y.Key == key {
			n++
		}
	}
	return n
}

// New returns a provider that keeps its payments in dir ("" keeps them in memory) and signs its notices with key. send
// carries a notice (URL, signature header, body) to the portal; nil sends none, and tests fetch them with Notice.
func New(dir string, key []byte, now func() time.Time, send func(url, header, body string)) (*Provider, error) {
	if len(key) < 16 {
		return nil, errors.New("sandbox: a key of at least 16 bytes signs the notices")
	}
	p := &Provider{dir: dir, key: key, now: now, send: send, all: map[string]*Payment{}, ids: map[string]string{}}
	if dir == "" {
		return p, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		var pay Payment
		if err := json.Unmarshal(text, &pay); err != nil {
			return nil, fmt.Errorf("sandbox: %s: %w", f, err)
		}
		p.all[pay.ID], p.ids[pay.Key] = &pay, pay.ID
	}
	return p, nil
}

var idShape = regexp.MustCompile(`^sbx_[0-9a-f]{24}$`)

// begin opens a payment; the same key is the same payment.
func (p *Provider) begin(pay Payment) (Payment, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id, ok := p.ids[pay.Key]; ok {
		return *p.all[id], nil
	}
	var b [12]byte
	if _, err := rand.Read(b[:]); err != nil {
		return Payment{}, err
	}
	pay.ID, pay.State, pay.Told, pay.Refunds = "sbx_"+hex.EncodeToString(b[:]), gateway.Open, pay.Currency, map[string]int64{}
	if err := p.keep(&pay); err != nil {
		return Payment{}, err
	}
	p.all[pay.ID], p.ids[pay.Key] = &pay, pay.ID
	return pay, nil
}

// keep writes a payment whole or not at all.
func (p *Provider) keep(pay *Payment) error {
	if p.dir == "" {
		return nil
	}
	text, err := json.Marshal(pay)
	if err != nil {
		return err
	}
	file := filepath.Join(p.dir, pay.ID+".json")
	if err := os.WriteFile(file+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// Payment returns a payment by its id.
func (p *Provider) Payment(id string) (Payment, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if pay, ok := p.all[id]; ok && idShape.MatchString(id) {
		return *pay, true
	}
	return Payment{}, false
}

func (p *Provider) find(ref gateway.Ref) (*Payment, error) {
	id := ref.ExternalID
	if id == "" && !p.faults.NoKeys {
		id = p.ids[ref.Key]
	}
	if pay, ok := p.all[id]; ok {
		return pay, nil
	}
	return nil, gateway.ErrUnknown
}

// Steps lists what can happen to the payment next.
func (y Payment) Steps() []Outcome {
	switch {
	case y.State == gateway.Open && y.Challenged:
		return []Outcome{Confirm, Fail}
	case y.State == gateway.Open && y.Setup:
		return []Outcome{Success, Decline, Challenge, Abandon}
	case y.State == gateway.Open:
		return []Outcome{Success, Decline, Challenge, Delayed, Abandon, WrongAmount, WrongCurrency}
	case y.State == gateway.Pending:
		return []Outcome{Clear, Bounce}
	case y.State == gateway.Paid && y.Returned-y.Reinstated < y.Received:
		return []Outcome{ChargeBack}
	case y.State == gateway.Paid && y.Returned > y.Reinstated:
		return []Outcome{WinBack}
	}
	return nil
}

// ErrStep says that an outcome cannot follow on what has happened.
var ErrStep = errors.New("sandbox: that cannot happen now")

// Choose makes an outcome happen, tells the portal of it in the given way, and returns where the browser goes on: back to
// the portal, or "" to stay on the provider's page.
func (p *Provider) Choose(id string, o Outcome, how Notices) (string, error) {
	p.mu.Lock()
	pay, ok := p.all[id]
	if !ok {
		p.mu.Unlock()
		return "", gateway.ErrUnknown
	}
	was := pay.State
	next, err := pay.after(o, p.now())
	if err == nil {
		err = p.keep(&next)
	}
	if err != nil {
		p.mu.Unlock()
		return "", err
	}
	*pay = next
	p.mu.Unlock()
	if o == Challenge {
		return "", nil
	}
	p.tell(next, how)
	switch {
	case was != gateway.Open:
		return "", nil
	case o == Abandon:
		return next.CancelURL, nil
	}
	return next.ReturnURL, nil
}

// after is the payment once an outcome has happened to it.
func (y Payment) after(o Outcome, now time.Time) (Payment, error) {
	can := false
	for _, s := range y.Steps() {
		can = can || s == o
	}
	if !can {
		return y, ErrStep
	}
	y.Events++
	y.At = now.UTC()
	switch o {
	case Success, Confirm, Clear:
		y.State, y.Challenged, y.Received = gateway.Paid, false, y.Amount
		if y.Method.Kind == "" {
			y.Method = gateway.Method{Token: "pm_" + y.ID, CustomerToken: "cus_sandbox", Kind: gateway.Card, Brand: "Visa", Last4: "4242", ExpiryYear: now.Year() + 3, ExpiryMonth: 12}
		}
	case WrongAmount:
		y.State, y.Received = gateway.Paid, y.Amount+1
	case WrongCurrency:
		y.State, y.Received, y.Told = gateway.Paid, y.Amount, "XTS"
	case Decline, Bounce:
		y.State, y.Reason = gateway.Declined, gateway.Funds
	case Challenge:
		y.Challenged = true
	case Fail:
		y.State, y.Reason = gateway.Declined, gateway.Confirm
	case Abandon:
		y.State = gateway.Cancelled
	case Delayed:
		y.State = gateway.Pending
		y.Method = gateway.Method{Kind: gateway.Bank, Brand: "Sandbox Bank", Last4: "6789", Mandate: "SBX-" + y.ID[4:12]}
	case ChargeBack:
		y.Returned = y.Received + y.Reinstated
	case WinBack:
		y.Reinstated = y.Returned
	}
	return y, nil
}

// notice is what the provider sends: thin, as it should be.
type notice struct {
	ID      string `json:"id"`
	Payment string `json:"payment"`
	Key     string `json:"key"`
	Setup   bool   `json:"setup,omitempty"`
}

// Notice is the latest notice about a payment, as it is sent at a time.
func (p *Provider) Notice(y Payment, at time.Time) (header, body string) {
	text, _ := json.Marshal(notice{ID: fmt.Sprintf("evt_%s_%d", y.ID, y.Events), Payment: y.ID, Key: y.Key, Setup: y.Setup})
	return signature(p.key, at, text), string(text)
}

func signature(key []byte, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

func (p *Provider) tell(y Payment, how Notices) {
	if p.send == nil || y.NoticeURL == "" {
		return
	}
	header, body := p.Notice(y, p.now())
	switch how {
	case Lost:
	case BeforeReturn:
		p.send(y.NoticeURL, header, body)
	case BadSignature:
		p.send(y.NoticeURL, header+"0", body)
	case Replayed:
		old, _ := p.Notice(y, p.now().Add(-time.Hour))
		p.send(y.NoticeURL, old, body)
	case Thrice:
		for range 3 {
			go p.send(y.NoticeURL, header, body)
		}
	default:
		go p.send(y.NoticeURL, header, body)
	}
}
