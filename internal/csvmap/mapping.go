// Package csvmap turns lines of somebody else's spreadsheet into records of the portal's kinds, as a mapping in TOML
// says. It streams: neither the file nor more than one record is ever held whole. Nothing is guessed: delimiter, quote,
// decimal separator and dates are what the mapping says or the documented defaults.
//
// A mapping:
//
//	kind = "customer"                  # of the records that [fields] makes
//	when = {column = "Country", equals = "United States"}     # lines for which it does not hold yield nothing
//
//	[options]                          # all may be left out; these are the defaults
//	delimiter   = ","                  # one character; "\t" for tabs
//	quote       = "\""                 # one character; "" if there are no quotes
//	header      = true                 # false: the columns are called "1", "2", …
//	trim        = true                 # white space around a cell does not count
//	empty       = [""]                 # cells that mean nothing, such as "NA"
//	decimal     = "."                  # or ","
//	grouping    = ""                   # between thousands: , . ' or a space
//	date_format = "YYYY-MM-DD"         # of YYYY YY MM M DD D hh mm ss and signs between
//	true        = ["true", "yes", "y", "on", "1"]             # in any case
//	false       = ["false", "no", "n", "off", "0"]
//
//	[fields]                           # target = one of column, const, template, and what else is needed
//	login  = {template = "{customerID|lower}"}
//	city   = {column = "City", default = "unknown"}           # for an empty cell, and where a when does not hold
//	status = {column = "Churn", map = {Yes = "disabled", No = "active", "*" = "new"}}    # "*" is every other value
//	source = {const = "spreadsheet", when = {column = "Partner", not_equals = "No"}}
//	email  = {column = "Mail", required = true}               # empty makes the line bad
//
//	[[rows]]                           # another record from the same line, as often as needed
//	kind = "service"
//	name = "voice"                     # tells blocks of one kind apart; may be left out
//	when = [{column = "PhoneService", equals = "Yes"}, {column = "Plan", not_in = ["A", "B"]}]   # all must hold
//	[rows.fields]
//	customer = {template = "{customerID|lower}"}
//
// Conditions: equals, not_equals, in, not_in, empty = true or false. Templates: {Column|pipe|pipe}, with the pipes lower,
// upper, trim, slug, default:x and replace:a:b; {{ and }} are braces, and inside an expression \ takes the next
// character as it is. Unknown keys are errors.
package csvmap

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// MaxMapping is the largest mapping read, in bytes.
const MaxMapping = 64 << 10

// MapError says what is wrong with a mapping, and where.
type MapError struct {
	Line   int    // 1-based; 0 if it concerns the whole mapping
	Path   string // of the key, as rows[0].fields.price; may be empty
	Reason string
}

func (e *MapError) Error() string {
	s := "mapping"
	if e.Line > 0 {
		s += fmt.Sprintf(" line %d", e.Line)
	}
	if e.Path != "" {
		s += ": " + e.Path
	}
	return s + ": " + e.Reason
}

// Mapping is a parsed mapping. It is read-only but for Kind and safe for concurrent use.
type Mapping struct {
	// Kind of the records of [fields]; empty if the mapping names none, then the caller may set it.
	Kind    string
	options options
	when    []condition
	main    bool // blocks[0] is [fields]
	blocks  []block
}

// block is one record to be made of a line.
type block struct {
	kind, name string
	path       string
	line       int
	when       []condition
	fields     []field
}

// Parse reads a mapping. The error is a *MapError, with a line wherever there is one.
func Parse(data []byte) (*Mapping, error) {
	if len(data) > MaxMapping {
		return nil, &MapError{Reason: fmt.Sprintf("longer than %d bytes", MaxMapping)}
	}
	src := strings.TrimPrefix(string(data), "\ufeff")
	var root map[string]any
	if _, err := toml.Decode(src, &root); err != nil {
		if pe, ok := errors.AsType[toml.ParseError](err); ok {
			return nil, &MapError{Line: pe.Position.Line, Path: pe.LastKey, Reason: parseReason(pe)}
		}
		return nil, &MapError{Reason: err.Error()}
	}
	w := &walker{lines: keyLines(src)}
	m := w.mapping(root)
	if w.err != nil {
		return nil, w.err
	}
	return m, nil
}

