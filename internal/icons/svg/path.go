package svg

import (
	"math"
	"strings"
)

type point struct{ x, y float64 }

func (p point) plus(q point) point        { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point       { return point{p.x - q.x, p.y - q.y} }
func (p point) by(f float64) point        { return point{p.x * f, p.y * f} }
func (p point) length() float64           { return math.Hypot(p.x, p.y) }
func between(a, b point, t float64) point { return point{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t} }

// matrix maps x, y to a·x + c·y + e, b·x + d·y + f.
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{1, 0, 0, 1, 0, 0}

func (m matrix) of(p point) point { return point{m.a*p.x + m.c*p.y + m.e, m.b*p.x + m.d*p.y + m.f} }

// times is m after n.
func (m matrix) times(n matrix) matrix {
	return matrix{m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b, m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f}
}

func (m matrix) determinant() float64 { return m.a*m.d - m.b*m.c }

func (m matrix) inverse() (matrix, bool) {
	det := m.determinant()
	if math.Abs(det) < 1e-12 {
		return identity, false
	}
	return matrix{m.d / det, -m.b / det, -m.c / det, m.a / det, (m.c*m.f - m.d*m.e) / det, (m.b*m.e - m.a*m.f) / det}, true
}

// scale is about how much longer m makes a line.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m.determinant())) }

func transform(s string) (matrix, error) {
	m := identity
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimLeft(s, " \t\r\n,") {
		name, rest, ok := strings.Cut(s, "(")
		inside, after, closed := strings.Cut(rest, ")")
		n, err := numbers(inside)
		if !ok || !closed || err != nil || !finite(n...) {
			return m, refuse(Broken, "transform")
		}
		s = after
		var t matrix
		switch name = strings.TrimSpace(name); {
		case name == "matrix" && len(n) == 6:
			t = matrix{n[0], n[1], n[2], n[3], n[4], n[5]}
		case name == "translate" && len(n) == 1:
			t = matrix{1, 0, 0, 1, n[0], 0}
		case name == "translate" && len(n) == 2:
			t = matrix{1, 0, 0, 1, n[0], n[1]}
		case name == "scale" && len(n) == 1:
			t = matrix{n[0], 0, 0, n[0], 0, 0}
		case name == "scale" && len(n) == 2:
			t = matrix{n[0], 0, 0, n[1], 0, 0}
		case name == "rotate" && len(n) == 1:
			t = rotation(n[0])
		case name == "rotate" && len(n) == 3:
			t = matrix{1, 0, 0, 1, n[1], n[2]}.times(rotation(n[0])).times(matrix{1, 0, 0, 1, -n[1], -n[2]})
		case name == "skewX" && len(n) == 1:
			t = matrix{1, 0, math.Tan(n[0] * math.Pi / 180), 1, 0, 0}
		case name == "skewY" && len(n) == 1:
			t = matrix{1, math.Tan(n[0] * math.Pi / 180), 0, 1, 0, 0}
		default:
			return m, refuse(Broken, "transform")
		}
		m = m.times(t)
	}
	return m, nil
}

func rotation(degrees float64) matrix {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return matrix{cos, sin, -sin, cos, 0, 0}
}

// line is a flattened stretch of a path.
type line struct {
	points []point
	closed bool
}

// pen flattens curves while a path is walked.
type pen struct {
	lines []line
	at    point
	start point
	scale float64 // from the path's units to pixels
	left  *int    // how many more points may come
	open  bool    // a stretch has begun
}

func (p *pen) move(to point) {
	p.at, p.start, p.open = to, to, false
}

func (p *pen) add(to point) error {
	if *p.left--; *p.left < 0 {
		return refuse(Complicated, "")
	}
	if !finite(to.x, to.y) {
		return refuse(Broken, "path")
	}
	if !p.open {
		p.lines = append(p.lines, line{points: []point{p.start}})
		p.open = true
	}
	last := &p.lines[len(p.lines)-1]
	last.points = append(last.points, to)
	p.at = to
	return nil
}

func (p *pen) close() error {
	if !p.open {
		if err := p.add(p.start); err != nil {
			return err
		}
	}
	p.lines[len(p.lines)-1].closed = true
	p.at, p.open = p.start, false
	return nil
}

// steps is into how many lines a curve of about this length is cut.
func (p *pen) steps(length float64) int {
	pixels := length * p.scale
	if math.IsNaN(pixels) {
		return 1
	}
	return int(min(256, max(4, 2+1.5*math.Sqrt(pixels))))
}

func (p *pen) cubic(b, c, d point) error {
	a := p.at
	n := p.steps(b.minus(a).length() + c.minus(b).length() + d.minus(c).length())
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		ab, bc, cd := between(a, b, t), between(b, c, t), between(c, d, t)
		if err := p.add(between(between(ab, bc, t), between(bc, cd, t), t)); err != nil {
			return err
		}
	}
	return nil
}

func (p *pen) quadratic(b, c point) error {
	a := p.at
	return p.cubic(between(a, b, 2./3), between(c, b, 2./3), c)
}

