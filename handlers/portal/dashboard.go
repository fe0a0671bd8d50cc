package portal

import (
	"context"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/message"
	"myisp/models/portal"
	"myisp/models/service"
	"myisp/views/dashboard"
	financeviews "myisp/views/finance"
	"myisp/views/i18n"
)

// homeServices is how many services Home shows before it leads to all of them.
const homeServices = 4

// Home is GET / (spec §2.2). Each part is asked for only where the partner's settings show it.
func (h *Handlers) Home(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	s, err := h.shell(c, i18n.T(ctx, "nav.home"), "home")
	if err != nil {
		return err
	}
	p := dashboard.Home{Shell: s, Name: r.Customer.Name, Disabled: r.Customer.Status == customer.StatusDisabled, HelpURL: helpURL(r), Actions: quickActions(r)}
	for _, load := range []func(context.Context, *web.Request, *dashboard.Home) error{h.homeMoney, h.homeServices, h.homeOutages, h.homeNews} {
		if err := load(ctx, r, &p); err != nil {
			return err
		}
	}
	return web.OK(c, dashboard.Page(p))
}

// homeMoney fills what is owed, what follows from owing it, and the counters, which stand beside it in P6.
func (h *Handlers) homeMoney(ctx context.Context, r *web.Request, p *dashboard.Home) (err error) {
	var sum finance.Summary
	today := db.DayOf(r.Now(), r.View.Values.Zone())
	if r.ModuleOn("finance") {
		p.PayURL = "/pay"
		if sum, err = h.m.Finance.Of(r.Me()).Summary(ctx, today); err != nil {
			return err
		}
		if sum.Balance.Currency == "" {
			sum.Balance = r.View.Values.Money(0)
		}
	}
	if sum.Ending && !p.Disabled {
		saved, err := h.m.Finance.Of(r.Me()).SavedMethods(ctx)
		if err != nil {
			return err
		}
		p.Methods, p.Today = saved, today
	}
	if sum.LostID != 0 {
		a, _, err := h.m.Finance.Of(r.Me()).Attempt(ctx, sum.LostID)
		if err != nil {
			return err
		}
		p.Lost = &financeviews.Lost{Attempt: a, Again: sum.Owed.Positive() || a.Purpose == finance.PayProforma && sum.UnpaidProforma > 0}
	}
	if !p.Disabled {
		p.Suspension = service.SuspensionOf(*r.Customer, r.Days(), sum, today, r.View.Values.Zone())
	}
	if p.Suspension != nil {
		if p.Standing, err = h.m.Services.Of(r.Me()).Standing(ctx, r.View.Partner.ID); err != nil {
			return err
		}
	}
	for _, item := range portal.DashboardItems.Of(r.View.Values) {
		if item == "balance" && r.ModuleOn("finance") {
			p.Today = today
			p.Balance = &dashboard.Balance{Summary: sum, Shown: finance.Shown(sum.Balance, portal.InvertBalance.Of(r.View.Values)), URL: balanceURL(r)}
			if sum.Autopay && sum.Owed.Positive() {
				if p.Balance.Autopay, p.Balance.Next, err = h.nextCharge(ctx, r); err != nil {
					return err
				}
			}
		}
		if counter, on := counterOf(r, item, sum); on {
			p.Counters = append(p.Counters, counter)
		}
	}
	return nil
}

// nextCharge is what the customer's autopay charges next.
func (h *Handlers) nextCharge(ctx context.Context, r *web.Request) (a finance.Autopay, n finance.NextCharge, err error) {
	me := h.m.Finance.Of(r.Me())
	if a, err = me.Autopay(ctx); err == nil {
		n, err = me.NextCharge(ctx, today(r), h.cashier.Takes)
	}
	return a, n, err
}

