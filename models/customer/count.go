package customer

import "context"

// CountByStatus tells how many customers stand where; a status that nobody has is left out.
func (s *Store) CountByStatus(ctx context.Context) (map[Status]int64, error) {
	var rows []struct {
		Status Status
		N      int64
	}
	err := s.d.R(ctx).Model(&Customer{}).Select("status, COUNT(*) AS n").Group("status").Scan(&rows).Error
	n := map[Status]int64{}
	for _, r := range rows {
		n[r.Status] = r.N
	}
	return n, err
}
