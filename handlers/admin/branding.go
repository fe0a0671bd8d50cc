package admin

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/icons"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
	"myisp/models/session"
	"myisp/models/staff"
	views "myisp/views/admin"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// The branding studio: how a partner looks (G12 to G15, X5, X6, X14). The look is a draft until it is published; company,
// domains and store links are in force at once.

// brandingShell is what the studio's pages share. The partner comes from the query or the form; the Default partner where
// it says nothing.
func (h *Handlers) brandingShell(c echo.Context, tab string) (views.Branding, error) {
	r, ctx := web.From(c), c.Request().Context()
	b := views.Branding{Tab: tab, MayEditPartner: r.Staff.May(staff.EditPartners)}
	id := portal.DefaultPartner
	if given := c.FormValue("partner"); given != "" {
		n, err := strconv.ParseInt(given, 10, 64)
		if err != nil {
			return b, db.ErrNotFound
		}
		id = n
	}
	v := r.Partner(id)
	if v == nil {
		return b, db.ErrNotFound
	}
	b.Partner = v.Partner
	for _, v := range r.Partners() {
		b.Partners = append(b.Partners, ui.Option{Value: strconv.FormatInt(v.Partner.ID, 10), Label: v.Partner.Name})
	}
	b.Shell = h.shell(c, i18n.T(ctx, "branding.title"))
	return b, nil
}

// brandingDone goes back to a page of the studio, which says what was done.
func (h *Handlers) brandingDone(c echo.Context, b views.Branding, path, key string, tone ui.Tone) error {
	if err := h.kit.SetFlash(c, session.Staff, tone, key); err != nil {
		return err
	}
	return web.SeeOther(c, "/admin/branding"+path+"?partner="+strconv.FormatInt(b.Partner.ID, 10))
}

// Branding is GET /admin/branding: the form with the draft, beside a telephone that shows it.
func (h *Handlers) Branding(c echo.Context) error {
	if c.Request().Header.Get("HX-Target") == "frame" { // the telephone needs a document that may hold a frame
		c.Response().Header().Set("HX-Redirect", c.Request().URL.RequestURI())
		return c.NoContent(http.StatusNoContent)
	}
	p, st, err := h.lookPage(c)
	if err != nil {
		return err
	}
	p.Look = st.Current().Look()
	return web.OK(c, views.BrandingLookPage(p))
}

func (h *Handlers) lookPage(c echo.Context) (views.BrandingLook, portal.Studio, error) {
	var p views.BrandingLook
	b, err := h.brandingShell(c, "look")
	if err != nil {
		return p, portal.Studio{}, err
	}
	r := web.From(c)
	st, err := h.m.Portal.Studio(c.Request().Context(), b.Partner.ID)
	p = views.BrandingLook{Branding: b, Draft: st.Draft != nil, Unpublished: st.Unpublished(), HasIcon: len(st.Current().Icon) > 0, IconVersion: st.IconVersion(),
		SourceWidth: st.SourceWidth, SourceHeight: st.SourceHeight, MayPreview: mayPreview(r.Staff), Host: c.Request().Host}
	if hosts := r.Partner(b.Partner.ID).Hosts; len(hosts) > 0 {
		p.Host = hosts[0]
	}
	web.HoldsFrame(c)
	return p, st, err
}

// lookForm reads the form. A preset or a proposed colour, which are buttons, stand for what was typed.
func lookForm(c echo.Context) portal.Look {
	f := func(name string) string { return strings.ReplaceAll(c.FormValue(name), "\r\n", "\n") }
	l := portal.Look{Title: f("title"), ShortName: f("short_name"), Color: f("color"), Accent: f("accent"), LoginText: f("login_text"), FooterText: f("footer_text"),
		Crop: icons.Crop(f("crop")), NoIcon: f("no_icon") != ""}
	if preset := f("preset"); preset != "" {
		l.Color, l.Accent = preset, preset
	}
	if taken := f("take_color"); taken != "" {
		l.Color = taken
	}
	if taken := f("take_accent"); taken != "" {
		l.Accent = taken
	}
	return l
}

