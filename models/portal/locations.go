package portal

import (
	"context"
	"slices"
	"strconv"

	"myisp/models/audit"
	"myisp/models/db"
)

// Location returns a location; db.ErrNotFound when there is none.
func (s *Store) Location(ctx context.Context, id int64) (Location, error) {
	l, err := db.From[Location](s.d.Q(ctx)).Where("id = ?", id).Take()
	return l, db.Found(err)
}

func (l Location) key() string { return strconv.FormatInt(l.ID, 10) }

// freeLocation refuses a name that another location has: staff choose among locations by name.
func (s *Store) freeLocation(ctx context.Context, id int64, name string) error {
	all, err := db.From[Location](s.d.Q(ctx)).Where("id <> ?", id).Find()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(o Location) bool { return db.Fold(o.Name) == db.Fold(name) }) {
		return db.Invalid{"name": "partners.error.location_taken"}
	}
	return nil
}

// CreateLocation adds a location; id 0 takes the next one. Errors: db.Invalid on name, db.Conflict for an id that is taken.
func (s *Store) CreateLocation(ctx context.Context, id int64, typed string) (Location, error) {
	name, err := placeName(typed)
	if err != nil {
		return Location{}, err
	}
	l := Location{ID: id, Name: name}
	return l, s.d.Tx(ctx, func(ctx context.Context) error {
		l.ID = id
		if err := s.freeLocation(ctx, 0, name); err != nil {
			return err
		}
		if err := s.AddLocation(ctx, &l); err != nil {
			if db.IsDuplicate(err) {
				return conflict(nil)
			}
			return err
		}
		if id != 0 {
			if err := s.d.SyncSequence(ctx, "locations"); err != nil {
				return err
			}
		}
		return s.log.Record(ctx, audit.Change{Action: audit.LocationAdded, Object: "location", ObjectID: l.key(), ObjectName: name, After: map[string]any{"name": name}})
	})
}

// RenameLocation gives a location another name. Errors: db.ErrNotFound, db.Invalid on name.
func (s *Store) RenameLocation(ctx context.Context, id int64, typed string) error {
	name, err := placeName(typed)
	if err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		l, err := s.Location(ctx, id)
		if err != nil || l.Name == name {
			return err
		}
		if err := s.freeLocation(ctx, id, name); err != nil {
			return err
		}
		if err := s.d.Q(ctx).Model(&Location{}).Where("id = ?", id).Update("name", name).Error; err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.LocationRenamed, Object: "location", ObjectID: l.key(), ObjectName: name,
			Before: map[string]any{"name": l.Name}, After: map[string]any{"name": name}})
	})
}

// RemoveLocation deletes a location. Whether anything is still there is not for this package to know: models.RemoveLocation
// asks. Errors: db.ErrNotFound.
func (s *Store) RemoveLocation(ctx context.Context, id int64) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		l, err := s.Location(ctx, id)
		if err != nil {
			return err
		}
		if err := s.d.Q(ctx).Where("id = ?", id).Delete(&Location{}).Error; err != nil {
			return err
		}
		return s.log.Record(ctx, audit.Change{Action: audit.LocationRemoved, Object: "location", ObjectID: l.key(), ObjectName: l.Name, Before: map[string]any{"name": l.Name}})
	})
}
