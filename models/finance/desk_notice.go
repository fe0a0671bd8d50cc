package finance

import (
	"context"
	"fmt"
	"slices"

	"myisp/models/job"
)

// JobDocument tells a customer by mail of a document that was issued for them; its payload is IssuedDocument.
const JobDocument = "finance.document"

// IssuedDocument names one document of a customer.
type IssuedDocument struct {
	CustomerID int64
	Kind       DocumentKind
	ID         int64
	Corrected  bool  `json:",omitempty"` // it takes the place of one with this number, which was over Was
	Was        int64 `json:",omitempty"` // minor units
}

// tell has the customer written to about a document that was issued in the same transaction, once, where the partner does so (§3.5,
// B45–B47). What is imported or seeded does not come this way, so nobody is written to about it.
func (d Desk) tell(ctx context.Context, kind DocumentKind, id, partner int64, quiet bool) error {
	how, err := d.s.Manner(ctx, partner)
	if err != nil || quiet || !how.Mailed[kind] {
		return err
	}
	return d.s.jobs.Enqueue(ctx, JobDocument, IssuedDocument{CustomerID: d.id, Kind: kind, ID: id}, job.Unique(fmt.Sprintf("%s:%s:%d", JobDocument, kind, id)))
}

// tellCorrected has the customer written to about an invoice that staff corrected, where the partner tells of invoices: the one that
// they have is not what they owe any more. What they cannot see of it, the memo, is no reason to write.
func (d Desk) tellCorrected(ctx context.Context, was, inv Invoice, old []DocumentItem, quiet bool) error {
	how, err := d.s.Manner(ctx, inv.PartnerID)
	if err != nil || quiet || !how.Mailed[KindInvoice] {
		return err
	}
	now, err := d.itemsOf(ctx, KindInvoice, inv.ID)
	if err != nil {
		return err
	}
	same := slices.EqualFunc(old, now, func(a, b DocumentItem) bool {
		a.ID, b.ID = 0, 0
		return a == b
	})
	if same && was.Total == inv.Total && was.DueDay == inv.DueDay && was.Note == inv.Note {
		return nil
	}
	return d.s.jobs.Enqueue(ctx, JobDocument, IssuedDocument{CustomerID: d.id, Kind: KindInvoice, ID: inv.ID, Corrected: true, Was: was.Total})
}
