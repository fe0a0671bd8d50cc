package stripe

import "myisp/internal/gateway"

// declines sorts the reasons that banks give into those that the portal has words for. Stripe asks never to tell a customer
// that a card was reported lost, stolen or fraudulent; those are Blocked like any other no.
var declines = map[string]gateway.Reason{
	"insufficient_funds": gateway.Funds, "withdrawal_count_limit_exceeded": gateway.Funds, "card_velocity_exceeded": gateway.Funds,
	"expired_card": gateway.Expired, "debit_not_authorized": gateway.Expired, "mandate_invalid": gateway.Expired, "payment_method_provider_decline_mandate": gateway.Expired, "revocation_of_authorization": gateway.Expired,
	"revocation_of_all_authorizations": gateway.Expired, "stop_payment_order": gateway.Expired, "payment_intent_mandate_invalid": gateway.Expired,
	"authentication_required": gateway.Confirm, "authentication_not_handled": gateway.Confirm, "payment_intent_authentication_failure": gateway.Confirm, "setup_intent_authentication_failure": gateway.Confirm,
	"approve_with_id": gateway.Confirm, "offline_pin_required": gateway.Confirm, "online_or_offline_pin_required": gateway.Confirm, "payment_method_customer_decline": gateway.Confirm,
	"incorrect_number": gateway.Invalid, "invalid_number": gateway.Invalid, "incorrect_cvc": gateway.Invalid, "invalid_cvc": gateway.Invalid, "incorrect_zip": gateway.Invalid, "incorrect_address": gateway.Invalid,
	"incorrect_pin": gateway.Invalid, "invalid_pin": gateway.Invalid, "invalid_account": gateway.Invalid, "invalid_expiry_month": gateway.Invalid, "invalid_expiry_year": gateway.Invalid,
	"new_account_information_available": gateway.Invalid, "account_closed": gateway.Invalid, "bank_account_restricted": gateway.Invalid, "no_account": gateway.Invalid,
	"call_issuer": gateway.Blocked, "do_not_honor": gateway.Blocked, "do_not_try_again": gateway.Blocked, "fraudulent": gateway.Blocked, "lost_card": gateway.Blocked, "stolen_card": gateway.Blocked,
	"merchant_blacklist": gateway.Blocked, "no_action_taken": gateway.Blocked, "not_permitted": gateway.Blocked, "pickup_card": gateway.Blocked, "pin_try_exceeded": gateway.Blocked, "restricted_card": gateway.Blocked,
	"security_violation": gateway.Blocked, "service_not_allowed": gateway.Blocked, "transaction_not_allowed": gateway.Blocked, "payment_method_provider_decline": gateway.Blocked,
	"card_not_supported": gateway.Disallowed, "currency_not_supported": gateway.Disallowed, "invalid_amount": gateway.Disallowed, "amount_too_large": gateway.Disallowed, "amount_too_small": gateway.Disallowed,
}

// reason is why a payment was declined: the bank's own reason first, then Stripe's.
func reason(e problem) gateway.Reason {
	if r, ok := declines[e.DeclineCode]; ok {
		return r
	}
	if r, ok := declines[e.Code]; ok {
		return r
	}
	return gateway.Other
}
