package portal

import (
	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	views "myisp/views/finance"
	"myisp/views/i18n"
	"myisp/views/pdf"
)

// Statement is GET /finance/statements: the account over a period as a page, as a file with ?format=csv, and as
// /finance/statements.pdf.
func (h *Handlers) Statement(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	p := views.Statement{Menu: financeMenu(r, "statements"), Range: views.ParseRange(c.QueryParam, today(r)), PDF: pdf.Supported(r.Lang), Print: c.QueryParam("print") == "1"}
	var err error
	p.Statement, err = h.m.Finance.Of(r.Me()).Statement(ctx, p.Range.From, p.Range.To, p.Range.Kind)
	fields, wrong := web.Fields(err)
	if err != nil && !wrong {
		return err
	}
	p.FromError, p.ToError, p.Shown = fields["from"], fields["to"], !wrong
	if format := fileOf(c); format != "" && p.Shown {
		return h.sendStatement(c, format, p)
	}
	if p.Shell, err = h.financeShell(c, i18n.T(ctx, "finance.statements"), ""); err != nil {
		return err
	}
	if wrong {
		return web.Again(c, views.StatementPage(p))
	}
	return web.OK(c, views.StatementPage(p))
}

func (h *Handlers) sendStatement(c echo.Context, format string, p views.Statement) error {
	ctx := c.Request().Context()
	name := "statement-" + p.Range.Name()
	if format != "pdf" {
		return sendTable(c, format, name, p.File(ctx))
	}
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	body, err := pdf.Statement(pdf.Speak(ctx), head, p.Statement)
	return sendPDF(c, body, err, name, p.Range.URL(""))
}
