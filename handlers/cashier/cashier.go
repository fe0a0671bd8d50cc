// Package cashier stands between the books and the payment gateways: it begins attempts, asks what became of them, hears
// notices and gives money back. Handlers and jobs come here; nothing else talks to a gateway. No call to a gateway is made
// inside a database transaction.
package cashier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"myisp/internal/gateway"
	"myisp/internal/money"
	"myisp/models"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/views/i18n"
)

// Cashier knows the kinds of gateways and makes those that partners have set up.
type Cashier struct {
	m      *models.Models
	kinds  []gateway.Definition
	client *http.Client

	mu       sync.Mutex
	made     map[place]made
	charging map[int64]bool // attempts whose method is being charged

	looks looks

	// BaseURL is the portal's address, for notices about what no request began: "https://portal.example"; "" where it is
	// not known, and the poller asks.
	BaseURL string
}

type place struct {
	partner int64
	name    string
}

type made struct {
	at time.Time // of the configuration
	g  gateway.Gateway
}

// New returns a cashier for the given kinds of gateways; all of them call out through client.
func New(m *models.Models, kinds []gateway.Definition, client *http.Client) *Cashier {
	return &Cashier{m: m, kinds: kinds, client: client, made: map[place]made{}, charging: map[int64]bool{}}
}

// Kinds lists the kinds of gateways that can be set up.
func (c *Cashier) Kinds() []gateway.Definition { return slices.Clone(c.kinds) }

// Kind finds a kind of gateway by its name.
func (c *Cashier) Kind(name string) (gateway.Definition, bool) {
	i := slices.IndexFunc(c.kinds, func(d gateway.Definition) bool { return d.Name == name })
	if i < 0 {
		return gateway.Definition{}, false
	}
	return c.kinds[i], true
}

// errGateway is the one answer to a customer when a gateway does not do its part; the log has the rest.
var errGateway = db.Fail(db.Unavailable, "pay.error.gateway")

// open makes the gateway of a setup, or returns the one that was made of the same configuration before.
func (c *Cashier) open(setup finance.GatewaySetup) (gateway.Gateway, error) {
	kind, ok := c.Kind(setup.Gateway)
	if !ok {
		return nil, fmt.Errorf("gateway %s is not part of this program", setup.Gateway)
	}
	at := place{setup.PartnerID, setup.Gateway}
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.made[at]; ok && known.at.Equal(setup.UpdatedAt) {
		return known.g, nil
	}
	config, err := c.m.Finance.Secrets(setup)
	if err != nil {
		return nil, err
	}
	g, err := kind.New(config, c.client)
	if err != nil {
		return nil, err
	}
	c.made[at] = made{setup.UpdatedAt, g}
	return g, nil
}

func (c *Cashier) of(ctx context.Context, a finance.Attempt) (gateway.Gateway, error) {
	setup, err := c.m.Finance.Gateway(ctx, a.PartnerID, a.Gateway)
	if err != nil {
		return nil, err
	}
	return c.open(setup)
}

// Order is what a customer wants to pay.
type Order struct {
	Attempt     finance.NewAttempt // Fee and MethodID are the setup's and are filled in here
	Description string
	Customer    gateway.Customer
	BaseURL     string // of the portal: "https://portal.example"
	Language    string
	// Agreed reports whether the customer was shown that this much is taken, fee included. A kept method is charged for nothing
	// else: no provider's page shows the sum once more.
	Agreed func(total money.Money) bool
	// ReturnPath is where the gateway sends whoever paid; nil is ResultPath, which asks for a log-in.
	ReturnPath func(finance.Attempt) string
}

// ResultPath is the page that tells what has become of an attempt; gateways send the customer back to it.
func ResultPath(a finance.Attempt) string { return "/pay/attempts/" + strconv.FormatInt(a.ID, 10) }

// checkoutLife is how long a checkout page may be used, and stands in the way of another one for the same document.
const checkoutLife = 30 * time.Minute

// grace is how much later than its time a checkout counts as left: what was paid in the last second is still on its way.
const grace = 5 * time.Minute

// dropped is after how long a checkout that its gateway does not have any more counts as left: some keep those that nobody
// paid for a few hours only.
const dropped = 12 * time.Hour

// patience is how long a gateway may take to answer while a person waits.
const patience = 12 * time.Second

