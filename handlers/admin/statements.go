package admin

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/session"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/ui"
)

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
