package svg

import (
	"image"
	"math"
	"sort"
)

// layer is a surface; colours are multiplied by their opacity.
type layer struct {
	rect image.Rectangle
	pix  []float32 // r, g, b, a
}

func (p *painter) layer() *layer {
	return &layer{p.bounds, make([]float32, 4*p.bounds.Dx()*p.bounds.Dy())}
}

func (l *layer) unmultiplied() *image.NRGBA {
	out := image.NewNRGBA(l.rect)
	for i := 0; i < len(l.pix); i += 4 {
		a := l.pix[i+3]
		if a <= 0 {
			continue
		}
		for c := range 3 {
			out.Pix[i+c] = uint8(min(1, l.pix[i+c]/a)*255 + 0.5)
		}
		out.Pix[i+3] = uint8(min(1, a)*255 + 0.5)
	}
	return out
}

// ink says which colour a paint has at a pixel.
type ink func(x, y float64) rgba

// lay paints an area; clip may be nil.
func (p *painter) lay(l *layer, c *coverage, clip *coverage, color ink, opacity float64) error {
	if err := p.spend(2 * c.rect.Dx() * c.rect.Dy()); err != nil {
		return err
	}
	for y := c.rect.Min.Y; y < c.rect.Max.Y; y++ {
		for x := c.rect.Min.X; x < c.rect.Max.X; x++ {
			a := c.at(x, y)
			if a == 0 {
				continue
			}
			a *= clip.at(x, y)
			k := color(float64(x)+0.5, float64(y)+0.5)
			over(l.pix[4*(y*l.rect.Dx()+x):], float32(k.r), float32(k.g), float32(k.b), a*float32(k.a*opacity))
		}
	}
	return nil
}

// over lays a colour of opacity a on a pixel.
func over(pix []float32, r, g, b, a float32) {
	pix[0] = r*a + pix[0]*(1-a)
	pix[1] = g*a + pix[1]*(1-a)
	pix[2] = b*a + pix[2]*(1-a)
	pix[3] = a + pix[3]*(1-a)
}

// merge lays a whole layer on another.
func (p *painter) merge(below, above *layer, opacity float64, clip, mask *coverage) error {
	w, h := below.rect.Dx(), below.rect.Dy()
	if err := p.spend(3 * w * h); err != nil {
		return err
	}
	for y := range h {
		for x := range w {
			i := 4 * (y*w + x)
			if above.pix[i+3] == 0 {
				continue
			}
			k := float32(opacity) * clip.at(x, y) * mask.at(x, y)
			a := above.pix[i+3] * k
			for c := range 3 {
				below.pix[i+c] = above.pix[i+c]*k + below.pix[i+c]*(1-a)
			}
			below.pix[i+3] = a + below.pix[i+3]*(1-a)
		}
	}
	return nil
}

// ink makes a paint for a shape whose outline is lines, in the units of m; nil paints nothing.
func (p *painter) ink(s paint, current *style, lines []line, m matrix) (ink, error) {
	switch s.kind {
	case solid:
		return func(float64, float64) rgba { return s.color }, nil
	case reference:
		n := p.doc.byID[s.id]
		if n == nil {
			return nil, nil
		}
		if n.name != "linearGradient" && n.name != "radialGradient" {
			return nil, refuse(Unsupported, n.name)
		}
		return p.gradient(n, lines, m)
	}
	return nil, nil
}

type gradientStop struct {
	at    float64
	color rgba
}

