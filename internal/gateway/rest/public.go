package rest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"myisp/internal/gateway"
)

// PublicBase is Base for addresses that people type where real money is: https alone, and nothing that is plainly not on the
// public internet. What a name leads to is seen when it is called (Public). The error is gateway.ErrAddress.
func PublicBase(address string) (string, error) {
	base, err := Base(address)
	if err != nil {
		return "", fmt.Errorf("%w: %w", gateway.ErrAddress, err)
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" {
		return "", fmt.Errorf("%w: not https", gateway.ErrAddress)
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ip, err := netip.ParseAddr(host); err == nil && !public(ip) || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return "", fmt.Errorf("%w: not on the public internet", gateway.ErrAddress)
	}
	return base, nil
}

// Public is a transport that connects to addresses on the public internet alone. It looks at the address that is dialled, not at
// the name, so a name that leads elsewhere a moment later gains nothing. The proxy that the environment names is the one
// exception: it is the operator's, and connects for us.
func Public() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	outside := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, ControlContext: onlyPublic}
	proxy := &net.Dialer{Timeout: outside.Timeout, KeepAlive: outside.KeepAlive}
	proxies := proxyAddresses()
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if slices.Contains(proxies, address) {
			return proxy.DialContext(ctx, network, address)
		}
		return outside.DialContext(ctx, network, address)
	}
	return t
}

func onlyPublic(_ context.Context, network, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !strings.HasPrefix(network, "tcp") || !public(at.Addr()) {
		return fmt.Errorf("%w: %s is not on the public internet", gateway.ErrAddress, address)
	}
	return nil
}

// proxyAddresses are host and port of the proxies that the environment names, as they are dialled.
func proxyAddresses() (list []string) {
	for _, scheme := range []string{"https", "http"} {
		u, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: scheme, Host: "provider.example"}})
		if err != nil || u == nil {
			continue
		}
		port := u.Port()
		if port == "" {
			port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
		}
		if strings.HasPrefix(u.Scheme, "socks5") && u.Port() == "" {
			port = "1080"
		}
		list = append(list, net.JoinHostPort(u.Hostname(), port))
	}
	return list
}

// reserved are networks that are not the public internet and that netip has no name for: carriers' own, special purposes,
// benchmarks, documentation, the future, Teredo, translators of a network's own, segment routing.
var reserved = networks("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "100::/64", "2001::/32", "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10")

// carried are networks of IPv6 that lead to an address of IPv4, and the bit at which it begins.
var carried = map[netip.Prefix]int{netip.MustParsePrefix("64:ff9b::/96"): 96, netip.MustParsePrefix("2002::/16"): 16}

func networks(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// public reports whether an address is one of the public internet. One of IPv6 that leads to one of IPv4 is what that is, so that
// providers stay in reach of hosts without IPv4.
func public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	for net, bit := range carried {
		if net.Contains(ip) {
			b := ip.As16()
			return public(netip.AddrFrom4([4]byte(b[bit/8 : bit/8+4])))
		}
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !slices.ContainsFunc(reserved, func(n netip.Prefix) bool { return n.Contains(ip) })
}
