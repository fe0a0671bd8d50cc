package customer

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"myisp/models/audit"
	"myisp/models/db"
)

// AttributeEdit is a definition as staff fill it in; what the type has no use for is left out of account.
type AttributeEdit struct {
	Key      string
	Type     AttributeType
	Title    string
	Titles   map[string]string // by language; empty ones fall back to Title
	Category string

	IsRequired, IsUnique, IsAdd, ShowInList, Searchable, ReadOnly, Disabled, Hidden bool

	Default     []string // as a form sends it
	Least, Most string
	Options     []OptionEdit
	PortalView  bool
	PortalEdit  bool
	Position    string
	// FillExisting gives the default to the customers who have no value, once.
	FillExisting bool
	// KeepKeys takes the keys of new options as they are given, for files of the configuration; forms have none to give.
	KeepKeys bool
	Locale   Locale // of the default
}

// OptionEdit is one option as staff fill it in; an empty label that has no key is none.
type OptionEdit struct {
	Key     string // "" is a new option
	Label   string
	Labels  map[string]string
	Retired bool
	Remove  bool // deletes the option if no customer has it, and retires it otherwise
}

const (
	mostTitle   = 100
	mostOptions = 200
)

var keyShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// ErrKeyTaken says that another attribute has the key.
var ErrKeyTaken = db.Invalid{"key": "attributes.error.key_taken"}

// Edit is the definition as its form shows it.
func (a Attribute) Edit() AttributeEdit {
	e := AttributeEdit{Key: a.Key, Type: a.Type, Title: a.Title, Titles: a.Translations(), Category: a.Category, IsRequired: a.IsRequired, IsUnique: a.IsUnique,
		IsAdd: a.IsAdd, ShowInList: a.ShowInList, Searchable: a.Searchable, ReadOnly: a.ReadOnly, Disabled: a.Disabled, Hidden: a.Hidden,
		Least: a.Least, Most: a.Most, PortalView: a.PortalView, PortalEdit: a.PortalEdit, Position: strconv.Itoa(a.Position)}
	if a.DefaultValue != "" {
		e.Default = strings.Split(a.DefaultValue, ",")
		if a.Type != AttrSelectMultiple {
			e.Default = []string{a.DefaultValue}
		}
	}
	for _, o := range a.Choices() {
		e.Options = append(e.Options, OptionEdit{Key: o.Key, Label: o.Label, Labels: o.Labels, Retired: o.Retired})
	}
	return e
}

// Create adds a definition. Errors: db.Invalid on the fields of the form.
func (t Attributes) Create(ctx context.Context, e AttributeEdit) (Attribute, error) {
	now := t.s.d.Now()
	a := Attribute{Module: ModuleCustomer, Key: strings.TrimSpace(e.Key), Type: e.Type, CreatedAt: now}
	bad := db.Invalid{}
	if !keyShape.MatchString(a.Key) {
		bad["key"] = "attributes.error.key"
	}
	if !slices.Contains(AttributeTypes, a.Type) {
		return a, db.Invalid{"type": badChoice}
	}
	err := t.s.d.Tx(ctx, func(ctx context.Context) error {
		a.ID = 0
		if strings.TrimSpace(e.Position) == "" {
			var last int
			if err := t.s.d.Q(ctx).Model(&Attribute{}).Where("module = ?", a.Module).Select("COALESCE(MAX(position), 0)").Scan(&last).Error; err != nil {
				return err
			}
			e.Position = strconv.Itoa(last + 10)
		}
		if err := a.fill(e, nil, now, bad); err != nil {
			return err
		}
		err := db.From[Attribute](t.s.d.Q(ctx)).Create(&a)
		if db.IsDuplicate(err) {
			return ErrKeyTaken
		}
		if err != nil {
			return err
		}
		if err := t.fillExisting(ctx, a, e.FillExisting); err != nil {
			return err
		}
		if err := t.found(ctx, a, a, e.FillExisting); err != nil { // nobody else has a value yet
			return err
		}
		return t.record(ctx, audit.AttributeCreated, nil, &a)
	})
	return a, err
}

// Change writes a definition anew; key and type stay as they are, because values hang on them. Errors: db.Invalid on the
// fields of the form, on "is_unique" when customers share values.
func (t Attributes) Change(ctx context.Context, id int64, e AttributeEdit) (Attribute, error) {
	var a Attribute
	err := t.s.d.Tx(ctx, func(ctx context.Context) error {
		before, err := t.Find(ctx, id)
		if err != nil {
			return err
		}
		used, err := t.chosen(ctx, before)
		if err != nil {
			return err
		}
		a = before
		if err := a.fill(e, used, t.s.d.Now(), db.Invalid{}); err != nil {
			return err
		}
		if err := t.s.d.Q(ctx).Select("*").Where("id = ?", id).Updates(&a).Error; err != nil {
			return err
		}
		if a.IsUnique != before.IsUnique {
			if err := t.setUnique(ctx, a); err != nil {
				return err
			}
		}
		if err := t.fillExisting(ctx, a, e.FillExisting); err != nil {
			return err
		}
		if err := t.found(ctx, before, a, e.FillExisting); err != nil {
			return err
		}
		return t.record(ctx, audit.AttributeChanged, &before, &a)
	})
	return a, err
}

