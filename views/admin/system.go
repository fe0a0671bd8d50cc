package admin

import (
	"context"
	"strings"
	"time"

	"myisp/models"
	"myisp/models/db"
	"myisp/models/job"
	"myisp/models/migrations"
	"myisp/views/format"
	"myisp/views/i18n"
	"myisp/views/ui"
)

// System is the state of the installation. It posts to /admin/system/checks, which has log and books checked.
type System struct {
	Shell    ui.Shell
	Now      time.Time
	Demo     bool
	Program  Program
	State    models.System
	Disk     *Disk // nil where it is not known
	MayCheck bool
}

// Program is what the running program knows of itself.
type Program struct {
	Version, Revision, Go string
	Built, Started        time.Time
	BaseURL, Proxies      string
	DataDir               string
	Mail, SMS             Carrier
}

// Carrier says how messages leave: kept for the outbox, through a host, or not at all.
type Carrier struct {
	Captured bool
	Host     string
}

// Disk is the room on the data directory's disk, in bytes.
type Disk struct {
	Free, Total int64
	Scarce      bool
}

// noBackupAfter is how old the last backup may be before the page warns, as myisp doctor does.
const noBackupAfter = 7 * 24 * time.Hour

// notices are what staff should look at, the worst first.
func (p System) notices(ctx context.Context) (list []ui.Notice) {
	add := func(when bool, n ui.Notice) {
		if when {
			list = append(list, n)
		}
	}
	audit, books := p.check(models.RecordAudit), p.check(models.RecordBooks)
	add(audit != nil && audit.Wrong > 0, ui.Notice{Tone: ui.Bad, Title: i18n.T(ctx, "system.audit_broken"), Text: i18n.T(ctx, "system.audit_broken_text", "line", at(audit))})
	add(books != nil && books.Wrong > 0, ui.Notice{Tone: ui.Bad, Title: i18n.T(ctx, "system.books_wrong"), Text: i18n.T(ctx, "system.books_wrong_text")})
	add(p.State.Queue.Behind(), lateNotice(ctx, p.State.Queue))
	add(p.Disk != nil && p.Disk.Scarce, ui.Notice{Tone: ui.Bad, Icon: "hard-drive", Title: i18n.T(ctx, "system.disk_scarce"), Text: i18n.T(ctx, "system.disk_scarce_text")})
	if failed := int(p.State.Queue.Count[job.Failed]); failed > 0 {
		add(true, ui.Notice{Tone: ui.Warn, Icon: "triangle-alert", Title: i18n.N(ctx, "system.failed", failed), Text: i18n.T(ctx, "system.failed_text"), URL: QueueURL("", job.Failed)})
	}
	off := !p.Program.Mail.Captured && p.Program.Mail.Host == ""
	add(off, ui.Notice{Tone: ui.Warn, Icon: "mail", Title: i18n.T(ctx, "system.mail_off"), Text: i18n.T(ctx, "system.mail_off_text")})
	add(!p.Demo && p.backupOld(), ui.Notice{Tone: ui.Warn, Icon: "hard-drive", Title: i18n.T(ctx, "system.backup_old"), Text: i18n.T(ctx, "system.backup_old_text")})
	return list
}

func at(d *models.CheckDetails) int64 {
	if d == nil {
		return 0
	}
	return d.At
}

func (p System) backupOld() bool {
	r, ok := p.State.Records[models.RecordBackup]
	return !ok || p.Now.Sub(r.At) > noBackupAfter
}

// check is what a check found last; nil when there was none.
func (p System) check(kind string) *models.CheckDetails {
	r, ok := p.State.Records[kind]
	var d models.CheckDetails
	if !ok || r.Into(&d) != nil {
		return nil
	}
	return &d
}

func (p System) program(ctx context.Context) []ui.Term {
	version := p.Program.Version
	if p.Program.Revision != "" {
		version += " (" + p.Program.Revision + ")"
	}
	base := ui.Term{Label: i18n.T(ctx, "system.base_url"), Value: p.Program.BaseURL}
	if base.Value == "" {
		base.Value, base.Absent = i18n.T(ctx, "system.base_url_request"), true
	}
	proxies := ui.Term{Label: i18n.T(ctx, "system.proxies"), Value: strings.ReplaceAll(p.Program.Proxies, ",", ", ")}
	if proxies.Value == "" {
		proxies.Value, proxies.Absent = i18n.T(ctx, "system.none"), true
	}
	return []ui.Term{
		{Label: i18n.T(ctx, "system.version"), Value: version},
		{Label: i18n.T(ctx, "system.built"), Value: format.DateTime(ctx, p.Program.Built)},
		{Label: i18n.T(ctx, "system.go"), Value: p.Program.Go},
		{Label: i18n.T(ctx, "system.uptime"), Value: span(ctx, p.Now.Sub(p.Program.Started))},
		base, proxies,
	}
}

