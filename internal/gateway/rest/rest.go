// Package rest is how gateways call their providers: over a client that follows nobody to another host and reads no endless
// answer, in JSON, with errors that callers act on and logs may keep.
package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"myisp/internal/gateway"
)

// maxAnswer bounds what is read of one answer, in bytes.
const maxAnswer = 2 << 20

// timeout bounds a call where the given client has no bound of its own.
const timeout = 20 * time.Second

// Client returns a client like base (nil is the default one) that follows no redirect and reads at most 2 MB of an answer: a
// provider's API redirects nobody, and credentials must not travel on.
func Client(base *http.Client) *http.Client {
	c := http.Client{}
	if base != nil {
		c = *base
	}
	if c.Timeout == 0 {
		c.Timeout = timeout
	}
	c.Jar = nil
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.Transport = bounded{c.Transport}
	return &c
}

type bounded struct{ next http.RoundTripper }

// ErrTooLong says that an answer was longer than any of the provider's is.
var ErrTooLong = errors.New("gateway: the answer is too long")

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	next := b.next
	if next == nil {
		next = http.DefaultTransport
	}
	answer, err := next.RoundTrip(r)
	if err == nil {
		answer.Body = &body{answer.Body, maxAnswer}
	}
	return answer, err
}

type body struct {
	io.ReadCloser
	left int
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, ErrTooLong
	}
	return n, err
}

// Base checks the address of an API: https, or http on this machine, for tests and stand-ins.
func Base(address string) (string, error) {
	u, err := url.Parse(address)
	local := err == nil && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" || u.Hostname() == "::1")
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return "", errors.New("gateway: the address of the API is no https address")
	}
	return u.Scheme + "://" + u.Host, nil
}

// API is a provider's interface. Prepare puts credentials on a request; it may call out for them.
type API struct {
	Base    string
	Client  *http.Client
	Prepare func(ctx context.Context, r *http.Request) error
	// Code finds the provider's name of an error in its answer.
	Code func(body []byte) string
}

// Error is an answer that is no success. Its text has the provider's name of the error and none of its words: those may
// hold what the customer typed.
type Error struct {
	Status int
	Code   string
	Path   string
	Body   []byte // for the gateway to look into; never logged
}

// Error is for logs.
func (e *Error) Error() string {
	return fmt.Sprintf("gateway: %s answers %d %s", e.Path, e.Status, e.Code)
}

// Is sorts answers into what callers act on: what may go away by itself is ErrUnavailable, every other is ErrRefused, and
// what the provider does not have is ErrUnknown too.
func (e *Error) Is(target error) bool { return Sort(e.Status, target) }

// Sort tells whether an answer of a status is one of the gateway package's errors.
func Sort(status int, target error) bool {
	passing := status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status < 400
	switch target {
	case gateway.ErrUnavailable:
		return passing
	case gateway.ErrRefused:
		return !passing
	case gateway.ErrUnknown:
		return status == http.StatusNotFound || status == http.StatusGone
	}
	return false
}

// Call sends in (nil is no body) and reads the answer into out (nil is not read). The error is an *Error, or ErrUnavailable
// when there was no answer that could be understood.
func (a API) Call(ctx context.Context, method, path string, header map[string]string, in, out any) error {
	var sent io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, a.Base+path, sent)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	if a.Prepare != nil {
		if err := a.Prepare(ctx, r); err != nil {
			return err
		}
	}
	return a.Do(r, out)
}

// Do sends a request that is whole and reads the answer as Call does.
func (a API) Do(r *http.Request, out any) error {
	path := r.URL.Path
	answer, err := a.Client.Do(r)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", gateway.ErrUnavailable, path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", gateway.ErrUnavailable, path, err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		e := &Error{Status: answer.StatusCode, Path: path, Body: text}
		if a.Code != nil {
			e.Code = a.Code(text)
		}
		return e
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%w: %s: an answer that is not understood", gateway.ErrUnavailable, path)
	}
	return nil
}