// Would returns what Change would make of a definition; nothing is stored. Errors: db.Invalid on the fields of the form.
func (t Attributes) Would(ctx context.Context, a Attribute, e AttributeEdit) (Attribute, error) {
	used, err := t.chosen(ctx, a)
	if err != nil {
		return a, err
	}
	return a, a.fill(e, used, a.UpdatedAt, db.Invalid{})
}

// fill takes the form over into the definition, as far as its type has a use for it. used are the options that customers have.
func (a *Attribute) fill(e AttributeEdit, used map[string]int, now time.Time, bad db.Invalid) error {
	a.UpdatedAt, a.Category = now, e.Category
	if e.Category != "" && e.Category != Individual && e.Category != Business {
		bad["category"] = badChoice
	}
	a.fillTitles(e, bad)
	a.IsRequired, a.IsAdd, a.ShowInList, a.ReadOnly, a.Disabled, a.Hidden = e.IsRequired, e.IsAdd, e.ShowInList, e.ReadOnly, e.Disabled, e.Hidden
	a.IsUnique, a.Searchable = e.IsUnique && a.Type.MayBeUnique(), e.Searchable && a.Type.MayBeSearched()
	a.ShowInList = a.ShowInList && a.Type != AttrPassword
	a.PortalView, a.PortalEdit = e.PortalView, e.PortalEdit
	n, err := strconv.Atoi(strings.TrimSpace(e.Position))
	if err != nil || n < 0 || n > 100_000 {
		bad["position"] = badNumber
	}
	a.Position = n
	if a.Type.HasOptions() {
		a.fillOptions(e, used, bad)
	} else {
		a.Options = "[]"
	}
	a.Least, a.Most = "", ""
	a.fillBounds(e, bad)
	a.DefaultValue = ""
	if a.Type.MayHaveDefault() {
		a.fillDefault(e, bad)
	}
	return bad.Or()
}

func (a *Attribute) fillTitles(e AttributeEdit, bad db.Invalid) {
	check := func(field, title string) string {
		title, reason := line(strings.TrimSpace(title), mostTitle)
		if reason != "" {
			bad[field] = reason
		}
		return title
	}
	a.Title = check("title", e.Title)
	if a.Title == "" && bad["title"] == "" {
		bad["title"] = badMissing
	}
	titles := map[string]string{}
	for language, title := range e.Titles {
		if title = check("title."+language, title); title != "" {
			titles[language] = title
		}
	}
	a.Titles = encoded(titles)
}

func (a *Attribute) fillOptions(e AttributeEdit, used map[string]int, bad db.Invalid) {
	var list []Option
	known := a.Choices()
	isKnown := func(key string) bool { return slices.ContainsFunc(known, func(o Option) bool { return o.Key == key }) }
	for i, o := range e.Options {
		if !isKnown(o.Key) && !(e.KeepKeys && keyShape.MatchString(o.Key)) || slices.ContainsFunc(list, func(other Option) bool { return other.Key == o.Key }) {
			o.Key = "" // keys are this package's to give
		}
		label, reason := line(strings.TrimSpace(o.Label), mostTitle)
		if o.Remove && used[o.Key] == 0 || o.Key == "" && label == "" && reason == "" {
			continue
		}
		field := "option." + strconv.Itoa(i)
		kept := Option{Key: o.Key, Label: label, Labels: map[string]string{}, Retired: o.Retired || o.Remove}
		if label == "" && reason == "" {
			reason = badMissing
		}
		if slices.ContainsFunc(list, func(other Option) bool { return db.Fold(other.Label) == db.Fold(label) }) && reason == "" {
			reason = "attributes.error.option_twice"
		}
		for language, text := range o.Labels {
			text, why := line(strings.TrimSpace(text), mostTitle)
			if why != "" {
				reason = why
			}
			if text != "" {
				kept.Labels[language] = text
			}
		}
		if reason != "" {
			bad[field] = reason
		}
		list = append(list, kept)
	}
	for _, o := range known { // what the form does not name at all was removed in it
		if used[o.Key] > 0 && !slices.ContainsFunc(list, func(other Option) bool { return other.Key == o.Key }) {
			o.Retired = true
			list = append(list, o)
		}
	}
	for i := range list {
		if list[i].Key == "" {
			list[i].Key = freeKey(list, list[i].Label)
		}
	}
	switch {
	case len(list) > mostOptions:
		bad["options"] = badMany
	case !slices.ContainsFunc(list, func(o Option) bool { return !o.Retired }):
		bad["options"] = "attributes.error.options"
	}
	a.Options = encoded(list)
}

