package ui

import (
	"math"
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

func TestContrast(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21}, {"#fff", "#ffffff", 1}, {"#777777", "#ffffff", 4.48}, {"#1d5eff", "#ffffff", 5.1}, {"red", "#fff", 0}, {"#12345", "#fff", 0},
	} {
		if got := Contrast(c.a, c.b); math.Abs(got-c.want) > 0.1 {
			t.Errorf("Contrast(%s, %s) = %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

func TestNearestReadable(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"#1d5eff", "#1d5eff"}, {"#FFCC00", "#ffcc00"}, {"#000", "#000000"}, {"nonsense", defaultBrand}, {"", defaultBrand},
	} {
		if got := NearestReadable(c.in); got != c.want {
			t.Errorf("NearestReadable(%s) = %s, want %s", c.in, got, c.want)
		}
	}
	// Between the darkest fill for dark ink and the lightest for white, neither is readable.
	if in := "#7b7b7b"; NearestReadable(in) == in || Contrast(NearestReadable(in), in) > 1.2 {
		t.Errorf("NearestReadable(%s) = %s is not near", in, NearestReadable(in))
	}
}

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
		for _, pair := range [][2]string{{m[1], m[2]}, {m[3], surfaceLight}, {m[4], surfaceDark}, {m[5], surfaceLight}, {m[6], surfaceDark}} {
			if Contrast(pair[0], pair[1]) < minContrast {
				t.Fatalf("%s on %s is %.2f in %s", pair[0], pair[1], Contrast(pair[0], pair[1]), css)
			}
		}
	})
}
