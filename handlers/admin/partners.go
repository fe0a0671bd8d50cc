package admin

import (
	"cmp"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/portal"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/format"
	"myisp/views/i18n"
)

// Partners is GET /admin/config/partners.
func (h *Handlers) Partners(c echo.Context) error {
	return web.OK(c, views.PartnersPage(h.partners(c)))
}

func (h *Handlers) partners(c echo.Context) views.Partners {
	r := web.From(c)
	return views.Partners{Shell: h.shell(c, i18n.T(c.Request().Context(), "partners.title")), Items: r.Partners(), MayEdit: r.Staff.May(staff.EditPartners)}
}

// AddPartner is POST /admin/config/partners.
func (h *Handlers) AddPartner(c echo.Context) error {
	name, hosts := c.FormValue("partner_name"), c.FormValue("hosts")
	made, err := h.m.Portal.CreatePartner(c.Request().Context(), portal.NewPartner{Name: name, Hosts: strings.Fields(hosts)})
	if fields, ok := web.Fields(err); ok {
		p := h.partners(c)
		p.Name, p.Hosts, p.Errors = name, hosts, fields
		return web.Again(c, views.PartnersPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, partnerPath(made.ID), "partners.added")
}

func partnerPath(id int64) string { return views.PartnersURL + "/" + (portal.Partner{ID: id}).Key() }

// partnerPage fills a partner's page. Errors: db.ErrNotFound.
func (h *Handlers) partnerPage(c echo.Context) (views.PartnerPage, *portal.View, error) {
	id, err := paramID(c, "id")
	if err != nil {
		return views.PartnerPage{}, nil, err
	}
	r, ctx := web.From(c), c.Request().Context()
	v := r.Partner(id)
	if v == nil {
		return views.PartnerPage{}, nil, db.ErrNotFound
	}
	company, err := h.m.Portal.Company(ctx, id)
	if err != nil {
		return views.PartnerPage{}, nil, err
	}
	p := views.PartnerPage{Shell: h.shell(c, v.Partner.Name), Partner: v.Partner, Name: v.Partner.Name, Hosts: strings.Join(v.Hosts, "\n"),
		Company: views.BrandingCompany{Company: company}, MayEdit: r.Staff.May(staff.EditPartners)}
	for _, d := range localization() {
		row := views.ConfigRowOf(ctx, d, v.Values.JSON(d))
		row.Own, row.Inherited = v.Values.Own(d), views.SettingValue(ctx, d, r.Inherited(id, d))
		p.Rows = append(p.Rows, row)
	}
	p.Example = localisedExample(c, v.Values)
	p.Fixed, err = h.m.Portal.CurrencyFixed(ctx, id)
	return p, v, err
}

// localization are the settings of X7.
func localization() (list []*portal.Declaration) {
	for _, d := range portal.Declarations() {
		if d.Section == "localization" {
			list = append(list, d)
		}
	}
	return list
}

func localisedExample(c echo.Context, v *portal.Values) string {
	ctx := format.With(c.Request().Context(), web.Localisation(v))
	return views.LocalisationExample(ctx, money.Currency(portal.Currency.Of(v)))
}

// Partner is GET /admin/config/partners/:id.
func (h *Handlers) Partner(c echo.Context) error {
	p, _, err := h.partnerPage(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.PartnerEditPage(p))
}

// EditPartner is POST /admin/config/partners/:id.
func (h *Handlers) EditPartner(c echo.Context) error {
	p, v, err := h.partnerPage(c)
	if err != nil {
		return err
	}
	p.Name, p.Hosts = c.FormValue("partner_name"), c.FormValue("hosts")
	err = h.m.Portal.EditPartner(c.Request().Context(), v.Partner.ID, p.Name, strings.Fields(p.Hosts))
	var ok bool
	if p.Errors, ok = web.Fields(err); ok {
		return web.Again(c, views.PartnerEditPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, partnerPath(v.Partner.ID), "partners.saved")
}

// SavePartnerCompany is POST /admin/config/partners/:id/company (X14).
func (h *Handlers) SavePartnerCompany(c echo.Context) error {
	p, v, err := h.partnerPage(c)
	if err != nil {
		return err
	}
	p.Company.Company = companyOf(c, v.Partner.ID)
	err = h.m.Portal.SaveCompany(c.Request().Context(), p.Company.Company)
	var ok bool
	if p.Company.Errors, ok = web.Fields(err); ok {
		return web.Again(c, views.PartnerEditPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, partnerPath(v.Partner.ID), "partners.company_saved")
}

func localizationSent(c echo.Context) map[string]string {
	values := map[string]string{}
	form, _ := c.FormParams()
	for _, d := range localization() {
		if form.Has(d.Key) {
			values[d.Key] = d.FromForm(form[d.Key])
		}
	}
	return values
}

// SaveLocalization is POST /admin/config/partners/:id/localization (X7).
func (h *Handlers) SaveLocalization(c echo.Context) error {
	p, v, err := h.partnerPage(c)
	if err != nil {
		return err
	}
	ctx, values := c.Request().Context(), localizationSent(c)
	_, err = h.m.Portal.SetMany(ctx, v.Partner.ID, values)
	if bad, ok := web.Fields(err); ok {
		for i, r := range p.Rows {
			row := views.ConfigRowOf(ctx, r.Declaration, cmp.Or(values[r.Key], v.Values.JSON(r.Declaration)))
			row.Own, row.Inherited, row.Error = r.Own, r.Inherited, bad[r.Key]
			p.Rows[i] = row
		}
		return web.Again(c, views.PartnerEditPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, partnerPath(v.Partner.ID)+"#localization", "partners.localization_saved")
}

// ResetLocalization is POST /admin/config/partners/:id/localization/:key/reset.
func (h *Handlers) ResetLocalization(c echo.Context) error {
	p, v, err := h.partnerPage(c)
	if err != nil {
		return err
	}
	d := portal.Lookup(c.Param("key"))
	if d == nil || d.Section != "localization" {
		return db.ErrNotFound
	}
	err = h.m.Portal.Reset(c.Request().Context(), v.Partner.ID, d.Key)
	if bad, ok := web.Fields(err); ok {
		for i := range p.Rows {
			p.Rows[i].Error = bad[p.Rows[i].Key]
		}
		return web.Again(c, views.PartnerEditPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, partnerPath(v.Partner.ID)+"#localization", "partners.reset")
}

// LocalizationExample is GET /admin/config/partners/:id/localization/example: the example with what has been chosen and not
// saved; what is not acceptable yet shows what is saved.
func (h *Handlers) LocalizationExample(c echo.Context) error {
	_, v, err := h.partnerPage(c)
	if err != nil {
		return err
	}
	values, err := v.Values.With(localizationSent(c))
	if err != nil {
		values = v.Values
	}
	return web.OK(c, views.PartnerExample(localisedExample(c, values)))
}

func (h *Handlers) locations(c echo.Context) (p views.Locations, err error) {
	ctx := c.Request().Context()
	p = views.Locations{Shell: h.shell(c, i18n.T(ctx, "partners.locations")), MayEdit: web.From(c).Staff.May(staff.EditPartners)}
	if _, p.Items, err = h.m.Portal.Places(ctx); err != nil {
		return p, err
	}
	p.Uses, err = h.m.LocationUses(ctx)
	return p, err
}

// Locations is GET /admin/config/locations.
func (h *Handlers) Locations(c echo.Context) error {
	p, err := h.locations(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.LocationsPage(p))
}

// AddLocation is POST /admin/config/locations.
func (h *Handlers) AddLocation(c echo.Context) error {
	name := c.FormValue("name")
	_, err := h.m.Portal.CreateLocation(c.Request().Context(), 0, name)
	if fields, ok := web.Fields(err); ok {
		p, err := h.locations(c)
		if err != nil {
			return err
		}
		p.Name, p.Errors = name, fields
		return web.Again(c, views.LocationsPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, views.LocationsURL, "partners.location_added")
}

func (h *Handlers) location(c echo.Context) (p views.LocationPage, err error) {
	id, err := paramID(c, "id")
	if err != nil {
		return p, err
	}
	ctx := c.Request().Context()
	if p.Location, err = h.m.Portal.Location(ctx, id); err != nil {
		return p, err
	}
	uses, err := h.m.LocationUses(ctx)
	p.Shell, p.Name, p.Use = h.shell(c, p.Location.Name), p.Location.Name, uses[id]
	return p, err
}

// Location is GET /admin/config/locations/:id.
func (h *Handlers) Location(c echo.Context) error {
	p, err := h.location(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.LocationEditPage(p))
}

// EditLocation is POST /admin/config/locations/:id.
func (h *Handlers) EditLocation(c echo.Context) error {
	p, err := h.location(c)
	if err != nil {
		return err
	}
	p.Name = c.FormValue("name")
	err = h.m.Portal.RenameLocation(c.Request().Context(), p.Location.ID, p.Name)
	var ok bool
	if p.Errors, ok = web.Fields(err); ok {
		return web.Again(c, views.LocationEditPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, views.LocationsURL, "partners.location_saved")
}

// RemoveLocation is POST /admin/config/locations/:id/removal.
func (h *Handlers) RemoveLocation(c echo.Context) error {
	p, err := h.location(c)
	if err != nil {
		return err
	}
	err = h.m.RemoveLocation(c.Request().Context(), p.Location.ID)
	if _, ok := web.Fields(err); ok {
		return web.Again(c, views.LocationEditPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, views.LocationsURL, "partners.location_removed")
}
