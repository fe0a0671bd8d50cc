package models

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"time"

	"gorm.io/gorm/clause"

	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/job"
	"myisp/models/migrations"
	"myisp/models/staff"
)

// SystemRecord is when something was last done to this database as a whole, and how it went. It tells of the database and
// is no part of what the database holds: a backup leaves it out.
type SystemRecord struct {
	Kind    string    `gorm:"primaryKey;size:32"`
	At      time.Time `gorm:"not null"`
	Good    bool      `gorm:"not null"`
	Details string    `gorm:"not null"` // JSON of one of the types below
}

// The kinds of records.
const (
	RecordBackup  = "backup"      // details are a BackupDetails
	RecordRestore = "restore"     // details are a BackupDetails of the archive
	RecordAudit   = "audit_check" // details are a CheckDetails
	RecordBooks   = "books_check" // details are a CheckDetails
)

// JobCheck is the kind of job that checks the audit log and the books.
const JobCheck = "system.check"

// BackupDetails tells of an archive.
type BackupDetails struct {
	File      string    `json:"file"` // its name, without folders
	Rows      int64     `json:"rows"`
	Bytes     int64     `json:"bytes"`
	Encrypted bool      `json:"encrypted"`
	CreatedAt time.Time `json:"created_at"`
}

// CheckDetails tells what a check looked at and found.
type CheckDetails struct {
	Looked int64 `json:"looked"` // entries of the log, or transactions of the ledger
	// Wrong counts what does not agree; At is the first line of the log that is missing or altered.
	Wrong int64 `json:"wrong"`
	At    int64 `json:"at,omitempty"`
	// Unfinished says that the time was up before the end: nothing was found so far.
	Unfinished bool `json:"unfinished,omitempty"`
}

// System is the state of the installation behind the portal, as far as the database knows it.
type System struct {
	Database db.Facts
	Schema   []migrations.Step
	Queue    job.Overview
	// Records are what was done to the database as a whole, by kind.
	Records map[string]SystemRecord
}

// System reads the state of the installation.
func (m *Models) System(ctx context.Context) (s System, err error) {
	if s.Database, err = m.DB.Facts(ctx); err != nil {
		return s, err
	}
	if s.Schema, err = migrations.Status(m.DB.Q(ctx), m.DB.Kind()); err != nil {
		return s, err
	}
	if s.Queue, err = m.Jobs.Overview(ctx); err != nil {
		return s, err
	}
	s.Records, err = m.Records(ctx)
	return s, err
}

