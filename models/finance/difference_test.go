package finance

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"myisp/internal/money"
	"myisp/models/db"
)

func line(service int64, text string, total int64, from, to db.Day) DocumentItem {
	return DocumentItem{ServiceID: service, Description: text, Quantity: 1000, Price: total, Net: total, Total: total, PeriodFrom: from, PeriodTo: to}
}

// TestDifferences: each cause from the lines that show it ("Why is my bill different?").
func TestDifferences(t *testing.T) {
	october := func(service int64, text string, total int64) DocumentItem {
		return line(service, text, total, "2026-10-01", "2026-10-31")
	}
	november := func(service int64, text string, total int64) DocumentItem {
		return line(service, text, total, "2026-11-01", "2026-11-30")
	}
	calls := func(quantity int64) DocumentItem {
		return DocumentItem{ServiceID: 2, Description: "Calls", Quantity: quantity, Price: 10, Net: quantity / 100, Total: quantity / 100, PeriodFrom: "2026-10-01", PeriodTo: "2026-10-31"}
	}
	taxed := october(1, "Fiber", 2990)
	taxed.Tax, taxed.Total = 690, 3680
	for name, c := range map[string]struct {
		before, after []DocumentItem
		want          map[Cause]int64
	}{
		"nothing":                     {[]DocumentItem{october(1, "Fiber", 2990)}, []DocumentItem{november(1, "Fiber", 2990)}, map[Cause]int64{}},
		"a new service":               {[]DocumentItem{october(1, "Fiber", 2990)}, []DocumentItem{november(1, "Fiber", 2990), november(2, "TV", 900)}, map[Cause]int64{CauseNew: 900}},
		"a service gone":              {[]DocumentItem{october(1, "Fiber", 2990), october(2, "TV", 900)}, []DocumentItem{november(1, "Fiber", 2990)}, map[Cause]int64{CauseGone: -900}},
		"another price":               {[]DocumentItem{october(1, "Fiber", 2990)}, []DocumentItem{november(1, "fiber ", 3190)}, map[Cause]int64{CausePrice: 200}},
		"another plan":                {[]DocumentItem{october(1, "Fiber 200", 2990)}, []DocumentItem{november(1, "Fiber 500", 3990)}, map[Cause]int64{CausePlan: 1000}},
		"half a month":                {[]DocumentItem{line(1, "Fiber", 1500, "2026-10-16", "2026-10-31")}, []DocumentItem{november(1, "Fiber", 3000)}, map[Cause]int64{CauseProrated: 1500}},
		"a single charge":             {[]DocumentItem{october(1, "Fiber", 2990)}, []DocumentItem{november(1, "Fiber", 2990), line(0, "Installation", 4200, "", "")}, map[Cause]int64{CauseOneOff: 4200}},
		"a single charge of before":   {[]DocumentItem{october(1, "Fiber", 2990), line(0, "Installation", 4200, "", "")}, []DocumentItem{november(1, "Fiber", 2990)}, map[Cause]int64{CausePastOnce: -4200}},
		"more of it":                  {[]DocumentItem{calls(10000)}, []DocumentItem{calls(25000)}, map[Cause]int64{CauseQuantity: 150}},
		"another tax":                 {[]DocumentItem{october(1, "Fiber", 2990)}, []DocumentItem{taxed}, map[Cause]int64{CauseTax: 690}},
		"a discount":                  {[]DocumentItem{october(1, "Fiber", 2990)}, []DocumentItem{november(1, "Fiber", 2990), november(1, "Loyalty", -500)}, map[Cause]int64{CauseDiscount: -500}},
		"a discount that has ended":   {[]DocumentItem{october(1, "Fiber", 2990), october(1, "Loyalty", -500)}, []DocumentItem{november(1, "Fiber", 2990)}, map[Cause]int64{CauseNoReduced: 500}},
		"a service under another row": {[]DocumentItem{october(1, "Fiber", 2990)}, []DocumentItem{november(7, "Fiber", 2990)}, map[Cause]int64{}},
	} {
		t.Run(name, func(t *testing.T) {
			sum := total(c.after) - total(c.before)
			got := map[Cause]int64{}
			for _, d := range differences(c.before, c.after, money.Of(sum, "EUR")) {
				got[d.Cause] += d.Amount.Minor
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func total(items []DocumentItem) (sum int64) {
	for _, it := range items {
		sum += it.Total
	}
	return sum
}

// The differences always add up to that of the invoices, whatever stands on them.
func TestDifferencesAddUp(t *testing.T) {
	items := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) DocumentItem {
		it := line(rapid.Int64Range(0, 3).Draw(t, "service"), rapid.SampledFrom([]string{"a", "b", "B "}).Draw(t, "text"), rapid.Int64Range(-500, 5000).Draw(t, "total"), "", "")
		if rapid.Bool().Draw(t, "period") {
			it.PeriodFrom, it.PeriodTo = "2026-10-01", rapid.SampledFrom([]db.Day{"2026-10-31", "2026-10-12"}).Draw(t, "to")
		}
		it.Net -= rapid.Int64Range(0, 3).Draw(t, "tax")
		return it
	}), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		before, after := items.Draw(t, "before"), items.Draw(t, "after")
		sum := total(after) - total(before) + rapid.Int64Range(-2, 2).Draw(t, "rounding")
		var explained int64
		for _, d := range differences(before, after, money.Of(sum, "EUR")) {
			if d.Amount.Minor == 0 || d.Cause == "" {
				t.Errorf("an empty line: %+v", d)
			}
			explained += d.Amount.Minor
		}
		if explained != sum {
			t.Errorf("%d explained of %d", explained, sum)
		}
	})
}
