package migrations

import (
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0006 adds additional attributes: what staff define, and the values that records have.
func step0006() *gormigrate.Migration {
	type attribute struct {
		ID           int64      `gorm:"primaryKey"`
		Module       string     `gorm:"size:32;not null;uniqueIndex:attributes_key,priority:1"`
		Key          string     `gorm:"size:64;not null;uniqueIndex:attributes_key,priority:2"`
		Title        string     `gorm:"size:400;not null"`
		Titles       string     `gorm:"not null"`
		Type         string     `gorm:"size:20;not null"`
		Category     string     `gorm:"size:16;not null"`
		IsRequired   bool       `gorm:"not null"`
		IsUnique     bool       `gorm:"not null"`
		IsAdd        bool       `gorm:"not null"`
		ShowInList   bool       `gorm:"not null"`
		Searchable   bool       `gorm:"not null"`
		ReadOnly     bool       `gorm:"not null"`
		Disabled     bool       `gorm:"not null"`
		Hidden       bool       `gorm:"not null"`
		DefaultValue string     `gorm:"not null"`
		Least        string     `gorm:"size:64;not null"`
		Most         string     `gorm:"size:64;not null"`
		Options      string     `gorm:"not null"`
		PortalView   bool       `gorm:"not null"`
		PortalEdit   bool       `gorm:"not null"`
		Position     int        `gorm:"not null"`
		CreatedAt    time.Time  `gorm:"not null"`
		UpdatedAt    time.Time  `gorm:"not null"`
		ArchivedAt   *time.Time `gorm:""`
	}
	type attributeValue struct {
		AttributeID int64     `gorm:"primaryKey;autoIncrement:false;uniqueIndex:attribute_values_unique,priority:1"`
		OwnerID     int64     `gorm:"primaryKey;autoIncrement:false;index"`
		Value       string    `gorm:"not null"`
		Folded      string    `gorm:"size:1000;not null"`
		UniqueKey   *string   `gorm:"size:1000;uniqueIndex:attribute_values_unique,priority:2"`
		UpdatedAt   time.Time `gorm:"not null"`
	}
	return &gormigrate.Migration{ID: "0006_attributes", Migrate: func(tx *gorm.DB) error {
		return tx.Migrator().CreateTable(&attribute{}, &attributeValue{})
	}}
}