// Begin writes the attempt down and opens the gateway's checkout; the customer goes on at the attempt's RedirectURL. The same
// key again returns the same attempt, wherever it stands by now. A gateway that is not set up for this is db.Invalid on
// "gateway"; one that does not answer is Unavailable, and nothing was charged.
func (c *Cashier) Begin(ctx context.Context, o Order) (finance.Attempt, error) {
	setup, err := c.setup(ctx, o.Attempt.Party.PartnerID, o.Attempt.Gateway)
	if err != nil {
		return finance.Attempt{}, err
	}
	if err := c.fit(setup, &o); err != nil {
		return finance.Attempt{}, err
	}
	g, err := c.open(setup)
	if err != nil {
		slog.ErrorContext(ctx, "a gateway cannot be used", "gateway", setup.Gateway, "partner", setup.PartnerID, "err", err)
		return finance.Attempt{}, errGateway
	}
	o.Attempt.SaveMethod = o.Attempt.SaveMethod && c.Saves(setup.Gateway)
	a, err := c.begin(ctx, o.Attempt)
	if err != nil || a.State != finance.AttemptNew {
		return a, err
	}
	back := ResultPath
	if o.ReturnPath != nil {
		back = o.ReturnPath
	}
	call, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	begun, err := g.Begin(call, gateway.Checkout{Key: a.Key, Amount: a.Total(), Description: a.Description, Customer: o.Customer,
		ReturnURL: o.BaseURL + back(a), CancelURL: o.BaseURL + back(a), NoticeURL: o.BaseURL + "/webhooks/" + a.Gateway, Language: o.Language,
		Save: a.SaveMethod, Expires: a.CreatedAt.Add(checkoutLife)})
	ctx = context.WithoutCancel(ctx) // what the gateway knows has to be known here too, even if the browser has gone
	if err != nil {
		slog.ErrorContext(ctx, "a gateway did not begin", "gateway", a.Gateway, "attempt", a.ID, "err", err)
		return a, errors.Join(errGateway, c.m.Finance.NotStarted(ctx, a.ID))
	}
	if err := c.m.Finance.Started(ctx, a.ID, begun.ExternalID, begun.URL); err != nil {
		return a, err
	}
	a, _, err = c.m.Finance.Of(a.CustomerID).Attempt(ctx, a.ID)
	return a, err
}

// setup reads a partner's gateway; one that is not set up is db.Invalid on "gateway".
func (c *Cashier) setup(ctx context.Context, partner int64, name string) (finance.GatewaySetup, error) {
	setup, err := c.m.Finance.Gateway(ctx, partner, name)
	if err != nil && db.KindOf(err) == db.NotFound {
		err = db.Invalid{"gateway": "pay.error.choose"}
	}
	return setup, err
}

// fit holds an order to what its gateway does and takes, and fills in what the setup says of it.
func (c *Cashier) fit(setup finance.GatewaySetup, o *Order) error {
	n := &o.Attempt
	n.Gateway, n.Fee, n.MethodID, n.Open, n.Description = setup.Gateway, setup.Fee(n.Amount), setup.MethodID, checkoutLife, short(o.Description)
	switch {
	case !setup.Enabled || !setup.Serves(n.Purpose) || !setup.Prices(n.Party.Currency):
		return db.Invalid{"gateway": "pay.error.choose"}
	case n.Amount < setup.Minimum:
		return db.Invalid{"amount": "pay.error.minimum"}
	case n.Amount > 0 && !c.Takes(setup.Gateway, money.Of(n.Amount+n.Fee, n.Party.Currency)):
		return db.Invalid{"gateway": "pay.reason.disallowed"}
	}
	return nil
}

// Takes reports whether a gateway takes an amount at all.
func (c *Cashier) Takes(name string, m money.Money) bool { return c.kindOf(name).Capabilities.Takes(m) }

// descriptionLength is what providers take of a description; see gateway.Checkout.
const descriptionLength = 127

// short brings a description down to what providers take, at the end of a word: some refuse a longer one.
func short(text string) string {
	r := []rune(text)
	if len(r) <= descriptionLength {
		return text
	}
	cut := string(r[:descriptionLength-2])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + " …"
}

// Ask fetches what has become of an attempt and settles it. A gateway that does not answer is Unavailable, and is asked
// again later.
func (c *Cashier) Ask(ctx context.Context, a finance.Attempt) (finance.Attempt, error) {
	return c.askAbout(ctx, a, "")
}

// askAbout is Ask; heard is the gateway's id of the attempt as a notice told it, for an attempt whose id is not known here.
func (c *Cashier) askAbout(ctx context.Context, a finance.Attempt, heard string) (finance.Attempt, error) {
	g, err := c.of(ctx, a)
	if err != nil {
		return a, errors.Join(err, c.m.Finance.Unanswered(ctx, a))
	}
	ref, err := c.ref(ctx, a)
	if err != nil {
		return a, errors.Join(err, c.m.Finance.Unanswered(ctx, a))
	}
	if ref.ExternalID == "" {
		ref.ExternalID = heard
	}
	call, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	report, err := c.fetch(call, g, &ref, a)
	ctx = context.WithoutCancel(ctx)
	if err == nil && report.Key != "" && report.Key != a.Key {
		report, err = gateway.Report{}, fmt.Errorf("%w: %s is another attempt's", gateway.ErrUnknown, ref.ExternalID)
	}
	if errors.Is(err, gateway.ErrUnknown) && a.State == finance.AttemptOpen && c.m.DB.Now().Sub(a.CreatedAt) > dropped {
		report, err = gateway.Report{State: gateway.Cancelled, Received: money.Of(0, a.Currency)}, nil
	}
	switch {
	case errors.Is(err, gateway.ErrUnknown) && (a.Unknown() || a.Reason == finance.ReasonUnanswered):
		return c.unheard(ctx, a)
	case errors.Is(err, gateway.ErrUnknown) && a.State == finance.AttemptNew:
		return a, c.m.Finance.NotStarted(ctx, a.ID) // the program ended before it had asked
	case errors.Is(err, gateway.ErrUnknown) && over[a.State] != "":
		return c.settle(ctx, a, gateway.Report{State: over[a.State], Reason: gateway.Reason(a.Reason), Received: money.Of(0, a.Currency)})
	case err != nil:
		slog.WarnContext(ctx, "a gateway did not answer", "gateway", a.Gateway, "attempt", a.ID, "err", err)
		return a, errors.Join(errGateway, err, c.m.Finance.Unanswered(ctx, a))
	}
	if ref.Ended && report.State == gateway.Open {
		if report.State = gateway.Cancelled; a.State == finance.AttemptDeclined {
			report.State, report.Reason = gateway.Declined, gateway.Reason(a.Reason)
		}
	}
	return c.settle(ctx, a, report)
}

