package configuration

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"myisp/internal/money"
	"myisp/internal/secret"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/portal"
)

// Reference is the variable of the environment that holds a key of a partner's gateway.
func Reference(partner int64, gateway, key string) string {
	return fmt.Sprintf("MYISP_GATEWAY_%d_%s_%s", partner, loud(gateway), loud(key))
}

func loud(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(s))
}

// gateways lists a partner's gateways, with references in place of their keys.
func (s *Store) gateways(ctx context.Context, partner int64) ([]Gateway, error) {
	list, err := s.m.Finance.Gateways(ctx, partner)
	if err != nil {
		return nil, err
	}
	names, err := s.gatewayNames(ctx)
	if err != nil {
		return nil, err
	}
	out := []Gateway{}
	for _, g := range list {
		t := names.file(g)
		config, err := s.m.Finance.Secrets(g)
		if err != nil && !errors.Is(err, finance.ErrSealed) {
			return nil, err
		}
		for key := range config {
			t.Config[key] = "env:" + Reference(partner, g.Gateway, key)
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Gateway) int { return cmp.Or(a.Position-b.Position, strings.Compare(a.Name, b.Name)) })
	return out, nil
}

// planGateways compares a partner's gateways. One that the file does not name is switched off, and keeps its keys.
func (p *planner) planGateways(ctx context.Context, partner int64, want, have []Gateway) error {
	names, err := p.s.gatewayNames(ctx)
	if err != nil {
		return err
	}
	file := partnerFile(partner)
	for i, g := range want {
		key := fmt.Sprintf("gateway[%d]", i)
		setup, ok, err := p.setup(ctx, names, partner, g, key)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		k := slices.IndexFunc(have, func(h Gateway) bool { return h.Name == g.Name })
		old := Gateway{}
		if k >= 0 {
			old = have[k]
		}
		sums := g.FeeFixed != 0 || g.Minimum != 0
		if sums && g.Currency == "" { // a file from before it was told
			if g.Currency, err = p.sumsOf(ctx, partner, old); err != nil {
				return err
			}
		}
		if sums && !g.Currency.Valid() {
			p.problem(file, key+".currency", "", "say of which currency fee_fixed and minimum are")
			continue
		}
		secrets, changed, err := p.secrets(ctx, partner, g, key)
		if err != nil {
			return err
		}
		before, after := gatewayWords(old), gatewayWords(g)
		if len(changed) > 0 {
			after += " (new keys: " + strings.Join(changed, ", ") + ")"
		}
		if k >= 0 && before == after {
			continue
		}
		if k < 0 {
			before = ""
		}
		setup.Currency = g.Currency
		p.add(file, key, "gateway "+g.Name, before, after, func(ctx context.Context) error { return p.s.m.Finance.SetUpGateway(ctx, setup, secrets) })
	}
	for _, h := range have {
		if !h.Enabled || slices.ContainsFunc(want, func(g Gateway) bool { return g.Name == h.Name }) {
			continue
		}
		off := h
		off.Enabled = false
		p.add(file, "gateway", "gateway "+h.Name, gatewayWords(h), gatewayWords(off), func(ctx context.Context) error {
			setup, err := p.s.m.Finance.Gateway(ctx, partner, h.Name)
			if err != nil {
				return err
			}
			setup.Enabled = false
			return p.s.m.Finance.SetUpGateway(ctx, setup, nil)
		})
	}
	return nil
}

