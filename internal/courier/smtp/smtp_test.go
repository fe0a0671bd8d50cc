package smtp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	server "github.com/emersion/go-smtp"

	"myisp/internal/courier"
)

// to makes a Mailer whose every connection goes to address, so that a test can have hosts that are not this machine.
func to(t *testing.T, address, url string, options ...Option) *Mailer {
	t.Helper()
	m, err := New(url, options...)
	if err != nil {
		t.Fatal(err)
	}
	m.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	return m
}

func code() courier.Mail {
	return courier.Mail{
		From: "portal@isp.example", FromName: `Härbor "Fiber", Ltd`, ReplyTo: "help@isp.example", To: []string{"alice@example.com"},
		Subject: "Código: ١٢٣٤", Text: "Your code is 1234\n.\nEnd", HTML: "<p>1234 ñ</p>", MessageID: "abc@isp.example",
		Attachments: []courier.Attachment{{Name: "Vertrag ñ.pdf", Type: "application/pdf", Data: bytes.Repeat([]byte("%PDF\x00\xff"), 500)}},
	}
}

func TestSendOnThisMachine(t *testing.T) {
	p := &post{}
	day := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	m := to(t, start(t, p, nil, false), "smtp://localhost:25?helo=portal.isp.example", WithClock(func() time.Time { return day }))
	for range 2 { // a retry
		if err := m.Send(t.Context(), code()); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.mails) != 2 || p.froms[0] != "portal@isp.example" || p.rcpts[0] != "alice@example.com" || p.login != "" {
		t.Fatalf("%d mails from %v to %v, log-in %q", len(p.mails), p.froms, p.rcpts, p.login)
	}
	for _, raw := range p.mails {
		read(t, raw, day)
	}
}

