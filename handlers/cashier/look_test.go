package cashier

import (
	"testing"
	"time"
)

// A page that is reloaded asks the gateway once in a while, each attempt for itself, and what is remembered stays bounded.
func TestLooks(t *testing.T) {
	var l looks
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		attempt int64
		after   time.Duration
		want    bool
	}{{1, 0, true}, {1, time.Second, false}, {2, time.Second, true}, {1, lookEvery, true}, {1, lookEvery + 1, false}} {
		if got := l.allow(c.attempt, now.Add(c.after)); got != c.want {
			t.Errorf("%d: %v", i, got)
		}
	}
	for i := range int64(5000) {
		l.allow(i, now)
	}
	if len(l.last) > 1001 {
		t.Errorf("%d are remembered", len(l.last))
	}
}
