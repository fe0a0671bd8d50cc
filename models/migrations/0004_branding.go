package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0004 adds what the branding studio keeps of each brand: its title, who made and published it, and the image that its
// icon was cut from. A partner has one draft and one published brand at most.
func step0004(Dialect) *gormigrate.Migration {
	type brandSource struct {
		BrandID int64  `gorm:"primaryKey;autoIncrement:false"`
		Image   []byte `gorm:"not null"`
	}
	return &gormigrate.Migration{ID: "0004_branding", Migrate: func(tx *gorm.DB) error {
		if err := tx.Migrator().CreateTable(&brandSource{}); err != nil {
			return err
		}
		for _, sql := range []string{
			`ALTER TABLE brands ADD COLUMN title varchar(60) NOT NULL DEFAULT ''`,
			`ALTER TABLE brands ADD COLUMN crop varchar(40) NOT NULL DEFAULT ''`,
			`ALTER TABLE brands ADD COLUMN created_by varchar(200) NOT NULL DEFAULT ''`,
			`ALTER TABLE brands ADD COLUMN published_by varchar(200) NOT NULL DEFAULT ''`,
			`ALTER TABLE brands ADD COLUMN restored_id bigint NOT NULL DEFAULT 0`,
			`CREATE UNIQUE INDEX brands_one_draft ON brands (partner_id) WHERE state = 'draft'`,
			`CREATE UNIQUE INDEX brands_one_published ON brands (partner_id) WHERE state = 'published'`,
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
