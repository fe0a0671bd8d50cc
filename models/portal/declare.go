// Package portal holds what staff decide about the portal: the typed settings of Config → Main → Portal with their
// inheritance, the partners with their hosts and company information, and the brands.
//
// A setting is declared once (settings.go). The declaration says its id in the specification, section, key, type, allowed
// values, default and scope; the store, the command line and the admin pages are generated from it, and code reads it
// through its typed value: portal.AuthField.Of(values).
package portal

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Scope says whether a setting has one value for the installation or one per partner.
type Scope string

// The two tabs of Config → Main → Portal.
const (
	General    Scope = "general"
	PerPartner Scope = "partner"
)

// Type says how a setting is edited and checked.
type Type string

// The types of settings. Perm is a set of "view" and "edit"; Many is any subset of the options, in their order.
const (
	Bool Type = "bool"
	Int  Type = "int"
	Text Type = "text"
	One  Type = "one"
	Many Type = "many"
	Perm Type = "perm"
)

// Declaration describes one setting. Its name and help text are the messages setting.<key>.name and setting.<key>.help.
type Declaration struct {
	ID       string // the row of the specification: G2, P51, X7
	Section  string
	Key      string
	Scope    Scope
	Type     Type
	Options  []string
	Min, Max int // of an Int, or runes of a Text
	Beyond   bool
	index    int
	initial  any
	check    func(any) error
}

// Default is the value of the setting where nobody has set one, as JSON.
func (d *Declaration) Default() string { return encode(d.initial) }

var declared []*Declaration

// Declarations lists all settings in the order of the specification.
func Declarations() []*Declaration { return slices.Clone(declared) }

// Lookup finds a setting by key or by specification id; nil when there is none.
func Lookup(name string) *Declaration {
	for _, d := range declared {
		if d.Key == name || strings.EqualFold(d.ID, name) {
			return d
		}
	}
	return nil
}

// Setting is a declared setting whose values have type T.
type Setting[T any] struct{ *Declaration }

// Of reads the setting's value.
func (s Setting[T]) Of(v *Values) T { return v.list[s.index].(T) }

func declare[T any](d Declaration, initial T) Setting[T] {
	if Lookup(d.Key) != nil {
		panic("portal: setting declared twice: " + d.Key)
	}
	d.index, d.initial = len(declared), initial
	declared = append(declared, &d)
	return Setting[T]{&d}
}

func flag(id string, scope Scope, section, key string, initial bool) Setting[bool] {
	return declare(Declaration{ID: id, Scope: scope, Section: section, Key: key, Type: Bool}, initial)
}

func number(id string, scope Scope, section, key string, least, most, initial int) Setting[int] {
	return declare(Declaration{ID: id, Scope: scope, Section: section, Key: key, Type: Int, Min: least, Max: most}, initial)
}

func text(id string, scope Scope, section, key string, most int, initial string, checks ...func(string) error) Setting[string] {
	return declare(Declaration{ID: id, Scope: scope, Section: section, Key: key, Type: Text, Max: most, check: func(v any) error {
		for _, c := range checks {
			if err := c(v.(string)); err != nil {
				return err
			}
		}
		return nil
	}}, initial)
}

func one(id string, scope Scope, section, key string, options []string, initial string) Setting[string] {
	return declare(Declaration{ID: id, Scope: scope, Section: section, Key: key, Type: One, Options: options}, initial)
}

func many(id string, scope Scope, section, key string, options []string, initial ...string) Setting[[]string] {
	return declare(Declaration{ID: id, Scope: scope, Section: section, Key: key, Type: Many, Options: options}, initial)
}

func perm(id, key string, initial Permission) Setting[Permission] {
	return declare(Declaration{ID: id, Scope: PerPartner, Section: "profile", Key: key, Type: Perm, Options: []string{"view", "edit"}}, initial)
}

// Permission is what a customer may do with a field: neither means that the field is absent, View alone shows it
// without a way to change it, Edit makes it editable with or without View.
type Permission struct{ View, Edit bool }

// Shown reports whether the field appears at all.
func (p Permission) Shown() bool { return p.View || p.Edit }

// MarshalJSON writes the permission as a list: ["view","edit"].
func (p Permission) MarshalJSON() ([]byte, error) {
	list := []string{}
	if p.View {
		list = append(list, "view")
	}
	if p.Edit {
		list = append(list, "edit")
	}
	return json.Marshal(list)
}

// parse turns a stored or typed value into the setting's type and checks it. Besides JSON it takes what a person writes
// on the command line: on, off, a bare word, a comma list.
func (d *Declaration) parse(raw string) (any, error) {
	v, err := d.decode(strings.TrimSpace(raw))
	if err == nil && d.check != nil {
		err = d.check(v)
	}
	if err != nil {
		return nil, fmt.Errorf("%s (%s): %w", d.Key, d.ID, err)
	}
	return v, nil
}

func (d *Declaration) decode(raw string) (any, error) {
	switch d.Type {
	case Bool:
		switch strings.ToLower(raw) {
		case "true", "on", "yes", "1":
			return true, nil
		case "false", "off", "no", "0":
			return false, nil
		}
		return nil, fmt.Errorf("must be on or off, not %q", raw)
	case Int:
		var n int
		if err := json.Unmarshal([]byte(raw), &n); err != nil || n < d.Min || n > d.Max {
			return nil, fmt.Errorf("must be a whole number from %d to %d", d.Min, d.Max)
		}
		return n, nil
	case Text:
		s := unquote(raw)
		if utf8.RuneCountInString(s) > d.Max || strings.ContainsRune(s, 0) {
			return nil, fmt.Errorf("must be at most %d characters", d.Max)
		}
		return s, nil
	case One:
		s := unquote(raw)
		if !slices.Contains(d.Options, s) {
			return nil, fmt.Errorf("must be one of %s", strings.Join(d.Options, ", "))
		}
		return s, nil
	}
	list, err := d.subset(raw)
	if err != nil || d.Type == Many {
		return list, err
	}
	return Permission{View: slices.Contains(list, "view"), Edit: slices.Contains(list, "edit")}, nil
}

// subset reads a JSON list or a comma list of options, and returns them in the declared order.
func (d *Declaration) subset(raw string) ([]string, error) {
	var given []string
	if json.Unmarshal([]byte(raw), &given) != nil {
		given = strings.FieldsFunc(unquote(raw), func(r rune) bool { return r == ',' || r == ' ' })
	}
	for _, g := range given {
		if !slices.Contains(d.Options, g) {
			return nil, fmt.Errorf("%q is not one of %s", g, strings.Join(d.Options, ", "))
		}
	}
	kept := []string{}
	for _, o := range d.Options {
		if slices.Contains(given, o) {
			kept = append(kept, o)
		}
	}
	return kept, nil
}

func unquote(raw string) string {
	var s string
	if json.Unmarshal([]byte(raw), &s) == nil {
		return s
	}
	return raw
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only declared types come here, and they all marshal
	}
	return string(b)
}
