package admin

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/portal"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Config is GET /admin/config/main/portal: the General settings, or with ?partner= those of a partner, or with ?q= all
// that somebody searches for.
func (h *Handlers) Config(c echo.Context) error {
	if web.HoldsFrame(c) {
		return web.LoadAnew(c)
	}
	f := configForm{partner: askedPartner(c.QueryParam("partner")), general: c.QueryParam("partner") == "", query: strings.TrimSpace(c.QueryParam("q"))}
	p, err := h.configPage(c, f)
	if err != nil {
		return err
	}
	p.Saved = h.takeSaved(c)
	return web.OK(c, views.ConfigPage(p))
}

// SaveConfig is POST /admin/config/main/portal/:section: the settings of a section, or of all, are saved together.
func (h *Handlers) SaveConfig(c echo.Context) error {
	f, err := readConfig(c, c.Param("section"))
	if err != nil {
		return err
	}
	save := func(c echo.Context) error { return h.saveConfig(c, f) }
	if f.aboutStaff(c) {
		return h.asManager(c, save)
	}
	return save(c)
}

// asManager goes on with what is about how staff log in.
func (h *Handlers) asManager(c echo.Context, handle echo.HandlerFunc) error {
	return h.kit.Admit(c, web.Route{Method: c.Request().Method, Path: c.Path(), Permission: staff.EditStaff, Fresh: true, Handle: handle})
}

// aboutStaff reports whether a form changes how staff log in.
func (f configForm) aboutStaff(c echo.Context) bool {
	v := web.From(c).Partner(f.partner)
	return v != nil && slices.ContainsFunc(configDeclarations(), func(d *portal.Declaration) bool {
		sent, given := f.values[d.Key]
		if value, err := d.Canonical(sent); err == nil {
			sent = value
		}
		return given && d.Staff && sent != v.Values.JSON(d)
	})
}

func (h *Handlers) saveConfig(c echo.Context, f configForm) error {
	changed, err := h.m.Portal.SetMany(c.Request().Context(), f.partner, f.values)
	if bad, ok := web.Fields(err); ok {
		return h.configAgain(c, f, bad)
	}
	if err != nil {
		return err
	}
	if err := h.keepSaved(c, f.partner, changed); err != nil {
		return err
	}
	return web.SeeOther(c, f.page())
}

// ResetConfig is POST /admin/config/main/portal/:key/reset: the partner inherits the setting again.
func (h *Handlers) ResetConfig(c echo.Context) error {
	d := portal.Lookup(c.Param("key"))
	if d == nil || slices.Contains(notHere, d.Section) {
		return db.ErrNotFound
	}
	reset := func(c echo.Context) error { return h.resetConfig(c, d) }
	if d.Staff {
		return h.asManager(c, reset)
	}
	return reset(c)
}

func (h *Handlers) resetConfig(c echo.Context, d *portal.Declaration) error {
	ctx := c.Request().Context()
	f := configForm{partner: askedPartner(c.FormValue("partner")), general: c.FormValue("tab") == "general"}
	changed, err := h.m.Portal.ResetTo(ctx, f.partner, d.Key)
	if err != nil {
		return err
	}
	if err := h.keepSaved(c, f.partner, changed); err != nil {
		return err
	}
	return web.SeeOther(c, f.page()+"#section-"+d.Section)
}

// PreviewConfig is POST /admin/config/main/portal/preview: what has been typed becomes a draft, which the frame shows.
func (h *Handlers) PreviewConfig(c echo.Context) error {
	ctx := c.Request().Context()
	f, err := readConfig(c, views.ConfigAll)
	if err != nil {
		return err
	}
	who, err := h.previewCustomer(ctx, f.partner, strings.TrimSpace(c.FormValue("as")))
	var token string
	if err == nil {
		token, err = h.keepDraft(c, c.FormValue("draft"), portal.Draft{PartnerID: f.partner, CustomerID: who.ID, Changes: portal.Changes{Settings: f.values}})
	}
	if bad, ok := web.Fields(err); ok {
		return h.configAgain(c, f, bad)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(c, draftPage(token))
}

// configForm is what was asked for or sent.
type configForm struct {
	general bool // the tab
	partner int64
	query   string
	values  map[string]string // sent: key → JSON, or what stands in the place of a number
	as      string
}

// page is where the form came from.
func (f configForm) page() string {
	if f.general {
		return views.ConfigPath
	}
	return views.ConfigPath + "?partner=" + strconv.FormatInt(f.partner, 10)
}

// askedPartner reads a partner's id; the Default partner is meant where none is named.
func askedPartner(s string) int64 {
	if s == "" || s == "0" {
		return portal.DefaultPartner
	}
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return -1 // which no partner has
	}
	return id
}

