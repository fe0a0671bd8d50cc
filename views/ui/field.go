package ui

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"myisp/views/i18n"
)

// Field is a labelled input. Its error stands under it and is tied to it by aria-describedby; the input is kept.
type Field struct {
	Name         string
	ID           string // "" is "f-" and the name; set it when one page has two forms with the same name
	Label        string
	Type         string // "" is text
	Value        string
	Hint         string
	Error        string // message key (of db.Invalid) or text; "" is none
	Autocomplete string // the HTML token: "username", "current-password", "one-time-code"
	InputMode    string
	MaxLength    int
	Rows         int // more than 0 makes a textarea
	Required     bool
	Optional     bool // says so beside the label
	ReadOnly     bool
	Disabled     bool
	Autofocus    bool
	LTR          bool // the value is always written left to right: e-mail, phone, codes
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return "f-" + strings.ReplaceAll(f.Name, ".", "-")
}

// describedBy lists the ids of hint and error that exist.
func (f Field) describedBy() string {
	var ids []string
	if f.Error != "" {
		ids = append(ids, f.id()+"-error")
	}
	if f.Hint != "" {
		ids = append(ids, f.id()+"-hint")
	}
	return strings.Join(ids, " ")
}

func (f Field) inputType() string { return orDefault(f.Type, "text") }

func (f Field) dir() string {
	if f.LTR || f.Type == "email" || f.Type == "tel" || f.Type == "url" || f.Type == "password" {
		return "ltr"
	}
	return "auto"
}

// attributes are those that an input, a textarea and a select share.
func (f Field) attributes() templ.OrderedAttributes {
	a := templ.OrderedAttributes{{Key: "id", Value: f.id()}, {Key: "name", Value: f.Name}}
	text := func(key, value string) {
		if value != "" {
			a = append(a, templ.KeyValue[string, any]{Key: key, Value: value})
		}
	}
	flag := func(key string, on bool) {
		if on {
			a = append(a, templ.KeyValue[string, any]{Key: key, Value: true})
		}
	}
	text("autocomplete", f.Autocomplete)
	text("inputmode", f.InputMode)
	if f.MaxLength > 0 {
		text("maxlength", strconv.Itoa(f.MaxLength))
	}
	text("aria-describedby", f.describedBy())
	if f.Error != "" {
		text("aria-invalid", "true")
	}
	flag("required", f.Required)
	flag("readonly", f.ReadOnly)
	flag("disabled", f.Disabled)
	flag("autofocus", f.Autofocus)
	return a
}

// errorText translates a message key; a text that is no key stands as it is.
func errorText(ctx context.Context, e string) string { return i18n.T(ctx, e) }

// Option is one choice of a Select or a Choice.
type Option struct {
	Value string
	Label string
	Icon  string // Choice only
	Lang  string // of a label in its own language; "" is the page's
}

// Select is a labelled drop-down.
type Select struct {
	Name     string
	ID       string
	Label    string
	Value    string
	Options  []Option
	Hint     string
	Error    string
	Disabled bool
}

func (s Select) field() Field {
	return Field{Name: s.Name, ID: s.ID, Label: s.Label, Hint: s.Hint, Error: s.Error, Disabled: s.Disabled}
}

// Choice is a group of radio buttons set as one bar or list.
type Choice struct {
	Name    string
	Legend  string
	Value   string
	Options []Option
}

// Check is a checkbox; Switch draws it as a switch.
type Check struct {
	Name     string
	ID       string
	Value    string // "" is "1"
	Label    string
	Hint     string
	Error    string
	Checked  bool
	Disabled bool
	Switch   bool
}

func (c Check) field() Field {
	return Field{Name: c.Name, ID: c.ID, Label: c.Label, Hint: c.Hint, Error: c.Error, Disabled: c.Disabled}
}
