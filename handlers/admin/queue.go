package admin

import (
	"errors"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/job"
	"myisp/models/session"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Queue is GET /admin/queue: the jobs of a kind and in a state, newest first.
func (h *Handlers) Queue(c echo.Context) error {
	ctx := c.Request().Context()
	f := job.Filter{Kind: clip(c.QueryParam("kind")), State: job.State(c.QueryParam("state"))}
	if !slices.Contains(job.States, f.State) {
		f.State = ""
	}
	f.Before, _ = strconv.ParseInt(c.QueryParam("before"), 10, 64)
	p := views.Queue{Shell: h.shell(c, i18n.T(ctx, "admin.menu.queue")), Kind: f.Kind, State: f.State, MayRetry: web.From(c).Staff.May(staff.EditSystem)}
	var err error
	if p.Overview, err = h.m.Jobs.Overview(ctx); err != nil {
		return err
	}
	more := false
	if p.Items, more, err = h.m.Jobs.List(ctx, f); err != nil {
		return err
	}
	if more {
		p.Next = withBefore(views.QueueURL(f.Kind, f.State), p.Items[len(p.Items)-1].ID)
	}
	return web.OK(c, views.QueuePage(p))
}

// clip drops what is too long, or no text, to be a kind of job.
func clip(kind string) string {
	for _, r := range kind {
		if r < ' ' || r > '~' {
			return ""
		}
	}
	return kind[:min(len(kind), 64)]
}

// withBefore is the address of a list's next page.
func withBefore(address string, id int64) string {
	sep := "?"
	if slices.Contains([]byte(address), '?') {
		sep = "&"
	}
	return address + sep + "before=" + strconv.FormatInt(id, 10)
}

// RetryJob is POST /admin/queue/:id/attempt: the job is due at once.
func (h *Handlers) RetryJob(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return db.ErrNotFound
	}
	tone, key := ui.Ok, "system.retried"
	if err := h.m.RetryJob(c.Request().Context(), id); errors.Is(err, job.ErrNotRetryable) {
		tone, key = ui.Warn, job.ErrNotRetryable.Key
	} else if err != nil {
		return err
	}
	if err := h.kit.SetFlash(c, session.Staff, tone, key); err != nil {
		return err
	}
	return web.SeeOther(c, "/admin/queue")
}

// RetryJobs is POST /admin/queue/attempts: all failed jobs of a kind are due at once.
func (h *Handlers) RetryJobs(c echo.Context) error {
	kind := clip(c.FormValue("kind"))
	n, err := h.m.RetryJobs(c.Request().Context(), kind)
	if err != nil {
		return err
	}
	tone, key := ui.Ok, "system.retried_all"
	if n == 0 {
		tone, key = ui.Warn, "system.retried_none"
	}
	if err := h.kit.SetFlash(c, session.Staff, tone, key, "number", strconv.FormatInt(n, 10)); err != nil {
		return err
	}
	return web.SeeOther(c, views.QueueURL(kind, ""))
}
