package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/models"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/models/staff"
)

// Guard says who may use a route.
type Guard string

// The guards.
const (
	Anyone   Guard = "anyone"
	Customer Guard = "customer"
	Staff    Guard = "staff"
	Machine  Guard = "machine" // another program, which the handler itself authenticates
)

// Route is one line of the route table.
type Route struct {
	Method string
	Path   string
	Guard  Guard
	// Module is the item of P3 that the route belongs to; the route is 404 where the partner switched it off.
	Module string
	// Page is the item of P51 within finance, likewise.
	Page string
	// Disabled marks what a customer with status disabled may still do: read finance and tickets, and leave.
	Disabled bool
	// NoActing marks what nobody does in a customer's name, not even staff who may write: paying, passwords, second factors,
	// sessions, and what is done by merely looking.
	NoActing bool
	// Asks marks pages that ask a payment gateway and book what it answers: they do so for who pays, and never in a preview.
	Asks bool
	// File marks what is a file and no page, whatever its address looks like.
	File bool
	// EndsActing marks the ways out of acting, which are open to those who only read.
	EndsActing bool
	// Permission is what a staff route asks of a member's role; empty lets everybody in who signed in.
	Permission staff.Permission
	// MaxBody bounds the body of a request that uploads ("4M"); empty is the portal's bound.
	MaxBody string
	// Fresh asks for the password again when it was given too long ago (StepUpAfter of staff, of customer): what changes
	// roles, colleagues and second factors, and how a customer's money is taken.
	Fresh bool
	// Enrolling marks what a member may still do who has to set up a second factor first.
	Enrolling bool
	Handle    echo.HandlerFunc
}

// Protect wraps a route's handler in its guard.
func (k *Kit) Protect(rt Route) echo.HandlerFunc {
	switch rt.Guard {
	case Customer:
		return k.customerOnly(rt)
	case Staff:
		return k.staffOnly(rt)
	}
	return rt.Handle
}

func (k *Kit) customerOnly(rt Route) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := From(c)
		found, err := k.identify(c, r)
		if err != nil {
			return err
		}
		if !found {
			return logInFirst(c, "/login")
		}
		r.act(r.actor())
		switch {
		case !r.mayAct(rt):
			err = errActing
		case r.Reaches(rt):
			err = k.fresh(c, rt)
		default:
			err = db.ErrNotFound
		}
		if rt.Method != http.MethodGet && !(r.Acting != nil && rt.EndsActing) { // whose end is noted as such
			k.note(c, r, rt, err)
		}
		return err
	}
}

// errActing is the answer to staff who act as a customer and ask for more than that allows.
var errActing = db.Fail(db.Forbidden, "acting.refused")

// mayAct reports whether a route is open to who acts: everything is to customers themselves; staff read, and change what a
// route does not keep from them where they asked to write (AUTH-4). It is asked before the route is even looked for.
func (r *Request) mayAct(rt Route) bool {
	if r.Acting == nil || rt.Method == http.MethodGet || rt.EndsActing {
		return true
	}
	return r.Acting.Writes && !rt.NoActing
}

// actor is who does what a customer's request does: the customer, or staff in their place.
func (r *Request) actor() audit.Actor {
	if r.Acting != nil {
		return audit.Actor{Kind: audit.Staff, ID: r.Acting.Member.ID, Name: r.Acting.Member.Name}
	}
	return audit.Actor{Kind: audit.Customer, ID: r.Customer.ID, Name: r.Customer.Name}
}

// act says who does what the request does, for the logs.
func (r *Request) act(a audit.Actor) {
	req := r.echo.Request()
	a.IP, a.UserAgent = r.echo.RealIP(), req.UserAgent()
	r.echo.SetRequest(req.WithContext(audit.With(req.Context(), a)))
}

