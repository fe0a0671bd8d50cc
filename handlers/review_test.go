package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"myisp/handlers/handlerstest"
	"myisp/internal/gateway/sandbox"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
)

// TestSavedMethodsApart: two cards that share brand and last digits are told apart where one is chosen to pay with, and autopay
// calls its method as everything else does.
func TestSavedMethodsApart(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s).bare()
		first, _ := p.give(methods, sandbox.Success)
		p.give(methods, sandbox.Success)
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE saved_methods SET expiry_month = 3, expiry_year = 2031 WHERE id = ?", first).Error)
		must(t, s.M.DB.Q(s.Context).Exec("UPDATE saved_methods SET expiry_month = 4, expiry_year = 2032 WHERE id <> ?", first).Error)
		text := p.browser.Get(fmt.Sprintf("/pay?invoice=%d", p.invoice)).Text("main")
		if !strings.Contains(text, "until 03/2031") || !strings.Contains(text, "until 04/2032") {
			t.Errorf("the pay page: %s", text)
		}
		p.browser.Post(fmt.Sprintf("%s/%d", methods, first), "label", "Family card")
		form := p.browser.Post("/finance/autopay", "method", fmt.Sprint(first), "rule", "due", "agree", "1")
		text = p.browser.Get("/finance/autopay").Find(".autopay .terms").Text()
		if !strings.Contains(text, "Family card") {
			t.Errorf("autopay: %d %s", form.Status, text)
		}
	})
}

// TestPausedPastItsDay: autopay that was paused over its day says why it charges on another one.
func TestPausedPastItsDay(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		p := newPayer(t, handlerstest.New(t, d)).bare()
		id, _ := p.give(methods, sandbox.Success)
		p.browser.Post("/finance/autopay", "method", fmt.Sprint(id), "rule", "day", "day_of_month", "3", "agree", "1")
		p.browser.Post("/finance/autopay/pause", "until", "2026-12-20")
		if text := p.browser.Get("/finance/autopay").Text("main"); !strings.Contains(text, "on 20 Dec 2026, when the pause is over") || !strings.Contains(text, "On day 3") {
			t.Errorf("autopay: %s", text)
		}
	})
}

// TestPayLinkSaysWhatItPaid: a link tells who made it when, and once it is paid how much that was; the payment says that it came
// through one.
func TestPayLinkSaysWhatItPaid(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		p := newPayer(t, s)
		s.Set("pay_link_customers", "on")
		link := linkTo(t, p, "invoice", fmt.Sprint(p.invoice))
		stranger := s.Client()
		id := strings.TrimPrefix(pressLink(t, stranger, link).Location, "/sandbox/")
		stranger.Get(strings.TrimPrefix(stranger.Post("/sandbox/"+id, "outcome", string(sandbox.Success)).Location, s.URL))
		if text := p.browser.Get("/finance/pay-links").Text("main"); !strings.Contains(text, "39.90") || strings.Contains(text, " 0.00") || !strings.Contains(text, "made by Alice") {
			t.Errorf("the links: %s", text)
		}
		list, err := s.M.Finance.Of(p.id).Payments(s.Context, finance.Filter{})
		must(t, err)
		for _, r := range list.Rows {
			if r.ByLink != (r.MethodID == finance.MethodCard && r.AttemptID != 0 && r.Amount == 4_030) {
				t.Errorf("%+v", r)
			}
		}
		if text := p.browser.Get("/finance/payments").Text("main"); strings.Count(text, "through a pay link") != 1 {
			t.Errorf("the payments: %s", text)
		}
	})
}

// TestDeskFilterFolds: the filter of a list across customers is folded until something is filtered by.
func TestDeskFilterFolds(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s)
		fiona := s.LogInStaff("finance")
		for query, open := range map[string]bool{"": false, "?q=&state=&partner=0&method=0&from=&to=": false, "?q=2026": true, "?from=2026-01-01": true, "?method=1": true} {
			page := fiona.Get("/admin/finance/payments" + query)
			if !page.Has("details.desk-fold > form.desk-filter input[name=q]") || page.Has("details.desk-fold[open]") != open {
				t.Errorf("%q: open is %v", query, !open)
			}
		}
	})
}
