package audit

import (
	"context"
	"iter"
	"time"

	"gorm.io/gorm"

	"myisp/models/db"
)

// EventFilter narrows the portal log. The zero value is its newest page.
type EventFilter struct {
	CustomerID int64 // 0 is everybody
	Operation  string
	Result     Result
	From, To   time.Time // To exclusive; zero is open
	Before     int64     // events with a smaller id only; 0 begins at the newest
	Size       int       // events; 0 is PageSize
}

// EventPage is a part of the portal log, newest first. Next is the Before of the following page, 0 on the last.
type EventPage struct {
	Events []Event
	Next   int64
}

// ListEvents returns a page of the portal log of all customers (AUTH-4).
func (s *Store) ListEvents(ctx context.Context, f EventFilter) (EventPage, error) {
	var p EventPage
	size := f.Size
	if size <= 0 {
		size = PageSize
	}
	q, err := s.eventBounds(ctx, f)
	if err != nil || q == nil {
		return p, err
	}
	if err := f.narrow(q).Order("id DESC").Limit(size + 1).Find(&p.Events).Error; err != nil {
		return p, err
	}
	if len(p.Events) > size {
		p.Events = p.Events[:size]
		p.Next = p.Events[size-1].ID
	}
	return p, nil
}

// eventBounds turns days into ids, which are given in the order of time but for an hour at most, so that the log is read
// by id whatever the filter is; nil when nothing is in those days.
func (s *Store) eventBounds(ctx context.Context, f EventFilter) (*gorm.DB, error) {
	const slack = time.Hour
	q := s.d.Q(ctx)
	for _, b := range []struct {
		t                   time.Time
		where, order, bound string
	}{{f.From.Add(-slack), "at >= ?", "at", "id >= ?"}, {f.To.Add(slack), "at < ?", "at DESC", "id <= ?"}} {
		if b.order == "at" && f.From.IsZero() || b.order != "at" && f.To.IsZero() {
			continue
		}
		var ids []int64
		if err := s.d.Q(ctx).Model(&Event{}).Where(b.where, db.Time(b.t)).Order(b.order).Limit(1).Pluck("id", &ids).Error; err != nil {
			return nil, err
		}
		if len(ids) == 0 {
			return nil, nil
		}
		q = q.Where(b.bound, ids[0])
	}
	if f.Before > 0 {
		q = q.Where("id < ?", f.Before)
	}
	return q, nil
}

func (f EventFilter) narrow(q *gorm.DB) *gorm.DB {
	if f.CustomerID != 0 {
		q = q.Where("customer_id = ?", f.CustomerID)
	}
	if f.Operation != "" {
		q = q.Where("operation = ?", f.Operation)
	}
	if f.Result != "" {
		q = q.Where("result = ?", f.Result)
	}
	if !f.From.IsZero() {
		q = q.Where("at >= ?", db.Time(f.From))
	}
	if !f.To.IsZero() {
		q = q.Where("at < ?", db.Time(f.To))
	}
	return q
}

// EachEvent walks everything that the filter lets through, newest first, reading some hundred events at a time.
func (s *Store) EachEvent(ctx context.Context, f EventFilter) iter.Seq2[Event, error] {
	f.Size = 500
	return func(yield func(Event, error) bool) {
		for {
			p, err := s.ListEvents(ctx, f)
			if err != nil {
				yield(Event{}, err)
				return
			}
			for _, e := range p.Events {
				if !yield(e, nil) {
					return
				}
			}
			if p.Next == 0 {
				return
			}
			f.Before = p.Next
		}
	}
}
