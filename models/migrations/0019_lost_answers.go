package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0019 keeps what is needed to ask again where a gateway's answer was lost: what a charge was described as, and each
// refund before its gateway is asked. It notes since when money is on its way, which pay link an attempt was begun with, and
// finds the attempts whose gateway tells of more than was asked for.
func step0019() *gormigrate.Migration {
	type gatewayRefund struct {
		ID         int64      `gorm:"primaryKey"`
		Key        string     `gorm:"size:64;not null;uniqueIndex"`
		AttemptID  int64      `gorm:"not null;index"`
		CustomerID int64      `gorm:"not null;index"`
		Amount     int64      `gorm:"not null"`
		Currency   string     `gorm:"size:3;not null"`
		State      string     `gorm:"size:16;not null"`
		Checks     int        `gorm:"not null"`
		CheckAt    *time.Time `gorm:"index"`
		CreatedAt  time.Time  `gorm:"not null"`
		UpdatedAt  time.Time  `gorm:"not null"`
	}
	type paymentAttempt struct {
		PendingSince *time.Time `gorm:""`
	}
	return &gormigrate.Migration{ID: "0019_lost_answers", Migrate: func(tx *gorm.DB) error {
		if err := tx.Migrator().AddColumn(&paymentAttempt{}, "PendingSince"); err != nil { // a plain ADD COLUMN with the database's own type for times
			return err
		}
		for _, sql := range []string{
			"ALTER TABLE payment_attempts ADD COLUMN description VARCHAR(200) NOT NULL DEFAULT ''",
			"ALTER TABLE payment_attempts ADD COLUMN pay_link_id BIGINT NOT NULL DEFAULT 0",
			"CREATE INDEX payment_attempts_more ON payment_attempts (id) WHERE reason = 'more'",
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return tx.Migrator().CreateTable(&gatewayRefund{})
	}}
}
