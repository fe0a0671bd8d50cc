package paypal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"myisp/internal/gateway"
)

// certHost answers for PayPal's certificates alone, and counts. Each call waits for gate, where there is one.
type certHost struct {
	loads  atomic.Int64
	answer func(path string) (status int, body []byte)
	gate   chan struct{}
}

func (h *certHost) RoundTrip(r *http.Request) (*http.Response, error) {
	h.loads.Add(1)
	if h.gate != nil {
		<-h.gate
	}
	status, body := h.answer(r.URL.Path)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

func (h *certHost) gateway(t *testing.T) *Gateway {
	t.Helper()
	g, err := Definition().New(config, &http.Client{Transport: h})
	if err != nil {
		t.Fatal(err)
	}
	return g.(*Gateway)
}

// naming is a notice that names a certificate by its address.
func naming(n gateway.Notice, address string, now time.Time) gateway.Notice {
	n.Header = n.Header.Clone()
	n.Header.Set("PAYPAL-CERT-URL", address)
	n.Now = now
	return n
}

func address(i int) string { return fmt.Sprintf("https://api-m.paypal.com%sCERT-%d", certPath, i) }

// A flood of notices that name certificates makes a few calls a minute and no more, whether those exist or not; the one that
// PayPal signs with stays kept, and its notices are heard meanwhile.
func TestCertificatesAreFew(t *testing.T) {
	f := newFake(t)
	now := time.Now()
	good := f.sign([]byte(`{"id":"WH-1","resource_type":"capture","resource":{"id":"x","custom_id":"k"}}`), now)
	for name, exist := range map[string]bool{"of real certificates": true, "of none": false} {
		h := &certHost{answer: func(path string) (int, []byte) {
			if exist || strings.HasSuffix(certURL, path) {
				return 200, f.cert
			}
			return 404, nil
		}}
		g, now := h.gateway(t), now
		g.webhookID = "another-webhook" // what a stranger sends is not signed for us
		flood := func(from, n int) (refused, later int) {
			for i := range n {
				switch _, err := g.ParseNotice(ctx, naming(good, address(from+i), now)); {
				case errors.Is(err, gateway.ErrForged):
					refused++
				case errors.Is(err, gateway.ErrUnavailable):
					later++
				default:
					t.Fatalf("%s: %v", name, err)
				}
			}
			return refused, later
		}
		ours := func() {
			t.Helper()
			g.webhookID = fakeWebhook
			before := h.loads.Load()
			if events, err := g.ParseNotice(ctx, naming(good, certURL, now)); err != nil || len(events) != 1 {
				t.Errorf("%s: PayPal's own notice: %v", name, err)
			}
			if n := h.loads.Load() - before; before > 0 && n != 0 {
				t.Errorf("%s: PayPal's certificate was loaded again", name)
			}
			g.webhookID = "another-webhook"
		}
		ours()
		if _, later := flood(0, 100); h.loads.Load() > maxLoads || later == 0 {
			t.Errorf("%s: %d calls for 101 notices, %d put off", name, h.loads.Load(), later)
		}
		ours()
		for minute := range 5 { // as many as are kept, and more
			now = now.Add(time.Minute)
			before := h.loads.Load()
			if refused, _ := flood(1000*(minute+1), 20); h.loads.Load()-before != maxLoads || refused != maxLoads {
				t.Errorf("%s: %d calls in another minute, %d refused", name, h.loads.Load()-before, refused)
			}
			ours()
		}
		if n := len(g.certs.kept); n > maxCerts {
			t.Errorf("%s: %d certificates are kept", name, n)
		}
	}
}

// The same notice sent again and again asks once for a certificate that does not exist.
func TestCertificateThatIsNone(t *testing.T) {
	f := newFake(t)
	now := time.Now()
	n := f.sign([]byte(`{}`), now)
	var pages = map[string][]byte{"none": nil, "no certificate": []byte("<html>"), "another kind": []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
		"too long": append(bytes.Clone(f.cert), bytes.Repeat([]byte("\n"), maxCert)...)}
	for name, page := range pages {
		h := &certHost{answer: func(string) (int, []byte) { return map[bool]int{true: 404, false: 200}[page == nil], page }}
		g := h.gateway(t)
		for range 10 {
			if _, err := g.ParseNotice(ctx, naming(n, address(1), now)); !errors.Is(err, gateway.ErrForged) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if h.loads.Load() != 1 {
			t.Errorf("%s: %d calls", name, h.loads.Load())
		}
		now := now.Add(absent)
		if _, err := g.ParseNotice(ctx, naming(n, address(1), now)); !errors.Is(err, gateway.ErrForged) || h.loads.Load() != 2 {
			t.Errorf("%s, later: %v, %d calls", name, err, h.loads.Load())
		}
	}
	down := &certHost{answer: func(string) (int, []byte) { return 503, nil }}
	if _, err := down.gateway(t).ParseNotice(ctx, naming(n, address(1), now)); !errors.Is(err, gateway.ErrUnavailable) {
		t.Errorf("PayPal is down: %v", err)
	}
	moved := &certHost{answer: func(string) (int, []byte) { return 302, f.cert }}
	if _, err := moved.gateway(t).ParseNotice(ctx, naming(n, address(1), now)); !errors.Is(err, gateway.ErrForged) {
		t.Errorf("led elsewhere: %v", err)
	}
}

// Notices that come at once wait for one load of their certificate, and partners share it.
func TestCertificateIsLoadedOnce(t *testing.T) {
	f := newFake(t)
	good := f.sign([]byte(`{"id":"WH-1","resource_type":"capture","resource":{"id":"x","custom_id":"k"}}`), time.Now())
	synctest.Test(t, func(t *testing.T) {
		h := &certHost{answer: func(string) (int, []byte) { return 200, f.cert }, gate: make(chan struct{})}
		kind, client := Definition(), &http.Client{Transport: h}
		heard := make(chan error, 16)
		for i := range 16 {
			g, err := kind.New(config, client)
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				n := good
				if i == 0 {
					n.Now = good.Now.Add(time.Second)
				}
				_, err := g.ParseNotice(t.Context(), n)
				heard <- err
			}()
		}
		synctest.Wait()
		if h.loads.Load() != 1 {
			t.Errorf("%d loads at once", h.loads.Load())
		}
		close(h.gate)
		for range 16 {
			if err := <-heard; err != nil {
				t.Error(err)
			}
		}
		if h.loads.Load() != 1 {
			t.Errorf("%d loads in all", h.loads.Load())
		}
	})
}
