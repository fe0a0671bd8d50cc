package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0014 adds the payment methods that customers keep, and autopay: its rule, the consents to it, its charges.
func step0014() *gormigrate.Migration {
	type savedMethod struct {
		ID          int64      `gorm:"primaryKey"`
		Key         string     `gorm:"size:64;not null;uniqueIndex"`
		CustomerID  int64      `gorm:"not null;index:saved_methods_customer,priority:1"`
		PartnerID   int64      `gorm:"not null"`
		Gateway     string     `gorm:"size:32;not null;index:saved_methods_external,priority:1"`
		ExternalID  string     `gorm:"size:200;not null;index:saved_methods_external,priority:2"`
		State       string     `gorm:"size:16;not null;index:saved_methods_customer,priority:2"`
		Kind        string     `gorm:"size:16;not null"`
		Brand       string     `gorm:"size:60;not null"`
		Last4       string     `gorm:"size:8;not null"`
		ExpiryYear  int        `gorm:"not null"`
		ExpiryMonth int        `gorm:"not null"`
		Mandate     string     `gorm:"size:100;not null"`
		Label       string     `gorm:"size:60;not null"`
		IsDefault   bool       `gorm:"not null"`
		ReplacesID  int64      `gorm:"not null"`
		RedirectURL string     `gorm:"size:2000;not null"`
		Token       string     `gorm:"not null"`
		TokenHash   *string    `gorm:"size:64;uniqueIndex"`
		Told        string     `gorm:"size:8;not null"`
		CreatedAt   time.Time  `gorm:"not null"`
		UpdatedAt   time.Time  `gorm:"not null"`
		RemovedAt   *time.Time `gorm:""`
	}
	type autopay struct {
		CustomerID  int64     `gorm:"primaryKey;autoIncrement:false"`
		PartnerID   int64     `gorm:"not null"`
		State       string    `gorm:"size:8;not null;index"`
		Reason      string    `gorm:"size:16;not null"`
		MethodID    int64     `gorm:"not null"`
		Rule        string    `gorm:"size:8;not null"`
		Days        int       `gorm:"not null"`
		MostMinor   int64     `gorm:"not null"`
		Currency    string    `gorm:"size:3;not null"`
		StartsOn    string    `gorm:"size:10;not null"`
		PausedUntil string    `gorm:"size:10;not null"`
		ConsentID   int64     `gorm:"not null"`
		CreatedAt   time.Time `gorm:"not null"`
		UpdatedAt   time.Time `gorm:"not null"`
	}
	type autopayConsent struct {
		ID         int64     `gorm:"primaryKey"`
		CustomerID int64     `gorm:"not null;index"`
		Version    string    `gorm:"size:32;not null"`
		Language   string    `gorm:"size:8;not null"`
		Text       string    `gorm:"not null"`
		IP         string    `gorm:"size:64;not null"`
		UserAgent  string    `gorm:"size:300;not null"`
		CreatedAt  time.Time `gorm:"not null"`
	}
	type autopayCharge struct {
		ID         int64     `gorm:"primaryKey"`
		CustomerID int64     `gorm:"not null;uniqueIndex:autopay_charges_day,priority:1"`
		Day        string    `gorm:"size:10;not null;uniqueIndex:autopay_charges_day,priority:2"`
		State      string    `gorm:"size:8;not null"`
		Tries      int       `gorm:"not null"`
		FirstOn    string    `gorm:"size:10;not null"`
		NextOn     string    `gorm:"size:10;not null"`
		AttemptID  int64     `gorm:"not null"`
		Amount     int64     `gorm:"not null"`
		Fee        int64     `gorm:"not null"`
		Currency   string    `gorm:"size:3;not null"`
		Reason     string    `gorm:"size:16;not null"`
		CreatedAt  time.Time `gorm:"not null"`
		UpdatedAt  time.Time `gorm:"not null"`
	}
	return &gormigrate.Migration{ID: "0014_methods", Migrate: func(tx *gorm.DB) error {
		for _, column := range []string{"save_method boolean NOT NULL DEFAULT false", "saved_method_id bigint NOT NULL DEFAULT 0"} {
			if err := tx.Exec("ALTER TABLE payment_attempts ADD COLUMN " + column).Error; err != nil {
				return err
			}
		}
		return tx.Migrator().CreateTable(&savedMethod{}, &autopay{}, &autopayConsent{}, &autopayCharge{})
	}}
}
