package seed

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"time"

	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/db"
)

// BulkPassword is the password that all bulk customers share: it is hashed once, as a hash each would take hours.
const BulkPassword = "myisp-bench"

// BulkLogin is the login of the bulk customer with an id.
func BulkLogin(id int64) string { return fmt.Sprintf("bench-%d", id) }

// Options say how many synthetic customers Bulk makes. The same options on equal databases make the same rows.
type Options struct {
	Customers int
	Months    int // of invoices and payments each
	Seed      uint64
	Today     db.Day         // when the newest invoices end; "" is today in UTC
	Progress  func(Progress) // called after each chunk; may be nil
}

// Progress is how far Bulk has come.
type Progress struct {
	Customers, Of int
	Rows          int64
	Elapsed       time.Duration
}

// PerSecond is the speed so far, in rows.
func (p Progress) PerSecond() float64 { return float64(p.Rows) / max(p.Elapsed.Seconds(), 1e-9) }

// Result is what Bulk did: the customers have the ids First to Last.
type Result struct {
	Progress
	First, Last int64
}

// chunk is how many customers are made at a time: enough for long COPYs, few enough for constant memory.
const chunk = 1000

// Bulk adds synthetic customers with contacts, services, invoices, payments, tickets and messages, and the ledger under
// them, so that finance.Verify finds nothing. Rows are streamed with explicit ids that continue after the existing ones;
// nothing else may write meanwhile. It is for benchmarks: when it is broken off, throw the database away. Usage and calls
// come with their modules.
func Bulk(ctx context.Context, m *models.Models, o Options) (Result, error) {
	began := time.Now()
	b, err := newBulk(ctx, m, o)
	if err != nil {
		return Result{}, err
	}
	first := b.next["customers"]
	rows, err := b.fill(ctx, began)
	if err != nil {
		return Result{}, err
	}
	for _, s := range b.sellers {
		if err := s.settle(ctx, m); err != nil {
			return Result{}, err
		}
	}
	for _, t := range tables {
		if t.ids {
			if err := m.DB.SyncSequence(ctx, t.name); err != nil {
				return Result{}, err
			}
		}
	}
	p := Progress{Customers: o.Customers, Of: o.Customers, Rows: rows, Elapsed: time.Since(began)}
	return Result{Progress: p, First: first, Last: b.next["customers"] - 1}, nil
}

// writers is how many chunks are written at a time. A PostgreSQL session works on one core, checking references most of the
// time, so two keep a small server busy; SQLite has one writer.
func (b *bulk) writers() int {
	if b.m.DB.Kind() == db.Postgres {
		return 2
	}
	return 1
}

// fill makes chunk after chunk, in order, and has the writers store them.
func (b *bulk) fill(ctx context.Context, began time.Time) (rows int64, err error) {
	ctx, stop := context.WithCancel(db.Vouched(ctx))
	defer stop()
	chunks := make(chan []*subject)
	var lock sync.Mutex
	done := 0
	var all sync.WaitGroup
	for range b.writers() {
		all.Go(func() {
			for c := range chunks {
				n, e := b.write(ctx, c)
				lock.Lock()
				if rows, done = rows+n, done+len(c); e != nil && err == nil {
					err = e
					stop()
				} else if b.o.Progress != nil {
					b.o.Progress(Progress{Customers: done, Of: b.o.Customers, Rows: rows, Elapsed: time.Since(began)})
				}
				lock.Unlock()
			}
		})
	}
	for from := 0; from < b.o.Customers && ctx.Err() == nil; from += chunk {
		chunks <- b.chunk(from, min(chunk, b.o.Customers-from))
	}
	close(chunks)
	all.Wait()
	if err == nil {
		err = context.Cause(ctx)
	}
	return rows, err
}

// bulk is what the generator knows: the id that each table goes on with, and who sells what where.
type bulk struct {
	m         *models.Models
	o         Options
	today     db.Day
	hash      string
	hashed    time.Time
	next      map[string]int64
	sellers   []*seller
	locations []int64
	calendar  [28][]cycle // by how many days ago the newest invoice was made
}

// cycle is one month of an invoice: the days are the same for all customers who are billed on the same day.
type cycle struct {
	day, due, to db.Day
	at           time.Time
}

func newBulk(ctx context.Context, m *models.Models, o Options) (*bulk, error) {
	b := &bulk{m: m, o: o, today: o.Today, next: map[string]int64{}, hashed: m.DB.Now()}
	if b.today == "" {
		b.today = db.DayOf(m.DB.Now(), time.UTC)
	}
	var err error
	// The product's cost, whatever the store of this process hashes with: log-ins are measured on these customers.
	if b.hash, err = secret.NewHasher(secret.Recommended).Hash(ctx, BulkPassword); err != nil {
		return nil, err
	}
	if err := b.market(ctx); err != nil {
		return nil, err
	}
	for _, t := range tables {
		if !t.ids {
			continue
		}
		var last int64
		if err := m.DB.Q(ctx).Raw(fmt.Sprintf(`SELECT COALESCE(MAX(id), 0) FROM %q`, t.name)).Scan(&last).Error; err != nil {
			return nil, err
		}
		b.next[t.name] = last + 1
	}
	for back := range b.calendar {
		for k := range o.Months {
			from := b.today.AddDays(-back).AddMonths(k + 1 - o.Months)
			b.calendar[back] = append(b.calendar[back], cycle{from, from.AddDays(14), from.AddMonths(1).AddDays(-1), from.Time().Add(5 * time.Hour)})
		}
	}
	return b, nil
}

// take gives out n ids of a table.
func (b *bulk) take(table string, n int) int64 {
	id := b.next[table]
	b.next[table] += int64(n)
	return id
}

// chunk makes the customers from..from+n. Each has a source of randomness of its own, so that a customer does not depend
// on how many come before.
func (b *bulk) chunk(from, n int) []*subject {
	list := make([]*subject, 0, n)
	for i := from; i < from+n; i++ {
		list = append(list, b.subject(i, rand.New(rand.NewPCG(b.o.Seed, uint64(i)))))
	}
	return list
}

// write stores a chunk table by table, parents first.
func (b *bulk) write(ctx context.Context, c []*subject) (int64, error) {
	var sum int64
	for _, t := range tables {
		n, err := b.m.DB.Bulk(ctx, t.name, t.columns, b.rows(c, t))
		if err != nil {
			return sum, fmt.Errorf("seed: %s: %w", t.name, err)
		}
		sum += n
	}
	return sum, nil
}

// rows yields a chunk's rows of a table, all in one slice that is used again for each.
func (b *bulk) rows(c []*subject, t table) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		row := make([]any, len(t.columns))
		on := true
		put := func(values ...any) {
			if on {
				copy(row, values)
				on = yield(row)
			}
		}
		for _, s := range c {
			if !on {
				return
			}
			t.each(b, s, put)
		}
	}
}
