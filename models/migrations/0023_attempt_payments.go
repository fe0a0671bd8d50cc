package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0023 says on a payment by which attempt it came or went through a gateway. Until now an attempt named one payment only,
// the latest; it names its first again, and the others are found by the keys that they were posted under.
func step0023() *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0023_attempt_payments", Migrate: func(tx *gorm.DB) error {
		for _, sql := range []string{
			"ALTER TABLE payments ADD COLUMN attempt_id BIGINT NOT NULL DEFAULT 0",
			`UPDATE payments SET attempt_id = COALESCE((SELECT MIN(a.id) FROM transactions t JOIN ledger_transactions l ON l.id = t.ledger_transaction_id
				JOIN payment_attempts a ON a.customer_id = t.customer_id AND l.key LIKE l.kind || ':attempt:' || a.id || ':%'
				WHERE t.customer_id = payments.customer_id AND t.payment_id = payments.id AND l.kind IN ('payment', 'refund')), 0)
				WHERE customer_id IN (SELECT customer_id FROM payment_attempts WHERE received > 0)`,
			`UPDATE payment_attempts SET payment_id = (SELECT MIN(p.id) FROM payments p WHERE p.customer_id = payment_attempts.customer_id AND p.attempt_id = payment_attempts.id AND p.amount > 0)
				WHERE EXISTS (SELECT 1 FROM payments p WHERE p.customer_id = payment_attempts.customer_id AND p.attempt_id = payment_attempts.id AND p.amount > 0)`,
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
