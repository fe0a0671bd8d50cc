package gocardless

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"myisp/internal/gateway"
	"myisp/internal/gateway/rest"
	"myisp/internal/money"
)

// number is an amount in minor units; GoCardless writes some of them as texts.
type number int64

// UnmarshalJSON reads 500 and "500".
func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseInt(strings.Trim(string(b), `"`), 10, 64)
	*n = number(v)
	return err
}

type payment struct {
	ID       string            `json:"id"`
	Status   string            `json:"status"`
	Amount   number            `json:"amount"`
	Currency money.Currency    `json:"currency"`
	Metadata map[string]string `json:"metadata"`
	Links    struct {
		Mandate string `json:"mandate"`
	} `json:"links"`
}

type refund struct {
	ID       string            `json:"id"`
	Status   string            `json:"status"`
	Amount   number            `json:"amount"`
	Metadata map[string]string `json:"metadata"`
	Links    struct {
		Payment string `json:"payment"`
	} `json:"links"`
}

type happened struct {
	ID        string    `json:"id"`
	Action    string    `json:"action"`
	CreatedAt time.Time `json:"created_at"`
	Details   struct {
		Cause string `json:"cause"`
	} `json:"details"`
}

// Fetch asks for a Billing Request or, after a charge, for a payment. A mandate that was given in order to pay is debited
// here, once: under the attempt's key.
func (g *Gateway) Fetch(ctx context.Context, ref gateway.Ref) (gateway.Report, error) {
	if ref.ExternalID == "" && ref.Method != "" {
		return g.charged(ctx, ref)
	}
	if strings.HasPrefix(ref.ExternalID, "PM") {
		p, err := get[payment](ctx, g, "payments", ref.ExternalID)
		if err != nil {
			return gateway.Report{}, err
		}
		return g.report(ctx, p)
	}
	b, err := get[billingRequest](ctx, g, "billing_requests", ref.ExternalID)
	if err != nil {
		return gateway.Report{}, err
	}
	r := gateway.Report{Key: b.Metadata[keyData], ExternalID: b.ID, State: gateway.Open, Received: money.Of(0, b.currency()), Method: gateway.Method{Kind: gateway.Bank}}
	paid := b.Links.Payment
	switch {
	case b.Status == "cancelled":
		r.State = gateway.Cancelled
		return r, nil
	case b.Status == "fulfilling":
		r.State = gateway.Pending
		return r, nil
	case b.Status != "fulfilled":
		return r, nil
	case paid == "" && b.Metadata[kindData] == kindDebit && b.Links.Mandate != "" && ref.Ended:
		told, err := g.charged(ctx, gateway.Ref{Key: r.Key, Method: b.Links.Mandate}) // what was debited before the end stands
		if errors.Is(err, gateway.ErrUnknown) {
			return r, nil
		}
		told.ExternalID, told.Method.CustomerToken = b.ID, b.Links.Customer
		return told, err
	case paid == "" && b.Metadata[kindData] == kindDebit && b.Links.Mandate != "":
		amount, err := money.Parse(b.Metadata[amountData], b.currency())
		if err != nil {
			return r, fmt.Errorf("%w: a billing request without its amount", gateway.ErrUnavailable)
		}
		made, refused, err := g.debit(ctx, b.Metadata[keyData], amount, "", b.Links.Mandate)
		if err != nil || refused != gateway.NoReason {
			r.State, r.Reason = gateway.Declined, refused
			return r, err
		}
		paid = made.ID
	case paid == "":
		return r, nil
	}
	p, err := get[payment](ctx, g, "payments", paid)
	if err != nil {
		return r, err
	}
	told, err := g.report(ctx, p)
	told.Key, told.ExternalID, told.Method.CustomerToken = r.Key, b.ID, b.Links.Customer
	return told, err
}

// charged looks for a charge whose answer was lost.
func (g *Gateway) charged(ctx context.Context, ref gateway.Ref) (gateway.Report, error) {
	p, err := g.debited(ctx, ref.Method, ref.Key)
	if err != nil {
		return gateway.Report{}, err
	}
	return g.report(ctx, p)
}

// debited finds the payment that was made under a key among those of its mandate: GoCardless finds none by metadata, and
// forgets after some weeks what was made under a key. Errors: gateway.ErrUnknown.
func (g *Gateway) debited(ctx context.Context, mandate, key string) (payment, error) {
	if !idShape.MatchString(mandate) || key == "" {
		return payment{}, gateway.ErrUnknown
	}
	all, err := list[payment](ctx, g, "payments", "mandate="+mandate)
	if err != nil {
		return payment{}, err
	}
	for _, p := range all {
		if p.Metadata[keyData] == key {
			return p, nil
		}
	}
	return payment{}, gateway.ErrUnknown
}

