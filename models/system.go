package models

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"gorm.io/gorm/clause"

	"myisp/models/audit"
	"myisp/models/db"
	"myisp/models/job"
	"myisp/models/migrations"
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

// Check verifies the audit log and the books, and keeps what it found. A check whose time is up says so; it found nothing.
func (m *Models) Check(ctx context.Context) error {
	keep := context.WithoutCancel(ctx)
	log, err := m.Audit.Verify(ctx)
	if err != nil && ctx.Err() == nil {
		return err
	}
	d := CheckDetails{Looked: log.Entries, At: log.Broken, Unfinished: err != nil}
	if log.Broken != 0 {
		d.Wrong = 1
	}
	if err := m.SetRecord(keep, RecordAudit, d.Wrong == 0, d); err != nil {
		return err
	}
	books, err := m.Finance.Verify(ctx)
	if err != nil && ctx.Err() == nil {
		return err
	}
	d = CheckDetails{Looked: books.Transactions, Wrong: int64(len(books.Findings)), Unfinished: err != nil}
	return m.SetRecord(keep, RecordBooks, d.Wrong == 0, d)
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
