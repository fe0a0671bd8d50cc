package ui

import (
	"regexp"
	"testing"

	"myisp/internal/contrast"

	"pgregory.net/rapid"
)

// Whatever an operator chooses, every text of the theme can be read in light and dark.
func TestThemeIsAlwaysReadable(t *testing.T) {
	values := regexp.MustCompile(`--brand:(#\w{6});--brand-ink:(#\w{6});--brand-text:light-dark\((#\w{6}),(#\w{6})\);--accent:light-dark\((#\w{6}),(#\w{6})\)`)
	rapid.Check(t, func(t *rapid.T) {
		colour := rapid.StringMatching(`#[0-9a-f]{6}`)
		css := ThemeCSS(colour.Draw(t, "brand"), colour.Draw(t, "accent"))
		m := values.FindStringSubmatch(css)
		if m == nil {
			t.Fatalf("no theme: %s", css)
		}
		for _, pair := range [][2]string{{m[1], m[2]}, {m[3], contrast.SurfaceLight}, {m[4], contrast.SurfaceDark}, {m[5], contrast.SurfaceLight}, {m[6], contrast.SurfaceDark}} {
			if contrast.Ratio(pair[0], pair[1]) < contrast.Least {
				t.Fatalf("%s on %s is %.2f in %s", pair[0], pair[1], contrast.Ratio(pair[0], pair[1]), css)
			}
		}
	})
}
