package portal_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"myisp/models/catalog"
	"myisp/models/customer"
	"myisp/models/service"
)

// SVC-1 to SVC-4, SVC-8: grouped by kind in the specified order, the total of what is active, parts of a bundle without a
// price of their own; stopped, disabled and archived ones are not listed.
func TestServices(t *testing.T) {
	s := site(t)
	alice := s.Customer(customer.Customer{Login: "alice"})
	plan, err := s.M.Catalog.AddPlan(s.Context, catalog.Plan{Kind: catalog.Internet, Title: "fiber-500", ServiceName: "Fiber 500", Price: 3990, Currency: "EUR", DownKbps: 512_000, UpKbps: 2_500}, 1)
	must(t, err)
	add := func(sv service.Service) service.Service {
		sv.CustomerID, sv.Currency = alice.ID, "EUR"
		must(t, s.M.Services.Add(s.Context, &sv))
		return sv
	}
	bundle := add(service.Service{Kind: service.Bundle, Description: "Home Bundle", UnitPrice: 4990, Status: service.Active})
	add(service.Service{Kind: service.Recurring, Description: "Static address", UnitPrice: 500, Status: service.Active})
	add(service.Service{Kind: service.Voice, Description: "Voice", UnitPrice: 900, Status: service.Active, BundleServiceID: bundle.ID, Phone: "+14155550101"})
	fiber := add(service.Service{Kind: service.Internet, PlanID: plan.ID, UnitPrice: 3990, Status: service.Pending, StartsOn: "2026-12-01", Login: "alice.fiber", IPv4: "203.0.113.9", InvoicedUntil: "2026-12-31"})
	for _, gone := range []service.Status{service.Stopped, service.Disabled, service.Archived} {
		add(service.Service{Kind: service.Internet, Description: "Gone " + string(gone), UnitPrice: 100, Status: gone})
	}
	c := s.LogIn("alice")
	p := c.Get("/services")
	texts := func(selector string) []string {
		return p.Find(selector).Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") })
	}
	if diff := cmp.Diff([]string{"Internet", "Phone", "Extras", "Bundle"}, texts("main h2")); diff != "" {
		t.Errorf("groups: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Fiber 500", "Voice", "Static address", "Home Bundle"}, texts(".row-title")); diff != "" {
		t.Errorf("services: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Pending", "Active", "Active", "Active"}, texts(".badge")); diff != "" {
		t.Errorf("badges: -want +got\n%s", diff)
	}
	if got := p.Text(".services-sum"); got != "€ 54.90" {
		t.Errorf("SVC-1: the total is %q", got)
	}
	if p.Has(".badge.tone-info") && !p.Has(".badge.tone-warn") {
		t.Error("SVC-2: pending is not amber")
	}

	detail := c.Get("/services/" + id(fiber.ID))
	for _, want := range []string{"Plan Fiber 500", "Speed 512 Mbit/s down, 2.5 up", "Price € 39.90 a month", "Start 1 December 2026", "Invoiced until 31 December 2026", "Service login alice.fiber", "IPv4 address 203.0.113.9"} {
		if got := terms(detail.Document); !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if got := c.Get("/services/" + id(bundle.ID)).Text(".row-title"); got != "Voice" {
		t.Errorf("SVC-8: the bundle contains %q", got)
	}
	if got := c.Get("/services/" + id(fiber.ID+3)).Status; got != 404 {
		t.Errorf("an archived service is %d", got)
	}
	s.Customer(customer.Customer{Login: "mallory"})
	mallory := s.LogIn("mallory")
	if got := mallory.Get("/services/" + id(fiber.ID)).Status; got != 404 {
		t.Errorf("another customer's service is %d", got)
	}
	if p := mallory.Get("/services"); !p.Has(".empty") || p.Has(".row") || p.Has(".services-total") {
		t.Error("a new customer does not get the empty state")
	}
	for _, odd := range []string{"0", "-1", "x", "99999999999999999999", "1.5", "1'--"} {
		if got := c.Get("/services/" + odd).Status; got != 404 {
			t.Errorf("/services/%s is %d", odd, got)
		}
	}
}

// terms writes a definition list as "label value" pairs.
func terms(doc *goquery.Document) string {
	return strings.Join(doc.Find(".terms > div").Map(func(_ int, s *goquery.Selection) string {
		return strings.Join(strings.Fields(s.Find("dt").Text()+" "+s.Find("dd bdi").Text()), " ")
	}), "; ")
}
