package portal

import (
	"context"
	"math"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	views "myisp/views/finance"
	"myisp/views/format"
	"myisp/views/i18n"
)

// wanted reads what a form or a query asks to pay.
func wanted(ctx context.Context, r *web.Request, asked url.Values) finance.Wanted {
	read := func(text string, c money.Currency) (money.Money, error) { return format.ReadMoney(ctx, text, c) }
	return finance.Wanted{Read: read, Invoices: asked["invoice"], Proforma: asked.Get("proforma"), Ahead: asked.Get("ahead") != "", Amount: asked.Get("amount"), Part: asked.Get("part"), Currency: currencyOf(r), Most: mostAdded(r)}
}

// mostAdded is how much money a customer may add at once, in minor units (B54); 0 sets no bound.
func mostAdded(r *web.Request) int64 {
	return int64(portal.AddMoneyMost.Of(r.View.Values)) * int64(math.Pow10(currencyOf(r).Exponent()))
}

// Pay is GET /pay: what is owed and how to pay it. ?proforma= is about that one document, ?invoice= about that invoice, or
// several when it comes more than once, ?part= asks for less than is due, and ?ahead= for ?amount= to be added.
func (h *Handlers) Pay(c echo.Context) error {
	p, err := h.payPage(c, c.QueryParams())
	if err != nil {
		return err
	}
	if p.Wrong() {
		return web.Again(c, views.PayPage(p))
	}
	return web.OK(c, views.PayPage(p))
}

// payPage gathers the page about what the form or query asks for.
func (h *Handlers) payPage(c echo.Context, asked url.Values) (views.Pay, error) {
	r, ctx := web.From(c), c.Request().Context()
	p := views.Pay{Menu: financeMenu(r, ""), Today: today(r), CustomerID: r.Me(), Company: r.View.Company, PartTyped: asked.Get("part")}
	var err error
	if p.Payable, err = h.m.Finance.Of(r.Me()).Payable(ctx, wanted(ctx, r, asked), p.Today); err != nil {
		return p, err
	}
	p.Nothing = asked.Get("chosen") != "" && len(asked["invoice"]) == 0
	p.AddTyped, p.AddCurrency = asked.Get("amount"), currencyOf(r)
	if err := h.checkout(c, &p); err != nil {
		return p, err
	}
	if p.Summary.Autopay && p.Summary.Owed.Positive() {
		if p.Autopay, p.Next, err = h.nextCharge(ctx, r); err != nil {
			return p, err
		}
	}
	standing, err := h.m.Services.Of(r.Me()).Standing(ctx, r.View.Partner.ID)
	if err != nil {
		return p, err
	}
	p.Standing = &standing
	p.Shell, err = h.financeShell(c, i18n.T(ctx, "pay.title"), "/finance")
	return p, err
}

// documentID reads the id of a document from a form or query; what is no number is not found.
func documentID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, db.ErrNotFound
	}
	return id, nil
}
