package handlers

import (
	"slices"

	"myisp/handlers/admin"
	"myisp/handlers/web"
	"myisp/models/staff"
)

// staffRoutes are the routes under /admin, topic by topic in the order of the menu (admin.Menu).
func staffRoutes(a *admin.Handlers) []web.Route {
	return slices.Concat(staffWayIn(a), configRoutes(a), systemRoutes(a), demoRoutes(a))
}

func staffWayIn(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/login", Guard: web.Anyone, Handle: a.LoginPage},
		{Method: post, Path: "/admin/login", Guard: web.Anyone, Handle: a.Login},
		{Method: post, Path: "/admin/logout", Guard: web.Staff, Handle: a.Logout},
		{Method: get, Path: "/admin", Guard: web.Staff, Handle: a.Home},
	}
}

// configRoutes are Config → Main → Portal, and what it and the branding are previewed with.
func configRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/as/:draft", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.DraftPage},
		{Method: get, Path: "/admin/as/:draft/:theme/*", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.AsCustomer},
		{Method: post, Path: "/admin/as/:draft/:theme/*", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.ChangeAsCustomer},
	}
}

func systemRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/outbox", Guard: web.Staff, Permission: staff.ViewSentMessages, Handle: a.Outbox},
	}
}

func demoRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/preview", Guard: web.Staff, Handle: a.Preview},
		{Method: get, Path: "/admin/preview/*", Guard: web.Staff, Handle: a.Preview},
	}
}
