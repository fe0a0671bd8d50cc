package configuration_test

import (
	"errors"
	"strings"
	"testing"

	"myisp/models/catalog"
	"myisp/models/configuration"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// What a gateway's rules refer to stands in files by its name, comes back from there, and has to be one that is in use (§2.8).
func TestGatewayRulesInFiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := wired(t, d), t.Context()
		vat, err := m.Catalog.AddTax(ctx, catalog.Tax{Name: "VAT", RatePPM: 210_000})
		must(t, err)
		fees, err := m.Finance.AddCategory(ctx, finance.TransactionCategory{Name: "Fees", Kind: "other"})
		must(t, err)
		place, err := m.Portal.CreateLocation(ctx, 7, "Riverside")
		must(t, err)
		want := finance.GatewaySetup{PartnerID: 1, Gateway: "sandbox", MethodID: finance.MethodCard, Invoices: true, FeePPM: 10_000, FeeTaxID: vat.ID, FeeCategoryID: fees.ID, FeeText: "Surcharge", CoversDebt: true,
			Locations: finance.IDsOf(0, place.ID), PaymentMethods: finance.IDsOf(0, finance.MethodCash)}
		must(t, m.Finance.SetUpGateway(ctx, want, nil))
		files, err := on(m, nil).Export(ctx)
		must(t, err)
		if text := string(files["partners/1.toml"]); !strings.Contains(text, `fee_tax = "VAT"`) || !strings.Contains(text, `fee_category = "Fees"`) || !strings.Contains(text, `fee_text = "Surcharge"`) ||
			!strings.Contains(text, "\nwhole_debt = true\nlocations = [0, 7]\npayment_methods = [\"\", \"Cash\"]\n") {
			t.Errorf("exported: %s", text)
		}
		must(t, m.Finance.SetUpGateway(ctx, finance.GatewaySetup{PartnerID: 1, Gateway: "sandbox", MethodID: finance.MethodCard}, nil))
		_, err = on(m, nil).Apply(ctx, files)
		must(t, err)
		got, err := m.Finance.Gateway(ctx, 1, "sandbox")
		want.Config, want.UpdatedAt = got.Config, got.UpdatedAt
		if err != nil || got != want {
			t.Errorf("%+v, want %+v; %v", got, want, err)
		}
		same := configuration.Files{"partners/1.toml": []byte(strings.Replace(string(files["partners/1.toml"]), "[0, 7]", "[7, 0, 7]", 1))}
		if changes, err := on(m, nil).Diff(ctx, same); err != nil || len(changes) != 0 {
			t.Errorf("another order is no change: %v %v", changes, err)
		}
		_, err = m.Catalog.AddTax(ctx, catalog.Tax{Name: "VAT", RatePPM: 90_000})
		must(t, err)
		if _, err := on(m, nil).Apply(ctx, files); err != nil {
			t.Errorf("of two taxes of the name the stored one is meant: %v", err)
		}
		must(t, m.Finance.SetUpGateway(ctx, finance.GatewaySetup{PartnerID: 1, Gateway: "sandbox", MethodID: finance.MethodCard}, nil))
		for name, text := range map[string]string{"two of a name": "", "no such tax": "VAT 2", "no such category": "Fees 2", "no such method": "Cash 2", "no such place": "8"} {
			file := string(files["partners/1.toml"])
			switch text {
			case "VAT 2":
				file = strings.Replace(file, `fee_tax = "VAT"`, `fee_tax = "VAT 2"`, 1)
			case "Cash 2":
				file = strings.Replace(strings.Replace(file, `fee_tax = "VAT"`, `fee_tax = ""`, 1), `"Cash"]`, `"Cash 2"]`, 1)
			case "8":
				file = strings.Replace(strings.Replace(file, `fee_tax = "VAT"`, `fee_tax = ""`, 1), "[0, 7]", "[0, 8]", 1)
			case "Fees 2":
				file = strings.Replace(strings.Replace(file, `fee_tax = "VAT"`, `fee_tax = ""`, 1), `fee_category = "Fees"`, `fee_category = "Fees 2"`, 1)
			}
			var list configuration.Problems
			if _, err := on(m, nil).Apply(ctx, configuration.Files{"partners/1.toml": []byte(file)}); !errors.As(err, &list) || len(list) != 1 || !strings.HasPrefix(list[0].Key, "gateway[0].") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
