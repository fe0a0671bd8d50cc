package svg

import (
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// rgba is a colour in sRGB, 0 to 1, not multiplied by its opacity.
type rgba struct{ r, g, b, a float64 }

func (s *style) colour(value string) (rgba, error) {
	v := strings.ToLower(strings.TrimSpace(value))
	switch {
	case v == "currentcolor":
		return s.color, nil
	case v == "transparent" || v == "none":
		return rgba{}, nil
	case strings.HasPrefix(v, "#"):
		if c, ok := hexColour(v[1:]); ok {
			return c, nil
		}
	case strings.HasPrefix(v, "rgb(") || strings.HasPrefix(v, "rgba("):
		if c, ok := rgbColour(v); ok {
			return c, nil
		}
	default:
		if c, ok := colornames.Map[v]; ok {
			return rgba{float64(c.R) / 255, float64(c.G) / 255, float64(c.B) / 255, 1}, nil
		}
	}
	return rgba{}, refuse(Unsupported, value)
}

func hexColour(h string) (rgba, bool) {
	if len(h) == 3 || len(h) == 4 {
		long := make([]byte, 0, 8)
		for i := range len(h) {
			long = append(long, h[i], h[i])
		}
		h = string(long)
	}
	if len(h) == 6 {
		h += "ff"
	}
	n, err := strconv.ParseUint(h, 16, 32)
	if len(h) != 8 || err != nil {
		return rgba{}, false
	}
	return rgba{float64(n>>24) / 255, float64(n>>16&255) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, true
}

func rgbColour(v string) (rgba, bool) {
	_, inside, _ := strings.Cut(v, "(")
	inside, _, closed := strings.Cut(inside, ")")
	parts := strings.FieldsFunc(inside, func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
	if !closed || len(parts) != 3 && len(parts) != 4 {
		return rgba{}, false
	}
	c := [4]float64{0, 0, 0, 1}
	for i, p := range parts {
		text, percent := strings.CutSuffix(p, "%")
		f, err := number(text)
		switch {
		case err != nil:
			return rgba{}, false
		case percent:
			f /= 100
		case i < 3:
			f /= 255
		}
		c[i] = min(1, max(0, f))
	}
	return rgba{c[0], c[1], c[2], c[3]}, true
}
