// Package job is the queue: work that is due after a transaction, written as a row of that transaction.
//
// Whoever changes data enqueues in the same db.Tx, so that a mail is neither sent for a change that was rolled back nor
// forgotten for one that was not. Workers in any process claim rows; a claimed row whose worker died is claimed again
// when its lease ends. Payloads carry addresses and codes, so they are sealed at rest, erased when the job is done or
// no use repeating, and for one that was given up after the days in which staff may retry it.
package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"myisp/internal/secret"
	"myisp/models/db"
)

// State is where a job stands.
type State string

// The states of a job.
const (
	Waiting State = "waiting"
	Done    State = "done"
	Failed  State = "failed"
)

// MaxAttempts is how often a job is tried before it is left as Failed for staff to look at.
const MaxAttempts = 10

// ADay is how often a job is tried that nobody else would do, so that it outlasts a day of trouble.
const ADay = 33

// Job is one piece of deferred work.
type Job struct {
	ID          int64      `gorm:"primaryKey;index:jobs_kind_state,priority:3"`
	Kind        string     `gorm:"size:64;not null;index:jobs_kind_state,priority:1"`
	UniqueKey   *string    `gorm:"size:200;uniqueIndex"`
	Payload     []byte     `gorm:"not null"`
	State       State      `gorm:"size:8;not null;index:jobs_state_run,priority:1;index:jobs_kind_state,priority:2"`
	RunAt       time.Time  `gorm:"not null;index:jobs_state_run,priority:2"`
	Attempts    int        `gorm:"not null"`
	LockedUntil *time.Time `gorm:""`
	LastError   string     `gorm:"size:500;not null"`
	CreatedAt   time.Time  `gorm:"not null"`
	DoneAt      *time.Time `gorm:"index"`

	Tries int `gorm:"-"` // how often it is tried, as its worker says; 0 is MaxAttempts
}

// Store is the queue table.
type Store struct {
	d   *db.DB
	box *secret.Box
}

// New returns the queue on d, whose payloads box seals.
func New(d *db.DB, box *secret.Box) *Store { return &Store{d: d, box: box} }

// Option changes how a job is enqueued.
type Option func(*Job)

// Unique makes the job the only one of its key, ever: enqueuing the key again does nothing. Schedules put the date into it.
func Unique(key string) Option { return func(j *Job) { j.UniqueKey = &key } }

// At puts the job off until t.
func At(t time.Time) Option { return func(j *Job) { j.RunAt = db.Time(t) } }

const topic = "jobs"

// Enqueue writes a job of a kind with its payload (any JSON value) in the transaction of ctx, if there is one.
func (s *Store) Enqueue(ctx context.Context, kind string, payload any, opts ...Option) error {
	plain, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("job %s: %w", kind, err)
	}
	sealed, err := s.box.Seal(plain, "job:"+kind)
	if err != nil {
		return fmt.Errorf("job %s: %w", kind, err)
	}
	now := s.d.Now()
	j := Job{Kind: kind, Payload: sealed, State: Waiting, RunAt: now, CreatedAt: now}
	for _, o := range opts {
		o(&j)
	}
	if err := s.d.Q(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "unique_key"}}, DoNothing: true}).Create(&j).Error; err != nil {
		return err
	}
	s.d.AfterCommit(ctx, func() { s.d.Wake(topic) })
	return nil
}

// Woken receives after a job was enqueued in this process; jobs of other processes are found by polling.
func (s *Store) Woken() <-chan struct{} { return s.d.Woken(topic) }

// Claim takes the next due job for lease, or returns nil when none is due. Of several workers each gets another job.
func (s *Store) Claim(ctx context.Context, lease time.Duration) (*Job, error) {
	var claimed *Job
	err := s.d.Tx(ctx, func(ctx context.Context) error {
		claimed = nil
		now := s.d.Now()
		var j Job
		err := s.d.Q(ctx).Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).
			Where("state = ? AND run_at <= ? AND (locked_until IS NULL OR locked_until < ?)", Waiting, now, now).
			Order("run_at, id").First(&j).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		until := db.Time(now.Add(lease))
		j.Attempts++
		j.LockedUntil = &until
		claimed = &j
		return s.d.Q(ctx).Model(&Job{}).Where("id = ?", j.ID).Updates(map[string]any{"attempts": j.Attempts, "locked_until": until}).Error
	})
	return claimed, err
}

// Decode opens the payload into v.
func (s *Store) Decode(j *Job, v any) error {
	plain, err := s.box.Open(j.Payload, "job:"+j.Kind)
	if err != nil {
		return fmt.Errorf("job %d: %w", j.ID, err)
	}
	return json.Unmarshal(plain, v)
}

// Finish marks a job done and erases its payload.
func (s *Store) Finish(ctx context.Context, j *Job) error {
	now := s.d.Now()
	return s.d.Q(ctx).Model(&Job{}).Where("id = ?", j.ID).
		Updates(map[string]any{"state": Done, "done_at": now, "payload": []byte{}, "last_error": "", "locked_until": nil}).Error
}

// Retry puts a failed attempt off by a growing delay, or ends the job as Failed when it is final or tried too often. A final
// one's payload is erased. The reason is kept for staff, so it must carry no secret.
func (s *Store) Retry(ctx context.Context, j *Job, reason error, final bool) error {
	text := reason.Error()
	if len(text) > 500 {
		text = text[:500]
	}
	set := map[string]any{"last_error": text, "locked_until": nil, "run_at": db.Time(s.d.Now().Add(Backoff(j.Attempts)))}
	if final || j.Attempts >= cmp.Or(j.Tries, MaxAttempts) {
		set["state"], set["done_at"] = Failed, s.d.Now()
	}
	if final {
		set["payload"] = []byte{}
	}
	return s.d.Q(ctx).Model(&Job{}).Where("id = ?", j.ID).Updates(set).Error
}

// Backoff is the wait after the n-th failed attempt: 10 s, doubling, at most an hour.
func Backoff(n int) time.Duration {
	d := 10 * time.Second
	for range min(n, 12) - 1 {
		d *= 2
	}
	return min(d, time.Hour)
}

// NextRun is when the earliest waiting job is due; false when none waits.
func (s *Store) NextRun(ctx context.Context) (time.Time, bool, error) {
	var j Job
	err := s.d.Q(ctx).Where("state = ?", Waiting).Order("run_at").Limit(1).Find(&j).Error
	return j.RunAt, j.ID != 0, err
}

// Purge deletes jobs that were done before t; failed ones stay until staff have seen them.
func (s *Store) Purge(ctx context.Context, t time.Time) (int64, error) {
	r := s.d.Q(ctx).Where("state = ? AND done_at < ?", Done, t).Delete(&Job{})
	return r.RowsAffected, r.Error
}
