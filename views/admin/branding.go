package admin

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"myisp/internal/contrast"
	"myisp/internal/icons"
	"myisp/models/portal"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// Branding is what the pages of the branding studio share: whose brand it is, and which page of it this is.
type Branding struct {
	Shell    ui.Shell
	Partner  portal.Partner
	Partners []ui.Option
	Tab      string // one of brandingTabs
	// MayEditPartner lets company and domains be changed, which is more than looks.
	MayEditPartner bool
}

// brandingTabs are the pages of the studio: the path below /admin/branding, and the tail of the key branding.tab.*.
var brandingTabs = []string{"look", "company", "domains", "stores", "history"}

func (b Branding) url(tab string) string {
	path := "/admin/branding"
	if tab != "look" {
		path += "/" + tab
	}
	return path + "?partner=" + b.id()
}

func (b Branding) id() string { return strconv.FormatInt(b.Partner.ID, 10) }

func (b Branding) chips(ctx context.Context) (list []ui.Chip) {
	for _, tab := range brandingTabs {
		list = append(list, ui.Chip{Label: i18n.T(ctx, "branding.tab."+tab), URL: b.url(tab), Active: tab == b.Tab})
	}
	return list
}

// BrandingLook is the form with the partner's draft: title, name, icon, colours, texts.
type BrandingLook struct {
	Branding
	Look        portal.Look
	Errors      map[string]string
	IconError   *icons.Error // why the image just sent was refused
	Draft       bool
	Unpublished []string // what of the draft is not published: title, color, icon …
	HasIcon     bool
	IconVersion string // changes with the stored icon, so that browsers ask anew
	// SourceWidth and SourceHeight are the size of an image that is not square and can be cut otherwise; zero for none.
	SourceWidth, SourceHeight int
	Host                      string   // where the app would be installed from
	Phone                     ui.Phone // without Base until the first preview
	MayPreview                bool
}

// BrandPresets are colours to begin with, all of them readable.
var BrandPresets = []struct{ Key, Color string }{
	{"blue", "#1d5eff"}, {"navy", "#1e3a8a"}, {"teal", "#0f766e"}, {"green", "#15803d"}, {"orange", "#c2410c"}, {"red", "#b91c1c"}, {"pink", "#be185d"},
	{"violet", "#6d28d9"}, {"slate", "#334155"}, {"yellow", "#facc15"},
}

// nameFits is how many characters of a name home screens show.
const nameFits = 12

// proposal is the nearest colour that passes the contrast guard, where the one typed does not.
func (p BrandingLook) proposal(field, value string) string {
	if p.Errors[field] == "" || !contrast.Valid(value) {
		return ""
	}
	return contrast.Nearest(value)
}

// guard says how well text can be read on a colour.
func guard(ctx context.Context, hex string) string {
	if !contrast.Valid(hex) {
		return ""
	}
	ink := "branding.ink_dark"
	if contrast.Ink(hex) == contrast.InkLight {
		ink = "branding.ink_light"
	}
	return i18n.T(ctx, "branding.guard", "ink", i18n.T(ctx, ink), "ratio", strconv.FormatFloat(contrast.Ratio(hex, contrast.Ink(hex)), 'f', 1, 64))
}

// painted is a colour that an SVG attribute takes; what is typed may be none yet.
func painted(hex string) string {
	if n := contrast.Normal(hex); n != "" {
		return n
	}
	return contrast.Default
}

// image is the address of something made of the studio's icon: a size by its file name, "source", or "crop" with a crop.
func (p BrandingLook) image(of string, crop icons.Crop) string {
	q := url.Values{"partner": {p.id()}, "of": {of}, "v": {p.IconVersion}}
	if crop != "" {
		q.Set("crop", string(crop))
	} else {
		q.Set("color", painted(p.Look.Color))
	}
	return "/admin/branding/image?" + q.Encode()
}

// wide says whether the image is wider than high, which decides what its start and end are called.
func (p BrandingLook) wide() bool { return p.SourceWidth > p.SourceHeight }

func (p BrandingLook) cropLabel(ctx context.Context, c icons.Crop) string {
	key := "branding.crop." + string(c)
	if (c == icons.Start || c == icons.End) && !p.wide() {
		key += "_high"
	}
	return i18n.T(ctx, key)
}

// byHand is the crop's part in pixels of the source, when it is one.
func (p BrandingLook) byHand() bool { return strings.HasPrefix(string(p.Look.Crop), "part ") }

