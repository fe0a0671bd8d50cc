package finance

import (
	"context"
	"fmt"

	"myisp/models/job"
)

// JobDocument tells a customer by mail of a document that was issued for them; its payload is IssuedDocument.
const JobDocument = "finance.document"

// IssuedDocument names one document of a customer.
type IssuedDocument struct {
	CustomerID int64
	Kind       DocumentKind
	ID         int64
}

// tell has the customer written to about a document that was issued in the same transaction, once, where the partner does so (§3.5,
// B45–B47). What is imported or seeded does not come this way, so nobody is written to about it.
func (d Desk) tell(ctx context.Context, kind DocumentKind, id, partner int64, quiet bool) error {
	how, err := d.s.Manner(ctx, partner)
	if err != nil || quiet || !how.Mailed[kind] {
		return err
	}
	return d.s.jobs.Enqueue(ctx, JobDocument, IssuedDocument{d.id, kind, id}, job.Unique(fmt.Sprintf("%s:%s:%d", JobDocument, kind, id)))
}
