package portal

import (
	"context"

	"myisp/models/db"
)

// Booked tells the store how to find out whether a partner has documents. The books are a floor above: they are asked
// through this, and without it every currency may be changed.
func (s *Store) Booked(has func(ctx context.Context, partner int64) (bool, error)) { s.booked = has }

// CurrencyFixed reports whether a partner's currency stays as it is, because documents were written in it.
func (s *Store) CurrencyFixed(ctx context.Context, partner int64) (bool, error) {
	if s.booked == nil {
		return false, nil
	}
	return s.booked(ctx, partner)
}

// keepingCurrency runs fn, which changes a setting inside a transaction, and refuses it if a partner with documents would
// have another currency after it (X7): amounts would then say what nobody agreed to. The Default partner's currency is
// that of whoever inherits it. Errors: db.Invalid on currency.
func (s *Store) keepingCurrency(ctx context.Context, d *Declaration, fn func() error) error {
	if d != Currency.Declaration || s.booked == nil {
		return fn()
	}
	before, err := s.load(ctx, 0)
	if err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	after, err := s.load(ctx, 0)
	if err != nil {
		return err
	}
	for id, v := range after.partners {
		if was := before.partners[id]; was == nil || Currency.Of(was.Values) == Currency.Of(v.Values) {
			continue
		}
		booked, err := s.booked(ctx, id)
		if err != nil {
			return err
		}
		if booked {
			return db.Invalid{d.Key: "config.error.currency_used"}
		}
	}
	return nil
}
