package preview

import (
	"time"

	"myisp/internal/icons"
	"myisp/internal/icons/svg"
	"myisp/models/portal"
	"myisp/views/admin"
	"myisp/views/ui"
)

// brandingPages are the branding studio with the pretend ISP's second partner.
func brandingPages() []Page {
	of := func(tab string) admin.Branding {
		return admin.Branding{Shell: staff("Branding"), Partner: portal.Partner{ID: 2, Name: "Harbor Fiber"}, Tab: tab, MayEditPartner: true,
			Partners: []ui.Option{{Value: "1", Label: "Default"}, {Value: "2", Label: "Harbor Fiber"}}}
	}
	look := portal.Look{Title: "Harbor Fiber", ShortName: "Harbor", Color: "#0f766e", Accent: "#0f766e", LoginText: "Fast lanes from the harbour.",
		FooterText: "Harbor Fiber · Havenkade 7, Harbor", Crop: icons.Centre}
	plain := admin.BrandingLook{Branding: of("look"), Look: look, Host: "my-harbor.example", MayPreview: true}
	crop := plain
	crop.Draft, crop.HasIcon, crop.SourceWidth, crop.SourceHeight, crop.Unpublished = true, true, 900, 300, []string{"title", "icon"}
	bad := plain
	bad.Look.Color, bad.Look.ShortName = "#7b7b7b", ""
	bad.Errors = map[string]string{"color": "branding.error.contrast", "short_name": "error.required"}
	bad.IconError = &icons.Error{Reason: icons.TooSmall, Width: 64, Height: 48}
	hostile := plain
	hostile.IconError = &icons.Error{Reason: svg.Script, Detail: "<script>"}
	company := admin.BrandingCompany{Branding: of("company"), Company: portal.CompanyInfo{PartnerID: 2, Name: "Harbor Fiber B.V.", City: "Harbor", Email: "hello"},
		Errors: map[string]string{"email": "error.email"}}
	versions := []portal.Version{
		{ID: 9, Published: true, At: now, By: "Ada Admin", Title: "Harbor Fiber", Color: "#0f766e", RestoredID: 3, RestoredAt: now.Add(-240 * time.Hour)},
		{ID: 7, At: now.Add(-time.Hour), By: "Ada Admin", Title: "Harbour", Color: "#c2410c", Changed: []string{"title", "color", "icon"}},
		{ID: 5, At: now.Add(-2 * time.Hour), By: "Ada Admin", Title: "Harbour", Color: "#0f766e", Changed: []string{}},
		{ID: 3, At: now.Add(-240 * time.Hour), Title: "Harbor Fiber", Color: "#0f766e"},
	}
	return []Page{
		{"branding/look", admin.BrandingLookPage(plain)}, {"branding/crop", admin.BrandingLookPage(crop)}, {"branding/refused", admin.BrandingLookPage(bad)},
		{"branding/hostile", admin.BrandingLookPage(hostile)}, {"branding/company", admin.BrandingCompanyPage(company)},
		{"branding/domains", admin.BrandingDomainsPage(admin.BrandingDomains{Branding: of("domains"), Hosts: []string{"harbor-fiber.example", "my-harbor.example"}})},
		{"branding/no-domains", admin.BrandingDomainsPage(admin.BrandingDomains{Branding: of("domains"), Host: "!", Errors: map[string]string{"host": "branding.error.host"}})},
		{"branding/stores", admin.BrandingStoresPage(admin.BrandingStores{Branding: of("stores"), Enabled: true, GooglePlay: "com.harbor.portal", Errors: map[string]string{"app_store_app_id": "config.error.app_store"}})},
		{"branding/history", admin.BrandingHistoryPage(admin.BrandingHistory{Branding: of("history"), Versions: versions, Draft: true, Next: "/admin/branding/history?before=3"})},
	}
}
