package format

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"myisp/views/i18n"
)

// Functions named Date… show the moment t in the partner's zone. Functions named Day… show a calendar day, such as a
// due date: it is the same day everywhere, so it is not moved into the zone. A zero time shows nothing.

// Date writes the partner's date pattern: "5 Dec 2026", "05/12/2026".
func Date(ctx context.Context, t time.Time) string { return Day(ctx, local(ctx, t)) }

// DateShort writes day and short month: "5 Dec".
func DateShort(ctx context.Context, t time.Time) string { return DayShort(ctx, local(ctx, t)) }

// DateLong writes day, month and year in words: "5 December 2026".
func DateLong(ctx context.Context, t time.Time) string { return DayLong(ctx, local(ctx, t)) }

// Month writes month and year, as in date dividers: "November 2026".
func Month(ctx context.Context, t time.Time) string { return DayMonth(ctx, local(ctx, t)) }

// Time writes the clock: "14:05", or "2:05 PM".
func Time(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	f, t := of(ctx), local(ctx, t)
	layout := "15:04"
	if f.Clock12 {
		layout = "3:04"
	}
	if f.Seconds {
		layout += ":05"
	}
	s := t.Format(layout)
	if !f.Clock12 {
		return isolated(ctx, s)
	}
	half := i18n.T(ctx, "format.am")
	if t.Hour() >= 12 {
		half = i18n.T(ctx, "format.pm")
	}
	return isolated(ctx, s+"\u00a0"+half)
}

// DateTime writes date and clock: "5 Dec 2026, 14:05".
func DateTime(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return i18n.T(ctx, "format.date_time", "date", Date(ctx, t), "time", Time(ctx, t))
}

// Day is Date for a calendar day.
func Day(ctx context.Context, day time.Time) string {
	if day.IsZero() {
		return ""
	}
	s := pattern(ctx, of(ctx).DatePattern, day)
	if strings.ContainsAny(of(ctx).DatePattern, "/-.") {
		return isolated(ctx, s) // figures and separators alone would be turned round after Arabic words
	}
	return s
}

// DayShort is DateShort for a calendar day.
func DayShort(ctx context.Context, day time.Time) string {
	return inOrder(ctx, day, "format.dm", "format.md", "format.md", "format.month_short.m")
}

// DayLong is DateLong for a calendar day.
func DayLong(ctx context.Context, day time.Time) string {
	return inOrder(ctx, day, "format.dmy", "format.mdy", "format.ymd", "format.month.m")
}

// DayMonth is Month for a calendar day.
func DayMonth(ctx context.Context, day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return i18n.T(ctx, "format.month_year", "month", MonthName(ctx, day.Month()), "year", day.Year())
}

// MonthName is the full name of a month: "November".
func MonthName(ctx context.Context, m time.Month) string {
	return i18n.T(ctx, "format.month.m"+strconv.Itoa(int(m)))
}

func local(ctx context.Context, t time.Time) time.Time {
	if zone := of(ctx).Zone; zone != nil && !t.IsZero() {
		return t.In(zone)
	}
	return t
}

// inOrder picks the message whose order of day, month and year is that of the partner's pattern.
func inOrder(ctx context.Context, day time.Time, dmy, mdy, ymd, names string) string {
	if day.IsZero() {
		return ""
	}
	p := of(ctx).DatePattern
	key := dmy
	switch d, m, y := strings.IndexByte(p, 'd'), strings.IndexByte(p, 'm'), strings.IndexByte(p, 'y'); {
	case y >= 0 && y < m && m < d:
		key = ymd
	case m >= 0 && m < d:
		key = mdy
	}
	return i18n.T(ctx, key, "day", day.Day(), "month", i18n.T(ctx, names+strconv.Itoa(int(day.Month()))), "year", day.Year())
}

// pattern replaces each run of d, m or y; everything else stands as it is.
func pattern(ctx context.Context, p string, t time.Time) string {
	var b strings.Builder
	for i := 0; i < len(p); {
		j := i
		for j < len(p) && p[j] == p[i] {
			j++
		}
		switch run := p[i:j]; run {
		case "d":
			b.WriteString(strconv.Itoa(t.Day()))
		case "dd":
			fmt.Fprintf(&b, "%02d", t.Day())
		case "m":
			b.WriteString(strconv.Itoa(int(t.Month())))
		case "mm":
			fmt.Fprintf(&b, "%02d", int(t.Month()))
		case "mmm":
			b.WriteString(i18n.T(ctx, "format.month_short.m"+strconv.Itoa(int(t.Month()))))
		case "mmmm":
			b.WriteString(MonthName(ctx, t.Month()))
		case "yy":
			fmt.Fprintf(&b, "%02d", t.Year()%100)
		case "yyyy":
			fmt.Fprintf(&b, "%04d", t.Year())
		default:
			b.WriteString(run)
		}
		i = j
	}
	return b.String()
}
