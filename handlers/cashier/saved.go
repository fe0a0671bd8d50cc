package cashier

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"myisp/internal/gateway"
	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/portal"
)

// MethodPath is the page that tells what has become of giving a method; gateways send the customer back to it.
func MethodPath(id int64) string {
	return "/finance/payment-methods/" + strconv.FormatInt(id, 10) + "/result"
}

func (c *Cashier) kindOf(name string) gateway.Definition {
	kind, _ := c.Kind(name)
	return kind
}

// Saves reports whether a gateway can keep methods.
func (c *Cashier) Saves(name string) bool { return c.kindOf(name).Capabilities.Saves }

// Saving is a customer's wish to keep a method.
type Saving struct {
	Method   finance.NewMethod
	Currency money.Currency
	Customer gateway.Customer
	BaseURL  string
	Language string
}

// BeginSaving opens the gateway's page on which the customer gives a method; they go on at its RedirectURL. A gateway that
// keeps none is db.Invalid on "gateway"; one that does not answer is Unavailable.
func (c *Cashier) BeginSaving(ctx context.Context, s Saving) (finance.SavedMethod, error) {
	none := finance.SavedMethod{}
	setup, err := c.m.Finance.Gateway(ctx, s.Method.PartnerID, s.Method.Gateway)
	if db.KindOf(err) == db.NotFound && err != nil || err == nil && (!setup.Enabled || !c.Saves(setup.Gateway) || !takes(c.kindOf(setup.Gateway), s.Currency)) {
		return none, db.Invalid{"gateway": "pay.error.choose"}
	}
	if err != nil {
		return none, err
	}
	saver, err := c.saver(ctx, setup)
	if err != nil {
		return none, err
	}
	row, err := c.m.Finance.Of(customerID(s.Customer)).BeginMethod(ctx, s.Method)
	if err != nil || row.State != finance.SavedSetup || row.RedirectURL != "" {
		return row, err
	}
	call, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	begun, err := saver.BeginSaving(call, gateway.Setup{Key: row.Key, Customer: s.Customer, Currency: s.Currency, ReturnURL: s.BaseURL + MethodPath(row.ID),
		CancelURL: s.BaseURL + MethodPath(row.ID), Language: s.Language})
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		slog.ErrorContext(ctx, "a gateway did not begin to keep a method", "gateway", row.Gateway, "method", row.ID, "err", err)
		return row, errGateway
	}
	row.ExternalID, row.RedirectURL = begun.ExternalID, begun.URL
	return row, c.m.Finance.MethodStarted(ctx, row.ID, begun.ExternalID, begun.URL)
}

func customerID(c gateway.Customer) int64 {
	id, _ := strconv.ParseInt(c.Reference, 10, 64)
	return id
}

// saver makes the gateway of a setup, which has to keep methods.
func (c *Cashier) saver(ctx context.Context, setup finance.GatewaySetup) (gateway.Saver, error) {
	g, err := c.open(setup)
	if err != nil {
		slog.ErrorContext(ctx, "a gateway cannot be used", "gateway", setup.Gateway, "partner", setup.PartnerID, "err", err)
		return nil, errGateway
	}
	saver, ok := g.(gateway.Saver)
	if !ok {
		return nil, errGateway
	}
	return saver, nil
}

func (c *Cashier) saverOf(ctx context.Context, partner int64, name string) (gateway.Saver, error) {
	setup, err := c.m.Finance.Gateway(ctx, partner, name)
	if err != nil {
		return nil, err
	}
	return c.saver(ctx, setup)
}

// AskMethod fetches what has become of giving a method, and keeps it once there is one. The state is the page's at the
// gateway: Open, Paid, Declined or Cancelled.
func (c *Cashier) AskMethod(ctx context.Context, m finance.SavedMethod) (finance.SavedMethod, gateway.State, error) {
	if m.State != finance.SavedSetup || m.ExternalID == "" {
		return m, gateway.Paid, nil
	}
	saver, err := c.saverOf(ctx, m.PartnerID, m.Gateway)
	if err != nil {
		return m, gateway.Open, err
	}
	call, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	got, state, err := saver.FetchSaved(call, gateway.Ref{Key: m.Key, ExternalID: m.ExternalID})
	if err != nil && !errors.Is(err, gateway.ErrUnknown) {
		slog.WarnContext(ctx, "a gateway did not answer about a method", "gateway", m.Gateway, "method", m.ID, "err", err)
		return m, gateway.Open, errGateway
	}
	if err != nil || got.Token == "" {
		return m, state, nil
	}
	m, err = c.m.Finance.KeepMethod(context.WithoutCancel(ctx), m.ID, facts(got))
	return m, state, err
}

