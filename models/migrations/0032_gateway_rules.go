package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0032 gives gateways the rest of their options (§2.8): the tax, category and words of the fee's line, and the locations and
// payment methods of the customers whom they are for, and whether they take the whole debt alone. Fees were Service (1) without tax until
// now, and stay so; every gateway is for all, and takes what it is given.
func step0032() *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0032_gateway_rules", Migrate: func(tx *gorm.DB) error {
		for _, column := range []string{
			"fee_tax_id BIGINT NOT NULL DEFAULT 0",
			"fee_category_id BIGINT NOT NULL DEFAULT 1",
			"fee_text VARCHAR(100) NOT NULL DEFAULT ''",
			"locations TEXT NOT NULL DEFAULT ''",
			"covers_debt BOOLEAN NOT NULL DEFAULT FALSE",
			"payment_methods TEXT NOT NULL DEFAULT ''",
		} {
			if err := tx.Exec("ALTER TABLE gateway_setups ADD COLUMN " + column).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
