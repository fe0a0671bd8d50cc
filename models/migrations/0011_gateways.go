package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0011 adds the gateways that each partner has set up.
func step0011(Dialect) *gormigrate.Migration {
	type gatewaySetup struct {
		PartnerID int64     `gorm:"primaryKey;autoIncrement:false"`
		Gateway   string    `gorm:"primaryKey;size:32"`
		Enabled   bool      `gorm:"not null"`
		Position  int       `gorm:"not null"`
		Label     string    `gorm:"size:60;not null"`
		MethodID  int64     `gorm:"not null"`
		FeePPM    int64     `gorm:"not null"`
		FeeFixed  int64     `gorm:"not null"`
		Minimum   int64     `gorm:"not null"`
		Invoices  bool      `gorm:"not null"`
		Proformas bool      `gorm:"not null"`
		Ahead     bool      `gorm:"not null"`
		Config    string    `gorm:"not null"`
		UpdatedAt time.Time `gorm:"not null"`
	}
	return &gormigrate.Migration{ID: "0011_gateways", Migrate: func(tx *gorm.DB) error {
		return tx.Migrator().CreateTable(&gatewaySetup{})
	}}
}
