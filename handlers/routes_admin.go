package handlers

import (
	"slices"

	"myisp/handlers/admin"
	"myisp/handlers/web"
	"myisp/models/staff"
)

// staffRoutes are the routes under /admin, topic by topic in the order of the menu (admin.Menu).
func staffRoutes(a *admin.Handlers) []web.Route {
	return slices.Concat(staffWayIn(a), customersRoutes(a), deskRoutes(a), configRoutes(a), attributesRoutes(a), brandingRoutes(a), partnersRoutes(a), gatewayRoutes(a), staffMethodRoutes(a), staffPromiseRoutes(a), staffCardRoutes(a), incomingRoutes(a), actingRoutes(a), systemRoutes(a), peopleRoutes(a), logRoutes(a), demoRoutes(a))
}

func staffWayIn(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/login", Guard: web.Anyone, Handle: a.LoginPage},
		{Method: post, Path: "/admin/login", Guard: web.Anyone, Handle: a.Login},
		{Method: get, Path: "/admin/login/code", Guard: web.Anyone, Handle: a.LoginCodePage},
		{Method: post, Path: "/admin/login/code", Guard: web.Anyone, Handle: a.LoginCode},
		{Method: get, Path: "/admin/invitation/:token", Guard: web.Anyone, Handle: a.InvitationPage},
		{Method: post, Path: "/admin/invitation/:token", Guard: web.Anyone, Handle: a.AcceptInvitation},
		{Method: get, Path: "/admin/password/:token", Guard: web.Anyone, Handle: a.NewPasswordPage},
		{Method: post, Path: "/admin/password/:token", Guard: web.Anyone, Handle: a.NewPassword},
		{Method: post, Path: "/admin/logout", Guard: web.Staff, Enrolling: true, Handle: a.Logout},
		{Method: get, Path: "/admin", Guard: web.Staff, Handle: a.Home},
	}
}

// configRoutes are Config → Main → Portal, and what it and the branding are previewed with.
func configRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/config/main/portal", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.Config},
		{Method: post, Path: "/admin/config/main/portal/preview", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.PreviewConfig},
		{Method: post, Path: "/admin/config/main/portal/:section", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.SaveConfig},
		{Method: post, Path: "/admin/config/main/portal/:key/reset", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.ResetConfig},
		{Method: get, Path: "/admin/as/:draft", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.DraftPage},
		{Method: get, Path: "/admin/as/:draft/:theme/*", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.AsCustomer},
		{Method: post, Path: "/admin/as/:draft/:theme/*", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.ChangeAsCustomer},
	}
}

// gatewayRoutes are how customers can pay: the payment gateways of each partner, and the account for bank transfers.
func gatewayRoutes(a *admin.Handlers) []web.Route {
	const gateways, bank = "/admin/config/gateways", "/admin/config/bank-transfer"
	return []web.Route{
		{Method: get, Path: gateways, Guard: web.Staff, Permission: staff.ViewGateways, Handle: a.Gateways},
		{Method: get, Path: gateways + "/:gateway", Guard: web.Staff, Permission: staff.ViewGateways, Handle: a.Gateway},
		{Method: post, Path: gateways + "/:gateway", Guard: web.Staff, Permission: staff.EditGateways, Fresh: true, Handle: a.SaveGateway},
		{Method: post, Path: gateways + "/:gateway/test", Guard: web.Staff, Permission: staff.EditGateways, Handle: a.TestGateway},
		{Method: get, Path: bank, Guard: web.Staff, Permission: staff.ViewGateways, Handle: a.BankTransfer},
		{Method: post, Path: bank, Guard: web.Staff, Permission: staff.EditGateways, Fresh: true, Handle: a.SaveBankTransfer},
	}
}

