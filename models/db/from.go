package db

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Query is a typed query on T's table.
//
// It has the shape of gorm's own gorm.G[T], which is instantiated whole for each table and made the binary a fifth larger:
// here all work is done by the untyped *gorm.DB, and only the last step knows T.
type Query[T any] struct{ tx *gorm.DB }

// From begins a query on T's table over Q or R; clauses are such as clause.Locking.
func From[T any](tx *gorm.DB, clauses ...clause.Expression) Query[T] {
	tx = tx.Model(new(T))
	if len(clauses) > 0 {
		tx = tx.Clauses(clauses...)
	}
	return Query[T]{tx}
}

// Where narrows by a condition with ? for each of args.
func (q Query[T]) Where(condition string, args ...any) Query[T] {
	return Query[T]{q.tx.Where(condition, args...)}
}

// Select reads only the named columns.
func (q Query[T]) Select(columns ...string) Query[T] { return Query[T]{q.tx.Select(columns)} }

// Order sorts by a list of columns, each with an optional DESC.
func (q Query[T]) Order(by string) Query[T] { return Query[T]{q.tx.Order(by)} }

// Limit reads at most n rows.
func (q Query[T]) Limit(n int) Query[T] { return Query[T]{q.tx.Limit(n)} }

// Take reads one row, in the order asked for; none is gorm.ErrRecordNotFound.
func (q Query[T]) Take() (T, error) {
	var row T
	err := q.tx.Take(&row).Error
	return row, err
}

// Find reads all rows.
func (q Query[T]) Find() ([]T, error) {
	var rows []T
	err := q.tx.Find(&rows).Error
	return rows, err
}

// Count counts rows by a column that is never NULL.
func (q Query[T]) Count(column string) (int64, error) {
	var n int64
	err := q.tx.Select(column).Count(&n).Error
	return n, err
}

// Create inserts row and fills in what the database gave it.
func (q Query[T]) Create(row *T) error { return q.tx.Create(row).Error }

// Delete removes the rows that match and says how many.
func (q Query[T]) Delete() (int64, error) {
	res := q.tx.Delete(new(T))
	return res.RowsAffected, res.Error
}
