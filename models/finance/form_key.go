package finance

import (
	"context"
	"errors"
	"time"

	"myisp/models/db"
)

// FormKey remembers what a form of staff's made that the books do not hold: a proforma invoice, a charge that waits for an
// invoice. What is posted has its key in the ledger, which holds postings alone.
type FormKey struct {
	ID        int64     `gorm:"primaryKey"`
	Key       string    `gorm:"size:100;not null;uniqueIndex"`
	Object    string    `gorm:"size:24;not null"` // proforma or future
	ObjectID  int64     `gorm:"not null"`         // 0 for what was made before this was kept
	CreatedAt time.Time `gorm:"not null"`
}

// TableName names the table.
func (FormKey) TableName() string { return "form_keys" }

// remember keeps what a form made. Without a key there is nothing that could be sent again.
func (d Desk) remember(ctx context.Context, kind, key, object string, id int64) error {
	if key == "" {
		return nil
	}
	return d.s.d.Q(ctx).Create(&FormKey{Key: kind + ":" + key, Object: object, ObjectID: id, CreatedAt: d.s.d.Now()}).Error
}

// known reports whether a form of this key made something already, in the books or outside them.
func (d Desk) known(ctx context.Context, kind, key string) (bool, error) {
	if key == "" {
		return false, nil
	}
	n, err := db.From[LedgerTransaction](d.s.d.Q(ctx)).Where("key = ?", kind+":"+key).Count("id")
	if err != nil || n > 0 {
		return n > 0, err
	}
	n, err = db.From[FormKey](d.s.d.Q(ctx)).Where("key = ?", kind+":"+key).Count("id")
	return n > 0, err
}

// remembered finds what a form made outside the books; ok is false when it made nothing there. What is gone since, or was made
// before its id was kept, is a Conflict: the form has done its work and makes nothing more.
func remembered[T any](ctx context.Context, d Desk, kind, key string) (row T, ok bool, err error) {
	k, err := db.From[FormKey](d.s.d.Q(ctx)).Where("key = ?", kind+":"+key).Take()
	if err = db.Found(err); err != nil {
		if errors.Is(err, db.ErrNotFound) {
			err = nil
		}
		return row, false, err
	}
	row, err = own[T](ctx, d, k.ObjectID)
	if errors.Is(err, db.ErrNotFound) {
		err = db.Fail(db.Conflict, "finance.error.key_used")
	}
	return row, true, err
}
