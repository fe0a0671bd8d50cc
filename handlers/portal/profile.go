package portal

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/finance"
	"myisp/models/limit"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/views/attributes"
	"myisp/views/i18n"
	"myisp/views/profile"
	"myisp/views/ui"
)

// Profile is GET /profile (spec §2.13).
func (h *Handlers) Profile(c echo.Context) error {
	form, err := h.profileForm(c)
	if err != nil {
		return err
	}
	p, err := h.profilePage(c, form)
	if err != nil {
		return err
	}
	return web.OK(c, profile.Page(p))
}

// SaveProfile is POST /profile.
func (h *Handlers) SaveProfile(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	form, err := h.profileForm(c)
	if err != nil {
		return err
	}
	edit, err := profileEdit(c, &form)
	if err != nil {
		return err
	}
	saved, err := h.m.Customers.Of(r.Me()).SaveProfile(ctx, edit, profileRules(r.View.Values, form))
	if err != nil {
		return h.profileAgain(c, form, err)
	}
	if saved.Token != "" {
		if err := h.kit.SignIn(c, session.Customer, saved.Token); err != nil {
			return err
		}
	}
	r.Details = strings.Join(saved.Changed, ",")
	key := "profile.saved"
	if len(saved.Changed) == 0 {
		key = "profile.unchanged"
	}
	if err := h.kit.SetFlash(c, session.Customer, ui.Ok, key); err != nil {
		return err
	}
	return web.SeeOther(c, "/profile")
}

// profileAgain shows the form with what is wrong with it.
func (h *Handlers) profileAgain(c echo.Context, form profile.Form, err error) error {
	status := http.StatusUnprocessableEntity
	fields, ok := web.Fields(err)
	if errors.As(err, new(limit.TooMany)) {
		status, fields, ok = http.StatusTooManyRequests, map[string]string{"form": "error.too_many_attempts"}, true
		web.SetRetryAfter(c, err)
	}
	if !ok {
		return err
	}
	form.Errors, form.Attributes.Errors = fields, fields
	p, err := h.profilePage(c, form)
	if err != nil {
		return err
	}
	return web.Render(c, status, profile.Page(p))
}

func (h *Handlers) profilePage(c echo.Context, form profile.Form) (profile.Profile, error) {
	r, ctx := web.From(c), c.Request().Context()
	s, err := h.shell(c, i18n.T(ctx, "nav.profile"), "profile")
	if err != nil {
		return profile.Profile{}, err
	}
	p := profile.Profile{Shell: s, Form: form, This: r.Session.ID}
	p.Devices, err = h.m.Customers.Of(r.Me()).Sessions(ctx)
	return p, err
}

// profileForm is the customer's profile as the partner shows it (P11–P21, G16).
func (h *Handlers) profileForm(c echo.Context) (profile.Form, error) {
	r, ctx := web.From(c), c.Request().Context()
	me := h.m.Customers.Of(r.Me())
	who, err := me.Get(ctx)
	if err != nil {
		return profile.Form{}, err
	}
	billing, err := me.Billing(ctx)
	if err != nil {
		return profile.Form{}, err
	}
	f := profile.Form{Rights: profileRights(r.View.Values), AskPassword: portal.AskPassword.Of(r.View.Values), Values: customer.ProfileValues(who, billing)}
	if audit.By(ctx).Kind == audit.Staff {
		f.Rights[customer.ProfilePassword] = portal.Permission{} // theirs to send, never to choose in the customer's name
	}
	if f.Attributes.Fields, err = me.Attributes(ctx, who.Category); err != nil {
		return f, err
	}
	if f.Rights[customer.ProfilePaymentMethod].Shown() {
		f.Methods, err = h.profileMethods(ctx, billing.PaymentMethodID)
	}
	return f, err
}

// profileRights are P12–P21.
func profileRights(v *portal.Values) map[customer.ProfileField]portal.Permission {
	return map[customer.ProfileField]portal.Permission{customer.ProfileLogin: portal.ProfileLogin.Of(v), customer.ProfileName: portal.ProfileName.Of(v),
		customer.ProfileEmail: portal.ProfileEmail.Of(v), customer.ProfileBillingEmail: portal.ProfileBillingEmail.Of(v), customer.ProfilePhone: portal.ProfilePhone.Of(v),
		customer.ProfileStreet: portal.ProfileStreet.Of(v), customer.ProfileZip: portal.ProfileZip.Of(v), customer.ProfileCity: portal.ProfileCity.Of(v),
		customer.ProfilePaymentMethod: portal.ProfilePaymentMethod.Of(v), customer.ProfilePassword: portal.ProfilePassword.Of(v)}
}

