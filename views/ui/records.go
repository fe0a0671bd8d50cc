package ui

import "github.com/a-h/templ"

// Records is a list of documents for those who compare them: a real table from 900 px, and a card a document on a phone,
// where a list of rows would stand. One column, the first, names the document and leads to it.
type Records struct {
	Caption string
	Columns []Column
	Rows    []Record
	More    string // address of the next page, which "Show more" puts below these rows
}

// Record is one document. Cells are those of the columns after the first, in their order.
type Record struct {
	URL   string
	Title string
	Text  string // under the title of the card, each part isolated; the table has it in columns
	Cells []Cell
}

// Cell is one value of a Record. Content, when there is one, stands instead of Text.
type Cell struct {
	Text    string
	URL     string // of what Text names, when that has a page of its own
	Content templ.Component
	End     bool // a figure
	Brief   bool // a day or a code: on one line where there is room
	Strong  bool
	Card    CardPart
	Only    bool // on the card alone: the table says it in other columns
}

// CardPart says what a cell is on the card; most cells stand in the table alone.
type CardPart string

// The parts of a card besides its title and text.
const (
	TableOnly  CardPart = ""
	CardFigure CardPart = "figure"
	CardState  CardPart = "state"
)

func (c Cell) class() templ.OrderedAttributes {
	class := ""
	for _, x := range []struct {
		on   bool
		name string
	}{{c.End, "end"}, {c.Brief, "records-brief"}, {c.Strong, "records-strong"}, {c.Card != TableOnly, "records-" + string(c.Card)}, {c.Only, "narrow-only"}} {
		if x.on {
			class += " " + x.name
		}
	}
	if class == "" {
		return nil
	}
	return templ.OrderedAttributes{{Key: "class", Value: class[1:]}}
}
