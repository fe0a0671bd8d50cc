package catalog

import (
	"context"
	"errors"
	"testing"

	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/db/dbtest"
)

func TestPlansByPartnerAndKind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), New(d, audit.New(d, nil))
		vat, err := s.TaxFor(ctx, "VAT", 200_000)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.TaxFor(ctx, "Other name", 200_000)
		if err != nil || again.ID != vat.ID {
			t.Fatalf("the same rate made another tax: %+v, %v", again, err)
		}
		fiber, err := s.AddPlan(ctx, Plan{Kind: Internet, Title: "Fiber 500", Price: 3990, Currency: "EUR", TaxIncluded: true, TaxID: vat.ID, DownKbps: 500_000, UpKbps: 100_000}, 1, 2)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.AddPlan(ctx, Plan{Kind: Voice, Title: "Voice", Price: 300, Currency: "EUR"}, 1); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			f    PlanFilter
			want int
		}{
			{"all", PlanFilter{}, 2},
			{"kind", PlanFilter{Kind: Voice}, 1},
			{"partner", PlanFilter{PartnerID: 2}, 1},
			{"title", PlanFilter{Title: "Fiber 500"}, 1},
			{"none", PlanFilter{PartnerID: 3}, 0},
		} {
			if got, err := s.Plans(ctx, c.f); err != nil || len(got) != c.want {
				t.Errorf("%s: %d plans, %v; want %d", c.name, len(got), err, c.want)
			}
		}
		if err := s.SetPartners(ctx, fiber.ID, 3); err != nil {
			t.Fatal(err)
		}
		if got, _ := s.Plans(ctx, PlanFilter{PartnerID: 3}); len(got) != 1 || got[0].Name() != "Fiber 500" {
			t.Errorf("after SetPartners: %+v", got)
		}
		if _, err := s.Plan(ctx, 99); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("unknown plan: %v", err)
		}
	})
}

func TestNonsenseIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), New(d, audit.New(d, nil))
		var bad db.Invalid
		for field, p := range map[string]Plan{
			"kind":     {Kind: "tv", Title: "x", Currency: "EUR"},
			"title":    {Kind: Voice, Title: "  ", Currency: "EUR"},
			"price":    {Kind: Voice, Title: "x", Price: -1, Currency: "EUR"},
			"currency": {Kind: Voice, Title: "x", Currency: "eur"},
			"speed":    {Kind: Voice, Title: "x", Currency: "EUR", UpKbps: -1},
		} {
			if _, err := s.AddPlan(ctx, p); !errors.As(err, &bad) || bad[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		for field, x := range map[string]Tax{"name": {RatePPM: 1}, "rate": {Name: "x", RatePPM: 1_000_001}} {
			if _, err := s.AddTax(ctx, x); !errors.As(err, &bad) || bad[field] == "" {
				t.Errorf("tax %s: %v", field, err)
			}
		}
	})
}

// §3.4: a group's rate follows from its members, one after the other or side by side; the rate of what exists stays.
func TestSaveTax(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), New(d, audit.New(d, nil))
		for name, rate := range map[string]int64{"GST": 50_000, "QST": 100_000} {
			if err := s.SaveTax(ctx, Tax{Name: name, RatePPM: rate}, nil); err != nil {
				t.Fatal(err)
			}
		}
		list, _, err := s.AllTaxes(ctx)
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		gst, qst := list[0], list[1]
		for name, on := range map[string]bool{"Side by side": false, "Compound": true} {
			if err := s.SaveTax(ctx, Tax{Name: name}, []TaxMember{{TaxID: gst.ID, OnPrevious: on}, {TaxID: qst.ID, OnPrevious: on}}); err != nil {
				t.Fatal(err)
			}
		}
		var bad db.Invalid
		if err := s.SaveTax(ctx, Tax{Name: "Twice"}, []TaxMember{{TaxID: gst.ID}, {TaxID: gst.ID}}); !errors.As(err, &bad) {
			t.Errorf("a member twice: %v", err)
		}
		gst.Name, gst.RatePPM = "Federal", 1
		if err := s.SaveTax(ctx, gst, nil); err != nil {
			t.Fatal(err)
		}
		list, groups, err := s.AllTaxes(ctx)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int64{"Federal": 50_000, "QST": 100_000, "Side by side": 150_000, "Compound": 155_000}
		for _, x := range list {
			if x.RatePPM != want[x.Name] || groups[x.ID] != (x.RatePPM > 100_000) {
				t.Errorf("%+v, a group: %v", x, groups[x.ID])
			}
		}
		if len(list) != len(want) {
			t.Errorf("%d taxes", len(list))
		}
	})
}