// note enters a customer's operation into the portal log (AUTH-4). It comes after the fact and on its own: what was done
// is done, even if the log cannot be written.
func (k *Kit) note(c echo.Context, r *Request, rt Route, err error) {
	status, result := c.Response().Status, audit.Done
	if err != nil {
		status = Status(err)
	}
	switch {
	case status >= 500:
		result = audit.Failed
	case status >= 400:
		result = audit.Refused
	}
	details := r.Details
	if details == "" {
		details = c.Request().URL.Path
	}
	ctx := context.WithoutCancel(c.Request().Context())
	if err := k.M.Audit.Note(ctx, r.Customer.ID, rt.Method+" "+rt.Path, result, details); err != nil {
		slog.ErrorContext(ctx, "the portal log could not be written", "err", err)
	}
}

// Identify finds out whether a customer is signed in, on routes that everybody may use.
func (k *Kit) Identify(c echo.Context) (bool, error) { return k.identify(c, From(c)) }

func (k *Kit) identify(c echo.Context, r *Request) (bool, error) {
	token := k.value(c, session.Customer, keyToken)
	if token == "" {
		return false, nil
	}
	a, err := k.M.Arrive(c.Request().Context(), token)
	if db.KindOf(err) == db.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if a.Session.Acting() {
		acting, err := k.M.Staff.Acting(c.Request().Context(), a.Session)
		if db.KindOf(err) == db.NotFound {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		r.Acting = &acting
	}
	r.Customer, r.Session = &a.Customer, a.Session
	if v := r.snapshot.Partner(a.Customer.PartnerID); v != nil {
		r.use(v)
	}
	r.know(&a)
	return true, nil
}

// Know fills Nav and Days where the customer came without a session, as in a preview; else the guard has done it.
func (k *Kit) Know(c echo.Context) error {
	r := From(c)
	if r.known != nil {
		return nil
	}
	a, err := k.M.Look(c.Request().Context(), r.Me())
	if err == nil {
		r.know(&a)
	}
	return err
}

func (r *Request) know(a *models.Arrival) {
	r.known = a
	if r.Reaches(Route{Module: "messages"}) {
		r.Nav.UnreadMessages = a.Unread.Messages
	}
	if r.Reaches(Route{Module: "tickets", Disabled: true}) {
		r.Nav.UnreadTickets = a.Unread.Tickets
	}
}

// Days are BlockedOn and BlocksOn of how the customer is billed; the rest is empty.
func (r *Request) Days() customer.Billing {
	if r.known == nil {
		return customer.Billing{}
	}
	return customer.Billing{BlockedOn: r.known.BlockedOn, BlocksOn: r.known.BlocksOn}
}

// Reaches reports whether the signed-in customer has the route at all: the module is on, the page is on, the status allows it.
func (r *Request) Reaches(rt Route) bool {
	if r.Customer.Status == customer.StatusDisabled && !rt.Disabled {
		return false
	}
	return Shows(r.View, rt.Module, rt.Page)
}

// ModuleOn reports whether the customer's menu has a module (P3).
func (r *Request) ModuleOn(module string) bool { return Shows(r.View, module, "") }

// Shows reports whether a partner's customers have a module (P3) and, within finance, a page (P51); "" is in every portal.
func Shows(v *portal.View, module, page string) bool {
	return (module == "" || contains(portal.MenuItems.Of(v.Values), module)) && (page == "" || contains(portal.FinanceItems.Of(v.Values), page))
}

func (k *Kit) staffOnly(rt Route) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := From(c)
		token := k.value(c, session.Staff, keyToken)
		if token == "" {
			return logInFirst(c, "/admin/login")
		}
		member, sess, err := k.M.Staff.Resume(c.Request().Context(), token)
		if db.KindOf(err) == db.NotFound {
			return logInFirst(c, "/admin/login")
		}
		if err != nil {
			return err
		}
		r.Staff, r.Session = &member, sess
		r.use(r.snapshot.Partner(portal.DefaultPartner))
		r.act(audit.Actor{Kind: audit.Staff, ID: member.ID, Name: member.Name})
		if !rt.Enrolling && !member.HasFactor() && portal.StaffSecondFactor.Of(r.View.Values) == portal.SecondFactorRequired {
			return goTo(c, SecurityPage)
		}
		return k.Admit(c, rt)
	}
}

