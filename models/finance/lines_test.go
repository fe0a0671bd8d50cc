package finance

import (
	"errors"
	"math"
	"testing"

	"myisp/models/db"

	"pgregory.net/rapid"
)

func TestLinesRoundAndAddUp(t *testing.T) {
	for _, c := range []struct {
		name     string
		item     Item
		net, tax int64
	}{
		{"20 % on top", Item{Price: 1000, TaxRatePPM: 200_000}, 1000, 200},
		{"20 % inside", Item{Price: 1200, TaxRatePPM: 200_000, TaxIncluded: true}, 1000, 200},
		{"21 % inside, rounded", Item{Price: 3990, TaxRatePPM: 210_000, TaxIncluded: true}, 3298, 692},
		{"half a unit rounds away from zero", Item{Price: 250, TaxRatePPM: 20_000}, 250, 5},
		{"a half rounds up", Item{Price: 25, TaxRatePPM: 20_000}, 25, 1},
		{"below zero mirrored", Item{Price: -25, TaxRatePPM: 20_000}, -25, -1},
		{"one and a half pieces", Item{Price: 333, Quantity: 1500}, 500, 0},
		{"yen have no decimals", Item{Price: 4290, TaxRatePPM: 100_000}, 4290, 429},
		{"8.25 %", Item{Price: 9999, TaxRatePPM: 82_500}, 9999, 825},
		{"no tax", Item{Price: 7}, 7, 0},
	} {
		c.item.Description = c.name
		lines, sum, err := Lines([]Item{c.item}, RoundLines)
		if err != nil || lines[0].Net != c.net || lines[0].Tax != c.tax || sum.Total != c.net+c.tax {
			t.Errorf("%s: %+v %+v %v", c.name, lines, sum, err)
		}
	}
}

// X7: rounded on the total, three lines of 0.33 with 20 % owe 20 % of 0.99, and the lines still add up to it.
func TestRoundingOnTheTotal(t *testing.T) {
	three := []Item{{Description: "a", Price: 33, TaxRatePPM: 200_000}, {Description: "b", Price: 33, TaxRatePPM: 200_000}, {Description: "c", Price: 33, TaxRatePPM: 200_000}}
	_, each, _ := Lines(three, RoundLines)
	_, total, _ := Lines(three, RoundTotal)
	if each.Tax != 21 || total.Tax != 20 {
		t.Errorf("per line %d, on the total %d; want 21 and 20", each.Tax, total.Tax)
	}
}

func TestLinesAlwaysAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Item {
			return Item{Description: "x", Price: rapid.Int64Range(-1e9, 1e9).Draw(t, "price"), Quantity: rapid.Int64Range(0, 1e6).Draw(t, "quantity"),
				TaxRatePPM: rapid.SampledFrom([]int64{0, 50_000, 82_500, 190_000, 210_000, 1_000_000}).Draw(t, "rate"), TaxIncluded: rapid.Bool().Draw(t, "included")}
		}), 1, 12).Draw(t, "items")
		for _, r := range []Rounding{RoundLines, RoundTotal} {
			lines, sum, err := Lines(items, r)
			if err != nil {
				t.Fatal(err)
			}
			var got Totals
			for _, l := range lines {
				if l.Net+l.Tax != l.Total {
					t.Fatalf("%+v does not add up", l)
				}
				got = Totals{got.Net + l.Net, got.Tax + l.Tax, got.Total + l.Total}
			}
			if got != sum {
				t.Fatalf("lines %+v, document %+v", got, sum)
			}
			// A credit note over the same lines gives back the same to the last unit.
			back := append([]Item(nil), items...)
			for i := range back {
				back[i].Price = -back[i].Price
			}
			if _, neg, _ := Lines(back, r); neg != (Totals{-sum.Net, -sum.Tax, -sum.Total}) {
				t.Fatalf("the opposite of %+v is %+v", sum, neg)
			}
		}
	})
}

func TestLinesRefuseNonsense(t *testing.T) {
	var bad db.Invalid
	for field, items := range map[string][]Item{
		"items":               nil,
		"items.0.description": {{Price: 1}},
		"items.1.quantity":    {item("a", 1), {Description: "b", Quantity: -1}},
		"items.0.price":       {{Description: "a", Price: math.MaxInt64, Quantity: 1_000_000}},
		"items.0.tax":         {{Description: "a", TaxRatePPM: 1_000_001}},
	} {
		if _, _, err := Lines(items, RoundLines); !errors.As(err, &bad) || bad[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}
