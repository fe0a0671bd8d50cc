package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0007 adds what staff need to manage each other: second factors with their recovery codes, invitations, links to a
// new password; when a session's owner last proved to be it; and the indexes by which the logs are read newest first.
func step0007(Dialect) *gormigrate.Migration {
	type session struct {
		ProvedAt *time.Time `gorm:""`
	}
	type staffRecoveryCode struct {
		ID       int64      `gorm:"primaryKey"`
		MemberID int64      `gorm:"not null;index"`
		CodeHash string     `gorm:"size:64;not null;uniqueIndex"`
		UsedAt   *time.Time `gorm:""`
	}
	type staffInvitation struct {
		ID          int64      `gorm:"primaryKey"`
		TokenHash   string     `gorm:"size:64;not null;uniqueIndex"`
		Email       string     `gorm:"size:254;not null"`
		Name        string     `gorm:"size:200;not null"`
		Role        string     `gorm:"size:32;not null"`
		Language    string     `gorm:"size:16;not null"`
		InviterName string     `gorm:"size:200;not null"`
		SentAt      time.Time  `gorm:"not null"`
		ExpiresAt   time.Time  `gorm:"not null;index"`
		EndedAt     *time.Time `gorm:""`
	}
	type staffPasswordLink struct {
		ID        int64      `gorm:"primaryKey"`
		TokenHash string     `gorm:"size:64;not null;uniqueIndex"`
		MemberID  int64      `gorm:"not null;index"`
		CreatedAt time.Time  `gorm:"not null"`
		ExpiresAt time.Time  `gorm:"not null;index"`
		EndedAt   *time.Time `gorm:""`
	}
	return &gormigrate.Migration{ID: "0007_staff", Migrate: func(tx *gorm.DB) error {
		for _, sql := range []string{
			"ALTER TABLE staff_members ADD COLUMN factor_secret TEXT NOT NULL DEFAULT ''",
			"ALTER TABLE staff_members ADD COLUMN factor_pending TEXT NOT NULL DEFAULT ''",
			"ALTER TABLE staff_members ADD COLUMN factor_step BIGINT NOT NULL DEFAULT 0",
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		if err := tx.Migrator().AddColumn(&session{}, "ProvedAt"); err != nil { // a plain ADD COLUMN with the database's own type for times
			return err
		}
		if err := tx.Migrator().CreateTable(&staffRecoveryCode{}, &staffInvitation{}, &staffPasswordLink{}); err != nil {
			return err
		}
		for _, sql := range []string{
			"DROP INDEX audit_entries_actor", "DROP INDEX idx_audit_entries_action", "DROP INDEX audit_entries_object", "DROP INDEX idx_audit_entries_customer_id",
			"CREATE INDEX audit_entries_actor ON audit_entries (actor_kind, actor_id, seq)",
			"CREATE INDEX audit_entries_action ON audit_entries (action, seq)",
			"CREATE INDEX audit_entries_object ON audit_entries (object, seq)",
			"CREATE INDEX audit_entries_customer ON audit_entries (customer_id, seq)",
			"DROP INDEX portal_events_customer", "DROP INDEX idx_portal_events_operation",
			"CREATE INDEX portal_events_customer ON portal_events (customer_id, id)",
			"CREATE INDEX portal_events_operation ON portal_events (operation, id)",
			"CREATE INDEX portal_events_result ON portal_events (result, id)",
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
