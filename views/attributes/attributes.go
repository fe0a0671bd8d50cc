// Package attributes shows additional attributes in a form: the customer's profile and the staff's forms have the same fields.
package attributes

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"myisp/models/customer"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Form is the additional attributes of a form. Fields are named by customer.AttributeField.
type Form struct {
	Fields  []customer.Filled
	Entered map[string][]string // what a refused form held, by attribute key; nil shows what is stored
	Errors  map[string]string   // message keys by field name
}

// field is one attribute in the reader's language.
type field struct {
	customer.Filled
	name, label string
	values      []string
	err         string
}

func (f Form) fields(ctx context.Context) []field {
	list := make([]field, len(f.Fields))
	for i, a := range f.Fields {
		name := customer.AttributeField(a.Key)
		list[i] = field{Filled: a, name: name, label: a.TitleIn(i18n.Lang(ctx)), err: f.Errors[name], values: stored(ctx, a)}
		if entered, ok := f.Entered[a.Key]; ok && a.Edit {
			list[i].values = slices.DeleteFunc(slices.Clone(entered), func(v string) bool { return v == "" })
		}
	}
	return list
}

// stored is a value as its form field takes it.
func stored(ctx context.Context, a customer.Filled) []string {
	switch {
	case a.Value == "":
		return nil
	case a.Type == customer.AttrSelectMultiple:
		return strings.Split(a.Value, ",")
	case a.Type == customer.AttrDatetime:
		if t, ok := customer.Moment(a.Value); ok {
			return []string{t.In(format.From(ctx).Zone).Format("2006-01-02T15:04")}
		}
	}
	return []string{a.Value}
}

func (f field) value() string {
	if len(f.values) == 0 {
		return ""
	}
	return f.values[len(f.values)-1]
}

// input is the field of what is typed.
func (f field) input(ctx context.Context) ui.Field {
	u := ui.Field{Name: f.name, Label: f.label, Value: f.value(), Error: f.err, Disabled: !f.Edit, Optional: f.Edit && !f.IsRequired, Required: f.Edit && f.IsRequired}
	if f.Edit {
		u.Hint = f.bounds(ctx)
	} else if u.Value == "" {
		u.Value = i18n.T(ctx, "profile.none")
		return u
	}
	switch f.Type {
	case customer.AttrTextarea:
		u.Rows = 4
	case customer.AttrInteger:
		u.InputMode, u.LTR = "numeric", true
	case customer.AttrDecimal, customer.AttrNumeric:
		u.InputMode, u.LTR = "decimal", true
	case customer.AttrDate:
		u.Type, u.LTR = "date", true
	case customer.AttrDatetime:
		u.Type, u.LTR = "datetime-local", true
	case customer.AttrEmail:
		u.Type = "email"
	case customer.AttrPhone:
		u.Type = "tel"
	case customer.AttrURL:
		u.Type = "url"
	case customer.AttrIP:
		u.LTR = true
	}
	if !f.Edit {
		u.Hint = ""
	}
	return u
}

// password is the field of a new password; the one there is, is shown to nobody.
func (f field) password(ctx context.Context) ui.Field {
	u := ui.Field{Name: f.name, Label: f.label, Error: f.err, Autocomplete: "off", Optional: !f.IsRequired, Required: f.IsRequired && !f.Set}
	hints := []string{f.bounds(ctx)}
	if f.Set {
		u.Optional = false
		hints = append([]string{i18n.T(ctx, "attributes.field.password_set")}, hints...)
	}
	u.Hint = strings.TrimSpace(strings.Join(hints, " "))
	return u
}

// choices are the options to choose from: the retired ones only where they are chosen.
func (f field) choices(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, o := range f.Choices() {
		if !o.Retired || slices.Contains(f.values, o.Key) || slices.Contains(strings.Split(f.Value, ","), o.Key) {
			list = append(list, ui.Option{Value: o.Key, Label: o.In(i18n.Lang(ctx))})
		}
	}
	return list
}

func (f field) selectBox(ctx context.Context) ui.Select {
	options := f.choices(ctx)
	if !f.IsRequired || f.value() == "" {
		options = append([]ui.Option{{Label: i18n.T(ctx, "profile.none")}}, options...)
	}
	return ui.Select{Name: f.name, Label: f.label, Value: f.value(), Options: options, Error: f.err, Disabled: !f.Edit}
}

