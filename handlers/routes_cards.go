package handlers

import (
	"myisp/handlers/admin"
	"myisp/handlers/portal"
	"myisp/handlers/web"
	"myisp/models/staff"
)

// cardRoutes are refill cards and pay links as customers, and whoever has a link, come to them.
func cardRoutes(p *portal.Handlers) []web.Route {
	const card, links = "/finance/refill-card", "/finance/pay-links"
	return []web.Route{
		{Method: get, Path: card, Guard: web.Customer, Module: "finance", Page: "payments", Disabled: true, Handle: p.RefillCard},
		{Method: post, Path: card, Guard: web.Customer, Module: "finance", Page: "payments", Disabled: true, NoActing: true, Handle: p.RedeemCard},
		{Method: get, Path: links, Guard: web.Customer, Module: "finance", Disabled: true, Handle: p.PayLinks},
		{Method: post, Path: links, Guard: web.Customer, Module: "finance", Disabled: true, NoActing: true, Handle: p.MakePayLink},
		{Method: post, Path: links + "/:id/closure", Guard: web.Customer, Module: "finance", Disabled: true, NoActing: true, Handle: p.RevokePayLink},

		{Method: get, Path: "/pay/:token", Guard: web.Anyone, Handle: p.PayLink},
		{Method: post, Path: "/pay/:token", Guard: web.Anyone, Handle: p.PayByLink},
		{Method: get, Path: "/pay/:token/document", Guard: web.Anyone, File: true, Handle: p.PayLinkDocument},
		{Method: get, Path: "/pay/:token/:result", Guard: web.Anyone, Asks: true, Handle: p.PayLinkResult},
	}
}

// staffCardRoutes are refill cards and pay links as staff keep them.
func staffCardRoutes(a *admin.Handlers) []web.Route {
	const cards, links = "/admin/finance/refill-cards", "/admin/customers/:id/pay-links"
	return []web.Route{
		{Method: get, Path: cards, Guard: web.Staff, Permission: staff.ViewFinance, Handle: a.Cards},
		{Method: post, Path: cards, Guard: web.Staff, Permission: staff.EditCards, Handle: a.MakeCards},
		{Method: get, Path: cards + "/new", Guard: web.Staff, Permission: staff.EditCards, Handle: a.NewCards},
		{Method: get, Path: cards + "/statistics", Guard: web.Staff, Permission: staff.ViewFinance, Handle: a.CardStatistics},
		{Method: get, Path: cards + "/:id", Guard: web.Staff, Permission: staff.ViewFinance, Handle: a.CardSeries},
		{Method: post, Path: cards + "/:id/sheet", Guard: web.Staff, Permission: staff.PrintCards, Handle: a.PrintCards},
		{Method: post, Path: cards + "/:id/blocking", Guard: web.Staff, Permission: staff.EditCards, Handle: a.BlockCards},
		{Method: post, Path: cards + "/:id/cards/:card/blocking", Guard: web.Staff, Permission: staff.EditCards, Handle: a.BlockCard},

		{Method: get, Path: links, Guard: web.Staff, Permission: staff.ViewFinance, Handle: a.PayLinks},
		{Method: post, Path: links, Guard: web.Staff, Permission: staff.EditFinance, Handle: a.MakePayLink},
		{Method: post, Path: links + "/:link/closure", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.RevokePayLink},
	}
}
