package preview

import (
	"time"

	"myisp/internal/money"
	"myisp/models/customer"
	"myisp/models/finance"
	"myisp/models/message"
	"myisp/models/service"
	"myisp/models/session"
	"myisp/models/ticket"
	"myisp/views/dashboard"
	"myisp/views/messages"
	"myisp/views/news"
	"myisp/views/profile"
	"myisp/views/services"
	"myisp/views/tickets"
)

func eur(minor int64) money.Money { return money.Of(minor, "EUR") }

var (
	fiber  = service.Row{Service: service.Service{ID: 1, Kind: service.Internet, Description: "Fiber 500", Quantity: 1000, UnitPrice: 3990, Currency: "EUR", StartsOn: "2025-09-20", InvoicedUntil: "2026-12-19", Status: service.Active, Login: "alice-fiber", IPv4: "203.0.113.14"}, PlanName: "Fiber 500", DownKbps: 500_000, UpKbps: 250_500}
	voice  = service.Row{Service: service.Service{ID: 2, Kind: service.Voice, Quantity: 1000, UnitPrice: 900, Currency: "EUR", Status: service.Pending, BundleServiceID: 4, Phone: "+353209100114", Direction: "incoming"}, PlanName: "Voice"}
	router = service.Row{Service: service.Service{ID: 3, Kind: service.Recurring, Quantity: 1000, UnitPrice: 300, Currency: "EUR", Status: service.Stopped}}
	bundle = service.Row{Service: service.Service{ID: 4, Kind: service.Bundle, Description: "Home Bundle", Quantity: 1000, UnitPrice: 4590, Currency: "EUR", EndsOn: "2027-09-19", Status: service.Disabled}}

	item  = message.NewsItem{ID: 1, Title: "Maintenance on Sunday, 02:00–04:00", Summary: "We renew a switch in Riverside.", Body: "Your connection will be away for some minutes.\n\nThank you for your patience.", PublishedAt: now.AddDate(0, 0, -2)}
	slow  = ticket.Ticket{ID: 1, Subject: "Wi-Fi is slow in the evening", Status: ticket.WaitCustomer, UnreadByCustomer: true, CreatedAt: now.AddDate(0, 0, -3), UpdatedAt: now}
	hello = message.Message{ID: 1, Subject: "Invoice overdue", Body: "Dear Alice,\nplease pay.", CreatedAt: now}
	read  = message.Message{ID: 2, Subject: "Welcome", Body: "Hello.", CreatedAt: now.AddDate(0, -2, 0), ReadAt: &now}
)

// home is Alice's, with everything switched on.
func home() dashboard.Home {
	return dashboard.Home{Shell: shell("Home", "home"), Name: "Alice Carter", PayURL: "/pay", HelpURL: "/about",
		Balance: &dashboard.Balance{Shown: eur(-8490), URL: "/finance/transactions",
			Summary: finance.Summary{Balance: eur(-8490), Owed: eur(8490), Overdue: eur(4200), OverdueFrom: "2026-11-14", NextDue: eur(4290), NextDueDay: "2026-12-05"}},
		Services: &dashboard.Services{Rows: []service.Row{fiber, voice, router, bundle}, More: true},
		Counters: []dashboard.Counter{{Item: dashboard.NewTickets, Count: 1, URL: "/tickets"}, {Item: dashboard.NewMessages, Count: 2, URL: "/messages"},
			{Item: dashboard.UnpaidInvoices, Count: 3, URL: "/finance/invoices"}, {Item: dashboard.UnpaidProforma, URL: "/finance/proforma-invoices"}},
		News:    []message.NewsItem{item, {ID: 2, Title: "Fiber comes to Old Town", PublishedAt: now}},
		Actions: []dashboard.Action{{LabelKey: "action.pay", Icon: "wallet", URL: "/pay"}, {LabelKey: "nav.services", Icon: "wifi", URL: "/services"}}}
}

// homes are Home in each situation of a customer.
func homes() []Page {
	alice, omar, carla, soon, closed := home(), home(), home(), home(), home()
	omar.Name, omar.Services, omar.News, omar.Balance = "Omar Haddad", &dashboard.Services{}, nil, &dashboard.Balance{Shown: eur(0), URL: "/finance"}
	until := now.Add(3 * time.Hour)
	carla.Suspension = &service.Suspension{Day: "2026-11-14", Reason: service.ForOverdue, Due: "2026-11-10", Pay: eur(4200)}
	carla.Services = &dashboard.Services{Rows: []service.Row{fiber}, Blocked: true}
	carla.Outages = []message.Outage{{Kind: message.Fault, Title: "A fibre was cut", StartsAt: now, ExpectedAt: &until}, {Kind: message.Fault, Title: "Slow evenings", StartsAt: now}}
	soon.Suspension = &service.Suspension{Soon: true, Day: "2026-11-25", Reason: service.ForBalance, Pay: eur(4290)}
	soon.Balance = &dashboard.Balance{Shown: eur(4290), URL: "/finance", Summary: finance.Summary{Owed: eur(4290), NextDue: eur(4290), NextDueDay: "2026-11-24"}}
	soon.Outages = []message.Outage{{Kind: message.Maintenance, Title: "New switches", StartsAt: now, ExpectedAt: &until}, {Kind: message.Maintenance, Title: "Tests", StartsAt: now}}
	closed.Disabled, closed.Services, closed.News, closed.Actions, closed.Counters = true, nil, nil, nil, closed.Counters[:1]
	closed.Balance = &dashboard.Balance{Shown: eur(3000), URL: "/finance", Summary: finance.Summary{Credit: eur(3000)}}
	return []Page{{"dashboard/home", dashboard.Page(alice)}, {"dashboard/new", dashboard.Page(omar)}, {"dashboard/suspended", dashboard.Page(carla)},
		{"dashboard/soon", dashboard.Page(soon)}, {"dashboard/disabled", dashboard.Page(closed)}}
}

