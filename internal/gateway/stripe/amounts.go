package stripe

import (
	"fmt"

	"myisp/internal/gateway"
	"myisp/internal/money"
)

// scales are the currencies that Stripe counts in other units than ISO 4217 does, as theirs for one of ours or the other
// way round. The króna has no decimals any more and is still told in hundredths; the ariary has hundredths on paper and is
// told without.
var scales = map[money.Currency]struct{ times, by int64 }{"ISK": {100, 1}, "MGA": {1, 100}}

// steps: Stripe takes dinars with three decimals, the last of which is zero, and whole ariary.
var steps = map[money.Currency]int64{"BHD": 10, "JOD": 10, "KWD": 10, "OMR": 10, "TND": 10, "MGA": 100}

// minimum is what Stripe takes at least; what is not here has half a US dollar's worth as its minimum, which Stripe checks.
var minimum = map[money.Currency]int64{"AED": 200, "AUD": 50, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17_500,
	"INR": 50, "JPY": 50, "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 1000, "USD": 50}

// currencies that Stripe takes. The Ugandan shilling is missing on purpose: Stripe's documentation lists it both among
// those without decimals and among those told in hundredths, and a factor of a hundred is nothing to guess.
var currencies = []money.Currency{"AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BWP", "BYN",
	"BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GIP", "GMD", "GNF", "GTQ", "GYD",
	"HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL",
	"MGA", "MKD", "MMK", "MNT", "MOP", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR",
	"RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SEK", "SGD", "SHP", "SOS", "SRD", "SZL", "THB", "TJS", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VND",
	"VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW"}

var takes = gateway.Capabilities{Currencies: currencies, Minimum: minimum, Steps: steps}

// toStripe is an amount in Stripe's units; the error is ErrRefused for one that Stripe does not take.
func toStripe(m money.Money) (int64, error) {
	if !takes.Takes(m) {
		return 0, fmt.Errorf("%w: stripe takes no %s", gateway.ErrRefused, m)
	}
	return units(m)
}

// units is toStripe without the minimum, for refunds.
func units(m money.Money) (int64, error) {
	if step := steps[m.Currency]; m.Minor <= 0 || step > 0 && m.Minor%step != 0 {
		return 0, fmt.Errorf("%w: stripe takes no %s", gateway.ErrRefused, m)
	}
	if s, ok := scales[m.Currency]; ok {
		if m.Minor > 1<<50 {
			return 0, fmt.Errorf("%w: stripe takes no %s", gateway.ErrRefused, m)
		}
		return m.Minor * s.times / s.by, nil
	}
	return m.Minor, nil
}

// fromStripe is what Stripe tells in our minor units.
func fromStripe(amount int64, c money.Currency) int64 {
	if s, ok := scales[c]; ok {
		return amount * s.by / s.times
	}
	return amount
}
