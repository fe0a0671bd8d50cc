package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"myisp/handlers/admin"
	"myisp/handlers/cashier"
	"myisp/handlers/portal"
	"myisp/handlers/web"
	"myisp/handlers/webhook"
	"myisp/static"
)

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// table is every route of the portal, in the order of its pages. The tests of who may reach what are generated from it.
func table(kit *web.Kit, p *portal.Handlers, a *admin.Handlers, till *cashier.Cashier) []web.Route {
	return slices.Concat(customerRoutes(kit, p), cardRoutes(p), promiseRoutes(p), methodRoutes(p), staffRoutes(a), machineRoutes(kit, till))
}

func customerRoutes(kit *web.Kit, p *portal.Handlers) []web.Route {
	return []web.Route{
		// The way in
		{Method: get, Path: "/login", Guard: web.Anyone, Handle: p.LoginPage},
		{Method: post, Path: "/login", Guard: web.Anyone, Handle: p.Login},
		{Method: post, Path: "/language", Guard: web.Anyone, Handle: p.SetLanguage},
		{Method: get, Path: "/reset", Guard: web.Anyone, Handle: p.ResetPage},
		{Method: post, Path: "/reset", Guard: web.Anyone, Handle: p.Reset},
		{Method: get, Path: "/reset/code", Guard: web.Anyone, Handle: p.ResetCodePage},
		{Method: post, Path: "/reset/code", Guard: web.Anyone, Handle: p.ResetConfirm},
		{Method: post, Path: "/logout", Guard: web.Customer, Disabled: true, EndsActing: true, Handle: p.Logout},
		{Method: post, Path: "/acting/closure", Guard: web.Customer, Disabled: true, EndsActing: true, Handle: p.EndActing},

		// Home and what its cards lead to
		{Method: get, Path: "/", Guard: web.Customer, Disabled: true, Handle: p.Home},
		{Method: get, Path: "/services", Guard: web.Customer, Module: "services", Handle: p.Services},
		{Method: get, Path: "/services/:id", Guard: web.Customer, Module: "services", Handle: p.Service},
		{Method: get, Path: "/tickets", Guard: web.Customer, Module: "tickets", Disabled: true, Handle: p.Tickets},
		{Method: get, Path: "/tickets/:id", Guard: web.Customer, Module: "tickets", Disabled: true, Handle: p.Ticket},
		{Method: post, Path: "/tickets/:id/reading", Guard: web.Customer, Module: "tickets", Disabled: true, NoActing: true, Handle: p.ReadTicket},
		{Method: get, Path: "/messages", Guard: web.Customer, Module: "messages", Handle: p.Messages},
		{Method: get, Path: "/messages/:id", Guard: web.Customer, Module: "messages", Handle: p.Message},
		{Method: post, Path: "/messages/:id/reading", Guard: web.Customer, Module: "messages", NoActing: true, Handle: p.ReadMessage},
		{Method: get, Path: "/news", Guard: web.Customer, Module: "news", Handle: p.News},
		{Method: get, Path: "/news/:id", Guard: web.Customer, Module: "news", Handle: p.NewsItem},
		{Method: get, Path: "/profile", Guard: web.Customer, Module: "profile", Handle: p.Profile},
		{Method: post, Path: "/profile", Guard: web.Customer, Module: "profile", NoActing: true, Handle: p.SaveProfile},
		{Method: get, Path: "/profile/activity", Guard: web.Customer, Module: "profile", Handle: p.Activity},
		{Method: post, Path: "/profile/sessions/closure", Guard: web.Customer, Module: "profile", NoActing: true, Handle: p.EndSessions},
		{Method: post, Path: "/profile/sessions/:id/closure", Guard: web.Customer, Module: "profile", NoActing: true, Handle: p.EndSession},

		// Finance, reading
		{Method: get, Path: "/finance", Guard: web.Customer, Module: "finance", Disabled: true, Handle: p.Finance},
		{Method: get, Path: "/finance/invoices", Guard: web.Customer, Module: "finance", Page: "invoices", Disabled: true, Handle: p.Files(p.Invoices)},
		{Method: get, Path: "/finance/invoices/:id", Guard: web.Customer, Module: "finance", Page: "invoices", Disabled: true, Handle: p.Files(p.Invoice)},
		{Method: get, Path: "/finance/proforma-invoices", Guard: web.Customer, Module: "finance", Page: "proforma_invoices", Disabled: true, Handle: p.Files(p.ProformaInvoices)},
		{Method: get, Path: "/finance/proforma-invoices/:id", Guard: web.Customer, Module: "finance", Page: "proforma_invoices", Disabled: true, Handle: p.Files(p.ProformaInvoice)},
		{Method: get, Path: "/finance/payments", Guard: web.Customer, Module: "finance", Page: "payments", Disabled: true, Handle: p.Files(p.Payments)},
		{Method: get, Path: "/finance/payments/:id", Guard: web.Customer, Module: "finance", Page: "payments", Disabled: true, Handle: p.Files(p.Payment)},
		{Method: get, Path: "/finance/credit-notes", Guard: web.Customer, Module: "finance", Page: "credit_notes", Disabled: true, Handle: p.Files(p.CreditNotes)},
		{Method: get, Path: "/finance/credit-notes/:id", Guard: web.Customer, Module: "finance", Page: "credit_notes", Disabled: true, Handle: p.Files(p.CreditNote)},
		{Method: get, Path: "/finance/transactions", Guard: web.Customer, Module: "finance", Page: "transactions", Disabled: true, Handle: p.Files(p.Transactions)},
		{Method: get, Path: "/finance/statements", Guard: web.Customer, Module: "finance", Page: "statements", Disabled: true, Handle: p.Files(p.Statement)},
		{Method: get, Path: "/finance/statements.pdf", Guard: web.Customer, Module: "finance", Page: "statements", Disabled: true, Handle: p.Files(p.Statement)},
		{Method: get, Path: "/pay", Guard: web.Customer, Module: "finance", Disabled: true, Handle: p.Pay},
		{Method: post, Path: "/pay", Guard: web.Customer, Module: "finance", Disabled: true, NoActing: true, Handle: p.StartPayment},
		{Method: post, Path: "/pay/balance", Guard: web.Customer, Module: "finance", Disabled: true, NoActing: true, Handle: p.PayFromBalance},
		{Method: get, Path: "/pay/attempts/:id", Guard: web.Customer, Module: "finance", Disabled: true, Asks: true, Handle: p.Attempt},
		{Method: post, Path: "/pay/attempts/:id/reading", Guard: web.Customer, Module: "finance", Disabled: true, NoActing: true, Handle: p.LostSeen},
		{Method: get, Path: "/sandbox/:id", Guard: web.Anyone, Handle: p.Sandbox},
		{Method: post, Path: "/sandbox/:id", Guard: web.Anyone, Handle: p.SandboxChoose},

		// What has no records
		{Method: get, Path: "/more", Guard: web.Customer, Disabled: true, Handle: p.More},
		{Method: get, Path: "/about", Guard: web.Customer, Module: "about", Disabled: true, Handle: p.About},
		{Method: get, Path: "/faq", Guard: web.Customer, Disabled: true, Handle: p.FAQ},
		{Method: get, Path: "/settings", Guard: web.Customer, Disabled: true, Handle: p.Settings},
		{Method: post, Path: "/settings", Guard: web.Customer, Disabled: true, Handle: p.SaveSettings},

		// The installed app
		{Method: get, Path: "/offline", Guard: web.Anyone, Handle: p.Offline},
		{Method: get, Path: "/install", Guard: web.Anyone, Handle: p.Install},
		{Method: get, Path: "/manifest.webmanifest", Guard: web.Anyone, Handle: p.Manifest},
		{Method: get, Path: "/sw.js", Guard: web.Anyone, Handle: p.ServiceWorker},
		{Method: get, Path: "/brand/:version/:file", Guard: web.Anyone, Handle: p.BrandFile},
		{Method: get, Path: "/favicon.ico", Guard: web.Anyone, Handle: p.BrandIcon},
		{Method: get, Path: "/apple-touch-icon.png", Guard: web.Anyone, Handle: p.BrandIcon},
		{Method: get, Path: "/static/*", Guard: web.Anyone, Handle: echo.WrapHandler(static.Handler())},
	}
}

func machineRoutes(kit *web.Kit, till *cashier.Cashier) []web.Route {
	return []web.Route{
		{Method: get, Path: "/healthz", Guard: web.Anyone, Handle: kit.Healthz},
		{Method: get, Path: "/readyz", Guard: web.Anyone, Handle: kit.Readyz},
		{Method: post, Path: "/webhooks/:gateway", Guard: web.Machine, Handle: webhook.Gateway(till)},
	}
}
