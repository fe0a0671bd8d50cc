package db

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// Snapshot runs fn on one consistent state of the database, however long it reads, without holding up those who write. The
// state travels in fn's context as a transaction does; nothing can be written in it. Inside a transaction it is that one.
func (d *DB) Snapshot(ctx context.Context, fn func(ctx context.Context) error) error {
	if d.InTx(ctx) {
		return fn(ctx)
	}
	opts := &sql.TxOptions{ReadOnly: true}
	if d.kind == Postgres {
		opts.Isolation = sql.LevelRepeatableRead // a SQLite reader has its snapshot anyway
	}
	return d.write.WithContext(ctx).Transaction(func(g *gorm.DB) error {
		return fn(context.WithValue(ctx, txKey{d}, &tx{g: g}))
	}, opts)
}
