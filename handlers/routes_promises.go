package handlers

import (
	"myisp/handlers/admin"
	"myisp/handlers/portal"
	"myisp/handlers/web"
	"myisp/models/staff"
)

// promiseRoutes are promises to pay. Nobody promises in a customer's name: staff grant time instead, under their own.
func promiseRoutes(p *portal.Handlers) []web.Route {
	return []web.Route{{Method: post, Path: "/pay/promise", Guard: web.Customer, Module: "finance", NoActing: true, Disabled: true, Handle: p.PromiseToPay}}
}

func staffPromiseRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: post, Path: "/admin/customers/:id/promise", Guard: web.Staff, Permission: staff.EditPromises, Handle: a.GrantPromise},
		{Method: post, Path: "/admin/customers/:id/promise/cancellation", Guard: web.Staff, Permission: staff.EditPromises, Handle: a.CancelPromise},
	}
}
