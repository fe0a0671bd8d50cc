package migrations

import (
	"slices"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0031 gives the forms of staff's that post nothing keys of their own. Until now the ledger kept those, as transactions
// without entries; they move, and what they made is not known. A row goes only when nothing rests on it. And it gives payments
// the memo of staff's that documents have (§3.4).
func step0031(d Dialect) *gormigrate.Migration {
	type formKey struct {
		ID        int64     `gorm:"primaryKey"`
		Key       string    `gorm:"size:100;not null;uniqueIndex"`
		Object    string    `gorm:"size:24;not null"`
		ObjectID  int64     `gorm:"not null"`
		CreatedAt time.Time `gorm:"not null"`
	}
	const empty = ` FROM ledger_transactions WHERE kind IN ('proforma', 'future')
		AND NOT EXISTS (SELECT 1 FROM ledger_entries e WHERE e.transaction_id = ledger_transactions.id)
		AND NOT EXISTS (SELECT 1 FROM transactions t WHERE t.ledger_transaction_id = ledger_transactions.id)
		AND NOT EXISTS (SELECT 1 FROM ledger_transactions r WHERE r.reverses_id = ledger_transactions.id)`
	return &gormigrate.Migration{ID: "0031_form_keys", Migrate: func(tx *gorm.DB) error {
		if err := tx.Migrator().CreateTable(&formKey{}); err != nil {
			return err
		}
		list := slices.Concat([]string{`INSERT INTO form_keys (key, object, object_id, created_at) SELECT key, kind, 0, posted_at` + empty},
			d.Changeable("ledger_transactions"), []string{`DELETE` + empty}, d.AppendOnly("ledger_transactions"),
			[]string{"ALTER TABLE payments ADD COLUMN memo VARCHAR(2000) NOT NULL DEFAULT ''"})
		for _, sql := range list {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
