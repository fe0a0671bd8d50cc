package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0030 notes with a refund what had gone back before it, so that it is known whether the gateway has told of it.
func step0030() *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0030_refunds_told", Migrate: func(tx *gorm.DB) error {
		if err := tx.Exec("ALTER TABLE gateway_refunds ADD COLUMN returned_before BIGINT NOT NULL DEFAULT 0").Error; err != nil {
			return err
		}
		return tx.Exec(`UPDATE gateway_refunds SET returned_before = (SELECT a.returned FROM payment_attempts a WHERE a.id = gateway_refunds.attempt_id)
			WHERE state = 'asked' AND EXISTS (SELECT 1 FROM payment_attempts a WHERE a.id = gateway_refunds.attempt_id)`).Error
	}}
}
