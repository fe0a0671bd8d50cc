package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0024 makes proforma invoices follow their money: some stayed paid when it went back, and one that was paid in parts never
// became paid. From now on the books keep them in line, and prove it.
func step0024() *gormigrate.Migration {
	// What came for a proforma invoice, less what went back and the gateways' fees.
	const money = `COALESCE((SELECT SUM(CASE WHEN g.amount > COALESCE(x.fee, 0) THEN g.amount - COALESCE(x.fee, 0) ELSE 0 END) FROM
		(SELECT p.proforma_id, p.attempt_id, SUM(p.amount - COALESCE((SELECT SUM(a.amount) FROM allocations a JOIN transactions t ON t.id = a.transaction_id
			WHERE a.source_kind = 'payment' AND a.source_id = p.id AND t.payment_id <> 0), 0)) AS amount
			FROM payments p WHERE p.customer_id = proforma_invoices.customer_id AND p.proforma_id = proforma_invoices.id AND p.amount > 0 GROUP BY p.proforma_id, p.attempt_id) g
		LEFT JOIN payment_attempts x ON x.id = g.attempt_id), 0)`
	return &gormigrate.Migration{ID: "0024_proforma_money", Migrate: func(tx *gorm.DB) error {
		for _, sql := range []string{
			"UPDATE proforma_invoices SET status = 'not_paid', paid_day = '', payment_id = 0 WHERE status = 'paid' AND " + money + " < total",
			`UPDATE proforma_invoices SET status = 'paid', payment_id = (SELECT MAX(id) FROM payments p WHERE p.customer_id = proforma_invoices.customer_id AND p.proforma_id = proforma_invoices.id AND p.amount > 0),
				paid_day = (SELECT MAX(day) FROM payments p WHERE p.customer_id = proforma_invoices.customer_id AND p.proforma_id = proforma_invoices.id AND p.amount > 0)
				WHERE status IN ('not_paid', 'pending') AND ` + money + " >= total",
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