// read takes a raw mail apart.
func read(t *testing.T, raw string, day time.Time) {
	t.Helper()
	msg, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	from, err := msg.Header.AddressList("From")
	if err != nil || from[0].Name != `Härbor "Fiber", Ltd` || from[0].Address != "portal@isp.example" {
		t.Error("From:", msg.Header.Get("From"), err)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	date, _ := msg.Header.Date()
	for _, c := range []struct{ name, got, want string }{
		{"Subject", subject, "Código: ١٢٣٤"},
		{"Message-ID", msg.Header.Get("Message-ID"), "<abc@isp.example>"},
		{"Reply-To", msg.Header.Get("Reply-To"), "<help@isp.example>"},
		{"Auto-Submitted", msg.Header.Get("Auto-Submitted"), "auto-generated"},
		{"User-Agent", msg.Header.Get("User-Agent") + msg.Header.Get("X-Mailer"), ""},
		{"Date", date.UTC().String(), day.String()},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
	_, params, _ := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	parts := multipart.NewReader(msg.Body, params["boundary"])
	alternatives, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	_, params, _ = mime.ParseMediaType(alternatives.Header.Get("Content-Type"))
	inner := multipart.NewReader(alternatives, params["boundary"])
	for _, want := range []string{"Your code is 1234\r\n.\r\nEnd", "<p>1234 ñ</p>"} {
		part, err := inner.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(part); strings.ReplaceAll(string(got), "\r\n", "\n") != strings.ReplaceAll(want, "\r\n", "\n") {
			t.Errorf("body %q, want %q", got, want)
		}
	}
	file, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	_, params, _ = mime.ParseMediaType(file.Header.Get("Content-Disposition"))
	name, _ := new(mime.WordDecoder).DecodeHeader(params["filename"])
	if name != "Vertrag ñ.pdf" || !strings.HasPrefix(file.Header.Get("Content-Type"), "application/pdf") {
		t.Errorf("attachment %v", file.Header)
	}
}

func TestTLSIsDemanded(t *testing.T) {
	cert, pool := certificate(t, "mail.isp.test")
	trust := WithTLS(&tls.Config{RootCAs: pool})
	for _, c := range []struct {
		name     string
		url      string
		cert     *tls.Certificate
		implicit bool
		options  []Option
		arrives  bool
	}{
		{"STARTTLS", "smtp://me:p%40ss@mail.isp.test", &cert, false, []Option{trust}, true},
		{"TLS from the start", "smtps://me:p%40ss@mail.isp.test", &cert, true, []Option{trust}, true},
		{"server without STARTTLS", "smtp://mail.isp.test", nil, false, []Option{trust}, false},
		{"certificate nobody knows", "smtp://me:p%40ss@mail.isp.test", &cert, false, nil, false},
		{"certificate nobody knows, smtps", "smtps://me:p%40ss@mail.isp.test", &cert, true, nil, false},
		{"another's certificate", "smtp://me:p%40ss@other.isp.test", &cert, false, []Option{trust}, false},
		{"wrong password", "smtp://me:SECRETKEY@mail.isp.test", &cert, false, []Option{trust}, false},
	} {
		p := &post{}
		m := to(t, start(t, p, c.cert, c.implicit), c.url, c.options...)
		err := m.Send(t.Context(), code())
		if (err == nil) != c.arrives || len(p.mails) == 1 != c.arrives || courier.Permanent(err) {
			t.Errorf("%s: %d mails, %v, permanent %v", c.name, len(p.mails), err, courier.Permanent(err))
		}
		if c.arrives && (p.login != "me" || !p.secure[0]) {
			t.Errorf("%s: log-in %q, secure %v", c.name, p.login, p.secure)
		}
		if err != nil && strings.Contains(err.Error(), "SECRETKEY") {
			t.Errorf("%s: the error tells: %v", c.name, err)
		}
		if (m.Check(t.Context()) == nil) != c.arrives {
			t.Errorf("%s: Check differs from Send", c.name)
		}
		if len(p.mails) > 1 {
			t.Error("Check sends")
		}
	}
	p := &post{}
	if err := to(t, start(t, p, nil, false), "smtp://me:p%40ss@localhost:25").Send(t.Context(), code()); err != nil || p.login != "me" {
		t.Errorf("log-in on this machine: %q, %v", p.login, err)
	}
}

func TestSendClassifies(t *testing.T) {
	refuse := func(code int) error { return &server.SMTPError{Code: code, Message: "no"} }
	for _, c := range []struct {
		name      string
		post      *post
		permanent bool
	}{
		{"sender refused", &post{failMail: refuse(553)}, true},
		{"log in first", &post{failMail: refuse(530)}, false},
		{"greylisted", &post{failRcpt: refuse(451)}, false},
		{"mailbox full", &post{failRcpt: refuse(452)}, false},
		{"no such user", &post{failRcpt: refuse(550)}, true},
		{"content refused", &post{failData: refuse(554)}, true},
		{"content put off", &post{failData: refuse(451)}, false},
	} {
		err := to(t, start(t, c.post, nil, false), "smtp://127.0.0.1").Send(t.Context(), code())
		if err == nil || courier.Permanent(err) != c.permanent {
			t.Errorf("%s: %v, permanent %v", c.name, err, courier.Permanent(err))
		}
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	m := to(t, closed.Addr().String(), "smtp://127.0.0.1")
	if err := m.Send(t.Context(), code()); err == nil || courier.Permanent(err) {
		t.Error("nobody there:", err)
	}
	bad := code()
	bad.Subject = "x\r\nBcc: eve@example.com"
	if err := m.Send(t.Context(), bad); !errors.Is(err, courier.ErrMalformed) || !courier.Permanent(err) {
		t.Error("injection:", err)
	}
}

// TestSendEndsWithItsContext hangs in the middle of a delivery.
func TestSendEndsWithItsContext(t *testing.T) {
	p := &post{hang: true, stuck: make(chan struct{})}
	m := to(t, start(t, p, nil, false), "smtp://127.0.0.1?timeout=5m")
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-p.stuck; cancel() }()
	if err := m.Send(ctx, code()); !errors.Is(err, context.Canceled) || courier.Permanent(err) {
		t.Error(err)
	}
}

func TestNew(t *testing.T) {
	for _, c := range []struct{ url, want string }{
		{"smtp://u:p@mail.isp.example", "mail.isp.example:587"}, {"smtps://u:p@mail.isp.example", "mail.isp.example:465"},
		{"smtp://localhost:1025/", "localhost:1025"}, {"smtp://[::1]", "[::1]:587"}, {"smtp://h?timeout=1s&helo=p.example", "h:587"},
	} {
		m, err := New(c.url)
		if err != nil || m.String() != c.want {
			t.Errorf("%s: %v, %v", c.url, m, err)
		}
	}
	for _, u := range []string{
		"", "mail.isp.example:587", "http://h", "smtp://", "smtp:h", "smtp://h/path", "smtp://h#x", "smtp://h:0", "smtp://h:99999", "smtp://h:x",
		"smtp://u:SECRET%zz@h", "smtp://u:SECRET/x@h", "smtp://h?timeout=0s", "smtp://h?timeout=x", "smtp://h?timeout=1h", "smtp://h?helo=a%0d%0ab", "smtp://h?tls=off",
	} {
		_, err := New(u)
		if !errors.Is(err, ErrURL) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v", u, err)
		}
	}
	for host, want := range map[string]bool{"localhost": true, "127.0.0.1": true, "127.8.8.8": true, "::1": true, "::ffff:127.0.0.1": true,
		"10.0.0.1": false, "localhost.example": false, "127.0.0.1.example": false, "0.0.0.0": false} {
		if loopback(host) != want {
			t.Errorf("%s is loopback: %v", host, !want)
		}
	}
}

func FuzzNew(f *testing.F) {
	f.Add("smtp://u:p@h:25?timeout=3s")
	f.Add("smtps://[::1]:465?helo=x")
	f.Fuzz(func(t *testing.T, raw string) {
		m, err := New(raw)
		if err != nil {
			if !errors.Is(err, ErrURL) {
				t.Error(err)
			}
			return
		}
		if m.host == "" || m.port == 0 || m.timeout < time.Second {
			t.Errorf("%q: %+v", raw, m)
		}
	})
}
