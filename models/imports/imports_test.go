package imports

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"myisp/internal/csvmap"
	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
	"myisp/models/service"
)

const examples = "../../docs/examples/"

func opened(t *testing.T, d *db.DB) (context.Context, *models.Models) {
	t.Helper()
	keys, err := secret.NewKeys(strings.Repeat("k", 32))
	if err != nil {
		t.Fatal(err)
	}
	m := models.On(d, keys, secret.Params{Memory: 8, Iterations: 1, Parallelism: 1})
	ctx := context.Background()
	if err := m.Ensure(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx, m
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// run imports a text by a mapping.
func run(t *testing.T, ctx context.Context, m *models.Models, mapping, file string, o Options) Summary {
	t.Helper()
	parsed, err := csvmap.Parse([]byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	if err := parsed.Check(Targets()); err != nil {
		t.Fatal(err)
	}
	r, err := csvmap.NewReader(strings.NewReader(file), parsed)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := Run(ctx, m, r, o)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// rows counts the rows of every table.
func rows(t *testing.T, ctx context.Context, m *models.Models) map[string]int64 {
	t.Helper()
	tables, err := m.DB.Q(ctx).Migrator().GetTables()
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int64{}
	for _, table := range tables {
		if n[table], err = m.DB.Rows(ctx, table); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func verify(t *testing.T, ctx context.Context, m *models.Models) {
	t.Helper()
	r, err := m.Finance.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Error(f)
	}
}

func find(t *testing.T, ctx context.Context, m *models.Models, login string) customer.Customer {
	t.Helper()
	c, err := m.Customers.ByLogin(ctx, login)
	if err != nil {
		t.Fatalf("%s: %v", login, err)
	}
	return c
}

func balance(t *testing.T, ctx context.Context, m *models.Models, login string) money.Money {
	t.Helper()
	b, err := m.Finance.Of(find(t, ctx, m, login).ID).Balance(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func want(t *testing.T, got Summary, kinds map[string]Counts) {
	t.Helper()
	if !maps.Equal(got.Kinds, kinds) {
		t.Errorf("imported %v, want %v; failures %v", got.Kinds, kinds, lines(got))
	}
}

func lines(s Summary) (list []string) {
	for _, f := range s.Failures {
		list = append(list, fmt.Sprintf("%d %v", f.Line, f.Err))
	}
	return list
}

// The public telco file goes in whole, changes nothing on a dry run and on a second run, and tells nobody (issue 2, item 8).
func TestTelco(t *testing.T) {
	mapping, file := read(t, examples+"telco-customers.toml"), read(t, "testdata/telco-200.csv")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := opened(t, d)
		before := rows(t, ctx, m)
		made := map[string]Counts{Customer: {Created: 200}, Service: {Created: 337}, Transaction: {Created: 199}}
		want(t, run(t, ctx, m, mapping, file, Options{Source: "telco", DryRun: true}), made)
		if after := rows(t, ctx, m); !maps.Equal(after, before) {
			t.Errorf("the dry run wrote: %v, before %v", after, before)
		}
		want(t, run(t, ctx, m, mapping, file, Options{Source: "telco"}), made)
		once := rows(t, ctx, m)
		want(t, run(t, ctx, m, mapping, file, Options{Source: "telco"}),
			map[string]Counts{Customer: {Unchanged: 200}, Service: {Unchanged: 337}, Transaction: {Unchanged: 199}})
		if twice := rows(t, ctx, m); !maps.Equal(twice, once) {
			t.Errorf("the second run wrote: %v, before %v", twice, once)
		}
		if once["jobs"] != 0 || once["captured_messages"] != 0 {
			t.Errorf("somebody is to be notified: %d jobs", once["jobs"])
		}
		verify(t, ctx, m)
		asInFile(t, ctx, m, file)
		c := find(t, ctx, m, "7590-vhveg")
		if _, err := m.Customers.LogIn(ctx, customer.Attempt{Identifier: c.Login, Password: "", IP: "192.0.2.1"}); err == nil {
			t.Error("logged in before a password was given")
		}
		if err := m.Customers.SetPassword(ctx, c.ID, "a good password"); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Customers.LogIn(ctx, customer.Attempt{Identifier: "7590-VHVEG", Password: "a good password", IP: "192.0.2.1"}); err != nil {
			t.Error(err)
		}
	})
}

// asInFile compares every customer with their line: services add up to MonthlyCharges, the balance is what was charged.
func asInFile(t *testing.T, ctx context.Context, m *models.Models, file string) {
	t.Helper()
	list, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range list[0] {
		at[name] = i
	}
	for _, line := range list[1:] {
		cell := func(name string) string { return line[at[name]] }
		c := find(t, ctx, m, cell("customerID"))
		services, err := m.Services.Of(c.ID).List(ctx, true)
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		kinds := map[string]bool{}
		for _, s := range services {
			sum += s.Price()
			kinds[s.Kind] = true
		}
		monthly, _ := money.Parse(cell("MonthlyCharges"), "USD")
		if sum != monthly.Minor || kinds[service.Internet] != (cell("InternetService") != "No") || kinds[service.Voice] != (cell("PhoneService") == "Yes") {
			t.Errorf("%s has %v, the file says %s %s %s", c.Login, services, cell("MonthlyCharges"), cell("InternetService"), cell("PhoneService"))
		}
		total, _ := money.Parse(cell("TotalCharges"), "USD")
		if b, err := m.Finance.Of(c.ID).Balance(ctx); err != nil || b.Minor != -total.Minor || b.Minor != 0 && b.Currency != "USD" {
			t.Errorf("%s has a balance of %v %v, the file says %s", c.Login, b, err, cell("TotalCharges"))
		}
		if (cell("Churn") == "Yes") != (c.Status == customer.StatusDisabled) || c.City != cell("City") || c.Zip != cell("ZipCode") {
			t.Errorf("%s is %+v", c.Login, c)
		}
	}
}

// The examples of docs/examples work as its README says, and a second time.
func TestExamples(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := opened(t, d)
		kinds := []string{"customers", "plans", "services", "invoices", "payments"}
		for _, kind := range kinds {
			s := run(t, ctx, m, read(t, examples+kind+".toml"), read(t, examples+kind+".csv"), Options{Source: "old"})
			if len(s.Failures) > 0 {
				t.Fatalf("%s: %v", kind, lines(s))
			}
		}
		verify(t, ctx, m)
		for login, minor := range map[string]int64{"c1001": -3550 - 3990 - 3000 + 3990, "c1002": 12000 - 4100 + 3000 - 1000, "c1003": 0} {
			if b := balance(t, ctx, m, login); b.Minor != minor {
				t.Errorf("%s has a balance of %v, want %d", login, b, minor)
			}
		}
		page, err := m.Finance.Of(find(t, ctx, m, "c1001").ID).Invoices(ctx, finance.Filter{}, "2026-11-22")
		if err != nil || len(page.Rows) != 2 || page.Rows[1].Number != "2026-0101" || page.Rows[1].State != finance.Paid || page.Rows[0].State != finance.Overdue {
			t.Errorf("invoices of c1001: %+v %v", page.Rows, err)
		}
		kept := map[string]finance.Payment{}
		for _, login := range []string{"c1001", "c1002"} {
			paid, err := m.Finance.Of(find(t, ctx, m, login).ID).Payments(ctx, finance.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range paid.Rows {
				kept[r.ReceiptNumber] = r.Payment
			}
		}
		if q := kept["Q-1"]; q.Fields != (finance.Five{First: "E2E-4711"}) || q.Note+q.Memo != "" {
			t.Errorf("Q-1: %+v", q)
		}
		if q, back := kept["Q-2"], kept["Q-3"]; q.Note != "Ada" || q.Memo != "the rest comes after harvest" || back.Note != "Ada" || back.Amount != -1000 {
			t.Errorf("Q-2: %+v, Q-3: %+v", q, back)
		}
		noted, err := m.Finance.Of(find(t, ctx, m, "c1002").ID).Invoices(ctx, finance.Filter{}, "2026-11-22")
		if err != nil || len(noted.Rows) != 1 {
			t.Fatalf("the invoices of c1002: %+v %v", noted.Rows, err)
		}
		inv, err := m.Finance.Of(find(t, ctx, m, "c1002").ID).Invoice(ctx, noted.Rows[0].ID, "2026-11-22")
		if err != nil || inv.Note != "Thank you for your patience" || inv.Memo != "Asked to pay in two parts" {
			t.Errorf("the invoice of c1002: %q %q %v", inv.Note, inv.Memo, err)
		}
		list, err := m.Services.Of(find(t, ctx, m, "c1001").ID).List(ctx, true)
		if err != nil || len(list) != 2 || list[0].UnitPrice != 3000 || list[1].UnitPrice != 990 || !list[0].TaxIncluded || list[0].TaxID == 0 {
			t.Errorf("services of c1001: %+v %v", list, err)
		}
		once := rows(t, ctx, m)
		for _, kind := range kinds {
			for k, c := range run(t, ctx, m, read(t, examples+kind+".toml"), read(t, examples+kind+".csv"), Options{Source: "old"}).Kinds {
				if c.Created+c.Updated+c.Failed > 0 {
					t.Errorf("second run of %s: %s %+v", kind, k, c)
				}
			}
		}
		if twice := rows(t, ctx, m); !maps.Equal(twice, once) || once["jobs"] != 0 {
			t.Errorf("the second run wrote: %v, before %v", twice, once)
		}
	})
}
