package admin

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/portal"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
)

// Attributes is GET /admin/config/attributes (§3.7).
func (h *Handlers) Attributes(c echo.Context) error {
	ctx := c.Request().Context()
	p := views.Attributes{Shell: h.shell(c, i18n.T(ctx, "attributes.page.title")), MayEdit: web.From(c).Staff.May(staff.EditSettings)}
	var err error
	if p.Items, err = h.m.Customers.Attributes().List(ctx); err != nil {
		return err
	}
	if p.Uses, err = h.m.Customers.Attributes().Uses(ctx); err != nil {
		return err
	}
	return web.OK(c, views.AttributesPage(p))
}

// NewAttribute is GET /admin/config/attributes/new: first which type, then the form.
func (h *Handlers) NewAttribute(c echo.Context) error {
	t := customer.AttributeType(c.QueryParam("type"))
	if !slices.Contains(customer.AttributeTypes, t) {
		return web.OK(c, views.AttributeTypesPage(views.AttributeTypes{Shell: h.shell(c, i18n.T(c.Request().Context(), "attributes.page.choose"))}))
	}
	return web.OK(c, views.AttributeFormPage(h.newAttribute(c, t)))
}

func (h *Handlers) newAttribute(c echo.Context, t customer.AttributeType) views.AttributeForm {
	a := customer.Attribute{Type: t, Titles: "{}", Options: "[]"}
	edit := a.Edit()
	edit.Position = "" // after all others
	return views.AttributeForm{Shell: h.shell(c, i18n.T(c.Request().Context(), "attributes.page.add")), Attribute: a, Edit: edit, MayEdit: true}
}

// AddAttribute is POST /admin/config/attributes.
func (h *Handlers) AddAttribute(c echo.Context) error {
	p := h.newAttribute(c, customer.AttributeType(c.FormValue("type")))
	if !slices.Contains(customer.AttributeTypes, p.Attribute.Type) {
		return web.Again(c, views.AttributeTypesPage(views.AttributeTypes{Shell: p.Shell}))
	}
	var err error
	if p.Edit, err = attributeEdit(c); err != nil {
		return err
	}
	a, err := h.m.Customers.Attributes().Create(c.Request().Context(), p.Edit)
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.AttributeFormPage(p))
	}
	if err != nil {
		return err
	}
	next := views.AttributesURL
	if a.Type.HasOptions() {
		next += "/" + strconv.FormatInt(a.ID, 10) // where the default can be chosen
	}
	return h.done(c, next, "attributes.done.created")
}

func (h *Handlers) attribute(c echo.Context) (views.AttributeForm, error) {
	ctx, defs := c.Request().Context(), h.m.Customers.Attributes()
	id, err := paramID(c, "id")
	if err != nil {
		return views.AttributeForm{}, err
	}
	a, err := defs.Find(ctx, id)
	if err != nil {
		return views.AttributeForm{}, err
	}
	p := views.AttributeForm{Shell: h.shell(c, a.TitleIn(web.From(c).Lang)), Attribute: a, Edit: a.Edit(), MayEdit: web.From(c).Staff.May(staff.EditSettings)}
	uses, err := defs.Uses(ctx)
	if err != nil {
		return p, err
	}
	p.Uses = uses[a.ID]
	if p.Without, err = defs.Without(ctx, a); err != nil {
		return p, err
	}
	p.Chosen, err = defs.Chosen(ctx, a)
	return p, err
}

// Attribute is GET /admin/config/attributes/:id.
func (h *Handlers) Attribute(c echo.Context) error {
	p, err := h.attribute(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.AttributeFormPage(p))
}

// EditAttribute is POST /admin/config/attributes/:id.
func (h *Handlers) EditAttribute(c echo.Context) error {
	p, err := h.attribute(c)
	if err != nil {
		return err
	}
	if p.Edit, err = attributeEdit(c); err != nil {
		return err
	}
	_, err = h.m.Customers.Attributes().Change(c.Request().Context(), p.Attribute.ID, p.Edit)
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.AttributeFormPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, views.AttributesURL, "attributes.done.saved")
}

