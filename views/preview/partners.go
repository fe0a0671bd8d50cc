package preview

import (
	"context"

	"myisp/models"
	"myisp/models/portal"
	"myisp/views/admin"
)

// partnerPages are partners and locations as staff edit them.
func partnerPages() []Page {
	one, two := portal.Partner{ID: 1, Name: "Default"}, portal.Partner{ID: 2, Name: "Harbor Fiber"}
	list := admin.Partners{Shell: staff("Partners"), MayEdit: true, Items: []*portal.View{{Partner: one}, {Partner: two, Hosts: []string{"harbor.isp.example"}}}}
	page := admin.PartnerPage{Shell: staff("Harbor Fiber"), Partner: two, Name: two.Name, Hosts: "harbor.isp.example", MayEdit: true, Fixed: true, Example: "1.234,50 € · 22.11.2026, 14:05 · 38,2 GB",
		Company: admin.BrandingCompany{Company: portal.CompanyInfo{Name: "Harbor Fiber B.V.", City: "Harbor"}, Errors: map[string]string{"bank_code": "partners.error.bic"}}}
	for _, d := range portal.Declarations() {
		if d.Section == "localization" {
			page.Rows = append(page.Rows, admin.ConfigRowOf(context.Background(), d, d.Default()))
		}
	}
	read := page
	read.MayEdit = false
	riverside := portal.Location{ID: 1, Name: "Riverside"}
	places := admin.Locations{Shell: staff("Locations"), MayEdit: true, Items: []portal.Location{riverside, {ID: 2, Name: "Old Town"}}, Uses: map[int64]models.PlaceUse{1: {Customers: 120, Outages: 1}}}
	return []Page{{"admin/partners", admin.PartnersPage(list)}, {"admin/partner", admin.PartnerEditPage(page)}, {"admin/partner-read", admin.PartnerEditPage(read)},
		{"admin/locations", admin.LocationsPage(places)}, {"admin/locations-none", admin.LocationsPage(admin.Locations{Shell: staff("Locations")})},
		{"admin/location", admin.LocationEditPage(admin.LocationPage{Shell: staff("Riverside"), Location: riverside, Name: "Riverside", Use: places.Uses[1]})}}
}
