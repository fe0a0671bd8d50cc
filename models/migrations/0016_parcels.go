package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0016 names each captured message by the job that sent it, so that a job which is done again after a crash does not
// keep its message twice.
func step0016() *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0016_parcels", Migrate: func(tx *gorm.DB) error {
		for _, sql := range []string{
			"ALTER TABLE captured_messages ADD COLUMN parcel_id VARCHAR(200)",
			"CREATE UNIQUE INDEX captured_messages_parcel_id ON captured_messages (parcel_id)",
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