// customerPages are the pages that a customer reads, but for finance.
func customerPages() []Page {
	who := customer.Customer{ID: 1, Login: "alice", Name: "Alice Carter", Email: "alice@example.com", Phone: "+353 20 910 0114", Street: "14 Mill Lane", City: "Riverside"}
	done := ticket.Ticket{ID: 2, Subject: "Invoice address", Status: ticket.Resolved, Closed: true, CreatedAt: now, UpdatedAt: now}
	working := ticket.Ticket{ID: 3, Subject: "Second socket", Status: ticket.InProgress, CreatedAt: now, UpdatedAt: now}
	other := ticket.Ticket{ID: 4, Subject: "Static address", Status: ticket.StatusNew, CreatedAt: now, UpdatedAt: now}
	thread := ticket.Thread{Ticket: slow, Messages: []ticket.Message{{Author: ticket.ByCustomer, Body: "Films stop and start again.", CreatedAt: now},
		{Author: ticket.BySystem, Body: "Sam took over.", CreatedAt: now}, {Author: ticket.ByAgent, AuthorName: "Sam Support", Body: "May we switch the channel?", CreatedAt: now}}}
	devices := []session.Session{{ID: 1, IP: "203.0.113.14", LastSeenAt: now, UserAgent: "Mozilla/5.0 (Linux; Android 15) Chrome/130.0 Mobile Safari/537.36"},
		{ID: 2, IP: "2001:db8::1", LastSeenAt: now, UserAgent: "Mozilla/5.0 (Macintosh) Version/18.0 Safari/605.1.15"}, {ID: 3, IP: "198.51.100.7", LastSeenAt: now, UserAgent: "something"}}
	return append(homes(),
		Page{"services/list", services.ListPage(services.List{Shell: shell("Services", "services"), Rows: []service.Row{fiber, voice, router, bundle}})},
		Page{"services/suspended", services.ListPage(services.List{Shell: shell("Services", "services"), Rows: []service.Row{fiber}, Blocked: true})},
		Page{"services/empty", services.ListPage(services.List{Shell: shell("Services", "services"), HelpURL: "/about"})},
		Page{"services/internet", services.Page(services.Service{Shell: shell("Fiber 500", "services"), Service: service.Detail{Row: fiber}})},
		Page{"services/voice", services.Page(services.Service{Shell: shell("Voice", "services"), Service: service.Detail{Row: voice}})},
		Page{"services/bundle", services.Page(services.Service{Shell: shell("Home Bundle", "services"), Service: service.Detail{Row: bundle, Parts: []service.Row{fiber, voice}}})},
		Page{"news/list", news.ListPage(news.List{Shell: shell("News", "more"), Items: []message.NewsItem{item}, Next: "/news?skip=20"})},
		Page{"news/empty", news.ListPage(news.List{Shell: shell("News", "more")})},
		Page{"news/item", news.Page(news.Item{Shell: shell("News", "more"), News: item})},
		Page{"messages/list", messages.InboxPage(messages.Inbox{Shell: shell("Messages", "more"), Items: []message.Message{hello, read}, Next: "/messages?before=2"})},
		Page{"messages/empty", messages.InboxPage(messages.Inbox{Shell: shell("Messages", "more")})},
		Page{"messages/unread", messages.Page(messages.Message{Shell: shell("Messages", "more"), Message: hello})},
		Page{"messages/read", messages.Page(messages.Message{Shell: shell("Messages", "more"), Message: read})},
		Page{"tickets/open", tickets.ListPage(tickets.List{Shell: shell("Support", "support"), Items: []ticket.Ticket{slow, working, other}, Next: "/tickets?skip=20"})},
		Page{"tickets/closed", tickets.ListPage(tickets.List{Shell: shell("Support", "support"), Closed: true, Items: []ticket.Ticket{done}})},
		Page{"tickets/empty", tickets.ListPage(tickets.List{Shell: shell("Support", "support")})},
		Page{"tickets/empty-closed", tickets.ListPage(tickets.List{Shell: shell("Support", "support"), Closed: true})},
		Page{"tickets/thread", tickets.Page(tickets.Ticket{Shell: shell("Support", "support"), Thread: thread})},
		Page{"profile/page", profile.Page(profile.Profile{Shell: shell("Profile", "more"), Devices: devices, This: 1, Form: profileForm(who, true)})},
		Page{"profile/refused", profile.Page(profile.Profile{Shell: shell("Profile", "more"), Devices: devices, This: 1, Form: profileRefused(who)})},
		Page{"profile/view", profile.Page(profile.Profile{Shell: shell("Profile", "more"), Devices: devices, This: 1, Form: profileForm(who, false)})},
		Page{"profile/nothing", profile.Page(profile.Profile{Shell: shell("Profile", "more"), Devices: devices[:1], This: 1})},
		Page{"profile/activity", profile.ActivityPage(profile.Activity{Shell: shell("Profile", "more"), Events: activity, Next: "/profile/activity?before=1",
			Titles: map[string]string{"attr.meter_number": "Meter number"}})},
		Page{"profile/activity-empty", profile.ActivityPage(profile.Activity{Shell: shell("Profile", "more")})},
	)
}
