package portal

import (
	"bytes"
	"encoding/json"
	"image/color"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"myisp"
	"myisp/handlers/web"
	"myisp/internal/icons"
	"myisp/models/db"
	"myisp/models/portal"
	"myisp/static"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// brandFiles are the files made from one published brand: its stylesheet and every size of its icon.
type brandFiles struct {
	set *icons.Set
	css string
}

// brandPath is where a partner's brand files live. The version in it changes with the brand and with the program that
// makes the files, so they are kept for ever.
func brandPath(v *portal.View) string {
	return "/brand/" + strconv.FormatInt(v.Partner.ID, 10) + "-" + brandVersion(v)
}

func brandVersion(v *portal.View) string { return v.BrandVersion + static.Version()[:4] }

func (h *Handlers) filesOf(v *portal.View) (*brandFiles, error) {
	version := brandVersion(v)
	if hit, ok := h.brands.Load(version); ok {
		return hit.(*brandFiles), nil
	}
	source := v.Brand.Icon
	if len(source) == 0 {
		source, _ = static.File("icons/brand-512.png")
	}
	img, err := icons.Decode(bytes.NewReader(source))
	if err != nil {
		slog.Error("the brand's icon cannot be used, taking the portal's own", "partner", v.Partner.ID, "err", err)
		own, _ := static.File("icons/brand-512.png")
		if img, err = icons.Decode(bytes.NewReader(own)); err != nil {
			return nil, err
		}
	}
	files := &brandFiles{set: icons.NewSet(img, colorOf(v.Brand.Color)), css: ui.ThemeCSS(v.Brand.Color, v.Brand.Accent)}
	h.brands.Store(version, files)
	return files, nil
}

func colorOf(hex string) color.Color {
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		return color.White
	}
	return color.NRGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 0xff}
}

const forever = "public, max-age=31536000, immutable"

// BrandFile is GET /brand/:version/:file: the stylesheet or an icon of a published brand.
func (h *Handlers) BrandFile(c echo.Context) error {
	partner, version, _ := strings.Cut(c.Param("version"), "-")
	id, err := strconv.ParseInt(partner, 10, 64)
	if err != nil {
		return db.ErrNotFound
	}
	v := web.From(c).Partner(id)
	if v == nil {
		return db.ErrNotFound
	}
	// A page of a moment ago may still name the version before: it gets today's file, but must not keep it.
	cache := forever
	if version != brandVersion(v) {
		cache = "no-cache"
	}
	return h.brandFile(c, v, c.Param("file"), cache)
}

// BrandIcon is GET /favicon.ico and /apple-touch-icon.png: browsers ask for these by name.
func (h *Handlers) BrandIcon(c echo.Context) error {
	return h.brandFile(c, web.From(c).Host, strings.TrimPrefix(c.Request().URL.Path, "/"), "public, max-age=3600")
}

func (h *Handlers) brandFile(c echo.Context, v *portal.View, name, cache string) error {
	files, err := h.filesOf(v)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", cache)
	c.Response().Header().Del("Vary")
	if name == "theme.css" {
		return c.Blob(http.StatusOK, "text/css; charset=utf-8", []byte(files.css))
	}
	data, ok, err := files.set.Get(name)
	if err != nil {
		return err
	}
	if !ok {
		return db.ErrNotFound
	}
	return c.Blob(http.StatusOK, icons.ContentType(name), data)
}

// Manifest is GET /manifest.webmanifest: the base manifest with the brand of the host's partner.
func (h *Handlers) Manifest(c echo.Context) error {
	v := web.From(c).Host
	var m map[string]any
	if err := json.Unmarshal(myisp.Manifest, &m); err != nil {
		return err
	}
	base, ctx := brandPath(v), c.Request().Context()
	m["name"], m["short_name"] = portal.PortalTitle.Of(v.Values), v.Brand.ShortName
	m["theme_color"] = v.Brand.Color
	m["lang"], m["dir"] = i18n.Lang(ctx), i18n.Dir(ctx)
	m["icons"] = []map[string]string{
		{"src": base + "/icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
		{"src": base + "/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any"},
		{"src": base + "/maskable-192.png", "sizes": "192x192", "type": "image/png", "purpose": "maskable"},
		{"src": base + "/maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
	}
	m["shortcuts"] = shortcuts(c, v)
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-cache")
	return c.Blob(http.StatusOK, "application/manifest+json; charset=utf-8", body)
}

// shortcuts are the app's: a long press on the icon leads straight to the modules that are on.
func shortcuts(c echo.Context, v *portal.View) []map[string]any {
	ctx := c.Request().Context()
	list := []map[string]any{}
	for _, s := range []struct{ module, key, url string }{
		{"finance", "action.pay", "/pay"}, {"finance", "finance.invoices", "/finance/invoices"}, {"services", "nav.services", "/services"},
	} {
		if web.From(c).ModuleOn(s.module) {
			list = append(list, map[string]any{"name": i18n.T(ctx, s.key), "url": s.url,
				"icons": []map[string]string{{"src": brandPath(v) + "/icon-192.png", "sizes": "192x192", "type": "image/png"}}})
		}
	}
	return list
}

// ServiceWorker is GET /sw.js. Its address must not change, so browsers ask each time whether it has.
func (h *Handlers) ServiceWorker(c echo.Context) error {
	body, _ := static.File("js/sw.js")
	c.Response().Header().Set("Cache-Control", "no-cache")
	return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", body)
}
