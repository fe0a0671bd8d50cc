package portal

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/cashier"
	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/limit"
	"myisp/models/portal"
	views "myisp/views/finance"
	"myisp/views/i18n"
)

// checkout fills in the parts of a pay page that pay through a gateway; none where the partner has set up no gateway that
// serves this.
func (h *Handlers) checkout(c echo.Context, p *views.Pay) error {
	r, o, amount := web.From(c), p.Order, p.Amount()
	ways, err := h.cashier.Ways(c.Request().Context(), r.View.Partner.ID)
	if err != nil {
		return err
	}
	p.Pretend = ways.Pretends()
	web.LetFormsLeadTo(c, ways.Redirects())
	if amount.Positive() {
		p.Checkout = views.Checkout{Key: secret.Token(), Amount: amount, Part: o.Part, Invoices: o.IDs(finance.KindInvoice), Proforma: o.IDs(finance.KindProforma),
			Ahead: o.Purpose == finance.PayAhead, Choices: ways.Choices(o.Purpose, amount.Minor, amount.Currency)}
	}
	p.Adds = o.Purpose == finance.PayAll && len(ways.Ahead(p.AddCurrency)) > 0
	return h.offerSaved(c, &p.Checkout)
}

// offerSaved puts the customer's saved methods before the gateways' pages, and chooses what the address asks for. Where
// nothing can be paid through a gateway it asks for nothing.
func (h *Handlers) offerSaved(c echo.Context, form *views.Checkout) error {
	if !form.Ready() {
		return nil
	}
	r := web.From(c)
	saved, err := h.m.Finance.Of(r.Me()).SavedMethods(c.Request().Context())
	form.Saved = savedChoices(r, saved, form.Choices)
	if asked := c.QueryParam("gateway"); slices.ContainsFunc(form.Choices, func(g finance.Choice) bool { return g.Gateway == asked }) {
		form.Chosen = asked
	}
	form.Saves = slices.ContainsFunc(form.Choices, func(g finance.Choice) bool { return h.cashier.Saves(g.Gateway) })
	return err
}

// StartPayment is POST /pay: it writes the attempt down and leads to the gateway's page. The same form sent again leads to
// the same attempt.
func (h *Handlers) StartPayment(c echo.Context) error {
	me := h.m.Finance.Of(web.From(c).Me())
	a, err := me.ByKey(c.Request().Context(), me.FormKey(c.FormValue("key")))
	if err != nil {
		return err
	}
	if a.State != finance.AttemptNew && a.ID != 0 || a.Unknown() {
		return onward(c, a) // the form was sent before
	}
	o, err := h.order(c)
	if err != nil {
		return h.payAgain(c, err)
	}
	if id, saved := savedID(o.Attempt.Gateway); saved {
		a, err = h.cashier.PaySaved(c.Request().Context(), o, id)
	} else {
		a, err = h.cashier.Begin(c.Request().Context(), o)
	}
	if err != nil {
		return h.payAgain(c, err)
	}
	return onward(c, a)
}

// onward leads to the gateway's page, or to what has become of the attempt.
func onward(c echo.Context, a finance.Attempt) error {
	if a.State == finance.AttemptOpen && a.RedirectURL != "" {
		return web.SeeOther(c, a.RedirectURL)
	}
	return web.SeeOther(c, cashier.ResultPath(a))
}

// order reads what is to be paid. Amounts of documents come from the books, never from the form.
func (h *Handlers) order(c echo.Context) (cashier.Order, error) {
	r := web.From(c)
	me := h.m.Finance.Of(r.Me())
	o := cashier.Order{BaseURL: r.Origin(), Language: r.Lang, Customer: cashier.CustomerFor(*r.Customer), Description: portal.PortalTitle.Of(r.View.Values)}
	o.Attempt = finance.NewAttempt{Key: me.FormKey(c.FormValue("key")), Gateway: c.FormValue("gateway"), SaveMethod: c.FormValue("save") != "",
		Party: finance.Party{CustomerID: r.Me(), PartnerID: r.View.Partner.ID, LocationID: r.Customer.LocationID}, May: h.m.MayPay(r.Me())}
	asked, err := me.Order(c.Request().Context(), wanted(c.Request().Context(), r, c.Request().PostForm), today(r))
	if err != nil {
		return o, err
	}
	for _, d := range asked.Documents {
		o.Description += " " + d.Number
	}
	return o, asked.Into(&o.Attempt)
}

// payAgain shows the pay page with what stands in the way.
func (h *Handlers) payAgain(c echo.Context, err error) error {
	var said *db.Error
	fields, invalid := web.Fields(err)
	if !invalid && (!errors.As(err, &said) || said.Kind == db.NotFound || said.Kind == db.Internal) {
		return err
	}
	p, failed := h.payPage(c, c.Request().PostForm)
	if failed != nil {
		return failed
	}
	form := &p.Checkout
	form.Chosen, form.Save, form.Errors = c.FormValue("gateway"), c.FormValue("save") != "", fields
	if !invalid {
		form.Problem = problemKey(c, err, said)
	} else if fields["key"] != "" || fields["documents"] != "" {
		form.Problem = "error.invalid"
	} else if fields["amount"] != "" && p.AddError == "" {
		form.Problem = fields["amount"]
	}
	if !invalid {
		return web.Render(c, web.Status(err), views.PayPage(p))
	}
	return web.Again(c, views.PayPage(p))
}

