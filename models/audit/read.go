package audit

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"myisp/models/db"
)

// PageSize is how many lines a page of a log has.
const PageSize = 50

// A text is looked for in so many lines at a time: no index helps, and nobody waits for a million. The next page goes on.
const searchWindow = 50_000

// Filter narrows the chained log. The zero value is its newest page.
type Filter struct {
	ActorKind  Kind  // "" is anybody
	ActorID    int64 // of ActorKind; 0 is all of it
	Action     Action
	Object     string
	CustomerID int64
	From, To   time.Time // of the time of the entry, To exclusive; zero is open
	Text       string    // part of a name, id or value; case counts not for A–Z
	Before     int64     // lines with a smaller number only: the Next of the page before; 0 begins at the newest
	Size       int       // lines; 0 is PageSize
}

// Page is a part of the log, newest first. Next is the Before of the following page, 0 on the last. Searched says that the
// page ends where a search for text stopped to ask, not where it is full.
type Page struct {
	Entries  []Entry
	Next     int64
	Searched bool
}

func (f Filter) size() int {
	if f.Size <= 0 {
		return PageSize
	}
	return f.Size
}

// List returns a page of the log.
func (s *Store) List(ctx context.Context, f Filter) (Page, error) {
	var p Page
	low, high, err := s.bounds(ctx, f)
	if err != nil || high < low {
		return p, err
	}
	stop := low
	if f.Text != "" && high-low > searchWindow {
		stop = high - searchWindow
	}
	err = f.narrow(s.d.Q(ctx)).Where("seq >= ? AND seq <= ?", stop, high).Order("seq DESC").Limit(f.size() + 1).Find(&p.Entries).Error
	switch {
	case err != nil:
	case len(p.Entries) > f.size():
		p.Entries = p.Entries[:f.size()]
		p.Next = p.Entries[f.size()-1].Seq
	case stop > low:
		p.Next, p.Searched = stop, true
	}
	return p, err
}

// bounds are the first and the last number that the filter's days and page allow. The log is read by number; an entry's
// time is set before its transaction commits, so numbers and times agree but for an hour at most.
func (s *Store) bounds(ctx context.Context, f Filter) (low, high int64, err error) {
	const slack = time.Hour
	at := func(order string, where string, t time.Time, none int64) (int64, error) {
		var seq []int64
		err := s.d.Q(ctx).Model(&Entry{}).Where(where, db.Time(t)).Order(order).Limit(1).Pluck("seq", &seq).Error
		if err != nil || len(seq) == 0 {
			return none, err
		}
		return seq[0], nil
	}
	var head Head
	if err = s.d.Q(ctx).Where("id = 1").Find(&head).Error; err != nil {
		return 0, 0, err
	}
	low, high = 1, head.Seq
	if !f.From.IsZero() {
		if low, err = at("at", "at >= ?", f.From.Add(-slack), head.Seq+1); err != nil {
			return 0, 0, err
		}
	}
	if !f.To.IsZero() {
		if high, err = at("at DESC", "at < ?", f.To.Add(slack), 0); err != nil {
			return 0, 0, err
		}
	}
	if f.Before > 0 {
		high = min(high, f.Before-1)
	}
	return low, high, nil
}

// narrow applies all of the filter but its page.
func (f Filter) narrow(q *gorm.DB) *gorm.DB {
	if f.ActorKind != "" {
		q = q.Where("actor_kind = ?", f.ActorKind)
		if f.ActorID != 0 {
			q = q.Where("actor_id = ?", f.ActorID)
		}
	}
	if f.Action != "" {
		q = q.Where("action = ?", f.Action)
	}
	if f.Object != "" {
		q = q.Where("object = ?", f.Object)
	}
	if f.CustomerID != 0 {
		q = q.Where("customer_id = ?", f.CustomerID)
	}
	if !f.From.IsZero() {
		q = q.Where("at >= ?", db.Time(f.From))
	}
	if !f.To.IsZero() {
		q = q.Where("at < ?", db.Time(f.To))
	}
	return containing(q, f.Text, "actor_name", "object_id", "object_name", "before", "after", "ip")
}

// containing narrows to rows of which one column holds a text.
func containing(q *gorm.DB, text string, columns ...string) *gorm.DB {
	if text == "" {
		return q
	}
	pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text)) + "%"
	var or []string
	var args []any
	for _, c := range columns {
		or = append(or, "LOWER("+c+`) LIKE ? ESCAPE '\'`)
		args = append(args, pattern)
	}
	return q.Where("("+strings.Join(or, " OR ")+")", args...)
}

// Each walks everything that the filter lets through, newest first, reading some hundred lines at a time.
func (s *Store) Each(ctx context.Context, f Filter) iter.Seq2[Entry, error] {
	f.Size = 500
	return func(yield func(Entry, error) bool) {
		for {
			p, err := s.List(ctx, f)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range p.Entries {
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

// State is the end of the chain as it is written down: how many entries there are, and the hash of the last.
func (s *Store) State(ctx context.Context) (Head, error) {
	var head Head
	err := s.d.Q(ctx).Where("id = 1").Find(&head).Error
	return head, err
}

// Objects lists the kinds of things that the log tells of. It asks the index for one after the other, because the log is
// long and its kinds are few.
func (s *Store) Objects(ctx context.Context) ([]string, error) {
	return s.distinct(ctx, &Entry{}, "object")
}

// Operations lists the operations that the portal log tells of, likewise.
func (s *Store) Operations(ctx context.Context) ([]string, error) {
	return s.distinct(ctx, &Event{}, "operation")
}

func (s *Store) distinct(ctx context.Context, table any, column string) ([]string, error) {
	var list []string
	last := ""
	for len(list) < 500 {
		var next []string
		err := s.d.Q(ctx).Model(table).Where(column+" > ?", last).Order(column).Limit(1).Pluck(column, &next).Error
		if err != nil || len(next) == 0 {
			return list, err
		}
		last = next[0]
		list = append(list, last)
	}
	return list, nil
}

// Difference is one member that a change altered; an empty side was not there.
type Difference struct {
	Name          string
	Before, After json.RawMessage
}

// Differences reads what an entry changed, by the member's name.
func (e Entry) Differences() []Difference {
	before, after := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	_ = json.Unmarshal([]byte(e.Before), &before) // "" and anything else that is no object changes nothing
	_ = json.Unmarshal([]byte(e.After), &after)
	var list []Difference
	names := maps.Clone(before)
	maps.Copy(names, after)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		list = append(list, Difference{name, before[name], after[name]})
	}
	return list
}
