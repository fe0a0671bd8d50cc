package handlers_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"myisp/handlers"
	"myisp/handlers/handlerstest"
	"myisp/handlers/jobs"
	"myisp/models"
	"myisp/models/audit"
	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/finance"
	"myisp/models/job"
)

// brokenJobs leaves a queue with jobs in every state: of kind "mail" one that was given up, one that was refused for good, one
// that waits for its next attempt; of kind "sms" one under way, one done, one that waits.
func brokenJobs(t testing.TB, m *models.Models) {
	t.Helper()
	ctx := t.Context()
	claim := func(kind, payload string) *job.Job {
		must(t, m.Jobs.Enqueue(ctx, kind, payload))
		j, err := m.Jobs.Claim(ctx, time.Minute)
		must(t, err)
		return j
	}
	gone := claim("mail", "to alice@example.com, code 4711")
	gone.Attempts = job.MaxAttempts
	must(t, m.Jobs.Retry(ctx, gone, errors.New("421 try later <script>alert(1)</script>"), false))
	must(t, m.Jobs.Retry(ctx, claim("mail", "refused"), errors.New("550 no such person"), true))
	must(t, m.Jobs.Retry(ctx, claim("mail", "later"), errors.New("timeout"), false))
	claim("sms", "under way")
	must(t, m.Jobs.Finish(ctx, claim("sms", "done")))
	must(t, m.Jobs.Enqueue(ctx, "sms", "waits"))
}

func queueRows(p handlerstest.Page) (rows []string) {
	p.Find(".queue-job").Each(func(_ int, s *goquery.Selection) { rows = append(rows, strings.Join(strings.Fields(s.Text()), " ")) })
	return rows
}

// TestQueuePage (issue 3, item 8): jobs by state and kind with their reasons, without what they carry; one or all of a kind
// retried, entered into the audit log.
func TestQueuePage(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		s.Staff("admin", "administrator")
		s.Staff("reader", "read_only")
		brokenJobs(t, s.M)
		admin := s.LogInStaff("admin")
		for query, want := range map[string]int{"": 6, "?state=failed": 2, "?state=running": 1, "?state=done": 1, "?state=waiting": 2, "?kind=mail": 3, "?kind=sms&state=waiting": 1, "?kind=nothing": 0, "?state=absurd": 6} {
			p := admin.Get("/admin/queue" + query)
			if rows := queueRows(p); p.Status != http.StatusOK || len(rows) != want {
				t.Errorf("queue%s: %d, %q", query, p.Status, rows)
			}
			if strings.Contains(p.Body, "alice@example.com") || strings.Contains(p.Body, "<script>alert") {
				t.Errorf("queue%s shows what a job carries, or runs its reason", query)
			}
		}
		p := admin.Get("/admin/queue?state=failed&kind=mail")
		if rows := strings.Join(queueRows(p), "|"); !strings.Contains(rows, "421 try later") || !strings.Contains(rows, "1 attempt") || !strings.Contains(rows, "It cannot be repeated") {
			t.Errorf("failed: %s", rows)
		}
		if n := p.Find(`form[action$="/attempt"]`).Length(); n != 1 {
			t.Errorf("%d failed jobs can be retried, want the one that was given up", n)
		}
		if reader := s.LogInStaff("reader"); reader.Get("/admin/queue").Has("form[action^='/admin/queue/']") || reader.Post("/admin/queue/attempts", "kind", "mail").Status != http.StatusForbidden {
			t.Error("who only reads may retry")
		}
		one, _ := p.Find(`form[action$="/attempt"]`).Attr("action")
		if p := admin.Post(one); p.Status != http.StatusSeeOther || !strings.Contains(admin.Get(p.Location).Text("[data-toast]"), "due now") {
			t.Errorf("retry: %d", p.Status)
		}
		if p := admin.Post(one); p.Status != http.StatusSeeOther || !strings.Contains(admin.Get(p.Location).Text("[data-toast]"), "cannot be repeated") {
			t.Errorf("retry of what waits for its first attempt: %d", p.Status)
		}
		if p := admin.Post("/admin/queue/999999/attempt"); p.Status != http.StatusNotFound {
			t.Errorf("retry of nothing: %d", p.Status)
		}
		again, err := s.M.Jobs.Claim(s.Context, time.Minute)
		for ; again != nil && again.Kind != "mail"; again, err = s.M.Jobs.Claim(s.Context, time.Minute) {
			must(t, err)
		}
		must(t, err)
		var payload string
		if again == nil || s.M.Jobs.Decode(again, &payload) != nil || !strings.Contains(payload, "alice@example.com") {
			t.Fatalf("the retried job: %+v %q", again, payload)
		}
		again.Attempts = job.MaxAttempts
		must(t, s.M.Jobs.Retry(s.Context, again, errors.New("421 again"), false))
		admin.Post("/admin/queue/attempts", "kind", "mail")
		var log []audit.Entry
		must(t, s.M.DB.Q(s.Context).Where("object = 'job'").Order("seq").Find(&log).Error)
		if len(log) != 2 || log[0].Action != audit.JobRetried || log[0].ActorName != "admin" || log[1].Action != audit.JobsRetried || !strings.Contains(log[1].After, `"jobs":1`) {
			t.Errorf("audit: %+v", log)
		}
	})
}

