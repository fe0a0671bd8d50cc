package jobs

import (
	"context"

	"myisp/internal/courier"
	"myisp/models/customer"
	"myisp/models/job"
	"myisp/models/portal"
)

// attributeTerms writes the words by which customers are found anew, a part of them at a time.
func (w *Worker) attributeTerms(ctx context.Context, j *job.Job) error {
	var p customer.AttributeTerms
	if err := w.m.Jobs.Decode(j, &p); err != nil {
		return courier.Lasting(err)
	}
	snap, err := w.m.Portal.Snapshot(ctx)
	if err != nil {
		return err
	}
	return w.m.Customers.RenewTerms(ctx, p, func(partner int64) string {
		if v := snap.Partner(partner); v != nil {
			return portal.PhoneRegion.Of(v.Values)
		}
		return ""
	})
}
