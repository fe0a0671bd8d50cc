// Package contrast holds the rule that keeps every brand readable: text on the brand's colour, and the colour as text,
// have a contrast of 4.5 : 1 or more (WCAG 2.2 AA).
package contrast

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Least is the contrast below which normal text is hard to read (WCAG 2.2, 1.4.3).
const Least = 4.5

// The inks that stand on fills, and the surfaces that text stands on in the light and the dark theme.
const (
	InkLight     = "#ffffff"
	InkDark      = "#0b1220"
	SurfaceLight = "#ffffff"
	SurfaceDark  = "#161c2a"
	pageLight    = "#f4f6fa" // what cards lie on; a little darker than they, so text that is readable here is readable there
	// Default is the colour of a portal that has no brand yet.
	Default = "#1d5eff"
)

// Valid reports whether s is a colour as a brand keeps it: "#rrggbb" or "#rgb".
func Valid(s string) bool {
	_, ok := parse(s)
	return ok
}

// Normal writes a colour as "#rrggbb" in small letters; "" when it is none.
func Normal(s string) string {
	c, ok := parse(s)
	if !ok {
		return ""
	}
	return c.hex()
}

// Readable reports whether one of the inks can be read on the fill.
func Readable(fill string) bool { return Ratio(fill, Ink(fill)) >= Least }

// Ink is the colour of text on a fill: white where white is readable, otherwise near-black.
func Ink(fill string) string {
	if Ratio(fill, InkLight) >= Least {
		return InkLight
	}
	return InkDark
}

// Ratio is the WCAG contrast ratio of two "#rrggbb" (or "#rgb") colours, from 1 to 21; 0 when one is no colour.
func Ratio(a, b string) float64 {
	ca, okA := parse(a)
	cb, okB := parse(b)
	if !okA || !okB {
		return 0
	}
	la, lb := ca.luminance(), cb.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// Nearest is hex itself when its Ink has 4.5 : 1 on it, else the nearest colour that does: the same hue and
// chroma, as little lighter or darker as possible. What is no colour comes back as the default brand.
func Nearest(hex string) string {
	c, ok := parse(hex)
	if !ok {
		return Default
	}
	hex = c.hex()
	if Ratio(hex, Ink(hex)) >= Least {
		return hex
	}
	l, a, b := c.oklab()
	for step := 0.002; step <= 1; step += 0.002 {
		for _, s := range []float64{-step, step} {
			if try := fromOklab(l+s, a, b).hex(); Ratio(try, Ink(try)) >= Least {
				return try
			}
		}
	}
	return Default
}

// Text moves the lightness of hex until it can be read on a surface and on that surface tinted with it, which is what
// badges and the selected line of the rail stand on: darker on the light surface, lighter on the dark one.
func Text(hex, surface string) string {
	direction, page := -1.0, pageLight
	if Ratio(surface, InkLight) > Ratio(surface, InkDark) {
		direction, page = 1, surface // the dark page is darker than the surface and takes no contrast away
	}
	c, _ := parse(hex)
	s, _ := parse(surface)
	l, a, b := c.oklab()
	for range 500 {
		t := fromOklab(l, a, b)
		tint := rgb{s.r*0.86 + c.r*0.14, s.g*0.86 + c.g*0.14, s.b*0.86 + c.b*0.14}
		if Ratio(t.hex(), surface) >= Least && Ratio(t.hex(), page) >= Least && Ratio(t.hex(), tint.hex()) >= Least {
			return t.hex()
		}
		l += direction * 0.002
	}
	if direction < 0 {
		return InkDark
	}
	return InkLight
}

// rgb is a colour in sRGB, 0 to 1.
type rgb struct{ r, g, b float64 }

func parse(s string) (rgb, bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "#")
	if len(s) == 3 {
		s = string([]byte{s[0], s[0], s[1], s[1], s[2], s[2]})
	}
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s) != 6 {
		return rgb{}, false
	}
	return rgb{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, true
}

func (c rgb) hex() string {
	channel := func(v float64) int { return int(math.Round(255 * min(1, max(0, v)))) }
	return fmt.Sprintf("#%02x%02x%02x", channel(c.r), channel(c.g), channel(c.b))
}

func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func companded(v float64) float64 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

func (c rgb) luminance() float64 {
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// oklab and fromOklab follow Björn Ottosson's definition; the browser mixes tints in the same space.
func (c rgb) oklab() (l, a, b float64) {
	r, g, bl := linear(c.r), linear(c.g), linear(c.b)
	x := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*bl)
	y := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*bl)
	z := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*bl)
	return 0.2104542553*x + 0.7936177850*y - 0.0040720468*z,
		1.9779984951*x - 2.4285922050*y + 0.4505937099*z,
		0.0259040371*x + 0.7827717662*y - 0.8086757660*z
}

func fromOklab(l, a, b float64) rgb {
	x, y, z := l+0.3963377774*a+0.2158037573*b, l-0.1055613458*a-0.0638541728*b, l-0.0894841775*a-1.2914855480*b
	x, y, z = x*x*x, y*y*y, z*z*z
	return rgb{
		companded(4.0767416621*x - 3.3077115913*y + 0.2309699292*z),
		companded(-1.2684380046*x + 2.6097574011*y - 0.3413193965*z),
		companded(-0.0041960863*x - 0.7034186147*y + 1.7076147010*z),
	}
}
