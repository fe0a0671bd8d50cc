package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"myisp/internal/gateway"
)

// Where real money is, gateways call nobody in the house; in the demo they do, for stand-ins.
func TestGatewayCaller(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	for _, demo := range []bool{true, false} {
		answer, err := caller(demo).Get(s.URL)
		if err == nil {
			_ = answer.Body.Close()
		}
		if (err == nil) != demo || !demo && !errors.Is(err, gateway.ErrAddress) {
			t.Errorf("demo %t: %v", demo, err)
		}
	}
}
