package paypal

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"myisp/internal/gateway"
)

// certs keeps the certificates that notices are signed with, by their addresses. A notice names its certificate before anybody
// knows whose it is, so what strangers can make it do is bounded: it calls PayPal a few times a minute, reads little, keeps a
// handful. All partners share it.
type certs struct {
	mu      sync.Mutex
	kept    map[string]*cert
	loading map[string]chan struct{} // closed when the load has ended

	minute time.Time // in which loads are counted
	loads  int
}

// cert is what an address holds: a certificate, or none for a while.
type cert struct {
	x509   *x509.Certificate // nil is none
	at     time.Time         // of the load, or of the last notice that it proved
	proven bool              // a notice for us was signed with it
}

const (
	maxCerts = 8                // that are kept; PayPal uses one at a time
	maxCert  = 64 << 10         // bytes of one; PayPal's have some thousand
	maxLoads = 6                // in a minute
	absent   = 10 * time.Minute // for which an address that holds none is not asked again
)

// certPath is where PayPal's certificates are, on any of its hosts.
const certPath = "/v1/notifications/certs/"

// trusted reports whether a certificate may be loaded from an address: only over TLS, from the hosts of PayPal's API.
func trusted(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Port() != "" || len(address) > 200 || strings.Contains(u.Path, "..") {
		return false
	}
	switch u.Host {
	case "api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com":
		return strings.HasPrefix(u.Path, certPath) && len(u.Path) > len(certPath)
	}
	return false
}

// key is the key of the certificate at an address. Errors: gateway.ErrForged, and gateway.ErrUnavailable when it cannot be had
// now; PayPal repeats the notice then.
func (c *certs) key(ctx context.Context, client *http.Client, address string, now time.Time) (*rsa.PublicKey, error) {
	if !trusted(address) {
		return nil, gateway.ErrForged
	}
	found, err := c.find(ctx, client, address, now)
	if err != nil {
		return nil, err
	}
	if found == nil || now.Before(found.NotBefore) || now.After(found.NotAfter) {
		return nil, gateway.ErrForged
	}
	key, ok := found.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, gateway.ErrForged
	}
	return key, nil
}

// find returns the certificate at an address, nil when it holds none. Whoever asks while it is being loaded waits for that.
func (c *certs) find(ctx context.Context, client *http.Client, address string, now time.Time) (found *x509.Certificate, err error) {
	for {
		c.mu.Lock()
		if k := c.kept[address]; k != nil && (k.x509 != nil || now.Sub(k.at) < absent) {
			c.mu.Unlock()
			return k.x509, nil
		}
		done, busy := c.loading[address]
		if !busy {
			break
		}
		c.mu.Unlock()
		select {
		case <-done:
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: paypal's certificate: %w", gateway.ErrUnavailable, ctx.Err())
		}
	}
	if !c.mayLoad(now) {
		c.mu.Unlock()
		return nil, fmt.Errorf("%w: too many of paypal's certificates are asked for", gateway.ErrUnavailable)
	}
	if c.loading == nil {
		c.loading = map[string]chan struct{}{}
	}
	done := make(chan struct{})
	c.loading[address] = done
	c.mu.Unlock()

	err = gateway.ErrUnavailable // should load not come back
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.loading, address)
		close(done)
		if err == nil {
			c.keep(address, &cert{x509: found, at: now})
		}
	}()
	found, err = load(ctx, client, address)
	return found, err
}

func (c *certs) mayLoad(now time.Time) bool {
	if since := now.Sub(c.minute); since < 0 || since >= time.Minute {
		c.minute, c.loads = now, 0
	}
	c.loads++
	return c.loads <= maxLoads
}

// keep makes room by dropping what no notice was ever signed with, the oldest first: naming certificates drives none of use out.
func (c *certs) keep(address string, k *cert) {
	if c.kept == nil {
		c.kept = map[string]*cert{}
	}
	delete(c.kept, address)
	for len(c.kept) >= maxCerts {
		worst := ""
		for a, is := range c.kept {
			if was := c.kept[worst]; was == nil || was.proven && !is.proven || was.proven == is.proven && is.at.Before(was.at) {
				worst = a
			}
		}
		delete(c.kept, worst)
	}
	c.kept[address] = k
}

// proved notes that a notice for us was signed with the certificate at an address.
func (c *certs) proved(address string, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.kept[address]; k != nil {
		k.proven, k.at = true, now
	}
}

// load reads a certificate; nil is that the address holds none. The error is gateway.ErrUnavailable.
func load(ctx context.Context, client *http.Client, address string) (*x509.Certificate, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%w: paypal's certificate: %w", gateway.ErrUnavailable, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxCert+1))
	switch {
	case err != nil || answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests:
		return nil, fmt.Errorf("%w: paypal's certificate", gateway.ErrUnavailable)
	case answer.StatusCode != http.StatusOK || len(text) > maxCert:
		return nil, nil
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, nil
	}
	found, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, nil
	}
	return found, nil
}
