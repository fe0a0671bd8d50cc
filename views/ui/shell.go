// Package ui is the closed set of components that every page is put together from: the frame around it, cards, lists,
// fields, badges, sheets. Each takes one small struct with texts already in the reader's language; a component whose
// struct has a key says so in the field's name. None of them writes style attributes or inline scripts (the CSP forbids
// both), and each works without script.
package ui

import (
	"context"
	"strings"

	"github.com/a-h/templ"
	"myisp/static"
	"myisp/views/i18n"
)

// Fragments of every page; the renderer picks them by the request's HX-Target.
const (
	FragmentTitle = "title" // <title>, sent before the frame so that htmx sets document.title
	FragmentFrame = "frame" // top bar, navigation and main: HX-Target "frame"
	FragmentRows  = "rows"  // the rows of a long list with the next "Show more": HX-Target "more"
	FragmentSheet = "sheet" // the part of a page that a sheet shows: HX-Target "sheet-body"
)

// Fragments names what to render for an htmx request by its HX-Target; nil means the whole page.
func Fragments(hxTarget string) []any {
	switch hxTarget {
	case "frame":
		return []any{FragmentTitle, FragmentFrame}
	case "more":
		return []any{FragmentRows}
	case "sheet-body":
		return []any{FragmentSheet}
	case "phone":
		return []any{FragmentPhone}
	}
	return nil
}

// Shell is what surrounds a page; language and direction come from the context (i18n.With).
type Shell struct {
	Title       string // of the document, in the reader's language; the page shows its own h1 (Heading)
	Brand       Brand
	Viewer      *Viewer // nil when nobody is logged in
	Nav         []NavItem
	More        []NavItem // what the More tab leads to; listed in the rail on wide screens
	Unread      int       // notifications not yet read
	UnreadURL   string    // where the bell leads; "" is /messages
	Notices     []Notice
	Toast       *Toast
	Theme       string  // "auto", "light" or "dark"
	Banner      *Banner // above everything: staff acting as a customer, sandbox
	Onlooker    bool    // somebody looks who is not the customer: what follows from looking, as a mark that something was read, does not
	Path        string  // of the request, for the language form to return to
	BackURL     string  // the parent page; shows an arrow before the brand
	InstallHint bool    // offer to put the portal on the home screen

	staff bool // a staff page, with their stylesheet and script
}

func (s Shell) forStaff() Shell {
	s.staff = true
	return s
}

// Brand is the partner's published look (P1, G12).
type Brand struct {
	Title        string
	ShortName    string // under the home-screen icon; at most 12 characters fit
	LogoURL      string // "" shows the first letter on the brand colour
	ThemeURL     string // stylesheet made by ThemeCSS; "" keeps the default blue
	ThemeColor   string // of the browser's bar, "#rrggbb"; "" follows the page
	IconURL      string // favicon; "" is the default icon
	TouchIconURL string // apple-touch-icon, 180 × 180
	FooterText   string // X6
	Host         string
}

func (b Brand) icon() string {
	if b.IconURL != "" {
		return b.IconURL
	}
	return static.URL("icons/brand.svg")
}

func (b Brand) touchIcon() string {
	if b.TouchIconURL != "" {
		return b.TouchIconURL
	}
	return static.URL("icons/brand-512.png")
}

// letter stands in for a missing logo.
func (b Brand) letter() string {
	for _, r := range b.Title {
		return strings.ToUpper(string(r))
	}
	return "M"
}

// Viewer is the person logged in, customer or staff.
type Viewer struct {
	Name     string
	Login    string
	Initials string // "" is made from the name
	URL      string // where the avatar leads; "" is /settings, which nobody can switch off
}

// Initials takes the first letters of the first and the last word: "Alice Carter" is "AC".
func Initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	first := []rune(words[0])[:1]
	if len(words) > 1 {
		first = append(first, []rune(words[len(words)-1])[0])
	}
	return strings.ToUpper(string(first))
}

