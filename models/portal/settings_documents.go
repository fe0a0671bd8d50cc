package portal

import (
	"regexp"
	"strings"
)

// How a partner's documents are written: their numbers (§3.4), where tax is rounded (X7), and what a price that staff enter is.
var (
	InvoiceNumbers    = declareNumbers("B40", "invoice_numbers", "{year}{partner_id|2}{next|6}")
	ProformaNumbers   = declareNumbers("B41", "proforma_numbers", "{year}{next|6}")
	CreditNoteNumbers = declareNumbers("B42", "credit_note_numbers", "{year}{partner_id|2}{next|6}")
	ReceiptNumbers    = declareNumbers("B43", "receipt_numbers", "{year}-{type|2}-{next|5}")
	FinanceRounding   = one("X7", PerPartner, "finance", "finance_rounding", []string{"line", "total"}, "line")
	TaxIncluded       = declare(Declaration{ID: "B44", Scope: PerPartner, Section: "finance", Key: "prices_include_tax", Type: Bool, Beyond: true}, false)
)

func declareNumbers(id, key, initial string) Setting[string] {
	return declare(Declaration{ID: id, Scope: PerPartner, Section: "finance", Key: key, Type: Text, Max: 200, Beyond: true, check: func(v any) string {
		if !isNumbering(v.(string)) {
			return "finance.error.pattern"
		}
		return ""
	}}, initial)
}

var numbering = regexp.MustCompile(`^(?:[^{}\x00-\x1f\x7f]|\{(?:customer_id|partner_id|location_id|rand_string|rand_number|year|month|day|next|type)(?:\|(?:[1-9]|1[0-9]|20))?\})+$`)

// isNumbering reports whether a text is a numbering pattern as the books read it (finance.ParsePattern; a test holds the two
// together), with something in it that makes numbers differ.
func isNumbering(s string) bool {
	return numbering.MatchString(s) && (strings.Contains(s, "{next") || strings.Contains(s, "{rand_"))
}
