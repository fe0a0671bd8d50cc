package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0020 says of which currency a gateway's fixed fee and minimum are: of its partner's until now, or else of the Default
// partner's, or else what that was by default. Settings are kept as JSON: a text has its quotation marks.
func step0020() *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0020_gateway_currency", Migrate: func(tx *gorm.DB) error {
		for _, sql := range []string{
			"ALTER TABLE gateway_setups ADD COLUMN currency VARCHAR(3) NOT NULL DEFAULT ''",
			`UPDATE gateway_setups SET currency = COALESCE(
				(SELECT REPLACE(s.value, '"', '') FROM settings s WHERE s.key = 'currency' AND s.partner_id = gateway_setups.partner_id AND LENGTH(REPLACE(s.value, '"', '')) = 3),
				(SELECT REPLACE(s.value, '"', '') FROM settings s WHERE s.key = 'currency' AND s.partner_id = 1 AND LENGTH(REPLACE(s.value, '"', '')) = 3), 'EUR')`,
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
