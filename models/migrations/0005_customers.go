package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0005 adds what staff know of a customer: the fields of §3.1 that were missing, labels, the words by which customers
// are found, and which service a stopped one goes on for. The words of customers who are there already are written when
// the step is done (customer.Store.EnsureTerms), as they are whenever the way of making them changes; the column that held
// them in one text goes.
func step0005(Dialect) *gormigrate.Migration {
	type customer struct {
		ID int64 `gorm:"primaryKey"`
	}
	type customerTerm struct {
		CustomerID int64     `gorm:"primaryKey;autoIncrement:false;uniqueIndex:customer_terms_term,priority:2,sort:desc"`
		Customer   *customer `gorm:"constraint:OnDelete:CASCADE"`
		Term       []byte    `gorm:"primaryKey;uniqueIndex:customer_terms_term,priority:1"`
	}
	type customerLabel struct {
		ID        int64     `gorm:"primaryKey"`
		Name      string    `gorm:"size:60;not null"`
		Folded    string    `gorm:"size:120;not null;uniqueIndex"`
		Tone      string    `gorm:"size:8;not null"`
		CreatedAt time.Time `gorm:"not null"`
		UpdatedAt time.Time `gorm:"not null"`
	}
	type customerLabelLink struct {
		LabelID    int64          `gorm:"primaryKey;autoIncrement:false"`
		CustomerID int64          `gorm:"primaryKey;autoIncrement:false;index"`
		Label      *customerLabel `gorm:"constraint:OnDelete:CASCADE"`
		Customer   *customer      `gorm:"constraint:OnDelete:CASCADE"`
	}
	columns := []string{
		`customers ADD COLUMN contact_person varchar(200) NOT NULL DEFAULT ''`,
		`customers ADD COLUMN birthday varchar(10) NOT NULL DEFAULT ''`,
		`customers ADD COLUMN passport varchar(64) NOT NULL DEFAULT ''`,
		`customers ADD COLUMN gps varchar(64) NOT NULL DEFAULT ''`,
		`customers ADD COLUMN added_by varchar(16) NOT NULL DEFAULT ''`,
		`customers ADD COLUMN added_by_id bigint NOT NULL DEFAULT 0`,
		`customers ADD COLUMN status_reason varchar(1000) NOT NULL DEFAULT ''`,
		`customers DROP COLUMN search`,
		`customer_billings ADD COLUMN period bigint NOT NULL DEFAULT 0`,
		`customer_billings ADD COLUMN partner_ppm bigint NOT NULL DEFAULT 0`,
		`customer_billings ADD COLUMN sub_mode varchar(16) NOT NULL DEFAULT 'independent'`,
		`customer_billings ADD COLUMN person varchar(200) NOT NULL DEFAULT ''`,
		`customer_billings ADD COLUMN street varchar(200) NOT NULL DEFAULT ''`,
		`customer_billings ADD COLUMN zip varchar(32) NOT NULL DEFAULT ''`,
		`customer_billings ADD COLUMN city varchar(120) NOT NULL DEFAULT ''`,
		`services ADD COLUMN copy_of bigint NOT NULL DEFAULT 0`,
	}
	// Lists by status, partner and place are newest first; the id in the index spares sorting.
	indexes := []string{
		`CREATE INDEX customers_status ON customers (status, id)`,
		`CREATE INDEX customers_partner ON customers (partner_id, id)`,
		`CREATE INDEX customers_location ON customers (location_id, id)`,
		`DROP INDEX idx_customers_partner_id`,
	}
	return &gormigrate.Migration{ID: "0005_customers", Migrate: func(tx *gorm.DB) error {
		if err := tx.Migrator().CreateTable(&customerTerm{}, &customerLabel{}, &customerLabelLink{}); err != nil {
			return err
		}
		for _, c := range columns {
			if err := tx.Exec("ALTER TABLE " + c).Error; err != nil {
				return err
			}
		}
		for _, sql := range indexes {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
