package portal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"

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

func brandVersion(v *portal.View) string { return v.BrandVersion + makers() }

// makers is what a brand's files are made with, besides the brand: the portal's own icon, how icons are drawn and how the
// stylesheet is derived. A release that changes one of them changes the addresses.
var makers = sync.OnceValue(func() string {
	own, _ := static.File("icons/brand-512.png")
	sum := sha256.Sum256(append([]byte(icons.Revision+ui.ThemeCSS("#0a6cff", "#c2185b")), own...))
	return hex.EncodeToString(sum[:2])
})

func (h *Handlers) filesOf(v *portal.View) (*brandFiles, error) {
	version := brandVersion(v)
	if hit := h.brands.get(version); hit != nil {
		return hit, nil
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
	files := &brandFiles{set: icons.NewSet(img, portal.RGB(v.Brand.Color)), css: ui.ThemeCSS(v.Brand.Color, v.Brand.Accent)}
	h.brands.put(version, files)
	return files, nil
}

// brandShelf keeps the files of the brands that were asked for last. Each holds about a megabyte, and staff who try colours
// ask for many that nobody will ask for again.
type brandShelf struct {
	mu    sync.Mutex
	clock int64
	files map[string]*brandFiles
	used  map[string]int64
}

const shelfSize = 32

func (s *brandShelf) get(version string) *brandFiles {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[version]
	if f != nil {
		s.clock++
		s.used[version] = s.clock
	}
	return f
}

func (s *brandShelf) put(version string, f *brandFiles) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files, s.used = map[string]*brandFiles{}, map[string]int64{}
	}
	for len(s.files) >= shelfSize {
		oldest := ""
		for name, at := range s.used {
			if oldest == "" || at < s.used[oldest] {
				oldest = name
			}
		}
		delete(s.files, oldest)
		delete(s.used, oldest)
	}
	s.clock++
	s.files[version], s.used[version] = f, s.clock
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

// BrandIcon is GET /favicon.ico and /apple-touch-icon.png: browsers ask for these by name, and each time whether they have
// changed.
func (h *Handlers) BrandIcon(c echo.Context) error {
	v := web.From(c).Host
	tag := `"` + brandVersion(v) + `"`
	c.Response().Header().Set("ETag", tag)
	if c.Request().Header.Get("If-None-Match") == tag {
		c.Response().Header().Set("Cache-Control", "no-cache")
		return c.NoContent(http.StatusNotModified)
	}
	return h.brandFile(c, v, strings.TrimPrefix(c.Request().URL.Path, "/"), "no-cache")
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

// ServiceWorker is GET /sw.js. Its address must not change, so browsers ask each time whether it has. The offline page that
// it keeps shows the brand, so a published brand is a new worker with a new cache.
func (h *Handlers) ServiceWorker(c echo.Context) error {
	v := web.From(c).Host
	sum := sha256.Sum256([]byte(brandVersion(v) + "\x00" + portal.PortalTitle.Of(v.Values) + "\x00" + v.Brand.ShortName + "\x00" + v.Brand.FooterText))
	body, _ := static.File("js/sw.js")
	body = bytes.Replace(body, []byte(static.Version()), []byte(static.Version()+"-"+hex.EncodeToString(sum[:4])), 1)
	c.Response().Header().Set("Cache-Control", "no-cache")
	return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", body)
}