// problemKey is what a pay page says of an error that is no field's. Whoever is to wait is told until when, too.
func problemKey(c echo.Context, err error, said *db.Error) string {
	if errors.As(err, new(limit.TooMany)) {
		web.SetRetryAfter(c, err)
		return "pay.error.too_often"
	}
	return said.Key
}

// Attempt is GET /pay/attempts/:id: where gateways send the customer back to. It asks the gateway, so it tells the truth
// whether or not a notice has come; what is booked depends on the gateway's answer alone, never on who opens the page.
func (h *Handlers) Attempt(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	id, err := documentID(c.Param("id"))
	if err != nil {
		return err
	}
	a, docs, err := h.m.Finance.Of(r.Me()).Attempt(ctx, id)
	if err != nil {
		return err
	}
	p := views.Attempt{Attempt: a, Pretend: h.cashier.IsPretend(a.Gateway)}
	if a.InFlight() && a.ExternalID != nil || a.Unknown() {
		if p.Attempt, err = h.cashier.Look(ctx, a); err != nil {
			p.Attempt, p.Unsettled = a, true
		}
	}
	if p.Attempt.State == finance.AttemptPaid {
		if err := h.paid(c, &p); err != nil {
			return err
		}
	} else if p.Numbers, err = h.m.Finance.Of(r.Me()).Numbers(ctx, docs); err != nil {
		return err
	}
	switch p.Attempt.State {
	case finance.AttemptDeclined, finance.AttemptCancelled, finance.AttemptFailed:
		p.RetryURL = retryURL(docs, a)
	case finance.AttemptOpen:
		p.OtherURL = retryURL(docs, a)
	}
	if p.Shell, err = h.financeShell(c, i18n.T(ctx, "pay.title"), "/finance"); err != nil {
		return err
	}
	return web.OK(c, views.AttemptPage(p))
}

// paid gathers what a payment that has come did: what it paid, what is left, what became of suspended services.
func (h *Handlers) paid(c echo.Context, p *views.Attempt) error {
	r, ctx := web.From(c), c.Request().Context()
	me := h.m.Finance.Of(r.Me())
	p.Receipt = p.Attempt.PaymentID
	row, err := me.Payment(ctx, p.Receipt)
	if err != nil {
		return err
	}
	if p.Covers = row.Covers; row.ProformaNumber != "" {
		p.Numbers = []string{row.ProformaNumber}
	}
	sum, err := me.Summary(ctx, today(r))
	if err != nil {
		return err
	}
	if p.Left = sum.Owed; sum.Underway.Positive() {
		p.Left = money.Of(0, sum.Owed.Currency) // the rest is on its way
	}
	p.Back, p.Missing, err = h.back(ctx, r, p.Attempt)
	return err
}

// retryURL is where the same is paid once more; after a saved method was declined, on the page of its gateway.
func retryURL(docs []finance.AttemptDocument, a finance.Attempt) string {
	again := url.Values{}
	if a.SavedMethodID != 0 {
		again.Set("gateway", a.Gateway)
	}
	for _, d := range docs {
		if a.Purpose == finance.PayAll {
			break // /pay asks for all that is owed, not for its invoices alone
		}
		name := "invoice"
		if d.Kind == finance.KindProforma {
			name = "proforma"
		}
		again.Add(name, strconv.FormatInt(d.DocumentID, 10))
	}
	if len(again) == 0 {
		return "/pay"
	}
	return "/pay?" + again.Encode()
}

// Sandbox is GET /sandbox/:id: the pretend provider's page; it exists only where the program was started with it.
func (h *Handlers) Sandbox(c echo.Context) error {
	return h.sandboxPage(c, "")
}

// SandboxChoose is POST /sandbox/:id: what is to happen to the pretend payment.
func (h *Handlers) SandboxChoose(c echo.Context) error {
	if h.hosted == nil {
		return db.ErrNotFound
	}
	if _, ok := h.hosted.Page(c.Param("id")); !ok {
		return db.ErrNotFound
	}
	next, err := h.hosted.Choose(c.Param("id"), c.FormValue("outcome"), c.FormValue("notices"))
	if err != nil {
		return h.sandboxPage(c, "sandbox.error")
	}
	if next == "" {
		next = c.Request().URL.Path
	}
	return web.SeeOther(c, next)
}

func (h *Handlers) sandboxPage(c echo.Context, problem string) error {
	if h.hosted == nil {
		return db.ErrNotFound
	}
	page, ok := h.hosted.Page(c.Param("id"))
	if !ok {
		return db.ErrNotFound
	}
	p := views.Sandbox{Shell: h.public(c, i18n.T(c.Request().Context(), "sandbox.title")), Payment: page, Error: problem}
	if problem != "" {
		return web.Again(c, views.SandboxPage(p))
	}
	return web.OK(c, views.SandboxPage(p))
}
