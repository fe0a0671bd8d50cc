package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0027 keeps the numbers of credit notes as they are where there are any: from now on a new installation begins with
// others, which no invoice has.
func step0027() *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0027_credit_note_numbers", Migrate: func(tx *gorm.DB) error {
		var notes, chosen int64
		if err := tx.Raw("SELECT COUNT(*) FROM (SELECT id FROM credit_notes LIMIT 1) x").Scan(&notes).Error; err != nil {
			return err
		}
		if err := tx.Raw("SELECT COUNT(*) FROM settings WHERE partner_id = 1 AND key = 'credit_note_numbers'").Scan(&chosen).Error; err != nil || notes == 0 || chosen > 0 {
			return err
		}
		return tx.Exec("INSERT INTO settings (partner_id, key, value, updated_at) VALUES (1, 'credit_note_numbers', ?, ?)", `"{year}{partner_id|2}{next|6}"`, time.Now().UTC().Truncate(time.Microsecond)).Error
	}}
}
