package admin

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"myisp/models/portal"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// ConfigPath is Config → Main → Portal.
const ConfigPath = "/admin/config/main/portal"

// ConfigAll names all sections at once where one is asked for.
const ConfigAll = "all"

// Config is Config → Main → Portal: the General settings, or those of one partner.
type Config struct {
	Shell    ui.Shell
	General  bool  // the tab
	Partner  int64 // whose Per partner settings; on the General tab the one to preview
	Partners []ui.Option
	Query    string
	Sections []ConfigSection
	Saved    *ConfigSaved
	Wrong    bool // something that was sent is not acceptable
	MayEdit  bool
	Total    int            // how many settings there are
	Preview  *ConfigPreview // nil for who may not look at customers
	// Attributes is G16: what customers may do with each additional attribute; nil where the page does not show it.
	Attributes *ConfigAttributes
}

// ConfigPreview is the telephone beside the form, and as whom it looks.
type ConfigPreview struct {
	Phone ui.Phone
	As    string   // the customer's login
	Known []string // some logins
	Error string   // message key
}

// ConfigSection is one card of settings that are saved together.
type ConfigSection struct {
	Key     string
	Title   string
	Partner string // whose settings they are; "" for the installation's
	Rows    []ConfigRow
	Links   []ConfigLink
	Hidden  bool // of the other tab: only a search shows it
}

// ConfigRow is one setting.
type ConfigRow struct {
	*portal.Declaration
	Name, Help string
	Value      string // as its field shows it
	Chosen     []string
	Own        bool
	Inherited  string // what a reset brings back, in words
	Fixed      bool   // a member of staff who may change the others may not change this one
	Error      string
}

// ConfigLink leads to what belongs here and is set on another page.
type ConfigLink struct{ ID, Name, Help, URL string }

// ConfigSaved is what a save has changed.
type ConfigSaved struct {
	Partner string // "" for the installation
	Lines   []ConfigSavedLine
	More    int // changes beyond those listed
}

// ConfigSavedLine is one change in words.
type ConfigSavedLine struct{ Name, Before, After string }

// ConfigRowOf makes the row of a setting with a value, JSON or as it was typed.
func ConfigRowOf(ctx context.Context, d *portal.Declaration, value string) ConfigRow {
	return ConfigRow{Declaration: d, Name: i18n.T(ctx, "setting."+d.Key+".name"), Help: i18n.T(ctx, "setting."+d.Key+".help")}.WithValue(value)
}

// WithValue returns the row with a value, JSON or as it was typed.
func (r ConfigRow) WithValue(value string) ConfigRow {
	r.Value = value
	switch r.Type {
	case portal.Many, portal.Perm:
		_ = json.Unmarshal([]byte(value), &r.Chosen)
	case portal.Text, portal.One:
		_ = json.Unmarshal([]byte(value), &r.Value)
	}
	return r
}

// SettingName is the name of a setting with its section: names such as "Items" and "Enable" stand in several.
func SettingName(ctx context.Context, d *portal.Declaration) string {
	return i18n.T(ctx, "config.section."+d.Section) + " › " + i18n.T(ctx, "setting."+d.Key+".name")
}

// SettingValue writes a value (JSON) of a setting in words.
func SettingValue(ctx context.Context, d *portal.Declaration, value string) string {
	r := ConfigRowOf(ctx, d, value)
	switch d.Type {
	case portal.Bool:
		if value == "true" {
			return i18n.T(ctx, "config.on")
		}
		return i18n.T(ctx, "config.off")
	case portal.Many, portal.Perm:
		var words []string
		for _, o := range r.options(ctx) {
			if r.chosen(o.Value) {
				words = append(words, o.Label)
			}
		}
		if len(words) == 0 && d.Type == portal.Perm {
			return i18n.T(ctx, "config.hidden")
		}
		if len(words) == 0 {
			return i18n.T(ctx, "config.none")
		}
		return strings.Join(words, ", ")
	case portal.One:
		for _, o := range r.options(ctx) {
			if o.Value == r.Value {
				return o.Label
			}
		}
	case portal.Text:
		if r.Value == "" {
			return i18n.T(ctx, "config.empty")
		}
	}
	return r.Value
}

func (r ConfigRow) on() bool { return r.Value == "true" }

func (r ConfigRow) chosen(option string) bool { return slices.Contains(r.Chosen, option) }

