package db

import (
	"context"
	"sync"
)

// Counter counts and keeps the statements run under a context, for tests that hold a page to a constant number.
type Counter struct {
	mu         sync.Mutex
	statements []string
}

type counterKey struct{}

// WithCounter returns a context whose statements c records.
func WithCounter(ctx context.Context, c *Counter) context.Context {
	return context.WithValue(ctx, counterKey{}, c)
}

func counterFrom(ctx context.Context) *Counter {
	c, _ := ctx.Value(counterKey{}).(*Counter)
	return c
}

func (c *Counter) add(fc func() (string, int64)) {
	sql, _ := fc()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.statements = append(c.statements, sql)
}

// Statements returns what has run so far, with its arguments written in.
func (c *Counter) Statements() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.statements...)
}
