package catalog

import (
	"context"
	"slices"
	"strings"

	"myisp/models/db"
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
