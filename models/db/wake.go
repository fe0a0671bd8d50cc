package db

import "sync"

// wakers lets a committed transaction wake whoever waits for such rows in this process, so that a queue answers at
// once; other processes find the rows when they poll.
type wakers struct {
	mu    sync.Mutex
	chans map[string]chan struct{}
}

func newWakers() *wakers { return &wakers{chans: map[string]chan struct{}{}} }

// Woken is a channel that receives after Wake(topic); one pending wake is remembered, further ones fold into it.
func (d *DB) Woken(topic string) <-chan struct{} { return d.wake.channel(topic) }

// Wake signals topic.
func (d *DB) Wake(topic string) {
	select {
	case d.wake.channel(topic) <- struct{}{}:
	default:
	}
}

func (w *wakers) channel(topic string) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, ok := w.chans[topic]
	if !ok {
		c = make(chan struct{}, 1)
		w.chans[topic] = c
	}
	return c
}
