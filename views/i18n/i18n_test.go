package i18n

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
)

func keysOf(c *catalogue) map[string]bool {
	keys := map[string]bool{}
	for k := range c.forms {
		keys[k] = true
	}
	return keys
}

// categories lists what CLDR asks of each language for whole numbers.
var categories = map[string][]string{
	"en": {"one", "other"},
	"es": {"one", "many", "other"}, // "many" is for 1 000 000 and rounds to the same words
	"ar": {"zero", "one", "two", "few", "many", "other"},
}

func TestLanguagesAreComplete(t *testing.T) {
	en := catalogues()[fallback]
	for _, l := range Languages() {
		c := catalogues()[l.Code]
		for key := range keysOf(en) {
			if !keysOf(c)[key] {
				t.Errorf("%s: %q is missing", l.Code, key)
				continue
			}
			if got, want := placeholders(c, key), placeholders(en, key); !slices.Equal(got, want) {
				t.Errorf("%s: %q has placeholders %v, English has %v", l.Code, key, got, want)
			}
			plurals := len(en.forms[key]) > 1
			for _, form := range categories[l.Code] {
				if plurals && form != "many" && !slices.Contains(c.forms[key], form) || plurals && l.Code == "ar" && !slices.Contains(c.forms[key], form) {
					t.Errorf("%s: %q lacks the plural category %q", l.Code, key, form)
				}
			}
			for _, form := range c.forms[key] {
				if plurals && !slices.Contains(categories[l.Code], form) || !plurals && form != "other" {
					t.Errorf("%s: %q has a category %q that the language or English does not", l.Code, key, form)
				}
			}
		}
		for key := range keysOf(c) {
			if !keysOf(en)[key] {
				t.Errorf("%s: %q does not exist in English", l.Code, key)
			}
		}
	}
}

// placeholders are those of the "other" form: an Arabic "two" rightly says "two" in words.
func placeholders(c *catalogue, key string) []string {
	names := map[string]bool{}
	for i, p := range c.formed[key][plural.Other] {
		if i%2 == 1 {
			names[p] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func TestNoOtherTemplateSyntax(t *testing.T) {
	for code, c := range catalogues() {
		check := func(key, text string) {
			if strings.Contains(text, "{{") || strings.Contains(text, "}}") {
				t.Errorf("%s: %q uses more than {{.name}}: %q", code, key, text)
			}
			if strings.TrimSpace(text) != text && c.formed[key] == nil || strings.Contains(text, "...") {
				t.Errorf("%s: %q has stray spaces or three dots: %q", code, key, text)
			}
		}
		for key, text := range c.plain {
			check(key, text)
		}
		for key, f := range c.formed {
			for _, p := range f {
				for i := 0; i < len(p); i += 2 {
					check(key, p[i])
				}
			}
		}
	}
}

func TestT(t *testing.T) {
	ctx := With(t.Context(), "es")
	for _, c := range []struct{ got, want string }{
		{T(ctx, "action.save"), "Guardar"},
		{T(ctx, "no.such_key"), "no.such_key"},
		{T(t.Context(), "action.save"), "Save"},
		{T(With(t.Context(), "xx"), "action.save"), "Save"},
		{T(With(t.Context(), "en"), "format.month_year", "month", "November", "year", 2026), "November 2026"},
		{T(With(t.Context(), "en"), "format.month_year", "month", "November"), "November {{.year}}"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if Dir(With(t.Context(), "ar")) != "rtl" || Dir(ctx) != "ltr" || Lang(ctx) != "es" {
		t.Error("direction or language is wrong")
	}
}

func TestN(t *testing.T) {
	for _, c := range []struct {
		lang  string
		count int
		want  string
	}{
		{"en", 0, "0 unread notifications"}, {"en", 1, "1 unread notification"}, {"en", 5, "5 unread notifications"},
		{"es", 1, "1 aviso sin leer"}, {"es", 2, "2 avisos sin leer"}, {"es", 1000000, "1000000 avisos sin leer"},
		{"ar", 0, "لا إشعارات غير مقروءة"}, {"ar", 1, "إشعار واحد غير مقروء"}, {"ar", 2, "إشعاران غير مقروءين"},
		{"ar", 3, "3 إشعارات غير مقروءة"}, {"ar", 11, "11 إشعارًا غير مقروء"}, {"ar", 100, "100 إشعار غير مقروء"},
	} {
		if got := N(With(t.Context(), c.lang), "nav.unread", c.count); got != c.want {
			t.Errorf("%s %d: got %q, want %q", c.lang, c.count, got, c.want)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		header  string
		allowed []string
		want    string
	}{
		{"", nil, "en"},
		{"", []string{"es", "en"}, "es"},
		{"es-MX,es;q=0.9,en;q=0.8", []string{"en", "es"}, "es"},
		{"fr, ar;q=0.5, en;q=0.4", []string{"en", "ar"}, "ar"},
		{"de", []string{"en", "ar"}, "en"},
		{"*;q=nonsense, \x00", []string{"ar", "en"}, "ar"},
	} {
		if got := Match(c.header, c.allowed); got != c.want {
			t.Errorf("Match(%q, %v) = %q, want %q", c.header, c.allowed, got, c.want)
		}
	}
}

func BenchmarkT(b *testing.B) {
	ctx := With(b.Context(), "en")
	b.ReportAllocs()
	for b.Loop() {
		T(ctx, "action.save")
	}
}
