package admin

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/limit"
	"myisp/models/portal"
	"myisp/models/service"
	views "myisp/views/admin"
	"myisp/views/i18n"
)

// statusPage is the page of a change: to is "" while it is chosen.
func (h *Handlers) statusPage(c echo.Context, to customer.Status) (views.CustomerStatus, error) {
	id, err := paramID(c, "id")
	if err != nil {
		return views.CustomerStatus{}, err
	}
	ctx := c.Request().Context()
	p := views.CustomerStatus{Reason: c.FormValue("reason")}
	if p.Customer, err = h.m.Customers.Find(ctx, id); err != nil {
		return p, err
	}
	if slices.Contains(p.Customer.Status.Next(), to) {
		p.To = to
		if p.Effect, err = h.m.Services.EffectOf(ctx, id, to); err != nil {
			return p, err
		}
	}
	p.Shell = h.shell(c, i18n.T(ctx, "customers.status_of", "name", p.Customer.Name))
	return p, nil
}

// CustomerStatusPage is GET /admin/customers/:id/status: which status, and with ?to= what it would do (§3.1).
func (h *Handlers) CustomerStatusPage(c echo.Context) error {
	p, err := h.statusPage(c, customer.Status(c.QueryParam("to")))
	if err != nil {
		return err
	}
	p.Reason = ""
	return web.OK(c, views.CustomerStatusPage(p))
}

// ChangeCustomerStatus is POST /admin/customers/:id/status.
func (h *Handlers) ChangeCustomerStatus(c echo.Context) error {
	to := customer.Status(c.FormValue("to"))
	p, err := h.statusPage(c, to)
	if err != nil {
		return err
	}
	err = h.m.Services.ChangeCustomerStatus(c.Request().Context(), service.StatusChange{CustomerID: p.Customer.ID, From: customer.Status(c.FormValue("from")), To: to,
		Reason: p.Reason, Today: todayOf(web.From(c), p.Customer)})
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.CustomerStatusPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, customerPath(p.Customer.ID), "customers.status_changed")
}

// passwordPage is the page of a customer's password.
func (h *Handlers) passwordPage(c echo.Context) (views.CustomerPassword, error) {
	id, err := paramID(c, "id")
	if err != nil {
		return views.CustomerPassword{}, err
	}
	r, ctx := web.From(c), c.Request().Context()
	var p views.CustomerPassword
	if p.Customer, err = h.m.Customers.Find(ctx, id); err != nil {
		return p, err
	}
	v := partnerOf(r, p.Customer).Values
	p.Enabled, p.Ways = portal.ResetPassword.Of(v), p.Customer.Ways(portal.PhoneRegion.Of(v))
	if len(p.Ways) > 0 {
		p.Way = p.Ways[0]
	}
	p.Shell = h.shell(c, i18n.T(ctx, "customers.password_of", "name", p.Customer.Name))
	return p, nil
}

// CustomerPasswordPage is GET /admin/customers/:id/password.
func (h *Handlers) CustomerPasswordPage(c echo.Context) error {
	p, err := h.passwordPage(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.CustomerPasswordPage(p))
}

// SetCustomerPassword is POST /admin/customers/:id/password.
func (h *Handlers) SetCustomerPassword(c echo.Context) error {
	p, err := h.passwordPage(c)
	if err != nil {
		return err
	}
	err = h.m.Customers.GivePassword(c.Request().Context(), p.Customer.ID, c.FormValue("password_new"), c.FormValue("confirm"))
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.CustomerPasswordPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, customerPath(p.Customer.ID), "customers.password_set")
}

// SendCustomerCode is POST /admin/customers/:id/password/sending: a code for a new password, by mail or SMS.
func (h *Handlers) SendCustomerCode(c echo.Context) error {
	p, err := h.passwordPage(c)
	if err != nil {
		return err
	}
	p.Way = c.FormValue("way")
	if !p.Enabled {
		p.Errors = map[string]string{"way": "error.reset_disabled"}
		return web.Again(c, views.CustomerPasswordPage(p))
	}
	err = h.m.Customers.SendCode(c.Request().Context(), p.Customer.ID, h.sending(web.From(c), p))
	var many limit.TooMany
	if errors.As(err, &many) {
		p.Errors = map[string]string{"way": "error.too_many_attempts"}
		web.SetRetryAfter(c, err)
		return web.Render(c, http.StatusTooManyRequests, views.CustomerPasswordPage(p))
	}
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.CustomerPasswordPage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, customerPath(p.Customer.ID), "customers.code_sent")
}

// sending is what a code is made and sent with: the settings of G7–G10, the customer's language, the partner's host.
func (h *Handlers) sending(r *web.Request, p views.CustomerPassword) customer.Invitation {
	v := partnerOf(r, p.Customer)
	i := customer.Invitation{Way: p.Way, Region: portal.PhoneRegion.Of(v.Values), Alphabet: portal.ResetMailAlphabet.Of(v.Values), Length: portal.ResetMailLength.Of(v.Values),
		Language: p.Customer.Language, Origin: r.OriginOf(v)}
	if len(p.Way) > 4 && p.Way[:4] == customer.BySMS+":" {
		i.Alphabet, i.Length = portal.ResetSMSAlphabet.Of(v.Values), portal.ResetSMSLength.Of(v.Values)
	}
	if i.Language == "" {
		i.Language = i18n.Match("", portal.OfferedLanguages.Of(v.Values))
	}
	return i
}

// EndCustomerSessions is POST /admin/customers/:id/sessions/closure: one device (session=id), or all.
func (h *Handlers) EndCustomerSessions(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	one, err := strconv.ParseInt(c.FormValue("session"), 10, 64)
	if err != nil {
		one = 0
	}
	if one == 0 && c.FormValue("session") != "all" {
		return web.SeeOther(c, customerPath(id)+"/sessions") // nothing was chosen
	}
	if err := h.m.Customers.EndSessions(c.Request().Context(), id, one); err != nil {
		return err
	}
	return h.done(c, customerPath(id)+"/sessions", "customers.sessions_ended")
}

// SetCustomerLabels is POST /admin/customers/:id/labels.
func (h *Handlers) SetCustomerLabels(c echo.Context) error {
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	var ids []int64
	for _, text := range form["label"] {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			ids = append(ids, n)
		}
	}
	if err := h.m.Customers.SetLabels(c.Request().Context(), id, ids); err != nil {
		return err
	}
	return h.done(c, customerPath(id), "customers.labels_saved")
}