// uploaded is the file of a form's field, empty without one; a byte more than icons take is enough to refuse it.
func uploaded(c echo.Context, name string) ([]byte, error) {
	header, err := c.FormFile(name)
	if err != nil {
		return nil, nil // no file, or a form without files
	}
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, icons.MaxBytes+1))
}

// saveLook keeps the form as the draft; again answers with the form when it is not acceptable.
func (h *Handlers) saveLook(c echo.Context) (b views.Branding, again func() error, err error) {
	if b, err = h.brandingShell(c, "look"); err != nil {
		return b, nil, err
	}
	upload, err := uploaded(c, "icon")
	if err != nil {
		return b, nil, err
	}
	look := lookForm(c)
	err = h.m.Portal.SaveBrand(c.Request().Context(), b.Partner.ID, look, upload)
	fields, invalid := web.Fields(err)
	refused, isImage := errors.AsType[*icons.Error](err)
	if !invalid && !isImage {
		return b, nil, err
	}
	return b, func() error {
		p, _, err := h.lookPage(c)
		if err != nil {
			return err
		}
		p.Look, p.Errors, p.IconError = look, fields, refused
		return web.Again(c, views.BrandingLookPage(p))
	}, nil
}

// SaveBrandDraft is POST /admin/branding/draft.
func (h *Handlers) SaveBrandDraft(c echo.Context) error {
	b, again, err := h.saveLook(c)
	if err != nil {
		return err
	}
	if again != nil {
		return again()
	}
	return h.brandingDone(c, b, "", "branding.saved", ui.Ok)
}

// PublishBrand is POST /admin/branding/publication: what the form holds is saved and published.
func (h *Handlers) PublishBrand(c echo.Context) error {
	b, again, err := h.saveLook(c)
	if err != nil {
		return err
	}
	if again != nil {
		return again()
	}
	err = h.m.Portal.PublishBrand(c.Request().Context(), b.Partner.ID)
	if db.KindOf(err) == db.Conflict && err != nil {
		return h.brandingDone(c, b, "", "branding.nothing_new", ui.Info)
	}
	if err != nil {
		return err
	}
	return h.brandingDone(c, b, "", "branding.published", ui.Ok)
}

// DiscardBrandDraft is POST /admin/branding/draft/removal.
func (h *Handlers) DiscardBrandDraft(c echo.Context) error {
	b, err := h.brandingShell(c, "look")
	if err != nil {
		return err
	}
	if err := h.m.Portal.DiscardBrand(c.Request().Context(), b.Partner.ID); err != nil {
		return err
	}
	return h.brandingDone(c, b, "", "branding.discarded", ui.Ok)
}

