package models_test

import (
	"context"
	"testing"

	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/service"
	"myisp/models/session"
)

// cheap hashing keeps tests fast; the product's cost is secret.Recommended.
var cheap = secret.Params{Memory: 64, Iterations: 1, Parallelism: 1}

func testModels(t testing.TB, d *db.DB) *models.Models {
	t.Helper()
	keys, err := secret.NewKeys("a secret for tests that is long enough, really")
	if err != nil {
		t.Fatal(err)
	}
	m := models.On(d, keys, cheap)
	if err := m.Ensure(context.Background()); err != nil {
		t.Fatal(err)
	}
	return m
}

// fill writes rows with parents and children: a customer with contacts, billing, a session, a service, an invoice, a payment.
func fill(t testing.TB, m *models.Models) customer.Customer {
	t.Helper()
	ctx := context.Background()
	c := customer.Customer{PartnerID: 1, Login: "alice", Name: "Alice Carter", Email: "alice@example.com, a2@example.com", Phone: "+14155550101", Status: customer.StatusActive}
	must(t, m.Customers.Create(ctx, &c, customer.Billing{Currency: "EUR"}, "US"))
	must(t, m.Services.Add(ctx, &service.Service{CustomerID: c.ID, Kind: service.Internet, Description: "Fiber 500", UnitPrice: 3990, Currency: "EUR", Status: service.Active}))
	_, err := m.Sessions.Start(ctx, session.Customer, c.ID, "127.0.0.1", "test")
	must(t, err)
	party := finance.Party{CustomerID: c.ID, PartnerID: 1, Currency: "EUR"}
	_, err = m.Finance.IssueInvoice(ctx, finance.NewInvoice{Key: "i1", Party: party, Day: "2026-11-01", DueDay: "2026-11-15",
		Items: []finance.Item{{Description: "Fiber 500", Price: 3990}}})
	must(t, err)
	_, err = m.Finance.RecordPayment(ctx, finance.NewPayment{Quiet: true, Key: "p1", Party: party, MethodID: finance.MethodCash, Day: "2026-11-02", Amount: 1000})
	must(t, err)
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
