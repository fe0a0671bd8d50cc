package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0012 adds what staff's money needs: payments that were taken back say when and why, a proforma invoice leads to the
// invoice made of it, categories can be archived, taxes form groups; and the indexes of the lists across all customers.
func step0012() *gormigrate.Migration {
	type taxMember struct {
		GroupID    int64 `gorm:"primaryKey;autoIncrement:false"`
		Position   int   `gorm:"primaryKey;autoIncrement:false"`
		TaxID      int64 `gorm:"not null"`
		OnPrevious bool  `gorm:"not null"`
	}
	return &gormigrate.Migration{ID: "0012_desk", Migrate: func(tx *gorm.DB) error {
		if err := tx.Migrator().CreateTable(&taxMember{}); err != nil {
			return err
		}
		statements := []string{
			`ALTER TABLE payments ADD COLUMN deleted_day varchar(10) NOT NULL DEFAULT ''`,
			`ALTER TABLE payments ADD COLUMN deleted_reason varchar(500) NOT NULL DEFAULT ''`,
			`ALTER TABLE proforma_invoices ADD COLUMN invoice_id bigint NOT NULL DEFAULT 0`,
			`ALTER TABLE transaction_categories ADD COLUMN archived boolean NOT NULL DEFAULT false`,
			`CREATE INDEX invoices_status_day ON invoices (status, day, id)`,
		}
		for _, table := range []string{"invoices", "proforma_invoices", "credit_notes", "payments"} {
			statements = append(statements, "CREATE INDEX "+table+"_partner_day ON "+table+" (partner_id, day, id)")
		}
		for _, table := range []string{"invoices", "proforma_invoices", "credit_notes", "payments", "transactions"} {
			statements = append(statements, "CREATE INDEX "+table+"_day ON "+table+" (day, id)")
		}
		for _, s := range statements {
			if err := tx.Exec(s).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
