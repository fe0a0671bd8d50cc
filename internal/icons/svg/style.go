package svg

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// style is what an element is drawn with; children inherit all but the last block.
type style struct {
	color                    rgba
	fill, stroke             paint
	fillOpacity, strokeAlpha float64
	width, miter             float64
	cap, join                string
	dashes                   []float64
	dashOffset               float64
	evenOdd, clipEvenOdd     bool
	hidden                   bool

	opacity    float64
	gone       bool
	clip, mask string // ids
	stop       rgba
	stopAlpha  float64
}

// paint is none, a colour, or the gradient with an id.
type paint struct {
	kind  paintKind
	color rgba
	id    string
}

type paintKind int

const (
	noPaint paintKind = iota
	solid
	reference
)

func initial() style {
	s := style{color: rgba{0, 0, 0, 1}, fill: paint{kind: solid, color: rgba{0, 0, 0, 1}}, fillOpacity: 1, strokeAlpha: 1, width: 1, miter: 4, cap: "butt", join: "miter"}
	return s.own()
}

// own resets what is not inherited.
func (s style) own() style {
	s.opacity, s.gone, s.clip, s.mask, s.stop, s.stopAlpha = 1, false, "", "", rgba{0, 0, 0, 1}, 1
	return s
}

// rule is one rule of a style element: a simple selector and its declarations.
type rule struct {
	selector     string
	weight       int // 1 for an element's name, 2 for a class, 3 for an id
	declarations []declaration
}

type declaration struct{ name, value string }

// sheets reads the style elements, wherever they are.
func (m *Image) sheets(n *node) error {
	if n.name == "style" {
		if err := m.sheet(n.text); err != nil {
			return err
		}
	}
	for _, c := range n.children {
		if err := m.sheets(c); err != nil {
			return err
		}
	}
	return nil
}

var comment = regexp.MustCompile(`(?s)/\*.*?(\*/|$)`)

