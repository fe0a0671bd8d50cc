package migrations

import (
	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// step0022 adds what staff's lists are read along: the numbers of documents by themselves, whichever partner's they are, and
// refill cards by what has become of them.
func step0022(d Dialect) *gormigrate.Migration {
	return &gormigrate.Migration{ID: "0022_reads", Migrate: func(tx *gorm.DB) error {
		for _, sql := range []string{
			"CREATE INDEX invoices_by_number ON invoices (" + d.ByBytes("number") + ")",
			"CREATE INDEX proforma_invoices_by_number ON proforma_invoices (" + d.ByBytes("number") + ")",
			"CREATE INDEX credit_notes_by_number ON credit_notes (" + d.ByBytes("number") + ")",
			"CREATE INDEX payments_by_receipt ON payments (" + d.ByBytes("receipt_number") + ")",
			"CREATE INDEX refill_cards_state ON refill_cards (series_id, state)",
			"CREATE INDEX refill_cards_used ON refill_cards (used_at)",
		} {
			if err := tx.Exec(sql).Error; err != nil {
				return err
			}
		}
		return nil
	}}
}
