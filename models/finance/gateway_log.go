package finance

import (
	"context"
	"slices"

	"myisp/internal/money"
	"myisp/models/audit"
	"myisp/models/catalog"
	"myisp/models/db"
)

// noteGateway logs how a gateway was set up: what it refers to by name, as staff know it, and of its keys only which changed,
// and a new address.
func (s *Store) noteGateway(ctx context.Context, old, g GatewaySetup, keys []string, address string) error {
	after, err := s.toldGateway(ctx, g)
	if err != nil {
		return err
	}
	if len(keys) > 0 {
		after["config_changed"] = keys
	}
	if slices.Contains(keys, ConfigAddress) {
		after["config_address"] = address
	}
	change := audit.Change{Action: audit.GatewaySet, Object: "gateway", ObjectID: g.Gateway, PartnerID: g.PartnerID, After: after}
	if old.Gateway != "" {
		before, err := s.toldGateway(ctx, old)
		if err != nil {
			return err
		}
		change.Before = before
	}
	return s.log.Record(ctx, change)
}

func (s *Store) toldGateway(ctx context.Context, g GatewaySetup) (map[string]any, error) {
	methods, err := s.methods(ctx)
	if err != nil {
		return nil, err
	}
	taxes, err := db.From[catalog.Tax](s.d.Q(ctx)).Where("id = ?", g.FeeTaxID).Find()
	if err != nil {
		return nil, err
	}
	locations, err := s.namesOf(ctx, "locations", g.Locations)
	if err != nil {
		return nil, err
	}
	payers, err := s.namesOf(ctx, "payment_methods", g.PaymentMethods)
	if err != nil {
		return nil, err
	}
	categories, err := db.From[TransactionCategory](s.d.Q(ctx)).Where("id = ?", g.FeeCategoryID).Find()
	return map[string]any{"enabled": g.Enabled, "position": g.Position, "gateway_label": g.Label, "payment_method": methods[g.MethodID].Name,
		"fee_percent": money.FormatMinor(g.FeePPM, 4), "fee_fixed": amountOf(g.FeeFixed, g.Currency), "minimum": amountOf(g.Minimum, g.Currency),
		"pays_invoices": g.Invoices, "pays_proformas": g.Proformas, "adds_money": g.Ahead,
		"fee_tax": first(taxes).Name, "fee_category": first(categories).Name, "fee_text": g.FeeText,
		"covers_debt": g.CoversDebt, "offered_locations": append([]string{}, locations...), "offered_methods": append([]string{}, payers...)}, err
}
