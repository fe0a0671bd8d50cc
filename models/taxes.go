package models

import (
	"context"
	"strconv"
	"strings"

	"myisp/models/audit"
	"myisp/models/catalog"
	"myisp/models/db"
)

// SaveTax adds a tax (id 0), renames one, or archives it; the rate of one that exists stays, because documents hold it. With
// members it adds a group, whose rate follows from theirs (§3.4).
func (m *Models) SaveTax(ctx context.Context, t catalog.Tax, members []catalog.TaxMember) error {
	return m.DB.Tx(ctx, func(ctx context.Context) error {
		if t.ID != 0 {
			old, err := m.Catalog.Tax(ctx, t.ID)
			if err != nil {
				return err
			}
			if t.RatePPM, t.Name = old.RatePPM, strings.TrimSpace(t.Name); t.Name == "" || len([]rune(t.Name)) > 120 {
				return db.Invalid{"name": "finance.error.title"}
			}
			if t == old {
				return nil
			}
			if err := m.DB.Q(ctx).Save(&t).Error; err != nil {
				return err
			}
			return m.noteTax(ctx, t, old, t)
		}
		if len(members) > 0 {
			rate, err := m.groupRate(ctx, members)
			if err != nil {
				return err
			}
			t.RatePPM = rate
		}
		made, err := m.Catalog.AddTax(ctx, t)
		if err != nil {
			return err
		}
		for i, x := range members {
			x.GroupID, x.Position = made.ID, i+1
			if err := m.DB.Q(ctx).Create(&x).Error; err != nil {
				return err
			}
		}
		return m.noteTax(ctx, made, nil, made)
	})
}

func (m *Models) groupRate(ctx context.Context, members []catalog.TaxMember) (int64, error) {
	ids := make([]int64, len(members))
	for i, x := range members {
		ids[i] = x.TaxID
	}
	taxes, err := m.Catalog.TaxesByID(ctx, ids...)
	if err == nil && (len(taxes) != len(members) || len(members) > 10) {
		err = db.Invalid{"members": "error.choice"}
	}
	return catalog.GroupRate(members, func(id int64) int64 { return taxes[id].RatePPM }), err
}

func (m *Models) noteTax(ctx context.Context, t catalog.Tax, before, after any) error {
	return m.Audit.Record(ctx, audit.Change{Action: audit.TaxSaved, Object: "tax", ObjectID: strconv.FormatInt(t.ID, 10), ObjectName: t.Name, Before: before, After: after})
}

// AllTaxes lists every tax by name, archived ones too, and says which are groups.
func (m *Models) AllTaxes(ctx context.Context) ([]catalog.Tax, map[int64]bool, error) {
	list, err := db.From[catalog.Tax](m.DB.Q(ctx)).Order("archived, name, id").Find()
	if err != nil {
		return nil, nil, err
	}
	members, err := db.From[catalog.TaxMember](m.DB.Q(ctx)).Find()
	groups := map[int64]bool{}
	for _, x := range members {
		groups[x.GroupID] = true
	}
	return list, groups, err
}
