package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0010 adds what passes between the portal and the payment gateways: attempts with the documents they are for, and the
// gateways' notices that have been heard.
func step0010(Dialect) *gormigrate.Migration {
	type paymentAttempt struct {
		ID          int64      `gorm:"primaryKey"`
		Key         string     `gorm:"size:64;not null;uniqueIndex"`
		CustomerID  int64      `gorm:"not null;index:payment_attempts_customer,priority:1"`
		PartnerID   int64      `gorm:"not null"`
		Gateway     string     `gorm:"size:32;not null;uniqueIndex:payment_attempts_external,priority:1"`
		ExternalID  *string    `gorm:"size:200;uniqueIndex:payment_attempts_external,priority:2"`
		MethodID    int64      `gorm:"not null"`
		State       string     `gorm:"size:16;not null"`
		Reason      string     `gorm:"size:32;not null"`
		Amount      int64      `gorm:"not null"`
		Fee         int64      `gorm:"not null"`
		Currency    string     `gorm:"size:3;not null"`
		Purpose     string     `gorm:"size:16;not null"`
		RedirectURL string     `gorm:"size:2000;not null"`
		Received    int64      `gorm:"not null"`
		Returned    int64      `gorm:"not null"`
		Reinstated  int64      `gorm:"not null"`
		PaymentID   int64      `gorm:"not null;index"`
		Method      string     `gorm:"size:100;not null"`
		Checks      int        `gorm:"not null"`
		CheckAt     *time.Time `gorm:"index"`
		CreatedAt   time.Time  `gorm:"not null"`
		UpdatedAt   time.Time  `gorm:"not null"`
		SettledAt   *time.Time `gorm:""`
	}
	type paymentAttemptDocument struct {
		AttemptID  int64           `gorm:"primaryKey;autoIncrement:false"`
		Kind       string          `gorm:"primaryKey;size:16;index:payment_attempt_documents_document,priority:1"`
		DocumentID int64           `gorm:"primaryKey;autoIncrement:false;index:payment_attempt_documents_document,priority:2"`
		Position   int             `gorm:"not null"`
		Attempt    *paymentAttempt `gorm:"constraint:OnDelete:CASCADE"`
	}
	type gatewayNotice struct {
		Gateway    string    `gorm:"primaryKey;size:32"`
		NoticeID   string    `gorm:"primaryKey;size:200"`
		Subject    string    `gorm:"size:200;not null"`
		ReceivedAt time.Time `gorm:"not null;index"`
	}
	return &gormigrate.Migration{ID: "0010_attempts", Migrate: func(tx *gorm.DB) error {
		return tx.Migrator().CreateTable(&paymentAttempt{}, &paymentAttemptDocument{}, &gatewayNotice{})
	}}
}
