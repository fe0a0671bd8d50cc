package handlers_test

import (
	"bytes"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"myisp/handlers"
	"myisp/handlers/handlerstest"
	"myisp/models/db/dbtest"
)

// TestProxies: who is behind a trusted proxy has an address of their own; what an untrusted one says is ignored, and said
// once in the log.
func TestProxies(t *testing.T) {
	_, proxies, err := net.ParseCIDR("10.0.0.0/8")
	must(t, err)
	for _, c := range []struct {
		name    string
		trusted []*net.IPNet
		peer    string
		header  string
		ip      string
		warned  bool
	}{
		{"no proxy", nil, "192.0.2.1:4711", "", "192.0.2.1", false},
		{"a forgotten proxy", nil, "10.0.0.1:4711", "198.51.100.7", "10.0.0.1", true},
		{"a trusted proxy", []*net.IPNet{proxies}, "10.0.0.1:4711", "198.51.100.7", "198.51.100.7", false},
		{"two trusted proxies and a lie", []*net.IPNet{proxies}, "10.0.0.1:4711", "127.0.0.1, 198.51.100.7, 10.9.9.9", "198.51.100.7", false},
		{"a stranger who pretends", []*net.IPNet{proxies}, "192.0.2.1:4711", "198.51.100.7", "192.0.2.1", true},
		{"a proxy in IPv6", nil, "[2001:db8::1]:4711", "198.51.100.7", "2001:db8::1", true},
	} {
		s := handlerstest.NewAt(t, dbtest.SQLite(t, nil), handlers.Config{BaseURL: "http://127.0.0.1", TrustedProxies: c.trusted})
		var log bytes.Buffer
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
		for range 2 {
			r := httptest.NewRequest("GET", "/healthz", nil)
			r.RemoteAddr = c.peer
			if c.header != "" {
				r.Header.Set("X-Forwarded-For", c.header)
			}
			s.Server.ServeHTTP(httptest.NewRecorder(), r)
		}
		if n := strings.Count(log.String(), "ip="+c.ip+" "); n != 2 {
			t.Errorf("%s: not taken for %s:\n%s", c.name, c.ip, log.String())
		}
		if n := strings.Count(log.String(), "MYISP_TRUSTED_PROXIES"); n != map[bool]int{true: 1}[c.warned] {
			t.Errorf("%s: warned %d times, want it: %v", c.name, n, c.warned)
		}
	}
}
