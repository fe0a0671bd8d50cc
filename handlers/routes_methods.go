package handlers

import (
	"myisp/handlers/admin"
	"myisp/handlers/portal"
	"myisp/handlers/web"
	"myisp/models/staff"
)

// methodRoutes are the customer's saved payment methods and autopay. What decides how money is taken asks for the password
// again, and nobody does it in a customer's name.
func methodRoutes(p *portal.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/finance/payment-methods", Guard: web.Customer, Module: "finance", Handle: p.Methods},
		{Method: post, Path: "/finance/payment-methods", Guard: web.Customer, Module: "finance", NoActing: true, Fresh: true, Handle: p.AddMethod},
		{Method: get, Path: "/finance/payment-methods/:id", Guard: web.Customer, Module: "finance", Handle: p.Method},
		{Method: post, Path: "/finance/payment-methods/:id", Guard: web.Customer, Module: "finance", NoActing: true, Handle: p.SaveMethod},
		{Method: get, Path: "/finance/payment-methods/:id/result", Guard: web.Customer, Module: "finance", Asks: true, Handle: p.MethodResult},
		{Method: post, Path: "/finance/payment-methods/:id/replacement", Guard: web.Customer, Module: "finance", NoActing: true, Fresh: true, Handle: p.ReplaceMethod},
		{Method: post, Path: "/finance/payment-methods/:id/removal", Guard: web.Customer, Module: "finance", NoActing: true, Fresh: true, Handle: p.RemoveMethod},
		{Method: get, Path: "/finance/autopay", Guard: web.Customer, Module: "finance", Handle: p.Autopay},
		{Method: post, Path: "/finance/autopay", Guard: web.Customer, Module: "finance", NoActing: true, Fresh: true, Handle: p.StartAutopay},
		{Method: post, Path: "/finance/autopay/pause", Guard: web.Customer, Module: "finance", NoActing: true, Fresh: true, Handle: p.PauseAutopay},
		{Method: post, Path: "/finance/autopay/resume", Guard: web.Customer, Module: "finance", NoActing: true, Fresh: true, Handle: p.ResumeAutopay},
		{Method: post, Path: "/finance/autopay/stop", Guard: web.Customer, Module: "finance", NoActing: true, Fresh: true, Handle: p.StopAutopay},
	}
}

// staffMethodRoutes are what staff may do about them: look, let autopay rest, stop it.
func staffMethodRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/customers/:id/payment-methods", Guard: web.Staff, Permission: staff.ViewFinance, Handle: a.CustomerMethods},
		{Method: post, Path: "/admin/customers/:id/autopay/pause", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.PauseAutopay},
		{Method: post, Path: "/admin/customers/:id/autopay/stop", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.StopAutopay},
	}
}
