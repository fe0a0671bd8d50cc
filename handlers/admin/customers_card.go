package admin

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/message"
	"myisp/models/portal"
	"myisp/models/staff"
	"myisp/models/ticket"
	views "myisp/views/admin"
	"myisp/views/ui"
)

// tabPermissions are what a tab asks for beyond seeing customers.
var tabPermissions = map[string]staff.Permission{"finance": staff.ViewFinance, "changes": staff.ViewAudit, "portal-log": staff.ViewPortalLog}

// card reads whom a tab is about, and what the member may do there.
func (h *Handlers) card(c echo.Context, tab string) (views.Card, error) {
	id, err := paramID(c, "id")
	if err != nil {
		return views.Card{}, err
	}
	r, ctx := web.From(c), c.Request().Context()
	p := views.Card{Tab: tab, May: views.CardRights{Edit: r.Staff.May(staff.EditCustomers), Password: r.Staff.May(staff.SetPasswords),
		ActAs: r.Staff.May(staff.ActAsCustomer), Finance: r.Staff.May(staff.ViewFinance), EditFinance: r.Staff.May(staff.EditFinance)}}
	if p.Customer, err = h.m.Customers.Find(ctx, id); err != nil {
		return p, err
	}
	if p.Labels, err = h.m.Customers.Of(id).Labels(ctx); err != nil {
		return p, err
	}
	for _, t := range views.CardTabs {
		if r.Staff.May(tabPermissions[t]) {
			p.Tabs = append(p.Tabs, t)
		}
	}
	p.Shell = h.shell(c, p.Customer.Name)
	return p, nil
}

// partnerOf is the partner's view of a customer: its zone, its way of writing.
func partnerOf(r *web.Request, c customer.Customer) *portal.View {
	if v := r.Partner(c.PartnerID); v != nil {
		return v
	}
	return r.Partner(portal.DefaultPartner)
}

func todayOf(r *web.Request, c customer.Customer) db.Day {
	return db.DayOf(r.Now(), partnerOf(r, c).Values.Zone())
}

// Customer is GET /admin/customers/:id.
func (h *Handlers) Customer(c echo.Context) error {
	p, err := h.customerOverview(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.CustomerOverviewPage(p))
}

func (h *Handlers) customerOverview(c echo.Context) (p views.CustomerOverview, err error) {
	head, err := h.card(c, "overview")
	if err != nil {
		return p, err
	}
	r, ctx, who := web.From(c), c.Request().Context(), head.Customer
	p = views.CustomerOverview{Card: head, Today: todayOf(r, who)}
	me := h.m.Customers.Of(who.ID)
	if p.Billing, err = me.Billing(ctx); err != nil {
		return p, err
	}
	if p.Attributes, err = h.m.Customers.AttributeForm(ctx, who.ID, who.Category); err != nil {
		return p, err
	}
	if p.Standing, err = h.m.Services.Of(who.ID).Standing(ctx, who.PartnerID); err != nil {
		return p, err
	}
	if p.Promises, err = h.m.Services.Of(who.ID).Promises(ctx); err != nil {
		return p, err
	}
	p.MayPromise = r.Staff.May(staff.EditPromises)
	p.Outlook = p.Standing.Outlook()
	if p.May.Finance {
		sum, err := h.m.Finance.Of(who.ID).Summary(ctx, p.Today)
		if err != nil {
			return p, err
		}
		p.Summary = &sum
	}
	if p.Choices, err = h.choices(ctx); err != nil {
		return p, err
	}
	p.AllLabels = p.Choices.Labels
	if who.ParentID != 0 {
		main, err := h.m.Customers.Find(ctx, who.ParentID)
		if err != nil {
			return p, err
		}
		p.Main = &main
	} else if p.Subs, err = me.SubAccounts(ctx); err != nil {
		return p, err
	}
	if who.AddedBy == customer.AddedByStaff {
		if p.AddedBy, err = h.m.Staff.Name(ctx, who.AddedByID); err != nil {
			return p, err
		}
	}
	methods, err := h.methods(ctx)
	if err != nil {
		return p, err
	}
	p.Method = labelOf(methods, p.Billing.PaymentMethodID)
	return p, nil
}

func labelOf(options []ui.Option, id int64) string {
	for _, o := range options {
		if o.Value == strconv.FormatInt(id, 10) {
			return o.Label
		}
	}
	return ""
}

// CustomerServices is GET /admin/customers/:id/services.
func (h *Handlers) CustomerServices(c echo.Context) error {
	head, err := h.card(c, "services")
	if err != nil {
		return err
	}
	p := views.CustomerServices{Card: head}
	if p.Rows, err = h.m.Services.Of(head.Customer.ID).Everything(c.Request().Context()); err != nil {
		return err
	}
	return web.OK(c, views.CustomerServicesPage(p))
}

