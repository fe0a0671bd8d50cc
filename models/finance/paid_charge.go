package finance

import (
	"context"

	"myisp/internal/money"
	"myisp/models/db"
)

// PaidCharge is what a payment pays of a charge that is on no invoice, such as a gateway's fee.
type PaidCharge struct {
	Description string
	Amount      money.Money
	Tax         TaxLine // within the amount; none of a charge without tax, or of one that is paid in part
}

// mostCharges is how many charges a receipt names; more than that are one line.
const mostCharges = 20

// charges reads what a payment pays of charges that are on no invoice, the first paid first. What a refund took is none.
func (m Mine) charges(ctx context.Context, p Payment) (list []PaidCharge, err error) {
	err = db.Rows(m.s.d.R(ctx).Raw(`SELECT t.description, t.total, t.tax, t.tax_rate_ppm, COALESCE(x.name, ''), s.amount
		FROM (SELECT transaction_id, CAST(SUM(amount) AS BIGINT) AS amount, MIN(id) AS first FROM allocations
			WHERE source_kind = 'payment' AND source_id = ? AND customer_id = ? AND transaction_id <> 0 GROUP BY transaction_id HAVING SUM(amount) > 0) s
		JOIN transactions t ON t.id = s.transaction_id AND t.payment_id = 0
		LEFT JOIN taxes x ON x.id = t.tax_id ORDER BY s.first LIMIT ?`, p.ID, m.id, mostCharges), func(scan func(into ...any) error) error {
		c, total := PaidCharge{Amount: money.Of(0, p.Currency)}, int64(0)
		err := scan(&c.Description, &total, &c.Tax.Tax, &c.Tax.RatePPM, &c.Tax.Name, &c.Amount.Minor)
		if c.Tax.All, c.Tax.Net = total, total-c.Tax.Tax; c.Tax.Tax == 0 || c.Amount.Minor != total {
			c.Tax = TaxLine{}
		}
		list = append(list, c)
		return err
	})
	return list, err
}
