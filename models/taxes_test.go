package models_test

import (
	"context"
	"testing"

	"myisp/models/catalog"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/service"
)

// TestTaxChoice: the customer's services say which tax to begin with, else the partner's plans, else none is; what neither uses
// comes last, and what is archived not at all.
func TestTaxChoice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := testModels(t, d), context.Background()
		alice := fill(t, m) // one service without tax
		tax := map[string]int64{}
		for name, rate := range map[string]int64{"Reduced": 90_000, "VAT": 230_000, "Foreign": 210_000} {
			x, err := m.Catalog.AddTax(ctx, catalog.Tax{Name: name, RatePPM: rate})
			must(t, err)
			tax[name] = x.ID
		}
		serve := func(name string) {
			t.Helper()
			must(t, m.Services.Add(ctx, &service.Service{CustomerID: alice.ID, Kind: service.Internet, Description: name, UnitPrice: 1, Currency: "EUR", Status: service.Active, TaxID: tax[name]}))
		}
		check := func(what string, customer, usual int64, own, others int) {
			t.Helper()
			c, err := m.TaxChoice(ctx, customer, 1)
			must(t, err)
			if c.Usual != usual || len(c.Own) != own || len(c.Others) != others {
				t.Errorf("%s: %+v", what, c)
			}
		}
		const stranger = 99
		check("no plans", stranger, 0, 0, 3)
		for _, name := range []string{"VAT", "VAT", "Reduced"} {
			_, err := m.Catalog.AddPlan(ctx, catalog.Plan{Kind: catalog.Internet, Title: name, Price: 1, Currency: "EUR", TaxID: tax[name]}, 1)
			must(t, err)
		}
		check("by the plans", stranger, tax["VAT"], 2, 1)
		check("charged no tax", alice.ID, 0, 2, 1)
		serve("Reduced")
		serve("Reduced")
		check("by the services", alice.ID, tax["Reduced"], 2, 1)
		must(t, m.Catalog.SaveTax(ctx, catalog.Tax{ID: tax["Reduced"], Name: "Reduced", RatePPM: 90_000, Archived: true}, nil))
		check("archived", alice.ID, 0, 1, 1)
		for range 4 {
			serve("Foreign")
		}
		check("another's tax", alice.ID, tax["Foreign"], 2, 0)
	})
}
