// Package portal holds the customers' side of the portal: one file a module. A handler makes three moves: it reads the
// form, calls one method of models, and renders or redirects.
package portal

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"myisp/handlers/cashier"
	"myisp/handlers/web"
	"myisp/internal/gateway"
	"myisp/models"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/static"
	"myisp/views/errs"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Handlers are the customers' handlers.
type Handlers struct {
	kit    *web.Kit
	m      *models.Models
	brands brandShelf
	desk   *desk
	// cashier pays through gateways; hosted is the pretend provider's page, nil where there is none.
	cashier *cashier.Cashier
	hosted  gateway.Hosted
}

// New returns the handlers on the kit. hosted may be nil.
func New(kit *web.Kit, till *cashier.Cashier, hosted gateway.Hosted) *Handlers {
	return &Handlers{kit: kit, m: kit.M, desk: deskOfThisMachine(), cashier: till, hosted: hosted}
}

// tab is one place in the navigation. The first present ones are the phone's tabs, the others stand under More.
type tab struct {
	key, icon, url string
	tab            bool // one of the phone's bottom tabs
	module         string
	disabled       bool // also for customers with status disabled
}

// tabs is the navigation in its fixed order; a module that P3 switches off disappears from it.
var tabs = []tab{
	{key: "home", icon: "house", url: "/", tab: true, disabled: true},
	{key: "services", icon: "wifi", url: "/services", tab: true, module: "services"},
	{key: "finance", icon: "credit-card", url: "/finance", tab: true, module: "finance", disabled: true},
	{key: "support", icon: "life-buoy", url: "/tickets", tab: true, module: "tickets", disabled: true},
	{key: "messages", icon: "mail", url: "/messages", module: "messages"},
	{key: "news", icon: "newspaper", url: "/news", module: "news"},
	{key: "profile", icon: "user", url: "/profile", module: "profile"},
	{key: "settings", icon: "settings", url: "/settings", disabled: true},
	{key: "faq", icon: "circle-help", url: "/faq", disabled: true},
	{key: "about", icon: "info", url: "/about", module: "about", disabled: true},
}

// shell is the frame of a signed-in customer's page: key is the place in the navigation that the page belongs to.
func (h *Handlers) shell(c echo.Context, title, key string) (ui.Shell, error) {
	r := web.From(c)
	ctx := c.Request().Context()
	s := h.public(c, title)
	s.Viewer = &ui.Viewer{Name: r.Customer.Name, Login: r.Customer.Login}
	if r.Reaches(web.Route{Module: "profile"}) {
		s.Viewer.URL = "/profile"
	}
	s.InstallHint = (key == "home" || key == "more") && !s.Onlooker
	if err := h.kit.Know(c); err != nil {
		return s, err
	}
	s.Unread = r.Nav.UnreadMessages + r.Nav.UnreadTickets
	if r.Nav.UnreadMessages == 0 && r.Nav.UnreadTickets > 0 {
		s.UnreadURL = "/tickets"
	}
	more := ui.NavItem{Key: "more", LabelKey: "nav.more", Icon: "menu", URL: "/more"}
	for _, t := range tabs {
		if !r.Reaches(web.Route{Module: t.module, Disabled: t.disabled}) {
			continue
		}
		item := ui.NavItem{Key: t.key, LabelKey: "nav." + t.key, Icon: t.icon, URL: t.url, Active: t.key == key}
		switch t.key {
		case "support":
			item.Badge = r.Nav.UnreadTickets
		case "messages":
			item.Badge = r.Nav.UnreadMessages
		}
		if t.tab {
			s.Nav = append(s.Nav, item)
			continue
		}
		more.Active = more.Active || item.Active
		s.More = append(s.More, item)
	}
	more.Active = more.Active || key == more.Key
	s.Nav = append(s.Nav, more)
	if f := h.kit.TakeFlash(c, session.Customer); f != nil {
		s.Toast = &ui.Toast{Tone: f.Tone, Text: i18n.T(ctx, f.Key, f.Values()...)}
	}
	return s, nil
}

// public is the frame of pages that need no log-in.
func (h *Handlers) public(c echo.Context, title string) ui.Shell {
	r := web.From(c)
	s := ui.Shell{Title: title, Path: c.Request().URL.Path, Theme: "auto"}
	if r.Customer != nil && r.Customer.Theme != "" {
		s.Theme = r.Customer.Theme
	}
	if r.Theme != "" {
		s.Theme = r.Theme
	}
	s.Onlooker = r.Acting != nil || r.Preview
	if r.Acting != nil {
		s.Banner = actingBanner(c, r)
	}
	if r.View != nil {
		s.Brand = brandOf(r.View)
		s.Brand.Host = c.Request().Host
	} else {
		s.Brand = ui.Brand{Title: "MyISP", IconURL: static.URL("icons/brand.svg")}
	}
	return s
}

// brandOf is a partner's published look, at addresses that change with it.
func brandOf(v *portal.View) ui.Brand {
	base := brandPath(v)
	return ui.Brand{Title: portal.PortalTitle.Of(v.Values), ShortName: v.Brand.ShortName, ThemeURL: base + "/theme.css", LogoURL: base + "/icon-192.png",
		IconURL: base + "/icon-192.png", TouchIconURL: base + "/apple-touch-icon.png", FooterText: v.Brand.FooterText}
}

// ErrorPage shows an error to a customer or to whoever is not signed in.
func (h *Handlers) ErrorPage(c echo.Context, status int) error {
	page := errs.Error{Shell: h.public(c, ""), Status: status, RequestID: c.Response().Header().Get(echo.HeaderXRequestID)}
	if r := web.From(c); r.Customer != nil && status < http.StatusInternalServerError {
		if s, err := h.shell(c, "", ""); err == nil {
			page.Shell = s
		}
	}
	if r := web.From(c); r.Acting != nil && status == http.StatusForbidden {
		page.TitleKey, page.TextKey = "acting.refused", "acting.refused_reading"
		if r.Acting.Writes {
			page.TextKey = "acting.refused_writing"
		}
	}
	if status == http.StatusServiceUnavailable || status == http.StatusInternalServerError {
		page.Retry = again(c)
	}
	return web.Render(c, status, errs.ErrorPage(page))
}

func (h *Handlers) flash(c echo.Context, tone ui.Tone, key, path string) error {
	if err := h.kit.SetFlash(c, session.Customer, tone, key); err != nil {
		return err
	}
	return web.SeeOther(c, path)
}
