// Package gateway is what the portal needs of a payment provider: begin a checkout on the provider's own page, ask what
// became of it, read a notice, keep a method and charge it, give money back. One folder below is one provider; a test that
// all of them pass (gatewaytest) says what they promise.
//
// A gateway holds one partner's configuration and no state. It tells facts about one attempt and never decides what they
// mean for the books. What a provider says in words never leaves it: reasons are a closed set.
package gateway

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"myisp/internal/money"
)

// Gateway is one provider, configured for one partner. All calls but ParseNotice go over the network and obey ctx; calling
// one twice with the same key does its work once. Finder and Saver are what some can do beyond it.
type Gateway interface {
	// Begin opens a checkout; the customer goes on at its URL. Errors: ErrUnavailable, ErrRefused.
	Begin(ctx context.Context, c Checkout) (Begun, error)
	// Fetch tells what has become of what Begin or Charge began. Where a provider wants that, it first finishes what the
	// customer approved there (a capture, a debit of a new mandate), once. Errors: ErrUnavailable, ErrUnknown.
	Fetch(ctx context.Context, ref Ref) (Report, error)
	// ParseNotice authenticates a webhook on its raw body and tells which attempts it is about; what happened is then
	// fetched. The one thing it may fetch itself, and keeps, is a public certificate from the provider's own host. Errors:
	// ErrForged for whatever is not certainly the provider's; ErrUnavailable when that certificate cannot be had now.
	ParseNotice(ctx context.Context, n Notice) ([]Event, error)
	// Refund gives back money that was received. Errors: ErrUnavailable, ErrRefused.
	Refund(ctx context.Context, r Refund) error
	// Check makes one harmless call with the configuration, for "Test connection".
	Check(ctx context.Context) error
}

// Finder is a gateway whose notices may tell of something that neither carries our key nor is what Begin returned: a dispute
// over a payment behind a checkout.
type Finder interface {
	Gateway
	// Find asks the provider which attempt something that a notice told of belongs to: the Ref has our Key, or the id that
	// Begin or Charge returned. Errors: ErrUnavailable, ErrUnknown when it is nobody's of ours.
	Find(ctx context.Context, ref Ref) (Ref, error)
}

// Ender is a gateway that can close a checkout page before its time. The others only keep to Ref.Ended.
type Ender interface {
	Gateway
	// End closes a checkout that nobody has paid; Fetch tells what became of it. One that has ended, or was paid in this
	// moment, is no error. Errors: ErrUnavailable.
	End(ctx context.Context, ref Ref) error
}

// Saver is a gateway that can keep a payment method and charge it without the customer.
type Saver interface {
	Gateway
	// BeginSaving opens a page of the provider on which the customer gives a method (or consents to a mandate).
	BeginSaving(ctx context.Context, s Setup) (Begun, error)
	// FetchSaved tells what came of it: Paid with the method, or Open, Declined or Cancelled without one.
	FetchSaved(ctx context.Context, ref Ref) (Method, State, error)
	// Charge takes money from a saved method. The report may be final or pending. A decline is a report and no error; of
	// one that the provider kept nothing of, Begun is empty. Errors: ErrRefused; ErrUnavailable, after which the money may
	// have been taken: Fetch by the key may find it, and Charge with the same key never takes it twice.
	Charge(ctx context.Context, c Charge) (Begun, Report, error)
	// Forget removes a method at the provider. A method that is gone already is no error.
	Forget(ctx context.Context, customer, token string) error
}

// The errors that callers act on. Their text is for logs, never for customers.
var (
	ErrUnavailable = errors.New("gateway: not reachable")        // try again later; nothing is known to have happened
	ErrRefused     = errors.New("gateway: request refused")      // the provider does not do this: configuration, amount, state
	ErrUnknown     = errors.New("gateway: no such attempt")      // the provider never heard of it
	ErrForged      = errors.New("gateway: notice not authentic") // signature, age, or form
	ErrAddress     = errors.New("gateway: no address to call")   // the provider's address is none that may be called
)

// Ref names an attempt at the provider: our key, and the provider's own id once it is known. Method is the token of the
// saved method that a Charge was made with: some find a charge by its key among those of its method only. Ended says that
// nothing is finished any more: what the customer approves from now on takes no money, what was finished is only told of.
type Ref struct {
	Key        string
	ExternalID string
	Method     string
	Ended      bool
}

// Checkout asks for money from a customer who is present.
type Checkout struct {
	Key         string      // of the attempt: 16 to 64 of [0-9A-Za-z_-]; also the provider's idempotency key
	Amount      money.Money // all that the customer pays, fee included
	Description string      // at most 127 characters, as it may stand on a bank statement
	Customer    Customer
	ReturnURL   string // where the customer comes back to, whatever happened
	CancelURL   string
	NoticeURL   string // for providers that take it with each request
	Language    string // BCP 47 primary tag
	Save        bool   // keep the method for later charges, where the gateway is a Saver
	Expires     time.Time
}

// Customer is what a provider may learn about who pays.
type Customer struct {
	Reference string // our customer id, as text
	Name      string
	Email     string
	Country   string // ISO 3166-1 alpha-2, "" when not known
	Token     string // the provider's id of this customer, from an earlier Method; "" is none
}

// Begun is a checkout that the provider has opened. URL is empty where nothing is to be shown (a charge).
type Begun struct {
	ExternalID string
	URL        string
}

// State is how far an attempt has come at the provider.
type State string

