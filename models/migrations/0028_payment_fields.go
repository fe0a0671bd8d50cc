package migrations

import (
	"fmt"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0028 gives payment methods five labels, and payments what stands under them and a note of staff's (§3.4).
func step0028() *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0028_payment_fields", Migrate: func(tx *gorm.DB) error {
		sql := []string{"ALTER TABLE payments ADD COLUMN note VARCHAR(500) NOT NULL DEFAULT ''"}
		for i := 1; i <= 5; i++ {
			sql = append(sql, fmt.Sprintf("ALTER TABLE payment_methods ADD COLUMN name_%d VARCHAR(120) NOT NULL DEFAULT ''", i),
				fmt.Sprintf("ALTER TABLE payments ADD COLUMN field_%d VARCHAR(120) NOT NULL DEFAULT ''", i))
		}
		for _, s := range sql {
			if err := tx.Exec(s).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
