package db

import (
	"context"

	"gorm.io/gorm"
)

type txKey struct{ d *DB }

type tx struct {
	g      *gorm.DB
	before []func(ctx context.Context) error
	after  []func()
}

func txFrom(ctx context.Context, d *DB) *tx {
	t, _ := ctx.Value(txKey{d}).(*tx)
	return t
}

// Tx runs fn in a transaction that travels in fn's context, and commits when fn returns nil. Called inside a transaction
// it joins that one. A transaction that lost a deadlock is run again, so fn may have no effects but on the database
// and on variables it sets anew each time; network calls do not belong in it.
func (d *DB) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if txFrom(ctx, d) != nil {
		return fn(ctx)
	}
	after, err := d.transact(ctx, fn)
	for _, f := range after {
		f()
	}
	return err
}

// transact is one transaction, when its turn has come; it returns what is to be done after it has committed.
func (d *DB) transact(ctx context.Context, fn func(ctx context.Context) error) (after []func(), err error) {
	if d.turn != nil {
		select {
		case d.turn <- struct{}{}:
			defer func() { <-d.turn }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	const tries = 3
	for range tries {
		t := &tx{}
		err = d.write.WithContext(ctx).Transaction(func(g *gorm.DB) error {
			t.g = g
			ctx := context.WithValue(ctx, txKey{d}, t)
			if err := fn(ctx); err != nil {
				return err
			}
			for len(t.before) > 0 { // one may ask for another
				f := t.before[0]
				t.before = t.before[1:]
				if err := f(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			return t.after, nil
		}
		if !postgresRetry(err) || ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

// InTx reports whether ctx carries a transaction of this database.
func (d *DB) InTx(ctx context.Context) bool { return txFrom(ctx, d) != nil }

// BeforeCommit runs f as one of the last things of the transaction in ctx, or in one of its own when there is none. What
// takes a lock that everybody wants does it here: the lock is then held for a moment only, and always taken last, so that
// it can be part of no deadlock.
func (d *DB) BeforeCommit(ctx context.Context, f func(ctx context.Context) error) error {
	t := txFrom(ctx, d)
	if t == nil {
		return d.Tx(ctx, f)
	}
	t.before = append(t.before, f)
	return nil
}

// AfterCommit runs f once the transaction in ctx has committed, or at once when there is none; never after a rollback.
func (d *DB) AfterCommit(ctx context.Context, f func()) {
	if t := txFrom(ctx, d); t != nil {
		t.after = append(t.after, f)
		return
	}
	f()
}
