package admin

import (
	"slices"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
)

// Roles is GET /admin/roles.
func (h *Handlers) Roles(c echo.Context) error {
	ctx := c.Request().Context()
	roles, err := h.m.Staff.Roles(ctx)
	if err != nil {
		return err
	}
	return web.OK(c, views.RolesPage(views.Roles{Shell: h.shell(c, i18n.T(ctx, "staff.roles")), Roles: roles, MayEdit: web.From(c).Staff.May(staff.EditStaff)}))
}

// NewRole is GET /admin/roles/new.
func (h *Handlers) NewRole(c echo.Context) error {
	return web.OK(c, views.RolePage(h.roleForm(c, staff.RoleInfo{})))
}

// roleForm is a role's page for whoever asks: what they hold may be given, a role that holds more stays as it is.
func (h *Handlers) roleForm(c echo.Context, role staff.RoleInfo) views.Role {
	me, ctx := web.From(c).Staff, c.Request().Context()
	p := views.Role{Shell: h.shell(c, i18n.T(ctx, "staff.role_new")), Role: role, MayEdit: me.May(staff.EditStaff) && !role.BuiltIn}
	for _, perm := range staff.Permissions {
		if me.May(perm) {
			p.Mine = append(p.Mine, perm)
		}
	}
	if role.Key != "" {
		p.Shell.Title = views.RoleName(ctx, role.Key, []staff.RoleInfo{role})
	}
	if p.MayEdit && slices.ContainsFunc(role.Permissions, func(perm staff.Permission) bool { return !me.May(perm) }) {
		p.MayEdit, p.Beyond = false, true
	}
	return p
}

// Role is GET /admin/roles/:key.
func (h *Handlers) Role(c echo.Context) error {
	role, err := h.m.Staff.Role(c.Request().Context(), c.Param("key"))
	if err != nil {
		return err
	}
	return web.OK(c, views.RolePage(h.roleForm(c, role)))
}

func permissionsOf(c echo.Context) (name string, list []staff.Permission) {
	for _, p := range c.Request().Form["permission"] {
		list = append(list, staff.Permission(p))
	}
	return c.FormValue("name"), list
}

// AddRole is POST /admin/roles.
func (h *Handlers) AddRole(c echo.Context) error {
	name, list := permissionsOf(c)
	_, err := h.manager(c).AddRole(c.Request().Context(), name, list)
	return h.savedRole(c, staff.RoleInfo{Name: name, Permissions: list}, err)
}

// savedRole leads on after a role was saved, or shows its form again.
func (h *Handlers) savedRole(c echo.Context, role staff.RoleInfo, err error) error {
	if fields, ok := web.Fields(err); ok {
		p := h.roleForm(c, role)
		p.Errors = fields
		return web.Again(c, views.RolePage(p))
	}
	if err != nil {
		return err
	}
	return h.done(c, "/admin/roles", "staff.flash_role_saved")
}

// EditRole is POST /admin/roles/:key.
func (h *Handlers) EditRole(c echo.Context) error {
	ctx := c.Request().Context()
	role, err := h.m.Staff.Role(ctx, c.Param("key"))
	if err != nil {
		return err
	}
	role.Name, role.Permissions = permissionsOf(c)
	return h.savedRole(c, role, h.manager(c).EditRole(ctx, role.Key, role.Name, role.Permissions))
}

// RemoveRole is POST /admin/roles/:key/removal.
func (h *Handlers) RemoveRole(c echo.Context) error {
	if err := h.manager(c).RemoveRole(c.Request().Context(), c.Param("key")); err != nil {
		return err
	}
	return h.done(c, "/admin/roles", "staff.flash_role_removed")
}
