package models

import (
	"context"

	"myisp/models/finance"
	"myisp/models/portal"
)

// manner is how a partner writes its documents, from its settings.
func (m *Models) manner(ctx context.Context, partner int64) (finance.Manner, error) {
	snap, err := m.Portal.Snapshot(ctx)
	if err != nil {
		return finance.Manner{}, err
	}
	v := snap.Partner(partner)
	if v == nil {
		return finance.Manner{}, nil
	}
	how := finance.Manner{Invoice: portal.InvoiceNumbers.Of(v.Values), Proforma: portal.ProformaNumbers.Of(v.Values), CreditNote: portal.CreditNoteNumbers.Of(v.Values),
		Receipt: portal.ReceiptNumbers.Of(v.Values), TaxIncluded: portal.TaxIncluded.Of(v.Values), LinkRecurring: portal.LinkRecurring.Of(v.Values), LinkPrepaid: portal.LinkPrepaid.Of(v.Values),
		Mailed: map[finance.DocumentKind]bool{finance.KindInvoice: portal.MailInvoices.Of(v.Values), finance.KindProforma: portal.MailProforma.Of(v.Values),
			finance.KindCreditNote: portal.MailCreditNotes.Of(v.Values)}}
	if portal.FinanceRounding.Of(v.Values) == "total" {
		how.Rounding = finance.RoundTotal
	}
	return how, nil
}