func facts(m gateway.Method) finance.SavedFacts {
	return finance.SavedFacts{Token: m.Token, CustomerToken: m.CustomerToken, Kind: string(m.Kind), Brand: m.Brand, Last4: m.Last4, ExpiryYear: m.ExpiryYear,
		ExpiryMonth: m.ExpiryMonth, Mandate: m.Mandate}
}

// Jobs of methods: JobAskMethod asks what has become of giving one, JobForget (finance.JobForget) has one forgotten. Both
// carry finance.MethodNamed.
const JobAskMethod = "method.ask"

// Forget has the gateway forget a method that was removed. A gateway that is not set up any more has nothing to say.
func (c *Cashier) Forget(ctx context.Context, id int64) error {
	m, err := c.m.Finance.SavedByID(ctx, id)
	if err != nil || m.State != finance.SavedRemoved {
		if db.KindOf(err) == db.NotFound {
			err = nil
		}
		return err
	}
	token, holder, err := c.m.Finance.SavedSecrets(m)
	if err != nil {
		return err
	}
	saver, err := c.saverOf(ctx, m.PartnerID, m.Gateway)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := saver.Forget(call, holder, token); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	unknown, err := c.m.Finance.ChargeUnknown(ctx, id)
	if err == nil && unknown { // its token still finds a charge whose answer was lost
		return c.m.Jobs.Enqueue(ctx, finance.JobForget, finance.MethodNamed{MethodID: id}, job.At(c.m.DB.Now().Add(forgetLater)))
	}
	if err != nil {
		return err
	}
	return c.m.Finance.Forgotten(ctx, id)
}

// forgetLater is when a method is looked at again whose token is still needed.
const forgetLater = time.Hour

// PaySaved pays with a method that the customer has kept, in one step. The same key again is the same attempt, wherever it
// stands by now. A method that is not the customer's is db.ErrNotFound; a sum that the customer was not shown is db.Invalid on
// "amount".
func (c *Cashier) PaySaved(ctx context.Context, o Order, methodID int64) (finance.Attempt, error) {
	me := c.m.Finance.Of(o.Attempt.Party.CustomerID)
	method, err := me.ActiveMethod(ctx, methodID)
	if err != nil {
		return finance.Attempt{}, err
	}
	setup, err := c.setup(ctx, method.PartnerID, method.Gateway)
	if err != nil {
		return finance.Attempt{}, err
	}
	if method.PartnerID != o.Attempt.Party.PartnerID {
		return finance.Attempt{}, db.Invalid{"gateway": "pay.error.choose"}
	}
	if err := c.fit(setup, &o); err != nil {
		return finance.Attempt{}, err
	}
	if !o.Agreed(money.Of(o.Attempt.Amount+o.Attempt.Fee, o.Attempt.Party.Currency)) {
		return finance.Attempt{}, db.Invalid{"amount": "pay.error.changed"}
	}
	o.Attempt.SavedMethodID = method.ID
	a, err := c.begin(ctx, o.Attempt)
	if err != nil || a.State != finance.AttemptNew || !c.first(a.ID) {
		return a, err
	}
	return c.Charge(ctx, a, method, o.Customer)
}

// first reports whether an attempt is charged for the first time in this program: a form that is sent many times at once
// waits for the result of one. Across programs the gateway's idempotency key does the same.
func (c *Cashier) first(attempt int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.charging[attempt] {
		return false
	}
	c.charging[attempt] = true
	return true
}

// Charge takes an attempt's money from a kept method and settles what the gateway says. One that does not answer leaves the
// attempt as it is: what became of it is asked for under the attempt's key, see unheard.
func (c *Cashier) Charge(ctx context.Context, a finance.Attempt, m finance.SavedMethod, who gateway.Customer) (finance.Attempt, error) {
	ctx = context.WithoutCancel(ctx) // money that moves is written down even if the browser has gone
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.charging, a.ID)
	}()
	saver, err := c.saverOf(ctx, a.PartnerID, a.Gateway)
	if err != nil {
		return a, errors.Join(err, c.m.Finance.NotStarted(ctx, a.ID))
	}
	token, holder, err := c.m.Finance.SavedSecrets(m)
	if err != nil {
		return a, errors.Join(err, c.m.Finance.NotStarted(ctx, a.ID))
	}
	who.Token = holder
	call, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	begun, report, err := saver.Charge(call, gateway.Charge{Key: a.Key, Amount: a.Total(), Description: a.Description, Customer: who,
		Method: gateway.Method{Token: token, CustomerToken: holder, Kind: gateway.MethodKind(m.Kind), Brand: m.Brand, Last4: m.Last4, ExpiryYear: m.ExpiryYear, ExpiryMonth: m.ExpiryMonth,
			Mandate: m.Mandate}, NoticeURL: c.BaseURL + "/webhooks/" + a.Gateway})
	switch {
	case errors.Is(err, gateway.ErrRefused):
		slog.ErrorContext(ctx, "a gateway refused a charge", "gateway", a.Gateway, "attempt", a.ID, "err", err)
		return c.settle(ctx, a, gateway.Report{State: gateway.Declined, Reason: gateway.Other, Received: money.Of(0, a.Currency)})
	case err != nil:
		slog.WarnContext(ctx, "a gateway did not answer to a charge", "gateway", a.Gateway, "attempt", a.ID, "err", err)
		return a, c.m.Finance.Unanswered(ctx, a)
	}
	if report.ExternalID == "" {
		report.ExternalID = begun.ExternalID
	}
	return c.settle(ctx, a, report)
}