var notKey = regexp.MustCompile(`[^a-z0-9]+`)

// freeKey makes an option's key of its label, so that logs and exports can be read; keys hold no comma.
func freeKey(list []Option, label string) string {
	base := strings.Trim(notKey.ReplaceAllString(db.Fold(label), "_"), "_")
	base = base[:min(len(base), 40)]
	if base == "" {
		base = "option"
	}
	key := base
	for n := 2; slices.ContainsFunc(list, func(o Option) bool { return o.Key == key }); n++ {
		key = fmt.Sprintf("%s_%d", base, n)
	}
	return key
}

func (a *Attribute) fillBounds(e AttributeEdit, bad db.Invalid) {
	read := func(field, text string) string {
		text = strings.TrimSpace(text)
		if text == "" {
			return ""
		}
		var canonical, reason string
		switch a.Type.Bounds() {
		case BoundNumber:
			canonical, reason = readNumber(text, a.Type)
		case BoundDay:
			canonical, reason = readDate(text)
		case BoundLength, BoundCount:
			canonical, reason = readNumber(text, AttrInteger)
			most := map[AttributeType]int{AttrString: mostString, AttrTextarea: mostTextarea, AttrPassword: mostPassword, AttrSelectMultiple: mostOptions}[a.Type]
			if n, _ := strconv.Atoi(canonical); reason == "" && (n < 1 || n > most) {
				reason = badNumber
			}
		}
		if reason != "" {
			bad[field] = reason
		}
		return canonical
	}
	a.Least, a.Most = read("min", e.Least), read("max", e.Most)
	if a.Least != "" && a.Most != "" && bad["min"] == "" && bad["max"] == "" && a.contrary() {
		bad["max"] = "attributes.error.bounds"
	}
}

// contrary reports whether the least is more than the most.
func (a Attribute) contrary() bool {
	switch a.Type.Bounds() {
	case BoundLength, BoundCount:
		least, _ := strconv.Atoi(a.Least)
		most, _ := strconv.Atoi(a.Most)
		return least > most
	}
	return a.compare(a.Least, a.Most) > 0
}

func (a *Attribute) fillDefault(e AttributeEdit, bad db.Invalid) {
	canonical, reason := a.Read(e.Default, e.Locale)
	switch {
	case reason != "":
		bad["default"] = reason
	case canonical != "" && a.IsUnique:
		bad["default"] = "attributes.error.default_unique"
	case canonical == "" && e.FillExisting:
		bad["default"] = badMissing
	}
	a.DefaultValue = canonical
}

func encoded(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps and lists of strings
	}
	return string(text)
}

// chosen counts the customers who have each option.
func (t Attributes) chosen(ctx context.Context, a Attribute) (map[string]int, error) {
	if !a.Type.HasOptions() {
		return nil, nil
	}
	var rows []struct {
		Value string
		N     int
	}
	err := t.s.d.Q(ctx).Model(&AttributeValue{}).Where("attribute_id = ?", a.ID).Select("value, COUNT(*) AS n").Group("value").Scan(&rows).Error
	used := map[string]int{}
	for _, r := range rows {
		for _, key := range strings.Split(r.Value, ",") {
			used[key] += r.N
		}
	}
	return used, err
}

// Chosen counts the customers who have each option of a select.
func (t Attributes) Chosen(ctx context.Context, a Attribute) (map[string]int, error) {
	return t.chosen(ctx, a)
}

// setUnique puts the attribute's values under the unique index, or takes them out of it.
func (t Attributes) setUnique(ctx context.Context, a Attribute) error {
	q := t.s.d.Q(ctx).Model(&AttributeValue{}).Where("attribute_id = ? AND folded <> ''", a.ID)
	if !a.IsUnique {
		return q.Update("unique_key", nil).Error
	}
	err := q.Update("unique_key", gorm.Expr("folded")).Error
	if db.IsDuplicate(err) {
		return db.Invalid{"is_unique": "attributes.error.shared"}
	}
	return err
}

