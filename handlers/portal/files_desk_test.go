package portal

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/labstack/echo/v4"

	"myisp/models/limit"
)

// The desk lets some in at once, the next when one leaves, nobody whose request has gone, not too many at all, and not too
// many of one customer.
func TestDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(4)
		enter := func(customer int64) func() {
			leave, err := d.enter(t.Context(), visitor{customer: customer})
			if err != nil {
				t.Fatal(err)
			}
			return leave
		}
		first, second := enter(1), enter(2)
		gone, cancel := context.WithCancel(t.Context())
		refused := make(chan error, 1)
		go func() { _, err := d.enter(gone, visitor{customer: 3}); refused <- err }()
		in := make(chan func(), d.line)
		go func() { in <- enter(4) }()
		synctest.Wait()
		if len(in) != 0 || len(refused) != 0 || d.all != 4 {
			t.Fatalf("with both places taken: %d in, %d refused, %d at the desk", len(in), len(refused), d.all)
		}
		cancel()
		if err := <-refused; !errors.Is(err, context.Canceled) || d.all != 3 {
			t.Errorf("a request that has gone: %v, %d at the desk", err, d.all)
		}
		first()
		first()
		third := <-in
		if len(d.places) != 2 || d.all != 2 {
			t.Errorf("after one left: %d places taken by %d", len(d.places), d.all)
		}
		for n := d.all; n < d.line; n++ {
			go func() { in <- enter(int64(100 + n/linePerHead)) }()
		}
		synctest.Wait()
		if _, err := d.enter(t.Context(), visitor{customer: 5}); !errors.Is(err, errFull) {
			t.Errorf("with a line of %d: %v", d.all, err)
		}
		if _, err := d.enter(t.Context(), visitor{customer: 102}); !errors.As(err, new(limit.TooMany)) {
			t.Errorf("the fifth file of one customer: %v", err)
		}
		if _, err := d.enter(t.Context(), visitor{link: 102}); !errors.Is(err, errFull) {
			t.Errorf("a link of the same number: %v", err)
		}
		second()
		third()
		for range d.line - 2 {
			(<-in)()
		}
		if d.all != 0 || len(d.each) != 0 || len(d.places) != 0 {
			t.Errorf("when all have left: %d, %v, %d places taken", d.all, d.each, len(d.places))
		}
	})
	if got := cap(newDesk(1).places); got != 1 {
		t.Errorf("a single core has %d places", got)
	}
}

// watched is an answer that tells when its body is sent.
type watched struct {
	http.ResponseWriter
	sent func()
}

func (w watched) Write(b []byte) (int, error) {
	w.sent()
	return w.ResponseWriter.Write(b)
}

// A reader who takes their time keeps nobody from the desk: the place is free before the file is sent.
func TestDeskIsFreeWhileSending(t *testing.T) {
	d := newDesk(1)
	leave, err := d.enter(t.Context(), visitor{customer: 1})
	if err != nil {
		t.Fatal(err)
	}
	taken := -1
	c := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), watched{httptest.NewRecorder(), func() { taken = len(d.places) }})
	c.Set(deskKey, leave)
	if err := sendFile(c, "text/plain", "a.txt", []byte("text"), false); err != nil || taken != 0 {
		t.Errorf("while the file is sent %d places are taken: %v", taken, err)
	}
}
