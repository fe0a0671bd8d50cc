package portal

import (
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/money"
	"myisp/models/finance"
	views "myisp/views/finance"
	"myisp/views/i18n"
)

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
