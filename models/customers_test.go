package models_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/portal"
	"myisp/models/seed"
)

func found(t *testing.T, m *models.Models, f customer.Filter) (names []string, next string) {
	t.Helper()
	page, err := m.Customers.Search(context.Background(), f)
	must(t, err)
	for _, r := range page.Rows {
		names = append(names, r.Login)
	}
	return names, page.Next
}

// TestCustomerSearch: by name, login, e-mail, phone, id and address in one box (issue 3, item 4), newest first, the nearest
// word first, narrowed by each filter.
func TestCustomerSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		place := portal.Location{Name: "Riverside"}
		must(t, m.Portal.AddLocation(ctx, &place))
		add := func(c customer.Customer) customer.Customer {
			c.PartnerID = max(1, c.PartnerID)
			must(t, m.Customers.Create(ctx, &c, customer.Billing{Currency: "EUR"}, "IE"))
			return c
		}
		ann := add(customer.Customer{Login: "ann", Name: "Ann Carter", Email: "ann@example.com", Phone: "020 910 0114", Street: "14 Mill Lane", Zip: "D08 A1C3", City: "Riverside", LocationID: place.ID, Status: customer.StatusActive})
		anna := add(customer.Customer{Login: "anna", Name: "Anna Díaz", Email: "anna@example.com", City: "Old Town", Status: customer.StatusBlocked})
		add(customer.Customer{Login: "zed", Name: "Zed Annan", Street: "Anna Street 4"})
		label, err := m.Customers.SaveLabel(ctx, customer.Label{Name: "VIP", Tone: "info"})
		must(t, err)
		must(t, m.Customers.SetLabels(ctx, anna.ID, []int64{label.ID}))
		for _, c := range []struct {
			f    customer.Filter
			want []string
		}{
			{customer.Filter{}, []string{"zed", "anna", "ann"}},
			{customer.Filter{Typed: "ann"}, []string{"ann", "zed", "anna"}}, // the word itself, then the nearest words, each once
			{customer.Filter{Typed: "anna"}, []string{"zed", "anna"}},
			{customer.Filter{Typed: "ann mill"}, []string{"ann"}},
			{customer.Filter{Typed: "diaz"}, []string{"anna"}},
			{customer.Filter{Typed: "ann@example.com"}, []string{"ann"}},
			{customer.Filter{Typed: "+353 20 9100114"}, []string{"ann"}},
			{customer.Filter{Typed: "0209100"}, []string{"ann"}},
			{customer.Filter{Typed: fmt.Sprint(ann.ID)}, []string{"ann", "zed"}[:1]},
			{customer.Filter{Typed: "d08a1c3"}, []string{"ann"}},
			{customer.Filter{Typed: "ann", Status: customer.StatusBlocked}, []string{"anna"}},
			{customer.Filter{Status: customer.StatusActive}, []string{"ann"}},
			{customer.Filter{LocationID: place.ID}, []string{"ann"}},
			{customer.Filter{PartnerID: 2}, nil},
			{customer.Filter{LabelID: label.ID}, []string{"anna"}},
			{customer.Filter{LabelID: label.ID, Typed: "ann"}, []string{"anna"}},
			{customer.Filter{Typed: "nobody"}, nil},
			{customer.Filter{Typed: "%"}, nil},
		} {
			got, _ := found(t, m, c.f)
			if c.f.Typed == fmt.Sprint(ann.ID) {
				got = got[:min(1, len(got))] // the exact id stands first
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%+v: -want +got\n%s", c.f, diff)
			}
		}
		ann.Name, ann.Street = "Ann Walsh", "2 Quay"
		must(t, m.Customers.Update(ctx, &ann, "IE"))
		if got, _ := found(t, m, customer.Filter{Typed: "mill"}); got != nil {
			t.Errorf("the old street still finds %v", got)
		}
		if got, _ := found(t, m, customer.Filter{Typed: "walsh quay"}); !slices.Equal(got, []string{"ann"}) {
			t.Errorf("the new name finds %v", got)
		}
	})
}

// TestCustomerPages: walking through "Show more" shows everybody once, in a search and without, on both databases.
func TestCustomerPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		label, err := m.Customers.SaveLabel(ctx, customer.Label{Name: "Many", Tone: "ok"})
		must(t, err)
		for i := range 53 {
			c := customer.Customer{PartnerID: 1, Login: fmt.Sprintf("joan%d", i), Name: fmt.Sprintf("Joan Jo%c", 'a'+i%4), City: "Joburg"}
			must(t, m.Customers.Create(ctx, &c, customer.Billing{Currency: "EUR"}, ""))
			must(t, m.Customers.SetLabels(ctx, c.ID, []int64{label.ID}))
		}
		for _, f := range []customer.Filter{{}, {Typed: "jo"}, {Typed: "joa"}, {Typed: "jo joburg"}, {LabelID: label.ID}, {Typed: "joan", LabelID: label.ID}, {PartnerID: 1}} {
			seen := map[string]bool{}
			for page := 0; ; page++ {
				names, next := found(t, m, f)
				for _, n := range names {
					if seen[n] {
						t.Errorf("%+v shows %s twice", f, n)
					}
					seen[n] = true
				}
				if f.After = next; next == "" || page > 5 {
					break
				}
			}
			if len(seen) != 53 {
				t.Errorf("%+v shows %d of 53", f, len(seen))
			}
		}
	})
}

