package customer

import "context"

// Sample returns some of a partner's customers who are active, the longest known first: whom staff preview the portal as.
func (s *Store) Sample(ctx context.Context, partner int64, n int) ([]Customer, error) {
	var list []Customer
	return list, s.d.Q(ctx).Where("partner_id = ? AND status = ?", partner, StatusActive).Order("id").Limit(n).Find(&list).Error
}
