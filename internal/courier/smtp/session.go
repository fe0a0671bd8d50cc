package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"
)

// session is one connection, logged in and ready to send.
type session struct {
	client *gomail.Client
	smtp   *gosmtp.Client
}

// connect opens a connection, does the work and hangs up. When ctx ends, the connection is closed under whatever is
// going on: the library itself looks at ctx while it dials only. A failed hang-up is no failure.
func (m *Mailer) connect(ctx context.Context, work func(*session) error) error {
	timeout := m.timeout
	if deadline, ok := ctx.Deadline(); ok {
		timeout = min(timeout, max(time.Until(deadline), time.Millisecond))
	}
	var conn net.Conn
	dial := func(dialing context.Context, network, address string) (c net.Conn, err error) {
		if conn, err = m.dial(dialing, network, address); err != nil {
			return nil, err
		}
		raw := conn
		context.AfterFunc(ctx, func() { _ = raw.Close() })
		if !m.implicit {
			return conn, nil
		}
		secure := tls.Client(conn, m.tls)
		return secure, secure.HandshakeContext(dialing)
	}
	// The library leaves the connection open when anything after the dialling fails.
	defer func() {
		if conn != nil {
			_ = conn.Close()
		}
	}()
	client, err := gomail.NewClient(m.host, m.options(timeout, dial)...)
	if err != nil {
		return fmt.Errorf("smtp: %s: %w", m, err)
	}
	wire, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("smtp: %s: %w", m, errors.Join(err, ctx.Err()))
	}
	if err := work(&session{client: client, smtp: wire}); err != nil {
		return errors.Join(err, ctx.Err())
	}
	_ = client.CloseWithSMTPClient(wire)
	return nil
}

// options sets the library up. Without TLS, which happens on this machine only, a password may go over the line as it is.
func (m *Mailer) options(timeout time.Duration, dial gomail.DialContextFunc) []gomail.Option {
	policy := gomail.TLSMandatory
	mechanisms := []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin}
	if m.loopback && !m.implicit {
		policy = gomail.NoTLS
		mechanisms = []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc}
	}
	options := []gomail.Option{
		gomail.WithPort(m.port), gomail.WithTimeout(timeout), gomail.WithTLSConfig(m.tls), gomail.WithDialContextFunc(dial),
	}
	if m.implicit {
		options = append(options, gomail.WithSSL())
	} else {
		options = append(options, gomail.WithTLSPolicy(policy))
	}
	if m.helo != "" {
		options = append(options, gomail.WithHELO(m.helo))
	}
	if m.login {
		options = append(options, gomail.WithOpportunisticSMTPAuth(mechanisms...), gomail.WithUsername(m.user), gomail.WithPassword(m.pass))
	}
	return options
}
