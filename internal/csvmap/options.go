package csvmap

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// options are the [options] of a mapping.
type options struct {
	delimiter, quote  rune // quote is 0 for none
	decimal, grouping rune // grouping is 0 for none
	header, trim      bool
	empty             map[string]bool
	layout            string // of dates, Go's way
	dateFormat        string // of dates, as written
	booleans          map[string]bool
}

func (w *walker) options(root map[string]any) options {
	const path = "options"
	t := w.table(path, root[path])
	w.only(path, t, "delimiter", "quote", "header", "trim", "empty", "decimal", "grouping", "date_format", "true", "false")
	o := options{
		delimiter:  w.sign(path, t, "delimiter", ",", false),
		quote:      w.sign(path, t, "quote", `"`, true),
		decimal:    w.sign(path, t, "decimal", ".", false),
		grouping:   w.sign(path, t, "grouping", "", true),
		header:     w.flag(path, t, "header", true),
		trim:       w.flag(path, t, "trim", true),
		empty:      map[string]bool{},
		dateFormat: w.text(path, t, "date_format", "YYYY-MM-DD"),
		booleans:   map[string]bool{},
	}
	if o.delimiter == o.quote || unicode.IsLetter(o.delimiter) || unicode.IsDigit(o.delimiter) {
		w.fail(path+".delimiter", "cannot be a letter, a digit or the quote")
	}
	if o.decimal != '.' && o.decimal != ',' {
		w.fail(path+".decimal", `must be "." or ","`)
	}
	if o.grouping != 0 && (o.grouping == o.decimal || !strings.ContainsRune(",.' \u00a0\u202f’", o.grouping)) {
		w.fail(path+".grouping", `must be "", ",", ".", "'" or a space, and not the decimal separator`)
	}
	for _, s := range w.texts(path, t, "empty", []string{""}) {
		o.empty[s] = true
	}
	for _, s := range w.texts(path, t, "true", []string{"true", "yes", "y", "on", "1"}) {
		o.booleans[strings.ToLower(s)] = true
	}
	for _, s := range w.texts(path, t, "false", []string{"false", "no", "n", "off", "0"}) {
		s = strings.ToLower(s)
		if o.booleans[s] {
			w.fail(path+".false", "%q is true as well", s)
		}
		o.booleans[s] = false
	}
	var ok bool
	if o.layout, ok = layout(o.dateFormat); !ok {
		w.fail(path+".date_format", "must name year, month and day with YYYY or YY, MM or M, DD or D, and may name hh, mm, ss")
	}
	return o
}

// sign reads an option of one character.
func (w *walker) sign(path string, t map[string]any, key, fallback string, optional bool) rune {
	s, ok := fallback, true
	if v, found := t[key]; found {
		s, ok = v.(string)
	}
	if ok && s == "" && optional {
		return 0
	}
	r, size := utf8.DecodeRuneInString(s)
	if !ok || size != len(s) || r == utf8.RuneError || r == '\n' || r == '\r' || r == 0 || r == '\ufeff' {
		w.fail(join(path, key), "must be one character in quotes")
	}
	return r
}

// layout translates YYYY-MM-DD and its like for package time.
func layout(format string) (string, bool) {
	tokens := []struct{ token, goes string }{
		{"YYYY", "2006"}, {"YY", "06"}, {"MM", "01"}, {"M", "1"}, {"DD", "02"}, {"D", "2"}, {"hh", "15"}, {"mm", "04"}, {"ss", "05"},
	}
	var out strings.Builder
	seen := map[byte]int{}
next:
	for format != "" {
		for _, t := range tokens {
			if strings.HasPrefix(format, t.token) {
				out.WriteString(t.goes)
				seen[t.token[0]]++
				format = format[len(t.token):]
				continue next
			}
		}
		// Only signs that mean nothing to package time.
		if !strings.ContainsRune("-/. :T,", rune(format[0])) {
			return "", false
		}
		out.WriteByte(format[0])
		format = format[1:]
	}
	for _, c := range []byte("YMD") {
		if seen[c] != 1 {
			return "", false
		}
	}
	return out.String(), seen['h'] <= 1 && seen['m'] <= 1 && seen['s'] <= 1
}
