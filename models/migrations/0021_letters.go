package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0021 keeps what is attached to captured mail, and lets a customer have no mail about documents.
func step0021() *gormigrate.Migration {
	type capturedFile struct {
		ID        int64  `gorm:"primaryKey"`
		MessageID int64  `gorm:"not null;index"`
		Name      string `gorm:"size:255;not null"`
		Data      []byte `gorm:"not null"`
	}
	return &gormigrate.Migration{ID: "0021_letters", Migrate: func(tx *gorm.DB) error {
		if err := tx.Migrator().CreateTable(&capturedFile{}); err != nil {
			return err
		}
		return tx.Exec("ALTER TABLE customer_billings ADD COLUMN no_finance_mail BOOLEAN NOT NULL DEFAULT FALSE").Error
	}}
}
