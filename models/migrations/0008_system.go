package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0008 lets a customer's session be a member of staff's who acts as the customer, finds jobs by kind, and keeps when
// this database was last backed up and checked.
func step0008(Dialect) *gormigrate.Migration {
	type systemRecord struct {
		Kind    string    `gorm:"primaryKey;size:32"`
		At      time.Time `gorm:"not null"`
		Good    bool      `gorm:"not null"`
		Details string    `gorm:"not null"`
	}
	return &gormigrate.Migration{ID: "0008_system", Migrate: func(tx *gorm.DB) error {
		for _, sql := range []string{
			"ALTER TABLE sessions ADD COLUMN actor_id BIGINT NOT NULL DEFAULT 0",
			"ALTER TABLE sessions ADD COLUMN actor_session_id BIGINT NOT NULL DEFAULT 0",
			"ALTER TABLE sessions ADD COLUMN actor_writes BOOLEAN NOT NULL DEFAULT FALSE",
			"CREATE INDEX sessions_actor ON sessions (actor_session_id, realm)",
			"CREATE INDEX jobs_kind_state ON jobs (kind, state, id)",
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return tx.Migrator().CreateTable(&systemRecord{})
	}}
}
