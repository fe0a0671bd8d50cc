package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0030 notes with a refund what had gone back before it, so that it is known whether the gateway has told of it.
func step0030() *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0030_refunds_told", Migrate: func(tx *gorm.DB) error {
		return tx.Exec("ALTER TABLE gateway_refunds ADD COLUMN returned_before BIGINT NOT NULL DEFAULT 0").Error
	}}
}
