package customer

import "context"

// Names returns what customers are called, by id, for lists of staff that name many.
func (s *Store) Names(ctx context.Context, ids []int64) (map[int64]string, error) {
	names := map[int64]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var rows []Customer
	if err := s.d.Q(ctx).Select("id", "name").Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, c := range rows {
		names[c.ID] = c.Name
	}
	return names, nil
}
