package finance

import (
	"context"

	"myisp/models/catalog"
	"myisp/models/db"
)

// maxFeeText is how many characters the words of a fee's line have at most.
const maxFeeText = 100

// checkFeeLine holds the tax and the category of a gateway's fee to what there is. What was archived is not chosen anew, and
// stays where it was chosen before.
func (s *Store) checkFeeLine(ctx context.Context, g, old GatewaySetup) error {
	bad := db.Invalid{}
	if g.FeeTaxID != 0 {
		taxes, err := db.From[catalog.Tax](s.d.Q(ctx)).Where("id = ?", g.FeeTaxID).Find()
		if err != nil {
			return err
		}
		if len(taxes) == 0 || taxes[0].Archived && g.FeeTaxID != old.FeeTaxID {
			bad["fee_tax"] = "error.choice"
		}
	}
	categories, err := db.From[TransactionCategory](s.d.Q(ctx)).Where("id = ?", g.FeeCategoryID).Find()
	if err != nil {
		return err
	}
	// Service is what a gateway has that says nothing of it, archived or not.
	if len(categories) == 0 || categories[0].Archived && g.FeeCategoryID != old.FeeCategoryID && g.FeeCategoryID != CategoryService {
		bad["fee_category"] = "error.choice"
	}
	return bad.Or()
}

// feeItem is the charge that an attempt's fee becomes: what the caller says of it, with what the partner has set for the gateway
// by the day it is booked. The tax is within the fee, never on top: so what was shown and asked for is what is booked.
func (s *Store) feeItem(ctx context.Context, a Attempt, fee Item) (Item, error) {
	fee.Price, fee.TaxIncluded = a.Fee, true
	g, err := s.Gateway(ctx, a.PartnerID, a.Gateway)
	if err != nil && db.KindOf(err) == db.NotFound {
		return fee, nil // nobody has set it up any more; its money is booked all the same
	}
	if err != nil {
		return fee, err
	}
	fee.CategoryID = g.FeeCategoryID
	if g.FeeText != "" {
		fee.Description = g.FeeText
	}
	taxes, err := db.From[catalog.Tax](s.d.Q(ctx)).Where("id = ?", g.FeeTaxID).Find()
	if t := first(taxes); err == nil && t.ID != 0 {
		fee.TaxID, fee.TaxName, fee.TaxRatePPM = t.ID, t.Name, t.RatePPM
	}
	return fee, err
}
