package admin

import (
	"context"
	"strconv"

	"myisp/models/catalog"
	"myisp/models/finance"
	financeviews "myisp/views/finance"
	"myisp/views/ui"
)

// GatewayRefs are what a gateway's rules choose from: all that there is, what was archived too.
type GatewayRefs struct {
	Methods    []finance.PaymentMethod
	Taxes      []catalog.Tax
	Categories []finance.TransactionCategory
}

// rules are the fields of the folded part.
var rules = []string{"fee_tax", "fee_category", "fee_text"}

// rulesOpen reports whether a rule is set, or wrong.
func (p GatewayPage) rulesOpen() bool {
	s := p.Setup
	return wrong(p.Errors, rules...) || s.FeeTaxID != 0 || s.FeeCategoryID != finance.CategoryService || s.FeeText != ""
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
