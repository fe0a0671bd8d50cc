package finance

import (
	"context"

	"myisp/models/db"
)

// Attention is the money that waits for somebody of the staff.
type Attention struct {
	Held    int64     // payments through gateways that wait for a decision
	Lines   int64     // transfers that are booked for nobody yet
	Partner int64     // whose account most of them came into
	Overdue []ListSum // invoices that nobody paid in time, by currency
}

// Attention reads it for all partners, with three statements however much there is. It is for staff.
func (s *Store) Attention(ctx context.Context, today db.Day) (a Attention, err error) {
	if a.Held, err = s.HeldAttempts(ctx); err != nil {
		return a, err
	}
	var open []struct{ PartnerID, N int64 }
	if err := s.d.Q(ctx).Raw(`SELECT partner_id, COUNT(*) AS n FROM incoming_payments WHERE state = ? GROUP BY partner_id ORDER BY n DESC, partner_id`, IncomingOpen).Scan(&open).Error; err != nil {
		return a, err
	}
	for _, o := range open {
		a.Lines += o.N
	}
	if len(open) > 0 {
		a.Partner = open[0].PartnerID
	}
	a.Overdue, err = s.ListSums(ctx, ListInvoices, DeskFilter{Filter: Filter{State: Overdue}}, today)
	return a, err
}