// attributeEdit reads the form of a definition.
func attributeEdit(c echo.Context) (customer.AttributeEdit, error) {
	form, err := c.FormParams()
	if err != nil {
		return customer.AttributeEdit{}, err
	}
	on := func(name string) bool { return form.Get(name) != "" }
	values := web.From(c).View.Values
	e := customer.AttributeEdit{Key: form.Get("key"), Type: customer.AttributeType(form.Get("type")), Title: form.Get("title"), Titles: map[string]string{},
		Category: form.Get("category"), IsRequired: on("is_required"), IsUnique: on("is_unique"), IsAdd: on("is_add"), ShowInList: on("show_in_list"),
		Searchable: on("searchable"), ReadOnly: on("readonly"), Disabled: on("disabled"), Hidden: on("hidden"), Default: form[views.DefaultField],
		Least: form.Get("min"), Most: form.Get("max"), PortalView: on("portal_view"), PortalEdit: on("portal_edit"), Position: form.Get("position"),
		FillExisting: on("fill_existing"), Locale: customer.Locale{Zone: values.Zone(), Region: portal.PhoneRegion.Of(values)}}
	if e.Type == customer.AttrBoolean && !on(views.DefaultField) && !slices.Contains(e.Default, "true") {
		e.Default = nil // a box that was left alone is no default
	}
	for _, l := range i18n.Languages() {
		e.Titles[l.Code] = form.Get("title." + l.Code)
	}
	e.Options = optionEdits(form)
	return e, nil
}

// maxOptions bounds how many lines of options are read from a form.
const maxOptions = 250

func optionEdits(form url.Values) []customer.OptionEdit {
	var list []customer.OptionEdit
	for i := range maxOptions {
		field := "option." + strconv.Itoa(i) + "."
		if !form.Has(field + "label") {
			break
		}
		o := customer.OptionEdit{Key: form.Get(field + "key"), Label: form.Get(field + "label"), Labels: map[string]string{}, Retired: form.Get(field+"retired") != "",
			Remove: form.Get(field+"remove") != ""}
		for _, l := range i18n.Languages() {
			o.Labels[l.Code] = form.Get(field + l.Code)
		}
		list = append(list, o)
	}
	return list
}

// ArchiveAttribute is POST /admin/config/attributes/:id/archival.
func (h *Handlers) ArchiveAttribute(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	if err := h.m.Customers.Attributes().Archive(c.Request().Context(), id); err != nil {
		return err
	}
	return h.done(c, views.AttributesURL, "attributes.done.archived")
}

// RestoreAttribute is POST /admin/config/attributes/:id/restoration.
func (h *Handlers) RestoreAttribute(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	if err := h.m.Customers.Attributes().Restore(c.Request().Context(), id); err != nil {
		return err
	}
	return h.done(c, views.AttributesURL, "attributes.done.restored")
}

func (h *Handlers) attributeDeletion(c echo.Context) (views.AttributeDeletion, error) {
	p, err := h.attribute(c)
	return views.AttributeDeletion{Shell: p.Shell, Attribute: p.Attribute, Uses: p.Uses}, err
}

// AttributeDeletion is GET /admin/config/attributes/:id/deletion: what goes with it.
func (h *Handlers) AttributeDeletion(c echo.Context) error {
	p, err := h.attributeDeletion(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.AttributeDeletionPage(p))
}

// DeleteAttribute is POST /admin/config/attributes/:id/deletion.
func (h *Handlers) DeleteAttribute(c echo.Context) error {
	p, err := h.attributeDeletion(c)
	if err != nil {
		return err
	}
	err = h.m.Customers.Attributes().Delete(c.Request().Context(), p.Attribute.ID, c.FormValue("confirm") != "")
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.AttributeDeletionPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, views.AttributesURL, "attributes.done.deleted")
}
