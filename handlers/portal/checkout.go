package portal

import (
	"errors"
	"slices"
	"strconv"
	"strings"

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
)

// checkout fills in the parts of a pay page that pay through a gateway; none where the partner has set up no gateway that
// serves this.
func (h *Handlers) checkout(c echo.Context, p *views.Pay) error {
	r, o, amount := web.From(c), p.Order, p.Amount()
	ways, err := h.cashier.WaysFor(c.Request().Context(), r.View.Partner.ID, r.Me())
	if err != nil {
		return err
	}
	p.Pretend = ways.Pretends()
	web.LetFormsLeadTo(c, ways.Redirects())
	if amount.Positive() {
		if ways, err = ways.Owing(c.Request().Context(), r.Me(), amount.Currency); err != nil {
			return err
		}
		p.Checkout = views.Checkout{Key: secret.Token(), Amount: amount, Part: o.Part, Invoices: o.IDs(finance.KindInvoice), Proforma: o.IDs(finance.KindProforma),
			Ahead: o.Purpose == finance.PayAhead, Choices: ways.Choices(o.Purpose, amount.Minor, amount.Currency)}
		if p.Summary.Owed.Currency == amount.Currency { // else paying all would pay another debt
			p.Checkout.Whole, p.Checkout.Debt = ways.Whole(o.Purpose, amount.Minor), ways.Debt()
		}
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
	shown := c.Request().PostForm["shown"]
	o.Agreed = func(total money.Money) bool {
		return slices.Contains(shown, views.ShownValue(c.FormValue("gateway"), total))
	}
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

// savedID reads the method that the pay form chose; false when it chose a gateway.
func savedID(value string) (int64, bool) {
	text, ok := strings.CutPrefix(value, "saved-")
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		id = 0 // nobody's
	}
	return id, true
}

// savedChoices are those of the customer's methods that can pay with one of the choices.
func savedChoices(r *web.Request, rows []finance.SavedMethod, choices []finance.Choice) (list []views.SavedChoice) {
	for _, m := range rows {
		for _, g := range choices {
			if g.Gateway == m.Gateway && g.PartnerID == m.PartnerID && !m.Expired(today(r)) {
				list = append(list, views.SavedChoice{Method: m, Choice: g})
			}
		}
	}
	return list
}
