package portal

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/cashier"
	"myisp/handlers/web"
	"myisp/internal/gateway"
	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	views "myisp/views/finance"
	"myisp/views/i18n"
	"myisp/views/pdf"
	"myisp/views/ui"
)

// linked is a request with a pay link: what it pays, and at whose partner. There is no session, and none is made.
type linked struct {
	finance.PayLinkRow
	who   finance.Party
	name  string
	token string
}

// link finds what the token of a request's address pays, and puts the partner of its customer in force. Nothing on the way to
// the page or from it keeps the address.
func (h *Handlers) link(c echo.Context) (linked, error) {
	head := c.Response().Header()
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	r, ctx := web.From(c), c.Request().Context()
	l := linked{token: c.Param("token")}
	var err error
	if l.PayLinkRow, err = h.m.Finance.OpenPayLink(ctx, l.token); err != nil {
		return l, err
	}
	who, err := h.m.Customers.Find(ctx, l.CustomerID)
	if err != nil {
		return l, err
	}
	r.Serve(who.PartnerID)
	l.who, l.name = finance.Party{CustomerID: who.ID, PartnerID: who.PartnerID, LocationID: who.LocationID, Currency: l.Document.Currency}, who.Name
	return l, nil
}

func (l linked) path() string { return web.PayLinkPath(l.token) }

// PayLink is GET /pay/:token: what a link asks for and how to pay it, without logging in.
func (h *Handlers) PayLink(c echo.Context) error {
	l, err := h.link(c)
	if err != nil {
		return h.linkGone(c, "unknown", err)
	}
	if l.State != finance.LinkLive {
		return h.linkGone(c, string(l.State), nil)
	}
	p, err := h.linkPage(c, l)
	if err != nil {
		return err
	}
	return web.OK(c, views.PayLinkPage(p))
}

// linkGone says kindly that a link is good for nothing more, and nothing else: whoever has it may be anybody.
func (h *Handlers) linkGone(c echo.Context, state string, err error) error {
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	status := map[string]int{"unknown": http.StatusNotFound, "paid": http.StatusOK, "expired": http.StatusGone, "revoked": http.StatusGone}[state]
	return web.Render(c, status, views.PayLinkGonePage(views.PayLinkGone{Shell: h.linkShell(c), State: state, Company: web.From(c).View.Company}))
}

// linkShell is the frame of a link's pages; its address stands in none of them but where the link leads back to itself.
func (h *Handlers) linkShell(c echo.Context) ui.Shell {
	s := h.public(c, i18n.T(c.Request().Context(), "paylink.title"))
	s.Path, s.Theme, s.Banner, s.Onlooker = "/", "auto", nil, true
	return s
}

func (h *Handlers) linkPage(c echo.Context, l linked) (views.PayLink, error) {
	r, ctx := web.From(c), c.Request().Context()
	p := views.PayLink{Shell: h.linkShell(c), Name: views.Masked(l.name), Document: l.Document, Kind: l.Kind, Path: l.path(), PDF: portal.PayLinkPDF.Of(r.View.Values) && pdf.Supported(r.Lang)}
	ways, err := h.cashier.WaysFor(ctx, l.who.PartnerID, l.who.CustomerID)
	if err == nil { // whoever has the link is not told of any debt: a gateway that wants it whole is there, or not
		ways, err = ways.Owing(ctx, l.who.CustomerID, l.who.Currency)
	}
	if err != nil {
		return p, err
	}
	p.Pay = views.Pay{Today: today(r), CustomerID: l.who.CustomerID, Company: r.View.Company, Payable: finance.Payable{Order: l.Order()}, Pretend: ways.Pretends()}
	amount := p.Pay.Amount()
	p.Pay.Checkout = views.Checkout{Key: secret.Token(), Amount: amount, Action: l.path(), Choices: ways.Choices(l.Order().Purpose, amount.Minor, amount.Currency)}
	web.LetFormsLeadTo(c, ways.Redirects())
	return p, err
}

// PayByLink is POST /pay/:token: it begins a payment of the link's document, and of nothing else whatever the form says.
func (h *Handlers) PayByLink(c echo.Context) error {
	l, err := h.link(c)
	if err != nil {
		return h.linkGone(c, "unknown", err)
	}
	if l.State != finance.LinkLive {
		return h.linkGone(c, string(l.State), nil)
	}
	r, ctx := web.From(c), c.Request().Context()
	if err := h.m.LinkPays(ctx, l.PayLink, c.RealIP()); err != nil {
		return h.linkAgain(c, l, err)
	}
	o := cashier.Order{BaseURL: r.Origin(), Language: r.Lang, Description: portal.PortalTitle.Of(r.View.Values) + " " + l.Document.Number,
		Customer:   gateway.Customer{Reference: strconv.FormatInt(l.CustomerID, 10)}, // without name and address: whoever pays is somebody else
		Attempt:    finance.NewAttempt{Key: h.m.Finance.LinkKey(l.PayLink, c.FormValue("key")), Party: l.who, Gateway: c.FormValue("gateway"), PayLinkID: l.ID},
		ReturnPath: func(a finance.Attempt) string { return h.resultPath(l, a) }}
	if err := l.Order().Into(&o.Attempt); err != nil {
		return err
	}
	if len(c.FormValue("key")) < 16 {
		return h.linkAgain(c, l, db.Invalid{"key": "finance.error.key"})
	}
	a, err := h.cashier.Begin(ctx, o)
	if notErr := h.noteLink(c, l, err); notErr != nil {
		return notErr
	}
	if err != nil {
		return h.linkAgain(c, l, err)
	}
	if a.State == finance.AttemptOpen && a.RedirectURL != "" {
		return web.SeeOther(c, a.RedirectURL)
	}
	return web.SeeOther(c, h.resultPath(l, a))
}

