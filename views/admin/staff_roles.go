package admin

import (
	"context"
	"slices"
	"strings"

	"myisp/models/staff"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Roles is the page /admin/roles.
type Roles struct {
	Shell   ui.Shell
	Roles   []staff.RoleInfo
	MayEdit bool
}

// Role is the page of one role, and the form of a new one (Key ""). It posts name and permission (many) to /admin/roles or
// /admin/roles/{key}, and the button that deletes it to /removal below it.
type Role struct {
	Shell   ui.Shell
	Role    staff.RoleInfo
	Mine    []staff.Permission // what the member holds: the rest can be seen and not given
	MayEdit bool               // the role is of the provider's own making, and within what the member holds
	Beyond  bool               // it would be changeable if it did not hold more than the member does
	Errors  map[string]string
}

func (p Role) url() string {
	if p.Role.Key == "" {
		return "/admin/roles"
	}
	return "/admin/roles/" + p.Role.Key
}

func (p Role) title(ctx context.Context) string {
	if p.Role.Key == "" {
		return i18n.T(ctx, "staff.role_new")
	}
	return RoleName(ctx, p.Role.Key, []staff.RoleInfo{p.Role})
}

func (p Role) subtitle(ctx context.Context) string {
	if p.Role.Key == "" {
		return i18n.T(ctx, "staff.role_new_text")
	}
	return usedText(ctx, p.Role)
}

// PermissionName is a permission in words.
func PermissionName(ctx context.Context, p staff.Permission) string {
	return i18n.T(ctx, "staff.permission."+strings.ReplaceAll(string(p), ".", "-"))
}

func (p Role) check(ctx context.Context, perm staff.Permission) ui.Check {
	c := ui.Check{Name: "permission", ID: "p-" + strings.ReplaceAll(string(perm), ".", "-"), Value: string(perm), Label: PermissionName(ctx, perm),
		Checked: slices.Contains(p.Role.Permissions, perm)}
	if !slices.Contains(p.Mine, perm) {
		c.Disabled, c.Hint = true, i18n.T(ctx, "staff.permission_lacking")
	}
	return c
}

// usedText says who has a role.
func usedText(ctx context.Context, r staff.RoleInfo) string {
	text := i18n.N(ctx, "staff.role_members", int(r.Members))
	if r.Invited > 0 {
		text += " · " + i18n.N(ctx, "staff.role_invited", int(r.Invited))
	}
	return text
}

func roleText(ctx context.Context, r staff.RoleInfo) string {
	return usedText(ctx, r) + " · " + i18n.N(ctx, "staff.role_permissions", len(r.Permissions))
}