func (p System) database(ctx context.Context) []ui.Term {
	f := p.State.Database
	name := map[db.Kind]string{db.SQLite: "SQLite", db.Postgres: "PostgreSQL"}[f.Kind]
	list := []ui.Term{
		{Label: i18n.T(ctx, "system.database"), Value: name + " " + f.Version},
		{Label: i18n.T(ctx, "system.size"), Value: format.Bytes(ctx, f.Bytes)},
		{Label: i18n.T(ctx, "system.schema"), Value: schema(ctx, p.State.Schema)},
	}
	if f.Replica {
		list = append(list, ui.Term{Label: i18n.T(ctx, "system.replica"), Value: i18n.T(ctx, "system.replica_on")})
	}
	list = append(list, p.lastBackup(ctx)...)
	if p.Disk != nil {
		list = append(list, ui.Term{Label: i18n.T(ctx, "system.disk"), Value: i18n.T(ctx, "system.disk_free", "free", format.Bytes(ctx, p.Disk.Free), "total", format.Bytes(ctx, p.Disk.Total))},
			ui.Term{Label: i18n.T(ctx, "system.data_dir"), Value: p.Program.DataDir})
	}
	return list
}

// schema says whether the schema is this program's.
func schema(ctx context.Context, steps []migrations.Step) string {
	waiting := 0
	for _, s := range steps {
		if !s.Applied {
			waiting++
		}
	}
	if waiting > 0 {
		return i18n.N(ctx, "system.schema_waiting", waiting)
	}
	return i18n.N(ctx, "system.schema_current", len(steps))
}

func (p System) lastBackup(ctx context.Context) (list []ui.Term) {
	term := ui.Term{Label: i18n.T(ctx, "system.backup"), Value: i18n.T(ctx, "system.backup_none"), Absent: true}
	var d models.BackupDetails
	if r, ok := p.State.Records[models.RecordBackup]; ok && r.Into(&d) == nil {
		term.Absent = false
		term.Value = i18n.T(ctx, "system.backup_of", "time", format.DateTime(ctx, r.At), "rows", format.Number(ctx, d.Rows), "size", format.Bytes(ctx, d.Bytes))
		if d.Encrypted {
			term.Value += " · " + i18n.T(ctx, "system.backup_sealed")
		}
	}
	list = append(list, term)
	if r, ok := p.State.Records[models.RecordRestore]; ok && r.Into(&d) == nil {
		list = append(list, ui.Term{Label: i18n.T(ctx, "system.restored"), Value: i18n.T(ctx, "system.restored_of", "time", format.DateTime(ctx, r.At), "made", format.DateTime(ctx, d.CreatedAt))})
	}
	return list
}

func (p System) carriers(ctx context.Context) []ui.Term {
	term := func(label string, c Carrier) ui.Term {
		switch {
		case c.Captured:
			return ui.Term{Label: label, Value: i18n.T(ctx, "system.captured")}
		case c.Host != "":
			return ui.Term{Label: label, Value: i18n.T(ctx, "system.through", "host", c.Host)}
		}
		return ui.Term{Label: label, Value: i18n.T(ctx, "system.off"), Absent: true}
	}
	return []ui.Term{term(i18n.T(ctx, "system.mail"), p.Program.Mail), term(i18n.T(ctx, "system.sms"), p.Program.SMS)}
}

// checkRow is one line of the card of checks.
type checkRow struct {
	label, text string
	tone        ui.Tone
	icon, badge string
}

func (p System) checks(ctx context.Context) []checkRow {
	row := func(kind, label, looked string) checkRow {
		r, d := checkRow{label: label, tone: ui.Neutral, icon: "circle-dashed", badge: i18n.T(ctx, "system.unchecked")}, p.check(kind)
		if d == nil {
			return r
		}
		r.text = i18n.N(ctx, looked, int(d.Looked)) + " · " + format.DateTime(ctx, p.State.Records[kind].At)
		switch {
		case d.Wrong > 0:
			r.tone, r.icon, r.badge = ui.Bad, "triangle-alert", i18n.T(ctx, "system.wrong")
		case d.Unfinished:
			r.text, r.tone, r.icon, r.badge = i18n.T(ctx, "system.unfinished_text"), ui.Warn, "clock", i18n.T(ctx, "system.unfinished")
		default:
			r.tone, r.icon, r.badge = ui.Ok, "check", i18n.T(ctx, "system.right")
		}
		return r
	}
	return []checkRow{row(models.RecordAudit, i18n.T(ctx, "system.audit"), "system.entries"), row(models.RecordBooks, i18n.T(ctx, "system.books"), "system.transactions")}
}

func (p System) queue(ctx context.Context) []ui.Chip {
	var list []ui.Chip
	for _, s := range job.States {
		list = append(list, ui.Chip{Label: i18n.T(ctx, "system.state."+string(s)) + ": " + format.Number(ctx, p.State.Queue.Count[s]), URL: QueueURL("", s)})
	}
	return list
}

// span is a length of time in its largest unit: "3 days", "15 minutes".
func span(ctx context.Context, d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return i18n.N(ctx, "system.days", int(d/(24*time.Hour)))
	case d >= 2*time.Hour:
		return i18n.N(ctx, "system.hours", int(d/time.Hour))
	}
	return i18n.N(ctx, "system.minutes", int(d/time.Minute))
}