// incomingRoutes are the desk of incoming bank transfers: statements, and whose payments their lines are.
func incomingRoutes(a *admin.Handlers) []web.Route {
	const desk, statements, upload = "/admin/finance/incoming", "/admin/finance/incoming/statements", "6M"
	return []web.Route{
		{Method: get, Path: desk, Guard: web.Staff, Permission: staff.ViewFinance, Handle: a.Incoming},
		{Method: post, Path: desk + "/bookings", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.BookIncoming},
		{Method: post, Path: statements, Guard: web.Staff, Permission: staff.EditFinance, MaxBody: upload, Handle: a.AddStatement},
		{Method: get, Path: statements + "/:id", Guard: web.Staff, Permission: staff.ViewFinance, Handle: a.Statement},
		{Method: post, Path: statements + "/:id", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.ImportStatement},
		{Method: post, Path: statements + "/:id/format", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.ReadStatement},
		{Method: post, Path: statements + "/:id/removal", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.RemoveStatement},
		{Method: get, Path: desk + "/:id", Guard: web.Staff, Permission: staff.ViewFinance, Handle: a.IncomingLine},
		{Method: post, Path: desk + "/:id/booking", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.BookIncomingLine},
		{Method: post, Path: desk + "/:id/reversal", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.UndoIncoming},
		{Method: post, Path: desk + "/:id/dismissal", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.IgnoreIncoming},
		{Method: post, Path: desk + "/:id/reopening", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.ReopenIncoming},
		{Method: post, Path: desk + "/:id/import-removal", Guard: web.Staff, Permission: staff.EditFinance, Handle: a.TakeBackImport},
	}
}

// partnersRoutes are partners with their companies (X14) and localization (X7), and locations.
func partnersRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/config/partners", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.Partners},
		{Method: post, Path: "/admin/config/partners", Guard: web.Staff, Permission: staff.EditPartners, Handle: a.AddPartner},
		{Method: get, Path: "/admin/config/partners/:id", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.Partner},
		{Method: post, Path: "/admin/config/partners/:id", Guard: web.Staff, Permission: staff.EditPartners, Handle: a.EditPartner},
		{Method: post, Path: "/admin/config/partners/:id/company", Guard: web.Staff, Permission: staff.EditPartners, Fresh: true, Handle: a.SavePartnerCompany},
		{Method: get, Path: "/admin/config/partners/:id/localization/example", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.LocalizationExample},
		{Method: post, Path: "/admin/config/partners/:id/localization", Guard: web.Staff, Permission: staff.EditPartners, Handle: a.SaveLocalization},
		{Method: post, Path: "/admin/config/partners/:id/localization/:key/reset", Guard: web.Staff, Permission: staff.EditPartners, Handle: a.ResetLocalization},
		{Method: get, Path: "/admin/config/locations", Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.Locations},
		{Method: post, Path: "/admin/config/locations", Guard: web.Staff, Permission: staff.EditPartners, Handle: a.AddLocation},
		{Method: get, Path: "/admin/config/locations/:id", Guard: web.Staff, Permission: staff.EditPartners, Handle: a.Location},
		{Method: post, Path: "/admin/config/locations/:id", Guard: web.Staff, Permission: staff.EditPartners, Handle: a.EditLocation},
		{Method: post, Path: "/admin/config/locations/:id/removal", Guard: web.Staff, Permission: staff.EditPartners, Handle: a.RemoveLocation},
	}
}

