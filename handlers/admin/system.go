package admin

import (
	"context"
	"runtime"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/disk"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/job"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Home is GET /admin: what needs a look, and the numbers that a member's permissions reach.
func (h *Handlers) Home(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	p := views.Home{Shell: h.shell(c, i18n.T(ctx, "admin.menu.overview"))}
	for _, part := range []struct {
		needs staff.Permission
		load  func(context.Context, *views.Home) error
	}{{staff.ViewCustomers, h.homeCustomers}, {staff.ViewFinance, h.homeMoney(r)}, {staff.ViewSystem, h.homeQueue}, {staff.ViewSentMessages, h.homeOutbox}} {
		if !r.Staff.May(part.needs) {
			continue
		}
		if err := part.load(ctx, &p); err != nil {
			return err
		}
	}
	return web.OK(c, views.HomePage(p))
}

func (h *Handlers) homeCustomers(ctx context.Context, p *views.Home) error {
	n, err := h.m.Customers.CountByStatus(ctx)
	for _, s := range []customer.Status{customer.StatusActive, customer.StatusNew, customer.StatusBlocked, customer.StatusDisabled} {
		p.Tiles = append(p.Tiles, views.StatusTile(ctx, s, n[s]))
	}
	return err
}

func (h *Handlers) homeMoney(r *web.Request) func(context.Context, *views.Home) error {
	return func(ctx context.Context, p *views.Home) error {
		a, err := h.m.Finance.Attention(ctx, db.DayOf(r.Now(), r.Partner(portal.DefaultPartner).Values.Zone()))
		p.Money = views.MoneyTiles(ctx, a)
		return err
	}
}

func (h *Handlers) homeQueue(ctx context.Context, p *views.Home) error {
	o, err := h.m.Jobs.Overview(ctx)
	p.Queue = &o
	p.Tiles = append(p.Tiles, views.FailedTile(ctx, o.Count[job.Failed]))
	return err
}

func (h *Handlers) homeOutbox(ctx context.Context, p *views.Home) error {
	if !h.kit.Demo {
		return nil
	}
	n, err := h.m.Messages.CountCaptured(ctx)
	p.Tiles = append(p.Tiles, views.CapturedTile(ctx, n))
	return err
}

// outboxSize is how many captured messages a page shows.
const outboxSize = 50

// Outbox is GET /admin/outbox: the mail and SMS that were kept instead of sent.
func (h *Handlers) Outbox(c echo.Context) error {
	if !h.kit.Demo {
		return db.ErrNotFound // a database that was a demo's once keeps codes that real staff have no business to read
	}
	ctx := c.Request().Context()
	before, _ := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	list, err := h.m.Messages.CapturedBefore(ctx, before, outboxSize+1)
	if err != nil {
		return err
	}
	p := views.Outbox{Shell: h.shell(c, i18n.T(ctx, "admin.menu.outbox"))}
	if len(list) > outboxSize {
		list = list[:outboxSize]
		p.Next = withBefore("/admin/outbox", list[outboxSize-1].ID)
	}
	for _, m := range list {
		item := views.Captured{Kind: m.Kind, From: m.Sender, To: m.Recipient, Subject: m.Subject, Body: m.Text, At: m.CreatedAt}
		for _, f := range m.Files {
			item.Files = append(item.Files, views.CapturedFile{URL: "/admin/outbox/files/" + strconv.FormatInt(f.ID, 10), Name: f.Name})
		}
		p.Items = append(p.Items, item)
	}
	return web.OK(c, views.OutboxPage(p))
}

// OutboxFile is GET /admin/outbox/files/:id: what was attached to a mail that was kept.
func (h *Handlers) OutboxFile(c echo.Context) error {
	if !h.kit.Demo {
		return db.ErrNotFound
	}
	id, err := paramID(c, "id")
	if err != nil {
		return err
	}
	f, err := h.m.Messages.CapturedFile(c.Request().Context(), id)
	if err != nil {
		return err
	}
	return web.SendFile(c, echo.MIMEOctetStream, f.Name, f.Data, false)
}

// System is GET /admin/system: what runs, on what, and how it is.
func (h *Handlers) System(c echo.Context) error {
	ctx, f := c.Request().Context(), h.kit.Facts
	p := views.System{Shell: h.shell(c, i18n.T(ctx, "admin.menu.system_state")), Now: h.m.DB.Now(), Demo: h.kit.Demo,
		MayCheck: web.From(c).Staff.May(staff.EditSystem)}
	var err error
	if p.State, err = h.m.System(ctx); err != nil {
		return err
	}
	p.Program = views.Program{Version: f.Version, Revision: f.Revision, Go: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH, Built: f.Built, Started: f.Started,
		Proxies: f.Proxies, DataDir: f.DataDir, Mail: views.Carrier(f.Mail), SMS: views.Carrier(f.SMS)}
	if h.kit.BaseURL != nil {
		p.Program.BaseURL = h.kit.BaseURL.String()
	}
	if room, err := disk.Of(f.DataDir); err == nil {
		p.Disk = &views.Disk{Free: room.Free, Total: room.Total, Scarce: room.Scarce()}
	}
	return web.OK(c, views.SystemPage(p))
}

// CheckSystem is POST /admin/system/checks: the worker verifies the audit log and the books.
func (h *Handlers) CheckSystem(c echo.Context) error {
	if err := h.m.AskCheck(c.Request().Context()); err != nil {
		return err
	}
	if err := h.kit.SetFlash(c, session.Staff, ui.Ok, "system.asked"); err != nil {
		return err
	}
	return web.SeeOther(c, "/admin/system")
}