// The states. Paid stays Paid when money goes back: Returned tells of it.
const (
	Open      State = "open"
	Pending   State = "pending" // accepted, the money comes in days (bank debits)
	Paid      State = "paid"
	Declined  State = "declined"
	Cancelled State = "cancelled" // by the customer, or run out
)

// Reason is why an attempt was declined, from a closed set: each has words in every language.
type Reason string

// The reasons. Declined without a known reason is Other.
const (
	NoReason   Reason = ""
	Funds      Reason = "funds"      // not enough money
	Expired    Reason = "expired"    // the card or mandate has ended
	Confirm    Reason = "confirm"    // the customer has to confirm (3-D Secure) and was not there, or failed
	Invalid    Reason = "invalid"    // wrong number, closed account
	Blocked    Reason = "blocked"    // the bank or the provider does not allow it
	Disallowed Reason = "disallowed" // the method does not pay this currency or amount
	Other      Reason = "other"
)

// Report is what the provider says of an attempt now. The sums are totals since its beginning.
type Report struct {
	Key        string // our key, where the provider echoes it
	ExternalID string
	State      State
	Reason     Reason
	Received   money.Money // what the customer has paid; zero of the right currency before that
	Returned   int64       // minor units refunded or charged back in all
	Reinstated int64       // minor units of those that were won back in all
	At         time.Time   // of the money; zero when not known
	Method     Method      // how it was paid, as far as known
}

// MethodKind says what a payment method is.
type MethodKind string

// The kinds of methods.
const (
	Card     MethodKind = "card"
	Bank     MethodKind = "bank"   // an account that is debited by mandate
	Wallet   MethodKind = "wallet" // PayPal and its like
	Transfer MethodKind = "transfer"
)

// Method is a way to pay, as much as the portal may know of it. There is never a whole number.
type Method struct {
	Token         string // the provider's id of the saved method; "" when it is not saved
	CustomerToken string // the provider's id of the customer it belongs to
	Kind          MethodKind
	Brand         string // "Visa", "Example Bank"
	Last4         string
	ExpiryYear    int // 0 when it does not expire
	ExpiryMonth   int
	Mandate       string // the mandate's reference, for bank debits
}

// Setup asks for a payment method without taking money.
type Setup struct {
	Key       string
	Customer  Customer
	Currency  money.Currency
	ReturnURL string
	CancelURL string
	Language  string
}

// Charge takes money from a saved method.
type Charge struct {
	Key         string
	Amount      money.Money
	Description string
	Customer    Customer
	Method      Method
	NoticeURL   string
}

// Refund gives back part or all of what an attempt received.
type Refund struct {
	Key    string // of the refund itself: the same key refunds once
	Ref    Ref
	Amount money.Money
}

// Notice is a webhook as it came.
type Notice struct {
	Header http.Header
	Body   []byte
	Now    time.Time
}

// Event is one thing that a notice tells of: an attempt to fetch, or a saved method (Setup) to fetch.
type Event struct {
	ID    string // the provider's id of the event, for hearing it once
	Ref   Ref
	Setup bool
}

// Capabilities say what a provider does at all; the partner's configuration may allow less.
type Capabilities struct {
	Currencies []money.Currency         // nil is every currency
	Minimum    map[money.Currency]int64 // minor units; what is not named has no minimum of its own
	Steps      map[money.Currency]int64 // minor units that an amount is a multiple of; what is not named takes every amount
	Delayed    bool                     // may be pending for days
	Saves      bool                     // New returns a Saver
	Refunds    bool
	Redirects  []string // hosts that a checkout page may be on, for the form-action policy: "checkout.stripe.com", "*.example.com"
	Calls      []string // hosts that the portal itself calls, for firewalls and walled gardens
}

// Takes reports whether an amount can be paid with the provider at all: by its currency, minimum and step.
func (c Capabilities) Takes(m money.Money) bool {
	if c.Currencies != nil && !slices.Contains(c.Currencies, m.Currency) {
		return false
	}
	step := c.Steps[m.Currency]
	return m.Minor > 0 && m.Minor >= c.Minimum[m.Currency] && (step == 0 || m.Minor%step == 0)
}

// Field is one value of a gateway's configuration. Its words are gateway.<name>.<key>.
type Field struct {
	Key      string
	Secret   bool // written, never shown; encrypted at rest
	Required bool
	Options  []string // a choice; the first is the default
	Default  string
	Address  bool // of the provider's API, where it can be another one: keys that are stored are not taken to a new one
}

// Definition is a kind of gateway: what it can do, what it has to be told, how it is made.
type Definition struct {
	Name         string // "stripe": stable, it is in the database and in /webhooks/{name}
	Capabilities Capabilities
	Fields       []Field
	// New makes a gateway of a partner's configuration. It refuses one that cannot be safe, such as no webhook secret.
	New func(config map[string]string, client *http.Client) (Gateway, error)
}

// Hosted is a provider whose checkout page the portal shows itself: the pretend one. No other may be: the pages of real
// providers are theirs, so that no card number ever comes here.
type Hosted interface {
	// Page returns what a payment's page shows; false when there is no such payment.
	Page(id string) (HostedPage, bool)
	// Choose makes an outcome happen and returns where the browser goes on; "" stays on the page.
	Choose(id, outcome, notices string) (next string, err error)
}

// HostedPage is the pretend provider's page: the payment, and what may become of it.
type HostedPage struct {
	ID          string
	Amount      money.Money
	Description string
	Language    string
	State       State
	Setup       bool     // a method is given, no money taken
	Challenged  bool     // the bank asks for a confirmation
	Outcomes    []string // those that can be chosen now
	Notices     []string // the ways of telling the portal
	ReturnURL   string
}