// brandingRoutes are the branding studio: a partner's look, which is a draft until it is published, and what is in force at
// once: company, domains, links to stores. Where invoices are paid to and which hosts lead here is no matter of looks.
func brandingRoutes(a *admin.Handlers) []web.Route {
	const upload = "8M" // icons take 2 MB; what is a little more is told so beside the field
	return []web.Route{
		{Method: get, Path: "/admin/branding", Guard: web.Staff, Permission: staff.EditBranding, Handle: a.Branding},
		{Method: post, Path: "/admin/branding/draft", Guard: web.Staff, Permission: staff.EditBranding, MaxBody: upload, Handle: a.SaveBrandDraft},
		{Method: post, Path: "/admin/branding/draft/removal", Guard: web.Staff, Permission: staff.EditBranding, Handle: a.DiscardBrandDraft},
		{Method: post, Path: "/admin/branding/publication", Guard: web.Staff, Permission: staff.EditBranding, MaxBody: upload, Handle: a.PublishBrand},
		{Method: post, Path: "/admin/branding/preview", Guard: web.Staff, Permission: staff.EditBranding, MaxBody: upload, Handle: a.PreviewBrand},
		{Method: get, Path: "/admin/branding/image", Guard: web.Staff, Permission: staff.EditBranding, Handle: a.BrandImage},
		{Method: get, Path: "/admin/branding/history", Guard: web.Staff, Permission: staff.EditBranding, Handle: a.BrandHistory},
		{Method: get, Path: "/admin/branding/versions/:id/icon", Guard: web.Staff, Permission: staff.EditBranding, Handle: a.VersionIcon},
		{Method: post, Path: "/admin/branding/versions/:id/publication", Guard: web.Staff, Permission: staff.EditBranding, Handle: a.RollBackBrand},
		{Method: get, Path: "/admin/branding/company", Guard: web.Staff, Permission: staff.EditBranding, Handle: a.CompanyPage},
		{Method: post, Path: "/admin/branding/company", Guard: web.Staff, Permission: staff.EditPartners, Fresh: true, Handle: a.SaveCompany},
		{Method: get, Path: "/admin/branding/domains", Guard: web.Staff, Permission: staff.EditBranding, Handle: a.Domains},
		{Method: post, Path: "/admin/branding/domains", Guard: web.Staff, Permission: staff.EditPartners, Handle: a.AddDomain},
		{Method: post, Path: "/admin/branding/domains/removal", Guard: web.Staff, Permission: staff.EditPartners, Handle: a.RemoveDomain},
		{Method: get, Path: "/admin/branding/stores", Guard: web.Staff, Permission: staff.EditBranding, Handle: a.Stores},
		{Method: post, Path: "/admin/branding/stores", Guard: web.Staff, Permission: staff.EditBranding, Handle: a.SaveStores},
	}
}

func systemRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/outbox", Guard: web.Staff, Permission: staff.ViewSentMessages, Handle: a.Outbox},
		{Method: get, Path: "/admin/outbox/files/:id", Guard: web.Staff, Permission: staff.ViewSentMessages, Handle: a.OutboxFile},
		{Method: get, Path: "/admin/queue", Guard: web.Staff, Permission: staff.ViewSystem, Handle: a.Queue},
		{Method: post, Path: "/admin/queue/attempts", Guard: web.Staff, Permission: staff.EditSystem, Handle: a.RetryJobs},
		{Method: post, Path: "/admin/queue/:id/attempt", Guard: web.Staff, Permission: staff.EditSystem, Handle: a.RetryJob},
		{Method: get, Path: "/admin/system", Guard: web.Staff, Permission: staff.ViewSystem, Handle: a.System},
		{Method: post, Path: "/admin/system/checks", Guard: web.Staff, Permission: staff.EditSystem, Handle: a.CheckSystem},
	}
}

func demoRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/preview", Guard: web.Staff, Handle: a.Preview},
		{Method: get, Path: "/admin/preview/*", Guard: web.Staff, Handle: a.Preview},
	}
}

func actingRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/customers/:id/acting", Guard: web.Staff, Permission: staff.ActAsCustomer, Handle: a.ActingPage},
		{Method: post, Path: "/admin/customers/:id/acting", Guard: web.Staff, Permission: staff.ActAsCustomer, Handle: a.Act},
	}
}