// iconError says in words why an image was refused.
func iconError(ctx context.Context, e *icons.Error) string {
	if e == nil {
		return ""
	}
	key := "branding.refused." + e.Reason
	switch {
	case e.Reason == icons.TooBig && e.Width == 0:
		key += "_file"
	case e.Reason == icons.WrongType && e.Detail == "":
		key += "_unknown"
	}
	return i18n.T(ctx, key, "width", strconv.Itoa(e.Width), "height", strconv.Itoa(e.Height), "detail", e.Detail)
}

// changedText lists what changed in words: "Title, Colour".
func changedText(ctx context.Context, fields []string) string {
	var words []string
	for _, f := range fields {
		words = append(words, i18n.T(ctx, "branding.field."+f))
	}
	return strings.Join(words, i18n.T(ctx, "branding.comma")+" ")
}

// label is a name as a home screen shows it, cut where it does not fit.
func label(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most-1])) + "…"
	}
	return s
}

// BrandingCompany is the form of the partner's company information (X14).
type BrandingCompany struct {
	Branding
	Company portal.CompanyInfo
	Errors  map[string]string
}

// companyField is one line of that form.
type companyField struct {
	Name, Value, Type, Autocomplete string
	Max                             int
	LTR                             bool
	Rows                            int // more than 0 makes a textarea
}

func (p BrandingCompany) fields() (address, contact, legal, bank []companyField) {
	c := p.Company
	return []companyField{{"name", c.Name, "", "organization", 200, false, 0}, {"street", c.Street, "", "street-address", 200, false, 0},
			{"zip", c.Zip, "", "postal-code", 32, false, 0}, {"city", c.City, "", "address-level2", 120, false, 0}, {"country", c.Country, "", "country-name", 120, false, 0}},
		[]companyField{{"email", c.Email, "email", "email", 254, true, 0}, {"phone", c.Phone, "tel", "tel", 64, true, 0}, {"website", c.Website, "url", "url", 200, true, 0}},
		[]companyField{{"company_id", c.CompanyID, "", "off", 64, true, 0}, {"vat_id", c.VatID, "", "off", 64, true, 0}},
		[]companyField{{"bank_name", c.BankName, "", "off", 120, false, 0}, {"bank_account", c.BankAccount, "", "off", 64, true, 0}, {"bank_code", c.BankCode, "", "off", 32, true, 0},
			{"bank_holder", c.BankHolder, "", "off", 200, false, 0}, {"bank_text", c.BankText, "", "off", 1000, false, 3}}
}

// companyTerms are the fields of the form for who may only read them.
func companyTerms(ctx context.Context, groups ...[]companyField) (list []ui.Term) {
	for _, g := range groups {
		for _, f := range g {
			list = append(list, ui.Term{Label: i18n.T(ctx, "branding.company."+f.Name), Value: f.Value})
		}
	}
	return list
}

// BrandingDomains are the host names that lead to the partner (G12).
type BrandingDomains struct {
	Branding
	Hosts  []string
	Host   string // as typed
	Errors map[string]string
}

// BrandingStores are the links to app stores on the log-in page (G13 to G15), for all partners.
type BrandingStores struct {
	Branding
	Enabled              bool
	GooglePlay, AppStore string
	Errors               map[string]string
}

// BrandingHistory lists what was published.
type BrandingHistory struct {
	Branding
	Versions []portal.Version
	Draft    bool
	Next     string
}

func (p BrandingHistory) icon(v portal.Version) string {
	return "/admin/branding/versions/" + strconv.FormatInt(v.ID, 10) + "/icon"
}

func (p BrandingHistory) text(ctx context.Context, v portal.Version) string {
	by := v.By
	if by == "" {
		by = i18n.T(ctx, "branding.by_system")
	}
	return i18n.T(ctx, "branding.published_by", "who", by, "when", format.DateTime(ctx, v.At))
}

func (p BrandingHistory) what(ctx context.Context, v portal.Version) string {
	switch {
	case v.RestoredID != 0 && !v.RestoredAt.IsZero():
		return i18n.T(ctx, "branding.restored", "when", format.DateTime(ctx, v.RestoredAt))
	case v.Changed == nil:
		return i18n.T(ctx, "branding.first")
	case len(v.Changed) == 0:
		return i18n.T(ctx, "branding.nothing_changed")
	}
	return i18n.T(ctx, "branding.changed", "what", changedText(ctx, v.Changed))
}

func (p BrandingDomains) noDomains(ctx context.Context) string {
	if p.Partner.ID == portal.DefaultPartner {
		return i18n.T(ctx, "branding.no_domains_default")
	}
	return i18n.T(ctx, "branding.no_domains_text")
}
