package handlers_test

import (
	"strings"
	"testing"

	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/internal/courier/capture"
	"myisp/models"
)

// TestBooksAlarm: the nightly verification that finds something writes to the administrators, once, shows on the System and
// the finance page and says that automatic payments stand still; one that finds everything right clears that.
func TestBooksAlarm(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		worker := jobs.New(s.M, jobs.Couriers{Mail: capture.Mailer(s.M.Messages), Sender: "portal@example.com"})
		night := func() {
			must(t, s.M.Jobs.Enqueue(s.Context, models.JobCheck, struct{}{}))
			for worker.Once(s.Context) {
			}
		}
		trusted := func(want bool) {
			t.Helper()
			if got, err := s.M.Finance.BooksTrusted(s.Context); err != nil || got != want {
				t.Errorf("trusted: %v, %v", got, err)
			}
		}
		trusted(true)
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE ledger_accounts SET balance = balance + 1 WHERE id = 1").Error)
		night()
		night()
		trusted(false)
		kept, err := s.M.Messages.Captured(s.Context, 10)
		must(t, err)
		alarms := 0
		for _, m := range kept {
			if strings.Contains(m.Subject, "do not agree") && strings.Contains(m.Text, "books verify") {
				alarms++
			}
		}
		if alarms != 1 {
			t.Errorf("%d alarms among %d messages", alarms, len(kept))
		}
		admin := s.LogInStaff("admin")
		for _, page := range []string{"/admin/system", "/admin/finance"} {
			if !admin.Get(page).Has(".notice.tone-bad") {
				t.Errorf("%s says nothing", page)
			}
		}
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE ledger_accounts SET balance = balance - 1 WHERE id = 1").Error)
		night()
		trusted(true)
	})
}
