package svg

import (
	"image"
	"math"
)

// painter draws one picture, within bounds of work.
type painter struct {
	doc     *Image
	bounds  image.Rectangle
	points  int // flattened so far
	work    int // done so far
	drawn   int // elements so far
	nesting int // of use, clip-path and mask
	layers  int // inside one another
}

func (p *painter) spend(work int) error {
	if p.work += work; p.work > maxWork {
		return refuse(Complicated, "")
	}
	return nil
}

// silent are elements that draw nothing where they stand; some are drawn where something refers to them.
var silent = map[string]bool{"defs": true, "title": true, "desc": true, "metadata": true, "style": true, "linearGradient": true, "radialGradient": true,
	"clipPath": true, "mask": true, "symbol": true, "filter": true, "pattern": true, "marker": true, "view": true}

func (p *painter) children(n *node, on *layer, s style, m matrix, clip *coverage) error {
	own, err := p.styled(n, s)
	if err != nil {
		return err
	}
	return p.group(n, on, own, m, clip)
}

// group draws the children of a node that is styled already, on a layer of their own where they fade or are masked as one.
func (p *painter) group(n *node, on *layer, own style, m matrix, clip *coverage) error {
	if own.gone {
		return nil
	}
	target := on
	clip, mask, err := p.cut(own, n, m, clip)
	if err != nil {
		return err
	}
	alone := own.opacity < 1 || mask != nil
	if alone {
		if p.layers++; p.layers > maxLayers {
			return refuse(Complicated, "")
		}
		defer func() { p.layers-- }()
		if err := p.spend(p.bounds.Dx() * p.bounds.Dy()); err != nil {
			return err
		}
		target = p.layer()
	}
	opacity := own.opacity
	for _, c := range n.children {
		if err := p.element(c, target, own, m, clip); err != nil {
			return err
		}
	}
	if alone {
		return p.merge(on, target, opacity, nil, mask)
	}
	return nil
}

func (p *painter) element(n *node, on *layer, inherited style, m matrix, clip *coverage) error {
	if silent[n.name] {
		return nil
	}
	if p.drawn++; p.drawn > maxDrawn {
		return refuse(Complicated, "")
	}
	s, err := p.styled(n, inherited)
	if err != nil || s.gone {
		return err
	}
	if m, err = p.moved(n, m); err != nil {
		return err
	}
	switch {
	case n.name == "g" || n.name == "a":
		return p.group(n, on, s, m, clip)
	case n.name == "use":
		return p.use(n, on, s, m, clip)
	case shapes[n.name]:
		return p.shape(n, on, s, m, clip)
	}
	return refuse(Unsupported, n.name)
}

// moved applies an element's transform, which is an attribute; as a style it is refused.
func (p *painter) moved(n *node, m matrix) (matrix, error) {
	if n.attr("transform-origin") != "" {
		return m, refuse(Unsupported, "transform-origin")
	}
	t, err := transform(n.attr("transform"))
	return m.times(t), err
}

// enter follows a reference, unless references have led too deep.
func (p *painter) enter() (leave func(), err error) {
	if p.nesting++; p.nesting > maxNesting {
		return nil, refuse(Complicated, "")
	}
	return func() { p.nesting-- }, nil
}

func (p *painter) use(n *node, on *layer, s style, m matrix, clip *coverage) error {
	leave, err := p.enter()
	if err != nil {
		return err
	}
	defer leave()
	of := p.doc.byID[trimHash(n.attr("href"))]
	if of == nil {
		return nil
	}
	if of.name == "symbol" || of.name == "svg" {
		return refuse(Unsupported, "use "+of.name)
	}
	x, errX := length(n.attr("x"), p.doc.box.w)
	y, errY := length(n.attr("y"), p.doc.box.h)
	if errX != nil || errY != nil {
		return refuse(Broken, "use")
	}
	return p.group(&node{name: "g", children: []*node{of}}, on, s, m.times(matrix{1, 0, 0, 1, x, y}), clip)
}

func (p *painter) shape(n *node, on *layer, s style, m matrix, clip *coverage) error {
	lines, err := p.outline(n, m.scale())
	if err != nil || s.hidden || len(lines) == 0 {
		return err
	}
	clip, mask, err := p.cut(s, n, m, clip)
	if err != nil {
		return err
	}
	target, opacity := on, s.opacity
	if mask != nil || s.opacity < 1 && s.stroke.kind != noPaint && s.fill.kind != noPaint {
		target, opacity = p.layer(), 1
		if err := p.spend(p.bounds.Dx() * p.bounds.Dy()); err != nil {
			return err
		}
	}
	fill, err := p.ink(s.fill, &s, lines, m)
	if err != nil {
		return err
	}
	if fill != nil {
		c, err := p.area(lines, m, s.evenOdd)
		if err == nil {
			err = p.lay(target, c, clip, fill, opacity*s.fillOpacity)
		}
		if err != nil {
			return err
		}
	}
	if err := p.stroke(target, lines, &s, m, clip, opacity); err != nil || target == on {
		return err
	}
	return p.merge(on, target, s.opacity, nil, mask)
}

