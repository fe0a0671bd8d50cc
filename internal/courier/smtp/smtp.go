// Package smtp sends mail through the operator's mail server.
package smtp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"myisp/internal/courier"
)

// ErrURL says that MYISP_SMTP_URL cannot be used; the text says why and leaves out the password.
var ErrURL = errors.New("smtp: unusable MYISP_SMTP_URL")

// DefaultTimeout bounds connecting and each step of a delivery.
const DefaultTimeout = 30 * time.Second

// Mailer sends mail, one connection a mail. It is safe for concurrent use.
type Mailer struct {
	host       string
	port       int
	user, pass string
	login      bool // the URL names a user
	implicit   bool // smtps: TLS from the first byte
	loopback   bool // this machine: TLS is not needed
	helo       string
	timeout    time.Duration
	tls        *tls.Config
	now        func() time.Time
	dial       func(ctx context.Context, network, address string) (net.Conn, error)
}

var _ courier.Mailer = (*Mailer)(nil)

// Option changes how a Mailer connects.
type Option func(*Mailer)

// WithTLS replaces the TLS settings, for servers with a certificate of their own authority. ServerName is filled in.
func WithTLS(c *tls.Config) Option { return func(m *Mailer) { m.tls = c.Clone() } }

// WithClock replaces the clock that dates the mails.
func WithClock(now func() time.Time) Option { return func(m *Mailer) { m.now = now } }

// New reads MYISP_SMTP_URL:
//
//	smtp://user:password@mail.isp.example:587     STARTTLS, demanded unless the host is this machine; port 587 if none is given
//	smtps://user:password@mail.isp.example:465    TLS from the start; port 465 if none is given
//	smtp://localhost:25                           no log-in, no TLS: a server on this machine
//
// Percent-encode special characters in user and password (an @ is %40). Options: ?timeout=10s (1s to 5m) and
// ?helo=portal.isp.example. It does not connect; see Check. The error is ErrURL.
func New(rawURL string, options ...Option) (*Mailer, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("%w: not a URL (percent-encode special characters in the password)", ErrURL)
	}
	m := &Mailer{host: u.Hostname(), timeout: DefaultTimeout, tls: &tls.Config{}, now: time.Now, dial: (&net.Dialer{}).DialContext}
	switch u.Scheme {
	case "smtp":
		m.port = 587
	case "smtps":
		m.port, m.implicit = 465, true
	default:
		return nil, fmt.Errorf("%w: begin with smtp:// or smtps://", ErrURL)
	}
	if m.host == "" || u.Opaque != "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%w: write %s://user:password@host:port", ErrURL, u.Scheme)
	}
	if p := u.Port(); p != "" {
		if m.port, err = strconv.Atoi(p); err != nil || m.port < 1 || m.port > 65535 {
			return nil, fmt.Errorf("%w: port %s", ErrURL, p)
		}
	}
	if u.User != nil {
		m.login, m.user = true, u.User.Username()
		m.pass, _ = u.User.Password()
	}
	if err := m.query(u.Query()); err != nil {
		return nil, err
	}
	m.loopback = loopback(m.host)
	for _, o := range options {
		o(m)
	}
	m.tls.ServerName = m.host
	m.tls.MinVersion = max(m.tls.MinVersion, tls.VersionTLS12)
	return m, nil
}

func (m *Mailer) query(q url.Values) (err error) {
	for name := range q {
		value := q.Get(name)
		switch name {
		case "timeout":
			m.timeout, err = time.ParseDuration(value)
			if err != nil || m.timeout < time.Second || m.timeout > 5*time.Minute {
				return fmt.Errorf("%w: timeout is a duration from 1s to 5m", ErrURL)
			}
		case "helo":
			if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
				return fmt.Errorf("%w: helo is a host name", ErrURL)
			}
			m.helo = value
		default:
			return fmt.Errorf("%w: unknown option %q", ErrURL, name)
		}
	}
	return nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback() || err != nil && strings.EqualFold(host, "localhost")
}

// String says where mail goes, without the password.
func (m *Mailer) String() string {
	return net.JoinHostPort(m.host, strconv.Itoa(m.port))
}

// Send delivers one mail. Errors are permanent (courier.Permanent) when the mail is malformed or the server refuses its
// sender, recipient or content with a 5xx other than "log in first"; a server that is away, busy, untrusted or rejects
// the log-in is worth another try. With several recipients, one refusal keeps the mail from all.
func (m *Mailer) Send(ctx context.Context, p courier.Mail) error {
	if err := p.Check(); err != nil {
		return err
	}
	msg, err := m.message(p)
	if err != nil {
		return courier.Lasting(err)
	}
	return m.connect(ctx, func(s *session) error {
		err := s.client.SendWithSMTPClient(s.smtp, msg)
		if err == nil || msg.IsDelivered() { // what goes wrong after the server's "250" must not send it twice
			return nil
		}
		return classify(err)
	})
}

// Check connects and logs in, and sends nothing: for `myisp doctor`.
func (m *Mailer) Check(ctx context.Context) error {
	return m.connect(ctx, func(*session) error { return nil })
}

// classify marks as permanent what the server refuses about this one mail.
func classify(err error) error {
	wrapped := fmt.Errorf("smtp: %w", err)
	send, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return wrapped
	}
	switch code := send.ErrorCode(); {
	case code < 500 || code > 599, code == 530, code == 534, code == 535, code == 538: // not said, or about the log-in
		return wrapped
	}
	switch send.Reason {
	case gomail.ErrSMTPMailFrom, gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		return courier.Lasting(wrapped)
	}
	return wrapped
}

func (m *Mailer) message(p courier.Mail) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: p.FromName, Address: p.From})
	for _, to := range p.To {
		msg.AddToMailAddress(&netmail.Address{Address: to})
	}
	if p.ReplyTo != "" {
		msg.ReplyToMailAddress(&netmail.Address{Address: p.ReplyTo})
	}
	msg.Subject(p.Subject)
	msg.SetDateWithValue(m.now())
	if p.MessageID != "" {
		msg.SetMessageIDWithValue(p.MessageID)
	}
	// RFC 3834: no out-of-office answers to the portal.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	switch {
	case p.Text == "":
		msg.SetBodyString(gomail.TypeTextHTML, p.HTML)
	default:
		msg.SetBodyString(gomail.TypeTextPlain, p.Text)
		if p.HTML != "" {
			msg.AddAlternativeString(gomail.TypeTextHTML, p.HTML)
		}
	}
	for _, a := range p.Attachments {
		kind := a.Type
		if kind == "" {
			kind = "application/octet-stream"
		}
		if err := msg.AttachReader(a.Name, bytes.NewReader(a.Data), gomail.WithFileContentType(gomail.ContentType(kind))); err != nil {
			return nil, fmt.Errorf("smtp: attachment: %w", err)
		}
	}
	return msg, nil
}
