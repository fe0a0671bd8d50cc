package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0018 keeps what a gateway told of an attempt that is held, and what staff made of it, and finds attempts by state.
func step0018() *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0018_told", Migrate: func(tx *gorm.DB) error {
		for _, sql := range []string{
			"ALTER TABLE payment_attempts ADD COLUMN told BIGINT NOT NULL DEFAULT 0",
			"ALTER TABLE payment_attempts ADD COLUMN told_currency VARCHAR(3) NOT NULL DEFAULT ''",
			"ALTER TABLE payment_attempts ADD COLUMN note VARCHAR(500) NOT NULL DEFAULT ''",
			"CREATE INDEX payment_attempts_state ON payment_attempts (state, id)",
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
