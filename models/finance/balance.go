package finance

import (
	"context"

	"myisp/models/db"
)

// Allocate pays an invoice from a payment, a credit note or a credit transaction of the same customer: amount minor units, or
// with 0 as much as fits. It returns what was allocated; more than fits is db.Invalid{"amount"}.
func (s *Store) Allocate(ctx context.Context, kind SourceKind, sourceID, invoiceID, amount int64, day db.Day) (int64, error) {
	if _, err := db.ParseDay(string(day)); err != nil || amount < 0 {
		return 0, db.Invalid{"amount": "finance.error.amount"}
	}
	inv, err := db.From[Invoice](s.d.Q(ctx)).Where("id = ?", invoiceID).Take()
	if err != nil {
		return 0, db.Found(err)
	}
	var done int64
	err = s.d.Tx(ctx, func(ctx context.Context) error {
		if err := s.lockCustomer(ctx, inv.party()); err != nil {
			return err
		}
		inv, err := db.From[Invoice](s.d.Q(ctx)).Where("id = ?", invoiceID).Take()
		if err != nil {
			return err
		}
		sources, err := s.paying(ctx, inv.CustomerID, inv.Currency, true)
		if err != nil {
			return err
		}
		for i := range sources {
			if src := &sources[i]; src.kind == kind && src.id == sourceID {
				if amount > min(src.open, inv.Due) {
					return db.Invalid{"amount": "finance.error.more_than_open"}
				}
				b := s.book(inv.CustomerID, day)
				done = b.take(src, &target{invoiceID: inv.ID, open: inv.Due}, or(amount, inv.Due))
				return b.write(ctx)
			}
		}
		return db.ErrNotFound
	})
	return done, err
}

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
