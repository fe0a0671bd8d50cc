package messages

import (
	"slices"
	"testing"
)

// A message leads to the portal's pages that it names, and to nothing else.
func TestParts(t *testing.T) {
	for body, want := range map[string][]part{
		"Enter it here: /finance/refill-card.": {{text: "Enter it here: "}, {"/finance/refill-card", "refill.title"}, {text: "."}},
		"/pay or (/finance)\n/tickets":         {{}, {"/pay", "action.pay"}, {text: " or ("}, {"/finance", "nav.finance"}, {text: ")\n"}, {"/tickets", "nav.support"}, {}},
		"either/pay, //pay, /payroll, /pay/attempts/3, /admin, https://bad.example/pay, /finance/refill-card/x": nil,
	} {
		if want == nil {
			want = []part{{text: body}}
		}
		if got := parts(body); !slices.Equal(got, want) {
			t.Errorf("%q: %+v", body, got)
		}
	}
}
