package portal

import (
	"strings"
	"time"
)

// Blocking who does not pay, and promises to pay (spec §3.1, §3.5; the rest is beyond the reference). All of it is off until
// somebody switches it on: whoever moves here with their customers blocks nobody by importing them.
var (
	BlockUnpaid  = declare(Declaration{ID: "B60", Scope: PerPartner, Section: "blocking", Key: "block_unpaid", Type: Bool, Beyond: true}, false)
	BlockOneTime = declare(Declaration{ID: "B66", Scope: PerPartner, Section: "blocking", Key: "block_one_time", Type: Bool, Beyond: true}, false)
	BlockWeekend = declare(Declaration{ID: "B67", Scope: PerPartner, Section: "blocking", Key: "block_weekend", Type: One, Options: []string{"never_skip", "saturday_sunday", "friday_saturday"}, Beyond: true}, "never_skip")
	Holidays     = declare(Declaration{ID: "X7", Scope: PerPartner, Section: "blocking", Key: "holidays", Type: Text, Max: 2000, Lines: true, check: areHolidays}, "")

	RemindUnpaid = declare(Declaration{ID: "B68", Scope: PerPartner, Section: "blocking", Key: "remind_unpaid", Type: Bool, Beyond: true}, false)
	RemindFirst  = declare(Declaration{ID: "B69", Scope: PerPartner, Section: "blocking", Key: "remind_first", Type: Int, Max: 60, Beyond: true}, 10)
	RemindSecond = declare(Declaration{ID: "B70", Scope: PerPartner, Section: "blocking", Key: "remind_second", Type: Int, Max: 60, Beyond: true}, 5)
	RemindThird  = declare(Declaration{ID: "B71", Scope: PerPartner, Section: "blocking", Key: "remind_third", Type: Int, Max: 60, Beyond: true}, 5)

	Promises      = declare(Declaration{ID: "B61", Scope: PerPartner, Section: "blocking", Key: "promises", Type: Bool, Beyond: true}, false)
	PromiseDays   = declare(Declaration{ID: "B62", Scope: PerPartner, Section: "blocking", Key: "promise_days", Type: Int, Min: 1, Max: 31, Beyond: true}, 3)
	PromiseEvery  = declare(Declaration{ID: "B63", Scope: PerPartner, Section: "blocking", Key: "promise_every", Type: Int, Max: 365, Beyond: true}, 60)
	PromiseBroken = declare(Declaration{ID: "B64", Scope: PerPartner, Section: "blocking", Key: "promise_broken_wait", Type: Int, Max: 730, Beyond: true}, 180)
	PromiseMost   = declare(Declaration{ID: "B65", Scope: PerPartner, Section: "blocking", Key: "promise_most", Type: Int, Max: 100_000_000, Beyond: true}, 0)
)

// HolidayList reads the days that Holidays names, one a line or between commas: "2026-12-25", or "12-25" for every year.
func HolidayList(text string) map[string]bool {
	days := map[string]bool{}
	for _, d := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ',' || r == ' ' || r == '\t' || r == '\r' }) {
		days[d] = true
	}
	return days
}

func areHolidays(v any) string {
	for d := range HolidayList(v.(string)) {
		if len(d) == len("12-25") {
			d = "2024-" + d // a leap year: 29 February is a day
		}
		if t, err := time.Parse(time.DateOnly, d); err != nil || t.Format(time.DateOnly) != d {
			return "config.error.holidays"
		}
	}
	return ""
}
