package admin

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/session"
	views "myisp/views/admin"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// configAttributes adds the rows of G16 to Config → Main → Portal: on the General tab, and where a search finds them.
func (h *Handlers) configAttributes(c echo.Context, p *views.Config) error {
	ctx := c.Request().Context()
	rows, err := h.m.Customers.Attributes().PortalRows(ctx)
	if err != nil {
		return err
	}
	if p.Query == "" {
		p.Attributes = &views.ConfigAttributes{Rows: rows, Hidden: !p.General}
		return nil
	}
	found := strings.Contains(strings.ToLower(i18n.T(ctx, "attributes.config.name")+"\nG16"), strings.ToLower(p.Query))
	var kept []customer.PortalRow
	for _, r := range rows {
		if found || strings.Contains(strings.ToLower(r.Attribute.TitleIn(web.From(c).Lang)+"\n"+r.Attribute.Key), strings.ToLower(p.Query)) {
			kept = append(kept, r)
		}
	}
	if found || len(kept) > 0 {
		p.Attributes = &views.ConfigAttributes{Rows: kept}
	}
	return nil
}

// SaveConfigAttributes is POST /admin/config/main/portal/additional-attributes (G16).
func (h *Handlers) SaveConfigAttributes(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	wanted := map[int64]customer.PortalPermission{}
	for _, text := range form[views.FieldAttribute] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return db.ErrNotFound
		}
		wanted[id] = customer.PortalPermission{View: form.Has(views.FieldView + "." + text), Edit: form.Has(views.FieldEdit + "." + text)}
	}
	if err := h.m.Customers.Attributes().SetPortalPermissions(c.Request().Context(), wanted); err != nil {
		return err
	}
	if err := h.kit.SetFlash(c, session.Staff, ui.Ok, "attributes.done.permissions"); err != nil {
		return err
	}
	return web.SeeOther(c, views.ConfigPath+"#section-attributes")
}
