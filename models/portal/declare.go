// Package portal holds what staff decide about the portal: the typed settings of Config → Main → Portal with their
// inheritance, the partners with their hosts and company information, and the brands.
//
// A setting is declared once (settings.go). The declaration says its id in the specification, section, key, type, allowed
// values, default and scope; the store, the command line and the admin pages are generated from it, and code reads it
// through its typed value: portal.AuthField.Of(values).
package portal

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"myisp/models/db"
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

// Module is a part of the portal that reads a setting and is not there yet; its words are the message config.later.<module>.
type Module string

// The modules to come.
const (
	Usage     Module = "usage"     // statistics, fair-use policy, live bandwidth
	Services  Module = "services"  // what customers do with their services, top-ups
	Tickets   Module = "tickets"   // writing tickets
	Documents Module = "documents" // documents, contracts, signatures
	Profile   Module = "profile"   // changing the profile
	Privacy   Module = "privacy"   // consent
	Hotspot   Module = "hotspot"
)

// Sections are the sections of Config → Main → Portal in the order of the specification; those of other pages (Config →
// Main → Localization) come after. Their words are the messages config.section.<section>.
var Sections = []string{"general", "main", "menu", "dashboard", "documents", "profile", "internet_statistics", "voice_statistics", "services", "tickets",
	"top_up", "manual_top_up", "finance", "blocking", "hotspot", "help", "localization"}

// Declaration describes one setting. Its name and help text are the messages setting.<key>.name and setting.<key>.help;
// its options are config.option.<words>.<option>, with the option's name prefixed by "o_".
type Declaration struct {
	ID       string // the row of the specification: G2, P51, X7
	Section  string
	Key      string
	Scope    Scope
	Type     Type
	Options  []string
	Words    string // what its options are called after, where several settings share them; "" is the key
	Min, Max int    // of an Int, or runes of a Text
	Lines    bool   // a Text of several lines
	// Variables are what a Text may name in {{ }}.
	Variables []string
	Beyond    bool // ours: the reference has no such setting
	Staff     bool // about how staff log in: it takes the permission to change staff, and a password given lately
	// Later is the module that will read the setting; "" when code reads it now. TestEverySettingIsRead holds the two together.
	Later Module
	// LaterOptions are the options that wait for a module, while the setting itself does not.
	LaterOptions map[string]Module

	index   int
	initial any
	check   func(any) string // the message key of what is wrong, or ""
}

// OptionWords names the words of the options.
func (d *Declaration) OptionWords() string {
	if d.Words != "" {
		return d.Words
	}
	return d.Key
}

// OptionWord is an option as the keys of messages spell it: punctuation has no place in them.
func OptionWord(option string) string {
	return strings.NewReplacer(".", "point", ",", "comma", "'", "apostrophe").Replace(option)
}

// Default is the value of the setting where nobody has set one, as JSON.
func (d *Declaration) Default() string { return encode(d.initial) }

var declared []*Declaration

// Declarations lists all settings, section by section in the order of the specification.
func Declarations() []*Declaration {
	list := slices.Clone(declared)
	slices.SortStableFunc(list, func(a, b *Declaration) int { return cmp.Compare(a.order(), b.order()) })
	return list
}

// order is where the section of a declaration stands; one that is not listed comes last.
func (d *Declaration) order() int {
	if i := slices.Index(Sections, d.Section); i >= 0 {
		return i
	}
	return len(Sections)
}

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

func text(id string, scope Scope, section, key string, most int, initial string, checks ...func(string) string) Setting[string] {
	return declare(Declaration{ID: id, Scope: scope, Section: section, Key: key, Type: Text, Max: most, check: func(v any) string {
		for _, c := range checks {
			if wrong := c(v.(string)); wrong != "" {
				return wrong
			}
		}
		return ""
	}}, initial)
}

func one(id string, scope Scope, section, key string, options []string, initial string) Setting[string] {
	return declare(Declaration{ID: id, Scope: scope, Section: section, Key: key, Type: One, Options: options}, initial)
}

func many(id string, scope Scope, section, key string, options []string, initial ...string) Setting[[]string] {
	return declare(Declaration{ID: id, Scope: scope, Section: section, Key: key, Type: Many, Options: options}, initial)
}

func perm(id, section, key string, initial Permission) Setting[Permission] {
	return declare(Declaration{ID: id, Scope: PerPartner, Section: section, Key: key, Type: Perm, Options: []string{"view", "edit"}}, initial)
}

