package admin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
)

// incoming fills the desk of a partner's incoming transfers.
func (h *Handlers) incoming(c echo.Context) (views.Incoming, error) {
	ctx := c.Request().Context()
	of, err := h.ofPartner(c, i18n.T(ctx, "incoming.title"), staff.EditFinance)
	if err != nil {
		return views.Incoming{}, err
	}
	p := views.Incoming{OfPartner: of, State: finance.IncomingState(c.QueryParam("state"))}
	if !slices.Contains(finance.IncomingStates, p.State) {
		p.State = finance.IncomingOpen
	}
	filter := finance.ParseFilter(c.QueryParam)
	p.Search = filter.Search
	page, err := h.m.Finance.IncomingPage(ctx, of.Partner.ID, p.State, filter)
	if err != nil {
		return p, err
	}
	p.Rows, p.Next = page.Rows, page.Next
	if p.Counts, err = h.m.Finance.IncomingCounts(ctx, of.Partner.ID); err != nil {
		return p, err
	}
	if p.Proposals, err = h.m.Finance.Propose(ctx, p.Rows); err != nil {
		return p, err
	}
	var ids []int64
	for _, l := range p.Rows {
		ids = append(ids, l.CustomerID)
	}
	if p.Names, err = h.m.Customers.ByIDs(ctx, ids...); err != nil {
		return p, err
	}
	p.Waiting, err = h.m.Finance.Statements(ctx, of.Partner.ID)
	return p, err
}

// Incoming is GET /admin/finance/incoming.
func (h *Handlers) Incoming(c echo.Context) error {
	p, err := h.incoming(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.IncomingPage(p))
}

// BookIncoming is POST /admin/finance/incoming/bookings: the checked lines, each for what the page proposed.
func (h *Handlers) BookIncoming(c echo.Context) error {
	ctx, booked := c.Request().Context(), 0
	of, err := h.ofPartner(c, "", staff.EditFinance)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	for _, chosen := range form["line"][:min(len(form["line"]), finance.PageSize)] {
		line, target, ok := readTarget(chosen)
		if !ok {
			continue
		}
		_, err := h.m.Finance.BookIncoming(ctx, line, target)
		switch db.KindOf(err) {
		case db.Conflict, db.Unprocess, db.NotFound: // somebody was faster, or the document has changed since
			continue
		}
		if err != nil {
			return err
		}
		booked++
	}
	return h.done(c, views.IncomingURL+"?partner="+of.Partner.Key(), "incoming.booked_many", "count", strconv.Itoa(booked), "of", strconv.Itoa(len(form["line"])))
}

// readTarget reads what views.ChosenTarget wrote.
func readTarget(s string) (int64, finance.Target, bool) {
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return 0, finance.Target{}, false
	}
	line, err := strconv.ParseInt(parts[0], 10, 64)
	who, err2 := strconv.ParseInt(parts[1], 10, 64)
	t, ok := readDocument(parts[2])
	t.CustomerID = who
	return line, t, ok && err == nil && err2 == nil
}

// readDocument reads "i5", an invoice, "p7", a proforma invoice, or nothing.
func readDocument(s string) (t finance.Target, ok bool) {
	if s == "" {
		return t, true
	}
	id, err := strconv.ParseInt(s[1:], 10, 64)
	switch {
	case err != nil || id < 1:
		return t, false
	case s[0] == 'i':
		t.InvoiceID = id
	case s[0] == 'p':
		t.ProformaID = id
	default:
		return t, false
	}
	return t, true
}
