package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0017 adds customers' promises to pay. OpenFor is the customer while the promise is open: two at once cannot be.
func step0017() *gormigrate.Migration {
	type paymentPromise struct {
		ID         int64     `gorm:"primaryKey"`
		CustomerID int64     `gorm:"not null;index"`
		OpenFor    *int64    `gorm:"uniqueIndex"`
		PartnerID  int64     `gorm:"not null"`
		State      string    `gorm:"size:16;not null"`
		Amount     int64     `gorm:"not null"`
		Currency   string    `gorm:"size:3;not null"`
		MadeOn     string    `gorm:"size:10;not null"`
		Until      string    `gorm:"size:10;not null"`
		EndedOn    string    `gorm:"size:10;not null"`
		Restored   bool      `gorm:"not null"`
		GrantedBy  string    `gorm:"size:200;not null"`
		CreatedAt  time.Time `gorm:"not null"`
		UpdatedAt  time.Time `gorm:"not null"`
	}
	return &gormigrate.Migration{ID: "0017_promises", Migrate: func(tx *gorm.DB) error {
		return tx.Migrator().CreateTable(&paymentPromise{})
	}}
}
