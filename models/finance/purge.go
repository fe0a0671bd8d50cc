package finance

import (
	"context"
	"time"
)

// PurgeNotices deletes what gateways told of before t. A gateway that tells of it once more is asked again, which books nothing
// twice.
func (s *Store) PurgeNotices(ctx context.Context, t time.Time) (int64, error) {
	r := s.d.Q(ctx).Where("received_at < ?", t).Delete(&Notice{})
	return r.RowsAffected, r.Error
}

// PurgeStatements deletes bank statements that were uploaded before t and never imported: they are full of payers' names.
func (s *Store) PurgeStatements(ctx context.Context, t time.Time) (int64, error) {
	r := s.d.Q(ctx).Where("created_at < ?", t).Delete(&BankStatement{})
	return r.RowsAffected, r.Error
}

// PurgePayLinks deletes pay links that ended before t.
func (s *Store) PurgePayLinks(ctx context.Context, t time.Time) (int64, error) {
	r := s.d.Q(ctx).Where("expires_at < ? OR revoked_at < ?", t, t).Delete(&PayLink{})
	return r.RowsAffected, r.Error
}