// over are the ends without money: of them some gateways keep nothing after hours, so that they are unknown there is no lack of
// an answer.
var over = map[finance.AttemptState]gateway.State{finance.AttemptDeclined: gateway.Declined, finance.AttemptCancelled: gateway.Cancelled}

// ref is how an attempt is named to its gateway.
func (c *Cashier) ref(ctx context.Context, a finance.Attempt) (gateway.Ref, error) {
	// What has been finished once is never finished again: some gateways forget the key after weeks that keeps them from it.
	ref := gateway.Ref{Key: a.Key, Ended: !a.InFlight()}
	if a.ExternalID != nil {
		ref.ExternalID = *a.ExternalID
		return ref, nil
	}
	if a.SavedMethodID == 0 {
		return ref, nil
	}
	m, err := c.m.Finance.SavedByID(ctx, a.SavedMethodID)
	if err == nil {
		ref.Method, _, err = c.m.Finance.SavedSecrets(m)
	}
	return ref, err
}

var states = map[gateway.State]finance.AttemptState{gateway.Open: finance.AttemptOpen, gateway.Pending: finance.AttemptPending, gateway.Paid: finance.AttemptPaid,
	gateway.Declined: finance.AttemptDeclined, gateway.Cancelled: finance.AttemptCancelled}

func (c *Cashier) outcome(ctx context.Context, a finance.Attempt, r gateway.Report) (finance.Outcome, error) {
	snap, err := c.m.Portal.Snapshot(ctx)
	if err != nil {
		return finance.Outcome{}, err
	}
	at := r.At
	if at.IsZero() {
		at = c.m.DB.Now()
	}
	zone := time.UTC
	if v := snap.Partner(a.PartnerID); v != nil {
		zone = v.Values.Zone()
	}
	return finance.Outcome{ExternalID: r.ExternalID, State: states[r.State], Reason: string(r.Reason), Currency: r.Received.Currency, Received: r.Received.Minor,
		Returned: r.Returned, Reinstated: r.Reinstated, Method: MethodName(r.Method), Day: db.Day(at.In(zone).Format(time.DateOnly))}, nil
}

// MethodName is a method as people know it: "Visa •••• 4242".
func MethodName(m gateway.Method) string {
	switch {
	case m.Last4 != "" && m.Brand != "":
		return m.Brand + " •••• " + m.Last4
	case m.Last4 != "":
		return "•••• " + m.Last4
	}
	return m.Brand
}

// feeItem is the charge that a gateway's fee becomes, in the customer's language.
func (c *Cashier) feeItem(ctx context.Context, a finance.Attempt) (finance.Item, error) {
	who, err := c.m.Customers.Find(ctx, a.CustomerID)
	return finance.Item{Description: i18n.T(i18n.With(ctx, who.Language), "pay.fee_item"), Price: a.Fee, CategoryID: finance.CategoryService}, err
}

// Poll asks about the attempts that are due, at most limit of them, and tells how many were.
func (c *Cashier) Poll(ctx context.Context, limit int) (int, error) {
	due, err := c.m.Finance.DueChecks(ctx, limit)
	if err != nil {
		return 0, err
	}
	silent := map[place]bool{} // one that hangs would hold up the round, and everything that is asked after it
	for _, a := range due {
		at := place{a.PartnerID, a.Gateway}
		if silent[at] {
			continue
		}
		_, err := c.Ask(ctx, a)
		silent[at] = errors.Is(err, errGateway) && !errors.Is(err, gateway.ErrUnknown)
		if err != nil && db.KindOf(err) != db.Unavailable {
			// It is put off as if there had been no answer: else the same few would be asked about in every round, and no other.
			slog.ErrorContext(ctx, "an attempt could not be settled", "attempt", a.ID, "err", errors.Join(err, c.m.Finance.Unanswered(ctx, a)))
		}
	}
	return len(due), errors.Join(ctx.Err(), c.refundAgain(ctx, limit))
}