// options are the choices in words, with what they wait for.
func (r ConfigRow) options(ctx context.Context) (list []ui.Option) {
	for _, o := range r.Options {
		label := i18n.T(ctx, "config.option."+r.OptionWords()+".o_"+portal.OptionWord(o))
		if r.Type == portal.Perm {
			label = i18n.T(ctx, "config.perm_"+o)
		}
		for _, l := range i18n.Languages() {
			if slices.Equal(r.Options, portal.Languages) && l.Code == o {
				label = l.Native
			}
		}
		list = append(list, ui.Option{Value: o, Label: label})
	}
	return list
}

// waits says that an option does nothing yet, and since when it will.
func (r ConfigRow) waits(ctx context.Context, option string) string {
	if m := r.LaterOptions[option]; m != "" {
		return i18n.T(ctx, "config.with", "module", i18n.T(ctx, "config.later."+string(m)))
	}
	return ""
}

func (r ConfigRow) later(ctx context.Context) string {
	if r.Later == "" {
		return ""
	}
	return i18n.T(ctx, "config.takes_effect", "module", i18n.T(ctx, "config.later."+string(r.Later)))
}

// radios reports whether a choice of one shows all its options at once.
func (r ConfigRow) radios() bool { return r.Type == portal.One && len(r.Options) <= 3 }

// grouped reports whether the field is several controls under one name.
func (r ConfigRow) grouped() bool {
	return r.Type == portal.Many || r.Type == portal.Perm || r.radios()
}

func (r ConfigRow) id() string { return "f-" + strings.ReplaceAll(r.Key, ".", "-") }

func (r ConfigRow) describedBy() string {
	ids := r.id() + "-help"
	if r.Error != "" {
		ids = r.id() + "-error " + ids
	}
	return ids
}

// errorText is what is wrong with the value, in words.
func (r ConfigRow) errorText(ctx context.Context) string { return i18n.T(ctx, r.Error, r.Explain()...) }

// unit tells what a number may be, beside it.
func (r ConfigRow) bounds() string { return strconv.Itoa(r.Min) + "–" + strconv.Itoa(r.Max) }

// Matches reports whether what somebody searches for is in the row: its name, help, id, key or options.
func (r ConfigRow) Matches(ctx context.Context, section, query string) bool {
	text := []string{section, r.Name, r.Help, r.ID, r.Key}
	for _, o := range r.options(ctx) {
		text = append(text, o.Label)
	}
	return strings.Contains(strings.ToLower(strings.Join(text, "\n")), strings.ToLower(strings.TrimSpace(query)))
}

// Narrow leaves in the section what fits a search, and reports whether that is anything.
func (s *ConfigSection) Narrow(ctx context.Context, query string) bool {
	if query == "" {
		return true
	}
	s.Rows = slices.DeleteFunc(s.Rows, func(r ConfigRow) bool { return !r.Matches(ctx, s.Title, query) })
	s.Links = slices.DeleteFunc(s.Links, func(l ConfigLink) bool {
		return !strings.Contains(strings.ToLower(s.Title+"\n"+l.Name+"\n"+l.Help+"\n"+l.ID), strings.ToLower(query))
	})
	return len(s.Rows)+len(s.Links) > 0
}

func (p Config) tabs(ctx context.Context) []ui.Chip {
	partner := p.Partner
	return []ui.Chip{
		{Label: i18n.T(ctx, "config.general"), URL: ConfigPath, Active: p.General && p.Query == ""},
		{Label: i18n.T(ctx, "config.per_partner"), URL: ConfigPath + "?partner=" + strconv.FormatInt(partner, 10), Active: !p.General && p.Query == ""},
	}
}

// whose is the partner's name for the bar that counts changes; the installation's on the General tab.
func (p Config) whose(ctx context.Context) string {
	if p.General {
		return i18n.T(ctx, "config.installation")
	}
	for _, o := range p.Partners {
		if o.Value == p.partner() {
			return o.Label
		}
	}
	return ""
}

func (p Config) partner() string { return strconv.FormatInt(p.Partner, 10) }

// tab is the tab for the forms: they come back to it.
func (p Config) tab() string {
	if p.General {
		return "general"
	}
	return "partner"
}

// attrs are what the row's single control says about itself.
func (r ConfigRow) attrs() templ.Attributes {
	a := templ.Attributes{"aria-describedby": r.describedBy()}
	if r.Error != "" {
		a["aria-invalid"] = "true"
	}
	return a
}
