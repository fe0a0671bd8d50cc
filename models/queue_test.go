package models_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"myisp/models/db"
	"myisp/models/db/dbtest"
	"myisp/models/job"
	"myisp/models/limit"
)

// TestQueue: a job exists if and only if its transaction committed, is done once, retried with backoff, and given up in the end.
func TestQueue(t *testing.T) {
	clk := clock()
	dbtest.EachAt(t, clk.now, func(t *testing.T, d *db.DB) {
		clk.t = clock().t
		ctx, m := context.Background(), testModels(t, d)
		boom := errors.New("boom")
		err := d.Tx(ctx, func(ctx context.Context) error {
			must(t, m.Jobs.Enqueue(ctx, "test", "lost"))
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if j, err := m.Jobs.Claim(ctx, time.Minute); j != nil || err != nil {
			t.Fatalf("a rolled back job was claimed: %v %v", j, err)
		}
		must(t, m.Jobs.Enqueue(ctx, "test", "once", job.Unique("k")))
		must(t, m.Jobs.Enqueue(ctx, "test", "twice", job.Unique("k")))
		j, err := m.Jobs.Claim(ctx, time.Minute)
		must(t, err)
		var text string
		must(t, m.Jobs.Decode(j, &text))
		if text != "once" {
			t.Errorf("claimed %q", text)
		}
		if again, _ := m.Jobs.Claim(ctx, time.Minute); again != nil {
			t.Error("a claimed job was claimed again")
		}
		clk.advance(2 * time.Minute)
		again, err := m.Jobs.Claim(ctx, time.Minute)
		must(t, err)
		if again == nil || again.ID != j.ID {
			t.Fatal("the job of a dead worker was not claimed after its lease")
		}
		for range job.MaxAttempts {
			must(t, m.Jobs.Retry(ctx, again, boom, false))
			clk.advance(2 * time.Hour)
			next, err := m.Jobs.Claim(ctx, time.Minute)
			must(t, err)
			if next == nil {
				break
			}
			again = next
		}
		var row job.Job
		must(t, d.Q(ctx).First(&row, j.ID).Error)
		if row.State != job.Failed || row.LastError != "boom" || row.Attempts != job.MaxAttempts {
			t.Errorf("after all tries: %+v", row)
		}
	})
}

// TestQueueInParallel: many workers, every job exactly once.
// What nobody else would do is tried for more than a day.
func TestQueueForADay(t *testing.T) {
	var waits time.Duration
	for n := 1; n < job.ADay; n++ {
		waits += job.Backoff(n)
	}
	if waits < 24*time.Hour {
		t.Errorf("the last try is after %s", waits)
	}
}

func TestQueueInParallel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		const n = 40
		for i := range n {
			must(t, m.Jobs.Enqueue(ctx, "test", i))
		}
		var mu sync.Mutex
		seen := map[int]int{}
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				for {
					j, err := m.Jobs.Claim(ctx, time.Minute)
					if err != nil || j == nil {
						return
					}
					var i int
					_ = m.Jobs.Decode(j, &i)
					mu.Lock()
					seen[i]++
					mu.Unlock()
					_ = m.Jobs.Finish(ctx, j)
				}
			})
		}
		all.Wait()
		if len(seen) != n {
			t.Errorf("%d of %d jobs done", len(seen), n)
		}
		for i, times := range seen {
			if times != 1 {
				t.Errorf("job %d done %d times", i, times)
			}
		}
	})
}

// TestLimitInParallel: a limit holds when all attempts come at once.
func TestLimitInParallel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := context.Background(), testModels(t, d)
		rule := limit.Rule{Name: "test", Max: 5, Window: time.Hour}
		var mu sync.Mutex
		passed := 0
		var all sync.WaitGroup
		for range 30 {
			all.Go(func() {
				if m.Limits.Take(ctx, rule, "somebody") == nil {
					mu.Lock()
					passed++
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if passed != 5 {
			t.Errorf("%d of 30 parallel attempts passed a limit of 5", passed)
		}
	})
}
