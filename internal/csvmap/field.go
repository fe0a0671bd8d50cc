package csvmap

import (
	"fmt"
	"maps"
	"slices"
)

// field makes the value of one target.
type field struct {
	target   string
	line     int
	column   string // one of these three
	constant string
	template template
	isConst  bool
	values   map[string]string // nil: as it is
	fallback string
	required bool
	when     []condition
}

func (w *walker) field(path, target string, v any) field {
	if _, ok := v.(string); ok {
		w.fail(path, `must be a table such as {column = "…"} or {const = "…"}`)
	}
	t := w.table(path, v)
	w.only(path, t, "column", "const", "template", "map", "default", "required", "when")
	f := field{
		target: target, line: w.line(path), column: w.text(path, t, "column", ""), constant: w.text(path, t, "const", ""),
		fallback: w.text(path, t, "default", ""), required: w.flag(path, t, "required", false),
		when: w.conditions(path+".when", t["when"]),
	}
	sources := 0
	for _, key := range []string{"column", "const", "template"} {
		if _, ok := t[key]; ok {
			sources++
		}
	}
	if sources != 1 {
		w.fail(path, "needs exactly one of column, const, template")
	}
	f.isConst = f.constant != ""
	if s := w.text(path, t, "template", ""); s != "" {
		var err error
		if f.template, err = parseTemplate(s); err != nil {
			w.fail(path+".template", "%v", err)
		}
	}
	if v, ok := t["map"]; ok {
		f.values = map[string]string{}
		table := w.table(path+".map", v)
		for _, key := range slices.Sorted(maps.Keys(table)) {
			s, ok := table[key].(string)
			if !ok {
				w.fail(path+".map."+key, "must be a string in quotes")
			}
			f.values[key] = s
		}
	}
	return f
}

func (f *field) columns() []string {
	if f.column != "" {
		return []string{f.column}
	}
	return f.template.columns()
}

// value is the target's value for a line, "" for none. The error says why the line is bad.
func (f *field) value(row *row) (value string, err error) {
	if !hold(f.when, row) {
		return f.fallback, nil
	}
	switch {
	case f.isConst:
		value = f.constant
	case f.column != "":
		value = row.cell(f.column)
	default:
		var ok bool
		if value, ok = f.template.fill(row.cell); !ok {
			return "", fmt.Errorf("is longer than %d bytes", MaxField)
		}
	}
	if f.values != nil {
		mapped, ok := f.values[value]
		if !ok && value != "" {
			mapped, ok = f.values["*"]
			if !ok {
				return "", fmt.Errorf("%s is not in the map", quoted(value))
			}
		}
		value = mapped
	}
	if value == "" {
		value = f.fallback
	}
	if value == "" && f.required {
		return "", fmt.Errorf("is empty")
	}
	return value, nil
}

// condition is one comparison of a column.
type condition struct {
	column string
	line   int
	want   bool // whether the value must be among these
	among  []string
}

// conditions reads one table or a list of them.
func (w *walker) conditions(path string, v any) []condition {
	if one, ok := v.(map[string]any); ok {
		return []condition{w.condition(path, one)}
	}
	var out []condition
	for i, t := range w.tables(path, v) {
		out = append(out, w.condition(fmt.Sprintf("%s[%d]", path, i), t))
	}
	return out
}

func (w *walker) condition(path string, t map[string]any) condition {
	w.only(path, t, "column", "equals", "not_equals", "in", "not_in", "empty")
	c := condition{column: w.text(path, t, "column", ""), line: w.line(path)}
	if c.column == "" {
		w.fail(path, "a column is missing")
	}
	if len(t) != 2 {
		w.fail(path, "needs a column and exactly one of equals, not_equals, in, not_in, empty")
	}
	for key := range t {
		switch key {
		case "equals", "not_equals":
			s, ok := t[key].(string)
			if !ok {
				w.fail(path+"."+key, "must be a string in quotes")
			}
			c.among, c.want = []string{s}, key == "equals"
		case "in", "not_in":
			c.among, c.want = w.texts(path, t, key, nil), key == "in"
		case "empty":
			c.among, c.want = []string{""}, w.flag(path, t, key, false)
		}
	}
	return c
}

// hold reports whether all conditions do.
func hold(cs []condition, row *row) bool {
	for _, c := range cs {
		if slices.Contains(c.among, row.cell(c.column)) != c.want {
			return false
		}
	}
	return true
}
