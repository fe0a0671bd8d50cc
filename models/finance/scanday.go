package finance

import (
	"fmt"
	"time"

	"myisp/models/db"
)

// computed is a day that comes out of an expression such as MAX(day): for those the SQLite driver cannot see a column
// type, takes the text for a time (_texttotime) and hands over a time.Time.
type computed db.Day

// Scan reads a day from a text or a time; NULL is no day.
func (c *computed) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*c = ""
	case string:
		*c = computed(v)
	case []byte:
		*c = computed(v)
	case time.Time:
		*c = computed(db.DayOf(v, time.UTC))
	default:
		return fmt.Errorf("finance: a day cannot be %T", v)
	}
	return nil
}
