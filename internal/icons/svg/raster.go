package svg

import (
	"image"
	"math"
	"slices"
)

// rows is into how many strips each row of pixels is cut; across, coverage is exact.
const rows = 4

// coverage is how much of each pixel an area covers, 0 to 1, within a rectangle.
type coverage struct {
	rect image.Rectangle
	a    []float32
}

func (c *coverage) at(x, y int) float32 {
	if c == nil {
		return 1
	}
	if !(image.Point{x, y}).In(c.rect) {
		return 0
	}
	return c.a[(y-c.rect.Min.Y)*c.rect.Dx()+x-c.rect.Min.X]
}

type edge struct {
	top, bottom int     // strips
	x, slope    float64 // at the middle of the strip top, and per strip
	winding     int
}

type crossing struct {
	x       float64
	winding int
}

// area finds what lines cover after m; lines are closed whether they say so or not.
func (p *painter) area(lines []line, m matrix, evenOdd bool) (*coverage, error) {
	var edges []edge
	lo, hi := point{farAway, farAway}, point{-farAway, -farAway}
	for _, l := range lines {
		points := make([]point, len(l.points))
		for i, q := range l.points {
			q = m.of(q)
			if math.IsNaN(q.x) || math.IsNaN(q.y) {
				return nil, refuse(Broken, "path")
			}
			q.x, q.y = min(farAway, max(-farAway, q.x)), min(farAway, max(-farAway, q.y))
			lo, hi = point{min(lo.x, q.x), min(lo.y, q.y)}, point{max(hi.x, q.x), max(hi.y, q.y)}
			points[i] = q
		}
		for i, a := range points {
			if e, ok := p.edge(a, points[(i+1)%len(points)]); ok {
				edges = append(edges, e)
			}
		}
	}
	rect := image.Rect(int(math.Floor(lo.x)), int(math.Floor(lo.y)), int(math.Ceil(hi.x)), int(math.Ceil(hi.y))).Intersect(p.bounds)
	if lo.x > hi.x || rect.Empty() {
		return &coverage{}, nil
	}
	if err := p.spend(rect.Dx()*rect.Dy() + len(edges)); err != nil {
		return nil, err
	}
	c := &coverage{rect: rect, a: make([]float32, rect.Dx()*rect.Dy())}
	slices.SortFunc(edges, func(a, b edge) int { return a.top - b.top })
	return c, p.sweep(c, edges, evenOdd)
}

// edge prepares a side of an area; horizontal ones cross nothing.
func (p *painter) edge(a, b point) (edge, bool) {
	e := edge{winding: 1}
	if a.y > b.y {
		a, b, e.winding = b, a, -1
	}
	// A strip is crossed where its middle lies between the ends.
	e.top = max(0, int(math.Ceil(a.y*rows-0.5)))
	e.bottom = min(p.bounds.Dy()*rows, int(math.Ceil(b.y*rows-0.5)))
	if e.top >= e.bottom {
		return e, false
	}
	perY := (b.x - a.x) / (b.y - a.y)
	e.x, e.slope = a.x+((float64(e.top)+0.5)/rows-a.y)*perY, perY/rows
	return e, true
}

func (p *painter) sweep(c *coverage, edges []edge, evenOdd bool) error {
	width := c.rect.Dx()
	step := make([]float64, width+2) // how coverage changes from pixel to pixel
	var active []edge
	var crossings []crossing
	next := 0
	for y := c.rect.Min.Y; y < c.rect.Max.Y; y++ {
		clear(step)
		for strip := y * rows; strip < (y+1)*rows; strip++ {
			for ; next < len(edges) && edges[next].top <= strip; next++ {
				e := edges[next]
				e.x += float64(strip-e.top) * e.slope
				active = append(active, e)
			}
			if err := p.spend(len(active)); err != nil {
				return err
			}
			crossings = crossings[:0]
			kept := active[:0]
			for _, e := range active {
				if e.bottom <= strip {
					continue
				}
				crossings = append(crossings, crossing{e.x, e.winding})
				e.x += e.slope
				kept = append(kept, e)
			}
			active = kept
			slices.SortFunc(crossings, func(a, b crossing) int {
				switch {
				case a.x < b.x:
					return -1
				case a.x > b.x:
					return 1
				}
				return 0
			})
			winding := 0
			for i, x := range crossings {
				winding += x.winding
				inside := winding != 0
				if evenOdd {
					inside = i%2 == 0
				}
				if inside && i+1 < len(crossings) {
					span(step, x.x-float64(c.rect.Min.X), crossings[i+1].x-float64(c.rect.Min.X), float64(width))
				}
			}
		}
		sum, row := 0.0, c.a[(y-c.rect.Min.Y)*width:][:width]
		for i := range row {
			sum += step[i]
			row[i] = float32(min(1, max(0, sum)))
		}
	}
	return nil
}

// span notes that a strip is covered from a to b.
func span(step []float64, a, b, width float64) {
	a, b = min(width, max(0, a)), min(width, max(0, b))
	if b <= a {
		return
	}
	for _, end := range [2]struct{ x, sign float64 }{{a, 1.0 / rows}, {b, -1.0 / rows}} {
		i := int(end.x)
		part := float64(i+1) - end.x
		step[i] += end.sign * part
		step[i+1] += end.sign * (1 - part)
	}
}
