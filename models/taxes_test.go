package models_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"myisp/models/audit"
	"myisp/models/catalog"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
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

// TestReferenceSavers: members of staff who save one thing at a time each change what the one before has left: the log tells one
// story, and the last word in it is what is stored.
func TestReferenceSavers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := testModels(t, d), context.Background()
		must(t, m.Ensure(ctx))
		tax, err := m.Catalog.AddTax(ctx, catalog.Tax{Name: "VAT", RatePPM: 1})
		must(t, err)
		for table, save := range map[string]func(name string) error{
			"taxes": func(name string) error { return m.Catalog.SaveTax(ctx, catalog.Tax{ID: tax.ID, Name: name}, nil) },
			"transaction_categories": func(name string) error {
				return m.Finance.SaveCategory(ctx, finance.TransactionCategory{ID: 1, Name: name})
			},
			"payment_methods": func(name string) error {
				return m.Finance.SavePaymentMethod(ctx, finance.PaymentMethod{ID: 1, Name: name, Active: true})
			},
		} {
			var first, last string
			name := "SELECT name FROM " + table + " ORDER BY id LIMIT 1"
			must(t, d.Q(ctx).Raw(name).Scan(&first).Error)
			before, err := m.Audit.State(ctx)
			must(t, err)
			var all sync.WaitGroup
			for i := range 16 {
				all.Go(func() {
					if err := save(fmt.Sprintf("name %d", i)); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			var told []audit.Entry
			must(t, d.Q(ctx).Where("seq > ?", before.Seq).Order("seq").Find(&told).Error)
			if len(told) != 16 {
				t.Fatalf("%s: %d changes are told of", table, len(told))
			}
			for _, e := range told {
				if was := nameIn(t, e.Before); was != first {
					t.Errorf("%s: %q was %q, not %q", table, nameIn(t, e.After), was, first)
				}
				first = nameIn(t, e.After)
			}
			if must(t, d.Q(ctx).Raw(name).Scan(&last).Error); last != first {
				t.Errorf("%s: %q is stored, %q was said last", table, last, first)
			}
		}
	})
}

// nameIn is the name in what a line of the log keeps of a thing.
func nameIn(t *testing.T, kept string) string {
	t.Helper()
	var thing struct{ Name string }
	must(t, json.Unmarshal([]byte(kept), &thing))
	return thing.Name
}
