// Package preview renders every component and page with the pretend ISP's people. Tests walk through it in all
// languages; designers look at it.
package preview

import (
	"time"

	"github.com/a-h/templ"
	"myisp/models/message"
	"myisp/views/admin"
	"myisp/views/auth"
	"myisp/views/errs"
	"myisp/views/i18n"
	"myisp/views/pages"
	"myisp/views/ui"
)

// Page is one picture of the portal.
type Page struct {
	Name      string // path-like: "auth/login"
	Component templ.Component
}

// now is when the pretend ISP lives.
var now = time.Date(2026, 11, 22, 14, 5, 0, 0, time.UTC)

var brand = ui.Brand{Title: "MyISP", ShortName: "MyISP", FooterText: "MyISP · 12 Quay Street, Riverside", Host: "portal.example"}

func shell(title, active string) ui.Shell {
	s := ui.Shell{Title: title, Brand: brand, Theme: "auto", Path: "/", Unread: 3,
		Viewer: &ui.Viewer{Name: "Alice Carter", Login: "alice", URL: "/profile"},
		Nav: []ui.NavItem{
			{Key: "home", LabelKey: "nav.home", Icon: "house", URL: "/"},
			{Key: "services", LabelKey: "nav.services", Icon: "wifi", URL: "/services"},
			{Key: "finance", LabelKey: "nav.finance", Icon: "credit-card", URL: "/finance"},
			{Key: "support", LabelKey: "nav.support", Icon: "circle-help", URL: "/tickets", Badge: 1},
			{Key: "more", LabelKey: "nav.more", Icon: "menu", URL: "/more"},
		},
		More: more,
	}
	for i := range s.Nav {
		s.Nav[i].Active = s.Nav[i].Key == active
	}
	return s
}

var more = []ui.NavItem{
	{Key: "statistics", LabelKey: "nav.statistics", Icon: "chart-column", URL: "/statistics/internet"},
	{Key: "messages", LabelKey: "nav.messages", Icon: "mail", URL: "/messages", Badge: 2},
	{Key: "documents", LabelKey: "nav.documents", Icon: "file-text", URL: "/documents"},
	{Key: "profile", LabelKey: "nav.profile", Icon: "user", URL: "/profile"},
	{Key: "news", LabelKey: "nav.news", Icon: "newspaper", URL: "/news"},
	{Key: "settings", LabelKey: "nav.settings", Icon: "settings", URL: "/settings"},
	{Key: "faq", LabelKey: "nav.faq", Icon: "circle-help", URL: "/faq"},
	{Key: "about", LabelKey: "nav.about", Icon: "building-2", URL: "/about"},
}

func public(title string) ui.Shell {
	return ui.Shell{Title: title, Brand: brand, Theme: "auto", Path: "/login"}
}

func staff(title string) ui.Shell {
	return ui.Shell{Title: title, Brand: brand, Theme: "auto", Path: "/admin", Viewer: &ui.Viewer{Name: "Ada Admin", Login: "admin"},
		Nav: []ui.NavItem{
			{Key: "overview", LabelKey: "admin.menu.overview", Icon: "layout-dashboard", URL: "/admin", Active: title == "Overview"},
			{Key: "outbox", LabelKey: "admin.menu.outbox", Icon: "send", URL: "/admin/outbox", Active: title == "Outbox", GroupKey: "admin.staff"},
		}}
}

// Pages lists them all; names are unique.
func Pages() []Page {
	list := append(append(authPages(), otherPages()...), configPages()...)
	list = append(append(list, customerPages()...), append(append(financePages(), append(payPages(), cardPages()...)...), methodPages()...)...)
	list = append(append(append(list, customerDeskPages()...), deskPages()...), brandingPages()...)
	list = append(append(append(append(list, staffPages()...), attributePages()...), append(partnerPages(), gatewayPages()...)...), systemPages()...)
	return append(list, Page{"ui/home", homeSample()}, Page{"ui/list", listSample()}, Page{"ui/parts", partsSample()}, Page{"ui/form", formSample()})
}

