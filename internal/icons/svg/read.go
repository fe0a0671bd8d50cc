package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// node is one element.
type node struct {
	name     string
	attrs    map[string]string
	children []*node
	text     string // of style elements
}

func (n *node) attr(name string) string { return n.attrs[name] }

const space = "http://www.w3.org/2000/svg"

// embedding are elements that bring another kind of content, moving those that change the drawing over time.
var (
	embedding = map[string]bool{"foreignobject": true, "iframe": true, "embed": true, "object": true, "audio": true, "video": true, "canvas": true, "html": true, "body": true, "link": true, "meta": true, "base": true}
	moving    = map[string]bool{"animate": true, "animatecolor": true, "animatemotion": true, "animatetransform": true, "set": true, "discard": true}
)

func read(data []byte) (*Image, error) {
	if !utf8.Valid(data) {
		return nil, refuse(Broken, "UTF-8")
	}
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	d.Strict = true
	m := &Image{byID: map[string]*node{}}
	var stack []*node
	skipped, count := 0, 0 // skipped is the depth inside an element of another vocabulary
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, broken(err)
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, refuse(Doctype, "")
		case xml.ProcInst:
			if t.Target != "xml" {
				return nil, refuse(External, "<?"+t.Target+"?>")
			}
		case xml.StartElement:
			count++
			if count > maxElements || len(stack)+skipped >= maxDepth {
				return nil, refuse(Complicated, "")
			}
			n, err := harmless(t)
			if err != nil {
				return nil, err
			}
			if skipped > 0 || t.Name.Space != space && t.Name.Space != "" {
				skipped++
				continue
			}
			switch {
			case len(stack) > 0:
				parent := stack[len(stack)-1]
				parent.children = append(parent.children, n)
			case m.root != nil || n.name != "svg":
				return nil, refuse(Broken, n.name)
			default:
				m.root = n
			}
			if id := n.attr("id"); id != "" && m.byID[id] == nil {
				m.byID[id] = n
			}
			stack = append(stack, n)
		case xml.EndElement:
			if skipped > 0 {
				skipped--
				continue
			}
			if len(stack) == 0 {
				return nil, refuse(Broken, "")
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if skipped == 0 && len(stack) > 0 && stack[len(stack)-1].name == "style" {
				stack[len(stack)-1].text += string(t)
			}
		}
	}
	if m.root == nil {
		return nil, refuse(Broken, "")
	}
	return m, m.sheets(m.root)
}

// broken tells entities, which XML knows only with a document type, from other mistakes.
func broken(err error) error {
	if strings.Contains(err.Error(), "entity") {
		return refuse(Doctype, "")
	}
	return refuse(Broken, "")
}

// harmless turns an element into a node, unless it or an attribute of it could do anything but be drawn.
func harmless(t xml.StartElement) (*node, error) {
	n := &node{name: t.Name.Local, attrs: make(map[string]string, len(t.Attr))}
	switch lower := strings.ToLower(n.name); {
	case lower == "script" || lower == "handler" || lower == "listener":
		return nil, refuse(Script, "<"+n.name+">")
	case embedding[lower]:
		return nil, refuse(Foreign, "<"+n.name+">")
	case moving[lower]:
		return nil, refuse(Unsupported, n.name)
	}
	for _, a := range t.Attr {
		name, value := a.Name.Local, strings.TrimSpace(a.Value)
		lower := strings.ToLower(name)
		switch {
		case a.Name.Space == "xmlns" || name == "xmlns":
			continue
		case strings.HasPrefix(lower, "on"):
			return nil, refuse(Handler, name)
		case scripted(value):
			return nil, refuse(Script, name)
		case a.Name.Space == "http://www.w3.org/XML/1998/namespace" && name == "base":
			return nil, refuse(External, "xml:base")
		case lower == "href" || lower == "src":
			if !strings.HasPrefix(value, "#") && value != "" {
				if strings.HasPrefix(strings.ToLower(value), "data:image/") && n.name == "image" {
					return nil, refuse(Unsupported, "image")
				}
				return nil, refuse(External, name)
			}
			n.attrs["href"] = value
			continue
		case outside(value):
			return nil, refuse(External, name)
		}
		if a.Name.Space == "" {
			n.attrs[name] = value
		}
	}
	return n, nil
}

// plain removes what browsers ignore inside addresses, so that java&#x0a;script: is seen for what it is.
func plain(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' || r == '\\' {
			return -1
		}
		return r
	}, s))
}

func scripted(value string) bool {
	p := plain(value)
	return strings.Contains(p, "javascript:") || strings.Contains(p, "vbscript:") || strings.Contains(p, "expression(")
}

// outside reports whether a value or a stylesheet names anything that is not in the file.
func outside(value string) bool {
	p := plain(value)
	if strings.Contains(p, "@import") || strings.Contains(p, "image(") || strings.Contains(p, "image-set(") || strings.Contains(p, "src(") {
		return true
	}
	for {
		_, rest, ok := strings.Cut(p, "url(")
		if !ok {
			return false
		}
		if !strings.HasPrefix(strings.TrimLeft(rest, `"'`), "#") {
			return true
		}
		p = rest
	}
}
