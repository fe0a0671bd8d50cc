package ui

import (
	"unicode/utf8"

	"github.com/a-h/templ"
)

// Notice is a message about the customer's state that stays until the state changes: suspended, outage, contract to sign.
type Notice struct {
	Tone  Tone
	Icon  string // "" is the tone's
	Title string
	Text  string
	URL   string // makes the whole notice a link
}

// Empty tells what would be here and offers the next step.
type Empty struct {
	Icon   string
	Title  string
	Text   string
	URL    string // of the next step; "" for none
	Action string // its label
}

// Heading is the top of a page: its one h1, a line under it, and actions as children.
type Heading struct {
	Title  string
	Whole  string // a part of Title that no line ends within, such as a number
	Text   string
	Hidden bool // the h1 is for screen readers only, as on Home
}

// Row is one entry of a list. Children stand at its end: an amount, a badge.
type Row struct {
	URL    string // "" for a row that leads nowhere
	Plain  bool   // the URL is a download or another host: no htmx
	Icon   string // in a tinted square; "" for none
	Tone   Tone   // of that square; "" is the brand's
	Title  string
	Text   string
	Unread bool
	Arrow  bool // a chevron at the end
}

// Chip is one choice of a row of tabs that are links.
type Chip struct {
	Label  string
	URL    string
	Active bool
	Count  int
}

// Counter is a card with a number that leads to what it counts (P6).
type Counter struct {
	Icon  string
	Count int
	Label string // agrees with Count
	URL   string
}

// Usage is a bar of data used (DASH-5). Segments are shares of the whole in percent, drawn one after the other.
type Usage struct {
	Label    string // the whole in words, for those who do not see the bar
	Segments []Segment
	Start    string // under the bar: "412 GB of 1 000 GB"
	Strong   string // the part of Start to set bold, before it: "412 GB"
	End      string // "8 days left"
}

// Segment is one part of a Usage bar.
type Segment struct {
	Percent float64
	Kind    SegmentKind
}

// SegmentKind is what a segment of a usage bar counts; its colour is a token.
type SegmentKind string

// The kinds of segment.
const (
	SegmentUsed  SegmentKind = "used"
	SegmentTopUp SegmentKind = "topup"
	SegmentBonus SegmentKind = "bonus"
	SegmentOver  SegmentKind = "over"
)

// Kind is the weight of a button.
type Kind string

// The kinds of button; a page has one Primary at most.
const (
	Primary   Kind = "primary"
	Secondary Kind = "secondary"
	Quiet     Kind = "quiet"
	Danger    Kind = "danger"
)

// Action is a button or a link that looks like one.
type Action struct {
	Label    string
	Kind     Kind // "" is Secondary
	Icon     string
	URL      string // LinkButton only
	Plain    bool   // LinkButton: a download or another host, no htmx
	Name     string // Button only: form field
	Value    string
	Wide     bool // as wide as its surroundings
	Disabled bool
	Attrs    templ.Attributes // data-… for app.js
}

func (a Action) class() string {
	kind := a.Kind
	if kind == "" {
		kind = Secondary
	}
	class := "btn btn-" + string(kind)
	if a.Wide {
		class += " btn-wide"
	}
	return class
}

// Table is a real table for wide screens and exact figures; rows are its children (<tr>…).
type Table struct {
	Caption string
	Columns []Column
}

// Column is a head of a Table; End sets it at the line's end, for figures.
type Column struct {
	Label string
	End   bool
}

// Term is a line of a definition list. Copy adds a button that copies the value.
type Term struct {
	Label  string
	Value  string
	Copy   bool
	Absent bool // Value only says that there is none
}

// amountSize keeps a sum on one line: the longer it is, the smaller it is set on a narrow screen.
func amountSize(text string) string {
	switch n := utf8.RuneCountInString(text); {
	case n > 16:
		return "amount-longest"
	case n > 12:
		return "amount-longer"
	case n > 8:
		return "amount-long"
	}
	return ""
}