func authPages() []Page {
	login := auth.Login{Shell: public("Log in"), ResetEnabled: true, Languages: i18n.Languages(),
		Help: &auth.Help{Phone: "+44 20 7946 0000", Email: "help@isp.example", URL: "https://isp.example/help", Text: "Every day from 8 to 20."}}
	wrong := login
	wrong.ByEmail, wrong.Identifier, wrong.Error, wrong.Help = true, "alice@example.com", "login.error.wrong", nil
	wrong.Stores = auth.Stores{GooglePlayURL: "https://play.google.com/store/apps/details?id=isp", AppStoreURL: "https://apps.apple.com/app/id1"}
	wrong.Text, wrong.Next = "Welcome to the new portal.", "/finance"
	return []Page{
		{"auth/login", auth.LoginPage(login)},
		{"auth/login-wrong", auth.LoginPage(wrong)},
		{"auth/reset", auth.ResetRequestPage(auth.ResetRequest{Shell: public("Reset")})},
		{"auth/reset-sms", auth.ResetRequestPage(auth.ResetRequest{Shell: public("Reset"), BySMS: true, Identifier: "alice", Errors: map[string]string{"contact": "error.required"}})},
		{"auth/code", auth.ResetCodePage(auth.ResetCode{Shell: public("Reset"), Request: "r1", Errors: map[string]string{"code": "reset.error.code"}})},
		{"auth/code-sms", auth.ResetCodePage(auth.ResetCode{Shell: public("Reset"), BySMS: true})},
		{"auth/done", auth.ResetDonePage(auth.ResetDone{Shell: public("Reset")})},
		{"auth/admin-login", auth.AdminLoginPage(auth.AdminLogin{Shell: public("Staff"), Login: "admin", Error: "login.error.wrong"})},
	}
}

func otherPages() []Page {
	var list []Page
	for status, name := range map[int]string{403: "403", 404: "404", 405: "405", 409: "409", 413: "413", 422: "422", 429: "429", 500: "500", 503: "503", 418: "unknown"} {
		list = append(list, Page{"errs/" + name, errs.ErrorPage(errs.Error{Shell: public("Error"), Status: status, RequestID: "01JD8Z2M4Q"})})
	}
	hint := shell("More", "more")
	hint.InstallHint = true
	back := shell("About", "more")
	back.BackURL = "/more"
	return append(list,
		Page{"errs/inside", errs.ErrorPage(errs.Error{Shell: shell("Error", ""), Status: 503, Retry: "/finance"})},
		Page{"errs/file", errs.ErrorPage(errs.Error{Shell: shell("Error", "finance"), Status: 422, TitleKey: "finance.file.long", TextKey: "finance.file.long_text", Back: "/finance/transactions"})},
		Page{"pages/about", pages.AboutPage(pages.About{Shell: back, Name: "MyISP Ltd", Rows: []pages.AboutRow{
			{LabelKey: "about.name", Value: "MyISP Ltd"}, {LabelKey: "about.street", Value: "12 Quay Street"}, {LabelKey: "about.zip", Value: ""},
			{LabelKey: "about.city", Value: "Riverside"}, {LabelKey: "about.email", Value: "hello@isp.example"}, {LabelKey: "about.phone", Value: "+44 20 7946 0000"}}})},
		Page{"pages/faq", pages.FAQPage(pages.FAQ{Shell: shell("FAQ", "more"), Items: []message.FAQItem{
			{ID: 1, Question: "How do I change my Wi-Fi password?", Answer: "Open Services, choose your router and press Wi-Fi.\nThe new password works at once."},
			{ID: 2, Question: "When is my invoice due?", Answer: "Fourteen days after its date."}}})},
		Page{"pages/faq-empty", pages.FAQPage(pages.FAQ{Shell: public("FAQ")})},
		Page{"pages/settings", pages.SettingsPage(pages.Settings{Shell: shell("Settings", "more"), Languages: i18n.Languages(), Language: "en", Theme: "auto"})},
		Page{"pages/more", pages.MorePage(pages.More{Shell: hint, Items: more})},
		Page{"pages/install", pages.InstallPage(pages.Install{Shell: shell("Install", "more")})},
		Page{"pages/offline", pages.OfflinePage(pages.Offline{Brand: brand})},
		Page{"admin/home", admin.HomePage(admin.Home{Shell: staff("Overview"), Money: []ui.Counter{{Icon: "landmark", Count: 3, Label: "open incoming transfers", URL: "/admin/finance/incoming"}}, Tiles: []ui.Counter{
			{Icon: "users", Count: 205, Label: "customers", URL: "/admin/customers"}, {Icon: "ticket", Count: 4, Label: "open tickets", URL: "/admin/tickets"}}})},
		Page{"admin.menu.outbox", admin.OutboxPage(admin.Outbox{Shell: staff("Outbox"), Next: "/admin/outbox?before=1", Items: []admin.Captured{
			{Kind: "email", From: "portal@isp.example", To: "alice@example.com", Subject: "Your new password", Body: "Hello Alice,\n\nyour code is K7Q2-88.\n", At: now, Files: []admin.CapturedFile{{URL: "/admin/outbox/files/1", Name: "invoice-202611000042.pdf"}}},
			{Kind: "sms", To: "+44 7700 900123", Body: "Password reset code: 48210375", At: now.Add(-time.Hour)}}})},
		Page{"admin/outbox-empty", admin.OutboxPage(admin.Outbox{Shell: staff("Outbox")})},
	)
}