// TestQueueForgets: a job that was given up can be retried for a week; then what it carries is gone and its reason stays.
func TestQueueForgets(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		s := handlerstest.New(t, d)
		s.Staff("admin", "administrator")
		brokenJobs(t, s.M)
		worker := jobs.New(s.M, jobs.Couriers{})
		for i, want := range []int{1, 1, 0} {
			must(t, worker.Schedule(s.Context))
			for worker.Once(s.Context) {
			}
			p := s.LogInStaff("admin").Get("/admin/queue?state=failed&kind=mail")
			if n := p.Find(`form[action$="/attempt"]`).Length(); i == 0 && n != want || i == 2 && (n != 0 || len(queueRows(p)) < 2) {
				t.Errorf("day %d: %d can be retried, %q", 4*i, n, queueRows(p))
			}
			now = now.Add(4 * 24 * time.Hour)
		}
	})
}

// TestQueuePaging: fifty a page, and the next ones after them.
func TestQueuePaging(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	s.Staff("admin", "administrator")
	for i := range 2*job.PageSize + 3 {
		must(t, s.M.Jobs.Enqueue(s.Context, "mail", i))
		must(t, s.M.Messages.Capture(s.Context, "", "mail", "a@example.com", "b@example.com", fmt.Sprint("Subject ", i), "text", "", nil))
	}
	admin := s.LogInStaff("admin")
	for path, item := range map[string]string{"/admin/queue?kind=mail": ".queue-job", "/admin/outbox": ".list > li"} {
		var counts []int
		for next := path; next != "" && len(counts) < 9; {
			p := admin.Get(next)
			counts = append(counts, p.Find(item).Length())
			next, _ = p.Find("#more a").Attr("href")
		}
		if fmt.Sprint(counts) != "[50 50 3]" {
			t.Errorf("%s: pages of %v", path, counts)
		}
	}
}

// TestSystemPage (issue 3, item 8): what runs, on what, how it is; what is wrong stands first.
func TestSystemPage(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dbtest.EachAt(t, func() time.Time { return now }, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		s := handlerstest.NewAt(t, d, handlers.Config{BaseURL: "http://portal.example", Facts: handlers.Facts{Version: "v1.2.3", Revision: "abc123", Started: now.Add(-50 * time.Hour), DataDir: dir,
			Proxies: "10.0.0.0/8,192.0.2.1/32", Mail: handlers.Carrier{Host: "mail.isp.example:587"}}})
		s.Staff("admin", "administrator")
		admin := s.LogInStaff("admin")
		p := admin.Get("/admin/system")
		for _, want := range []string{"v1.2.3 (abc123)", "go1.", "2 days", "http://portal.example", "10.0.0.0/8, 192.0.2.1/32", map[db.Kind]string{db.SQLite: "SQLite 3.", db.Postgres: "PostgreSQL "}[d.Kind()],
			"Up to date, ", "None yet", dir, " free", "Sent through mail.isp.example:587", "Not sent", "Not checked yet"} {
			if !strings.Contains(p.Text("main"), want) {
				t.Errorf("%q is missing", want)
			}
		}
		if n := p.Text(".notice"); !strings.Contains(n, "No recent backup") || strings.Contains(n, "No mail leaves") {
			t.Errorf("notices: %s", n)
		}
		must(t, s.M.SetRecord(s.Context, models.RecordBackup, true, models.BackupDetails{Rows: 1234, Bytes: 5_000_000, Encrypted: true}))
		brokenJobs(t, s.M)
		admin.Post("/admin/system/checks")
		worker := jobs.New(s.M, jobs.Couriers{})
		for worker.Once(s.Context) {
		}
		p = admin.Get("/admin/system")
		if text := p.Text("main"); !strings.Contains(text, "1 234 rows") && !strings.Contains(text, "1,234 rows") || !strings.Contains(text, "5 MB · sealed") || strings.Count(text, "In order") != 2 {
			t.Errorf("after a backup and a check: %s", text)
		}
		if n := p.Text(".notice"); strings.Contains(n, "backup") || !strings.Contains(n, "jobs failed") {
			t.Errorf("notices: %s", n)
		}
		// A log that somebody altered, and a queue on which nobody works.
		must(t, s.M.SetRecord(s.Context, models.RecordAudit, false, models.CheckDetails{Looked: 16, Wrong: 1, At: 17}))
		must(t, s.M.Jobs.Enqueue(s.Context, "mail", "x"))
		now = now.Add(20 * time.Minute)
		if n := admin.Get("/admin/system").Text(".notice"); !strings.Contains(n, "Line 17 is missing") || !strings.Contains(n, "due for 20 minutes") {
			t.Errorf("notices: %s", n)
		}
		if n := admin.Get("/admin").Text(".notice"); !strings.Contains(n, "Work is piling up") {
			t.Errorf("the first page: %s", n)
		}
	})
}

