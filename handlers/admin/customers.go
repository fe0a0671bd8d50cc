package admin

import (
	"context"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/attributes"
	money "myisp/views/finance"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// paramID reads the number in a route's parameter; what is none is not found.
func paramID(c echo.Context, name string) (int64, error) {
	id, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || id < 1 {
		return 0, db.ErrNotFound
	}
	return id, nil
}

func customerPath(id int64) string { return "/admin/customers/" + strconv.FormatInt(id, 10) }

// choices are what customers can be assigned to.
func (h *Handlers) choices(ctx context.Context) (list views.Choices, err error) {
	if list.Partners, list.Locations, err = h.m.Portal.Places(ctx); err != nil {
		return list, err
	}
	list.Labels, err = h.m.Customers.Labels(ctx)
	return list, err
}

// methods are how customers can pay, for a form's choice.
func (h *Handlers) methods(ctx context.Context) ([]ui.Option, error) {
	var options []ui.Option
	list, err := h.m.Finance.PaymentMethods(ctx)
	for _, m := range list {
		options = append(options, ui.Option{Value: strconv.FormatInt(m.ID, 10), Label: money.MethodText(ctx, finance.Method{ID: m.ID, Name: m.Name, Kind: m.Kind})})
	}
	return options, err
}

// Customers is GET /admin/customers: find anybody by any word of theirs, or see who came last.
func (h *Handlers) Customers(c echo.Context) error {
	ctx := c.Request().Context()
	p := views.Customers{Filter: customer.ParseFilter(c.QueryParam), MayEdit: web.From(c).Staff.May(staff.EditCustomers)}
	found, err := h.m.Customers.Search(ctx, p.Filter)
	if err != nil {
		return err
	}
	p.Rows, p.Next = found.Rows, found.Next
	ids := make([]int64, len(p.Rows))
	for i, row := range p.Rows {
		ids[i] = row.ID
	}
	if p.Attributes, p.Values, err = h.m.Customers.ListedAttributes(ctx, ids); err != nil {
		return err
	}
	if p.Choices, err = h.choices(ctx); err != nil {
		return err
	}
	p.Shell = h.shell(c, i18n.T(ctx, "admin.menu.customers"))
	return web.OK(c, views.CustomersPage(p))
}

// customerForm is the form around a draft.
func (h *Handlers) customerForm(c echo.Context, p views.CustomerForm) (views.CustomerForm, error) {
	ctx := c.Request().Context()
	var err error
	if p.Choices, err = h.choices(ctx); err != nil {
		return p, err
	}
	if p.Choices.Methods, err = h.methods(ctx); err != nil {
		return p, err
	}
	p.Languages = i18n.Languages()
	if p.Attributes.Fields, err = h.m.Customers.AttributeForm(ctx, p.CustomerID, p.Draft.Category); err != nil {
		return p, err
	}
	p.Attributes.Errors = p.Errors
	if p.Errors != nil {
		p.Attributes.Entered = p.Draft.Attributes.Values
	}
	title := i18n.T(ctx, "customers.new")
	if p.CustomerID != 0 {
		title = i18n.T(ctx, "customers.edit_of", "name", p.Name)
	}
	p.Shell = h.shell(c, title)
	return p, nil
}

// home is what the partner named in a draft decides; nothing for a partner that is none.
func home(r *web.Request, d customer.Draft) customer.Home {
	id, _ := strconv.ParseInt(d.PartnerID, 10, 64)
	v := r.Partner(id)
	if v == nil {
		return customer.Home{}
	}
	return customer.Home{Region: portal.PhoneRegion.Of(v.Values), Currency: portal.Currency.Of(v.Values)}
}

// draft reads the form, additional attributes included.
func draft(c echo.Context) (customer.Draft, error) {
	form, err := c.FormParams()
	if err != nil {
		return customer.Draft{}, err
	}
	r, d := web.From(c), customer.ReadDraft(c.FormValue)
	d.Attributes = attributes.Entered(form)
	d.Attributes.Locale = customer.Locale{Zone: r.View.Values.Zone(), Region: home(r, d).Region} // times are shown in the staff's zone
	return d, nil
}

// NewCustomer is GET /admin/customers/new; with main_account it is the form for a sub-account of that customer.
func (h *Handlers) NewCustomer(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	d := customer.NewDraft(portal.DefaultPartner)
	if id, err := strconv.ParseInt(c.QueryParam("main_account"), 10, 64); err == nil {
		main, err := h.m.Customers.Find(ctx, id)
		if err != nil {
			return err
		}
		d.MainAccount, d.PartnerID, d.LocationID, d.Category = main.Login, strconv.FormatInt(main.PartnerID, 10), strconv.FormatInt(main.LocationID, 10), main.Category
		d.SubMode = customer.Aggregated
	}
	p, err := h.customerForm(c, views.CustomerForm{Draft: d, Currency: home(r, d).Currency})
	if err != nil {
		return err
	}
	return web.OK(c, views.CustomerFormPage(p))
}

// AddCustomer is POST /admin/customers.
func (h *Handlers) AddCustomer(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	d, err := draft(c)
	if err != nil {
		return err
	}
	added, err := h.m.Customers.Add(ctx, d, home(r, d))
	if fields, ok := web.Fields(err); ok {
		p, err := h.customerForm(c, views.CustomerForm{Draft: d, Currency: home(r, d).Currency, Errors: fields})
		if err != nil {
			return err
		}
		return web.Again(c, views.CustomerFormPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, customerPath(added.ID), "customers.added_flash", "name", added.Name)
}

// EditCustomerPage is GET /admin/customers/:id/edit.
func (h *Handlers) EditCustomerPage(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	p, err := h.editForm(c, id)
	if err != nil {
		return err
	}
	if p, err = h.customerForm(c, p); err != nil {
		return err
	}
	return web.OK(c, views.CustomerFormPage(p))
}

// editForm is the form of a customer as they are now.
func (h *Handlers) editForm(c echo.Context, id int64) (views.CustomerForm, error) {
	ctx := c.Request().Context()
	who, err := h.m.Customers.Find(ctx, id)
	if err != nil {
		return views.CustomerForm{}, err
	}
	me := h.m.Customers.Of(id)
	billing, err := me.Billing(ctx)
	if err != nil {
		return views.CustomerForm{}, err
	}
	subs, err := me.SubAccounts(ctx)
	if err != nil {
		return views.CustomerForm{}, err
	}
	main := ""
	if who.ParentID != 0 {
		parent, err := h.m.Customers.Find(ctx, who.ParentID)
		if err != nil {
			return views.CustomerForm{}, err
		}
		main = parent.Login
	}
	return views.CustomerForm{CustomerID: id, Name: who.Name, Draft: who.Draft(billing, main), Currency: billing.Currency, HasSubs: len(subs) > 0}, nil
}

// EditCustomer is POST /admin/customers/:id.
func (h *Handlers) EditCustomer(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	d, err := draft(c)
	if err != nil {
		return err
	}
	err = h.m.Customers.Edit(c.Request().Context(), id, d, home(web.From(c), d))
	if fields, ok := web.Fields(err); ok {
		p, err := h.editForm(c, id)
		if err != nil {
			return err
		}
		if fields["version"] == "" {
			p.Draft.Version = d.Version
		}
		d.Version, p.Errors = p.Draft.Version, fields // what is saved next is laid over what the customer is now
		p.Draft = d
		if p, err = h.customerForm(c, p); err != nil {
			return err
		}
		return web.Again(c, views.CustomerFormPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, customerPath(id), "customers.saved")
}