func parseReason(pe toml.ParseError) string {
	if pe.Message != "" {
		return pe.Message
	}
	_, reason, ok := strings.Cut(pe.Error(), "): ")
	if !ok {
		_, reason, _ = strings.Cut(pe.Error(), ": ")
	}
	return reason
}

func (w *walker) mapping(root map[string]any) *Mapping {
	w.only("", root, "kind", "when", "options", "fields", "rows")
	m := &Mapping{Kind: w.text("", root, "kind", "")}
	m.options = w.options(root)
	m.when = w.conditions("when", root["when"])
	if v, ok := root["fields"]; ok {
		m.main = true
		m.blocks = append(m.blocks, block{path: "fields", line: w.line("fields"), fields: w.fields("fields", v)})
	}
	for i, row := range w.tables("rows", root["rows"]) {
		path := fmt.Sprintf("rows[%d]", i)
		w.only(path, row, "kind", "name", "when", "fields")
		b := block{path: path, line: w.line(path), kind: w.text(path, row, "kind", ""), name: w.text(path, row, "name", "")}
		b.when = w.conditions(path+".when", row["when"])
		if b.kind == "" {
			w.fail(path, "a kind is missing")
		}
		if _, ok := row["fields"]; !ok {
			w.fail(path, "fields are missing")
		}
		b.fields = w.fields(path+".fields", row["fields"])
		m.blocks = append(m.blocks, b)
	}
	if len(m.blocks) == 0 {
		w.fail("", "makes no records: [fields] or [[rows]] is missing")
	}
	return m
}

func (w *walker) fields(path string, v any) []field {
	t := w.table(path, v)
	var out []field
	for _, target := range slices.Sorted(maps.Keys(t)) {
		out = append(out, w.field(path+"."+target, target, t[target]))
	}
	if len(out) == 0 {
		w.fail(path, "is empty")
	}
	slices.SortStableFunc(out, func(a, b field) int { return cmp.Compare(a.line, b.line) })
	return out
}

// Check compares the mapping with what can be imported: the targets of each kind. It names the first kind or target
// that is not among them. The error is a *MapError.
func (m *Mapping) Check(targets map[string][]string) error {
	for i, b := range m.blocks {
		kind := m.kindOf(i)
		known, ok := targets[kind]
		if !ok {
			return &MapError{Line: b.line, Path: b.path, Reason: fmt.Sprintf("kind %q cannot be imported; known are %s",
				kind, strings.Join(slices.Sorted(maps.Keys(targets)), ", "))}
		}
		for _, f := range b.fields {
			if !slices.Contains(known, f.target) {
				return &MapError{Line: f.line, Path: b.path + "." + f.target, Reason: fmt.Sprintf("a %s has no such field; known are %s",
					kind, strings.Join(slices.Sorted(slices.Values(known)), ", "))}
			}
		}
	}
	return nil
}

func (m *Mapping) kindOf(i int) string {
	if m.main && i == 0 {
		return m.Kind
	}
	return m.blocks[i].kind
}

// Columns are the names of all columns the mapping reads, sorted.
func (m *Mapping) Columns() []string {
	seen := map[string]bool{}
	m.eachColumn(func(name string, _ int, _ string) { seen[name] = true })
	return slices.Sorted(maps.Keys(seen))
}

// eachColumn visits every mention of a column, with the mapping's line and key.
func (m *Mapping) eachColumn(visit func(column string, line int, path string)) {
	conditions := func(cs []condition, path string) {
		for _, c := range cs {
			visit(c.column, c.line, path)
		}
	}
	conditions(m.when, "when")
	for _, b := range m.blocks {
		conditions(b.when, b.path+".when")
		for _, f := range b.fields {
			path := b.path + "." + f.target
			conditions(f.when, path)
			for _, c := range f.columns() {
				visit(c, f.line, path)
			}
		}
	}
}
