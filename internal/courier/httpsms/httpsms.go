// Package httpsms sends text messages through any provider with a plain HTTP interface, described by one URL.
package httpsms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"myisp/internal/courier"
)

// ErrURL says that MYISP_SMS_URL cannot be used; the text says why and leaves out user, password and keys.
var ErrURL = errors.New("httpsms: unusable MYISP_SMS_URL")

// DefaultTimeout bounds one request.
const DefaultTimeout = 20 * time.Second

// Texter sends text messages by one HTTP request each. It is safe for concurrent use.
type Texter struct {
	url     *url.URL // without user and fragment; placeholders in path and query
	user    *url.Userinfo
	method  string
	headers http.Header
	body    string
	kind    string // media type of the body
	timeout time.Duration
	client  *http.Client
}

var _ courier.Texter = (*Texter)(nil)

// Option changes how a Texter connects.
type Option func(*Texter)

// WithTransport replaces how requests are carried, for servers with a certificate of their own authority, and for tests.
func WithTransport(t http.RoundTripper) Option { return func(s *Texter) { s.client.Transport = t } }

// New reads MYISP_SMS_URL, a template of the provider's URL. Placeholders stand for the message; each is escaped for where it stands:
//
//	{to}      the number with its plus: +14155552671
//	{digits}  the number without it: 14155552671
//	{text}    the message
//	{id}      the same at every attempt of one message, for providers that know idempotency keys
//
// {text} and one of {to} and {digits} must occur in the path, the query or the body. User and password before the host
// are sent as Basic authorization. Options follow a #, written as a query (percent-encode & + % # and ;):
//
//	method=POST                    GET when there is no body, POST when there is one
//	body={"to":"{to}","m":"{text}"}  the request's body
//	type=application/json          its media type, from which the escaping follows: application/json,
//	                               application/x-www-form-urlencoded (if none is given), text/xml, or any other for none
//	header=Authorization: Bearer KEY   a header, as often as needed; no placeholders but {id}
//	timeout=10s                    1s to 5m
//
// Examples:
//
//	https://sms.example/send?key=KEY&to={digits}&msg={text}
//	https://sms.example/v1/messages#type=application/json&header=X-Api-Key:%20KEY&body={"to":"{to}","text":"{text}"}
//
// Without TLS only this machine and private addresses (a modem in the rack) are called. The error is ErrURL.
func New(rawURL string, options ...Option) (*Texter, error) {
	// Cut by hand: url.Parse decodes a fragment as a whole, which would lose the difference between & and %26.
	template, fragment, _ := strings.Cut(rawURL, "#")
	u, err := url.Parse(template)
	if err != nil {
		return nil, fmt.Errorf("%w: not a URL", ErrURL)
	}
	if u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("%w: begin with https://host", ErrURL)
	}
	if strings.ContainsAny(u.Host, "{}") {
		return nil, fmt.Errorf("%w: no placeholders in the host", ErrURL)
	}
	if u.Scheme == "http" && !nearby(u.Hostname()) {
		return nil, fmt.Errorf("%w: http:// only to this machine or a private address, use https://", ErrURL)
	}
	s := &Texter{user: u.User, headers: http.Header{}, timeout: DefaultTimeout, client: &http.Client{
		// A redirect would carry the message, and the key, to a place nobody configured.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if err := s.options(fragment); err != nil {
		return nil, err
	}
	u.User = nil
	s.url = u
	where := u.Path + "\n" + u.RawQuery + "\n" + s.body
	where = unbrace(where)
	if !strings.Contains(where, "{text}") || !strings.Contains(where, "{to}") && !strings.Contains(where, "{digits}") {
		return nil, fmt.Errorf("%w: {text} and {to} or {digits} must occur", ErrURL)
	}
	for _, o := range options {
		o(s)
	}
	return s, nil
}

func (s *Texter) options(fragment string) error {
	q, err := url.ParseQuery(fragment)
	if err != nil {
		return fmt.Errorf("%w: the options after # are not a query", ErrURL)
	}
	for name, values := range q {
		value := values[0]
		if len(values) > 1 && name != "header" {
			return fmt.Errorf("%w: option %s is given twice", ErrURL, name)
		}
		switch name {
		case "method":
			s.method = strings.ToUpper(value)
			if s.method != "GET" && s.method != "POST" && s.method != "PUT" {
				return fmt.Errorf("%w: method is GET, POST or PUT", ErrURL)
			}
		case "body":
			s.body = value
		case "type":
			s.kind = value
		case "timeout":
			s.timeout, err = time.ParseDuration(value)
			if err != nil || s.timeout < time.Second || s.timeout > 5*time.Minute {
				return fmt.Errorf("%w: timeout is a duration from 1s to 5m", ErrURL)
			}
		case "header":
			for _, h := range values {
				if err := s.header(h); err != nil {
					return err
				}
			}
		default:
			return fmt.Errorf("%w: unknown option %q", ErrURL, name)
		}
	}
	switch {
	case s.body != "" && s.kind == "":
		s.kind = formType
	case s.body == "" && s.kind != "":
		return fmt.Errorf("%w: type without a body", ErrURL)
	}
	switch {
	case s.method == "" && s.body != "":
		s.method = http.MethodPost
	case s.method == "":
		s.method = http.MethodGet
	case s.method == http.MethodGet && s.body != "":
		return fmt.Errorf("%w: a GET has no body", ErrURL)
	}
	if strings.ContainsFunc(s.kind, func(r rune) bool { return r < ' ' || r > '~' }) {
		return fmt.Errorf("%w: type", ErrURL)
	}
	return nil
}

func (s *Texter) header(line string) error {
	name, value, ok := strings.Cut(line, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r) }) ||
		strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
		return fmt.Errorf("%w: a header is Name: value", ErrURL)
	}
	s.headers.Add(name, value)
	return nil
}

// nearby reports whether a host is this machine or an address of a private network.
func nearby(host string) bool {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return strings.EqualFold(host, "localhost")
	}
	addr = addr.Unmap()
	return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast()
}

// String says where messages go, without keys.
func (s *Texter) String() string { return s.url.Scheme + "://" + s.url.Host }

// Send hands one message over: any 2xx is success. A 4xx is permanent (courier.Permanent) but for 401, 407, 408, 425 and
// 429, which time or the operator mends; redirects, 5xx and network trouble are worth another try. Errors hold no
// number, text or key.
func (s *Texter) Send(ctx context.Context, p courier.SMS) error {
	if err := p.Check(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	req, err := s.request(ctx, p)
	if err != nil {
		return fmt.Errorf("httpsms: %s: request cannot be made", s)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // the outer one prints the whole URL
		}
		return fmt.Errorf("httpsms: %s: %w", s, err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == 401, code == 407, code == 408, code == 425, code == 429, code < 400, code >= 500:
		return fmt.Errorf("httpsms: %s: status %d", s, code)
	default:
		return courier.Lasting(fmt.Errorf("httpsms: %s: status %d", s, code))
	}
}
