package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0029 gives proforma invoices and credit notes the memo of staff's that invoices have (§3.4).
func step0029() *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0029_memos", Migrate: func(tx *gorm.DB) error {
		for _, table := range []string{"proforma_invoices", "credit_notes"} {
			if err := tx.Exec("ALTER TABLE " + table + " ADD COLUMN memo VARCHAR(2000) NOT NULL DEFAULT ''").Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
