// Package svg draws the part of SVG that logos are made of: paths and shapes, fills, strokes, gradients, groups, clips and
// masks. Everything else is refused with a reason, so that nothing is drawn other than its author sees it.
//
// A file comes from a stranger's hand. The reader keeps nothing of it but geometry and colours: scripts, event handlers,
// foreign content, references that lead out of the file and document types are refused outright, and work is bounded
// (elements, depth, points, pixels), so that a small file cannot keep the program busy.
package svg

import (
	"fmt"
	"image"
	"math"
)

// Why a file is refused; Error.Reason holds one of these.
const (
	Broken      = "svg_broken"      // no well-formed XML in UTF-8, or no SVG
	Doctype     = "svg_doctype"     // a DOCTYPE or entities, with which XML bombs are built
	Script      = "svg_script"      // script elements, javascript: addresses
	Handler     = "svg_handler"     // onload, onclick …
	Foreign     = "svg_foreign"     // foreignObject and other embedded documents
	External    = "svg_external"    // an address outside the file
	Unsupported = "svg_unsupported" // something that this package cannot draw; Detail names it
	Complicated = "svg_complicated" // more work than a logo is worth
	Empty       = "svg_empty"       // nothing to see
)

// Error says why a file is refused.
type Error struct {
	Reason string // one of the constants above
	Detail string // the element, attribute or property that it is about; may be empty
}

func (e *Error) Error() string {
	if e.Detail == "" {
		return "svg: " + e.Reason
	}
	return fmt.Sprintf("svg: %s: %s", e.Reason, e.Detail)
}

func refuse(reason, detail string) error {
	if len(detail) > 60 {
		detail = detail[:60]
	}
	return &Error{Reason: reason, Detail: detail}
}

// Bounds of one file.
const (
	maxElements = 20_000      // elements read
	maxDrawn    = 20_000      // elements drawn, those that <use> repeats included
	maxDepth    = 64          // elements inside elements
	maxNesting  = 6           // use, clip-path and mask inside one another
	maxLayers   = 4           // groups that need a surface of their own, inside one another
	maxPoints   = 500_000     // corners of flattened paths
	maxWork     = 400_000_000 // pixels painted and edges walked
	maxCanvas   = 2048        // width and height of the drawing, in pixels
	farAway     = 1e6         // coordinates beyond it are cut off, in pixels
)

// Image is a file that was read and found harmless; Draw may still find something in it that cannot be drawn.
type Image struct {
	root  *node
	byID  map[string]*node
	rules []rule
	box   box // what the drawing shows, in its own units
}

type box struct{ x, y, w, h float64 }

// Read reads a file. The error is an *Error.
func Read(data []byte) (*Image, error) {
	img, err := read(data)
	if err != nil {
		return nil, err
	}
	if img.box, err = img.viewBox(); err != nil {
		return nil, err
	}
	return img, nil
}

// viewBox is what the drawing shows: its viewBox, or from the origin on as far as width and height say.
func (m *Image) viewBox() (box, error) {
	if s := m.root.attr("viewBox"); s != "" {
		n, err := numbers(s)
		if err != nil || len(n) != 4 || !(n[2] > 0 && n[3] > 0) || !finite(n...) {
			return box{}, refuse(Broken, "viewBox")
		}
		return box{n[0], n[1], n[2], n[3]}, nil
	}
	w, errW := length(m.root.attr("width"), 0)
	h, errH := length(m.root.attr("height"), 0)
	if errW != nil || errH != nil || !(w > 0 && h > 0) || !finite(w, h) {
		return box{}, refuse(Broken, "width, height")
	}
	return box{0, 0, w, h}, nil
}

// Ratio is the drawing's width divided by its height.
func (m *Image) Ratio() float64 { return m.box.w / m.box.h }

// Draw draws the whole drawing w pixels wide and h high; the caller keeps Ratio. The error is an *Error.
func (m *Image) Draw(w, h int) (*image.NRGBA, error) {
	if w < 1 || h < 1 || w > maxCanvas || h > maxCanvas {
		return nil, refuse(Complicated, "")
	}
	p := &painter{doc: m, bounds: image.Rect(0, 0, w, h)}
	page := p.layer()
	toPixels := matrix{float64(w) / m.box.w, 0, 0, float64(h) / m.box.h, 0, 0}.times(matrix{1, 0, 0, 1, -m.box.x, -m.box.y})
	if err := p.children(m.root, page, initial(), toPixels, nil); err != nil {
		return nil, err
	}
	out, seen := page.unmultiplied(), false
	for i := 3; i < len(out.Pix) && !seen; i += 4 {
		seen = out.Pix[i] != 0
	}
	if !seen {
		return nil, refuse(Empty, "")
	}
	return out, nil
}

func finite(list ...float64) bool {
	for _, f := range list {
		if math.IsNaN(f) || math.IsInf(f, 0) || math.Abs(f) > 1e9 {
			return false
		}
	}
	return true
}
