package handlers

import (
	"myisp/handlers/admin"
	"myisp/handlers/web"
	"myisp/models/staff"
)

// attributesRoutes are the definitions of additional attributes (§3.7).
func attributesRoutes(a *admin.Handlers) []web.Route {
	const path = "/admin/config/attributes"
	return []web.Route{
		{Method: post, Path: "/admin/config/main/portal/additional-attributes", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.SaveConfigAttributes},
		{Method: get, Path: path, Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.Attributes},
		{Method: post, Path: path, Guard: web.Staff, Permission: staff.EditSettings, Handle: a.AddAttribute},
		{Method: get, Path: path + "/new", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.NewAttribute},
		{Method: get, Path: path + "/:id", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.Attribute},
		{Method: post, Path: path + "/:id", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.EditAttribute},
		{Method: post, Path: path + "/:id/archival", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.ArchiveAttribute},
		{Method: post, Path: path + "/:id/restoration", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.RestoreAttribute},
		{Method: get, Path: path + "/:id/deletion", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.AttributeDeletion},
		{Method: post, Path: path + "/:id/deletion", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.DeleteAttribute},
	}
}