// gradient reads a gradient; what it does not say itself, the one that it refers to does.
func (p *painter) gradient(n *node, lines []line, m matrix) (ink, error) {
	attrs, content := map[string]string{}, n
	for from, i := n, 0; from != nil && i < 8; i++ {
		for name, value := range from.attrs {
			if _, own := attrs[name]; !own && name != "id" {
				attrs[name] = value
			}
		}
		if !hasStops(content) {
			content = from
		}
		from = p.doc.byID[trimHash(from.attr("href"))]
	}
	stops, err := p.stops(content)
	if err != nil || len(stops) == 0 {
		return nil, err
	}
	own, err := transform(attrs["gradientTransform"])
	if err != nil {
		return nil, err
	}
	inBox := attrs["gradientUnits"] != "userSpaceOnUse"
	whole := p.doc.box
	if inBox {
		lo, hi := extent(lines)
		if hi.x-lo.x <= 0 || hi.y-lo.y <= 0 {
			return nil, nil
		}
		m = m.times(matrix{hi.x - lo.x, 0, 0, hi.y - lo.y, lo.x, lo.y})
		whole = box{0, 0, 1, 1}
	}
	back, ok := m.times(own).inverse()
	if !ok {
		return func(float64, float64) rgba { return stops[len(stops)-1].color }, nil
	}
	get := func(name, usual string, of float64) float64 {
		if attrs[name] != "" {
			usual = attrs[name]
		}
		v, e := length(usual, of)
		if e != nil {
			err = e
		}
		return v
	}
	var where func(q point) float64
	if n.name == "linearGradient" {
		a := point{get("x1", "0%", whole.w), get("y1", "0%", whole.h)}
		d := point{get("x2", "100%", whole.w), get("y2", "0%", whole.h)}.minus(a)
		square := d.x*d.x + d.y*d.y
		where = func(q point) float64 {
			if square == 0 {
				return 1
			}
			q = q.minus(a)
			return (q.x*d.x + q.y*d.y) / square
		}
	} else {
		diagonal := math.Hypot(whole.w, whole.h) / math.Sqrt2
		c, r := point{get("cx", "50%", whole.w), get("cy", "50%", whole.h)}, get("r", "50%", diagonal)
		f := c
		if attrs["fx"] != "" {
			f.x = get("fx", "", whole.w)
		}
		if attrs["fy"] != "" {
			f.y = get("fy", "", whole.h)
		}
		where = radial(c, f, r)
	}
	if err != nil {
		return nil, err
	}
	spread := attrs["spreadMethod"]
	return func(x, y float64) rgba { return colourAt(stops, spreadTo(where(back.of(point{x, y})), spread)) }, nil
}

// radial is how far a point is on the way from the focus to the circle.
func radial(c, f point, r float64) func(point) float64 {
	if d := f.minus(c); d.length() > 0.99*r {
		f = c.plus(d.by(0.99 * r / max(d.length(), 1e-9)))
	}
	return func(q point) float64 {
		d, e := q.minus(f), f.minus(c)
		// |e + d/t| = r, for t
		dd, de, k := d.x*d.x+d.y*d.y, d.x*e.x+d.y*e.y, r*r-e.x*e.x-e.y*e.y
		if k <= 0 {
			return 1
		}
		return (de + math.Sqrt(max(0, de*de+dd*k))) / k
	}
}

func spreadTo(t float64, method string) float64 {
	if math.IsNaN(t) || math.IsInf(t, 0) {
		return 1
	}
	switch method {
	case "repeat":
		return t - math.Floor(t)
	case "reflect":
		t = math.Abs(math.Mod(t, 2))
		if t > 1 {
			t = 2 - t
		}
	}
	return t
}

func colourAt(stops []gradientStop, t float64) rgba {
	i := sort.Search(len(stops), func(i int) bool { return stops[i].at > t })
	switch {
	case i == 0:
		return stops[0].color
	case i == len(stops):
		return stops[i-1].color
	}
	a, b := stops[i-1], stops[i]
	k := (t - a.at) / (b.at - a.at)
	mix := func(x, y float64) float64 { return x + (y-x)*k }
	return rgba{mix(a.color.r, b.color.r), mix(a.color.g, b.color.g), mix(a.color.b, b.color.b), mix(a.color.a, b.color.a)}
}

func hasStops(n *node) bool {
	for _, c := range n.children {
		if c.name == "stop" {
			return true
		}
	}
	return false
}

func (p *painter) stops(n *node) (list []gradientStop, err error) {
	last := 0.0
	for _, c := range n.children {
		if c.name != "stop" {
			continue
		}
		s, err := p.styled(c, initial())
		if err != nil {
			return nil, err
		}
		at := 0.0
		if o := c.attr("offset"); o != "" {
			if at, err = share(o); err != nil {
				return nil, err
			}
		}
		last = max(last, at)
		color := s.stop
		color.a *= s.stopAlpha
		if len(list) >= 256 {
			return nil, refuse(Complicated, "")
		}
		list = append(list, gradientStop{last, color})
	}
	return list, nil
}

func trimHash(s string) string {
	if s == "" {
		return ""
	}
	return s[1:]
}

// extent is the smallest upright rectangle around lines.
func extent(lines []line) (lo, hi point) {
	lo, hi = point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, l := range lines {
		for _, q := range l.points {
			lo, hi = point{min(lo.x, q.x), min(lo.y, q.y)}, point{max(hi.x, q.x), max(hi.y, q.y)}
		}
	}
	return lo, hi
}