// setup is a file's gateway as it is stored, its keys and the currency of its sums left out; false tells of problems.
func (p *planner) setup(ctx context.Context, names gatewayNames, partner int64, g Gateway, key string) (finance.GatewaySetup, bool, error) {
	s := finance.GatewaySetup{PartnerID: partner, Gateway: g.Name, Enabled: g.Enabled, Position: g.Position, Label: strings.TrimSpace(g.Label), FeePPM: g.FeePPM, FeeFixed: g.FeeFixed,
		Minimum: g.Minimum, Invoices: g.Invoices, Proformas: g.Proformas, Ahead: g.Ahead, FeeText: g.FeeText, CoversDebt: g.WholeDebt, FeeCategoryID: finance.CategoryService}
	stored, err := p.s.m.Finance.Gateway(ctx, partner, g.Name)
	if err != nil && db.KindOf(err) != db.NotFound {
		return s, false, err
	}
	file, before := partnerFile(partner), len(p.problems)
	var ok bool
	if s.MethodID, ok = idOf(names.methods, g.Method, stored.MethodID, method); !ok {
		p.problem(file, key+".method", "", "there has to be one payment method "+quote(g.Method))
	}
	if g.FeeTax != "" {
		if s.FeeTaxID, ok = idOf(names.taxes, g.FeeTax, stored.FeeTaxID, tax); !ok {
			p.problem(file, key+".fee_tax", "", "there has to be one tax in use "+quote(g.FeeTax))
		}
	}
	if g.FeeKind != "" {
		if s.FeeCategoryID, ok = idOf(names.categories, g.FeeKind, stored.FeeCategoryID, category); !ok {
			p.problem(file, key+".fee_category", "", "there has to be one transaction category in use "+quote(g.FeeKind))
		}
	}
	s.Locations = finance.IDsOf(g.Locations...)
	var methods []int64
	for _, name := range g.Methods {
		id, ok := idOf(names.methods, name, 0, method)
		if !ok && name != "" {
			p.problem(file, key+".payment_methods", "", "there has to be one payment method "+quote(name))
		}
		methods = append(methods, id)
	}
	s.PaymentMethods = finance.IDsOf(methods...)
	return s, len(p.problems) == before, nil
}

// sumsOf is the currency of a gateway's sums where the file does not tell it: the stored one, or else the partner's in force; ""
// for a partner that is only being made.
func (p *planner) sumsOf(ctx context.Context, partner int64, stored Gateway) (money.Currency, error) {
	if stored.Currency != "" {
		return stored.Currency, nil
	}
	snap, err := p.s.m.Portal.Snapshot(ctx)
	if err != nil {
		return "", err
	}
	if v := snap.Partner(partner); v != nil {
		return money.Currency(portal.Currency.Of(v.Values)), nil
	}
	return "", nil
}

// secrets looks the keys of a gateway up: those that the environment has and that differ from what is stored.
func (p *planner) secrets(ctx context.Context, partner int64, g Gateway, at string) (config map[string]string, changed []string, err error) {
	file := partnerFile(partner)
	stored := map[string]string{}
	setup, err := p.s.m.Finance.Gateway(ctx, partner, g.Name)
	switch {
	case err == nil:
		if stored, err = p.s.m.Finance.Secrets(setup); err != nil && !errors.Is(err, finance.ErrSealed) {
			return nil, nil, err
		}
	case db.KindOf(err) != db.NotFound:
		return nil, nil, err
	}
	config = map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(g.Config)) {
		name, ok := strings.CutPrefix(g.Config[key], "env:")
		if !ok || strings.TrimSpace(name) == "" {
			p.problem(file, at+".config."+key, "", "a gateway's key is a reference such as "+quote("env:"+Reference(partner, g.Name, key))+", never the value itself")
			continue
		}
		if value, _ := p.s.Env(name); strings.TrimSpace(value) != "" {
			if config[key] = strings.TrimSpace(value); config[key] != stored[key] {
				changed = append(changed, key)
			}
		}
	}
	if finance.Readdressed(stored, config, nil) {
		stored = nil // keys are not taken to another address
	}
	for _, key := range p.s.Required(g.Name) {
		if g.Enabled && stored[key] == "" && config[key] == "" {
			where := at + ".config." + key
			p.problem(file, where, "", "the key is needed, and neither stored nor in the environment as "+Reference(partner, g.Name, key))
		}
	}
	return config, changed, nil
}

// gatewayWords is a gateway without its keys, to compare and to read.
func gatewayWords(g Gateway) string {
	on := "off"
	if g.Enabled {
		on = "on"
	}
	return fmt.Sprintf("%s, position %d, label %s, method %s, fee %d ppm + %d, minimum %d %s, invoices %t, proforma invoices %t, add money %t, fee's tax %s, category %s, text %s, whole debt %t, locations %s, payment methods %q", on,
		g.Position, quote(g.Label), quote(g.Method), g.FeePPM, g.FeeFixed, g.Minimum, g.Currency, g.Invoices, g.Proformas, g.Ahead, quote(g.FeeTax), quote(g.FeeKind), quote(g.FeeText), g.WholeDebt,
		finance.IDsOf(g.Locations...), slices.Sorted(slices.Values(g.Methods)))
}

func digest(data []byte) string {
	if len(data) == 0 {
		return ""
	}
	return secret.SHA256Hex(string(data))[:12]
}
