package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0003 adds what staff look at before they save it: settings and brands that are not in force.
func step0003(Dialect) *gormigrate.Migration {
	type previewDraft struct {
		TokenHash  string    `gorm:"primaryKey;size:64"`
		SessionID  int64     `gorm:"not null;index"`
		PartnerID  int64     `gorm:"not null"`
		CustomerID int64     `gorm:"not null"`
		Settings   string    `gorm:"not null"`
		Brand      string    `gorm:"not null"`
		Company    string    `gorm:"not null"`
		UpdatedAt  time.Time `gorm:"not null"`
		ExpiresAt  time.Time `gorm:"not null;index"`
	}
	return &gormigrate.Migration{ID: "0003_config", Migrate: func(tx *gorm.DB) error {
		return tx.Migrator().CreateTable(&previewDraft{})
	}}
}
