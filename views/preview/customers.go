package preview

import (
	"myisp/models/audit"
	"myisp/models/customer"
	books "myisp/models/finance"
	"myisp/models/message"
	"myisp/models/portal"
	"myisp/models/service"
	"myisp/models/session"
	"myisp/models/ticket"
	"myisp/views/admin"
	"myisp/views/i18n"
	"myisp/views/ui"
)

var (
	vip     = customer.Label{ID: 1, Name: "VIP", Tone: "info"}
	late    = customer.Label{ID: 2, Name: "Pays late", Tone: "warn"}
	choices = admin.Choices{Partners: []portal.Partner{{ID: 1, Name: "Default"}, {ID: 2, Name: "Harbor Fiber"}}, Locations: []portal.Location{{ID: 1, Name: "Riverside"}},
		Labels: []customer.Label{vip, late}, Methods: []ui.Option{{Value: "2", Label: "Bank transfer"}}}
	carter = customer.Customer{ID: 204, PartnerID: 1, LocationID: 1, Login: "alice", Name: "Alice Carter", Status: customer.StatusActive, Category: customer.Individual, BillingType: customer.Recurring,
		Email: "alice@example.com, a.carter@work.example", Phone: "+353 20 910 0114", Street: "14 Mill Lane", Zip: "D08 A1C3", City: "Riverside", CreatedAt: now, LastOnlineAt: &now, StatusSince: &now,
		AddedBy: customer.AddedByStaff, AddedByID: 1, GPS: "53.349805, -6.260310", Birthday: "1980-05-06", StatusReason: "Paid by phone"}
	diaz      = customer.Customer{ID: 131, PartnerID: 1, Login: "carla", Name: "Carla Díaz", Status: customer.StatusBlocked, Category: customer.Lead, City: "Riverside", CreatedAt: now, AddedBy: customer.AddedByImport}
	northwind = customer.Customer{ID: 160, PartnerID: 2, Login: "northwind", Name: "Northwind Ltd", Status: customer.StatusNew, Category: customer.Business, Email: "office@northwind.example", CreatedAt: now, AddedBy: customer.AddedByAPI}
	shop      = customer.Customer{ID: 161, PartnerID: 2, ParentID: 160, Login: "northwind-shop", Name: "Northwind Ltd · Shop", Status: customer.StatusDisabled, Category: customer.Business, CreatedAt: now, AddedBy: customer.AddedByWidget}
)

func customerCard(c customer.Customer, tab string, labels ...customer.Label) admin.Card {
	return admin.Card{Shell: staff(c.Name), Customer: c, Labels: labels, Tabs: admin.CardTabs, Tab: tab, May: admin.CardRights{Edit: true, Password: true, ActAs: true, Finance: true}}
}

func overviewOf(c customer.Customer, change func(*admin.CustomerOverview)) admin.CustomerOverview {
	p := admin.CustomerOverview{Card: customerCard(c, "overview", vip), Choices: choices, AllLabels: choices.Labels, Today: today, Method: "Bank transfer", AddedBy: "Ada Admin",
		Billing: customer.Billing{Currency: "EUR", BillingDay: 5, DueDay: 15, GracePeriod: 10, BlockingPeriod: 3}}
	change(&p)
	return p
}

// customerDeskPages are the customers as staff see them.
func customerDeskPages() []Page {
	return append(customerCards(), customerForms()...)
}

