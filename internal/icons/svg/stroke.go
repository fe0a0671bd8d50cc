package svg

import "math"

// stroked turns lines into the area that a stroke covers, as pieces that all turn the same way: filled by the nonzero rule
// they are one area, however they overlap.
func (p *painter) stroked(lines []line, s *style, scale float64) ([]line, error) {
	left := maxPoints - p.points
	k := &stroker{half: s.width / 2, style: s, left: &left, scale: scale}
	for _, l := range lines {
		if len(s.dashes) > 0 {
			for _, piece := range k.dash(l) {
				k.line(piece)
			}
		} else {
			k.line(l)
		}
		if left < 0 {
			return nil, refuse(Complicated, "")
		}
	}
	p.points = maxPoints - left
	return k.out, nil
}

type stroker struct {
	half  float64
	style *style
	out   []line
	left  *int
	scale float64
}

// piece adds an area, turned so that it runs counter-clockwise.
func (k *stroker) piece(points ...point) {
	area := 0.0
	for i, a := range points {
		b := points[(i+1)%len(points)]
		area += a.x*b.y - b.x*a.y
	}
	if area < 0 {
		for i, j := 0, len(points)-1; i < j; i, j = i+1, j-1 {
			points[i], points[j] = points[j], points[i]
		}
	}
	if *k.left -= len(points); *k.left >= 0 {
		k.out = append(k.out, line{points: points, closed: true})
	}
}

func (k *stroker) disc(c point) {
	n := int(min(64, max(8, 3*math.Sqrt(k.half*k.scale))))
	points := make([]point, n)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		points[i] = point{c.x + k.half*cos, c.y + k.half*sin}
	}
	k.piece(points...)
}

func (k *stroker) line(l line) {
	points := l.points[:1:1]
	for _, q := range l.points[1:] {
		if q.minus(points[len(points)-1]).length() > 1e-9 {
			points = append(points, q)
		}
	}
	if l.closed && len(points) > 1 && points[0].minus(points[len(points)-1]).length() <= 1e-9 {
		points = points[:len(points)-1]
	}
	if len(points) == 1 {
		k.dot(points[0])
		return
	}
	if l.closed {
		points = append(points, points[0])
	}
	for i := range len(points) - 1 {
		a, b := points[i], points[i+1]
		side := normal(a, b).by(k.half)
		k.piece(a.plus(side), b.plus(side), b.minus(side), a.minus(side))
		switch {
		case i+2 < len(points):
			k.join(a, b, points[i+2])
		case l.closed:
			k.join(a, b, points[1])
		}
	}
	if !l.closed {
		k.end(points[1], points[0])
		k.end(points[len(points)-2], points[len(points)-1])
	}
}

// normal is the unit vector to the left of a → b.
func normal(a, b point) point {
	d := b.minus(a)
	n := d.length()
	return point{-d.y / n, d.x / n}
}

// dot is what a stroke of no length shows: its caps.
func (k *stroker) dot(c point) {
	switch k.style.cap {
	case "round":
		k.disc(c)
	case "square":
		h := k.half
		k.piece(point{c.x - h, c.y - h}, point{c.x + h, c.y - h}, point{c.x + h, c.y + h}, point{c.x - h, c.y + h})
	}
}

func (k *stroker) join(a, b, c point) {
	n1, n2 := normal(a, b), normal(b, c)
	turn := n1.x*n2.y - n1.y*n2.x
	if math.Abs(turn) < 1e-6 && n1.x*n2.x+n1.y*n2.y > 0 {
		return
	}
	if k.style.join == "round" {
		k.disc(b)
		return
	}
	if turn > 0 { // the gap is on the outer side of the turn
		n1, n2 = n1.by(-1), n2.by(-1)
	}
	p1, p2 := b.plus(n1.by(k.half)), b.plus(n2.by(k.half))
	k.piece(b, p1, p2)
	if k.style.join == "bevel" {
		return
	}
	middle := n1.plus(n2)
	cosine := middle.length() / 2 // of half the turn: 1 / miter length
	if cosine > 1e-6 && 1/cosine <= k.style.miter {
		k.piece(p1, b.plus(middle.by(k.half/(2*cosine*cosine))), p2)
	}
}

func (k *stroker) end(from, at point) {
	switch k.style.cap {
	case "round":
		k.disc(at)
	case "square":
		side := normal(from, at).by(k.half)
		out := point{side.y, -side.x}
		k.piece(at.plus(side), at.plus(side).plus(out), at.minus(side).plus(out), at.minus(side))
	}
}

// dash cuts a line into its dashes.
func (k *stroker) dash(l line) (out []line) {
	points := l.points
	if l.closed {
		points = append(points[:len(points):len(points)], points[0])
	}
	pattern, sum := k.style.dashes, 0.0
	for _, d := range pattern {
		sum += d
	}
	if sum*k.scale < 0.1 { // too fine to be seen
		return []line{l}
	}
	offset := math.Mod(k.style.dashOffset, sum)
	if offset < 0 {
		offset += sum
	}
	i := 0
	for offset >= pattern[i] && offset > 0 {
		offset -= pattern[i]
		i = (i + 1) % len(pattern)
	}
	rest := pattern[i] - offset
	current := []point{points[0]}
	for j := range len(points) - 1 {
		a, b := points[j], points[j+1]
		whole := b.minus(a).length()
		for done := 0.0; done < whole; {
			step := min(rest, whole-done)
			done += step
			rest -= step
			current = append(current, between(a, b, done/whole))
			if rest > 1e-9 {
				continue
			}
			if i%2 == 0 {
				out = append(out, line{points: current})
			}
			current = []point{current[len(current)-1]}
			i = (i + 1) % len(pattern)
			rest = pattern[i]
			if *k.left -= 4; *k.left < 0 {
				return nil
			}
		}
	}
	if i%2 == 0 && len(current) > 1 {
		out = append(out, line{points: current})
	}
	return out
}