// report says what has become of a payment. Its status is only its latest: a payment that failed may have been confirmed
// before, so the sums come from its history and only grow.
func (g *Gateway) report(ctx context.Context, p payment) (gateway.Report, error) {
	r := gateway.Report{Key: p.Metadata[keyData], ExternalID: p.ID, State: gateway.Pending, Received: money.Of(0, p.Currency), Method: gateway.Method{Kind: gateway.Bank, Token: p.Links.Mandate}}
	switch p.Status {
	case "pending_customer_approval", "pending_submission", "submitted":
		return r, nil
	}
	events, err := list[happened](ctx, g, "events", "resource_type=payments&payment="+p.ID)
	if err != nil {
		return r, err
	}
	slices.SortStableFunc(events, func(a, b happened) int { return a.CreatedAt.Compare(b.CreatedAt) })
	replay(&r, p, events)
	if r.Received.IsZero() {
		return r, nil
	}
	refunds, err := list[refund](ctx, g, "refunds", "payment="+p.ID)
	for _, x := range refunds {
		r.Returned += int64(x.Amount)
		if slices.Contains([]string{"cancelled", "bounced", "funds_returned", "failed"}, x.Status) {
			r.Reinstated += int64(x.Amount)
		}
	}
	return r, err
}

// replay walks through what happened to a payment. A debit that bounces after it was confirmed, and a charge back, take the
// money back; a retry that is confirmed, and a charge back that is called off, bring it again.
func replay(r *gateway.Report, p payment, events []happened) {
	amount, have := int64(p.Amount), false
	receive := func(at time.Time) {
		switch {
		case r.Received.IsZero():
			r.Received.Minor, r.At = amount, at
		case !have:
			r.Reinstated += amount
		}
		have = true
	}
	cause := ""
	for _, e := range events {
		switch e.Action {
		case "confirmed", "paid_out", "chargeback_cancelled":
			receive(e.CreatedAt)
		case "failed", "charged_back", "cancelled":
			cause = e.Details.Cause
			if have {
				r.Returned += amount
			}
			have = false
		}
	}
	switch p.Status {
	case "confirmed", "paid_out": // whatever the history lacks
		receive(r.At)
	case "charged_back", "failed":
		if p.Status == "charged_back" && r.Received.IsZero() {
			receive(r.At)
		}
		if have {
			r.Returned += amount
		}
	}
	switch {
	case !r.Received.IsZero():
		r.State = gateway.Paid
	case p.Status == "cancelled":
		r.State = gateway.Cancelled
	default:
		r.State, r.Reason = gateway.Declined, causes[cause]
		if r.Reason == gateway.NoReason {
			r.Reason = gateway.Other
		}
	}
}

// causes sorts GoCardless' reasons into those that the portal has words for.
var causes = map[string]gateway.Reason{"insufficient_funds": gateway.Funds, "mandate_cancelled": gateway.Expired, "mandate_expired": gateway.Expired, "mandate_is_inactive": gateway.Expired, "mandate_suspended_by_payer": gateway.Expired,
	"bank_account_closed": gateway.Invalid, "invalid_bank_details": gateway.Invalid, "bank_account_transferred": gateway.Invalid, "account_blocked": gateway.Blocked, "account_blocked_for_any_reason": gateway.Blocked, "refer_to_payer": gateway.Blocked,
	"authorisation_disputed": gateway.Confirm, "customer_approval_denied": gateway.Confirm, "direct_debit_not_enabled": gateway.Disallowed, "payment_amount_exceeds_limit": gateway.Disallowed, "refund_requested": gateway.Other}

// debit takes money by a mandate, once under a key. A mandate that cannot be debited any more is a decline.
func (g *Gateway) debit(ctx context.Context, key string, amount money.Money, description, mandate string) (payment, gateway.Reason, error) {
	in := object{"amount": amount.Minor, "currency": amount.Currency, "metadata": map[string]string{keyData: key}, "links": object{"mandate": mandate}, "retry_if_possible": false}
	if description != "" {
		in["description"] = description
	}
	p, err := create[payment](ctx, g, "payments", key, in)
	var said *rest.Error
	if errors.As(err, &said) {
		for name, r := range causes {
			if strings.Contains(" "+said.Code+" ", " "+name+" ") {
				return p, r, nil
			}
		}
	}
	return p, gateway.NoReason, err
}

// Charge debits a mandate; the money comes in days.
func (g *Gateway) Charge(ctx context.Context, c gateway.Charge) (gateway.Begun, gateway.Report, error) {
	if !capabilities.Takes(c.Amount) || !idShape.MatchString(c.Method.Token) {
		return gateway.Begun{}, gateway.Report{}, fmt.Errorf("%w: gocardless takes no %s", gateway.ErrRefused, c.Amount)
	}
	p, refused, err := g.debit(ctx, c.Key, c.Amount, c.Description, c.Method.Token)
	if err != nil {
		return gateway.Begun{}, gateway.Report{}, err
	}
	if refused != gateway.NoReason {
		return gateway.Begun{}, gateway.Report{Key: c.Key, State: gateway.Declined, Reason: refused, Received: money.Of(0, c.Amount.Currency), Method: c.Method}, nil
	}
	r, err := g.report(ctx, p)
	return gateway.Begun{ExternalID: p.ID}, r, err
}