// TestCheckFindsCrime: the daily check sees a log and books that were altered behind the portal's back.
func TestCheckFindsCrime(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	newCast(t, s)
	s.LogInStaff("admin")
	for _, sql := range []string{"DROP TRIGGER audit_entries_no_update", "UPDATE audit_entries SET actor_name = 'Eve' WHERE seq = 2", "UPDATE ledger_accounts SET balance = balance + 1 WHERE id = 1"} {
		must(t, s.M.DB.Q(s.Context).Exec(sql).Error)
	}
	must(t, s.M.Check(s.Context))
	n := s.LogInStaff("admin").Get("/admin/system").Text(".notice")
	if !strings.Contains(n, "Line 2 is missing") || !strings.Contains(n, "The books do not agree") {
		t.Errorf("notices: %s", n)
	}
}

// TestAdminHome: the numbers that a role reaches, and nothing else.
func TestAdminHome(t *testing.T) {
	s := handlerstest.New(t, dbtest.SQLite(t, nil))
	for login, status := range map[string]customer.Status{"alice": customer.StatusActive, "bob": customer.StatusActive, "carla": customer.StatusBlocked} {
		s.Customer(customer.Customer{Login: login, Status: status})
	}
	must(t, s.M.Messages.Capture(s.Context, "", "mail", "a@example.com", "b@example.com", "s", "t", "", nil))
	for role, want := range map[string]string{"administrator": "2 active customers|0 new customers|1 blocked customer|0 disabled customers|0 failed jobs|1 captured message|0 overdue invoices|0 payments wait for a decision|0 open incoming transfers",
		"finance": "2 active customers|0 new customers|1 blocked customer|0 disabled customers|0 overdue invoices|0 payments wait for a decision|0 open incoming transfers",
		"support": "2 active customers|0 new customers|1 blocked customer|0 disabled customers"} {
		s.Staff(role, role)
		var tiles []string
		s.LogInStaff(role).Get("/admin").Find(".counter").Each(func(_ int, t *goquery.Selection) { tiles = append(tiles, strings.Join(strings.Fields(t.Text()), " ")) })
		if got := strings.Join(tiles, "|"); got != want {
			t.Errorf("%s: %s", role, got)
		}
	}
}

// TestAdminHomeMoney: what waits for staff about money is told on their first page, each with the way to it.
func TestAdminHomeMoney(t *testing.T) {
	each(t, func(t *testing.T, s *handlerstest.Site) {
		newCast(t, s) // with one transfer that waits
		alice, _ := ofCustomer(t, s, "alice")
		before, err := s.M.Finance.ListSums(s.Context, finance.ListInvoices, finance.DeskFilter{Filter: finance.Filter{State: finance.Overdue}}, db.DayOf(time.Now(), time.UTC))
		must(t, err)
		_, err = s.M.Finance.IssueInvoice(s.Context, finance.NewInvoice{Party: finance.Party{CustomerID: alice.ID, PartnerID: 1, Currency: "EUR"}, Day: "2020-01-01", DueDay: "2020-01-15", Items: []finance.Item{{Description: "Mast", Price: 123}}})
		must(t, err)
		n, open := int64(1), int64(123)
		for _, b := range before {
			n, open = n+b.Count, open+b.Open
		}
		home := s.LogInStaff("finance").Get("/admin")
		text := strings.Join(strings.Fields(home.Text(".section .counters")), " ")
		if !strings.Contains(text, fmt.Sprint(n)) || !strings.Contains(text, fmt.Sprintf("%d.%02d", open/100, open%100)) || !strings.Contains(text, "1 open incoming transfer") {
			t.Errorf("%d overdue, %d open: %s", n, open, text)
		}
		for _, link := range []string{"/admin/finance/invoices?state=overdue", "/admin/finance/attempts?state=held", "/admin/finance/incoming?partner=1"} {
			if !home.Link(link) {
				t.Errorf("no way to %s", link)
			}
		}
	})
}
