package portal

import "context"

// Places lists all partners and locations by name, for the choices of staff's forms.
func (s *Store) Places(ctx context.Context) (partners []Partner, locations []Location, err error) {
	if err := s.d.Q(ctx).Order("id").Find(&partners).Error; err != nil {
		return nil, nil, err
	}
	return partners, locations, s.d.Q(ctx).Order("name, id").Find(&locations).Error
}
