package admin

import (
	"context"
	"strconv"
	"strings"
	"time"

	"myisp/internal/money"
	"myisp/models"
	"myisp/models/portal"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// The addresses of the pages about partners and locations.
const (
	PartnersURL  = "/admin/config/partners"
	LocationsURL = "/admin/config/locations"
)

// Partners lists the partners, with a form for one more.
type Partners struct {
	Shell       ui.Shell
	Items       []*portal.View
	Name, Hosts string // as typed
	Errors      map[string]string
	MayEdit     bool
}

// PartnerPage is one partner: name and hosts, company (X14), localization (X7).
type PartnerPage struct {
	Shell       ui.Shell
	Partner     portal.Partner
	Name, Hosts string // as typed
	Errors      map[string]string
	Company     BrandingCompany
	Rows        []ConfigRow
	Example     string
	Fixed       bool // the currency stays
	MayEdit     bool
}

func partnerURL(id int64) string { return PartnersURL + "/" + strconv.FormatInt(id, 10) }

func (p PartnerPage) url(tail string) string { return partnerURL(p.Partner.ID) + tail }

// config has the setting's rows without their own reset, which leads to another page.
func (p PartnerPage) config() Config { return Config{} }

func hostsText(ctx context.Context, v *portal.View) string {
	if len(v.Hosts) == 0 {
		return i18n.T(ctx, "partners.no_hosts")
	}
	return strings.Join(v.Hosts, " · ")
}

// LocalisationExample writes an amount, a moment and an amount of data as ctx's localisation has it.
func LocalisationExample(ctx context.Context, c money.Currency) string {
	f := format.From(ctx)
	zone := f.Zone
	if zone == nil {
		zone = time.UTC
	}
	at := time.Date(2026, time.November, 22, 14, 5, 9, 0, zone)
	minor := int64(123450)
	for range max(c.Exponent()-2, 0) {
		minor *= 10
	}
	if c.Exponent() == 0 {
		minor = 1234
	}
	return format.Money(ctx, money.Of(minor, c)) + " · " + format.DateTime(ctx, at) + " · " + format.Bytes(ctx, 38_200_000_000)
}

// Locations lists the locations, with a form for one more.
type Locations struct {
	Shell   ui.Shell
	Items   []portal.Location
	Uses    map[int64]models.PlaceUse
	Name    string
	Errors  map[string]string
	MayEdit bool
}

// LocationPage is the form of one location.
type LocationPage struct {
	Shell    ui.Shell
	Location portal.Location
	Name     string // as typed
	Use      models.PlaceUse
	Errors   map[string]string
}

func locationURL(id int64) string { return LocationsURL + "/" + strconv.FormatInt(id, 10) }

func placeUse(ctx context.Context, u models.PlaceUse) string {
	if !u.Any() {
		return i18n.T(ctx, "partners.unused")
	}
	text := i18n.T(ctx, "partners.use", "customers", format.Number(ctx, u.Customers), "news", format.Number(ctx, u.News), "outages", format.Number(ctx, u.Outages))
	if u.Gateways > 0 {
		text = joined(ctx, text, i18n.T(ctx, "partners.use_gateways", "gateways", format.Number(ctx, u.Gateways)))
	}
	return text
}
