package customer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"myisp/models/audit"
	"myisp/models/db"
)

// Filled is an attribute with the value that one customer has.
type Filled struct {
	Attribute
	Value string // canonical; "" is none, and always of a password
	Set   bool   // there is a value, which for a password is all that anybody learns
	Edit  bool   // whoever asked may change it
}

// AttributeInput is what a form says about attributes, by key; an attribute that it does not name stays as it is.
type AttributeInput struct {
	Values map[string][]string
	Clear  map[string]bool // takes a password away: its empty field means that it stays
	Locale Locale
}

// Attributes returns the attributes in the customer's profile (G16), with the customer's own values.
func (m Me) Attributes(ctx context.Context, category string) ([]Filled, error) {
	list, err := m.s.Attributes().active(ctx)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(a Attribute) bool { return !a.PortalShown() || !a.For(category) })
	return m.s.filled(ctx, m.id, list, Attribute.PortalChange)
}

// AttributeForm returns what staff see of a customer's attributes; those they may change say so. With id 0 it is the form
// for a new customer: what is asked for there (is_add), with its default.
func (s *Store) AttributeForm(ctx context.Context, id int64, category string) ([]Filled, error) {
	list, err := s.Attributes().active(ctx)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(a Attribute) bool { return a.Hidden || category != "" && !a.For(category) })
	if id != 0 {
		return s.filled(ctx, id, list, Attribute.StaffEdit)
	}
	var form []Filled
	for _, a := range list {
		if a.asked() {
			form = append(form, Filled{Attribute: a, Value: a.DefaultValue, Set: a.DefaultValue != "", Edit: true})
		}
	}
	return form, nil
}

// asked reports whether the form for a new customer has the attribute; a required one cannot be left for later.
func (a Attribute) asked() bool { return a.inUse() && (a.IsAdd || a.IsRequired && !a.ReadOnly) }

// filled joins definitions with one owner's values.
func (s *Store) filled(ctx context.Context, owner int64, list []Attribute, edit func(Attribute) bool) ([]Filled, error) {
	if len(list) == 0 {
		return nil, nil
	}
	values, err := s.attributeValues(ctx, owner)
	if err != nil {
		return nil, err
	}
	form := make([]Filled, len(list))
	for i, a := range list {
		value, set := values[a.ID]
		if a.Type == AttrPassword {
			value = ""
		}
		form[i] = Filled{Attribute: a, Value: value, Set: set, Edit: edit(a)}
	}
	return form, nil
}

func (s *Store) attributeValues(ctx context.Context, owner int64) (map[int64]string, error) {
	rows, err := db.From[AttributeValue](s.d.Q(ctx)).Where("owner_id = ?", owner).Find()
	values := make(map[int64]string, len(rows))
	for _, r := range rows {
		values[r.AttributeID] = r.Value
	}
	return values, err
}

// ListedAttributes returns the attributes that are columns of the customers' list (show_in_list), and for each of the
// customers the values by attribute.
func (s *Store) ListedAttributes(ctx context.Context, customers []int64) ([]Attribute, map[int64]map[int64]string, error) {
	list, err := s.Attributes().active(ctx)
	list = slices.DeleteFunc(list, func(a Attribute) bool { return !a.ShowInList || a.Hidden })
	if err != nil || len(list) == 0 || len(customers) == 0 {
		return list, nil, err
	}
	ids := make([]int64, len(list))
	for i, a := range list {
		ids[i] = a.ID
	}
	rows, err := db.From[AttributeValue](s.d.Q(ctx)).Where("owner_id IN ? AND attribute_id IN ?", customers, ids).Find()
	values := map[int64]map[int64]string{}
	for _, r := range rows {
		if values[r.OwnerID] == nil {
			values[r.OwnerID] = map[int64]string{}
		}
		values[r.OwnerID][r.AttributeID] = r.Value
	}
	return list, values, err
}

// SaveAttributes writes what staff filled in for a customer, and enters it into the log. What staff may not change is left
// alone. Errors: db.Invalid on AttributeField of the attribute's key.
func (s *Store) SaveAttributes(ctx context.Context, id int64, in AttributeInput) error {
	return s.d.Tx(ctx, func(ctx context.Context) error {
		c, err := s.Find(ctx, id)
		if err != nil {
			return err
		}
		p, bad, err := s.planAttributes(ctx, c, in, Attribute.StaffEdit)
		if err != nil {
			return err
		}
		if err := bad.Or(); err != nil {
			return err
		}
		return s.applyStaff(ctx, c, p, in.Locale.Region)
	})
}

// draftAttributes plans the attributes of a form for staff, and adds to bad what is wrong with them. A customer without an id
// is a new one: the form asks for less, and what it leaves alone gets its default.
func (s *Store) draftAttributes(ctx context.Context, c Customer, in AttributeInput, bad db.Invalid) (attributePlan, error) {
	may := Attribute.StaffEdit
	if c.ID == 0 {
		may = Attribute.asked
	}
	p, wrong, err := s.planAttributes(ctx, c, in, may)
	for field, reason := range wrong {
		bad[field] = reason
	}
	return p, err
}

func (s *Store) applyStaff(ctx context.Context, c Customer, p attributePlan, region string) error {
	if len(p) == 0 {
		return nil
	}
	if err := s.writeAttributes(ctx, c.ID, p); err != nil {
		return err
	}
	if p.searched() {
		if err := s.writeTerms(ctx, &c, region); err != nil {
			return err
		}
	}
	before, after := p.told()
	return s.log.Record(ctx, audit.Change{Action: audit.CustomerAttributesChanged, Object: "customer", ObjectID: fmt.Sprint(c.ID), ObjectName: c.Name,
		CustomerID: c.ID, PartnerID: c.PartnerID, Before: before, After: after})
}

