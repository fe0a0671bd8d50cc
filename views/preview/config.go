package preview

import (
	"context"
	"io"

	"github.com/a-h/templ"
	"myisp/models/portal"
	"myisp/views/admin"
	"myisp/views/ui"
)

// configPages are Config → Main → Portal and the previews as a customer.
func configPages() []Page {
	phone := ui.Phone{Base: "/admin/as/draft", Token: "draft", Caption: "as Northwind Ltd of Harbor Fiber, unsaved changes applied"}
	return []Page{
		{"admin/config", localised(func(ctx context.Context) templ.Component { return admin.ConfigPage(configSample(ctx, phone)) })},
		{"admin/config-read-only", localised(func(ctx context.Context) templ.Component {
			p := configSample(ctx, ui.Phone{})
			p.MayEdit, p.Saved, p.Wrong, p.General = false, nil, false, true
			return admin.ConfigPage(p)
		})},
		{"admin/config-none", admin.ConfigPage(admin.Config{Shell: staff("Portal"), General: true, Partner: 1, Query: "zebra"})},
		{"admin/draft", admin.DraftPage(admin.Draft{Shell: staff("Preview as customer"), Phone: phone})},
		{"admin/preview-only", admin.PreviewOnlyPage(admin.PreviewOnly{Shell: public("Preview"), BackURL: "/admin/as/draft/light/"})},
	}
}

// localised puts a page together when its language is known.
func localised(page func(context.Context) templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error { return page(ctx).Render(ctx, w) })
}

// configSample has a setting of each type, one that is the partner's own, one that waits, one that is wrong.
func configSample(ctx context.Context, phone ui.Phone) admin.Config {
	row := func(key, value string) admin.ConfigRow { return admin.ConfigRowOf(ctx, portal.Lookup(key), value) }
	title, length := row("portal_title", `"Harbor Fiber"`), row("reset_password_sms_length", "many")
	title.Own, title.Inherited, length.Error = true, "MyISP", "config.error.number"
	return admin.Config{Shell: staff("Portal"), Partner: 2, Partners: []ui.Option{{Value: "1", Label: "Default"}, {Value: "2", Label: "Harbor Fiber"}}, Total: 90, Wrong: true, MayEdit: true,
		Saved:   &admin.ConfigSaved{Partner: "Harbor Fiber", More: 2, Lines: []admin.ConfigSavedLine{{Name: "Menu › Items", Before: "Finance, News", After: "Finance"}}},
		Preview: &admin.ConfigPreview{Phone: phone, As: "northwind", Known: []string{"northwind"}},
		Sections: []admin.ConfigSection{
			{Key: "main", Title: "Main", Partner: "Harbor Fiber", Rows: []admin.ConfigRow{title}},
			{Key: "menu", Title: "Menu", Partner: "Harbor Fiber", Rows: []admin.ConfigRow{row("menu_items", `["finance","news"]`)}},
			{Key: "dashboard", Title: "Dashboard", Partner: "Harbor Fiber", Rows: []admin.ConfigRow{row("show_fup_cap", "false"), row("show_portal_news", "true")}},
			{Key: "profile", Title: "Profile", Partner: "Harbor Fiber", Rows: []admin.ConfigRow{row("profile_phone", `["view","edit"]`)}},
			{Key: "general", Title: "General", Rows: []admin.ConfigRow{row("authentication_field", `"login"`), length, row("login_on_any_host", "true")}},
			{Key: "logo", Title: "Login logo", Links: []admin.ConfigLink{{ID: "G12", Name: "Login logo per partner", Help: "Chosen in Branding.", URL: "/admin/branding"}}},
		}}
}
