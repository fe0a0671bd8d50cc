package paypal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"myisp/internal/gateway"
	"myisp/internal/gateway/rest"
	"myisp/internal/money"
)

type amount struct {
	CurrencyCode money.Currency `json:"currency_code"`
	Value        string         `json:"value"`
}

// of writes an amount as PayPal wants it: without decimals where PayPal knows none.
func of(m money.Money) amount {
	value := m.Decimal()
	if capabilities.Steps[m.Currency] == 100 {
		value = money.FormatMinor(m.Minor/100, 0)
	}
	return amount{m.Currency, value}
}

func (a amount) minor() (int64, error) {
	m, err := money.Parse(a.Value, a.CurrencyCode)
	if err != nil {
		return 0, fmt.Errorf("%w: paypal tells an amount that is none", gateway.ErrUnavailable)
	}
	return m.Minor, nil
}

type link struct {
	Href string `json:"href"`
	Rel  string `json:"rel"`
}

type part struct { // a capture or a refund
	ID         string    `json:"id"`
	Status     string    `json:"status"`
	CustomID   string    `json:"custom_id"`
	Amount     amount    `json:"amount"`
	CreateTime time.Time `json:"create_time"`
	UpdateTime time.Time `json:"update_time"`
	Processor  struct {
		ResponseCode string `json:"response_code"`
	} `json:"processor_response"`
	Supplementary struct {
		Related struct {
			OrderID string `json:"order_id"`
		} `json:"related_ids"`
	} `json:"supplementary_data"`
}

type order struct {
	ID            string `json:"id"`
	Status        string `json:"status"`
	Links         []link `json:"links"`
	PurchaseUnits []struct {
		CustomID string `json:"custom_id"`
		Amount   amount `json:"amount"`
		Payments struct {
			Captures []part `json:"captures"`
			Refunds  []part `json:"refunds"`
		} `json:"payments"`
	} `json:"purchase_units"`
}

// Begin creates an order; the customer approves it on PayPal's page.
func (g *Gateway) Begin(ctx context.Context, c gateway.Checkout) (gateway.Begun, error) {
	if !capabilities.Takes(c.Amount) {
		return gateway.Begun{}, fmt.Errorf("%w: paypal takes no %s", gateway.ErrRefused, c.Amount)
	}
	type object = map[string]any
	in := object{"intent": "CAPTURE",
		"purchase_units": []object{{"custom_id": c.Key, "invoice_id": c.Key, "description": c.Description, "amount": of(c.Amount)}},
		"payment_source": object{"paypal": object{"experience_context": object{"return_url": c.ReturnURL, "cancel_url": c.CancelURL, "user_action": "PAY_NOW",
			"shipping_preference": "NO_SHIPPING", "landing_page": "NO_PREFERENCE", "locale": locale(c.Language)}}}}
	var made order
	if err := g.call(ctx, http.MethodPost, "/v2/checkout/orders", c.Key, in, &made); err != nil {
		return gateway.Begun{}, err
	}
	for _, l := range made.Links {
		if (l.Rel == "payer-action" || l.Rel == "approve") && strings.HasPrefix(l.Href, "https://") && idShape.MatchString(made.ID) {
			return gateway.Begun{ExternalID: made.ID, URL: l.Href}, nil
		}
	}
	return gateway.Begun{}, fmt.Errorf("%w: paypal opened no page", gateway.ErrUnavailable)
}

func locale(language string) string {
	if known, ok := map[string]string{"en": "en-US", "es": "es-ES", "ar": "ar-EG"}[language]; ok {
		return known
	}
	return "en-US"
}

var idShape = regexp.MustCompile(`^[0-9A-Z]{10,30}$`)

