package configuration

import (
	"strconv"
	"strings"
)

// linesOf finds the line of every key of a TOML file, by its path: "settings.currency", "role[0].name", "company". It is
// only for telling people where to look: the reader of the values is a library's, which does not say.
func linesOf(text string) map[string]int {
	at, count := map[string]int{}, map[string]int{}
	table, open := "", ""
	for i, line := range strings.Split(text, "\n") {
		if open != "" { // inside a text of several lines
			if strings.Contains(line, open) {
				open = ""
			}
			continue
		}
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "[["):
			name, _, _ := strings.Cut(strings.TrimPrefix(line, "[["), "]]")
			table = numbered(name, count, true)
			note(at, table, i+1)
		case strings.HasPrefix(line, "["):
			name, _, _ := strings.Cut(strings.TrimPrefix(line, "["), "]")
			table = numbered(name, count, false)
			note(at, table, i+1)
		case line == "" || line[0] == '#':
		default:
			key, value, ok := strings.Cut(line, "=")
			if !ok {
				continue
			}
			key = strings.Trim(strings.TrimSpace(key), `"'`)
			if table != "" {
				key = table + "." + key
			}
			note(at, key, i+1)
			for _, q := range []string{`"""`, `'''`} {
				if value = strings.TrimSpace(value); strings.HasPrefix(value, q) && !strings.Contains(value[3:], q) {
					open = q
				}
			}
		}
	}
	return at
}

func note(at map[string]int, key string, line int) {
	if _, there := at[key]; !there {
		at[key] = line
	}
}

// numbered gives every list on the way to a table its index: attribute.option is attribute[1].option[0].
func numbered(name string, count map[string]int, entry bool) string {
	parts := strings.Split(strings.TrimSpace(name), ".")
	path := ""
	for i, part := range parts {
		if path != "" {
			path += "."
		}
		path += strings.Trim(strings.TrimSpace(part), `"'`)
		if entry && i == len(parts)-1 {
			count[path]++
		}
		if n := count[path]; n > 0 {
			path += "[" + strconv.Itoa(n-1) + "]"
		}
	}
	return path
}
