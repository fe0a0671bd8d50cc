package db

import "gorm.io/gorm"

// The pages that everybody opens read their columns by hand: GORM's reflection over a wide row costs more than the row.

// Rows runs a query and calls each for every row; each calls scan once, with a pointer for every column.
func Rows(q *gorm.DB, each func(scan func(into ...any) error) error) error {
	rows, err := q.Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// One reads the columns of a query's first row; ErrNotFound when there is none. GORM's own Row panics when a statement
// cannot be prepared, as when the request has ended.
func One(q *gorm.DB, into ...any) error {
	found := false
	err := Rows(q, func(scan func(into ...any) error) error {
		if found {
			return nil
		}
		found = true
		return scan(into...)
	})
	if err == nil && !found {
		err = ErrNotFound
	}
	return err
}
