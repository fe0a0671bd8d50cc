package svg

// shapes are the elements that have an outline of their own.
var shapes = map[string]bool{"path": true, "rect": true, "circle": true, "ellipse": true, "line": true, "polyline": true, "polygon": true}

// outline flattens an element's shape.
func (p *painter) outline(n *node, scale float64) ([]line, error) {
	left := maxPoints - p.points
	pen := &pen{scale: scale, left: &left}
	err := p.trace(pen, n)
	p.points = maxPoints - left
	return pen.lines, err
}

func (p *painter) trace(pen *pen, n *node) error {
	var err error
	get := func(name string, whole float64) float64 {
		v, e := length(n.attr(name), whole)
		if e != nil {
			err = e
		}
		return v
	}
	w, h := p.doc.box.w, p.doc.box.h
	switch n.name {
	case "path":
		return pen.data(n.attr("d"))
	case "rect":
		x, y, rw, rh := get("x", w), get("y", h), get("width", w), get("height", h)
		rx, ry := get("rx", w), get("ry", h)
		if n.attr("rx") == "" {
			rx = ry
		}
		if n.attr("ry") == "" {
			ry = rx
		}
		if err != nil || rw <= 0 || rh <= 0 {
			return err
		}
		return pen.rect(x, y, rw, rh, min(max(rx, 0), rw/2), min(max(ry, 0), rh/2))
	case "circle", "ellipse":
		cx, cy, rx, ry := get("cx", w), get("cy", h), get("rx", w), get("ry", h)
		if n.name == "circle" {
			rx = get("r", w)
			ry = rx
		}
		if err != nil || rx <= 0 || ry <= 0 {
			return err
		}
		return pen.rect(cx-rx, cy-ry, 2*rx, 2*ry, rx, ry)
	case "line":
		a, b := point{get("x1", w), get("y1", h)}, point{get("x2", w), get("y2", h)}
		if err != nil {
			return err
		}
		pen.move(a)
		return pen.add(b)
	}
	list, err := numbers(n.attr("points"))
	if err != nil || len(list) < 2 {
		return err
	}
	pen.move(point{list[0], list[1]})
	for i := 2; i+1 < len(list); i += 2 {
		if err := pen.add(point{list[i], list[i+1]}); err != nil {
			return err
		}
	}
	if n.name == "polygon" {
		return pen.close()
	}
	return nil
}

// rect draws a rectangle with elliptic corners; corners that meet make an ellipse.
func (p *pen) rect(x, y, w, h, rx, ry float64) error {
	p.move(point{x + rx, y})
	for _, side := range []struct{ line, corner point }{
		{point{x + w - rx, y}, point{x + w, y + ry}}, {point{x + w, y + h - ry}, point{x + w - rx, y + h}},
		{point{x + rx, y + h}, point{x, y + h - ry}}, {point{x, y + ry}, point{x + rx, y}},
	} {
		if side.line != p.at || !p.open {
			if err := p.add(side.line); err != nil {
				return err
			}
		}
		if rx > 0 && ry > 0 {
			if err := p.arc(rx, ry, 0, false, true, side.corner); err != nil {
				return err
			}
		}
	}
	return p.close()
}
