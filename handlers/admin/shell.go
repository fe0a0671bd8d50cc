package admin

import (
	"strings"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/models/staff"
	"myisp/static"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// item is one line of the staff's menu; it appears for whoever holds its permission.
type item struct {
	key        string // the message admin.menu.<key> names it
	icon       string
	url        string
	also       string // what else belongs to it; "" is nothing
	permission staff.Permission
	demo       bool // the demo alone has it
}

// group is a part of the menu; the message admin.menu.<key> is its heading, "" has none.
type group struct {
	key   string
	items []item
}

// menu is everything that the staff's rail leads to, in its order.
var menu = []group{
	{"", []item{
		{key: "overview", icon: "layout-dashboard", url: "/admin"},
		{key: "customers", icon: "users", url: "/admin/customers", permission: staff.ViewCustomers},
		{key: "finance", icon: "banknote", url: "/admin/finance", permission: staff.ViewFinance},
		{key: "cards", icon: "ticket", url: "/admin/finance/refill-cards", permission: staff.ViewFinance},
		{key: "incoming", icon: "landmark", url: "/admin/finance/incoming", permission: staff.ViewFinance},
	}},
	{"config", []item{
		{key: "portal", icon: "settings", url: "/admin/config/main/portal", permission: staff.ViewSettings},
		{key: "partners", icon: "globe", url: "/admin/config/partners", permission: staff.ViewSettings},
		{key: "gateways", icon: "credit-card", url: "/admin/config/gateways", also: "/admin/config/bank-transfer", permission: staff.ViewGateways},
		{key: "locations", icon: "map-pin", url: "/admin/config/locations", permission: staff.ViewSettings},
		{key: "branding", icon: "palette", url: "/admin/branding", permission: staff.EditBranding},
		{key: "attributes", icon: "list-filter", url: "/admin/config/attributes", permission: staff.ViewSettings},
		{key: "customer_labels", icon: "tag", url: "/admin/config/customer-labels", permission: staff.ViewSettings},
		{key: "staff", icon: "users", url: "/admin/staff", also: "/admin/roles", permission: staff.ViewStaff},
	}},
	{"system", []item{
		{key: "audit", icon: "scroll-text", url: "/admin/audit", permission: staff.ViewAudit},
		{key: "portal_log", icon: "history", url: "/admin/portal-log", permission: staff.ViewPortalLog},
		{key: "outbox", icon: "send", url: "/admin/outbox", permission: staff.ViewSentMessages, demo: true},
		{key: "queue", icon: "list-checks", url: "/admin/queue", permission: staff.ViewSystem},
		{key: "system_state", icon: "hard-drive", url: "/admin/system", permission: staff.ViewSystem},
		{key: "security", icon: "shield", url: "/admin/security"},
		{key: "preview", icon: "palette", url: "/admin/preview", demo: true},
	}},
}

// shell is the frame of a staff page; title is in the reader's language.
func (h *Handlers) shell(c echo.Context, title string) ui.Shell {
	r := web.From(c)
	s := ui.Shell{Title: title, Path: c.Request().URL.Path, Theme: "auto",
		Brand: ui.Brand{Title: "MyISP", LogoURL: static.URL("icons/brand.svg"), IconURL: static.URL("icons/brand.svg")}}
	if r.View != nil {
		s.Brand.Title = portal.PortalTitle.Of(r.View.Values)
	}
	if r.Staff == nil {
		return s
	}
	s.Viewer = &ui.Viewer{Name: r.Staff.Name, Login: r.Staff.Login}
	s.Nav = h.nav(*r.Staff, s.Path)
	if f := h.kit.TakeFlash(c, session.Staff); f != nil {
		s.Toast = &ui.Toast{Tone: f.Tone, Text: i18n.T(c.Request().Context(), f.Key, f.Values()...)}
	}
	return s
}

// nav is the menu as a member sees it at a path; the item with the longest address that leads to the path is active.
func (h *Handlers) nav(m staff.Member, path string) (list []ui.NavItem) {
	active, length := -1, 0
	for _, g := range menu {
		heading := ""
		if g.key != "" {
			heading = "admin.menu." + g.key
		}
		for _, it := range g.items {
			if !m.May(it.permission) || it.demo && !h.kit.Demo {
				continue
			}
			if (under(path, it.url) || it.also != "" && under(path, it.also)) && len(it.url) > length {
				active, length = len(list), len(it.url)
			}
			list = append(list, ui.NavItem{Key: it.key, LabelKey: "admin.menu." + it.key, Icon: it.icon, URL: it.url, GroupKey: heading})
			heading = ""
		}
	}
	if active >= 0 {
		list[active].Active = true
	}
	return list
}

// under reports whether a path is an address or lies below it.
func under(path, url string) bool { return path == url || strings.HasPrefix(path, url+"/") }