// Fetch asks for an order and, once the customer has approved it, captures the money, unless the attempt has ended: PayPal's
// page cannot be closed, but without the capture it takes nothing. PayPal drops orders that nobody
// approves after some hours; they are ErrUnknown then.
func (g *Gateway) Fetch(ctx context.Context, ref gateway.Ref) (gateway.Report, error) {
	if !idShape.MatchString(ref.ExternalID) {
		return gateway.Report{}, gateway.ErrUnknown // PayPal finds no order by our key; without its id nobody can have paid it
	}
	var o order
	err := g.call(ctx, http.MethodGet, "/v2/checkout/orders/"+ref.ExternalID, "", nil, &o)
	if err != nil {
		return gateway.Report{}, err
	}
	if o.Status == "APPROVED" && !ref.Ended {
		err := g.call(ctx, http.MethodPost, "/v2/checkout/orders/"+o.ID+"/capture", o.ID+"-capture", map[string]any{}, &o)
		var said *rest.Error
		switch {
		case errors.As(err, &said) && strings.Contains(said.Code, "ORDER_ALREADY_CAPTURED"):
			err = g.call(ctx, http.MethodGet, "/v2/checkout/orders/"+ref.ExternalID, "", nil, &o)
		case errors.As(err, &said) && declined(said.Code) != gateway.NoReason:
			return gateway.Report{Key: key(o), ExternalID: o.ID, State: gateway.Declined, Reason: declined(said.Code), Received: money.Of(0, currency(o))}, nil
		}
		if err != nil {
			return gateway.Report{}, err
		}
	}
	return g.report(ctx, o)
}

func key(o order) string {
	if len(o.PurchaseUnits) == 0 {
		return ""
	}
	return o.PurchaseUnits[0].CustomID
}

func currency(o order) money.Currency {
	if len(o.PurchaseUnits) == 0 {
		return ""
	}
	u := o.PurchaseUnits[0]
	if len(u.Payments.Captures) > 0 { // the money that came, whatever was asked for
		return u.Payments.Captures[0].Amount.CurrencyCode
	}
	return u.Amount.CurrencyCode
}

// report reads an order. Refunds that failed after they were told of had taken the money and gave it back.
func (g *Gateway) report(ctx context.Context, o order) (gateway.Report, error) {
	r := gateway.Report{Key: key(o), ExternalID: o.ID, State: gateway.Open, Received: money.Of(0, currency(o)), Method: gateway.Method{Kind: gateway.Wallet, Brand: "PayPal"}}
	if o.Status == "VOIDED" {
		r.State = gateway.Cancelled
	}
	for _, u := range o.PurchaseUnits {
		for _, c := range u.Payments.Captures {
			switch c.Status {
			case "COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED":
				n, err := c.Amount.minor()
				if err != nil {
					return r, err
				}
				r.State, r.Reason, r.At = gateway.Paid, gateway.NoReason, c.CreateTime
				r.Received.Minor += n
				if err := g.disputes(ctx, c.ID, &r); err != nil {
					return r, err
				}
			case "PENDING":
				if r.State == gateway.Open {
					r.State = gateway.Pending
				}
			case "DECLINED", "FAILED":
				if r.State == gateway.Open {
					r.State, r.Reason = gateway.Declined, processor(c.Processor.ResponseCode)
				}
			}
		}
		for _, x := range u.Payments.Refunds {
			n, err := x.Amount.minor()
			if err != nil {
				return r, err
			}
			r.Returned += n
			if x.Status == "FAILED" || x.Status == "CANCELLED" {
				r.Reinstated += n
			}
		}
	}
	return r, nil
}

// disputes adds what disputes over a capture took and gave back: the movements on the seller's account. A refund that the
// seller made is among the refunds already.
func (g *Gateway) disputes(ctx context.Context, capture string, r *gateway.Report) error {
	if !idShape.MatchString(capture) {
		return nil
	}
	var list struct {
		Items []struct {
			ID string `json:"dispute_id"`
		} `json:"items"`
	}
	err := g.call(ctx, http.MethodGet, "/v1/customer/disputes?page_size=50&disputed_transaction_id="+capture, "", nil, &list)
	if errors.Is(err, gateway.ErrRefused) {
		// The app may not read disputes; "Test connection" says so. A payment is no less a payment for that.
		slog.WarnContext(ctx, "paypal: disputes cannot be read", "err", err)
		return nil
	}
	if err != nil {
		return err
	}
	for _, item := range list.Items {
		if !disputeShape.MatchString(item.ID) {
			continue
		}
		var d struct {
			Movements []struct {
				Party  string `json:"affected_party"`
				Type   string `json:"type"`
				Reason string `json:"reason"`
				Amount amount `json:"amount"`
			} `json:"money_movements"`
		}
		if err := g.call(ctx, http.MethodGet, "/v1/customer/disputes/"+item.ID, "", nil, &d); err != nil {
			return err
		}
		for _, m := range d.Movements {
			n, err := m.Amount.minor()
			switch {
			case m.Party != "SELLER" || m.Amount.CurrencyCode != r.Received.Currency || m.Reason == "REFUND":
			case err != nil:
				return err
			case m.Type == "DEBIT":
				r.Returned += n
			case m.Type == "CREDIT":
				r.Reinstated += n
			}
		}
	}
	return nil
}

