package seed

import (
	"slices"
	"testing"

	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// Bulk customers agree with the books to the last row, twice over and beside the demo, and one of them logs in.
func TestBulk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := opened(t, d)
		if err := m.Ensure(ctx); err != nil {
			t.Fatal(err)
		}
		var seen []Progress
		o := Options{Customers: 1200, Months: 4, Seed: 7, Today: "2026-11-22", Progress: func(p Progress) { seen = append(seen, p) }}
		r, err := Bulk(ctx, m, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(seen) != 2 || seen[1].Rows != r.Rows || seen[1].Customers != 1200 {
			t.Errorf("progress %+v, result %+v", seen, r)
		}
		again, err := Bulk(ctx, m, o)
		// An id that is a house number too is one word by which a customer is found, not two.
		if err != nil || again.First != r.Last+1 || max(again.Rows, r.Rows)-min(again.Rows, r.Rows) > 50 {
			t.Errorf("the second run: %+v %v, after %+v", again, err, r)
		}
		books := verify(t, ctx, m)
		if books.Invoices != 2*4*1200 || books.Payments < books.Invoices*8/10 {
			t.Errorf("books: %+v", books)
		}
		if _, err := m.Customers.LogIn(ctx, customer.Attempt{Identifier: BulkLogin(again.Last), Password: BulkPassword, IP: "192.0.2.1"}); err != nil {
			t.Error(err)
		}
		// The next generated ids must follow the explicit ones.
		c := customer.Customer{Login: "next", Name: "Next", PartnerID: 1}
		if err := m.Customers.Create(ctx, &c, customer.Billing{Currency: "EUR"}, ""); err != nil || c.ID != again.Last+1 {
			t.Errorf("the next customer is %d, want %d: %v", c.ID, again.Last+1, err)
		}
		_, err = m.Finance.IssueInvoice(ctx, finance.NewInvoice{Party: finance.Party{CustomerID: r.First, PartnerID: 1, Currency: "EUR"}, Day: "2026-11-22",
			Items: []finance.Item{{Description: "x", Price: 100}}})
		if err != nil {
			t.Error(err)
		}
		verify(t, ctx, m)
	})
}

// Bulk names every column, because it fills no defaults.
func TestBulkColumns(t *testing.T) {
	d := dbtest.SQLite(t, nil)
	for _, tab := range tables {
		var columns []string
		if err := d.Q(t.Context()).Raw(`SELECT name FROM pragma_table_info(?)`, tab.name).Scan(&columns).Error; err != nil {
			t.Fatal(err)
		}
		mine := slices.Sorted(slices.Values(tab.columns))
		slices.Sort(columns)
		if !slices.Equal(columns, mine) {
			t.Errorf("%s has %v, bulk writes %v", tab.name, columns, mine)
		}
	}
}

// The same options make the same rows.
func TestBulkDeterministic(t *testing.T) {
	var sums [2]string
	for i := range sums {
		ctx, m := opened(t, dbtest.SQLite(t, nil))
		if err := m.Ensure(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := Bulk(ctx, m, Options{Customers: 50, Months: 3, Seed: 3, Today: "2026-11-22"}); err != nil {
			t.Fatal(err)
		}
		if err := m.DB.Q(ctx).Raw(`SELECT group_concat(c.name || i.number || i.due || i.paid_day) FROM invoices i JOIN customers c ON c.id = i.customer_id`).Scan(&sums[i]).Error; err != nil {
			t.Fatal(err)
		}
	}
	if sums[0] != sums[1] || sums[0] == "" {
		t.Error("the same options made different rows")
	}
}
