package admin

import (
	"errors"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
)

// line fills the page of one transfer: for the customer who is chosen, booked or proposed.
func (h *Handlers) line(c echo.Context) (views.IncomingLine, error) {
	r, ctx := web.From(c), c.Request().Context()
	id, err := paramID(c, "id")
	if err != nil {
		return views.IncomingLine{}, err
	}
	p := views.IncomingLine{Shell: h.shell(c, i18n.T(ctx, "incoming.title")), MayEdit: r.Staff.May(staff.EditFinance)}
	if p.Line, err = h.m.Finance.Incoming(ctx, id); err != nil {
		return p, err
	}
	if p.Import, err = h.m.Finance.ImportOf(ctx, p.Line); err != nil {
		return p, err
	}
	proposals, err := h.m.Finance.Propose(ctx, []finance.IncomingPayment{p.Line})
	if err != nil {
		return p, err
	}
	p.Proposal, p.Proposed = proposals[id]
	who, _ := strconv.ParseInt(c.FormValue("customer"), 10, 64)
	switch {
	case p.Line.CustomerID != 0:
		who = p.Line.CustomerID
		pay, err := h.m.Finance.PaymentByID(ctx, p.Line.PaymentID)
		if err != nil {
			return p, err
		}
		p.Receipt = pay.ReceiptNumber
	case who == 0 && p.Proposed:
		who = p.Proposal.CustomerID
	}
	if p.Proposed && p.Proposal.CustomerID == who {
		p.Document = strings.TrimPrefix(views.ChosenTarget(0, finance.Target{InvoiceID: p.Proposal.InvoiceID, ProformaID: p.Proposal.ProformaID}), "0:0:")
		if p.Proposal.ProformaID != 0 {
			p.Proforma = p.Document
		}
	}
	if err := h.payer(c, &p, who); err != nil {
		return p, err
	}
	f := customer.ParseFilter(c.QueryParam)
	if p.Search = f.Typed; p.Search != "" {
		found, err := h.m.Customers.Search(ctx, customer.Filter{Typed: p.Search, PartnerID: p.Line.PartnerID})
		if err != nil {
			return p, err
		}
		p.Found = found.Rows
	}
	return p, nil
}

// payer looks up the customer whose payment it may be, and what that customer has open; nobody is no error, and another
// partner's customer is nobody, unless it was booked for them.
func (h *Handlers) payer(c echo.Context, p *views.IncomingLine, id int64) error {
	if id < 1 {
		return nil
	}
	ctx := c.Request().Context()
	who, err := h.m.Customers.ByIDs(ctx, id)
	if err != nil {
		return err
	}
	if found, ok := who[id]; ok && (found.PartnerID == p.Line.PartnerID || id == p.Line.CustomerID) {
		p.Customer = &found
		p.Documents, err = h.m.Finance.Payable(ctx, id, p.Line.Currency)
	}
	return err
}

// IncomingLine is GET /admin/finance/incoming/:id.
func (h *Handlers) IncomingLine(c echo.Context) error {
	p, err := h.line(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.IncomingLinePage(p))
}

// changeLine does something with a transfer and goes back to the desk, or shows what stands in the way.
func (h *Handlers) changeLine(c echo.Context, said string, do func(p *views.IncomingLine) error) error {
	p, err := h.line(c)
	if err != nil {
		return err
	}
	err = do(&p)
	var known *db.Error
	fields, invalid := web.Fields(err)
	switch {
	case invalid:
		if p.Errors = fields; fields["amount"] != "" {
			p.Problem = fields["amount"]
		}
		return web.Again(c, views.IncomingLinePage(p))
	case errors.As(err, &known) && known.Kind == db.Conflict:
		p.Problem = known.Key
		return web.Again(c, views.IncomingLinePage(p))
	case err != nil:
		return err
	}
	return h.done(c, views.IncomingURL+"?partner="+(portal.Partner{ID: p.Line.PartnerID}).Key(), said)
}

// BookIncomingLine is POST /admin/finance/incoming/:id/booking.
func (h *Handlers) BookIncomingLine(c echo.Context) error {
	return h.changeLine(c, "incoming.booked_one", func(p *views.IncomingLine) error {
		p.Document = c.FormValue("document")
		t, ok := readDocument(p.Document)
		if !ok {
			return db.Invalid{"invoice": "incoming.error.invoice"}
		}
		t.CustomerID, _ = strconv.ParseInt(c.FormValue("customer"), 10, 64)
		_, err := h.m.Finance.BookIncoming(c.Request().Context(), p.Line.ID, t)
		if fields, ok := web.Fields(err); ok && p.Customer == nil {
			p.Problem = fields["customer"]
		}
		return err
	})
}

// UndoIncoming is POST /admin/finance/incoming/:id/reversal.
func (h *Handlers) UndoIncoming(c echo.Context) error {
	return h.changeLine(c, "incoming.undone", func(p *views.IncomingLine) error {
		day := db.DayOf(web.From(c).Now(), web.From(c).View.Values.Zone())
		if v := web.From(c).Partner(p.Line.PartnerID); v != nil {
			day = db.DayOf(web.From(c).Now(), v.Values.Zone())
		}
		return h.m.Finance.UndoIncoming(c.Request().Context(), p.Line.ID, day)
	})
}

// IgnoreIncoming is POST /admin/finance/incoming/:id/dismissal.
func (h *Handlers) IgnoreIncoming(c echo.Context) error {
	return h.changeLine(c, "incoming.ignored", func(p *views.IncomingLine) error {
		p.Reason = c.FormValue("reason")
		return h.m.Finance.IgnoreIncoming(c.Request().Context(), p.Line.ID, p.Reason)
	})
}

// ReopenIncoming is POST /admin/finance/incoming/:id/reopening.
func (h *Handlers) ReopenIncoming(c echo.Context) error {
	return h.changeLine(c, "incoming.reopened", func(p *views.IncomingLine) error {
		return h.m.Finance.ReopenIncoming(c.Request().Context(), p.Line.ID)
	})
}

// TakeBackImport is POST /admin/finance/incoming/:id/import-removal: all that came with the transfer goes, to be imported anew.
func (h *Handlers) TakeBackImport(c echo.Context) error {
	p, err := h.line(c)
	if err != nil {
		return h.gone(c, err)
	}
	gone, err := h.m.Finance.TakeBackImport(c.Request().Context(), p.Line.ID)
	if fields, ok := refused(err); ok {
		p.Problem = fields["conflict"]
		return web.Again(c, views.IncomingLinePage(p))
	}
	if err != nil {
		return h.gone(c, err)
	}
	return h.done(c, views.IncomingURL+"?partner="+(portal.Partner{ID: p.Line.PartnerID}).Key(), "incoming.taken_back", "count", strconv.Itoa(gone))
}