// counterOf makes the card of an item of P6, if the customer has what it counts (P3, P51).
func counterOf(r *web.Request, item string, sum finance.Summary) (dashboard.Counter, bool) {
	c := dashboard.Counter{Item: dashboard.Item(item)}
	needs := web.Route{Module: "finance", Disabled: true}
	switch c.Item {
	case dashboard.NewTickets:
		needs.Module, c.Count, c.URL = "tickets", r.Nav.UnreadTickets, "/tickets"
	case dashboard.NewMessages:
		needs, c.Count, c.URL = web.Route{Module: "messages"}, r.Nav.UnreadMessages, "/messages"
	case dashboard.UnpaidInvoices:
		needs.Page, c.Count, c.URL = "invoices", int(sum.UnpaidInvoices), "/finance/invoices?state="+string(finance.Open)
	case dashboard.UnpaidProforma:
		needs.Page, c.Count, c.URL = "proforma_invoices", int(sum.UnpaidProforma), "/finance/proforma-invoices?state="+string(finance.Open)
	}
	return c, c.URL != "" && r.Reaches(needs)
}

// balanceURL is where the balance comes from: the transactions, where P51 has them.
func balanceURL(r *web.Request) string {
	if r.Reaches(web.Route{Module: "finance", Page: "transactions", Disabled: true}) {
		return "/finance/transactions"
	}
	return "/finance"
}

func (h *Handlers) homeServices(ctx context.Context, r *web.Request, p *dashboard.Home) error {
	if !r.Reaches(web.Route{Module: "services"}) {
		return nil
	}
	rows, more, err := h.m.Services.Of(r.Me()).First(ctx, homeServices)
	p.Services = &dashboard.Services{Rows: rows, More: more, Blocked: r.Customer.Status == customer.StatusBlocked}
	return err
}

func (h *Handlers) homeOutages(ctx context.Context, r *web.Request, p *dashboard.Home) (err error) {
	if !p.Disabled {
		p.Outages, err = h.m.Messages.OpenOutages(ctx, readers(r))
	}
	return err
}

func (h *Handlers) homeNews(ctx context.Context, r *web.Request, p *dashboard.Home) (err error) {
	if r.Reaches(web.Route{Module: "news"}) && portal.DashboardNews.Of(r.View.Values) {
		p.News, err = h.m.Messages.LatestNews(ctx, readers(r))
	}
	return err
}

// readers is where the signed-in customer belongs.
func readers(r *web.Request) message.Readers {
	return message.Readers{PartnerID: r.Customer.PartnerID, LocationID: r.Customer.LocationID}
}

// helpURL is where the provider's telephone number is; "" where that page is off.
func helpURL(r *web.Request) string {
	if r.Reaches(web.Route{Module: "about", Disabled: true}) {
		return "/about"
	}
	return ""
}

// quickActions are the ways that people take most, as far as they are open to the customer.
func quickActions(r *web.Request) []dashboard.Action {
	var list []dashboard.Action
	for _, a := range []struct {
		needs web.Route
		dashboard.Action
	}{
		{web.Route{Module: "finance", Disabled: true}, dashboard.Action{LabelKey: "action.pay", Icon: "wallet", URL: "/pay"}},
		{web.Route{Module: "finance", Page: "invoices", Disabled: true}, dashboard.Action{LabelKey: "finance.invoices", Icon: "file-text", URL: "/finance/invoices"}},
		{web.Route{Module: "services"}, dashboard.Action{LabelKey: "nav.services", Icon: "wifi", URL: "/services"}},
		{web.Route{Module: "tickets", Disabled: true}, dashboard.Action{LabelKey: "nav.support", Icon: "life-buoy", URL: "/tickets"}},
		{web.Route{Module: "messages"}, dashboard.Action{LabelKey: "nav.messages", Icon: "mail", URL: "/messages"}},
		{web.Route{Module: "profile"}, dashboard.Action{LabelKey: "nav.profile", Icon: "user", URL: "/profile"}},
	} {
		if r.Reaches(a.needs) {
			list = append(list, a.Action)
		}
	}
	return list
}
