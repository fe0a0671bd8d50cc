package ui

// FragmentPhone is the phone of a page: HX-Target "phone".
const FragmentPhone = "phone"

// Phone is a telephone that shows the portal's real pages below an address that staff may open ("/admin/as/TOKEN"), with
// what has not been saved. Its tabs and the choice of light and dark are plain links into the frame; js/admin/phone.js
// keeps the page when the theme changes, and posts forms marked data-preview as they change.
type Phone struct {
	// Base is the preview's address without the theme; "" shows an empty telephone that says how to fill it.
	Base string
	// Token names the draft to a form that goes on with it (a hidden field "draft").
	Token   string
	Caption string // "as Alice Carter of Harbor Fiber, unsaved changes applied"
	Path    string // the page to begin with; "" is Home
	Theme   string // "light" (the default) or "dark"
	Tabs    []PhoneTab
}

// PhoneTab is a page of the portal that the telephone leads to.
type PhoneTab struct {
	LabelKey string
	Path     string
}

// phoneTabs are those of every telephone that names no others.
var phoneTabs = []PhoneTab{{"nav.home", "/"}, {"nav.finance", "/finance"}, {"config.phone_login", "/login"}}

func (p Phone) tabs() []PhoneTab {
	if p.Tabs != nil {
		return p.Tabs
	}
	return phoneTabs
}

func (p Phone) theme() string { return orDefault(p.Theme, "light") }

func (p Phone) path() string { return orDefault(p.Path, "/") }

func (p Phone) at(theme, path string) string { return p.Base + "/" + theme + path }

func (p Phone) themes() []Option {
	return []Option{{Value: "light", Label: "config.phone_light", Icon: "sun"}, {Value: "dark", Label: "config.phone_dark", Icon: "moon"}}
}