// fillExisting gives the default to every customer of the category who has no value.
func (t Attributes) fillExisting(ctx context.Context, a Attribute, wanted bool) error {
	if !wanted || a.DefaultValue == "" {
		return nil
	}
	return t.s.d.Q(ctx).Exec(`INSERT INTO attribute_values (attribute_id, owner_id, value, folded, updated_at)
		SELECT ?, c.id, ?, ?, ? FROM customers c WHERE (? = '' OR c.category = ?)
			AND NOT EXISTS (SELECT 1 FROM attribute_values v WHERE v.attribute_id = ? AND v.owner_id = c.id)`,
		a.ID, a.DefaultValue, a.folded(a.DefaultValue), t.s.d.Now(), a.Category, a.Category, a.ID).Error
}

// found has the words of all customers written anew when an attribute came to be among them, or went.
func (t Attributes) found(ctx context.Context, before, after Attribute, filled bool) error {
	was, is := before.Searchable && !before.Hidden && !before.Archived(), after.Searchable && !after.Hidden && !after.Archived()
	if was == is && !(is && filled) {
		return nil
	}
	return t.s.jobs.Enqueue(ctx, JobAttributeTerms, AttributeTerms{})
}

// SetPortalPermission says what customers may do with an attribute in their profile (G16).
func (t Attributes) SetPortalPermission(ctx context.Context, id int64, view, edit bool) error {
	return t.alter(ctx, id, audit.AttributeChanged, func(a *Attribute) { a.PortalView, a.PortalEdit = view, edit })
}

// PortalPermission is what customers may do with an attribute in their profile (G16).
type PortalPermission struct{ View, Edit bool }

// SetPortalPermissions sets several rows of G16, all or none. Errors: db.ErrNotFound.
func (t Attributes) SetPortalPermissions(ctx context.Context, wanted map[int64]PortalPermission) error {
	return t.s.d.Tx(ctx, func(ctx context.Context) error {
		for _, id := range slices.Sorted(maps.Keys(wanted)) { // in one order, so that two who save at once wait for each other
			if err := t.SetPortalPermission(ctx, id, wanted[id].View, wanted[id].Edit); err != nil {
				return err
			}
		}
		return nil
	})
}

// Archive puts an attribute aside: it is shown nowhere, and its values are kept.
func (t Attributes) Archive(ctx context.Context, id int64) error {
	now := t.s.d.Now()
	return t.alter(ctx, id, audit.AttributeArchived, func(a *Attribute) { a.ArchivedAt = &now })
}

// Restore takes an archived attribute into use again, with the values it had.
func (t Attributes) Restore(ctx context.Context, id int64) error {
	return t.alter(ctx, id, audit.AttributeRestored, func(a *Attribute) { a.ArchivedAt = nil })
}

func (t Attributes) alter(ctx context.Context, id int64, action audit.Action, change func(*Attribute)) error {
	return t.s.d.Tx(ctx, func(ctx context.Context) error {
		before, err := t.Find(ctx, id)
		if err != nil {
			return err
		}
		a := before
		change(&a)
		if a.PortalView == before.PortalView && a.PortalEdit == before.PortalEdit && a.Archived() == before.Archived() {
			return nil
		}
		a.UpdatedAt = t.s.d.Now()
		if err := t.s.d.Q(ctx).Select("portal_view", "portal_edit", "archived_at", "updated_at").Where("id = ?", id).Updates(&a).Error; err != nil {
			return err
		}
		if err := t.found(ctx, before, a, false); err != nil {
			return err
		}
		return t.record(ctx, action, &before, &a)
	})
}

// Delete erases an attribute with all its values. Errors: db.Invalid on "confirm" unless the person confirmed it.
func (t Attributes) Delete(ctx context.Context, id int64, confirmed bool) error {
	return t.s.d.Tx(ctx, func(ctx context.Context) error {
		a, err := t.Find(ctx, id)
		if err != nil {
			return err
		}
		if !confirmed {
			return db.Invalid{"confirm": "attributes.error.confirm"}
		}
		if err := t.s.d.Q(ctx).Where("attribute_id = ?", id).Delete(&AttributeValue{}).Error; err != nil {
			return err
		}
		if err := t.s.d.Q(ctx).Where("id = ?", id).Delete(&Attribute{}).Error; err != nil {
			return err
		}
		if err := t.found(ctx, a, Attribute{}, false); err != nil {
			return err
		}
		return t.record(ctx, audit.AttributeDeleted, &a, nil)
	})
}

func (t Attributes) record(ctx context.Context, action audit.Action, before, after *Attribute) error {
	c := audit.Change{Action: action, Object: "attribute"}
	a := after
	if before != nil {
		c.Before = *before
		a = before
	}
	if after != nil {
		c.After = *after
		a = after
	}
	c.ObjectID, c.ObjectName = strconv.FormatInt(a.ID, 10), a.Title
	return t.s.log.Record(ctx, c)
}
