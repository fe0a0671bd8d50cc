package finance

import (
	"context"
	"testing"

	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/job"
)

const eur = money.Currency("EUR")

// books opens the books of a database with one customer, id 1 of partner 1, who pays in euro.
func books(t testing.TB, d *db.DB) (context.Context, *Store, Party) {
	t.Helper()
	box := secret.NewBox(make([]byte, 32))
	ctx, s := context.Background(), New(d, audit.New(d, nil), box, job.New(d, box))
	if err := s.EnsureDefaults(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx, s, customer(t, d, 1)
}

// customer adds a customer row as the foreign keys need it.
func customer(t testing.TB, d *db.DB, id int64) Party {
	t.Helper()
	now := d.Now()
	err := d.Q(context.Background()).Table("customers").Create(map[string]any{
		"id": id, "partner_id": 1, "location_id": 1, "parent_id": 0, "billing_type": "recurring", "status": "active", "category": "person",
		"login": "c", "login_folded": money.FormatMinor(id, 0), "password_hash": "", "name": "C", "email": "", "billing_email": "", "phone": "",
		"street": "", "zip": "", "city": "", "company_id": "", "vat_id": "", "language": "en", "theme": "", "created_at": now, "updated_at": now,
	}).Error
	if err != nil {
		t.Fatal(err)
	}
	return Party{CustomerID: id, PartnerID: 1, LocationID: 1, Currency: eur}
}

func item(description string, price int64) Item { return Item{Description: description, Price: price} }

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func clean(t testing.TB, ctx context.Context, s *Store) {
	t.Helper()
	r, err := s.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Error(f)
	}
}

func balance(t testing.TB, ctx context.Context, s *Store, id int64) int64 {
	t.Helper()
	b, err := s.Of(id).Balance(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return b.Minor
}
