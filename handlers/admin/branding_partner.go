package admin

import (
	"bytes"

	"github.com/labstack/echo/v4"

	"myisp/handlers/web"
	"myisp/internal/icons"
	"myisp/models/db"
	"myisp/models/portal"
	"myisp/static"
	views "myisp/views/admin"
	"myisp/views/ui"
)

// iconOf makes one size of a brand's icon, or of the portal's own where the brand has none. Errors: db.ErrNotFound for a
// size that does not exist.
func iconOf(b portal.Brand, name string) ([]byte, error) {
	source := b.Icon
	if len(source) == 0 {
		source, _ = static.File("icons/brand-512.png")
	}
	img, err := icons.Decode(bytes.NewReader(source))
	if err != nil {
		return nil, err
	}
	data, ok, err := icons.NewSet(img, portal.RGB(b.Color)).Get(name)
	if err == nil && !ok {
		err = db.ErrNotFound
	}
	return data, err
}

// CompanyPage is GET /admin/branding/company (X14).
func (h *Handlers) CompanyPage(c echo.Context) error {
	b, err := h.brandingShell(c, "company")
	if err != nil {
		return err
	}
	info, err := h.m.Portal.Company(c.Request().Context(), b.Partner.ID)
	if err != nil {
		return err
	}
	return web.OK(c, views.BrandingCompanyPage(views.BrandingCompany{Branding: b, Company: info}))
}

// companyOf reads the form of a partner's company information, here and on the partner's page.
func companyOf(c echo.Context, partner int64) portal.CompanyInfo {
	f := c.FormValue
	return portal.CompanyInfo{PartnerID: partner, Name: f("name"), Street: f("street"), Zip: f("zip"), City: f("city"), Country: f("country"), Email: f("email"),
		Phone: f("phone"), Website: f("website"), CompanyID: f("company_id"), VatID: f("vat_id"), BankName: f("bank_name"), BankAccount: f("bank_account"), BankCode: f("bank_code"),
		BankHolder: f("bank_holder"), BankText: f("bank_text")}
}

// SaveCompany is POST /admin/branding/company.
func (h *Handlers) SaveCompany(c echo.Context) error {
	b, err := h.brandingShell(c, "company")
	if err != nil {
		return err
	}
	info := companyOf(c, b.Partner.ID)
	err = h.m.Portal.SaveCompany(c.Request().Context(), info)
	if fields, ok := web.Fields(err); ok {
		return web.Again(c, views.BrandingCompanyPage(views.BrandingCompany{Branding: b, Company: info, Errors: fields}))
	}
	if err != nil {
		return err
	}
	return h.brandingDone(c, b, "/company", "branding.company_saved", ui.Ok)
}

// Domains is GET /admin/branding/domains (G12).
func (h *Handlers) Domains(c echo.Context) error {
	p, err := h.domainsPage(c)
	if err != nil {
		return err
	}
	return web.OK(c, views.BrandingDomainsPage(p))
}

func (h *Handlers) domainsPage(c echo.Context) (views.BrandingDomains, error) {
	b, err := h.brandingShell(c, "domains")
	if err != nil {
		return views.BrandingDomains{}, err
	}
	hosts, err := h.m.Portal.Hosts(c.Request().Context(), b.Partner.ID)
	return views.BrandingDomains{Branding: b, Hosts: hosts}, err
}

// AddDomain is POST /admin/branding/domains.
func (h *Handlers) AddDomain(c echo.Context) error {
	p, err := h.domainsPage(c)
	if err != nil {
		return err
	}
	p.Host = c.FormValue("host")
	err = h.m.Portal.AddHost(c.Request().Context(), p.Partner.ID, p.Host)
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.BrandingDomainsPage(p))
	}
	if err != nil {
		return err
	}
	return h.brandingDone(c, p.Branding, "/domains", "branding.domain_added", ui.Ok)
}

// RemoveDomain is POST /admin/branding/domains/removal.
func (h *Handlers) RemoveDomain(c echo.Context) error {
	b, err := h.brandingShell(c, "domains")
	if err != nil {
		return err
	}
	host := c.FormValue("host")
	if host == "" {
		return db.Fail(db.Unprocess, "error.invalid")
	}
	if err := h.m.Portal.RemoveHost(c.Request().Context(), b.Partner.ID, host); err != nil {
		return err
	}
	return h.brandingDone(c, b, "/domains", "branding.domain_removed", ui.Ok)
}

// Stores is GET /admin/branding/stores (G13 to G15).
func (h *Handlers) Stores(c echo.Context) error {
	b, err := h.brandingShell(c, "stores")
	if err != nil {
		return err
	}
	v := web.From(c).View.Values
	return web.OK(c, views.BrandingStoresPage(views.BrandingStores{Branding: b, Enabled: portal.MobileApp.Of(v), GooglePlay: portal.GooglePlayID.Of(v), AppStore: portal.AppStoreID.Of(v)}))
}

// SaveStores is POST /admin/branding/stores.
func (h *Handlers) SaveStores(c echo.Context) error {
	b, err := h.brandingShell(c, "stores")
	if err != nil {
		return err
	}
	p := views.BrandingStores{Branding: b, Enabled: c.FormValue(portal.MobileApp.Key) != "", GooglePlay: c.FormValue(portal.GooglePlayID.Key), AppStore: c.FormValue(portal.AppStoreID.Key)}
	enabled := "off"
	if p.Enabled {
		enabled = "on"
	}
	_, err = h.m.Portal.SetMany(c.Request().Context(), 0, map[string]string{portal.MobileApp.Key: enabled, portal.GooglePlayID.Key: p.GooglePlay, portal.AppStoreID.Key: p.AppStore})
	if fields, ok := web.Fields(err); ok {
		p.Errors = fields
		return web.Again(c, views.BrandingStoresPage(p))
	}
	if err != nil {
		return err
	}
	return h.brandingDone(c, b, "/stores", "branding.stores_saved", ui.Ok)
}
