package models

import (
	"context"
	"slices"

	"myisp/models/catalog"
)

// TaxChoice says which tax a customer is usually charged: the one of most of their services, else the one of most of the
// partner's plans. Services without tax are an answer too: that customer is charged none. Archived taxes are left out.
func (m *Models) TaxChoice(ctx context.Context, customerID, partnerID int64) (c catalog.TaxChoice, err error) {
	type use struct{ TaxID, N int64 }
	var services, plans []use
	q := m.DB.Q(ctx)
	if err := q.Raw(`SELECT tax_id, COUNT(*) AS n FROM services WHERE customer_id = ? AND status <> 'archived' GROUP BY tax_id ORDER BY n DESC, tax_id DESC`, customerID).Scan(&services).Error; err != nil {
		return c, err
	}
	if err := q.Raw(`SELECT p.tax_id, COUNT(*) AS n FROM plans p JOIN plan_partners s ON s.plan_id = p.id WHERE s.partner_id = ? AND p.archived = ? GROUP BY p.tax_id ORDER BY n DESC, p.tax_id DESC`,
		partnerID, false).Scan(&plans).Error; err != nil {
		return c, err
	}
	taxes, err := m.Catalog.Taxes(ctx)
	if err != nil {
		return c, err
	}
	all := slices.Concat(services, plans)
	for _, t := range taxes {
		if slices.ContainsFunc(all, func(u use) bool { return u.TaxID == t.ID }) {
			c.Own = append(c.Own, t)
		} else {
			c.Others = append(c.Others, t)
		}
	}
	for _, u := range all {
		if u.TaxID == 0 || slices.ContainsFunc(c.Own, func(t catalog.Tax) bool { return t.ID == u.TaxID }) {
			c.Usual = u.TaxID
			break
		}
	}
	return c, nil
}
