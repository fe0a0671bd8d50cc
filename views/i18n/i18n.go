// Package i18n turns message keys into words in the reader's language.
//
// The texts live in languages/CODE.toml (what customers read) and languages/CODE/TOPIC.toml (what staff read, a file a
// topic), in go-i18n's format: nested tables become dotted keys such as
// finance.invoice.title, and a table with CLDR plural categories (one, few, other …) is a plural message. The only
// template syntax is {{.name}}, so every message is cut into pieces once, when the program starts: rendering a page of
// sixty texts costs sixty map look-ups and no template execution.
package i18n

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed languages
var files embed.FS

// Language is one the portal can speak (G1).
type Language struct {
	Code   string // BCP 47 primary tag, the file's stem: "en"
	Native string // its own name for itself: "العربية"
}

// native lists the languages in the order in which choices show them; a new language is a TOML file and a line here.
var native = []Language{{"en", "English"}, {"es", "Español"}, {"ar", "العربية"}}

// fallback speaks when a context names no language.
const fallback = "en"

type contextKey struct{}

// catalogue is one language, ready to render.
type catalogue struct {
	code, dir string
	tag       language.Tag
	plain     map[string]string   // messages that are the same for every call
	formed    map[string]formed   // messages with placeholders or plurals
	forms     map[string][]string // the categories each key defines, for the completeness test
}

// formed holds the cut text of each plural category; a message without plurals has only plural.Other.
type formed map[plural.Form]pieces

// pieces alternates literal text (even indices) and placeholder names (odd indices).
type pieces []string

var catalogues = sync.OnceValue(func() map[string]*catalogue {
	all := make(map[string]*catalogue, len(native))
	for _, l := range native {
		c, err := load(l.Code)
		if err != nil {
			// The files are part of the binary: a broken one can only be met by whoever just edited it.
			panic(err)
		}
		all[l.Code] = c
	}
	return all
})

func load(code string) (*catalogue, error) {
	c := &catalogue{code: code, dir: "ltr", tag: language.MustParse(code),
		plain: map[string]string{}, formed: map[string]formed{}, forms: map[string][]string{}}
	if script, _ := c.tag.Script(); script.String() == "Arab" || script.String() == "Hebr" {
		c.dir = "rtl"
	}
	topics, err := fs.Glob(files, "languages/"+code+"/*.toml")
	if err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	for _, path := range append([]string{"languages/" + code + ".toml"}, topics...) {
		if err := c.read(path); err != nil {
			return nil, fmt.Errorf("i18n: %s: %w", path, err)
		}
	}
	return c, nil
}

// read adds the messages of a file; a key belongs to one file only.
func (c *catalogue) read(path string) error {
	raw, err := files.ReadFile(path)
	if err != nil {
		return err
	}
	parsed, err := goi18n.ParseMessageFileBytes(raw, c.code+".toml", map[string]goi18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return err
	}
	for _, m := range parsed.Messages {
		if c.forms[m.ID] != nil {
			return fmt.Errorf("%s is defined twice", m.ID)
		}
		c.add(m)
	}
	return nil
}

func (c *catalogue) add(m *goi18n.Message) {
	f := formed{}
	for _, form := range []struct {
		name string
		form plural.Form
		text string
	}{{"zero", plural.Zero, m.Zero}, {"one", plural.One, m.One}, {"two", plural.Two, m.Two},
		{"few", plural.Few, m.Few}, {"many", plural.Many, m.Many}, {"other", plural.Other, m.Other}} {
		if form.text != "" {
			f[form.form] = cut(form.text)
			c.forms[m.ID] = append(c.forms[m.ID], form.name)
		}
	}
	if other := f[plural.Other]; len(f) == 1 && len(other) == 1 {
		c.plain[m.ID] = other[0]
		return
	}
	c.formed[m.ID] = f
}

// cut splits "Due {{.date}} at noon" into "Due ", "date", " at noon".
func cut(text string) pieces {
	var p pieces
	for {
		before, rest, found := strings.Cut(text, "{{.")
		p = append(p, before)
		if !found {
			return p
		}
		name, after, _ := strings.Cut(rest, "}}")
		p = append(p, strings.TrimSpace(name))
		text = after
	}
}

func (p pieces) fill(count string, args []any) string {
	var b strings.Builder
	for i, piece := range p {
		switch {
		case i%2 == 0:
			b.WriteString(piece)
		case piece == "count" && count != "":
			b.WriteString(count)
		default:
			b.WriteString(argument(piece, args))
		}
	}
	return b.String()
}

func argument(name string, args []any) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != name {
			continue
		}
		switch v := args[i+1].(type) {
		case string:
			return v
		case int:
			return strconv.Itoa(v)
		default:
			return fmt.Sprint(v)
		}
	}
	return "{{." + name + "}}"
}

// With returns a context whose reader speaks lang; an unknown code speaks English.
func With(ctx context.Context, lang string) context.Context {
	c, ok := catalogues()[lang]
	if !ok {
		c = catalogues()[fallback]
	}
	return context.WithValue(ctx, contextKey{}, c)
}

func from(ctx context.Context) *catalogue {
	if c, ok := ctx.Value(contextKey{}).(*catalogue); ok {
		return c
	}
	return catalogues()[fallback]
}

// T returns the text of key in the context's language; args are pairs of placeholder name and value:
// T(ctx, "finance.due_on", "date", "5 December"). A key that does not exist returns itself.
func T(ctx context.Context, key string, args ...any) string {
	c := from(ctx)
	if s, ok := c.plain[key]; ok {
		return s
	}
	if f, ok := c.formed[key]; ok {
		return f[plural.Other].fill("", args)
	}
	return key
}

// N returns the text of key in the plural category that count needs in the context's language; {{.count}} is the
// number in Western digits, other args are as in T.
func N(ctx context.Context, key string, count int, args ...any) string {
	c := from(ctx)
	if s, ok := c.plain[key]; ok {
		return s
	}
	f, ok := c.formed[key]
	if !ok {
		return key
	}
	n := count
	if n < 0 {
		n = -n
	}
	p, ok := f[plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0)]
	if !ok {
		p = f[plural.Other]
	}
	return p.fill(strconv.Itoa(count), args)
}

// Has reports whether key is a message; it lets a caller choose between a specific text and a general one.
func Has(key string) bool {
	c := catalogues()[fallback]
	_, plain := c.plain[key]
	_, formed := c.formed[key]
	return plain || formed
}

// Lang is the context's language code, for <html lang>.
func Lang(ctx context.Context) string { return from(ctx).code }

// Dir is the context's writing direction, "ltr" or "rtl", for <html dir>.
func Dir(ctx context.Context) string { return from(ctx).dir }

// Languages lists what the portal can speak, in the order choices show them (G1).
func Languages() []Language { return slices.Clone(native) }

// Match picks the language of allowed (codes, in order of preference) that an Accept-Language header asks for most;
// nothing fitting gives the first allowed one, and no allowed one English.
func Match(acceptLanguage string, allowed []string) string {
	if len(allowed) == 0 {
		return fallback
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return allowed[0]
	}
	for _, tag := range tags {
		base, _ := tag.Base()
		if code := base.String(); slices.Contains(allowed, code) {
			return code
		}
	}
	return allowed[0]
}