func (f field) chosen(key string) bool { return slices.Contains(f.values, key) }

// group is the id under which a fieldset's error and hint stand.
func (f field) group() string { return "f-" + strings.ReplaceAll(f.name, ".", "-") }

func (f field) describedBy(ctx context.Context) string {
	var ids []string
	if f.err != "" {
		ids = append(ids, f.group()+"-error")
	}
	if f.Edit && f.bounds(ctx) != "" {
		ids = append(ids, f.group()+"-hint")
	}
	return strings.Join(ids, " ")
}

// bounds says what the attribute takes at least and at most.
func (f field) bounds(ctx context.Context) string {
	return Bounds(ctx, f.Attribute)
}

// Bounds says in words what an attribute takes at least and at most; "" when it takes anything.
func Bounds(ctx context.Context, a customer.Attribute) string {
	least, most := a.Least, a.Most
	if a.Type.Bounds() == customer.BoundDay {
		least, most = day(ctx, least), day(ctx, most)
	}
	text := ""
	switch {
	case least != "" && most != "":
		text = i18n.T(ctx, "attributes.hint.between", "least", least, "most", most)
	case least != "":
		text = i18n.T(ctx, "attributes.hint.least", "least", least)
	case most != "":
		text = i18n.T(ctx, "attributes.hint.most", "most", most)
	default:
		return ""
	}
	switch a.Type.Bounds() {
	case customer.BoundLength:
		return i18n.T(ctx, "attributes.hint.length", "bounds", text)
	case customer.BoundCount:
		return i18n.T(ctx, "attributes.hint.choices", "bounds", text)
	}
	return i18n.T(ctx, "attributes.hint.range", "bounds", text)
}

func day(ctx context.Context, s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return format.Day(ctx, t)
}

// Text is a value in words, for lists and cards; "" is none. A password says only whether there is one.
func Text(ctx context.Context, a customer.Attribute, value string, set bool) string {
	switch {
	case a.Type == customer.AttrPassword && set:
		return i18n.T(ctx, "attributes.field.secret")
	case value == "":
		return ""
	}
	switch a.Type {
	case customer.AttrBoolean:
		if value == "true" {
			return i18n.T(ctx, "attributes.field.yes")
		}
		return i18n.T(ctx, "attributes.field.no")
	case customer.AttrSelect, customer.AttrSelectMultiple:
		var labels []string
		for _, key := range strings.Split(value, ",") {
			o, _ := a.Choice(key)
			labels = append(labels, o.In(i18n.Lang(ctx)))
		}
		return strings.Join(labels, i18n.T(ctx, "attributes.field.comma")+" ")
	case customer.AttrDate:
		return day(ctx, value)
	case customer.AttrDatetime:
		if t, ok := customer.Moment(value); ok {
			return format.DateTime(ctx, t)
		}
	}
	return value
}

// Terms are values in words, as a card lists them; what has none says so.
func Terms(ctx context.Context, list []customer.Filled) []ui.Term {
	terms := make([]ui.Term, len(list))
	for i, f := range list {
		text := Text(ctx, f.Attribute, f.Value, f.Set)
		terms[i] = ui.Term{Label: f.TitleIn(i18n.Lang(ctx)), Value: text, Absent: text == ""}
		if text == "" {
			terms[i].Value = i18n.T(ctx, "profile.none")
		}
	}
	return terms
}

// Entered collects the attribute fields of a form, by attribute key, and the passwords to take away.
func Entered(form map[string][]string) customer.AttributeInput {
	in := customer.AttributeInput{Values: map[string][]string{}, Clear: map[string]bool{}}
	for name, values := range form {
		key, ok := strings.CutPrefix(name, customer.AttributeField(""))
		if !ok {
			continue
		}
		if cleared, is := strings.CutSuffix(key, clearSuffix); is {
			in.Clear[cleared] = slices.Contains(values, "1")
			continue
		}
		in.Values[key] = values
	}
	return in
}

const clearSuffix = ".clear"

func optionID(f field, i int) string { return f.group() + "-" + strconv.Itoa(i) }
