package admin

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
	"myisp/views/ui"
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

// AddStatement is POST /admin/finance/incoming/statements: the file waits to be looked at and imported.
func (h *Handlers) AddStatement(c echo.Context) error {
	p, err := h.incoming(c)
	if err != nil {
		return err
	}
	name, data, err := statementFile(c)
	var made finance.BankStatement
	if err == nil {
		made, err = h.m.Finance.AddStatement(c.Request().Context(), p.Partner.ID, name, data, p.Currency)
	}
	var ok bool
	if p.Errors, ok = web.Fields(err); ok {
		return web.Again(c, views.IncomingPage(p))
	}
	if err != nil {
		return err
	}
	return web.SeeOther(c, views.StatementPath(made.ID, ""))
}

// statementFile reads the uploaded file; a byte more than a statement may have is enough to refuse it.
func statementFile(c echo.Context) (string, []byte, error) {
	header, err := c.FormFile("file")
	if err != nil {
		return "", nil, db.Invalid{"file": "error.required"}
	}
	file, err := header.Open()
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, finance.MaxStatement+1))
	return strings.ToValidUTF8(strings.ReplaceAll(header.Filename, "\x00", ""), ""), data, err
}

// statement fills the preview of an uploaded statement.
func (h *Handlers) statement(c echo.Context) (views.StatementPage, error) {
	ctx := c.Request().Context()
	id, err := paramID(c, "id")
	if err != nil {
		return views.StatementPage{}, err
	}
	s, err := h.m.Finance.Statement(ctx, id)
	if err != nil {
		return views.StatementPage{}, err
	}
	v := web.From(c).Partner(s.PartnerID)
	if v == nil {
		return views.StatementPage{}, db.ErrNotFound
	}
	of := views.OfPartner{Partner: v.Partner, Currency: v.Values.Money(0).Currency, MayEdit: web.From(c).Staff.May(staff.EditFinance), Shell: h.shell(c, s.Name)}
	p := views.StatementPage{OfPartner: of, Statement: s, Format: s.Reads()}
	p.File, err = h.m.Finance.ReadStatement(ctx, s, of.Currency)
	if _, invalid := web.Fields(err); invalid || errors.Is(err, finance.ErrBankFile) {
		p.Unfit, err = true, nil
	}
	return p, err
}

// Statement is GET /admin/finance/incoming/statements/:id: what an import would bring.
func (h *Handlers) Statement(c echo.Context) error {
	p, err := h.statement(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.StatementPreview(p))
}

// gone answers a change of a statement that a colleague has imported or discarded meanwhile.
func (h *Handlers) gone(c echo.Context, err error) error {
	if db.KindOf(err) != db.NotFound {
		return err
	}
	if err := h.kit.SetFlash(c, session.Staff, ui.Warn, "incoming.gone"); err != nil {
		return err
	}
	return web.SeeOther(c, views.IncomingURL)
}

// ReadStatement is POST /admin/finance/incoming/statements/:id/format: the file is read otherwise.
func (h *Handlers) ReadStatement(c echo.Context) error {
	p, err := h.statement(c)
	if err != nil {
		return h.gone(c, err)
	}
	f := finance.BankFormat{Delimiter: c.FormValue("delimiter"), Decimal: c.FormValue("decimal"), Date: c.FormValue("date"), Headless: c.FormValue("headless") != "", Columns: map[string]string{}}
	if f.Skip, err = strconv.Atoi(orZero(c.FormValue("skip"))); err != nil {
		f.Skip = -1
	}
	for _, column := range finance.BankColumns {
		if name := c.FormValue("column_" + column); name != "" && len(name) <= 400 {
			f.Columns[column] = name
		}
	}
	err = h.m.Finance.SetStatementFormat(c.Request().Context(), p.Statement.ID, f)
	var ok bool
	if p.Errors, ok = web.Fields(err); ok {
		p.Format = f
		return web.Again(c, views.StatementPreview(p))
	}
	if err != nil {
		return err
	}
	return web.SeeOther(c, views.StatementPath(p.Statement.ID, ""))
}

// ImportStatement is POST /admin/finance/incoming/statements/:id.
func (h *Handlers) ImportStatement(c echo.Context) error {
	p, err := h.statement(c)
	if err != nil {
		return h.gone(c, err)
	}
	if p.Unfit {
		return web.Again(c, views.StatementPreview(p))
	}
	added, err := h.m.Finance.ImportStatement(c.Request().Context(), p.Statement.ID, p.Currency)
	if err != nil {
		return err
	}
	return h.done(c, views.IncomingURL+"?partner="+p.Partner.Key(), "incoming.imported", "count", strconv.Itoa(added))
}

// RemoveStatement is POST /admin/finance/incoming/statements/:id/removal.
func (h *Handlers) RemoveStatement(c echo.Context) error {
	p, err := h.statement(c)
	if err != nil {
		return h.gone(c, err)
	}
	if err := h.m.Finance.RemoveStatement(c.Request().Context(), p.Statement.ID); err != nil {
		return err
	}
	return h.done(c, views.IncomingURL+"?partner="+p.Partner.Key(), "incoming.discarded")
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