// unheard goes on about a charge that its gateway does not know by its key, though it was, or may have been, asked for it. A
// method that was removed meanwhile is only asked about.
func (c *Cashier) unheard(ctx context.Context, a finance.Attempt) (finance.Attempt, error) {
	switch a.Unheard(c.m.DB.Now()) {
	case finance.NeverCharged:
		return a, c.m.Finance.NotStarted(ctx, a.ID)
	case finance.RepeatCharge:
		m, err := c.m.Finance.SavedByID(ctx, a.SavedMethodID)
		if err != nil || m.State != finance.SavedActive {
			break
		}
		who, err := c.m.Customers.Find(ctx, a.CustomerID)
		if err == nil && c.first(a.ID) {
			return c.Charge(ctx, a, m, CustomerFor(who))
		}
	}
	return a, errors.Join(errUnheard, c.m.Finance.Unanswered(ctx, a))
}

// errUnheard is errGateway of one charge: the gateway answers, and does not know of it.
var errUnheard = db.Fail(db.Unavailable, "pay.error.gateway")

// settle books a report of a gateway.
func (c *Cashier) settle(ctx context.Context, a finance.Attempt, report gateway.Report) (finance.Attempt, error) {
	outcome, err := c.outcome(ctx, a, report)
	if err != nil {
		return a, err
	}
	fee, err := c.feeItem(ctx, a)
	if err != nil {
		return a, err
	}
	settled, err := c.m.Finance.Settle(ctx, a.ID, outcome, fee)
	if err != nil {
		return settled, err
	}
	if settled.State == finance.AttemptHeld && a.State != finance.AttemptHeld {
		slog.ErrorContext(ctx, "a gateway reports another amount than was asked for", "gateway", a.Gateway, "attempt", a.ID, "asked", a.Total(), "told", report.Received)
	}
	return settled, c.m.Finance.KeepFromAttempt(ctx, settled, facts(report.Method))
}

// Autopay charges what a customer's autopay has to charge now, and notes what has become of it. It may be called as often as
// one likes: a day is charged once.
func (c *Cashier) Autopay(ctx context.Context, customerID int64) error {
	who, err := c.m.Customers.Find(ctx, customerID)
	if err != nil || who.Status == customer.StatusDisabled {
		if db.KindOf(err) == db.NotFound {
			err = nil
		}
		return err
	}
	snap, err := c.m.Portal.Snapshot(ctx)
	if err != nil {
		return err
	}
	view := snap.Partner(who.PartnerID)
	if view == nil {
		return nil
	}
	today := db.DayOf(c.m.DB.Now(), view.Values.Zone())
	a, method, err := c.m.Finance.BeginAutopay(ctx, customerID, finance.AutopayRun{PartnerID: who.PartnerID, Today: today, Description: portal.PortalTitle.Of(view.Values), Open: checkoutLife, Takes: c.Takes})
	if err != nil || a.ID == 0 {
		return err
	}
	if !c.first(a.ID) {
		return nil
	}
	if _, err := c.Charge(ctx, a, method, CustomerFor(who)); err != nil {
		slog.ErrorContext(ctx, "autopay could not charge", "attempt", a.ID, "err", err)
	}
	return c.m.Finance.SettleAutopay(context.WithoutCancel(ctx), customerID, today)
}

// CustomerFor is what a gateway may learn of a customer.
func CustomerFor(c customer.Customer) gateway.Customer {
	return gateway.Customer{Reference: strconv.FormatInt(c.ID, 10), Name: c.Name, Email: customer.FinanceMail(c)}
}