// peopleRoutes are staff and roles, and what members do about themselves.
func peopleRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/staff", Guard: web.Staff, Permission: staff.ViewStaff, Handle: a.Staff},
		{Method: get, Path: "/admin/staff/invitations/new", Guard: web.Staff, Permission: staff.EditStaff, Handle: a.InvitePage},
		{Method: post, Path: "/admin/staff/invitations", Guard: web.Staff, Permission: staff.EditStaff, Fresh: true, Handle: a.Invite},
		{Method: post, Path: "/admin/staff/invitations/:id/resending", Guard: web.Staff, Permission: staff.EditStaff, Fresh: true, Handle: a.ResendInvitation},
		{Method: post, Path: "/admin/staff/invitations/:id/revocation", Guard: web.Staff, Permission: staff.EditStaff, Fresh: true, Handle: a.RevokeInvitation},
		{Method: get, Path: "/admin/staff/:id", Guard: web.Staff, Permission: staff.ViewStaff, Handle: a.Colleague},
		{Method: post, Path: "/admin/staff/:id", Guard: web.Staff, Permission: staff.EditStaff, Fresh: true, Handle: a.EditColleague},
		{Method: post, Path: "/admin/staff/:id/sessions/closure", Guard: web.Staff, Permission: staff.EditStaff, Fresh: true, Handle: a.EndColleagueSessions},
		{Method: post, Path: "/admin/staff/:id/password-link", Guard: web.Staff, Permission: staff.EditStaff, Fresh: true, Handle: a.SendPasswordLink},
		{Method: post, Path: "/admin/staff/:id/factor/removal", Guard: web.Staff, Permission: staff.EditStaff, Fresh: true, Handle: a.ResetColleagueFactor},
		{Method: get, Path: "/admin/roles", Guard: web.Staff, Permission: staff.ViewStaff, Handle: a.Roles},
		{Method: get, Path: "/admin/roles/new", Guard: web.Staff, Permission: staff.EditStaff, Handle: a.NewRole},
		{Method: post, Path: "/admin/roles", Guard: web.Staff, Permission: staff.EditStaff, Fresh: true, Handle: a.AddRole},
		{Method: get, Path: "/admin/roles/:key", Guard: web.Staff, Permission: staff.ViewStaff, Handle: a.Role},
		{Method: post, Path: "/admin/roles/:key", Guard: web.Staff, Permission: staff.EditStaff, Fresh: true, Handle: a.EditRole},
		{Method: post, Path: "/admin/roles/:key/removal", Guard: web.Staff, Permission: staff.EditStaff, Fresh: true, Handle: a.RemoveRole},

		{Method: get, Path: "/admin/security", Guard: web.Staff, Enrolling: true, Handle: a.Security},
		{Method: post, Path: "/admin/security/language", Guard: web.Staff, Enrolling: true, Handle: a.SetLanguage},
		{Method: post, Path: "/admin/security/password", Guard: web.Staff, Enrolling: true, Handle: a.ChangePassword},
		{Method: post, Path: "/admin/security/sessions/closure", Guard: web.Staff, Enrolling: true, Handle: a.EndOtherSessions},
		{Method: post, Path: "/admin/security/sessions/:id/closure", Guard: web.Staff, Enrolling: true, Handle: a.EndSession},
		{Method: get, Path: "/admin/security/factor", Guard: web.Staff, Enrolling: true, Handle: a.FactorPage},
		{Method: post, Path: "/admin/security/factor", Guard: web.Staff, Enrolling: true, Fresh: true, Handle: a.BeginFactor},
		{Method: post, Path: "/admin/security/factor/confirmation", Guard: web.Staff, Enrolling: true, Fresh: true, Handle: a.ConfirmFactor},
		{Method: post, Path: "/admin/security/factor/removal", Guard: web.Staff, Fresh: true, Handle: a.RemoveFactor},
		{Method: post, Path: "/admin/security/recovery-codes", Guard: web.Staff, Fresh: true, Handle: a.RenewRecoveryCodes},
	}
}

// logRoutes are what happened: the chained log of staff, and the portal log of customers.
func logRoutes(a *admin.Handlers) []web.Route {
	return []web.Route{
		{Method: get, Path: "/admin/audit", Guard: web.Staff, Permission: staff.ViewAudit, Handle: a.Audit},
		{Method: get, Path: "/admin/audit/verification", Guard: web.Staff, Permission: staff.ViewAudit, Handle: a.VerifyAudit},
		{Method: get, Path: "/admin/portal-log", Guard: web.Staff, Permission: staff.ViewPortalLog, Handle: a.PortalLog},
	}
}