func (m *Image) sheet(text string) error {
	text = comment.ReplaceAllString(text, " ")
	switch {
	case scripted(text):
		return refuse(Script, "<style>")
	case outside(text):
		return refuse(External, "<style>")
	case strings.ContainsAny(text, `@\`):
		return refuse(Unsupported, "<style> @")
	}
	for {
		selectors, rest, ok := strings.Cut(text, "{")
		if !ok {
			return nil
		}
		body, after, _ := strings.Cut(rest, "}")
		text = after
		list := declarations(body)
		for s := range strings.SplitSeq(selectors, ",") {
			s = strings.TrimSpace(s)
			if s == "" || strings.ContainsAny(s[1:], " \t\r\n>+~:[]*.#") || s[0] == ':' || s[0] == '[' {
				return refuse(Unsupported, "<style> "+s)
			}
			weight := 1
			switch s[0] {
			case '.':
				weight = 2
			case '#':
				weight = 3
			case '*':
				weight = 0
			}
			if len(m.rules) >= 2000 {
				return refuse(Complicated, "")
			}
			m.rules = append(m.rules, rule{s, weight, list})
		}
	}
}

func declarations(s string) (list []declaration) {
	for part := range strings.SplitSeq(s, ";") {
		name, value, ok := strings.Cut(part, ":")
		if ok {
			value, _, _ = strings.Cut(value, "!")
			list = append(list, declaration{strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)})
		}
	}
	return list
}

// styled lays an element's attributes, the rules that match it and its style attribute over what it inherits.
func (p *painter) styled(n *node, s style) (style, error) {
	s = s.own()
	var list []declaration
	for _, name := range presentation {
		if v, ok := n.attrs[name]; ok {
			list = append(list, declaration{name, v})
		}
	}
	if rules := p.doc.rules; len(rules) > 0 {
		classes := strings.Fields(n.attr("class"))
		for weight := range 4 {
			for _, r := range rules {
				if r.weight == weight && r.matches(n, classes) {
					list = append(list, r.declarations...)
				}
			}
		}
	}
	list = append(list, declarations(n.attr("style"))...)
	if err := p.spend(4*len(p.doc.rules) + 10*len(list)); err != nil {
		return s, err
	}
	for _, d := range list {
		if d.name == "color" { // first, because currentColor refers to it
			if err := s.set(d.name, d.value); err != nil {
				return s, err
			}
		}
	}
	for _, d := range list {
		if err := s.set(d.name, d.value); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (r rule) matches(n *node, classes []string) bool {
	switch r.weight {
	case 0:
		return true
	case 1:
		return n.name == r.selector
	case 3:
		return n.attr("id") == r.selector[1:]
	}
	for _, c := range classes {
		if c == r.selector[1:] {
			return true
		}
	}
	return false
}

// presentation lists the properties that attributes may set and that matter here.
var presentation = []string{"color", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-opacity", "stroke-width", "stroke-linecap", "stroke-linejoin",
	"stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "clip-rule", "visibility", "display", "opacity", "clip-path", "mask", "stop-color",
	"stop-opacity", "filter", "marker", "marker-start", "marker-mid", "marker-end", "mix-blend-mode", "vector-effect"}

// set sets one property; those that change nothing here are passed over, and those that would are refused.
func (s *style) set(name, value string) (err error) {
	if value == "inherit" || value == "" {
		return nil
	}
	switch name {
	case "color":
		s.color, err = s.colour(value)
	case "fill":
		s.fill, err = s.paint(value)
	case "stroke":
		s.stroke, err = s.paint(value)
	case "fill-opacity":
		s.fillOpacity, err = share(value)
	case "stroke-opacity":
		s.strokeAlpha, err = share(value)
	case "opacity":
		s.opacity, err = share(value)
	case "stop-opacity":
		s.stopAlpha, err = share(value)
	case "stop-color":
		s.stop, err = s.colour(value)
	case "stroke-width":
		s.width, err = length(value, 0)
	case "stroke-miterlimit":
		s.miter, err = number(value)
	case "stroke-linecap":
		s.cap = value
	case "stroke-linejoin":
		s.join = value
	case "stroke-dashoffset":
		s.dashOffset, err = length(value, 0)
	case "stroke-dasharray":
		s.dashes, err = dashes(value)
	case "fill-rule":
		s.evenOdd = value == "evenodd"
	case "clip-rule":
		s.clipEvenOdd = value == "evenodd"
	case "visibility":
		s.hidden = value != "visible"
	case "display":
		s.gone = value == "none"
	case "clip-path":
		s.clip, err = link(name, value)
	case "mask":
		s.mask, err = link(name, value)
	case "filter", "marker", "marker-start", "marker-mid", "marker-end", "vector-effect", "transform", "transform-origin":
		if value != "none" {
			return refuse(Unsupported, name)
		}
	case "mix-blend-mode":
		if value != "normal" {
			return refuse(Unsupported, name)
		}
	}
	return err
}

// link is the id of url(#id); "" for none.
func link(name, value string) (string, error) {
	if value == "none" {
		return "", nil
	}
	id, rest, ok := urlID(value)
	if !ok || rest != "" {
		return "", refuse(Unsupported, name)
	}
	return id, nil
}

func urlID(value string) (id, rest string, ok bool) {
	inside, found := strings.CutPrefix(value, "url(")
	id, rest, closed := strings.Cut(inside, ")")
	id = strings.Trim(strings.TrimSpace(id), `"'`)
	return strings.TrimPrefix(id, "#"), strings.TrimSpace(rest), found && closed && strings.HasPrefix(id, "#")
}

func (s *style) paint(value string) (paint, error) {
	switch {
	case value == "none":
		return paint{}, nil
	case strings.HasPrefix(value, "url("):
		id, _, ok := urlID(value)
		if !ok {
			return paint{}, refuse(Broken, value)
		}
		return paint{kind: reference, id: id}, nil
	}
	c, err := s.colour(value)
	return paint{kind: solid, color: c}, err
}

func dashes(value string) ([]float64, error) {
	if value == "none" {
		return nil, nil
	}
	list, err := numbers(strings.ReplaceAll(value, "px", ""))
	if err != nil || len(list) > 64 {
		return nil, refuse(Unsupported, "stroke-dasharray")
	}
	sum := 0.0
	for _, n := range list {
		if n < 0 {
			return nil, refuse(Broken, "stroke-dasharray")
		}
		sum += n
	}
	if sum == 0 {
		return nil, nil
	}
	if len(list)%2 == 1 {
		list = append(list, list...)
	}
	return list, nil
}

// share is a number or percentage between 0 and 1.
func share(value string) (float64, error) {
	v, percent := strings.CutSuffix(value, "%")
	f, err := number(v)
	if percent {
		f /= 100
	}
	return min(1, max(0, f)), err
}

func number(s string) (float64, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, refuse(Broken, s)
	}
	return f, nil
}

var units = []struct {
	name   string
	pixels float64
}{{"px", 1}, {"pt", 96. / 72}, {"pc", 16}, {"mm", 96 / 25.4}, {"cm", 96 / 2.54}, {"in", 96}, {"rem", 16}, {"em", 16}, {"ex", 8}}

// length reads a length in pixels; a percentage is of whole. "" is 0.
func length(s string, whole float64) (float64, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, nil
	}
	if v, ok := strings.CutSuffix(s, "%"); ok {
		f, err := number(v)
		return f / 100 * whole, err
	}
	for _, u := range units {
		if v, ok := strings.CutSuffix(s, u.name); ok {
			f, err := number(v)
			return f * u.pixels, err
		}
	}
	return number(s)
}
