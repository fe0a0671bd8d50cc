package db

import (
	"fmt"
	"time"
)

// Day is a calendar day without time or zone, "2026-11-22": a document's date, a due date, a usage bucket. Days compare
// as strings on both databases and in Go; the empty Day is no day.
type Day string

// DayOf is the calendar day on which t falls in zone.
func DayOf(t time.Time, zone *time.Location) Day {
	if t.IsZero() {
		return ""
	}
	return Day(t.In(zone).Format(time.DateOnly))
}

// ParseDay reads "2026-11-22" and refuses days that do not exist.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "", fmt.Errorf("db: %q is not a day", s)
	}
	return Day(t.Format(time.DateOnly)), nil
}

// Time is midnight UTC of the day; the zero time for no day.
func (d Day) Time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t
}

// In is the moment the day begins in zone.
func (d Day) In(zone *time.Location) time.Time {
	t := d.Time()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}

// AddDays is the day n days later, or earlier for a negative n.
func (d Day) AddDays(n int) Day { return Day(d.Time().AddDate(0, 0, n).Format(time.DateOnly)) }

// AddMonths is the same day n months later, held to the month's last day: 31 January + 1 is 28 February.
func (d Day) AddMonths(n int) Day {
	t := d.Time()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Day(first.AddDate(0, 0, min(t.Day(), last)-1).Format(time.DateOnly))
}

// MonthStart is the first day of the day's month.
func (d Day) MonthStart() Day {
	if len(d) != 10 {
		return ""
	}
	return d[:8] + "01"
}

// MonthEnd is the last day of the day's month.
func (d Day) MonthEnd() Day { return d.MonthStart().AddMonths(1).AddDays(-1) }

// DaysUntil counts the days from d to e; negative when e is earlier.
func (d Day) DaysUntil(e Day) int { return int(e.Time().Sub(d.Time()).Hours() / 24) }

// Scan reads a day from the database. Out of an expression such as MAX(day) the SQLite driver sees no column type, takes
// the text for a time (_texttotime) and hands over a time.Time.
func (d *Day) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*d = ""
	case string:
		*d = Day(v)
	case []byte:
		*d = Day(v)
	case time.Time:
		*d = DayOf(v, time.UTC)
	default:
		return fmt.Errorf("db: a day cannot be %T", v)
	}
	return nil
}
