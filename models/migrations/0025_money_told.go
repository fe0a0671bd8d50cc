package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0025 keeps of an attempt what was asked for, what was taken back and since when its money is lost, and of a payment when
// its receipt was mailed: what customers are told of once.
func step0025() *gormigrate.Migration {
	type paymentAttempt struct {
		LostAt     *time.Time `gorm:""`
		LostSeenAt *time.Time `gorm:""`
	}
	type payment struct {
		ReceiptAt *time.Time `gorm:""`
	}
	return &gormigrate.Migration{ID: "0025_money_told", Migrate: func(tx *gorm.DB) error {
		for _, field := range []string{"LostAt", "LostSeenAt"} { // plain ADD COLUMNs with the database's own type for times
			if err := tx.Migrator().AddColumn(&paymentAttempt{}, field); err != nil {
				return err
			}
		}
		if err := tx.Migrator().AddColumn(&payment{}, "ReceiptAt"); err != nil {
			return err
		}
		for _, sql := range []string{
			"ALTER TABLE payment_attempts ADD COLUMN taken_back BIGINT NOT NULL DEFAULT 0",
			"ALTER TABLE payment_attempts ADD COLUMN asked BIGINT NOT NULL DEFAULT 0",
			"UPDATE payment_attempts SET asked = amount + fee",
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