// readConfig reads the settings that a form has brought ("field" names each, because what is switched off sends nothing).
// Errors: db.ErrNotFound when a section is asked for that is none.
func readConfig(c echo.Context, section string) (configForm, error) {
	f := configForm{partner: askedPartner(c.FormValue("partner")), general: c.FormValue("tab") == "general", values: map[string]string{}, as: c.FormValue("as")}
	if section != views.ConfigAll && !slices.Contains(configSections(), section) {
		return f, db.ErrNotFound
	}
	form := c.Request().Form
	for _, d := range configDeclarations() {
		if slices.Contains(form["field"], d.Key) && (section == views.ConfigAll || d.Section == section) {
			f.values[d.Key] = d.FromForm(form[d.Key])
		}
	}
	return f, nil
}

// notHere are the sections that have a page of their own.
var notHere = []string{"localization"}

func configDeclarations() []*portal.Declaration {
	return slices.DeleteFunc(portal.Declarations(), func(d *portal.Declaration) bool { return slices.Contains(notHere, d.Section) })
}

func configSections() (list []string) {
	for _, d := range configDeclarations() {
		if !slices.Contains(list, d.Section) {
			list = append(list, d.Section)
		}
	}
	return list
}

// configAgain shows the page with what was sent and what is wrong with it.
func (h *Handlers) configAgain(c echo.Context, f configForm, bad db.Invalid) error {
	web.HoldsFrame(c)
	p, err := h.configPage(c, f)
	if err != nil {
		return err
	}
	p.Wrong = true
	for _, s := range p.Sections {
		for i, r := range s.Rows {
			s.Rows[i].Error = bad[r.Key]
		}
	}
	if p.Preview != nil {
		p.Preview.Error, p.Preview.As = bad["as"], f.as
	}
	return web.Again(c, views.ConfigPage(p))
}

// configPage fills the page: the sections of the tab, and hidden those of the other, which a search shows.
func (h *Handlers) configPage(c echo.Context, f configForm) (views.Config, error) {
	r, ctx := web.From(c), c.Request().Context()
	v := r.Partner(f.partner)
	if v == nil {
		return views.Config{}, db.ErrNotFound
	}
	p := views.Config{Shell: h.shell(c, i18n.T(ctx, "config.title")), General: f.general, Partner: f.partner, Query: f.query, MayEdit: r.Staff.May(staff.EditSettings), Total: len(configDeclarations())}
	for _, other := range r.Partners() {
		p.Partners = append(p.Partners, ui.Option{Value: strconv.FormatInt(other.Partner.ID, 10), Label: other.Partner.Name})
	}
	for _, d := range configDeclarations() {
		row := views.ConfigRowOf(ctx, d, cmp.Or(f.values[d.Key], v.Values.JSON(d)))
		row.Own, row.Inherited = v.Values.Own(d), views.SettingValue(ctx, d, r.Inherited(f.partner, d))
		row.Fixed = d.Staff && !r.Staff.May(staff.EditStaff)
		title := i18n.T(ctx, "config.section."+d.Section)
		if f.query != "" && !row.Matches(ctx, title, f.query) {
			continue
		}
		if n := len(p.Sections); n == 0 || p.Sections[n-1].Key != d.Section {
			s := views.ConfigSection{Key: d.Section, Title: title, Hidden: f.query == "" && f.general != (d.Scope == portal.General)}
			if d.Scope == portal.PerPartner {
				s.Partner = v.Partner.Name
			}
			p.Sections = append(p.Sections, s)
		}
		last := &p.Sections[len(p.Sections)-1]
		last.Rows = append(last.Rows, row)
	}
	if err := h.configAttributes(c, &p); err != nil {
		return p, err
	}
	logo := views.ConfigSection{Key: "logo", Title: i18n.T(ctx, "config.section.logo"), Hidden: f.query == "" && !f.general,
		Links: []views.ConfigLink{{ID: "G12", Name: i18n.T(ctx, "config.logo"), Help: i18n.T(ctx, "config.logo_text"), URL: "/admin/branding"}}}
	if logo.Narrow(ctx, f.query) && r.Staff.May(staff.EditBranding) {
		p.Sections = append(p.Sections, logo)
	}
	if mayPreview(r.Staff) {
		var err error
		if p.Preview, err = h.configPreview(ctx, f.partner); err != nil {
			return p, err
		}
	}
	return p, nil
}

// knownLogins is how many customers the field for whom to preview as suggests.
const knownLogins = 8

func (h *Handlers) configPreview(ctx context.Context, partner int64) (*views.ConfigPreview, error) {
	list, err := h.m.Customers.Sample(ctx, partner, knownLogins)
	p := &views.ConfigPreview{}
	for _, who := range list {
		p.Known = append(p.Known, who.Login)
	}
	if len(list) > 0 {
		p.As = list[0].Login
	}
	return p, err
}