// SetRecord notes that something was done to the database as a whole; the record of its kind before is replaced.
func (m *Models) SetRecord(ctx context.Context, kind string, good bool, details any) error {
	text, err := json.Marshal(details)
	if err != nil {
		return err
	}
	r := SystemRecord{Kind: kind, At: m.DB.Now(), Good: good, Details: string(text)}
	return m.DB.Q(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error
}

// Records returns what was done to the database as a whole, by kind.
func (m *Models) Records(ctx context.Context) (map[string]SystemRecord, error) {
	var list []SystemRecord
	err := m.DB.Q(ctx).Find(&list).Error
	all := map[string]SystemRecord{}
	for _, r := range list {
		all[r.Kind] = r
	}
	return all, err
}

// Into reads the details.
func (r SystemRecord) Into(v any) error { return json.Unmarshal([]byte(r.Details), v) }

// VerifyAudit walks the audit log, and says what to keep of it as RecordAudit. A chain whose end was cut off and whose head
// was set back is a whole chain to itself: it is told by being shorter than it was at the last check, and by the hashes that
// the program's log holds, which is not in the database.
func (m *Models) VerifyAudit(ctx context.Context) (audit.Report, CheckDetails, error) {
	log, err := m.Audit.Verify(ctx)
	d := CheckDetails{Looked: log.Entries, Unfinished: err != nil}
	if err != nil {
		return log, d, err
	}
	records, err := m.Records(ctx)
	if err != nil {
		return log, d, err
	}
	var last CheckDetails
	if r, ok := records[RecordAudit]; ok && r.Into(&last) == nil && last.Looked > log.Entries {
		d.Looked = last.Looked // or the next check would find nothing
		if log.Broken == 0 {
			log.Broken = log.Entries + 1
		}
	}
	if d.At = log.Broken; d.At != 0 {
		d.Wrong = 1
	}
	slog.InfoContext(ctx, "the audit log was verified", "entries", log.Entries, "hash", log.Hash, "broken", log.Broken)
	return log, d, nil
}

// Check verifies the audit log and the books, and keeps what it found. A check whose time is up says so; it found nothing.
func (m *Models) Check(ctx context.Context) error {
	keep := context.WithoutCancel(ctx)
	_, d, err := m.VerifyAudit(ctx)
	if err != nil && ctx.Err() == nil {
		return err
	}
	if err := m.SetRecord(keep, RecordAudit, d.Wrong == 0, d); err != nil {
		return err
	}
	_, err = m.VerifyBooks(ctx)
	if err != nil && ctx.Err() != nil {
		return nil // the time was up; the record says so
	}
	return err
}

// JobBooksAlarm is the kind of job that tells administrators of books that do not agree; its payload is a BooksAlarm.
const JobBooksAlarm = "system.books_alarm"

// BooksAlarm names an administrator to write to, and what was found.
type BooksAlarm struct {
	MemberID int64
	Wrong    int64
}

// alarm has every administrator written to, once a day.
func (m *Models) alarm(ctx context.Context, d CheckDetails) error {
	all, err := m.Staff.All(ctx)
	for _, who := range all {
		if err != nil || who.Role != staff.Administrator || who.Disabled {
			continue
		}
		err = m.Jobs.Enqueue(ctx, JobBooksAlarm, BooksAlarm{who.ID, d.Wrong}, job.Unique("books:"+m.DB.Now().Format("2006-01-02")+":"+strconv.FormatInt(who.ID, 10)))
	}
	return err
}

// VerifyBooks proves the books and keeps what it found, which finance.BooksTrusted reads: when something is wrong nothing
// pays by itself until a verification finds everything right, and administrators are told. One whose time is up is an error;
// it neither clears nor raises the alarm.
func (m *Models) VerifyBooks(ctx context.Context) (finance.Report, error) {
	keep := context.WithoutCancel(ctx)
	report, failed := m.Finance.Verify(ctx)
	d := CheckDetails{Looked: report.Transactions, Wrong: int64(len(report.Findings)), Unfinished: failed != nil}
	if failed != nil && ctx.Err() == nil {
		return report, failed
	}
	err := m.DB.Tx(keep, func(ctx context.Context) error {
		good := d.Wrong == 0
		if d.Unfinished {
			var err error
			if good, err = m.Finance.BooksTrusted(ctx); err != nil {
				return err
			}
			if !good { // what was found before still holds
				return nil
			}
		}
		if err := m.SetRecord(ctx, RecordBooks, good, d); err != nil || good {
			return err
		}
		return m.alarm(ctx, d)
	})
	if err == nil {
		err = failed
	}
	return report, err
}

// AskCheck has the worker check the audit log and the books soon.
func (m *Models) AskCheck(ctx context.Context) error {
	return m.Jobs.Enqueue(ctx, JobCheck, struct{}{})
}

// RetryJob makes a job due at once: a failed one, or one that waits for its next attempt. Errors: db.ErrNotFound, and
// job.ErrNotRetryable.
func (m *Models) RetryJob(ctx context.Context, id int64) error {
	return m.DB.Tx(ctx, func(ctx context.Context) error {
		j, err := m.Jobs.Again(ctx, id)
		if err != nil {
			return err
		}
		return m.Audit.Record(ctx, audit.Change{Action: audit.JobRetried, Object: "job", ObjectID: strconv.FormatInt(id, 10), ObjectName: j.Kind,
			Before: map[string]any{"state": j.State, "attempts": j.Attempts}, After: map[string]any{"state": job.Waiting, "attempts": 0}})
	})
}

// RetryJobs makes every failed job of a kind due at once, as far as they can be repeated, and tells how many.
func (m *Models) RetryJobs(ctx context.Context, kind string) (n int64, err error) {
	err = m.DB.Tx(ctx, func(ctx context.Context) error {
		if n, err = m.Jobs.AllAgain(ctx, kind); err != nil || n == 0 {
			return err
		}
		return m.Audit.Record(ctx, audit.Change{Action: audit.JobsRetried, Object: "job", ObjectID: kind, ObjectName: kind, After: map[string]any{"jobs": n}})
	})
	return n, err
}