func (v Viewer) initials() string {
	if v.Initials != "" {
		return v.Initials
	}
	return Initials(v.Name)
}

// NavItem is one way into the portal: a tab, a line of the rail, a line of More.
type NavItem struct {
	Key      string // "home", "finance" …: for tests and styles
	LabelKey string // message key
	Icon     string // Lucide name
	URL      string
	Badge    int
	Active   bool
	GroupKey string // message key of a heading before this item, in the staff rail
}

// Toast is the answer to something just done; a screen reader hears it.
type Toast struct {
	Tone Tone
	Text string
}

// Banner is a strip above the page that stays, such as "You act as Alice Carter"; a POST form ends it when ActionURL is set.
type Banner struct {
	Tone        Tone
	Icon        string // "" is the tone's
	Lang        string // of the texts; "" is the page's
	Text        string
	ActionURL   string
	ActionLabel string
}

func (s Shell) documentTitle() string {
	if s.Title == "" || s.Title == s.Brand.Title {
		return s.Brand.Title
	}
	return s.Title + " · " + s.Brand.Title
}

func (s Shell) theme() string {
	if s.Theme == "light" || s.Theme == "dark" {
		return s.Theme
	}
	return "auto"
}

func (s Shell) unreadURL() string {
	if s.UnreadURL != "" {
		return s.UnreadURL
	}
	return "/messages"
}

func (s Shell) shortName() string {
	if s.Brand.ShortName != "" {
		return s.Brand.ShortName
	}
	return s.Brand.Title
}

func bellLabel(ctx context.Context, unread int) string {
	if unread == 0 {
		return i18n.T(ctx, "nav.notifications")
	}
	return i18n.N(ctx, "nav.unread", unread)
}

// Link is the attributes of every in-app link: a plain href, and htmx's explicit ones that swap the frame instead of
// the document. Downloads, other hosts and pages of another shell language take a plain href.
func Link(url string) templ.OrderedAttributes {
	href := any(url)
	return templ.OrderedAttributes{
		{Key: "href", Value: href},
		{Key: "hx-get", Value: href},
		{Key: "hx-target", Value: "#frame"},
		{Key: "hx-push-url", Value: "true"},
		{Key: "hx-swap", Value: "outerHTML show:window:top transition:true"},
	}
}

func navigation(url string) templ.OrderedAttributes {
	return templ.OrderedAttributes{
		{Key: "hx-get", Value: url},
		{Key: "hx-target", Value: "#frame"},
		{Key: "hx-push-url", Value: "true"},
		{Key: "hx-swap", Value: "outerHTML show:window:top transition:true"},
	}
}

// GetForm is the attributes of a filter form (method GET): the filter lives in the URL, with and without script.
func GetForm(url string) templ.OrderedAttributes {
	return append(templ.OrderedAttributes{{Key: "action", Value: url}, {Key: "method", Value: "get"}}, navigation(url)...)
}

// SheetLink is the attributes of a link whose page opens in a sheet; without script it is that page. The page wraps
// what belongs into the sheet in templ.Fragment(FragmentSheet).
func SheetLink(url string) templ.OrderedAttributes {
	return templ.OrderedAttributes{
		{Key: "href", Value: url},
		{Key: "hx-get", Value: url},
		{Key: "hx-target", Value: "#sheet-body"},
		{Key: "hx-swap", Value: "innerHTML"},
		{Key: "aria-haspopup", Value: "dialog"},
	}
}

// htmxConfig goes into a meta element, because the CSP forbids scripts that would set it. An error page replaces the
// frame like any other page; app.js keeps foreign error pages (a proxy's) out.
const htmxConfig = `{"historyCacheSize":0,"refreshOnHistoryMiss":false,"allowEval":false,"allowScriptTags":false,` +
	`"includeIndicatorStyles":false,"selfRequestsOnly":true,"disableInheritance":true,"scrollBehavior":"auto",` +
	`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},` +
	`{"code":"[45]..","swap":true,"error":true}]}`