// arc follows the implementation notes of SVG (F.6).
func (p *pen) arc(rx, ry, degrees float64, large, sweep bool, to point) error {
	from := p.at
	rx, ry = math.Abs(rx), math.Abs(ry)
	if rx == 0 || ry == 0 || from == to {
		return p.add(to)
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	half := from.minus(to).by(0.5)
	x1, y1 := cos*half.x+sin*half.y, -sin*half.x+cos*half.y
	if grow := x1*x1/(rx*rx) + y1*y1/(ry*ry); grow > 1 {
		rx, ry = rx*math.Sqrt(grow), ry*math.Sqrt(grow)
	}
	k := math.Sqrt(max(0, (rx*rx*ry*ry-rx*rx*y1*y1-ry*ry*x1*x1)/(rx*rx*y1*y1+ry*ry*x1*x1)))
	if large == sweep {
		k = -k
	}
	cx1, cy1 := k*rx*y1/ry, -k*ry*x1/rx
	centre := point{cos*cx1 - sin*cy1, sin*cx1 + cos*cy1}.plus(between(from, to, 0.5))
	begin := math.Atan2((y1-cy1)/ry, (x1-cx1)/rx)
	turn := math.Atan2((-y1-cy1)/ry, (-x1-cx1)/rx) - begin
	switch {
	case sweep && turn < 0:
		turn += 2 * math.Pi
	case !sweep && turn > 0:
		turn -= 2 * math.Pi
	}
	n := p.steps(math.Abs(turn) * max(rx, ry))
	for i := 1; i < n; i++ {
		s, c := math.Sincos(begin + turn*float64(i)/float64(n))
		if err := p.add(centre.plus(point{cos*rx*c - sin*ry*s, sin*rx*c + cos*ry*s})); err != nil {
			return err
		}
	}
	return p.add(to)
}

// scanner reads the numbers of path data, points and transforms.
type scanner struct{ s string }

func (s *scanner) skip() { s.s = strings.TrimLeft(s.s, " \t\r\n\f,") }

// number reads the next number; the end of it may be the beginning of the next: 1.5.5-2.
func (s *scanner) number() (float64, error) {
	s.skip()
	i, dot, digits := 0, false, false
	if i < len(s.s) && (s.s[i] == '+' || s.s[i] == '-') {
		i++
	}
	for ; i < len(s.s); i++ {
		c := s.s[i]
		switch {
		case c >= '0' && c <= '9':
			digits = true
			continue
		case c == '.' && !dot:
			dot = true
			continue
		case (c == 'e' || c == 'E') && digits:
			j := i + 1
			if j < len(s.s) && (s.s[j] == '+' || s.s[j] == '-') {
				j++
			}
			k := j
			for k < len(s.s) && s.s[k] >= '0' && s.s[k] <= '9' {
				k++
			}
			if k > j {
				i = k
			}
		}
		break
	}
	if !digits {
		return 0, refuse(Broken, "number")
	}
	f, err := number(s.s[:i])
	s.s = s.s[i:]
	return f, err
}

// flag reads a single 0 or 1, which need not be separated from what follows.
func (s *scanner) flag() (bool, error) {
	s.skip()
	if s.s == "" || s.s[0] != '0' && s.s[0] != '1' {
		return false, refuse(Broken, "path")
	}
	on := s.s[0] == '1'
	s.s = s.s[1:]
	return on, nil
}

func numbers(text string) (list []float64, err error) {
	s := scanner{text}
	for s.skip(); s.s != ""; s.skip() {
		f, err := s.number()
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// arguments is how many numbers a command of path data takes.
var arguments = map[byte]int{'m': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'q': 4, 't': 2, 'a': 7, 'z': 0}

// data walks path data.
func (p *pen) data(text string) error {
	s := scanner{text}
	var command, previous byte
	var control point // of the curve before, for s and t
	for s.skip(); s.s != ""; s.skip() {
		if c := s.s[0]; c|0x20 >= 'a' && c|0x20 <= 'z' {
			command = c
			s.s = s.s[1:]
		} else if command|0x20 == 'z' || command == 0 {
			return refuse(Broken, "path")
		}
		lower := command | 0x20
		n, known := arguments[lower]
		if !known || previous == 0 && lower != 'm' {
			return refuse(Broken, "path")
		}
		var v [7]float64
		for i := range n {
			var err error
			if lower == 'a' && (i == 3 || i == 4) {
				var on bool
				if on, err = s.flag(); on {
					v[i] = 1
				}
			} else {
				v[i], err = s.number()
			}
			if err != nil {
				return err
			}
		}
		base := point{}
		if command == lower {
			base = p.at
		}
		at := func(i int) point { return point{v[i], v[i+1]}.plus(base) }
		mirrored := p.at
		if curves := "cs"; previous != 0 && (strings.IndexByte(curves, previous) >= 0 && lower == 's' || strings.IndexByte("qt", previous) >= 0 && lower == 't') {
			mirrored = p.at.by(2).minus(control)
		}
		var err error
		switch lower {
		case 'm':
			p.move(at(0))
			command -= 'm' - 'l' // further pairs are lines
		case 'l':
			err = p.add(at(0))
		case 'h':
			err = p.add(point{v[0] + base.x, p.at.y})
		case 'v':
			err = p.add(point{p.at.x, v[0] + base.y})
		case 'c':
			control = at(2)
			err = p.cubic(at(0), control, at(4))
		case 's':
			control = at(0)
			err = p.cubic(mirrored, control, at(2))
		case 'q':
			control = at(0)
			err = p.quadratic(control, at(2))
		case 't':
			control = mirrored
			err = p.quadratic(control, at(0))
		case 'a':
			err = p.arc(v[0], v[1], v[2], v[3] == 1, v[4] == 1, at(5))
		case 'z':
			err = p.close()
		}
		if err != nil {
			return err
		}
		previous = lower
	}
	return nil
}
