package models

import (
	"context"

	"myisp/models/db"
)

// PlaceUse is what stands in the way of removing a location, or of another currency.
type PlaceUse struct {
	Customers, News, Outages, Gateways int64
}

// Any reports whether something is there.
func (u PlaceUse) Any() bool { return u.Customers+u.News+u.Outages+u.Gateways > 0 }

// LocationUses counts what refers to each location, with one statement a kind. A gateway that is limited to it would be for nobody without it.
func (m *Models) LocationUses(ctx context.Context) (map[int64]PlaceUse, error) {
	uses := map[int64]PlaceUse{}
	for _, kind := range []struct {
		table string
		add   func(u *PlaceUse, n int64)
	}{
		{"customers", func(u *PlaceUse, n int64) { u.Customers = n }},
		{"news_targets", func(u *PlaceUse, n int64) { u.News = n }},
		{"outages", func(u *PlaceUse, n int64) { u.Outages = n }},
	} {
		var rows []struct{ LocationID, N int64 }
		if err := m.DB.Q(ctx).Table(kind.table).Select("location_id, COUNT(*) AS n").Where("location_id <> 0").Group("location_id").Scan(&rows).Error; err != nil {
			return nil, err
		}
		for _, r := range rows {
			u := uses[r.LocationID]
			kind.add(&u, r.N)
			uses[r.LocationID] = u
		}
	}
	gateways, err := m.Finance.LimitedTo(ctx)
	for id, n := range gateways {
		u := uses[id]
		u.Gateways = n
		uses[id] = u
	}
	return uses, err
}

// RemoveLocation deletes a location that nothing refers to. Errors: db.ErrNotFound, db.Invalid on location when it is used.
func (m *Models) RemoveLocation(ctx context.Context, id int64) error {
	return m.DB.Tx(ctx, func(ctx context.Context) error {
		uses, err := m.LocationUses(ctx)
		if err != nil {
			return err
		}
		if uses[id].Any() {
			return db.Invalid{"location": "partners.error.location_used"}
		}
		return m.Portal.RemoveLocation(ctx, id)
	})
}
