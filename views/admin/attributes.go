package admin

import (
	"context"
	"slices"
	"strconv"

	"myisp/models/customer"
	"myisp/views/attributes"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// AttributesURL is where additional attributes are defined.
const AttributesURL = "/admin/config/attributes"

// Attributes is the page /admin/config/attributes: the additional attributes of customers (§3.7).
type Attributes struct {
	Shell   ui.Shell
	Items   []customer.Attribute // archived ones last
	Uses    map[int64]int        // customers with a value, by attribute
	MayEdit bool
}

// AttributeTypes is the first step to a new attribute: which kind of value.
type AttributeTypes struct{ Shell ui.Shell }

// AttributeForm is the form of a definition. It posts to AttributesURL, or to the attribute's own address.
type AttributeForm struct {
	Shell     ui.Shell
	Attribute customer.Attribute // of a new one the type alone
	Edit      customer.AttributeEdit
	Uses      int            // customers with a value
	Without   int            // customers without, whom the default could be given to
	Chosen    map[string]int // customers with each option
	MayEdit   bool
	Errors    map[string]string
}

// AttributeDeletion asks whether an attribute is to be deleted, and says what goes with it.
type AttributeDeletion struct {
	Shell     ui.Shell
	Attribute customer.Attribute
	Uses      int
	Errors    map[string]string
}

func attributeURL(a customer.Attribute) string { return AttributesURL + "/" + number(a.ID) }

func attributeTypeName(ctx context.Context, t customer.AttributeType) string {
	return i18n.T(ctx, "attributes.type."+string(t))
}

func attributeTypeText(ctx context.Context, t customer.AttributeType) string {
	return i18n.T(ctx, "attributes.about."+string(t))
}

func attributeIcon(t customer.AttributeType) string {
	switch t {
	case customer.AttrDate, customer.AttrDatetime:
		return "calendar"
	case customer.AttrEmail:
		return "mail"
	case customer.AttrPhone:
		return "phone"
	case customer.AttrURL:
		return "globe"
	case customer.AttrIP:
		return "router"
	case customer.AttrPassword:
		return "key-round"
	case customer.AttrBoolean:
		return "circle-check"
	case customer.AttrSelect, customer.AttrSelectMultiple:
		return "list-filter"
	case customer.AttrInteger, customer.AttrDecimal, customer.AttrNumeric:
		return "gauge"
	}
	return "pen-line"
}

// text says in a line what an attribute is.
func (p Attributes) text(ctx context.Context, a customer.Attribute) string {
	parts := []string{attributeTypeName(ctx, a.Type), a.Key}
	if a.Category != "" {
		parts = append(parts, attributeCategory(ctx, a.Category))
	}
	return joined(ctx, append(parts, i18n.N(ctx, "attributes.uses", p.Uses[a.ID]))...)
}

func attributeCategory(ctx context.Context, category string) string {
	switch category {
	case customer.Individual:
		return i18n.T(ctx, "attributes.page.for_person")
	case customer.Business:
		return i18n.T(ctx, "attributes.page.for_company")
	}
	return i18n.T(ctx, "attributes.page.for_all")
}

// flags are what is special about an attribute.
func flags(ctx context.Context, a customer.Attribute) []string {
	var list []string
	for _, f := range []struct {
		on   bool
		text string
	}{{a.IsRequired, i18n.T(ctx, "attributes.flag.required")}, {a.IsUnique, i18n.T(ctx, "attributes.flag.unique")}, {a.ReadOnly, i18n.T(ctx, "attributes.flag.readonly")},
		{a.Disabled, i18n.T(ctx, "attributes.flag.disabled")}, {a.Hidden, i18n.T(ctx, "attributes.flag.hidden")},
		{a.PortalChange(), i18n.T(ctx, "attributes.flag.profile_edit")}, {a.PortalShown() && !a.PortalChange(), i18n.T(ctx, "attributes.flag.profile_view")}} {
		if f.on {
			list = append(list, f.text)
		}
	}
	return list
}

func (p Attributes) divided(archived bool) []customer.Attribute {
	var list []customer.Attribute
	for _, a := range p.Items {
		if a.Archived() == archived {
			list = append(list, a)
		}
	}
	return list
}

func (p AttributeForm) isNew() bool { return p.Attribute.ID == 0 }

func (p AttributeForm) url() string {
	if p.isNew() {
		return AttributesURL
	}
	return attributeURL(p.Attribute)
}

func (p AttributeForm) title(ctx context.Context) string {
	if p.isNew() {
		return i18n.T(ctx, "attributes.page.add")
	}
	return p.Attribute.TitleIn(i18n.Lang(ctx))
}

func (p AttributeForm) bad(field string) string { return p.Errors[field] }

// input is a text field of the form; more is what is special about it.
func (p AttributeForm) input(name, label, value, hint string, more ...func(*ui.Field)) ui.Field {
	f := ui.Field{Name: name, Label: label, Value: value, Hint: hint, Error: p.Errors[name], Disabled: !p.MayEdit}
	for _, m := range more {
		m(&f)
	}
	return f
}

// flag is a switch of the form.
func (p AttributeForm) flag(name, label, hint string, on bool) ui.Check {
	return ui.Check{Name: name, Label: label, Hint: hint, Checked: on, Switch: true, Error: p.Errors[name], Disabled: !p.MayEdit}
}

func (p AttributeForm) categories(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, c := range []string{"", customer.Individual, customer.Business} {
		list = append(list, ui.Option{Value: c, Label: attributeCategory(ctx, c)})
	}
	return list
}

// boundsText says what the limits of the type count.
func (p AttributeForm) boundsText(ctx context.Context) string {
	switch p.Attribute.Type.Bounds() {
	case customer.BoundNumber:
		return i18n.T(ctx, "attributes.form.bounds_number")
	case customer.BoundLength:
		return i18n.T(ctx, "attributes.form.bounds_length")
	case customer.BoundDay:
		return i18n.T(ctx, "attributes.form.bounds_day")
	}
	return i18n.T(ctx, "attributes.form.bounds_count")
}

func (p AttributeForm) boundField(f *ui.Field) {
	f.LTR, f.InputMode, f.Optional = true, "decimal", true
	if p.Attribute.Type.Bounds() == customer.BoundDay {
		f.Type, f.InputMode = "date", ""
	}
}

// defaultKey stands for the attribute's key in the field of its default.
const defaultKey = "default"

// DefaultField names the form field of the default value.
var DefaultField = customer.AttributeField(defaultKey)

// defaults is the field of the default value, which is filled in as the attribute itself is.
func (p AttributeForm) defaults(ctx context.Context) attributes.Form {
	a := p.Attribute
	a.Key, a.Title, a.Titles, a.IsRequired = defaultKey, i18n.T(ctx, "attributes.form.default"), "{}", false
	f := attributes.Form{Fields: []customer.Filled{{Attribute: a, Value: p.Attribute.DefaultValue, Edit: p.MayEdit}}, Errors: map[string]string{DefaultField: p.Errors["default"]}}
	if p.Errors != nil {
		f.Entered = map[string][]string{defaultKey: p.Edit.Default}
	}
	return f
}

// hasDefault reports whether a default can be chosen: of a select, once its options are stored.
func (p AttributeForm) hasDefault() bool {
	return p.Attribute.Type.MayHaveDefault() && (!p.Attribute.Type.HasOptions() || len(p.Attribute.Choices()) > 0)
}

// spare is how many empty lines for new options the form has.
const spare = 3

// options are the lines of the form: those there are, and room for more.
func (p AttributeForm) options() []customer.OptionEdit {
	list := append([]customer.OptionEdit{}, p.Edit.Options...)
	if !p.MayEdit {
		return list
	}
	empty := 0
	for _, o := range list {
		if o.Key == "" && o.Label == "" {
			empty++
		}
	}
	for ; empty < spare; empty++ {
		list = append(list, customer.OptionEdit{})
	}
	return list
}

// optionName names an option in db.Invalid, optionField a field of it.
func optionName(i int) string { return "option." + strconv.Itoa(i) }

func optionField(i int, part string) string { return optionName(i) + "." + part }

func (p AttributeForm) optionInput(ctx context.Context, i int, o customer.OptionEdit) ui.Field {
	return ui.Field{Name: optionField(i, "label"), Label: i18n.T(ctx, "attributes.form.option", "number", strconv.Itoa(i+1)), Value: o.Label, Error: p.Errors[optionName(i)],
		MaxLength: 100, Disabled: !p.MayEdit}
}

// wrong reports whether something is wrong with one of the fields, so that they are not folded away.
func wrong(errors map[string]string, fields ...string) bool {
	return slices.ContainsFunc(fields, func(f string) bool { return errors[f] != "" })
}

// counted says how many texts are filled in behind a fold.
func counted(title string, texts map[string]string) string {
	n := 0
	for _, t := range texts {
		if t != "" {
			n++
		}
	}
	if n == 0 {
		return title
	}
	return title + " (" + strconv.Itoa(n) + ")"
}