// later marks a setting that a module to come will read.
func (s Setting[T]) later(m Module) Setting[T] {
	s.Later = m
	return s
}

// laterOption marks an option that a module to come will read.
func (s Setting[T]) laterOption(option string, m Module) Setting[T] {
	if s.LaterOptions == nil {
		s.LaterOptions = map[string]Module{}
	}
	s.LaterOptions[option] = m
	return s
}

// words names the catalogue of the setting's options.
func (s Setting[T]) words(name string) Setting[T] {
	s.Words = name
	return s
}

// with names the variables that a text may hold.
func (s Setting[T]) with(variables ...string) Setting[T] {
	s.Variables = variables
	return s
}

// lines marks a text of several lines.
func (s Setting[T]) lines() Setting[T] {
	s.Lines = true
	return s
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
// on the command line: on, off, a bare word, a comma list. Errors: db.Invalid on the setting's key; Explain finds the
// values that the message of the error names.
func (d *Declaration) parse(raw string) (any, error) {
	v, wrong := d.decode(raw)
	if wrong == "" && d.check != nil {
		wrong = d.check(v)
	}
	if wrong != "" {
		return nil, db.Invalid{d.Key: wrong}
	}
	return v, nil
}

// Canonical is a value, as JSON or as a person types it, the way it is stored. Errors: db.Invalid on the setting's key.
func (d *Declaration) Canonical(raw string) (string, error) {
	v, err := d.parse(raw)
	if err != nil {
		return "", err
	}
	return encode(v), nil
}

// Explain are the name/value pairs of the messages that parse's errors name.
func (d *Declaration) Explain() []any {
	return []any{"min", d.Min, "max", d.Max, "options", strings.Join(d.Options, ", "), "variables", d.Placeholders(), "code", "{{ code }}"}
}

// Placeholders lists the variables that a text may hold, as they are written in it.
func (d *Declaration) Placeholders() string {
	var list []string
	for _, v := range d.Variables {
		list = append(list, "{{ "+v+" }}")
	}
	return strings.Join(list, ", ")
}

func (d *Declaration) decode(raw string) (v any, wrong string) {
	word := strings.TrimSpace(raw)
	switch d.Type {
	case Bool:
		switch strings.ToLower(word) {
		case "true", "on", "yes", "1":
			return true, ""
		case "false", "off", "no", "0":
			return false, ""
		}
		return nil, "config.error.switch"
	case Int:
		var n int
		if err := json.Unmarshal([]byte(word), &n); err != nil || n < d.Min || n > d.Max {
			return nil, "config.error.number"
		}
		return n, ""
	case Text:
		s := unquote(word)
		if utf8.RuneCountInString(s) > d.Max || strings.ContainsRune(s, 0) {
			return nil, "config.error.length"
		}
		return s, ""
	case One:
		s := unquote(word)
		return s, wrongIf(!slices.Contains(d.Options, s), "config.error.choice")
	}
	list, wrong := d.subset(word)
	if wrong != "" || d.Type == Many {
		return list, wrong
	}
	return Permission{View: slices.Contains(list, "view"), Edit: slices.Contains(list, "edit")}, ""
}

// subset reads a JSON list or a comma list of options, and returns them in the declared order.
func (d *Declaration) subset(raw string) (list []string, wrong string) {
	var given []string
	if json.Unmarshal([]byte(raw), &given) != nil {
		given = strings.FieldsFunc(unquote(raw), func(r rune) bool { return r == ',' || r == ' ' })
	}
	for _, g := range given {
		if !slices.Contains(d.Options, g) {
			return nil, "config.error.choice"
		}
	}
	kept := []string{}
	for _, o := range d.Options {
		if slices.Contains(given, o) {
			kept = append(kept, o)
		}
	}
	return kept, ""
}

// FromForm writes what the controls of a setting sent as a value: a box that is not ticked sends nothing. What is no
// value of the type stays as it was typed, for the form to show again.
func (d *Declaration) FromForm(sent []string) string {
	first := ""
	if len(sent) > 0 {
		first = strings.TrimSpace(strings.ReplaceAll(sent[0], "\r\n", "\n"))
	}
	switch d.Type {
	case Bool:
		return encode(len(sent) > 0)
	case Int:
		return first
	case Text, One:
		return encode(first)
	}
	return encode(append([]string{}, sent...))
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
