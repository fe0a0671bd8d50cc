package preview

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

var keyShape = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)

func TestPages(t *testing.T) {
	names := map[string]bool{}
	for _, page := range Pages() {
		if names[page.Name] {
			t.Errorf("two pages are called %s", page.Name)
		}
		names[page.Name] = true
		for _, lang := range i18n.Languages() {
			t.Run(lang.Code+"/"+page.Name, func(t *testing.T) {
				var b bytes.Buffer
				ctx := format.With(i18n.With(t.Context(), lang.Code), format.Default("EUR"))
				if err := page.Component.Render(ctx, &b); err != nil {
					t.Fatal(err)
				}
				doc, err := goquery.NewDocumentFromReader(&b)
				if err != nil {
					t.Fatal(err)
				}
				checkPolicy(t, doc)
				checkAccess(t, doc)
				checkWords(t, doc, lang.Code)
			})
		}
	}
}

// checkPolicy: nothing that the CSP would refuse.
func checkPolicy(t *testing.T, doc *goquery.Document) {
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, a := range s.Nodes[0].Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
				t.Errorf("<%s %s=%q> is forbidden", goquery.NodeName(s), a.Key, a.Val)
			}
			if (a.Key == "href" || a.Key == "action") && strings.HasPrefix(a.Val, "about:invalid") {
				t.Errorf("<%s %s> was refused by templ", goquery.NodeName(s), a.Key)
			}
		}
	})
	doc.Find("script").Each(func(_ int, s *goquery.Selection) {
		if src, ok := s.Attr("src"); !ok || !strings.HasPrefix(src, "/static/") || strings.TrimSpace(s.Text()) != "" {
			t.Errorf("script %q is not one of our files", src)
		}
	})
	if doc.Find("style").Length() > 0 {
		t.Error("there is a style element")
	}
}

// checkAccess: what axe would find first.
func checkAccess(t *testing.T, doc *goquery.Document) {
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if ids[id] || id == "" {
			t.Errorf("id %q twice or empty", id)
		}
		ids[id] = true
	})
	for _, attr := range []string{"for", "aria-describedby", "aria-labelledby", "data-reveal", "data-sheet"} {
		doc.Find("[" + attr + "]").Each(func(_ int, s *goquery.Selection) {
			for id := range strings.FieldsSeq(s.AttrOr(attr, "")) {
				if !ids[id] {
					t.Errorf("%s=%q leads nowhere", attr, id)
				}
			}
		})
	}
	doc.Find("input, select, textarea").Not("[type=hidden]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if strings.TrimSpace(doc.Find("label[for='"+id+"']").Text()+s.Closest("label").Text()) == "" {
			t.Errorf("field %q has no label", s.AttrOr("name", ""))
		}
	})
	doc.Find("img:not([alt])").Each(func(_ int, s *goquery.Selection) { t.Error("an image has no alt") })
	doc.Find("a, button").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Text()) == "" && s.AttrOr("aria-label", "") == "" && s.Find("img[alt]").Length() == 0 {
			html, _ := goquery.OuterHtml(s)
			t.Errorf("nothing names %s", html)
		}
	})
	doc.Find("svg.icon").Each(func(_ int, s *goquery.Selection) {
		if s.Children().Length() == 0 {
			t.Errorf("an icon in <%s class=%q> is not in the set", goquery.NodeName(s.Parent()), s.Parent().AttrOr("class", ""))
		}
	})
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("there are %d h1", n)
	}
	if doc.Find("main").Length() != 1 || doc.Find("title").First().Text() == "" {
		t.Error("main or title is missing")
	}
}

// checkWords: no raw key, no placeholder left, and the page says which language it is in.
func checkWords(t *testing.T, doc *goquery.Document, lang string) {
	if got := doc.Find("html").AttrOr("lang", ""); got != lang {
		t.Errorf("lang is %q", got)
	}
	if rtl := doc.Find("html").AttrOr("dir", "") == "rtl"; rtl != (lang == "ar") {
		t.Error("dir is wrong")
	}
	check := func(text string) {
		text = strings.TrimSpace(text)
		if strings.Contains(text, "{{") || keyShape.MatchString(text) && !strings.Contains(text, "isp.example") {
			t.Errorf("%q is shown raw", text)
		}
	}
	doc.Find("body *").Each(func(_ int, s *goquery.Selection) {
		s.Contents().Each(func(_ int, c *goquery.Selection) {
			if goquery.NodeName(c) == "#text" {
				check(c.Text())
			}
		})
		check(s.AttrOr("aria-label", ""))
	})
}

// A part of a page is what the page shows: title and frame for a navigation, the rows for "Show more".
func TestFragments(t *testing.T) {
	ctx := format.With(i18n.With(t.Context(), "en"), format.Default("EUR"))
	for target, want := range map[string][2]string{
		"frame": {"<title>Finance · MyISP</title>", "</div>"},
		"more":  {"<h2 class=\"divider\">November 2026</h2>", "</p>"},
	} {
		var b bytes.Buffer
		if err := templ.RenderFragments(ctx, &b, listSample(), ui.Fragments(target)...); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(b.String()); !strings.HasPrefix(got, want[0]) || !strings.HasSuffix(got, want[1]) || strings.Contains(got, "<body") {
			t.Errorf("%s: %s", target, got)
		}
	}
	if ui.Fragments("") != nil || ui.Fragments("elsewhere") != nil {
		t.Error("an unknown target is not the whole page")
	}
}

func BenchmarkHome(b *testing.B) {
	ctx := format.With(i18n.With(b.Context(), "en"), format.Default("EUR"))
	b.ReportAllocs()
	for b.Loop() {
		var w bytes.Buffer
		if err := homeSample().Render(ctx, &w); err != nil {
			b.Fatal(err)
		}
	}
}
