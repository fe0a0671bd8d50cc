package rest

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"myisp/internal/gateway"
)

// What a provider answers is sorted into what callers act on, and none of its words get into the text of an error.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		is     []error
		isNot  []error
	}{
		{200, `{"a": 1}`, nil, nil},
		{200, `<html>`, []error{gateway.ErrUnavailable}, []error{gateway.ErrRefused}},
		{500, `secret words`, []error{gateway.ErrUnavailable}, []error{gateway.ErrRefused, gateway.ErrUnknown}},
		{429, `secret words`, []error{gateway.ErrUnavailable}, []error{gateway.ErrRefused}},
		{302, `secret words`, []error{gateway.ErrUnavailable}, []error{gateway.ErrRefused}},
		{422, `secret words`, []error{gateway.ErrRefused}, []error{gateway.ErrUnavailable, gateway.ErrUnknown}},
		{404, `secret words`, []error{gateway.ErrRefused, gateway.ErrUnknown}, []error{gateway.ErrUnavailable}},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				t.Error("a redirect was followed")
			}
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}))
		var out struct{ A int }
		err := API{Base: s.URL, Client: Client(nil)}.Call(context.Background(), "POST", "/x?y=z", nil, map[string]int{}, &out)
		s.Close()
		if (err == nil) != (c.is == nil) || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%d: %v", c.status, err)
		}
		for _, want := range c.is {
			if !errors.Is(err, want) {
				t.Errorf("%d: %v is not %v", c.status, err, want)
			}
		}
		for _, not := range c.isNot {
			if errors.Is(err, not) {
				t.Errorf("%d: %v is %v", c.status, err, not)
			}
		}
	}
}

func TestEndlessAnswer(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 4 {
			_, _ = w.Write(bytes.Repeat([]byte(" "), maxAnswer/3))
		}
	}))
	defer s.Close()
	if err := (API{Base: s.URL, Client: Client(nil)}).Call(context.Background(), "GET", "/", nil, nil, nil); !errors.Is(err, ErrTooLong) || !errors.Is(err, gateway.ErrUnavailable) {
		t.Error(err)
	}
}

func TestBase(t *testing.T) {
	for in, ok := range map[string]bool{"https://api.stripe.com": true, "https://api.stripe.com/": true, "http://127.0.0.1:1": true, "http://localhost:1": true, "http://api.stripe.com": false,
		"https://user@api.stripe.com": false, "ftp://x": false, "api.stripe.com": false, "": false, "https://": false, "https://x?y": false} {
		if _, err := Base(in); (err == nil) != ok {
			t.Errorf("%q: %v", in, err)
		}
	}
}
