package portal

import (
	"context"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/views/i18n"
	"myisp/views/profile"
	"myisp/views/ui"
)

// Profile is GET /profile (spec §2.13).
func (h *Handlers) Profile(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	s, err := h.shell(c, i18n.T(ctx, "nav.profile"), "profile")
	if err != nil {
		return err
	}
	p := profile.Profile{Shell: s, Customer: *r.Customer, Fields: profileFields(r.View.Values), This: r.Session.ID}
	if p.Devices, err = h.m.Customers.Of(r.Me()).Sessions(ctx); err != nil {
		return err
	}
	if p.Fields.PaymentMethod {
		if p.Method, err = h.paymentMethod(ctx, r.Me()); err != nil {
			return err
		}
	}
	return web.OK(c, profile.Page(p))
}

// profileFields are the fields that View or Edit of P12–P20 shows.
func profileFields(v *portal.Values) profile.Fields {
	return profile.Fields{Login: portal.ProfileLogin.Of(v).Shown(), Name: portal.ProfileName.Of(v).Shown(), Email: portal.ProfileEmail.Of(v).Shown(),
		BillingEmail: portal.ProfileBillingEmail.Of(v).Shown(), Phone: portal.ProfilePhone.Of(v).Shown(), Street: portal.ProfileStreet.Of(v).Shown(),
		Zip: portal.ProfileZip.Of(v).Shown(), City: portal.ProfileCity.Of(v).Shown(), PaymentMethod: portal.ProfilePaymentMethod.Of(v).Shown()}
}

// paymentMethod is how the customer pays; the zero value when nobody has said.
func (h *Handlers) paymentMethod(ctx context.Context, me int64) (finance.Method, error) {
	billing, err := h.m.Customers.Of(me).Billing(ctx)
	if err != nil || billing.PaymentMethodID == 0 {
		return finance.Method{}, err
	}
	methods, err := h.m.Finance.PaymentMethods(ctx)
	for _, m := range methods {
		if m.ID == billing.PaymentMethodID {
			return finance.Method{ID: m.ID, Name: m.Name, Kind: m.Kind}, err
		}
	}
	return finance.Method{}, err
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
