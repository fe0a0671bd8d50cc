package preview

import (
	"time"

	"myisp/models"
	"myisp/models/db"
	"myisp/models/job"
	"myisp/models/migrations"
	"myisp/views/admin"
	"myisp/views/errs"
	"myisp/views/ui"
)

// systemPages are what staff see of the installation, and how they log in as a customer.
func systemPages() []Page {
	queue := job.Overview{Late: 20 * time.Minute, Count: map[job.State]int64{job.Failed: 2, job.Waiting: 3, job.Running: 1, job.Done: 1840},
		Kinds: map[string]map[job.State]int64{"customer.reset_code": {job.Failed: 2, job.Waiting: 3}, "system.check": {job.Done: 1840}}}
	done := now.Add(-time.Minute)
	items := []job.Item{
		{ID: 12, Kind: "customer.reset_code", State: job.Waiting, RunAt: now.Add(5 * time.Minute), Attempts: 3, LastError: "smtp: 421 4.7.0 try again later", Retryable: true},
		{ID: 11, Kind: "customer.reset_code", State: job.Failed, DoneAt: &done, Attempts: 10, LastError: "smtp: dial tcp 192.0.2.10:587: connection refused", Retryable: true},
		{ID: 10, Kind: "customer.reset_code", State: job.Failed, DoneAt: &done, Attempts: 1, LastError: "smtp: 550 5.1.1 no such person"},
		{ID: 9, Kind: "staff.link", State: job.Running, RunAt: now}, {ID: 8, Kind: "system.check", State: job.Done, DoneAt: &done},
		{ID: 7, Kind: "elsewhere", State: job.Waiting, RunAt: now},
	}
	program := admin.Program{Version: "v1.4.0", Revision: "2f09b1c4a7de", Go: "go1.26.0 linux/amd64", Built: now.AddDate(0, 0, -9), Started: now.Add(-76 * time.Hour),
		BaseURL: "https://my.isp.example", Proxies: "127.0.0.1/32,10.0.0.0/8", DataDir: "/var/lib/myisp", Mail: admin.Carrier{Host: "mail.isp.example:587"}}
	good := models.System{Database: db.Facts{Kind: db.Postgres, Version: "17.2", Bytes: 8_400_000_000, Replica: true}, Schema: []migrations.Step{{ID: "0001_foundation", Applied: true}},
		Queue: job.Overview{Count: map[job.State]int64{job.Done: 1840}}, Records: map[string]models.SystemRecord{
			models.RecordBackup:  {At: now.Add(-9 * time.Hour), Good: true, Details: `{"file":"night.zip","rows":4812903,"bytes":912000000,"encrypted":true}`},
			models.RecordRestore: {At: now.AddDate(0, -2, 0), Good: true, Details: `{"created_at":"2026-09-21T02:00:00Z"}`},
			models.RecordAudit:   {At: now.Add(-time.Hour), Good: true, Details: `{"looked":20311}`}, models.RecordBooks: {At: now.Add(-time.Hour), Good: true, Details: `{"looked":1204417}`}}}
	bad := models.System{Database: db.Facts{Kind: db.SQLite, Version: "3.50.4", Bytes: 21_000_000}, Schema: []migrations.Step{{ID: "0001_foundation", Applied: true}, {ID: "0002_audit"}},
		Queue: queue, Records: map[string]models.SystemRecord{models.RecordAudit: {At: now, Details: `{"looked":16,"wrong":1,"at":17}`}, models.RecordBooks: {At: now, Good: true, Details: `{"unfinished":true}`}}}
	acting := shell("Home", "home")
	acting.Banner = &ui.Banner{Tone: ui.Warn, Icon: "eye", Lang: "en", Text: "You act as Alice Carter — reading only, until 14:35", ActionURL: "/acting/closure", ActionLabel: "End"}
	return []Page{
		{"admin/acting", admin.ActingPage(admin.Acting{Shell: staff("Acting"), CustomerID: 1, Customer: "Alice Carter", MayWrite: true, Writes: true, Errors: map[string]string{"reason": "error.required"}})},
		{"admin/acting-reading", admin.ActingPage(admin.Acting{Shell: staff("Acting"), CustomerID: 1, Customer: "Alice Carter"})},
		{"admin/queue", admin.QueuePage(admin.Queue{Shell: staff("Queue"), Overview: queue, Items: items, Kind: "customer.reset_code", State: job.Failed, MayRetry: true, Next: "/admin/queue?before=7"})},
		{"admin/queue-empty", admin.QueuePage(admin.Queue{Shell: staff("Queue")})},
		{"admin/system", admin.SystemPage(admin.System{Shell: staff("System"), Now: now, Program: program, State: good, MayCheck: true, Disk: &admin.Disk{Free: 210e9, Total: 500e9}})},
		{"admin/system-ill", admin.SystemPage(admin.System{Shell: staff("System"), Now: now, State: bad, Disk: &admin.Disk{Free: 1e8, Total: 40e9, Scarce: true}})},
		{"errs/acting", errs.ErrorPage(errs.Error{Shell: acting, Status: 403, TitleKey: "acting.refused", TextKey: "acting.refused_reading"})},
	}
}
