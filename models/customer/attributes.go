package customer

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"myisp/models/db"
)

// AttributeType says what an additional attribute holds and how it is checked (spec §3.7).
type AttributeType string

// The types of additional attributes. Decimal has at most two decimals, numeric is any exact number of at most ten.
const (
	AttrString         AttributeType = "string"
	AttrTextarea       AttributeType = "textarea"
	AttrInteger        AttributeType = "integer"
	AttrDecimal        AttributeType = "decimal"
	AttrNumeric        AttributeType = "numeric"
	AttrDate           AttributeType = "date"
	AttrDatetime       AttributeType = "datetime"
	AttrBoolean        AttributeType = "boolean"
	AttrSelect         AttributeType = "select"
	AttrSelectMultiple AttributeType = "select_multiple"
	AttrEmail          AttributeType = "email"
	AttrPhone          AttributeType = "phone"
	AttrURL            AttributeType = "url"
	AttrIP             AttributeType = "ip"
	AttrPassword       AttributeType = "password"
)

// AttributeTypes lists the types in the order in which staff choose among them.
var AttributeTypes = []AttributeType{AttrString, AttrTextarea, AttrInteger, AttrDecimal, AttrNumeric, AttrDate, AttrDatetime, AttrBoolean, AttrSelect,
	AttrSelectMultiple, AttrEmail, AttrPhone, AttrURL, AttrIP, AttrPassword}

func (t AttributeType) is(types ...AttributeType) bool { return slices.Contains(types, t) }

// HasOptions reports whether values of the type are chosen from a list.
func (t AttributeType) HasOptions() bool { return t.is(AttrSelect, AttrSelectMultiple) }

// MayBeUnique reports whether no two records may be told to have the same value: where a value tells them apart.
func (t AttributeType) MayBeUnique() bool {
	return !t.is(AttrTextarea, AttrBoolean, AttrSelect, AttrSelectMultiple, AttrPassword)
}

// MayBeSearched reports whether customers can be found by values of the type.
func (t AttributeType) MayBeSearched() bool {
	return !t.is(AttrBoolean, AttrSelect, AttrSelectMultiple, AttrPassword, AttrDatetime)
}

// MayHaveDefault reports whether new records can get a value by themselves.
func (t AttributeType) MayHaveDefault() bool { return t != AttrPassword }

// Bounds is what the least and the most of a type count.
type Bounds string

// The bounds: of a number, of a text's characters, of a day, of the choices made.
const (
	NoBounds    Bounds = ""
	BoundNumber Bounds = "number"
	BoundLength Bounds = "length"
	BoundDay    Bounds = "day"
	BoundCount  Bounds = "count"
)

// Bounds says what least and most mean for the type.
func (t AttributeType) Bounds() Bounds {
	switch {
	case t.is(AttrInteger, AttrDecimal, AttrNumeric):
		return BoundNumber
	case t.is(AttrString, AttrTextarea, AttrPassword):
		return BoundLength
	case t.is(AttrDate, AttrDatetime):
		return BoundDay
	case t == AttrSelectMultiple:
		return BoundCount
	}
	return NoBounds
}

// ModuleCustomer is the module whose records are customers; services and tickets can follow.
const ModuleCustomer = "customer"

// Attribute is the definition of an additional attribute (spec §3.7). Its values are rows of their own.
type Attribute struct {
	ID         int64         `gorm:"primaryKey" json:"-"`
	Module     string        `gorm:"size:32;not null;uniqueIndex:attributes_key,priority:1" json:"module"`
	Key        string        `gorm:"size:64;not null;uniqueIndex:attributes_key,priority:2" json:"key"`
	Title      string        `gorm:"size:400;not null" json:"title"` // where the reader's language has no title of its own
	Titles     string        `gorm:"not null" json:"titles"`         // JSON: language → title
	Type       AttributeType `gorm:"size:20;not null" json:"type"`
	Category   string        `gorm:"size:16;not null" json:"category"` // Individual, Business, or "" for both
	IsRequired bool          `gorm:"not null" json:"is_required"`
	IsUnique   bool          `gorm:"not null" json:"is_unique"`
	IsAdd      bool          `gorm:"not null" json:"is_add"` // asked for when a customer is created
	ShowInList bool          `gorm:"not null" json:"show_in_list"`
	Searchable bool          `gorm:"not null" json:"searchable"`
	ReadOnly   bool          `gorm:"not null" json:"readonly"` // shown, and changed by nobody
	Disabled   bool          `gorm:"not null" json:"disabled"` // out of use: shown to staff, filled in by nobody
	Hidden     bool          `gorm:"not null" json:"hidden"`   // shown nowhere
	// DefaultValue is what new customers get, in canonical form; "" is nothing.
	DefaultValue string     `gorm:"not null" json:"default_value"`
	Least        string     `gorm:"size:64;not null" json:"min"`
	Most         string     `gorm:"size:64;not null" json:"max"`
	Options      string     `gorm:"not null" json:"options"` // JSON: a list of Option
	PortalView   bool       `gorm:"not null" json:"portal_view"`
	PortalEdit   bool       `gorm:"not null" json:"portal_edit"` // G16
	Position     int        `gorm:"not null" json:"position"`
	CreatedAt    time.Time  `gorm:"not null" json:"-"`
	UpdatedAt    time.Time  `gorm:"not null" json:"-"`
	ArchivedAt   *time.Time `gorm:"" json:"-"`
}

