package csvmap

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// walker reads decoded TOML and keeps the first complaint; after it everything reads as empty.
type walker struct {
	lines map[string]int
	err   error
}

// line is where a key stands, or else what holds it.
func (w *walker) line(path string) int {
	for path != "" {
		if n, ok := w.lines[path]; ok {
			return n
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 0
}

func (w *walker) fail(path, format string, args ...any) {
	if w.err == nil {
		w.err = &MapError{Line: w.line(path), Path: path, Reason: fmt.Sprintf(format, args...)}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// only complains about keys that are not among the known ones.
func (w *walker) only(path string, t map[string]any, known ...string) {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(known, key) {
			w.fail(join(path, key), "unknown key %q; known are %s", key, strings.Join(known, ", "))
		}
	}
}

func (w *walker) table(path string, v any) map[string]any {
	t, ok := v.(map[string]any)
	if !ok && v != nil {
		w.fail(path, "must be a table")
	}
	return t
}

// tables reads an array of tables.
func (w *walker) tables(path string, v any) []map[string]any {
	switch v := v.(type) {
	case nil:
		return nil
	case []map[string]any:
		return v
	case []any:
		var out []map[string]any
		for i, e := range v {
			out = append(out, w.table(fmt.Sprintf("%s[%d]", path, i), e))
		}
		return out
	}
	w.fail(path, "must be an array of tables")
	return nil
}

// text reads a string; a key that is there must not be empty.
func (w *walker) text(path string, t map[string]any, key, fallback string) string {
	v, ok := t[key]
	if !ok {
		return fallback
	}
	s, ok := v.(string)
	switch {
	case !ok:
		w.fail(join(path, key), "must be a string in quotes")
	case s == "":
		w.fail(join(path, key), "is empty")
	}
	return s
}

func (w *walker) flag(path string, t map[string]any, key string, fallback bool) bool {
	v, ok := t[key]
	if !ok {
		return fallback
	}
	b, ok := v.(bool)
	if !ok {
		w.fail(join(path, key), "must be true or false")
	}
	return b
}

// texts reads a list of strings, which may be empty ones.
func (w *walker) texts(path string, t map[string]any, key string, fallback []string) []string {
	v, ok := t[key]
	if !ok {
		return fallback
	}
	list, ok := v.([]any)
	if !ok {
		w.fail(join(path, key), "must be a list of strings")
	}
	out := []string{}
	for _, e := range list {
		s, ok := e.(string)
		if !ok {
			w.fail(join(path, key), "must be a list of strings")
		}
		out = append(out, s)
	}
	return out
}

// keyLines finds the line of every table header and of every key that begins a line, under paths such as
// "rows[1].fields.price": the decoder keeps no positions. What stands inside an inline table has its line. src is TOML
// the decoder has taken.
func keyLines(src string) map[string]int {
	lines := map[string]int{}
	count := map[string]int{} // of the elements of each array of tables
	table := ""
	var open scanState
	number := 0
	for text := range strings.Lines(src) {
		number++
		text = strings.TrimSpace(text)
		if open.inside() {
			open.scan(text)
			continue
		}
		switch {
		case text == "" || text[0] == '#':
		case strings.HasPrefix(text, "[["):
			path := resolve(keyParts(text[2:]), count, true)
			lines[path], table = number, path
		case text[0] == '[':
			path := resolve(keyParts(text[1:]), count, false)
			lines[path], table = number, path
		default:
			path := table
			for _, part := range keyParts(text) {
				path = join(path, part)
				if _, ok := lines[path]; !ok {
					lines[path] = number
				}
			}
			open.scan(text)
		}
	}
	return lines
}

// resolve turns the parts of a header into a path, naming the current element of each array of tables.
func resolve(parts []string, count map[string]int, array bool) string {
	path := ""
	for i, part := range parts {
		path = join(path, part)
		if array && i == len(parts)-1 {
			count[path]++
		}
		if n := count[path]; n > 0 {
			path = fmt.Sprintf("%s[%d]", path, n-1)
		}
	}
	return path
}

// keyParts reads a dotted key, up to = or ].
func keyParts(s string) (parts []string) {
	var part strings.Builder
	flush := func() {
		parts = append(parts, part.String())
		part.Reset()
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '=', ']':
			flush()
			return parts
		case '.':
			flush()
		case '"', '\'':
			for i++; i < len(s) && s[i] != c; i++ {
				if c == '"' && s[i] == '\\' && i+1 < len(s) {
					i++
				}
				part.WriteByte(s[i])
			}
		case ' ', '\t':
		default:
			part.WriteByte(c)
		}
	}
	flush()
	return parts
}

// scanState says whether a value goes on in the next line: in a string of several lines, or in brackets.
type scanState struct {
	quote string // the """ or ''' that is open
	depth int    // of [ and {
}

func (s *scanState) inside() bool { return s.quote != "" || s.depth > 0 }

func (s *scanState) scan(text string) {
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch {
		case s.quote != "":
			if text[i] == '\\' && s.quote == `"""` {
				i++
			} else if strings.HasPrefix(rest, s.quote) {
				i += 2
				s.quote = ""
			}
		case strings.HasPrefix(rest, `"""`), strings.HasPrefix(rest, `'''`):
			s.quote = rest[:3]
			i += 2
		case text[i] == '"' || text[i] == '\'':
			for q := text[i]; i+1 < len(text); {
				i++
				if text[i] == q {
					break
				}
				if q == '"' && text[i] == '\\' {
					i++
				}
			}
		case text[i] == '#':
			return
		case text[i] == '[' || text[i] == '{':
			s.depth++
		case text[i] == ']' || text[i] == '}':
			s.depth = max(0, s.depth-1)
		}
	}
}