// noteLink enters a payment that somebody begins with a link into the portal log of the customer whose document it pays.
func (h *Handlers) noteLink(c echo.Context, l linked, err error) error {
	ctx := audit.With(context.WithoutCancel(c.Request().Context()), audit.Actor{Kind: audit.System, Name: "pay link", IP: c.RealIP(), UserAgent: c.Request().UserAgent()})
	result := audit.Done
	switch {
	case err != nil && web.Status(err) >= 500:
		result = audit.Failed
	case err != nil:
		result = audit.Refused
	}
	return h.m.Audit.Note(ctx, l.CustomerID, "POST /pay/:token", result, l.Document.Number)
}

func (h *Handlers) resultPath(l linked, a finance.Attempt) string {
	return l.path() + "/" + h.m.Finance.LinkResult(l.PayLink, a.ID)
}

// linkAgain shows the link's page with what stands in the way.
func (h *Handlers) linkAgain(c echo.Context, l linked, err error) error {
	var said *db.Error
	fields, invalid := web.Fields(err)
	if !invalid && (!errors.As(err, &said) || said.Kind == db.NotFound || said.Kind == db.Internal) {
		return err
	}
	p, failed := h.linkPage(c, l)
	if failed != nil {
		return failed
	}
	form := &p.Pay.Checkout
	form.Chosen, form.Errors = c.FormValue("gateway"), fields
	switch {
	case !invalid:
		form.Problem = problemKey(c, err, said)
	case fields["amount"] != "":
		form.Problem = fields["amount"]
	case fields["gateway"] == "":
		form.Problem = "error.invalid"
	}
	return web.Render(c, web.Status(err), views.PayLinkPage(p))
}

// PayLinkResult is GET /pay/:token/:result: what has become of one payment that was begun with the link, however the link stands
// by now. Its address cannot be made up of the attempt's number.
func (h *Handlers) PayLinkResult(c echo.Context) error {
	l, err := h.link(c)
	if err != nil {
		return h.linkGone(c, "unknown", err)
	}
	ctx := c.Request().Context()
	a, err := h.m.Finance.LinkAttempt(ctx, l.PayLink, c.Param("result"))
	if err != nil {
		return h.linkGone(c, "unknown", err)
	}
	p := views.Attempt{Shell: h.linkShell(c), Attempt: a, Pretend: h.cashier.IsPretend(a.Gateway), Link: l.path(), Again: c.Request().URL.Path, Numbers: []string{l.Document.Number}}
	if a.InFlight() && a.ExternalID != nil {
		if p.Attempt, err = h.cashier.Look(ctx, a); err != nil {
			p.Attempt, p.Unsettled = a, true
		}
	}
	switch p.Attempt.State {
	case finance.AttemptDeclined, finance.AttemptCancelled, finance.AttemptFailed:
		if l.State == finance.LinkLive {
			p.RetryURL = l.path()
		}
	case finance.AttemptOpen:
		p.OtherURL = l.path()
	}
	return web.OK(c, views.AttemptPage(p))
}

// PayLinkDocument is GET /pay/:token/document: the document as PDF, where the partner lets who holds a link see it. It is drawn at
// the desk, as customers' files are, and counted.
func (h *Handlers) PayLinkDocument(c echo.Context) error {
	l, err := h.link(c)
	if err != nil {
		return h.linkGone(c, "unknown", err)
	}
	if l.State != finance.LinkLive {
		return h.linkGone(c, string(l.State), nil)
	}
	if !portal.PayLinkPDF.Of(web.From(c).View.Values) {
		return h.linkGone(c, "unknown", db.ErrNotFound)
	}
	count := func(ctx context.Context) error { return h.m.LinkFile(ctx, l.PayLink, c.RealIP()) }
	err = h.atDesk(c, visitor{link: l.ID}, count, func(c echo.Context) error { return h.linkDocument(c, l) })
	return noFile(c, err, func() (ui.Shell, error) { return h.linkShell(c), nil })
}

func (h *Handlers) linkDocument(c echo.Context, l linked) error {
	r, ctx := web.From(c), c.Request().Context()
	who, err := h.m.Customers.Find(ctx, l.CustomerID)
	if err != nil {
		return err
	}
	billing, err := h.m.Customers.Of(l.CustomerID).Billing(ctx)
	if err != nil {
		return err
	}
	sheet, err := h.kit.Paper(r.View, who.BilledAs(billing))
	if err != nil {
		return err
	}
	name, body, err := web.Drawn(ctx, h.m.Finance.Of(l.CustomerID), l.Kind, l.DocumentID, sheet, today(r))
	if errors.Is(err, pdf.ErrScript) {
		return web.SeeOther(c, l.path())
	}
	if err != nil {
		return err
	}
	return sendFile(c, "application/pdf", name, body, true)
}
