package portal

import (
	"regexp"
	"strings"
)

// How a partner's documents are written: their numbers (§3.4), where tax is rounded (X7), what a price that staff enter is, and
// which of them are mailed.
var (
	InvoiceNumbers    = declare(Declaration{ID: "B40", Scope: PerPartner, Section: "finance", Key: "invoice_numbers", Type: Text, Max: 200, Beyond: true, check: isNumbering}, "{year}{partner_id|2}{next|6}")
	ProformaNumbers   = declare(Declaration{ID: "B41", Scope: PerPartner, Section: "finance", Key: "proforma_numbers", Type: Text, Max: 200, Beyond: true, check: isNumbering}, "{year}{next|6}")
	CreditNoteNumbers = declare(Declaration{ID: "B42", Scope: PerPartner, Section: "finance", Key: "credit_note_numbers", Type: Text, Max: 200, Beyond: true, check: isNumbering}, "CN{year}{partner_id|2}{next|6}")
	ReceiptNumbers    = declare(Declaration{ID: "B43", Scope: PerPartner, Section: "finance", Key: "receipt_numbers", Type: Text, Max: 200, Beyond: true, check: isNumbering}, "{year}-{type|2}-{next|5}")
	FinanceRounding   = one("X7", PerPartner, "finance", "finance_rounding", []string{"line", "total"}, "line")
	TaxIncluded       = declare(Declaration{ID: "B44", Scope: PerPartner, Section: "finance", Key: "prices_include_tax", Type: Bool, Beyond: true}, false)

	// Whom staff write a document for is told by mail, kind by kind (§3.5). Off at first: whoever brings customers here writes to nobody.
	MailInvoices    = declare(Declaration{ID: "B45", Scope: PerPartner, Section: "finance", Key: "mail_invoices", Type: Bool, Beyond: true}, false)
	MailProforma    = declare(Declaration{ID: "B46", Scope: PerPartner, Section: "finance", Key: "mail_proforma_invoices", Type: Bool, Beyond: true}, false)
	MailCreditNotes = declare(Declaration{ID: "B47", Scope: PerPartner, Section: "finance", Key: "mail_credit_notes", Type: Bool, Beyond: true}, false)
	MailPDF         = declare(Declaration{ID: "B48", Scope: PerPartner, Section: "finance", Key: "mail_document_pdf", Type: Bool, Beyond: true}, false)

	// Whether a payment for no invoice in particular pays the one invoice that wants exactly as much (§3.4).
	LinkRecurring = declare(Declaration{ID: "B55", Scope: PerPartner, Section: "finance", Key: "link_equal_recurring", Type: Bool, Beyond: true}, false)
	LinkPrepaid   = declare(Declaration{ID: "B56", Scope: PerPartner, Section: "finance", Key: "link_equal_prepaid", Type: Bool, Beyond: true}, false)
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
