package portal

import (
	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/models/db"
	"myisp/models/session"
	"myisp/views/i18n"
	"myisp/views/pages"
	"myisp/views/ui"
)

// About is GET /about (spec §2.14): the partner's company information (X14).
func (h *Handlers) About(c echo.Context) error {
	s, err := h.shell(c, i18n.T(c.Request().Context(), "nav.about"), "about")
	if err != nil {
		return err
	}
	return web.OK(c, pages.AboutPage(pages.AboutOf(s, web.From(c).View.Company)))
}

// FAQ is GET /faq.
func (h *Handlers) FAQ(c echo.Context) error {
	s, err := h.shell(c, i18n.T(c.Request().Context(), "nav.faq"), "faq")
	if err != nil {
		return err
	}
	r := web.From(c)
	items, err := h.m.Messages.FAQ(c.Request().Context(), r.View.Partner.ID, r.Lang)
	if err != nil {
		return err
	}
	return web.OK(c, pages.FAQPage(pages.FAQ{Shell: s, Items: items}))
}

// More is GET /more: what has no tab of its own on a phone.
func (h *Handlers) More(c echo.Context) error {
	s, err := h.shell(c, i18n.T(c.Request().Context(), "nav.more"), "more")
	if err != nil {
		return err
	}
	return web.OK(c, pages.MorePage(pages.More{Shell: s, Items: s.More}))
}

// Settings is GET /settings: language and theme.
func (h *Handlers) Settings(c echo.Context) error {
	p, err := h.settings(c)
	if err != nil {
		return err
	}
	return web.OK(c, pages.SettingsPage(p))
}

func (h *Handlers) settings(c echo.Context) (pages.Settings, error) {
	s, err := h.shell(c, i18n.T(c.Request().Context(), "nav.settings"), "settings")
	r := web.From(c)
	return pages.Settings{Shell: s, Languages: offered(r.View.Values), Language: r.Lang, Theme: s.Theme}, err
}

// SaveSettings is POST /settings.
func (h *Handlers) SaveSettings(c echo.Context) error {
	r, ctx := web.From(c), c.Request().Context()
	me := h.m.Customers.Of(r.Me())
	theme := c.FormValue("theme")
	if theme == "auto" {
		theme = ""
	}
	if err := me.SetTheme(ctx, theme); err != nil {
		return err
	}
	if code := c.FormValue("language"); code != "" {
		known := false
		for _, l := range offered(r.View.Values) {
			known = known || l.Code == code
		}
		if !known {
			return db.Invalid{"language": "error.choice"}
		}
		if err := me.SetLanguage(ctx, code); err != nil {
			return err
		}
	}
	if err := h.kit.SetFlash(c, session.Customer, ui.Ok, "settings.saved"); err != nil {
		return err
	}
	return web.SeeOther(c, "/settings")
}

// Offline is GET /offline: what the service worker keeps for when there is no network.
func (h *Handlers) Offline(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-cache")
	return web.OK(c, pages.OfflinePage(pages.Offline{Brand: brandOf(web.From(c).View)}))
}

// Install is GET /install: how to put the portal on the home screen.
func (h *Handlers) Install(c echo.Context) error {
	return web.OK(c, pages.InstallPage(pages.Install{Shell: h.public(c, i18n.T(c.Request().Context(), "install.page_title"))}))
}