func profileRules(v *portal.Values, f profile.Form) customer.ProfileRules {
	rules := customer.ProfileRules{Edit: map[customer.ProfileField]bool{}, AskPassword: f.AskPassword,
		Locale: customer.Locale{Zone: v.Zone(), Region: portal.PhoneRegion.Of(v)}}
	for field, p := range f.Rights {
		rules.Edit[field] = p.Edit
	}
	for _, m := range f.Methods {
		rules.Methods = append(rules.Methods, m.ID)
	}
	return rules
}

// profileMethods are the ways to pay that a customer may choose: the active ones, and the one that is theirs already.
func (h *Handlers) profileMethods(ctx context.Context, own int64) ([]finance.Method, error) {
	all, err := h.m.Finance.PaymentMethods(ctx)
	var list []finance.Method
	for _, m := range all {
		if m.Active || m.ID == own {
			list = append(list, finance.Method{ID: m.ID, Name: m.Name, Kind: m.Kind})
		}
	}
	return list, err
}

// profileEdit reads the form; what it holds goes into f too, so that a refused form keeps its input.
func profileEdit(c echo.Context, f *profile.Form) (customer.ProfileEdit, error) {
	form, err := c.FormParams()
	if err != nil {
		return customer.ProfileEdit{}, err
	}
	r := web.From(c)
	e := customer.ProfileEdit{Given: map[customer.ProfileField]string{}, Repeat: form.Get("password_repeat"), Current: form.Get("current_password"),
		Attributes: attributes.Entered(form), Language: r.Lang}
	e.Attributes.Locale = customer.Locale{Zone: r.View.Values.Zone(), Region: portal.PhoneRegion.Of(r.View.Values)}
	f.Attributes.Entered = e.Attributes.Values
	for _, field := range customer.ProfileFields {
		name := string(field)
		if field == customer.ProfilePassword {
			name = "password_new"
		}
		if !form.Has(name) {
			continue
		}
		e.Given[field] = form.Get(name)
		if f.Rights[field].Edit {
			f.Values[field] = form.Get(name)
		}
	}
	return e, nil
}

// activitySize is how many events a page of the activity has.
const activitySize = 30

// Activity is GET /profile/activity: what was done in the customer's portal, by the customer and by staff (AUTH-4).
func (h *Handlers) Activity(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	s, err := h.shell(c, i18n.T(ctx, "activity.title"), "profile")
	if err != nil {
		return err
	}
	s.BackURL = "/profile"
	before, _ := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	list, err := h.m.Audit.Of(r.Me()).Events(ctx, before, activitySize+1)
	if err != nil {
		return err
	}
	p := profile.Activity{Shell: s, Events: list, Titles: map[string]string{}}
	if len(list) > activitySize {
		p.Events = list[:activitySize]
		p.Next = "/profile/activity?before=" + strconv.FormatInt(p.Events[activitySize-1].ID, 10)
	}
	own, err := h.m.Customers.Of(r.Me()).Attributes(ctx, r.Customer.Category)
	if err != nil {
		return err
	}
	for _, a := range own {
		p.Titles[customer.AttributeField(a.Key)] = a.TitleIn(r.Lang)
	}
	return web.OK(c, profile.ActivityPage(p))
}

// EndSession is POST /profile/sessions/:id/closure: one device of the customer's is signed out.
func (h *Handlers) EndSession(c echo.Context) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	r := web.From(c)
	if err := h.m.Customers.Of(r.Me()).LogOut(c.Request().Context(), id); err != nil {
		return err
	}
	if id == r.Session.ID {
		return h.signedOut(c)
	}
	if err := h.kit.SetFlash(c, session.Customer, ui.Ok, "profile.ended"); err != nil {
		return err
	}
	return web.SeeOther(c, "/profile")
}

// EndSessions is POST /profile/sessions/closure: the customer is signed out everywhere, here too.
func (h *Handlers) EndSessions(c echo.Context) error {
	if err := h.m.Customers.Of(web.From(c).Me()).SignOutEverywhere(c.Request().Context()); err != nil {
		return err
	}
	return h.signedOut(c)
}

func (h *Handlers) signedOut(c echo.Context) error {
	if err := h.kit.SignOut(c, session.Customer); err != nil {
		return err
	}
	return web.SeeOther(c, "/login")
}
