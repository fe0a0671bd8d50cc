package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0002 adds what happened and who did it: the chained log, the portal log; and the roles that staff define.
func step0002(d Dialect) *gormigrate.Migration {
	type auditEntry struct {
		Seq        int64     `gorm:"primaryKey;autoIncrement:false"`
		At         time.Time `gorm:"not null;index"`
		ActorKind  string    `gorm:"size:16;not null;index:audit_entries_actor,priority:1"`
		ActorID    int64     `gorm:"not null;index:audit_entries_actor,priority:2"`
		ActorName  string    `gorm:"size:200;not null"`
		IP         string    `gorm:"size:64;not null"`
		Action     string    `gorm:"size:64;not null;index"`
		Object     string    `gorm:"size:32;not null;index:audit_entries_object,priority:1"`
		ObjectID   string    `gorm:"size:200;not null;index:audit_entries_object,priority:2"`
		ObjectName string    `gorm:"size:200;not null"`
		CustomerID *int64    `gorm:"index"`
		PartnerID  *int64    `gorm:""`
		Before     string    `gorm:"not null"`
		After      string    `gorm:"not null"`
		Prev       string    `gorm:"size:64;not null"`
		Hash       string    `gorm:"size:64;not null"`
	}
	type auditHead struct {
		ID   int64  `gorm:"primaryKey;autoIncrement:false"`
		Seq  int64  `gorm:"not null"`
		Hash string `gorm:"size:64;not null"`
	}
	type portalEvent struct {
		ID         int64     `gorm:"primaryKey"`
		At         time.Time `gorm:"not null;index"`
		CustomerID *int64    `gorm:"index:portal_events_customer,priority:1"`
		ActorKind  string    `gorm:"size:16;not null"`
		ActorID    int64     `gorm:"not null"`
		ActorName  string    `gorm:"size:200;not null"`
		Operation  string    `gorm:"size:100;not null;index"`
		Result     string    `gorm:"size:16;not null"`
		Details    string    `gorm:"size:500;not null"`
		IP         string    `gorm:"size:64;not null"`
		UserAgent  string    `gorm:"size:300;not null"`
	}
	type staffRole struct {
		Key         string    `gorm:"primaryKey;size:32"`
		Name        string    `gorm:"size:100;not null"`
		Permissions string    `gorm:"not null"`
		CreatedAt   time.Time `gorm:"not null"`
		UpdatedAt   time.Time `gorm:"not null"`
	}
	return &gormigrate.Migration{ID: "0002_audit", Migrate: func(tx *gorm.DB) error {
		if err := tx.Migrator().CreateTable(&auditEntry{}, &auditHead{}, &portalEvent{}, &staffRole{}); err != nil {
			return err
		}
		for _, sql := range d.AppendOnly("audit_entries") {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
