package admin

import (
	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
)

func (h *Handlers) labels(c echo.Context) (views.Labels, error) {
	ctx := c.Request().Context()
	p := views.Labels{Shell: h.shell(c, i18n.T(ctx, "admin.menu.customer_labels")), New: customer.Label{Tone: customer.LabelTones[0]},
		MayEdit: web.From(c).Staff.May(staff.EditSettings)}
	var err error
	p.Items, err = h.m.Customers.CountedLabels(ctx)
	return p, err
}

// Labels is GET /admin/config/customer-labels.
func (h *Handlers) Labels(c echo.Context) error {
	p, err := h.labels(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.LabelsPage(p))
}

// AddLabel is POST /admin/config/customer-labels.
func (h *Handlers) AddLabel(c echo.Context) error {
	p, err := h.labels(c)
	if err != nil {
		return err
	}
	p.New = customer.Label{Name: c.FormValue("name"), Tone: c.FormValue("tone")}
	saved, err := h.m.Customers.SaveLabel(c.Request().Context(), p.New)
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.LabelsPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, views.LabelsURL, "customers.label_added", "name", saved.Name)
}

func (h *Handlers) label(c echo.Context) (views.LabelForm, error) {
	id, err := paramID(c, "id")
	if err != nil {
		return views.LabelForm{}, err
	}
	l, err := h.m.Customers.Label(c.Request().Context(), id)
	return views.LabelForm{Label: l, Name: l.Name, Shell: h.shell(c, l.Name)}, err
}

// Label is GET /admin/config/customer-labels/:id.
func (h *Handlers) Label(c echo.Context) error {
	p, err := h.label(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.LabelPage(p))
}

// EditLabel is POST /admin/config/customer-labels/:id.
func (h *Handlers) EditLabel(c echo.Context) error {
	p, err := h.label(c)
	if err != nil {
		return err
	}
	p.Label.Name, p.Label.Tone = c.FormValue("name"), c.FormValue("tone")
	_, err = h.m.Customers.SaveLabel(c.Request().Context(), p.Label)
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.LabelPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, views.LabelsURL, "customers.label_saved")
}

// RemoveLabel is POST /admin/config/customer-labels/:id/removal.
func (h *Handlers) RemoveLabel(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	if err := h.m.Customers.RemoveLabel(c.Request().Context(), id); err != nil {
		return err
	}
	return h.done(c, views.LabelsURL, "customers.label_removed")
}
