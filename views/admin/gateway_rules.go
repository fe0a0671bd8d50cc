package admin

import (
	"context"
	"slices"
	"strconv"

	"myisp/models/catalog"
	"myisp/models/finance"
	"myisp/models/portal"
	financeviews "myisp/views/finance"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// GatewayRefs are what a gateway's rules choose from: all that there is, what was archived too.
type GatewayRefs struct {
	Methods    []finance.PaymentMethod
	Taxes      []catalog.Tax
	Categories []finance.TransactionCategory
	Locations  []portal.Location
}

// rules are the fields of the folded part.
var rules = []string{"fee_tax", "fee_category", "fee_text", "locations", "payment_methods"}

// rulesOpen reports whether a rule is set, or wrong.
func (p GatewayPage) rulesOpen() bool {
	s := p.Setup
	return wrong(p.Errors, rules...) || s.FeeTaxID != 0 || s.FeeCategoryID != finance.CategoryService || s.FeeText != "" || s.CoversDebt || s.Locations != "" || s.PaymentMethods != ""
}

// feeTaxes are the taxes in use, and the chosen one whatever became of it.
func (p GatewayPage) feeTaxes(ctx context.Context) []ui.Option {
	var list []catalog.Tax
	for _, t := range p.Taxes {
		if !t.Archived || t.ID == p.Setup.FeeTaxID {
			list = append(list, t)
		}
	}
	return taxOptions(ctx, catalog.TaxChoice{Others: list})
}

func (p GatewayPage) feeCategories(ctx context.Context) (list []ui.Option) {
	for _, c := range p.Categories {
		if !c.Archived || c.ID == p.Setup.FeeCategoryID {
			list = append(list, ui.Option{Value: strconv.FormatInt(c.ID, 10), Label: financeviews.CategoryText(ctx, c)})
		}
	}
	return list
}

// limit is a group of ticks that say whom a gateway is for; none is everybody.
type limit struct {
	field, legend, hint string
	ticks               []ui.Check
}

func (p GatewayPage) limits(ctx context.Context) []limit {
	places := []ui.Option{{Value: "0", Label: i18n.T(ctx, "gateways.without_location")}}
	for _, l := range p.Locations {
		places = append(places, ui.Option{Value: strconv.FormatInt(l.ID, 10), Label: l.Name})
	}
	chosen := p.Setup.PaymentMethods.List()
	methods := []ui.Option{{Value: "0", Label: i18n.T(ctx, "gateways.without_method")}}
	for _, m := range p.Methods {
		if m.Active || slices.Contains(chosen, m.ID) {
			methods = append(methods, ui.Option{Value: strconv.FormatInt(m.ID, 10), Label: methodName(ctx, m)})
		}
	}
	return []limit{
		{"locations", i18n.T(ctx, "gateways.locations"), i18n.T(ctx, "gateways.locations_hint"), ticks("location", places, p.Setup.Locations)},
		{"payment_methods", i18n.T(ctx, "gateways.methods"), i18n.T(ctx, "gateways.methods_hint"), ticks("payment_method", methods, p.Setup.PaymentMethods)},
	}
}

func ticks(name string, options []ui.Option, chosen finance.IDs) (list []ui.Check) {
	ids := chosen.List()
	for _, o := range options {
		id, _ := strconv.ParseInt(o.Value, 10, 64)
		list = append(list, ui.Check{Name: name, ID: "f-" + name + "-" + o.Value, Value: o.Value, Label: o.Label, Checked: slices.Contains(ids, id)})
	}
	return list
}
