package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0013 adds what staff need for bank transfers: whose account it is and what else customers read about it, statements
// that are being imported, how each partner's bank writes them, and the money that they tell of.
func step0013(Dialect) *gormigrate.Migration {
	type bankStatement struct {
		ID        int64     `gorm:"primaryKey"`
		PartnerID int64     `gorm:"not null;index"`
		Name      string    `gorm:"size:200;not null"`
		Format    string    `gorm:"not null"`
		Data      []byte    `gorm:"not null"`
		CreatedAt time.Time `gorm:"not null;index"`
	}
	type bankFormat struct {
		PartnerID int64     `gorm:"primaryKey;autoIncrement:false"`
		Format    string    `gorm:"not null"`
		UpdatedAt time.Time `gorm:"not null"`
	}
	type incomingPayment struct {
		ID         int64     `gorm:"primaryKey"`
		PartnerID  int64     `gorm:"not null;uniqueIndex:incoming_payments_hash,priority:1;index:incoming_payments_state,priority:1"`
		Hash       string    `gorm:"size:64;not null;uniqueIndex:incoming_payments_hash,priority:2"`
		State      string    `gorm:"size:16;not null;index:incoming_payments_state,priority:2"`
		Day        string    `gorm:"size:10;not null;index:incoming_payments_state,priority:3"`
		Amount     int64     `gorm:"not null"`
		Currency   string    `gorm:"size:3;not null"`
		Payer      string    `gorm:"size:140;not null"`
		Account    string    `gorm:"size:64;not null"`
		Text       string    `gorm:"size:500;not null"`
		BankID     string    `gorm:"size:100;not null"`
		Statement  string    `gorm:"size:200;not null"`
		Line       int       `gorm:"not null"`
		Round      int       `gorm:"not null"`
		CustomerID int64     `gorm:"not null;index"`
		InvoiceID  int64     `gorm:"not null"`
		PaymentID  int64     `gorm:"not null"`
		Reason     string    `gorm:"size:200;not null"`
		CreatedAt  time.Time `gorm:"not null"`
		UpdatedAt  time.Time `gorm:"not null"`
	}
	return &gormigrate.Migration{ID: "0013_incoming", Migrate: func(tx *gorm.DB) error {
		for _, column := range []string{"bank_holder varchar(200)", "bank_text varchar(1000)"} {
			if err := tx.Exec("ALTER TABLE company_infos ADD COLUMN " + column + " NOT NULL DEFAULT ''").Error; err != nil {
				return err
			}
		}
		return tx.Migrator().CreateTable(&bankStatement{}, &bankFormat{}, &incomingPayment{})
	}}
}
