package rest

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"myisp/internal/gateway"
)

// Where real money is, an address that staff type is one of the public internet.
func TestPublicBase(t *testing.T) {
	for address, want := range map[string]string{"https://api.stripe.com": "https://api.stripe.com", "https://api.stripe.com/": "https://api.stripe.com", "https://1.1.1.1:8443": "https://1.1.1.1:8443",
		"http://api.stripe.com": "", "http://127.0.0.1:12111": "", "https://127.0.0.1": "", "https://localhost": "", "https://LOCALHOST.": "", "https://a.localhost": "", "https://10.0.0.7": "",
		"https://[::1]": "", "https://[fe80::1]": "", "https://[::ffff:10.0.0.1]": "", "https://169.254.169.254": "", "https://key@api.stripe.com": "", "https://": "", "api.stripe.com": "", "": ""} {
		got, err := PublicBase(address)
		if got != want || want == "" && !errors.Is(err, gateway.ErrAddress) {
			t.Errorf("%s: %q %v", address, got, err)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	for ip, want := range map[string]bool{"1.1.1.1": true, "2606:4700:4700::1111": true, "64:ff9b::101:101": true, "2002:101:101::1": true, "::ffff:1.1.1.1": true,
		"0.0.0.0": false, "10.1.2.3": false, "127.0.0.1": false, "169.254.169.254": false, "172.16.0.1": false, "192.168.1.1": false, "100.64.0.1": false, "192.0.0.8": false, "198.18.0.1": false,
		"224.0.0.1": false, "240.0.0.1": false, "255.255.255.255": false, "::": false, "::1": false, "fe80::1": false, "fd00::1": false, "ff02::1": false, "::ffff:127.0.0.1": false,
		"64:ff9b::a00:1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::1": false, "2002:c0a8:101::1": false, "::7f00:1": false, "64:ff9b:1::a00:1": false, "::ffff:0:a00:1": false, "3fff::1": false, "5f00::1": false, "fe80::1%eth0": false} {
		if got := public(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s: %t", ip, got)
		}
	}
}

// A name is believed nothing: what it leads to is looked at as it is dialled.
func TestPublicDials(t *testing.T) {
	heard := 0
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard++ }))
	defer s.Close()
	transport := Public()
	transport.TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	transport.TLSClientConfig.InsecureSkipVerify = true // only where it leads matters here
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1", "[::1]"} {
		err := API{Base: "https://" + host + ":" + port, Client: Client(&http.Client{Transport: transport})}.Call(t.Context(), "GET", "/", nil, nil, nil)
		if !errors.Is(err, gateway.ErrUnavailable) || !errors.Is(err, gateway.ErrAddress) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if heard > 0 {
		t.Errorf("the stand-in heard %d calls", heard)
	}
}