// TestCustomerSearchReadsIndexes holds every search to its indexes among many customers, and to a constant number of
// statements (quality.md: growth).
func TestCustomerSearchReadsIndexes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		_, err := seed.Bulk(ctx, m, seed.Options{Customers: 4000, Months: 0, Seed: 1, Today: "2026-11-22"})
		must(t, err)
		for _, common := range []string{"One", "Two", "Three", "Four"} { // everybody has some labels
			l, err := m.Customers.SaveLabel(ctx, customer.Label{Name: common, Tone: "ok"})
			must(t, err)
			must(t, d.Q(ctx).Exec("INSERT INTO customer_label_links (label_id, customer_id) SELECT ?, id FROM customers", l.ID).Error)
		}
		label, err := m.Customers.SaveLabel(ctx, customer.Label{Name: "VIP", Tone: "info"})
		must(t, err)
		must(t, m.Customers.SetLabels(ctx, 7, []int64{label.ID}))
		must(t, d.Q(ctx).Exec("ANALYZE").Error)
		for name, f := range map[string]customer.Filter{"newest": {}, "name": {Typed: "becker"}, "beginning": {Typed: "be"}, "common": {Typed: "bench"}, "two words": {Typed: "ada becker"},
			"e-mail": {Typed: "bench-17@bench.example"}, "phone": {Typed: "+353 100 000 017"}, "id": {Typed: "17"}, "address": {Typed: "mill lane"}, "status": {Status: customer.StatusNew},
			"partner": {PartnerID: 1}, "location": {LocationID: 1}, "label": {LabelID: label.ID}, "word and status": {Typed: "becker", Status: customer.StatusActive}} {
			counter := &db.Counter{}
			page, err := m.Customers.Search(db.WithCounter(ctx, counter), f)
			must(t, err)
			if f.Status != customer.StatusNew && f.LocationID == 0 && len(page.Rows) == 0 {
				t.Errorf("%s: finds nobody", name)
			}
			statements := counter.Statements()
			if len(statements) > 3 {
				t.Errorf("%s: %d statements", name, len(statements))
			}
			for _, sql := range statements {
				plan, err := d.Explain(ctx, sql)
				must(t, err)
				for _, table := range []string{"customers", "customer_terms", "customer_label_links"} {
					if scans(d, plan, table) {
						t.Errorf("%s reads the whole of %s:\n%s\n%s", name, table, sql, plan)
					}
				}
			}
		}
	})
}

// scans reports whether a plan reads a table from end to end. Labels themselves are a few dozen and may be.
func scans(d *db.DB, plan, table string) bool {
	if d.Kind() == db.Postgres {
		return strings.Contains(plan, "Seq Scan on "+table+" ")
	}
	for _, step := range strings.Split(strings.Trim(plan, "[]"), "} {") {
		step = strings.Trim(step, "{}")
		for _, alias := range map[string][]string{"customers": {"c"}, "customer_terms": {"t", "d", "o", "customer_terms"}, "customer_label_links": {"l"}}[table] {
			// A scan of an index in the order that is asked for ends with the page; one that sorts afterwards does not.
			if strings.HasPrefix(step, "SCAN "+alias) && (alias != "c" || strings.Contains(plan, "TEMP B-TREE FOR ORDER BY")) {
				return true
			}
		}
	}
	return false
}

// TestCustomerTermsAreMadeOnce: customers from before the words were, or from a program that made them otherwise, are found
// after the next migration.
func TestCustomerTermsAreMadeOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		for i := range 3 {
			c := customer.Customer{PartnerID: 1, Login: fmt.Sprint("old", i), Name: "Old Customer", Phone: "(415) 555-0101"}
			must(t, m.Customers.Create(ctx, &c, customer.Billing{Currency: "EUR"}, "US"))
		}
		must(t, d.Q(ctx).Exec("DELETE FROM customer_terms").Error)
		must(t, d.Q(ctx).Exec("DELETE FROM revisions WHERE name = 'customer_terms'").Error)
		must(t, m.Migrate(ctx))
		if names, _ := found(t, m, customer.Filter{Typed: "4155550101"}); len(names) != 3 {
			t.Errorf("found %v after the migration", names)
		}
		counter := &db.Counter{}
		must(t, m.Customers.EnsureTerms(db.WithCounter(ctx, counter), func(int64) string { return "" }))
		if n := len(counter.Statements()); n != 1 {
			t.Errorf("asking again took %d statements", n)
		}
	})
}

// BenchmarkCustomerSearch searches among 100 000 customers on SQLite.
func BenchmarkCustomerSearch(b *testing.B) {
	ctx := context.Background()
	keys, err := secret.NewKeys("a secret for tests that is long enough, really")
	must(b, err)
	m := models.On(dbtest.SQLite(b, nil), keys, cheap)
	must(b, m.Ensure(ctx))
	_, err = seed.Bulk(ctx, m, seed.Options{Customers: 100_000, Months: 0, Seed: 1, Today: "2026-11-22"})
	must(b, err)
	for _, typed := range []string{"", "becker", "be", "bench", "ada becker", "bench-17@bench.example", "17", "mill lane"} {
		b.Run(typed, func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Customers.Search(ctx, customer.Filter{Typed: typed}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
