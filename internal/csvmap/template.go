package csvmap

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// template is text with columns in it.
type template []part

// part is plain text, or a column and what becomes of its value.
type part struct {
	text   string
	column string
	pipes  []func(string) string
}

// parseTemplate reads {Column|pipe:argument}; see the package comment.
func parseTemplate(s string) (template, error) {
	var t template
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			t = append(t, part{text: text.String()})
			text.Reset()
		}
	}
	for s != "" {
		switch {
		case strings.HasPrefix(s, "{{"), strings.HasPrefix(s, "}}"):
			text.WriteByte(s[0])
			s = s[2:]
		case s[0] == '}':
			return nil, fmt.Errorf("a } without its {; write }} for a brace")
		case s[0] == '{':
			inner := splitEscaped(s[1:], '}', 1)
			if len(inner) < 2 {
				return nil, fmt.Errorf("a { without its }; write {{ for a brace")
			}
			p, err := parseExpression(inner[0])
			if err != nil {
				return nil, err
			}
			flush()
			t = append(t, p)
			s = inner[1]
		default:
			n := strings.IndexAny(s, "{}")
			if n < 0 {
				n = len(s)
			}
			text.WriteString(s[:n])
			s = s[n:]
		}
	}
	flush()
	return t, nil
}

func parseExpression(s string) (part, error) {
	pieces := splitEscaped(s, '|', -1)
	p := part{column: strings.TrimSpace(unescape(pieces[0]))}
	if p.column == "" {
		return p, fmt.Errorf("{} names no column")
	}
	for _, piece := range pieces[1:] {
		words := splitEscaped(piece, ':', -1)
		for i := range words {
			words[i] = unescape(words[i])
		}
		name, args := strings.TrimSpace(words[0]), words[1:]
		f, err := pipe(name, args)
		if err != nil {
			return p, err
		}
		p.pipes = append(p.pipes, f)
	}
	return p, nil
}

// pipe finds what a name in a template does to a value.
func pipe(name string, args []string) (func(string) string, error) {
	arity := map[string]int{"lower": 0, "upper": 0, "trim": 0, "slug": 0, "default": 1, "replace": 2}
	n, ok := arity[name]
	if !ok {
		return nil, fmt.Errorf("unknown pipe %q; known are default:x, lower, replace:a:b, slug, trim, upper", name)
	}
	if len(args) != n {
		return nil, fmt.Errorf("pipe %s takes %d arguments, not %d", name, n, len(args))
	}
	switch name {
	case "lower":
		return strings.ToLower, nil
	case "upper":
		return strings.ToUpper, nil
	case "trim":
		return strings.TrimSpace, nil
	case "slug":
		return slug, nil
	case "default":
		return func(s string) string {
			if s == "" {
				return args[0]
			}
			return s
		}, nil
	default: // replace
		if args[0] == "" {
			return nil, fmt.Errorf("pipe replace needs something to replace")
		}
		return func(s string) string { return strings.ReplaceAll(s, args[0], args[1]) }, nil
	}
}

// slug makes a name for a login or an address: lower-case ASCII letters and digits, one hyphen for all else between.
func slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.IsMark(r): // the accent of the letter before
		default:
			gap = true
		}
	}
	return b.String()
}

// splitEscaped cuts s at sep, at most n times (all for n < 0), but not at a sep after a backslash. Backslashes stay.
func splitEscaped(s string, sep byte, n int) (out []string) {
	start := 0
	for i := 0; i < len(s) && n != 0; i++ {
		switch s[i] {
		case '\\':
			i++
		case sep:
			out = append(out, s[start:i])
			start = i + 1
			n--
		}
	}
	return append(out, s[start:])
}

// unescape drops the backslash before each character it protects.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func (t template) columns() (out []string) {
	for _, p := range t {
		if p.column != "" && !slices.Contains(out, p.column) {
			out = append(out, p.column)
		}
	}
	return out
}

// fill writes the template for a line. ok is false when the text grows beyond MaxField; it is given up before it grows
// much further.
func (t template) fill(cell func(column string) string) (text string, ok bool) {
	var b strings.Builder
	for _, p := range t {
		value := p.text
		if p.column != "" {
			value = cell(p.column)
			for _, f := range p.pipes {
				if value = f(value); len(value) > MaxField {
					return "", false
				}
			}
		}
		b.WriteString(value)
		if b.Len() > MaxField {
			return "", false
		}
	}
	return b.String(), true
}