// PreviewBrand is POST /admin/branding/preview: the telephone with what the form holds, which is stored nowhere but in a
// draft of the preview.
func (h *Handlers) PreviewBrand(c echo.Context) error {
	p, st, err := h.lookPage(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	p.Look = lookForm(c)
	brand, err := h.m.Portal.Dressed(ctx, st, p.Look)
	if refused, ok := errors.AsType[*icons.Error](err); ok {
		p.IconError = refused
		return web.Again(c, views.BrandingLookPage(p))
	}
	if err != nil {
		return err
	}
	changes := portal.Changes{Brand: &brand}
	if strings.TrimSpace(p.Look.Title) != "" {
		changes.Settings = map[string]string{portal.PortalTitle.Key: strconv.Quote(strings.TrimSpace(p.Look.Title))}
	}
	who, err := h.previewCustomer(ctx, p.Partner.ID, "")
	if err != nil {
		return err
	}
	token, err := h.keepDraft(c, c.FormValue("draft"), portal.Draft{PartnerID: p.Partner.ID, CustomerID: who.ID, Changes: changes})
	if _, invalid := web.Fields(err); invalid {
		return web.Again(c, views.BrandingLookPage(p))
	}
	if err != nil {
		return err
	}
	if !web.IsHTMX(c) {
		return web.SeeOther(c, draftPage(token))
	}
	if p.Phone, err = h.phone(c, token, portal.Draft{PartnerID: p.Partner.ID, CustomerID: who.ID}); err != nil {
		return err
	}
	if p.Phone.Tabs, err = h.brandTabs(c, who); err != nil {
		return err
	}
	p.Phone.Path = p.Phone.Tabs[0].Path
	return web.OK(c, views.BrandingLookPage(p))
}

// brandTabs are the pages that show most of a brand: log-in, home, an invoice.
func (h *Handlers) brandTabs(c echo.Context, who customer.Customer) ([]ui.PhoneTab, error) {
	tabs := []ui.PhoneTab{{LabelKey: "config.phone_login", Path: "/login"}}
	if who.ID == 0 {
		return tabs, nil
	}
	tabs = append(tabs, ui.PhoneTab{LabelKey: "nav.home", Path: "/"})
	page, err := h.m.Finance.Of(who.ID).Invoices(c.Request().Context(), finance.Filter{Size: 1}, db.DayOf(web.From(c).Now(), time.UTC))
	if err != nil || len(page.Rows) == 0 {
		return tabs, err
	}
	return append(tabs, ui.PhoneTab{LabelKey: "branding.phone_invoice", Path: "/finance/invoices/" + strconv.FormatInt(page.Rows[0].ID, 10)}), nil
}

// BrandImage is GET /admin/branding/image: what is made of the studio's icon (of: a size by its file name), the image that
// it was cut from (source), or what a crop would make of that (crop).
func (h *Handlers) BrandImage(c echo.Context) error {
	b, err := h.brandingShell(c, "look")
	if err != nil {
		return err
	}
	ctx, of, crop := c.Request().Context(), c.QueryParam("of"), icons.Crop(c.QueryParam("crop"))
	var data []byte
	switch of {
	case "source":
		data, err = h.m.Portal.SourceImage(ctx, b.Partner.ID)
	case "crop":
		data, err = h.m.Portal.CropImage(ctx, b.Partner.ID, crop)
	case "":
		of = icons.Icon192.Name
		fallthrough
	default:
		data, err = h.madeIcon(c, b.Partner.ID, of, portal.Look{Color: c.QueryParam("color"), Crop: crop})
	}
	if icons.Reason(err) != "" {
		return db.ErrNotFound
	}
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, icons.ContentType(of), data)
}

// madeIcon is one size of the studio's icon, as a look would have it.
func (h *Handlers) madeIcon(c echo.Context, partner int64, name string, look portal.Look) ([]byte, error) {
	ctx := c.Request().Context()
	st, err := h.m.Portal.Studio(ctx, partner)
	if err != nil {
		return nil, err
	}
	brand, err := h.m.Portal.Dressed(ctx, st, look)
	if err != nil {
		return nil, err
	}
	return iconOf(brand, name)
}

// VersionIcon is GET /admin/branding/versions/:id/icon: the icon of a brand of the history.
func (h *Handlers) VersionIcon(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return db.ErrNotFound
	}
	source, err := h.m.Portal.BrandIcon(c.Request().Context(), id)
	if err != nil {
		return err
	}
	data, err := iconOf(portal.Brand{Icon: source}, icons.Icon192.Name)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "image/png", data)
}

// RollBackBrand is POST /admin/branding/versions/:id/publication.
func (h *Handlers) RollBackBrand(c echo.Context) error {
	b, err := h.brandingShell(c, "history")
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return db.ErrNotFound
	}
	if err := h.m.Portal.RollBackBrand(c.Request().Context(), b.Partner.ID, id); err != nil {
		return err
	}
	return h.brandingDone(c, b, "/history", "branding.rolled_back", ui.Ok)
}

// historySize is how many versions a page shows.
const historySize = 20

// BrandHistory is GET /admin/branding/history.
func (h *Handlers) BrandHistory(c echo.Context) error {
	b, err := h.brandingShell(c, "history")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	before, _ := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	list, err := h.m.Portal.BrandHistory(ctx, b.Partner.ID, before, historySize)
	if err != nil {
		return err
	}
	st, err := h.m.Portal.Studio(ctx, b.Partner.ID)
	if err != nil {
		return err
	}
	p := views.BrandingHistory{Branding: b, Versions: list, Draft: st.Draft != nil}
	if len(list) == historySize {
		q := url.Values{"partner": {strconv.FormatInt(b.Partner.ID, 10)}, "before": {strconv.FormatInt(list[historySize-1].ID, 10)}}
		p.Next = "/admin/branding/history?" + q.Encode()
	}
	return web.OK(c, views.BrandingHistoryPage(p))
}