// giveDefaults writes the defaults of a new customer.
func (s *Store) giveDefaults(ctx context.Context, c *Customer) error {
	list, err := s.Attributes().active(ctx)
	if err != nil {
		return err
	}
	var p attributePlan
	for _, a := range list {
		if a.DefaultValue != "" && !a.Disabled && a.For(c.Category) {
			p = append(p, attributeChange{a: a, after: a.DefaultValue})
		}
	}
	return s.writeAttributes(ctx, c.ID, p)
}

// attributeChange is one value that is to become another; "" is no value.
type attributeChange struct {
	a             Attribute
	before, after string
}

type attributePlan []attributeChange

// planAttributes compares a form with what the customer has: what changes, and what is wrong.
func (s *Store) planAttributes(ctx context.Context, c Customer, in AttributeInput, may func(Attribute) bool) (attributePlan, db.Invalid, error) {
	bad := db.Invalid{}
	list, err := s.Attributes().active(ctx)
	if err != nil {
		return nil, bad, err
	}
	list = slices.DeleteFunc(list, func(a Attribute) bool { return !may(a) || !a.For(c.Category) })
	if len(list) == 0 {
		return nil, bad, nil
	}
	values, err := s.attributeValues(ctx, c.ID)
	if err != nil {
		return nil, bad, err
	}
	var p attributePlan
	for _, a := range list {
		before := values[a.ID]
		if c.ID == 0 {
			before = a.DefaultValue
		}
		after, reason := in.read(a, before)
		if reason == "" && a.IsUnique && after != before && after != "" {
			taken, err := s.attributeTaken(ctx, a, c.ID, after)
			if err != nil {
				return nil, bad, err
			}
			if taken {
				reason = badTaken
			}
		}
		if reason != "" {
			bad[AttributeField(a.Key)] = reason
		} else if after != before {
			p = append(p, attributeChange{a, before, after})
		}
	}
	return p, bad, nil
}

// read is the value that the form asks for. What the customer has already is never refused, whatever bounds came later.
func (in AttributeInput) read(a Attribute, before string) (after, reason string) {
	after = before
	if entered, given := in.Values[a.Key]; given {
		after, reason = a.Read(entered, in.Locale)
		if after != "" && after == before {
			reason = ""
		}
		if a.Type == AttrBoolean && after == "false" && before == "" {
			after = "" // a box left alone says nothing new
		}
		if a.Type == AttrPassword && after == "" && reason == "" && !in.Clear[a.Key] {
			after = before
		}
	}
	if reason == "" && a.IsRequired && (after == "" || a.Type == AttrBoolean && after != "true") {
		reason = badMissing
	}
	return after, reason
}

func (s *Store) attributeTaken(ctx context.Context, a Attribute, owner int64, value string) (bool, error) {
	n, err := db.From[AttributeValue](s.d.Q(ctx)).Where("attribute_id = ? AND unique_key = ? AND owner_id <> ?", a.ID, a.folded(value), owner).Count("owner_id")
	return n > 0, err
}

// writeAttributes stores what a plan says. The database refuses a value that another took in the meantime.
func (s *Store) writeAttributes(ctx context.Context, owner int64, p attributePlan) error {
	for _, c := range p {
		if c.after == "" {
			if err := s.d.Q(ctx).Where("attribute_id = ? AND owner_id = ?", c.a.ID, owner).Delete(&AttributeValue{}).Error; err != nil {
				return err
			}
			continue
		}
		row := AttributeValue{AttributeID: c.a.ID, OwnerID: owner, Value: c.after, Folded: c.a.folded(c.after), UpdatedAt: s.d.Now()}
		if c.a.Type == AttrPassword {
			sealed, err := s.box.SealText(c.after, sealedAt(c.a.ID, owner))
			if err != nil {
				return err
			}
			row.Value = sealed
		}
		if c.a.IsUnique {
			row.UniqueKey = &row.Folded
		}
		err := s.d.Q(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "attribute_id"}, {Name: "owner_id"}},
			DoUpdates: clause.AssignmentColumns([]string{"value", "folded", "unique_key", "updated_at"})}).Create(&row).Error
		if db.IsDuplicate(err) {
			return db.Invalid{AttributeField(c.a.Key): badTaken}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sealedAt binds a sealed password to its place: copied to another customer it does not open.
func sealedAt(attribute, owner int64) string { return fmt.Sprintf("attribute/%d/%d", attribute, owner) }

// searched reports whether the plan changes what its customer is found by.
func (p attributePlan) searched() bool {
	return slices.ContainsFunc(p, func(c attributeChange) bool { return c.a.Searchable })
}

// told is a plan as the log tells of it; of a password it tells only that there is another.
func (p attributePlan) told() (before, after map[string]string) {
	before, after = map[string]string{}, map[string]string{}
	for _, c := range p {
		was, is := c.before, c.after
		if c.a.Type == AttrPassword {
			was, is = strings.Repeat("•", min(len(was), 4)), strings.Repeat("•", min(len(is), 5))
		}
		if was != "" {
			before[AttributeField(c.a.Key)] = was
		}
		if is != "" {
			after[AttributeField(c.a.Key)] = is
		}
	}
	return before, after
}