func customerCards() []Page {
	found := admin.Customers{Shell: staff("Customers"), Choices: choices, MayEdit: true, Next: "x", Filter: customer.Filter{Typed: "river", Status: customer.StatusActive}, Rows: []customer.Listed{
		{Customer: carter, Labels: []customer.Label{vip}}, {Customer: diaz, Labels: []customer.Label{late, vip}}, {Customer: northwind}, {Customer: shop}}}
	alice := overviewOf(carter, func(p *admin.CustomerOverview) {
		p.Summary = &summary
		p.Outlook = service.Outlook{Level: service.LevelSoon, Day: "2026-11-26", Days: 4}
	})
	carla := overviewOf(diaz, func(p *admin.CustomerOverview) {
		p.Outlook = service.Outlook{Level: service.LevelAlarm, Day: "2026-11-14"}
		p.May = admin.CardRights{}
	})
	firm := overviewOf(northwind, func(p *admin.CustomerOverview) { p.Subs = []customer.Customer{shop} })
	branch := overviewOf(shop, func(p *admin.CustomerOverview) {
		p.Main = &northwind
		p.Billing.BlockingPeriod, p.Billing.SubMode, p.Billing.Period = customer.Never, customer.Aggregated, 3
	})
	never := overviewOf(carter, func(p *admin.CustomerOverview) { p.Billing.BlockingPeriod = customer.Never })
	fine := overviewOf(carter, func(p *admin.CustomerOverview) { p.Outlook = service.Outlook{Level: service.LevelFine} })
	soon := overviewOf(carter, func(p *admin.CustomerOverview) { p.Outlook = service.Outlook{Level: service.LevelAlarm, Day: today} })
	archived := router
	archived.Status, archived.CopyOf = service.Archived, 7
	finances := admin.CustomerFinance{Card: customerCard(carter, "finance"), Summary: summary, List: "invoices", Today: today, Invoices: invoices, Next: "x"}
	paid := admin.CustomerFinance{Card: customerCard(carter, "finance"), Summary: summary, List: "payments", Today: today, Payments: payments}
	moves := admin.CustomerFinance{Card: customerCard(carter, "finance"), List: "transactions", Today: today, Moves: []books.TransactionRow{
		{Transaction: books.Transaction{ID: 1, Day: "2026-10-22", Type: books.Credit, Total: 3990, Currency: "EUR", PaymentID: 94}, Balance: eur(0), Category: books.TransactionCategory{ID: 3, Name: "Payment", Kind: "payment"}, Method: bank}}}
	hidden := slow
	hidden.ID, hidden.Hidden, hidden.Closed = 9, true, true
	threads := []ticket.Thread{{Ticket: slow, Messages: []ticket.Message{{Author: ticket.ByCustomer, Body: "Films stop.", CreatedAt: now}, {Author: ticket.ByAgent, AuthorName: "Sam Support", Kind: ticket.KindNote, Body: "Line is fine.", CreatedAt: now}}},
		{Ticket: hidden, Messages: []ticket.Message{{Author: ticket.BySystem, Body: "Merged.", CreatedAt: now}}}}
	devices := []session.Session{{ID: 1, IP: "203.0.113.14", CreatedAt: now, LastSeenAt: now, UserAgent: "Mozilla/5.0 (Linux; Android 15) Chrome/130.0 Mobile Safari/537.36"}}
	changes := audit.Page{Next: 3, Entries: []audit.Entry{{Seq: 4, At: now, ActorKind: audit.Staff, ActorName: "Ada Admin", IP: "198.51.100.7", Action: audit.CustomerStatus, Object: "customer", ObjectID: "204",
		Before: `{"status":"active"}`, After: `{"status":"blocked","reason":"Unpaid since October"}`}}}
	events := []audit.Event{{ID: 2, At: now, ActorKind: audit.Customer, Operation: audit.OpLogIn, Result: audit.Done, IP: "203.0.113.14"},
		{ID: 1, At: now, ActorKind: audit.Staff, ActorName: "Ada Admin", Operation: "POST /settings", Result: audit.Refused, Details: "/settings"}}
	return []Page{
		{"admin/customers", admin.CustomersPage(found)},
		{"admin/customers-nobody", admin.CustomersPage(admin.Customers{Shell: staff("Customers"), Filter: customer.Filter{Typed: "zz"}})},
		{"admin/customers-none", admin.CustomersPage(admin.Customers{Shell: staff("Customers")})},
		{"admin/customer", admin.CustomerOverviewPage(alice)},
		{"admin/customer-blocked", admin.CustomerOverviewPage(carla)},
		{"admin/customer-main", admin.CustomerOverviewPage(firm)},
		{"admin/customer-sub", admin.CustomerOverviewPage(branch)},
		{"admin/customer-never-blocked", admin.CustomerOverviewPage(never)},
		{"admin/customer-fine", admin.CustomerOverviewPage(fine)},
		{"admin/customer-now", admin.CustomerOverviewPage(soon)},
		{"admin/customer-services", admin.CustomerServicesPage(admin.CustomerServices{Card: customerCard(carter, "services"), Rows: []service.Row{fiber, voice, bundle, archived}})},
		{"admin/customer-services-none", admin.CustomerServicesPage(admin.CustomerServices{Card: customerCard(carter, "services")})},
		{"admin/customer-finance", admin.CustomerFinancePage(finances)},
		{"admin/customer-payments", admin.CustomerFinancePage(paid)},
		{"admin/customer-transactions", admin.CustomerFinancePage(moves)},
		{"admin/customer-finance-none", admin.CustomerFinancePage(admin.CustomerFinance{Card: customerCard(carter, "finance"), List: "credit_notes"})},
		{"admin/customer-tickets", admin.CustomerTicketsPage(admin.CustomerTickets{Card: customerCard(carter, "tickets"), Threads: threads, Next: "/more"})},
		{"admin/customer-tickets-none", admin.CustomerTicketsPage(admin.CustomerTickets{Card: customerCard(carter, "tickets")})},
		{"admin/customer-messages", admin.CustomerMessagesPage(admin.CustomerMessages{Card: customerCard(carter, "messages"), Items: []message.Message{hello, read}, Next: "/more"})},
		{"admin/customer-messages-none", admin.CustomerMessagesPage(admin.CustomerMessages{Card: customerCard(carter, "messages")})},
		{"admin/customer-sessions", admin.CustomerSessionsPage(admin.CustomerSessions{Card: customerCard(carter, "sessions"), Items: devices})},
		{"admin/customer-sessions-none", admin.CustomerSessionsPage(admin.CustomerSessions{Card: customerCard(carter, "sessions")})},
		{"admin/customer-changes", admin.CustomerChangesPage(admin.CustomerChanges{Card: customerCard(carter, "changes"), Page: changes})},
		{"admin/customer-changes-none", admin.CustomerChangesPage(admin.CustomerChanges{Card: customerCard(carter, "changes")})},
		{"admin/customer-portal-log", admin.CustomerPortalLogPage(admin.CustomerPortalLog{Card: customerCard(carter, "portal-log"), Events: events, Next: "/more"})},
		{"admin/customer-portal-log-none", admin.CustomerPortalLogPage(admin.CustomerPortalLog{Card: customerCard(carter, "portal-log")})},
	}
}

