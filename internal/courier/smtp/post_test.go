package smtp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	server "github.com/emersion/go-smtp"
)

// post is a mail server that keeps what it gets and refuses what it is told to.
type post struct {
	mu       sync.Mutex
	mails    []string // raw
	froms    []string
	rcpts    []string
	login    string
	secure   []bool
	failMail error
	failRcpt error
	failData error
	stuck    chan struct{} // closed when a client hangs in RCPT, which lasts until the connection goes
	hang     bool
}

type visit struct {
	p    *post
	conn *server.Conn
}

func (s visit) Reset()        {}
func (s visit) Logout() error { return nil }

func (s visit) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "p@ss" {
			return server.ErrAuthFailed
		}
		s.p.mu.Lock()
		defer s.p.mu.Unlock()
		s.p.login = user
		return nil
	}), nil
}

func (s visit) Mail(from string, _ *server.MailOptions) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	_, isTLS := s.conn.TLSConnectionState()
	s.p.froms, s.p.secure = append(s.p.froms, from), append(s.p.secure, isTLS)
	return s.p.failMail
}

func (s visit) Rcpt(to string, _ *server.RcptOptions) error {
	if s.p.hang {
		close(s.p.stuck)
		_, _ = s.conn.Conn().Read(make([]byte, 1)) // until the client goes away
		return errors.New("gone")
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.rcpts = append(s.p.rcpts, to)
	return s.p.failRcpt
}

func (s visit) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.p.failData != nil {
		return s.p.failData
	}
	s.p.mails = append(s.p.mails, string(raw))
	return err
}

// certificate is a fresh authority of its own for a host.
func certificate(t *testing.T, host string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, _ := x509.ParseCertificate(der)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// start runs a server and returns its address. cert may be nil for none; implicit is smtps.
func start(t *testing.T, p *post, cert *tls.Certificate, implicit bool) string {
	t.Helper()
	s := server.NewServer(server.BackendFunc(func(c *server.Conn) (server.Session, error) { return visit{p, c}, nil }))
	s.Domain, s.AllowInsecureAuth, s.ErrorLog = "mail.isp.test", cert == nil, log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if cert != nil {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}}
		if implicit {
			l = tls.NewListener(l, s.TLSConfig)
		}
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return l.Addr().String()
}
