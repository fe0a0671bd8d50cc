package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"myisp/models/audit"
	"myisp/models/db"

	"gorm.io/gorm/clause"
)

// Tax is a rate with its name. RatePPM is parts per million: 200000 is 20 %, 82500 is 8.25 %.
type Tax struct {
	ID       int64  `gorm:"primaryKey"`
	Name     string `gorm:"size:120;not null"`
	RatePPM  int64  `gorm:"not null"`
	Archived bool   `gorm:"not null"`
}

// AddTax stores a tax and returns it with its id. Rates run from 0 to 100 %.
func (s *Store) AddTax(ctx context.Context, t Tax) (Tax, error) {
	t.ID, t.Name = 0, strings.TrimSpace(t.Name)
	bad := db.Invalid{}
	if t.Name == "" || len([]rune(t.Name)) > 120 {
		bad["name"] = "finance.error.title"
	}
	if t.RatePPM < 0 || t.RatePPM > 1_000_000 {
		bad["rate"] = "finance.error.tax_rate"
	}
	if err := bad.Or(); err != nil {
		return Tax{}, err
	}
	err := db.From[Tax](s.d.Q(ctx)).Create(&t)
	return t, err
}

// Tax returns a tax by id, archived ones too; db.ErrNotFound when there is none.
func (s *Store) Tax(ctx context.Context, id int64) (Tax, error) {
	t, err := db.From[Tax](s.d.Q(ctx)).Where("id = ?", id).Take()
	return t, db.Found(err)
}

// Taxes lists the taxes in use by name.
func (s *Store) Taxes(ctx context.Context) ([]Tax, error) {
	return db.From[Tax](s.d.Q(ctx)).Where("archived = ?", false).Order("name, id").Find()
}

// TaxesByID returns the taxes of the given ids in one statement.
func (s *Store) TaxesByID(ctx context.Context, ids ...int64) (map[int64]Tax, error) {
	taxes := make(map[int64]Tax, len(ids))
	for some := range slices.Chunk(ids, 500) {
		rows, err := db.From[Tax](s.d.Q(ctx)).Where("id IN ?", some).Find()
		if err != nil {
			return nil, err
		}
		for _, t := range rows {
			taxes[t.ID] = t
		}
	}
	return taxes, nil
}

// SaveTax adds a tax (id 0), renames one, or archives it; the rate of one that exists stays, because documents hold it. With
// members it adds a group, whose rate follows from theirs (§3.4).
func (s *Store) SaveTax(ctx context.Context, t Tax, members []TaxMember) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if t.ID != 0 {
			old, err := db.From[Tax](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("id = ?", t.ID).Take()
			if err != nil {
				return db.Found(err)
			}
			if t.RatePPM, t.Name = old.RatePPM, strings.TrimSpace(t.Name); t.Name == "" || len([]rune(t.Name)) > 120 {
				return db.Invalid{"name": "finance.error.title"}
			}
			if t == old {
				return nil
			}
			if err := s.d.Q(ctx).Save(&t).Error; err != nil {
				return err
			}
			return s.noteTax(ctx, t, old, t)
		}
		if len(members) > 0 {
			rate, err := s.groupRate(ctx, members)
			if err != nil {
				return err
			}
			t.RatePPM = rate
		}
		made, err := s.AddTax(ctx, t)
		if err != nil {
			return err
		}
		for i, x := range members {
			x.GroupID, x.Position = made.ID, i+1
			if err := s.d.Q(ctx).Create(&x).Error; err != nil {
				return err
			}
		}
		return s.noteTax(ctx, made, nil, made)
	})
}

func (s *Store) groupRate(ctx context.Context, members []TaxMember) (int64, error) {
	ids := make([]int64, len(members))
	for i, x := range members {
		ids[i] = x.TaxID
	}
	taxes, err := s.TaxesByID(ctx, ids...)
	if err == nil && (len(taxes) != len(members) || len(members) > 10) {
		err = db.Invalid{"members": "error.choice"}
	}
	return GroupRate(members, func(id int64) int64 { return taxes[id].RatePPM }), err
}

func (s *Store) noteTax(ctx context.Context, t Tax, before, after any) error {
	return s.log.Record(ctx, audit.Change{Action: audit.TaxSaved, Object: "tax", ObjectID: strconv.FormatInt(t.ID, 10), ObjectName: t.Name, Before: before, After: after})
}

// AllTaxes lists every tax by name, archived ones too, and says which are groups.
func (s *Store) AllTaxes(ctx context.Context) ([]Tax, map[int64]bool, error) {
	list, err := db.From[Tax](s.d.Q(ctx)).Order("archived, name, id").Find()
	if err != nil {
		return nil, nil, err
	}
	members, err := db.From[TaxMember](s.d.Q(ctx)).Find()
	groups := map[int64]bool{}
	for _, x := range members {
		groups[x.GroupID] = true
	}
	return list, groups, err
}

// TaxFor finds the tax in use with this rate, oldest first, or adds one with this name: imports know rates, not ids.
func (s *Store) TaxFor(ctx context.Context, name string, ratePPM int64) (Tax, error) {
	var t Tax
	err := s.d.Tx(ctx, func(ctx context.Context) error {
		found, err := db.From[Tax](s.d.Q(ctx)).Where("rate_ppm = ? AND archived = ?", ratePPM, false).Order("id").Limit(1).Find()
		if err != nil {
			return err
		}
		if len(found) > 0 {
			t = found[0]
			return nil
		}
		t, err = s.AddTax(ctx, Tax{Name: name, RatePPM: ratePPM})
		return err
	})
	return t, err
}

// TaxChoice is what staff choose the tax of a customer's document from.
type TaxChoice struct {
	Usual  int64 // the tax to begin with; 0 is none
	Own    []Tax // what the customer's services and the partner's plans use, by name
	Others []Tax // in use elsewhere
}

// All are the taxes that can be chosen.
func (c TaxChoice) All() []Tax { return slices.Concat(c.Own, c.Others) }

// TaxMember is a tax within a group (§3.4): a group is a Tax whose rate follows from its members. OnPrevious taxes what the
// members before have added as well.
type TaxMember struct {
	GroupID    int64 `gorm:"primaryKey;autoIncrement:false"`
	Position   int   `gorm:"primaryKey;autoIncrement:false"`
	TaxID      int64 `gorm:"not null"`
	OnPrevious bool  `gorm:"not null"`
}

// TableName names the table.
func (TaxMember) TableName() string { return "tax_members" }

// GroupRate is the rate of taxes one after the other, in millionths; halves round up. A member that is on the previous
// taxes what those before have added as well.
func GroupRate(members []TaxMember, rate func(tax int64) int64) int64 {
	var sum int64
	for _, m := range members {
		r := rate(m.TaxID)
		if m.OnPrevious {
			r += (r*sum + 500_000) / 1_000_000
		}
		sum += r
	}
	return sum
}
