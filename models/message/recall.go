package message

import (
	"context"
	"sync"
	"time"
)

// recallAge is how old an answer may be that many customers get alike. A change made by this process is seen at once.
const recallAge = time.Second

// recall remembers such answers by who reads them, so that a crowd on the home page asks the database once a second
// for each place. The answers are shared: nobody may change them.
type recall[T any] struct {
	mu   sync.Mutex
	kept map[Readers]remembered[T]
	gen  int
}

type remembered[T any] struct {
	value T
	at    time.Time
}

// get returns the remembered answer for r, or asks and remembers.
func (c *recall[T]) get(ctx context.Context, r Readers, now time.Time, ask func(context.Context, Readers) (T, error)) (T, error) {
	c.mu.Lock()
	hit, ok := c.kept[r]
	gen := c.gen
	c.mu.Unlock()
	if ok && now.Sub(hit.at) < recallAge {
		return hit.value, nil
	}
	value, err := ask(ctx, r)
	if err != nil {
		return value, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gen == gen { // what was read before a change must not outlive it
		if c.kept == nil || len(c.kept) > 10_000 {
			c.kept = map[Readers]remembered[T]{}
		}
		c.kept[r] = remembered[T]{value, now}
	}
	return value, nil
}

// forget drops everything, after a change.
func (c *recall[T]) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept, c.gen = nil, c.gen+1
}
