package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0026 finds the movements of a payment and of a credit note, of which staff may take one back. Most movements are of
// neither, so the indexes leave those out.
func step0026() *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0026_taken_back", Migrate: func(tx *gorm.DB) error {
		for _, sql := range []string{
			"CREATE INDEX transactions_payment ON transactions (payment_id) WHERE payment_id <> 0",
			"CREATE INDEX transactions_credit_note ON transactions (credit_note_id) WHERE credit_note_id <> 0",
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
