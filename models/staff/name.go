package staff

import "context"

// Name is what a member is called; "" when there is no such member any more.
func (s *Store) Name(ctx context.Context, id int64) (string, error) {
	var names []string
	err := s.d.Q(ctx).Model(&Member{}).Where("id = ?", id).Limit(1).Pluck("name", &names).Error
	if err != nil || len(names) == 0 {
		return "", err
	}
	return names[0], nil
}
