package admin

import (
	"context"
	"strconv"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/session"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// idOf is the id in the route's path.
func idOf(c echo.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, db.ErrNotFound
	}
	return id, nil
}

// done says what was done on the page that comes next.
func (h *Handlers) done(c echo.Context, path, key string, args ...string) error {
	if err := h.kit.SetFlash(c, session.Staff, ui.Ok, key, args...); err != nil {
		return err
	}
	return web.SeeOther(c, path)
}

func (h *Handlers) manager(c echo.Context) staff.Manager { return h.m.Staff.As(*web.From(c).Staff) }

// Staff is GET /admin/staff.
func (h *Handlers) Staff(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	p := views.Staff{Shell: h.shell(c, i18n.T(ctx, "staff.title")), Now: r.Now(), MayEdit: r.Staff.May(staff.EditStaff)}
	var err error
	if p.Members, err = h.m.Staff.All(ctx); err != nil {
		return err
	}
	if p.Invitations, err = h.m.Staff.Invitations(ctx); err != nil {
		return err
	}
	if p.Roles, err = h.m.Staff.Roles(ctx); err != nil {
		return err
	}
	return web.OK(c, views.StaffPage(p))
}

// InvitePage is GET /admin/staff/invitations/new.
func (h *Handlers) InvitePage(c echo.Context) error {
	p, err := h.inviteForm(c, staff.Invitation{Role: staff.Support, Language: i18n.Lang(c.Request().Context())})
	if err != nil {
		return err
	}
	return web.OK(c, views.InvitePage(p))
}

func (h *Handlers) inviteForm(c echo.Context, i staff.Invitation) (views.Invite, error) {
	ctx := c.Request().Context()
	roles, err := h.manager(c).Roles(ctx)
	return views.Invite{Shell: h.shell(c, i18n.T(ctx, "staff.invite_title")), Invitation: i, Roles: roles}, err
}

// Invite is POST /admin/staff/invitations.
func (h *Handlers) Invite(c echo.Context) error {
	i := staff.Invitation{Name: c.FormValue("name"), Email: c.FormValue("email"), Role: c.FormValue("role"), Language: language(c.FormValue("language"))}
	sent, err := h.manager(c).Invite(c.Request().Context(), i, web.From(c).Origin())
	if fields, ok := web.Fields(err); ok {
		p, err := h.inviteForm(c, i)
		if err != nil {
			return err
		}
		p.Errors = fields
		return web.Again(c, views.InvitePage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, "/admin/staff", "staff.flash_invited", "email", sent.Email)
}

// language keeps of a form's value a language that the portal speaks; "" for none.
func language(code string) string {
	for _, l := range i18n.Languages() {
		if l.Code == code {
			return code
		}
	}
	return ""
}

// onStaff does something to the record that the path names, and leads back with a message.
func (h *Handlers) onStaff(c echo.Context, back string, message string, do func(ctx context.Context, id int64) error) error {
	id, err := idOf(c)
	if err == nil {
		err = do(c.Request().Context(), id)
	}
	if err != nil {
		return err
	}
	if back == "" {
		back = "/admin/staff/" + strconv.FormatInt(id, 10)
	}
	return h.done(c, back, message)
}

// ResendInvitation is POST /admin/staff/invitations/:id/resending.
func (h *Handlers) ResendInvitation(c echo.Context) error {
	return h.onStaff(c, "/admin/staff", "staff.flash_resent", func(ctx context.Context, id int64) error {
		return h.manager(c).Resend(ctx, id, web.From(c).Origin())
	})
}

// RevokeInvitation is POST /admin/staff/invitations/:id/revocation.
func (h *Handlers) RevokeInvitation(c echo.Context) error {
	return h.onStaff(c, "/admin/staff", "staff.flash_revoked", h.manager(c).Revoke)
}

// Colleague is GET /admin/staff/:id.
func (h *Handlers) Colleague(c echo.Context) error {
	p, err := h.colleague(c)
	if err != nil {
		return err
	}
	p.Edit = staff.Edit{Name: p.Who.Name, Email: p.Who.Email, Role: p.Who.Role, Language: p.Who.Language, Disabled: p.Who.Disabled}
	return web.OK(c, views.ColleaguePage(p))
}

func (h *Handlers) colleague(c echo.Context) (p views.Colleague, err error) {
	id, err := idOf(c)
	if err != nil {
		return p, err
	}
	r, ctx := web.From(c), c.Request().Context()
	if p.Who, err = h.manager(c).Colleague(ctx, id); err != nil {
		return p, err
	}
	if p.Roles, err = h.manager(c).Roles(ctx); err != nil {
		return p, err
	}
	p.All, err = h.m.Staff.Roles(ctx)
	p.Shell, p.MayEdit = h.shell(c, p.Who.Name), r.Staff.May(staff.EditStaff)
	return p, err
}

// EditColleague is POST /admin/staff/:id.
func (h *Handlers) EditColleague(c echo.Context) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	e := staff.Edit{Name: c.FormValue("name"), Email: c.FormValue("email"), Role: c.FormValue("role"), Language: language(c.FormValue("language")),
		Disabled: c.FormValue("disabled") != ""}
	err = h.manager(c).Edit(c.Request().Context(), id, e)
	if fields, ok := web.Fields(err); ok {
		p, err := h.colleague(c)
		if err != nil {
			return err
		}
		p.Edit, p.Errors = e, fields
		return web.Again(c, views.ColleaguePage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, "/admin/staff", "staff.flash_saved")
}

// EndColleagueSessions is POST /admin/staff/:id/sessions/closure.
func (h *Handlers) EndColleagueSessions(c echo.Context) error {
	return h.onStaff(c, "", "staff.flash_sessions_ended", h.manager(c).EndSessions)
}

// SendPasswordLink is POST /admin/staff/:id/password-link.
func (h *Handlers) SendPasswordLink(c echo.Context) error {
	return h.onStaff(c, "", "staff.flash_password_link", func(ctx context.Context, id int64) error {
		return h.manager(c).SendPasswordLink(ctx, id, web.From(c).Origin())
	})
}

// ResetColleagueFactor is POST /admin/staff/:id/factor/removal.
func (h *Handlers) ResetColleagueFactor(c echo.Context) error {
	return h.onStaff(c, "", "staff.flash_factor_reset", h.manager(c).ResetFactor)
}
