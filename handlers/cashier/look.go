package cashier

import (
	"context"
	"sync"
	"time"

	"myisp/models/finance"
)

// lookEvery is how often one attempt's page may make the gateway be asked: reloading it faster tells what is known already.
const lookEvery = 2 * time.Second

// looks remembers when attempts were last asked about by a page.
type looks struct {
	mu   sync.Mutex
	last map[int64]time.Time
}

func (l *looks) allow(attempt int64, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at, ok := l.last[attempt]; ok && now.Sub(at) < lookEvery {
		return false
	}
	if l.last == nil || len(l.last) > 1000 { // a new minute's attempts matter, old ones have ended
		l.last = map[int64]time.Time{}
	}
	l.last[attempt] = now
	return true
}

// Look is Ask for a page, which a person may reload as fast as they can: the gateway is asked once in a while only.
func (c *Cashier) Look(ctx context.Context, a finance.Attempt) (finance.Attempt, error) {
	if !c.looks.allow(a.ID, c.m.DB.Now()) {
		return a, nil
	}
	return c.Ask(ctx, a)
}