var disputeShape = regexp.MustCompile(`^[0-9A-Za-z-]{3,40}$`)

// Refund gives back a part or all of a captured order.
func (g *Gateway) Refund(ctx context.Context, r gateway.Refund) error {
	step := capabilities.Steps[r.Amount.Currency]
	if !idShape.MatchString(r.Ref.ExternalID) || r.Amount.Minor <= 0 || step > 0 && r.Amount.Minor%step != 0 {
		return gateway.ErrRefused
	}
	var o order
	if err := g.call(ctx, http.MethodGet, "/v2/checkout/orders/"+r.Ref.ExternalID, "", nil, &o); err != nil {
		return err
	}
	for _, u := range o.PurchaseUnits {
		for _, c := range u.Payments.Captures {
			if (c.Status == "COMPLETED" || strings.HasSuffix(c.Status, "REFUNDED")) && idShape.MatchString(c.ID) {
				return g.call(ctx, http.MethodPost, "/v2/payments/captures/"+c.ID+"/refund", r.Key, map[string]any{"amount": of(r.Amount), "custom_id": r.Ref.Key}, nil)
			}
		}
	}
	return fmt.Errorf("%w: nothing was captured", gateway.ErrRefused)
}

// Find tells which attempt a capture behind a dispute is of.
func (g *Gateway) Find(ctx context.Context, ref gateway.Ref) (gateway.Ref, error) {
	if !idShape.MatchString(ref.ExternalID) {
		return ref, gateway.ErrUnknown
	}
	var c part
	if err := g.call(ctx, http.MethodGet, "/v2/payments/captures/"+ref.ExternalID, "", nil, &c); err != nil {
		return ref, err
	}
	if c.CustomID == "" && c.Supplementary.Related.OrderID == "" {
		return ref, gateway.ErrUnknown
	}
	return gateway.Ref{Key: c.CustomID, ExternalID: c.Supplementary.Related.OrderID}, nil
}

// declined is the reason in PayPal's refusal of a capture; NoReason is no decline.
func declined(code string) gateway.Reason {
	for issue, r := range map[string]gateway.Reason{"INSTRUMENT_DECLINED": gateway.Other, "PAYER_CANNOT_PAY": gateway.Blocked, "PAYER_ACCOUNT_RESTRICTED": gateway.Blocked, "PAYER_ACCOUNT_LOCKED_OR_CLOSED": gateway.Blocked,
		"TRANSACTION_REFUSED": gateway.Blocked, "TRANSACTION_BLOCKED_BY_PAYEE": gateway.Blocked, "COMPLIANCE_VIOLATION": gateway.Blocked, "PAYER_ACTION_REQUIRED": gateway.Confirm,
		"CARD_EXPIRED": gateway.Expired, "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING": gateway.Funds, "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED": gateway.Blocked} {
		if strings.Contains(code, issue) {
			return r
		}
	}
	return gateway.NoReason
}

// processor is the reason in a bank's answer code.
func processor(code string) gateway.Reason {
	known := map[string]gateway.Reason{"5120": gateway.Funds, "5400": gateway.Expired, "5650": gateway.Confirm, "5180": gateway.Invalid, "1330": gateway.Invalid, "5110": gateway.Invalid, "5130": gateway.Invalid, "00N7": gateway.Invalid,
		"0500": gateway.Blocked, "5100": gateway.Blocked, "5140": gateway.Blocked, "9500": gateway.Blocked, "9510": gateway.Blocked, "9520": gateway.Blocked, "9530": gateway.Blocked, "9540": gateway.Blocked, "5500": gateway.Blocked}
	if r, ok := known[code]; ok {
		return r
	}
	return gateway.Other
}