// customersRoutes are the customers: finding them, their card with its tabs, and what staff do for them.
func customersRoutes(a *admin.Handlers) []web.Route {
	const labels = "/admin/config/customer-labels"
	return []web.Route{
		{Method: get, Path: "/admin/customers", Guard: web.Staff, Permission: staff.ViewCustomers, Handle: a.Customers},
		{Method: post, Path: "/admin/customers", Guard: web.Staff, Permission: staff.EditCustomers, Handle: a.AddCustomer},
		{Method: get, Path: "/admin/customers/new", Guard: web.Staff, Permission: staff.EditCustomers, Handle: a.NewCustomer},
		{Method: get, Path: "/admin/customers/:id", Guard: web.Staff, Permission: staff.ViewCustomers, Handle: a.Customer},
		{Method: post, Path: "/admin/customers/:id", Guard: web.Staff, Permission: staff.EditCustomers, Handle: a.EditCustomer},
		{Method: get, Path: "/admin/customers/:id/edit", Guard: web.Staff, Permission: staff.EditCustomers, Handle: a.EditCustomerPage},
		{Method: get, Path: "/admin/customers/:id/services", Guard: web.Staff, Permission: staff.ViewCustomers, Handle: a.CustomerServices},
		{Method: get, Path: "/admin/customers/:id/finance", Guard: web.Staff, Permission: staff.ViewFinance, Handle: a.CustomerFinance},
		{Method: get, Path: "/admin/customers/:id/tickets", Guard: web.Staff, Permission: staff.ViewCustomers, Handle: a.CustomerTickets},
		{Method: get, Path: "/admin/customers/:id/messages", Guard: web.Staff, Permission: staff.ViewCustomers, Handle: a.CustomerMessages},
		{Method: get, Path: "/admin/customers/:id/changes", Guard: web.Staff, Permission: staff.ViewAudit, Handle: a.CustomerChanges},
		{Method: get, Path: "/admin/customers/:id/portal-log", Guard: web.Staff, Permission: staff.ViewPortalLog, Handle: a.CustomerPortalLog},
		{Method: get, Path: "/admin/customers/:id/sessions", Guard: web.Staff, Permission: staff.ViewCustomers, Handle: a.CustomerSessions},
		{Method: post, Path: "/admin/customers/:id/sessions/closure", Guard: web.Staff, Permission: staff.EditCustomers, Handle: a.EndCustomerSessions},
		{Method: post, Path: "/admin/customers/:id/labels", Guard: web.Staff, Permission: staff.EditCustomers, Handle: a.SetCustomerLabels},
		{Method: get, Path: "/admin/customers/:id/status", Guard: web.Staff, Permission: staff.EditCustomers, Handle: a.CustomerStatusPage},
		{Method: post, Path: "/admin/customers/:id/status", Guard: web.Staff, Permission: staff.EditCustomers, Handle: a.ChangeCustomerStatus},
		{Method: get, Path: "/admin/customers/:id/password", Guard: web.Staff, Permission: staff.SetPasswords, Handle: a.CustomerPasswordPage},
		{Method: post, Path: "/admin/customers/:id/password", Guard: web.Staff, Permission: staff.SetPasswords, Handle: a.SetCustomerPassword},
		{Method: post, Path: "/admin/customers/:id/password/sending", Guard: web.Staff, Permission: staff.SetPasswords, Handle: a.SendCustomerCode},

		{Method: get, Path: labels, Guard: web.Staff, Permission: staff.ViewSettings, Handle: a.Labels},
		{Method: post, Path: labels, Guard: web.Staff, Permission: staff.EditSettings, Handle: a.AddLabel},
		{Method: get, Path: labels + "/:id", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.Label},
		{Method: post, Path: labels + "/:id", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.EditLabel},
		{Method: post, Path: labels + "/:id/removal", Guard: web.Staff, Permission: staff.EditSettings, Handle: a.RemoveLabel},
	}
}
