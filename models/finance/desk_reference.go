package finance

import (
	"context"
	"strconv"
	"strings"

	"myisp/models/audit"
	"myisp/models/db"

	"gorm.io/gorm/clause"
)

func name(n string) (string, error) {
	if n = strings.TrimSpace(n); n == "" || len([]rune(n)) > 120 {
		return "", db.Invalid{"name": "finance.error.title"}
	}
	return n, nil
}

// SavePaymentMethod adds a payment method (id 0), renames one or its labels, or archives it (Active false): what was paid by it keeps it,
// and nobody can choose it any more.
func (s *Store) SavePaymentMethod(ctx context.Context, m PaymentMethod) (err error) {
	if m.Name, err = name(m.Name); err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if m.ID == 0 {
			made, err := s.AddPaymentMethod(ctx, PaymentMethod{Name: m.Name, Kind: "other", Active: true, Labels: m.Labels})
			if err != nil {
				return err
			}
			return s.noteReference(ctx, audit.MethodSaved, "payment_method", made.ID, made.Name, nil, made.told())
		}
		old, err := db.From[PaymentMethod](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("id = ?", m.ID).Take()
		if err != nil {
			return db.Found(err)
		}
		if m.Kind = old.Kind; m == old {
			return nil
		}
		if err := s.d.Q(ctx).Save(&m).Error; err != nil {
			return err
		}
		return s.noteReference(ctx, audit.MethodSaved, "payment_method", m.ID, m.Name, old.told(), m.told())
	})
}

// told is what the log keeps of a payment method.
func (m PaymentMethod) told() map[string]any {
	return map[string]any{"name": m.Name, "active": m.Active, "field_labels": m.Labels.List()}
}

// Categories lists the transaction categories by id, archived ones too.
func (s *Store) Categories(ctx context.Context) ([]TransactionCategory, error) {
	return db.From[TransactionCategory](s.d.Q(ctx)).Order("id").Find()
}

// SaveCategory adds a transaction category (id 0), renames one, or archives it. Those that the books themselves use cannot be
// archived: a Conflict.
func (s *Store) SaveCategory(ctx context.Context, c TransactionCategory) (err error) {
	if c.Name, err = name(c.Name); err != nil {
		return err
	}
	return s.d.Tx(ctx, func(ctx context.Context) error {
		if c.ID == 0 {
			made, err := s.AddCategory(ctx, TransactionCategory{Name: c.Name, Kind: "other"})
			if err != nil {
				return err
			}
			return s.noteReference(ctx, audit.CategorySaved, "transaction_category", made.ID, made.Name, nil, made)
		}
		old, err := db.From[TransactionCategory](s.d.Q(ctx), clause.Locking{Strength: "UPDATE"}).Where("id = ?", c.ID).Take()
		if err != nil {
			return db.Found(err)
		}
		if c.Archived && c.ID <= CategoryCorrection {
			return db.Invalid{"name": "finance.error.category_needed"}
		}
		if c.Kind = old.Kind; c == old {
			return nil
		}
		if err := s.d.Q(ctx).Save(&c).Error; err != nil {
			return err
		}
		return s.noteReference(ctx, audit.CategorySaved, "transaction_category", c.ID, c.Name, old, c)
	})
}

func (s *Store) noteReference(ctx context.Context, action audit.Action, object string, id int64, named string, before, after any) error {
	return s.log.Record(ctx, audit.Change{Action: action, Object: object, ObjectID: strconv.FormatInt(id, 10), ObjectName: named, Before: before, After: after})
}
