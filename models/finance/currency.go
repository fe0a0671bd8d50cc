package finance

import "context"

// HasDocuments reports whether a partner's books hold anything: its currency stays as it is then.
func (s *Store) HasDocuments(ctx context.Context, partner int64) (bool, error) {
	for _, table := range []string{"invoices", "proforma_invoices", "credit_notes", "payments"} {
		var found []int64
		if err := s.d.Q(ctx).Table(table).Select("id").Where("partner_id = ?", partner).Limit(1).Scan(&found).Error; err != nil || len(found) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}