// AttributeValue is one record's value of an attribute in canonical form; no row is no value.
type AttributeValue struct {
	AttributeID int64     `gorm:"primaryKey;autoIncrement:false;uniqueIndex:attribute_values_unique,priority:1"`
	OwnerID     int64     `gorm:"primaryKey;autoIncrement:false;index"`
	Value       string    `gorm:"not null"`
	Folded      string    `gorm:"size:1000;not null"` // as it is compared and searched; "" of what is neither
	UniqueKey   *string   `gorm:"size:1000;uniqueIndex:attribute_values_unique,priority:2"`
	UpdatedAt   time.Time `gorm:"not null"`
}

// Option is one choice of a select. A retired one is offered no more and stays with whoever has it.
type Option struct {
	Key     string            `json:"key"`
	Label   string            `json:"label"`
	Labels  map[string]string `json:"labels,omitempty"` // by language
	Retired bool              `json:"retired,omitempty"`
}

// In is the option's label in a language.
func (o Option) In(language string) string {
	if l := o.Labels[language]; l != "" {
		return l
	}
	return o.Label
}

// TitleIn is the attribute's title in a language.
func (a Attribute) TitleIn(language string) string {
	if t := a.Translations()[language]; t != "" {
		return t
	}
	return a.Title
}

// Translations are the titles by language.
func (a Attribute) Translations() map[string]string {
	m := map[string]string{}
	_ = json.Unmarshal([]byte(a.Titles), &m) // written by this package
	return m
}

// Choices are the options of a select, in their order.
func (a Attribute) Choices() []Option {
	var list []Option
	_ = json.Unmarshal([]byte(a.Options), &list) // written by this package
	return list
}

// Choice returns an option by its key.
func (a Attribute) Choice(key string) (Option, bool) {
	list := a.Choices()
	i := slices.IndexFunc(list, func(o Option) bool { return o.Key == key })
	if i < 0 {
		return Option{}, false
	}
	return list[i], true
}

// Archived reports whether the attribute was put aside.
func (a Attribute) Archived() bool { return a.ArchivedAt != nil }

// For reports whether customers of a category have the attribute.
func (a Attribute) For(category string) bool { return a.Category == "" || a.Category == category }

// inUse reports whether anybody may fill the attribute in.
func (a Attribute) inUse() bool { return !a.Archived() && !a.Hidden && !a.Disabled }

// StaffEdit reports whether staff may change values.
func (a Attribute) StaffEdit() bool { return a.inUse() && !a.ReadOnly }

// PortalShown reports whether customers see the attribute in their profile (G16).
func (a Attribute) PortalShown() bool { return a.inUse() && (a.PortalView || a.PortalEdit) }

// PortalChange reports whether customers may change their value (G16).
func (a Attribute) PortalChange() bool { return a.inUse() && a.PortalEdit && !a.ReadOnly }

// AttributeField names the form field of an attribute, in forms and in db.Invalid.
func AttributeField(key string) string { return "attr." + key }

// Attributes are the definitions of additional attributes, which staff make.
type Attributes struct{ s *Store }

// Attributes starts everything about definitions.
func (s *Store) Attributes() Attributes { return Attributes{s} }

// List returns all definitions of the module in their order, archived ones last.
func (t Attributes) List(ctx context.Context) ([]Attribute, error) {
	all, err := t.all(ctx)
	slices.SortStableFunc(all, func(a, b Attribute) int {
		switch {
		case a.Archived() == b.Archived():
			return 0
		case a.Archived():
			return 1
		}
		return -1
	})
	return all, err
}

func (t Attributes) all(ctx context.Context) ([]Attribute, error) {
	return db.From[Attribute](t.s.d.Q(ctx)).Where("module = ?", ModuleCustomer).Order("position, id").Find()
}

// active returns the definitions that were not put aside, in their order.
func (t Attributes) active(ctx context.Context) ([]Attribute, error) {
	all, err := t.all(ctx)
	return slices.DeleteFunc(all, Attribute.Archived), err
}

// Find returns a definition; db.ErrNotFound when there is none.
func (t Attributes) Find(ctx context.Context, id int64) (Attribute, error) {
	a, err := db.From[Attribute](t.s.d.Q(ctx)).Where("id = ? AND module = ?", id, ModuleCustomer).Take()
	return a, db.Found(err)
}

// Uses counts how many customers have a value, by attribute.
func (t Attributes) Uses(ctx context.Context) (map[int64]int, error) {
	var rows []struct {
		AttributeID int64
		N           int
	}
	err := t.s.d.Q(ctx).Model(&AttributeValue{}).Select("attribute_id, COUNT(*) AS n").Group("attribute_id").Scan(&rows).Error
	uses := map[int64]int{}
	for _, r := range rows {
		uses[r.AttributeID] = r.N
	}
	return uses, err
}

// Without counts the customers of the attribute's category who have no value.
func (t Attributes) Without(ctx context.Context, a Attribute) (int, error) {
	var n int64
	err := t.s.d.Q(ctx).Model(&Customer{}).Where("? = '' OR category = ?", a.Category, a.Category).
		Where("NOT EXISTS (SELECT 1 FROM attribute_values v WHERE v.attribute_id = ? AND v.owner_id = customers.id)", a.ID).Count(&n).Error
	return int(n), err
}

// PortalRow is what customers may do with one attribute in their profile: a row of G16.
type PortalRow struct {
	Attribute  Attribute
	View, Edit bool
}

// PortalRows lists G16: every attribute that customers could see, with its permission.
func (t Attributes) PortalRows(ctx context.Context) ([]PortalRow, error) {
	all, err := t.active(ctx)
	var rows []PortalRow
	for _, a := range all {
		if a.inUse() {
			rows = append(rows, PortalRow{a, a.PortalView, a.PortalEdit})
		}
	}
	return rows, err
}
