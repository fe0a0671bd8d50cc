package portal

import (
	"regexp"
	"strings"
)

// How a partner's documents are written: their numbers (§3.4), where tax is rounded (X7), and what a price that staff enter is.
var (
	InvoiceNumbers    = declare(Declaration{ID: "B40", Scope: PerPartner, Section: "finance", Key: "invoice_numbers", Type: Text, Max: 200, Beyond: true, check: isNumbering}, "{year}{partner_id|2}{next|6}")
	ProformaNumbers   = declare(Declaration{ID: "B41", Scope: PerPartner, Section: "finance", Key: "proforma_numbers", Type: Text, Max: 200, Beyond: true, check: isNumbering}, "{year}{next|6}")
	CreditNoteNumbers = declare(Declaration{ID: "B42", Scope: PerPartner, Section: "finance", Key: "credit_note_numbers", Type: Text, Max: 200, Beyond: true, check: isNumbering}, "{year}{partner_id|2}{next|6}")
	ReceiptNumbers    = declare(Declaration{ID: "B43", Scope: PerPartner, Section: "finance", Key: "receipt_numbers", Type: Text, Max: 200, Beyond: true, check: isNumbering}, "{year}-{type|2}-{next|5}")
	FinanceRounding   = one("X7", PerPartner, "finance", "finance_rounding", []string{"line", "total"}, "line")
	TaxIncluded       = declare(Declaration{ID: "B44", Scope: PerPartner, Section: "finance", Key: "prices_include_tax", Type: Bool, Beyond: true}, false)
)

var numbering = regexp.MustCompile(`^(?:[^{}\x00-\x1f\x7f]|\{(?:customer_id|partner_id|location_id|rand_string|rand_number|year|month|day|next|type)(?:\|(?:[1-9]|1[0-9]|20))?\})+$`)

// isNumbering takes a numbering pattern as the books read it (finance.ParsePattern; a test holds the two together), with
// something in it that makes numbers differ.
func isNumbering(v any) string {
	s := v.(string)
	if numbering.MatchString(s) && (strings.Contains(s, "{next") || strings.Contains(s, "{rand_")) {
		return ""
	}
	return "finance.error.pattern"
}
