package admin

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/export"
	"myisp/views/finance"
	"myisp/views/i18n"
)

// Audit is GET /admin/audit, and with ?format=csv everything that the filter lets through as a file.
func (h *Handlers) Audit(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	p := views.Audit{Filter: views.ParseAuditFilter(c.QueryParam), LinkCustomers: r.Staff.May(staff.ViewCustomers)}
	customer, err := h.customerNamed(ctx, p.Filter.Customer)
	if err != nil {
		return err
	}
	f := p.Filter.Query(ctx, customer)
	if c.QueryParam("format") == "csv" {
		var failed error
		return sendLog(c, "audit", views.AuditFile(ctx, h.m.Audit.Each(ctx, f), &failed), &failed)
	}
	f.Before = before(c)
	p.Continued, _ = db.ParseDay(c.QueryParam("day"))
	if p.Page, err = h.m.Audit.List(ctx, f); err != nil {
		return err
	}
	if p.State, err = h.m.Audit.State(ctx); err != nil {
		return err
	}
	if p.Objects, err = h.m.Audit.Objects(ctx); err != nil {
		return err
	}
	if p.Members, err = h.m.Staff.All(ctx); err != nil {
		return err
	}
	if p.Roles, err = h.m.Staff.Roles(ctx); err != nil {
		return err
	}
	p.Shell = h.shell(c, i18n.T(ctx, "admin.menu.audit"))
	return web.OK(c, views.AuditPage(p))
}

// before is the number of the row that a page of a log begins after; 0 at the newest.
func before(c echo.Context) int64 {
	n, err := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// customerNamed is the id of the customer that a filter names by id or login: 0 for none named, −1 for nobody.
func (h *Handlers) customerNamed(ctx context.Context, name string) (int64, error) {
	if name == "" {
		return 0, nil
	}
	if who, err := h.m.Customers.ByLogin(ctx, name); err == nil {
		return who.ID, nil
	} else if db.KindOf(err) != db.NotFound {
		return 0, err
	}
	if id, err := strconv.ParseInt(name, 10, 64); err == nil && id > 0 {
		return id, nil
	}
	return -1, nil
}

// VerifyAudit is GET /admin/audit/verification: the whole chain is walked, which takes some seconds for a million entries.
func (h *Handlers) VerifyAudit(c echo.Context) error {
	ctx := c.Request().Context()
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Time{}) // a test's writer has none
	report, _, err := h.m.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	return web.OK(c, views.VerificationPage(views.Verification{Shell: h.shell(c, i18n.T(ctx, "audit.verification")), Report: report, At: web.From(c).Now()}))
}

// PortalLog is GET /admin/portal-log, and with ?format=csv everything that the filter lets through as a file (AUTH-4).
func (h *Handlers) PortalLog(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	p := views.PortalLog{Filter: views.ParsePortalLogFilter(c.QueryParam), LinkCustomers: r.Staff.May(staff.ViewCustomers)}
	customer, err := h.customerNamed(ctx, p.Filter.Customer)
	if err != nil {
		return err
	}
	f := p.Filter.Query(ctx, customer)
	if c.QueryParam("format") == "csv" {
		var failed error
		return sendLog(c, "portal-log", views.PortalLogFile(ctx, h.m.Audit.EachEvent(ctx, f), &failed), &failed)
	}
	f.Before = before(c)
	p.Continued, _ = db.ParseDay(c.QueryParam("day"))
	if p.Page, err = h.m.Audit.ListEvents(ctx, f); err != nil {
		return err
	}
	if p.Names, err = h.m.Customers.Names(ctx, customersOf(p.Page.Events)); err != nil {
		return err
	}
	if p.Operations, err = h.m.Audit.Operations(ctx); err != nil {
		return err
	}
	p.Shell = h.shell(c, i18n.T(ctx, "admin.menu.portal_log"))
	return web.OK(c, views.PortalLogPage(p))
}

func customersOf(events []audit.Event) (ids []int64) {
	for _, e := range events {
		if e.CustomerID != nil {
			ids = append(ids, *e.CustomerID)
		}
	}
	return ids
}

// sendLog streams a log as CSV, however long it is. When reading fails on the way the connection is cut, so that nobody
// takes a part for the whole.
func sendLog(c echo.Context, name string, t export.Table, failed *error) error {
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Time{}) // a test's writer has none
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, export.TypeCSV)
	header.Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`-`+web.From(c).Now().Format(time.DateOnly)+`.csv"`)
	err := export.CSV(c.Response(), t, export.Options{BOM: true, Comma: finance.Separator(c.Request().Context())})
	if err == nil {
		err = *failed
	}
	if err != nil {
		slog.ErrorContext(c.Request().Context(), "a log could not be sent whole", "err", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