// CustomerFinance is GET /admin/customers/:id/finance: the balance, and one of the lists (?list=).
func (h *Handlers) CustomerFinance(c echo.Context) error {
	head, err := h.card(c, "finance")
	if err != nil {
		return err
	}
	r, ctx := web.From(c), c.Request().Context()
	p := views.CustomerFinance{Card: head, List: views.FinanceLists[0], Today: todayOf(r, head.Customer)}
	for _, l := range views.FinanceLists {
		if c.QueryParam("list") == l {
			p.List = l
		}
	}
	me, f := h.m.Finance.Of(head.Customer.ID), finance.ParseFilter(c.QueryParam)
	if p.Summary, err = me.Summary(ctx, p.Today); err != nil {
		return err
	}
	switch p.List {
	case "payments":
		p.Payments, p.Next, err = rows(me.Payments(ctx, f))
	case "credit_notes":
		p.Notes, p.Next, err = rows(me.CreditNotes(ctx, f))
	case "proforma_invoices":
		p.Proforma, p.Next, err = rows(me.ProformaInvoices(ctx, f, p.Today))
	case "transactions":
		if p.Waiting, err = me.Waiting(ctx); err != nil {
			return err
		}
		p.Moves, p.Next, err = rows(me.Transactions(ctx, f))
	default:
		p.Invoices, p.Next, err = rows(me.Invoices(ctx, f, p.Today))
	}
	if err != nil {
		return err
	}
	return web.OK(c, views.CustomerFinancePage(p))
}

func rows[T any](page finance.Page[T], err error) ([]T, string, error) {
	return page.Rows, page.Next, err
}

// CustomerTickets is GET /admin/customers/:id/tickets.
func (h *Handlers) CustomerTickets(c echo.Context) error {
	head, err := h.card(c, "tickets")
	if err != nil {
		return err
	}
	p := views.CustomerTickets{Card: head}
	skip, _ := strconv.Atoi(c.QueryParam("skip"))
	skip, more := min(max(0, skip), 1_000_000), false
	if p.Threads, more, err = h.m.Tickets.Threads(c.Request().Context(), head.Customer.ID, skip); err != nil {
		return err
	}
	if more {
		p.Next = customerPath(head.Customer.ID) + "/tickets?skip=" + strconv.Itoa(skip+ticket.PageSize)
	}
	return web.OK(c, views.CustomerTicketsPage(p))
}

// CustomerMessages is GET /admin/customers/:id/messages.
func (h *Handlers) CustomerMessages(c echo.Context) error {
	head, err := h.card(c, "messages")
	if err != nil {
		return err
	}
	p := views.CustomerMessages{Card: head}
	before, _ := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	list, more, err := h.m.Messages.Of(head.Customer.ID).List(c.Request().Context(), before)
	if err != nil {
		return err
	}
	if p.Items = list; more {
		p.Next = customerPath(head.Customer.ID) + "/messages?before=" + strconv.FormatInt(list[message.PageSize-1].ID, 10)
	}
	return web.OK(c, views.CustomerMessagesPage(p))
}

// CustomerSessions is GET /admin/customers/:id/sessions.
func (h *Handlers) CustomerSessions(c echo.Context) error {
	head, err := h.card(c, "sessions")
	if err != nil {
		return err
	}
	p := views.CustomerSessions{Card: head}
	if p.Items, err = h.m.Customers.Of(head.Customer.ID).Sessions(c.Request().Context()); err != nil {
		return err
	}
	return web.OK(c, views.CustomerSessionsPage(p))
}

// CustomerChanges is GET /admin/customers/:id/changes: what the log has of the customer.
func (h *Handlers) CustomerChanges(c echo.Context) error {
	head, err := h.card(c, "changes")
	if err != nil {
		return err
	}
	p := views.CustomerChanges{Card: head}
	before, _ := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	if p.Page, err = h.m.Audit.List(c.Request().Context(), audit.Filter{CustomerID: head.Customer.ID, Before: max(0, before)}); err != nil {
		return err
	}
	return web.OK(c, views.CustomerChangesPage(p))
}

// eventsPage is how many events of the portal log a page has.
const eventsPage = 50

// CustomerPortalLog is GET /admin/customers/:id/portal-log (AUTH-4).
func (h *Handlers) CustomerPortalLog(c echo.Context) error {
	head, err := h.card(c, "portal-log")
	if err != nil {
		return err
	}
	p := views.CustomerPortalLog{Card: head}
	before, _ := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	if p.Events, err = h.m.Audit.Of(head.Customer.ID).Events(c.Request().Context(), max(0, before), eventsPage+1); err != nil {
		return err
	}
	if len(p.Events) > eventsPage {
		p.Events = p.Events[:eventsPage]
		p.Next = customerPath(head.Customer.ID) + "/portal-log?before=" + strconv.FormatInt(p.Events[eventsPage-1].ID, 10)
	}
	return web.OK(c, views.CustomerPortalLogPage(p))
}
