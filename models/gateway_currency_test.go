package models_test

import (
	"context"
	"testing"

	"myisp/internal/money"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// Gateways from before their sums had a currency get their partner's, as it is with what partners inherit; those from before the rest of
// their rules (0032) charge a fee of Service without tax, and are for everybody, whatever is paid.
func TestGatewaysGetTheirCurrency(t *testing.T) {
	for name, c := range map[string]struct {
		settings map[int64]string
		want     map[int64]money.Currency
	}{
		"as it is by default": {nil, map[int64]money.Currency{1: "EUR", 2: "EUR"}},
		"the Default partner": {map[int64]string{1: "KWD"}, map[int64]money.Currency{1: "KWD", 2: "KWD"}},
		"their own":           {map[int64]string{1: "KWD", 2: "JPY"}, map[int64]money.Currency{1: "KWD", 2: "JPY"}},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				ctx, m := context.Background(), testModels(t, d)
				for partner := range c.want {
					must(t, m.Finance.SetUpGateway(ctx, finance.GatewaySetup{PartnerID: partner, Gateway: "sandbox", MethodID: finance.MethodCard, FeeFixed: 30, Currency: "USD"}, nil))
				}
				for partner, currency := range c.settings {
					must(t, d.Q(ctx).Exec("INSERT INTO settings (partner_id, key, value, updated_at) VALUES (?, 'currency', ?, ?)", partner, `"`+currency+`"`, d.Now()).Error)
				}
				// What came after goes too, so that the columns come back in their order: PostgreSQL keeps plans of what they were.
				for _, column := range []string{"currency", "fee_tax_id", "fee_category_id", "fee_text", "locations", "covers_debt", "payment_methods"} {
					must(t, d.Q(ctx).Exec("ALTER TABLE gateway_setups DROP COLUMN "+column).Error)
				}
				must(t, d.Q(ctx).Exec("DELETE FROM migrations WHERE id IN ('0020_gateway_currency', '0032_gateway_rules')").Error)
				must(t, m.Migrate(ctx))
				for partner, want := range c.want {
					if g, err := m.Finance.Gateway(ctx, partner, "sandbox"); err != nil || g.Currency != want || g.FeeTaxID != 0 || g.FeeCategoryID != finance.CategoryService || g.FeeText != "" || g.Locations != "" ||
						g.PaymentMethods != "" || g.CoversDebt {
						t.Errorf("partner %d: %+v, want %q; %v", partner, g, want, err)
					}
				}
			})
		})
	}
}
