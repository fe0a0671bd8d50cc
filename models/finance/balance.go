package finance

import (
	"context"

	"myisp/models/db"
)

// PayFromBalance pays an invoice from what the customer has in credit, oldest first, as far as that goes; an invoice that
// ends paid shows as paid from account balance. With no credit left it is a Conflict; a paid invoice stays as it is.
func (s *Store) PayFromBalance(ctx context.Context, invoiceID int64, day db.Day) (Invoice, error) {
	inv, err := db.From[Invoice](s.d.Q(ctx)).Where("id = ?", invoiceID).Take()
	if err != nil {
		return inv, db.Found(err)
	}
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.lockCustomer(ctx, inv.party()); err != nil {
			return err
		}
		if inv, err = db.From[Invoice](s.d.Q(ctx)).Where("id = ?", invoiceID).Take(); err != nil || inv.Due == 0 {
			return err
		}
		before := inv.Due
		if err := s.fromBalance(ctx, &inv, day); err != nil {
			return err
		}
		if inv.Due == before {
			return db.Fail(db.Conflict, "finance.error.no_credit")
		}
		return nil
	})
	return inv, err
}

// fromBalance allocates open credit to an invoice and reads it again.
func (s *Store) fromBalance(ctx context.Context, inv *Invoice, day db.Day) error {
	sources, err := s.paying(ctx, inv.CustomerID, inv.Currency, true)
	if err != nil {
		return err
	}
	b := s.book(inv.CustomerID, day)
	b.fromHere = true
	b.takeAll(sources, []target{{invoiceID: inv.ID, open: inv.Due}})
	if err := b.write(ctx); err != nil {
		return err
	}
	*inv, err = db.From[Invoice](s.d.Q(ctx)).Where("id = ?", inv.ID).Take()
	return err
}
