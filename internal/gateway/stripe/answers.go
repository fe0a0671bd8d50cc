package stripe

import (
	"encoding/json"
	"strings"

	"myisp/internal/money"
)

// id is another object, of which Stripe tells the id or, where that was asked for, the whole.
type id string

// UnmarshalJSON reads "cus_1", {"id": "cus_1", …} and null.
func (i *id) UnmarshalJSON(b []byte) error {
	var whole struct {
		ID string `json:"id"`
	}
	if len(b) > 0 && b[0] == '{' {
		err := json.Unmarshal(b, &whole)
		*i = id(whole.ID)
		return err
	}
	var s *string
	if err := json.Unmarshal(b, &s); err != nil || s == nil {
		return err
	}
	*i = id(*s)
	return nil
}

type session struct {
	ID                string       `json:"id"`
	URL               string       `json:"url"`
	Status            string       `json:"status"` // open, complete, expired
	Currency          currency     `json:"currency"`
	ClientReferenceID string       `json:"client_reference_id"`
	Customer          id           `json:"customer"`
	PaymentIntent     *intent      `json:"payment_intent"`
	SetupIntent       *setupIntent `json:"setup_intent"`
}

type setupIntent struct {
	Status        string `json:"status"`
	Mandate       id     `json:"mandate"`
	PaymentMethod *saved `json:"payment_method"`
}

type intent struct {
	ID               string            `json:"id"`
	Status           string            `json:"status"`
	Currency         currency          `json:"currency"`
	AmountReceived   int64             `json:"amount_received"`
	Metadata         map[string]string `json:"metadata"`
	SetupFutureUsage string            `json:"setup_future_usage"`
	Customer         id                `json:"customer"`
	PaymentMethod    *saved            `json:"payment_method"`
	LastPaymentError *problem          `json:"last_payment_error"`
	LatestCharge     *struct {
		Created  int64 `json:"created"`
		Disputed bool  `json:"disputed"`
	} `json:"latest_charge"`
}

// problem is why something was refused or declined.
type problem struct {
	Type          string `json:"type"`
	Code          string `json:"code"`
	DeclineCode   string `json:"decline_code"`
	Param         string `json:"param"`
	PaymentIntent id     `json:"payment_intent"`
}

type saved struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Customer id     `json:"customer"`
	Card     *struct {
		Brand    string `json:"brand"`
		Last4    string `json:"last4"`
		ExpMonth int    `json:"exp_month"`
		ExpYear  int    `json:"exp_year"`
	} `json:"card"`
	SEPADebit     *account `json:"sepa_debit"`
	USBankAccount *account `json:"us_bank_account"`
	BACSDebit     *account `json:"bacs_debit"`
	AUBECSDebit   *account `json:"au_becs_debit"`
	ACSSDebit     *account `json:"acss_debit"`
}

type account struct {
	BankName string `json:"bank_name"`
	Last4    string `json:"last4"`
}

// page is a list of refunds, disputes or payments.
type page struct {
	HasMore bool `json:"has_more"`
	Data    []struct {
		ID                  string `json:"id"`
		Status              string `json:"status"`
		Amount              int64  `json:"amount"`
		BalanceTransactions []struct {
			Amount int64 `json:"amount"`
		} `json:"balance_transactions"`
	} `json:"data"`
}

// currency is a code as Stripe writes it: "eur".
type currency string

func (c currency) money() money.Currency { return money.Currency(strings.ToUpper(string(c))) }
