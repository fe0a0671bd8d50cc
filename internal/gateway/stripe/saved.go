package stripe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	stripego "github.com/stripe/stripe-go/v85"

	"myisp/internal/gateway"
	"myisp/internal/money"
)

// FetchSaved tells what method came of a Checkout Session in setup mode.
func (g *Gateway) FetchSaved(ctx context.Context, ref gateway.Ref) (gateway.Method, gateway.State, error) {
	s, err := g.fetchSession(ctx, ref.ExternalID)
	if err != nil {
		return gateway.Method{}, gateway.Open, err
	}
	si := s.SetupIntent
	if si == nil || si.Status != "succeeded" || si.PaymentMethod == nil {
		if s.Status == "expired" { // while it is open, Stripe's page lets a declined card be followed by another
			return gateway.Method{}, gateway.Cancelled, nil
		}
		return gateway.Method{}, gateway.Open, nil
	}
	m := method(si.PaymentMethod)
	if s.Customer != "" {
		m.CustomerToken = string(s.Customer)
	}
	m.Mandate = string(si.Mandate)
	return m, gateway.Paid, nil
}

// Charge confirms a PaymentIntent with a saved method while the customer is away.
func (g *Gateway) Charge(ctx context.Context, c gateway.Charge) (gateway.Begun, gateway.Report, error) {
	amount, err := toStripe(c.Amount)
	if err != nil {
		return gateway.Begun{}, gateway.Report{}, err
	}
	p := &stripego.PaymentIntentCreateParams{Amount: &amount, Currency: stripego.String(strings.ToLower(string(c.Amount.Currency))), Customer: &c.Method.CustomerToken,
		PaymentMethod: &c.Method.Token, OffSession: stripego.Bool(true), Confirm: stripego.Bool(true), Description: &c.Description, Expand: intentParts,
		Metadata: map[string]string{keyData: c.Key, "customer": c.Customer.Reference}}
	var pi intent
	err = g.call(ctx, http.MethodPost, "/v1/payment_intents", c.Key, p, &pi)
	var said *refusal
	if errors.As(err, &said) && said.said.Type == "card_error" {
		r := gateway.Report{Key: c.Key, ExternalID: string(said.said.PaymentIntent), State: gateway.Declined, Reason: reason(said.said), Received: money.Of(0, c.Amount.Currency), Method: c.Method}
		return gateway.Begun{ExternalID: r.ExternalID}, r, nil
	}
	if err != nil {
		return gateway.Begun{}, gateway.Report{}, err
	}
	r, err := g.report(ctx, &pi)
	if r.State == gateway.Open { // it waits for the customer, who is away
		r.State, r.Reason = gateway.Declined, gateway.Confirm
	}
	return gateway.Begun{ExternalID: pi.ID}, r, err
}

// Forget detaches a method from its customer. One that is gone, or was detached before, is no error.
func (g *Gateway) Forget(ctx context.Context, _, token string) error {
	if !idShape.MatchString(token) {
		return gateway.ErrRefused
	}
	var pm saved
	err := g.call(ctx, http.MethodPost, "/v1/payment_methods/"+token+"/detach", "", &stripego.PaymentMethodDetachParams{}, &pm)
	if err == nil || errors.Is(err, gateway.ErrUnavailable) {
		return err
	}
	was := err
	pm = saved{}
	err = g.call(ctx, http.MethodGet, "/v1/payment_methods/"+token, "", &stripego.PaymentMethodRetrieveParams{}, &pm)
	switch {
	case errors.Is(err, gateway.ErrUnknown), err == nil && pm.Customer == "":
		return nil
	case err != nil:
		return err
	}
	return was
}

// Refund gives back a part or all of a payment.
func (g *Gateway) Refund(ctx context.Context, r gateway.Refund) error {
	amount, err := units(r.Amount)
	if err != nil {
		return err
	}
	intent := r.Ref.ExternalID
	if strings.HasPrefix(intent, "cs_") {
		s, err := g.fetchSession(ctx, intent)
		if err != nil {
			return err
		}
		if s.PaymentIntent == nil {
			return fmt.Errorf("%w: nothing was paid", gateway.ErrRefused)
		}
		intent = s.PaymentIntent.ID
	}
	return g.call(ctx, http.MethodPost, "/v1/refunds", r.Key, &stripego.RefundCreateParams{PaymentIntent: &intent, Amount: &amount, Metadata: map[string]string{keyData: r.Ref.Key}}, nil)
}

// method is a payment method as far as the portal may know it.
func method(pm *saved) gateway.Method {
	if pm == nil {
		return gateway.Method{}
	}
	m := gateway.Method{Token: pm.ID, Kind: gateway.Wallet, Brand: title(pm.Type), CustomerToken: string(pm.Customer)}
	switch {
	case pm.Card != nil:
		m.Kind, m.Brand, m.Last4, m.ExpiryYear, m.ExpiryMonth = gateway.Card, title(pm.Card.Brand), pm.Card.Last4, pm.Card.ExpYear, pm.Card.ExpMonth
		if brand, ok := brands[pm.Card.Brand]; ok {
			m.Brand = brand
		}
	case pm.SEPADebit != nil:
		m.Kind, m.Brand, m.Last4 = gateway.Bank, "SEPA", pm.SEPADebit.Last4
	case pm.USBankAccount != nil:
		m.Kind, m.Brand, m.Last4 = gateway.Bank, pm.USBankAccount.BankName, pm.USBankAccount.Last4
	case pm.BACSDebit != nil:
		m.Kind, m.Brand, m.Last4 = gateway.Bank, "Bacs", pm.BACSDebit.Last4
	case pm.AUBECSDebit != nil:
		m.Kind, m.Brand, m.Last4 = gateway.Bank, "BECS", pm.AUBECSDebit.Last4
	case pm.ACSSDebit != nil:
		m.Kind, m.Brand, m.Last4 = gateway.Bank, pm.ACSSDebit.BankName, pm.ACSSDebit.Last4
	}
	return m
}

// brands are names that are not written as their codes say.
var brands = map[string]string{"amex": "American Express", "diners": "Diners Club", "jcb": "JCB", "mastercard": "Mastercard", "unionpay": "UnionPay", "cartes_bancaires": "Cartes Bancaires", "eftpos_au": "eftpos"}

// title makes a word that people read of a code: "revolut_pay" is "Revolut pay".
func title(code string) string {
	if code == "" || code == "unknown" {
		return ""
	}
	return strings.ToUpper(code[:1]) + strings.ReplaceAll(code[1:], "_", " ")
}