func customerForms() []Page {
	form := admin.CustomerForm{Shell: staff("New customer"), Draft: customer.NewDraft(1), Currency: "EUR", Choices: choices, Languages: i18n.Languages()}
	edit := form
	edit.CustomerID, edit.Name, edit.HasSubs, edit.Errors = 204, "Alice Carter", true, map[string]string{"email": "error.email", "billing_day": "customers.error.day"}
	edit.Draft = carter.Draft(customer.Billing{Currency: "EUR", BillingDay: 5, DueDay: 15, BlockingPeriod: customer.Never, GracePeriod: customer.Never, SubMode: customer.Independent}, "")
	stale := edit
	stale.HasSubs, stale.Errors = false, map[string]string{"version": "customers.error.changed_meanwhile"}
	status := func(c customer.Customer, to customer.Status, e service.StatusEffect) admin.CustomerStatus {
		return admin.CustomerStatus{Shell: staff("Status"), Customer: c, To: to, Effect: e}
	}
	wrong := status(carter, "", service.StatusEffect{})
	wrong.Errors = map[string]string{"status": "error.choice"}
	password := admin.CustomerPassword{Shell: staff("Password"), Customer: carter, Enabled: true, Ways: []string{"email:alice@example.com", "sms:+353209100114"}, Way: "email:alice@example.com"}
	refused := password
	refused.Errors = map[string]string{"way": "error.too_many_attempts", "password_new": "password.breached", "confirm": "error.password_mismatch"}
	labels := admin.Labels{Shell: staff("Labels"), MayEdit: true, New: customer.Label{Tone: "neutral"}, Items: []customer.CountedLabel{{Label: vip, Customers: 2}, {Label: late, Customers: 1}}}
	return []Page{
		{"admin/customer-new", admin.CustomerFormPage(form)},
		{"admin/customer-edit", admin.CustomerFormPage(edit)},
		{"admin/customer-edit-stale", admin.CustomerFormPage(stale)},
		{"admin/customer-status", admin.CustomerStatusPage(wrong)},
		{"admin/customer-status-new", admin.CustomerStatusPage(status(carter, customer.StatusNew, service.StatusEffect{}))},
		{"admin/customer-status-blocked", admin.CustomerStatusPage(status(carter, customer.StatusBlocked, service.StatusEffect{}))},
		{"admin/customer-status-disabled", admin.CustomerStatusPage(status(carter, customer.StatusDisabled, service.StatusEffect{Ends: []service.Row{fiber, voice}}))},
		{"admin/customer-status-idle", admin.CustomerStatusPage(status(diaz, customer.StatusDisabled, service.StatusEffect{}))},
		{"admin/customer-status-active", admin.CustomerStatusPage(status(shop, customer.StatusActive, service.StatusEffect{Resumes: []service.Row{router}}))},
		{"admin/customer-password", admin.CustomerPasswordPage(password)},
		{"admin/customer-password-refused", admin.CustomerPasswordPage(refused)},
		{"admin/customer-password-no-way", admin.CustomerPasswordPage(admin.CustomerPassword{Shell: staff("Password"), Customer: diaz, Enabled: true})},
		{"admin/customer-password-off", admin.CustomerPasswordPage(admin.CustomerPassword{Shell: staff("Password"), Customer: diaz})},
		{"admin/customer-labels", admin.LabelsPage(labels)},
		{"admin/customer-labels-reading", admin.LabelsPage(admin.Labels{Shell: staff("Labels"), Items: labels.Items})},
		{"admin/customer-labels-none", admin.LabelsPage(admin.Labels{Shell: staff("Labels"), MayEdit: true, New: customer.Label{Name: "x", Tone: "pink"}, Errors: map[string]string{"tone": "error.choice"}})},
		{"admin/customer-label", admin.LabelPage(admin.LabelForm{Shell: staff("VIP"), Label: vip, Name: "VIP"})},
	}
}