// Admit lets a signed-in member of staff through to a route's handler if their role has its permission and, where it asks
// for that, the password was given lately. A handler asks it again where a part of what it does is weightier than the rest.
func (k *Kit) Admit(c echo.Context, rt Route) error {
	r := From(c)
	if !r.Staff.May(rt.Permission) {
		return k.denied(c, *r.Staff, rt)
	}
	if rt.Fresh && !k.M.Staff.Fresh(r.Session) {
		return k.stepUp(c, rt)
	}
	return rt.Handle(c)
}

// denied refuses a member of staff, and logs the try.
func (k *Kit) denied(c echo.Context, member staff.Member, rt Route) error {
	err := k.M.Audit.Record(c.Request().Context(), audit.Change{Action: audit.AccessDenied, Object: "route", ObjectID: rt.Method + " " + rt.Path,
		ObjectName: c.Request().URL.Path, After: map[string]string{"role": member.Role, "permission": string(rt.Permission)}})
	if err != nil {
		return err
	}
	return db.Fail(db.Forbidden, "error.forbidden")
}

// logInFirst sends the browser to a log-in page, which returns to the page it wanted. htmx loads the page anew.
func logInFirst(c echo.Context, page string) error {
	if c.Request().Method == http.MethodGet {
		if next := SafeNext(c.Request().URL.RequestURI()); next != "" && next != "/" {
			page += "?next=" + url.QueryEscape(next)
		}
	}
	return goTo(c, page)
}

// goTo sends the browser elsewhere; htmx loads that page anew.
func goTo(c echo.Context, page string) error {
	if IsHTMX(c) {
		c.Response().Header().Set("HX-Redirect", page)
		return c.NoContent(http.StatusNoContent)
	}
	return SeeOther(c, page)
}

// SecurityPage is where a member of staff sets up the second factor.
const SecurityPage = "/admin/security"

// StepUpField holds the password that Fresh routes ask for.
const StepUpField = "step_up_password"

// stepUp asks for the password again, on a page that keeps what was sent and sends it once more with the password. The
// right password lets it through.
func (k *Kit) stepUp(c echo.Context, rt Route) error {
	r := From(c)
	form, err := c.FormParams()
	if err != nil {
		return malformed(err)
	}
	password, given := form[StepUpField]
	if !given {
		return k.StepUpPage(c, form, "")
	}
	err = k.M.Staff.StepUp(c.Request().Context(), *r.Staff, r.Session, password[0], c.RealIP())
	if fields, ok := Fields(err); ok {
		return k.StepUpPage(c, form, fields["password"])
	}
	if err != nil {
		return err
	}
	return rt.Handle(c)
}

// SafeNext returns path if it is a path on this host, else "": nobody is sent elsewhere by a link to the log-in page.
func SafeNext(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsAny(path, "\\\r\n\t") || len(path) > 500 {
		return ""
	}
	return path
}

// payLinkRoute is the page of a pay link.
const payLinkRoute = "/pay/:token"

// PayLinkPath is the address of a pay link on a host.
func PayLinkPath(token string) string { return strings.Replace(payLinkRoute, ":token", token, 1) }

// nameless reports whether a form comes from the page of a pay link in a browser that says neither from where nor how: that page
// sends no referrer, so an older browser's Origin is "null". Such a form is let through, because no cookie speaks for it: who
// knows the token may pay, from wherever.
func nameless(c echo.Context) bool {
	h := c.Request().Header
	return c.Path() == payLinkRoute && h.Get("Sec-Fetch-Site") == "" && h.Get("Origin") == "null"
}

// CrossOrigin refuses changes that another site's page sends (CSRF).
func (k *Kit) CrossOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if nameless(c) {
			return next(c)
		}
		if err := k.csrf.Check(c.Request()); err != nil {
			return &db.Error{Kind: db.Forbidden, Key: "error.forbidden", Cause: errors.New("cross-origin request")}
		}
		return next(c)
	}
}