func (p *painter) stroke(on *layer, lines []line, s *style, m matrix, clip *coverage, opacity float64) error {
	if s.stroke.kind == noPaint || s.width <= 0 || !finite(s.width, s.miter) {
		return nil
	}
	color, err := p.ink(s.stroke, s, lines, m)
	if err != nil || color == nil {
		return err
	}
	pieces, err := p.stroked(lines, s, max(m.scale(), math.SmallestNonzeroFloat64))
	if err != nil {
		return err
	}
	c, err := p.area(pieces, m, false)
	if err != nil {
		return err
	}
	return p.lay(on, c, clip, color, opacity*s.strokeAlpha)
}

// cut finds what clip-path and mask leave of an element: the first joins the clip around it, the second is returned.
func (p *painter) cut(s style, n *node, m matrix, around *coverage) (clip, mask *coverage, err error) {
	clip = around
	if s.clip != "" {
		if clip, err = p.clip(s.clip, m, around); err != nil {
			return nil, nil, err
		}
	}
	if s.mask != "" {
		mask, err = p.mask(s.mask, m)
	}
	return clip, mask, err
}

// clip is the area of a clipPath, within another.
func (p *painter) clip(id string, m matrix, around *coverage) (*coverage, error) {
	leave, err := p.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	n := p.doc.byID[id]
	if n == nil {
		return around, nil
	}
	if n.name != "clipPath" || n.attr("clipPathUnits") == "objectBoundingBox" {
		return nil, refuse(Unsupported, "clip-path")
	}
	own, err := p.styled(n, initial())
	if err != nil {
		return nil, err
	}
	if own.clip != "" {
		if around, err = p.clip(own.clip, m, around); err != nil {
			return nil, err
		}
	}
	if m, err = p.moved(n, m); err != nil {
		return nil, err
	}
	// What a clip shows is drawn black, whatever its paint, and its opacity taken.
	drawn := p.layer()
	if err := p.spend(p.bounds.Dx() * p.bounds.Dy()); err != nil {
		return nil, err
	}
	for _, c := range n.children {
		if err := p.clipped(c, drawn, own, m, around); err != nil {
			return nil, err
		}
	}
	return drawn.alpha(), nil
}

func (p *painter) clipped(n *node, on *layer, inherited style, m matrix, around *coverage) error {
	if silent[n.name] {
		return nil
	}
	s, err := p.styled(n, inherited)
	if err != nil || s.gone || s.hidden {
		return err
	}
	if m, err = p.moved(n, m); err != nil {
		return err
	}
	if p.drawn++; p.drawn > maxDrawn {
		return refuse(Complicated, "")
	}
	if s.clip != "" {
		if around, err = p.clip(s.clip, m, around); err != nil {
			return err
		}
	}
	if n.name == "use" {
		leave, err := p.enter()
		if err != nil {
			return err
		}
		defer leave()
		if of := p.doc.byID[trimHash(n.attr("href"))]; of != nil && shapes[of.name] {
			x, _ := length(n.attr("x"), p.doc.box.w)
			y, _ := length(n.attr("y"), p.doc.box.h)
			return p.clipped(of, on, s, m.times(matrix{1, 0, 0, 1, x, y}), around)
		}
		return nil
	}
	if !shapes[n.name] {
		return refuse(Unsupported, "clipPath "+n.name)
	}
	lines, err := p.outline(n, m.scale())
	if err != nil || len(lines) == 0 {
		return err
	}
	c, err := p.area(lines, m, s.clipEvenOdd)
	if err != nil {
		return err
	}
	return p.lay(on, c, around, func(float64, float64) rgba { return rgba{a: 1} }, 1)
}

// mask is how bright its content is, pixel by pixel, or how opaque where it says so.
func (p *painter) mask(id string, m matrix) (*coverage, error) {
	leave, err := p.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	n := p.doc.byID[id]
	if n == nil {
		return nil, nil
	}
	if n.name != "mask" || n.attr("maskContentUnits") == "objectBoundingBox" {
		return nil, refuse(Unsupported, "mask")
	}
	on := p.layer()
	if err := p.spend(2 * p.bounds.Dx() * p.bounds.Dy()); err != nil {
		return nil, err
	}
	if err := p.children(n, on, initial(), m, nil); err != nil {
		return nil, err
	}
	alpha := n.attr("mask-type") == "alpha"
	for _, d := range declarations(n.attr("style")) {
		alpha = alpha || d.name == "mask-type" && d.value == "alpha"
	}
	c := on.alpha()
	if !alpha {
		for i := range c.a {
			c.a[i] = 0.2126*on.pix[4*i] + 0.7152*on.pix[4*i+1] + 0.0722*on.pix[4*i+2]
		}
	}
	return c, nil
}

// alpha is how opaque each pixel is.
func (l *layer) alpha() *coverage {
	c := &coverage{rect: l.rect, a: make([]float32, len(l.pix)/4)}
	for i := range c.a {
		c.a[i] = l.pix[4*i+3]
	}
	return c
}