type mandate struct {
	ID        string `json:"id"`
	Reference string `json:"reference"`
	Scheme    string `json:"scheme"`
	Status    string `json:"status"`
	Links     struct {
		Customer string `json:"customer"`
		Account  string `json:"customer_bank_account"`
	} `json:"links"`
}

// FetchSaved tells what mandate came of a Billing Request.
func (g *Gateway) FetchSaved(ctx context.Context, ref gateway.Ref) (gateway.Method, gateway.State, error) {
	b, err := get[billingRequest](ctx, g, "billing_requests", ref.ExternalID)
	if err != nil || b.Status != "fulfilled" || b.Links.Mandate == "" {
		if b.Status == "cancelled" {
			return gateway.Method{}, gateway.Cancelled, err
		}
		return gateway.Method{}, gateway.Open, err
	}
	m, err := get[mandate](ctx, g, "mandates", b.Links.Mandate)
	if err != nil {
		return gateway.Method{}, gateway.Open, err
	}
	account, err := get[struct {
		Bank   string `json:"bank_name"`
		Ending string `json:"account_number_ending"`
	}](ctx, g, "customer_bank_accounts", m.Links.Account)
	return gateway.Method{Token: m.ID, CustomerToken: b.Links.Customer, Kind: gateway.Bank, Brand: account.Bank, Last4: account.Ending, Mandate: m.Reference}, gateway.Paid, err
}

// Forget cancels a mandate. One that has ended already is no error.
func (g *Gateway) Forget(ctx context.Context, _, token string) error {
	if !idShape.MatchString(token) {
		return gateway.ErrRefused
	}
	err := g.api.Call(ctx, http.MethodPost, "/mandates/"+token+"/actions/cancel", nil, object{}, nil)
	if err == nil || errors.Is(err, gateway.ErrUnavailable) {
		return err
	}
	m, found := get[mandate](ctx, g, "mandates", token)
	switch {
	case errors.Is(found, gateway.ErrUnknown), found == nil && slices.Contains([]string{"cancelled", "failed", "expired", "consumed"}, m.Status):
		return nil
	case found != nil:
		return found
	}
	return err
}

// Refund gives back a part or all of a payment. GoCardless wants to hear the sum of all refunds of it too, against giving
// back twice; a refund that was made under the key is found before that.
func (g *Gateway) Refund(ctx context.Context, r gateway.Refund) error {
	id := r.Ref.ExternalID
	if !strings.HasPrefix(id, "PM") {
		b, err := get[billingRequest](ctx, g, "billing_requests", id)
		if err != nil {
			return err
		}
		if id = b.Links.Payment; id == "" && b.Metadata[kindData] == kindDebit && b.Links.Mandate != "" {
			made, err := g.debited(ctx, b.Links.Mandate, b.Metadata[keyData])
			if err != nil {
				return err
			}
			id = made.ID
		}
	}
	if !idShape.MatchString(id) || r.Amount.Minor <= 0 {
		return fmt.Errorf("%w: nothing was paid", gateway.ErrRefused)
	}
	before, err := list[refund](ctx, g, "refunds", "payment="+id)
	if err != nil {
		return err
	}
	total := r.Amount.Minor
	for _, x := range before {
		if x.Metadata[keyData] == r.Key {
			return nil
		}
		if !slices.Contains([]string{"cancelled", "bounced", "funds_returned", "failed"}, x.Status) {
			total += int64(x.Amount)
		}
	}
	_, err = create[refund](ctx, g, "refunds", r.Key, object{"amount": r.Amount.Minor, "total_amount_confirmation": total, "links": object{"payment": id}, "metadata": map[string]string{keyData: r.Key}})
	return err
}

// Find tells which attempt a payment or a refund is of.
func (g *Gateway) Find(ctx context.Context, ref gateway.Ref) (gateway.Ref, error) {
	id := ref.ExternalID
	if strings.HasPrefix(id, "RF") {
		x, err := get[refund](ctx, g, "refunds", id)
		if err != nil {
			return ref, err
		}
		id = x.Links.Payment
	}
	if !strings.HasPrefix(id, "PM") {
		return ref, gateway.ErrUnknown
	}
	p, err := get[payment](ctx, g, "payments", id)
	if err == nil && p.Metadata[keyData] == "" {
		err = gateway.ErrUnknown
	}
	return gateway.Ref{Key: p.Metadata[keyData], ExternalID: p.ID}, err
}
