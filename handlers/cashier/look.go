package cashier

import (
	"context"
	"sync"
	"time"

	"myisp/internal/gateway"
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

// Accept books what the gateway told of a held attempt, on the word of staff; see finance.AcceptHeld.
func (c *Cashier) Accept(ctx context.Context, a finance.Attempt) error {
	fee, err := c.feeItem(ctx, a)
	if err != nil {
		return err
	}
	today, err := c.outcome(ctx, a, gateway.Report{}) // its day is the partner's today
	if err != nil {
		return err
	}
	_, err = c.m.Finance.AcceptHeld(ctx, a.ID, today.Day, fee)
	return err
}
