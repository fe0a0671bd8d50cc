package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0015 adds refill cards with their series, and links that let somebody pay one document without logging in.
func step0015() *gormigrate.Migration {
	type refillCardSeries struct {
		ID         int64     `gorm:"primaryKey"`
		Name       string    `gorm:"size:12;not null;uniqueIndex:refill_card_series_name,priority:1"`
		Prefix     string    `gorm:"size:10;not null;uniqueIndex:refill_card_series_name,priority:2"`
		PartnerID  int64     `gorm:"not null"`
		Amount     int64     `gorm:"not null"`
		Currency   string    `gorm:"size:3;not null"`
		ValidUntil string    `gorm:"size:10;not null"`
		Count      int       `gorm:"not null"`
		Length     int       `gorm:"not null"`
		Alphabet   string    `gorm:"size:16;not null"`
		Blocked    bool      `gorm:"not null"`
		MadeBy     string    `gorm:"size:200;not null"`
		CreatedAt  time.Time `gorm:"not null"`
	}
	type refillCard struct {
		ID         int64      `gorm:"primaryKey"`
		SeriesID   int64      `gorm:"not null;uniqueIndex:refill_cards_number,priority:1"`
		Number     int        `gorm:"not null;uniqueIndex:refill_cards_number,priority:2"`
		Hash       string     `gorm:"size:64;not null;uniqueIndex"`
		Sealed     string     `gorm:"size:300;not null"`
		State      string     `gorm:"size:16;not null"`
		CustomerID int64      `gorm:"not null;index"`
		PaymentID  int64      `gorm:"not null"`
		UsedAt     *time.Time `gorm:""`
	}
	type payLink struct {
		ID         int64      `gorm:"primaryKey"`
		Hash       string     `gorm:"size:64;not null;uniqueIndex"`
		CustomerID int64      `gorm:"not null;index:pay_links_document,priority:1"`
		Kind       string     `gorm:"size:16;not null;index:pay_links_document,priority:2"`
		DocumentID int64      `gorm:"not null;index:pay_links_document,priority:3"`
		MadeBy     string     `gorm:"size:16;not null"`
		MakerName  string     `gorm:"size:200;not null"`
		ExpiresAt  time.Time  `gorm:"not null;index"`
		RevokedAt  *time.Time `gorm:""`
		CreatedAt  time.Time  `gorm:"not null"`
	}
	return &gormigrate.Migration{ID: "0015_cards_links", Migrate: func(tx *gorm.DB) error {
		return tx.Migrator().CreateTable(&refillCardSeries{}, &refillCard{}, &payLink{})
	}}
}
