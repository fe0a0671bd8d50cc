package job

import (
	"context"
	"time"

	"gorm.io/gorm"

	"myisp/models/db"
)

// Running is the state of a waiting job that a worker has claimed; no row holds it.
const Running State = "running"

// States lists the states as staff see them, those that need a look first.
var States = []State{Failed, Running, Waiting, Done}

// Retention is how long a job that was given up keeps its payload, and so can be retried.
const Retention = 7 * 24 * time.Hour

// ErrNotRetryable says that a job cannot be done again: it is done, under way, or its payload is gone.
var ErrNotRetryable = db.Fail(db.Conflict, "system.not_retryable")

// Item is a job as staff see it: without what it carries.
type Item struct {
	ID        int64
	Kind      string
	State     State // Running included
	Attempts  int
	RunAt     time.Time
	CreatedAt time.Time
	DoneAt    *time.Time
	LastError string
	// Retryable says that Again would work.
	Retryable bool
}

// Filter narrows a list; empty fields take all.
type Filter struct {
	Kind   string
	State  State
	Before int64 // id; 0 begins at the newest
}

// PageSize is how many jobs List returns at most.
const PageSize = 50

// List returns the newest jobs that fit, without what they carry, and whether there are more.
func (s *Store) List(ctx context.Context, f Filter) (items []Item, more bool, err error) {
	now := s.d.Now()
	q := s.d.Q(ctx).Model(&Job{}).Select("id, kind, CASE WHEN state = ? AND locked_until > ? THEN ? ELSE state END AS state, attempts, run_at, created_at, done_at, last_error, "+
		"(state = ? AND length(payload) > 0 OR state = ? AND attempts > 0 AND (locked_until IS NULL OR locked_until <= ?)) AS retryable",
		Waiting, now, string(Running), Failed, Waiting, now)
	q = inState(q, f.State, now)
	if f.Kind != "" {
		q = q.Where("kind = ?", f.Kind)
	}
	if f.Before > 0 {
		q = q.Where("id < ?", f.Before)
	}
	if err := q.Order("id DESC").Limit(PageSize + 1).Scan(&items).Error; err != nil {
		return nil, false, err
	}
	if more = len(items) > PageSize; more {
		items = items[:PageSize]
	}
	return items, more, nil
}

func inState(q *gorm.DB, state State, now time.Time) *gorm.DB {
	switch state {
	case "":
		return q
	case Running:
		return q.Where("state = ? AND locked_until > ?", Waiting, now)
	case Waiting:
		return q.Where("state = ? AND (locked_until IS NULL OR locked_until <= ?)", Waiting, now)
	}
	return q.Where("state = ?", state)
}

// Overview is the queue in numbers.
type Overview struct {
	Count map[State]int64
	// Kinds holds the same for each kind that the table has.
	Kinds map[string]map[State]int64
	// Late is how long the job that has been due for longest has waited; 0 when none is due.
	Late time.Duration
}

// Backlog is how late a job may be before staff should look: many times longer than a busy queue takes.
const Backlog = 15 * time.Minute

// Behind reports whether the queue does not keep up, or nobody works on it.
func (o Overview) Behind() bool { return o.Late > Backlog }

// Overview counts the jobs by kind and state.
func (s *Store) Overview(ctx context.Context) (Overview, error) {
	now := s.d.Now()
	o := Overview{Count: map[State]int64{}, Kinds: map[string]map[State]int64{}}
	var rows []struct {
		Kind  string
		State State
		N     int64
	}
	if err := s.d.Q(ctx).Raw(`SELECT kind, state, COUNT(*) AS n FROM jobs GROUP BY kind, state
		UNION ALL SELECT kind, ? AS state, COUNT(*) AS n FROM jobs WHERE state = ? AND locked_until > ? GROUP BY kind`, string(Running), Waiting, now).Scan(&rows).Error; err != nil {
		return o, err
	}
	for _, r := range rows {
		if o.Kinds[r.Kind] == nil {
			o.Kinds[r.Kind] = map[State]int64{}
		}
		o.Kinds[r.Kind][r.State] += r.N
		o.Count[r.State] += r.N
		if r.State == Running { // counted among the waiting too
			o.Kinds[r.Kind][Waiting] -= r.N
			o.Count[Waiting] -= r.N
		}
	}
	var first Job
	err := s.d.Q(ctx).Select("id, run_at").Where("state = ? AND run_at <= ? AND (locked_until IS NULL OR locked_until <= ?)", Waiting, now, now).
		Order("run_at").Limit(1).Find(&first).Error
	if first.ID != 0 {
		o.Late = now.Sub(first.RunAt)
	}
	return o, err
}

// Again makes one job due at once, with all its attempts before it, and returns it as it was. Errors: db.ErrNotFound,
// ErrNotRetryable.
func (s *Store) Again(ctx context.Context, id int64) (Job, error) {
	var j Job
	if err := s.d.Q(ctx).Where("id = ?", id).Take(&j).Error; err != nil {
		return j, db.Found(err)
	}
	r := s.retryable(ctx).Where("id = ?", id).Updates(s.anew())
	if r.Error != nil {
		return j, r.Error
	}
	if r.RowsAffected == 0 {
		return j, ErrNotRetryable
	}
	s.d.AfterCommit(ctx, func() { s.d.Wake(topic) })
	return j, nil
}

// AllAgain makes every failed job of a kind due at once, as far as their payloads are kept, and tells how many.
func (s *Store) AllAgain(ctx context.Context, kind string) (int64, error) {
	r := s.retryable(ctx).Where("kind = ? AND state = ?", kind, Failed).Updates(s.anew())
	if r.RowsAffected > 0 {
		s.d.AfterCommit(ctx, func() { s.d.Wake(topic) })
	}
	return r.RowsAffected, r.Error
}

// retryable narrows to failed jobs that can be repeated, and to those that wait for their next attempt.
func (s *Store) retryable(ctx context.Context) *gorm.DB {
	return s.d.Q(ctx).Model(&Job{}).Where("(state = ? AND length(payload) > 0 OR state = ? AND attempts > 0 AND (locked_until IS NULL OR locked_until <= ?))",
		Failed, Waiting, s.d.Now())
}

func (s *Store) anew() map[string]any {
	return map[string]any{"state": Waiting, "attempts": 0, "run_at": s.d.Now(), "locked_until": nil, "done_at": nil}
}

// Erase takes the payloads from jobs that failed before t; they can be read about, but not retried.
func (s *Store) Erase(ctx context.Context, t time.Time) (int64, error) {
	r := s.d.Q(ctx).Model(&Job{}).Where("state = ? AND done_at < ? AND length(payload) > 0", Failed, t).Update("payload", []byte{})
	return r.RowsAffected, r.Error
}
