package webhooks

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"crypto/tls"
	"crypto/x509"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

func TestOnlyPublicAddressesAreCalled(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct {
		to     string
		secure bool
		ok     bool
	}{
		"public":                             {"93.184.216.34:443", true, true},
		"public, by IPv6":                    {"[2606:2800:220:1:248:1893:25c8:1946]:8443", true, true},
		"public, without https":              {"93.184.216.34:443", false, false},
		"a database's port":                  {"93.184.216.34:6379", true, false},
		"mail":                               {"93.184.216.34:25", true, false},
		"this machine":                       {"127.0.0.1:443", true, false},
		"this machine, another of its names": {"127.8.9.1:443", true, false},
		"this machine, by IPv6":              {"[::1]:443", true, false},
		"this machine, as IPv6":              {"[::ffff:127.0.0.1]:443", true, false},
		"this machine, as IPv6 of old":       {"[::7f00:1]:443", true, false},
		"nowhere":                            {"0.0.0.0:443", true, false},
		"nowhere, by IPv6":                   {"[::]:443", true, false},
		"this network":                       {"0.1.2.3:443", true, false},
		"private":                            {"10.1.2.3:443", true, false},
		"private too":                        {"172.31.0.1:443", true, false},
		"private at home":                    {"192.168.1.1:443", true, false},
		"private, by IPv6":                   {"[fd00:ec2::254]:443", true, false},
		"private, as IPv6":                   {"[::ffff:10.1.2.3]:443", true, false},
		"a cloud's metadata":                 {"169.254.169.254:443", true, false},
		"another cloud's":                    {"100.100.100.200:443", true, false},
		"a third cloud's":                    {"168.63.129.16:443", true, false},
		"carrier-grade NAT":                  {"100.64.0.1:443", true, false},
		"link-local, by IPv6":                {"[fe80::1]:443", true, false},
		"link-local, with a zone":            {"[fe80::1%eth0]:443", true, false},
		"site-local of old":                  {"[fec0::1]:443", true, false},
		"private, through NAT64":             {"[64:ff9b::10.1.2.3]:443", true, false},
		"private, through NAT64 at home":     {"[64:ff9b:1::10.1.2.3]:443", true, false},
		"private, through 6to4":              {"[2002:a01:203::1]:443", true, false},
		"private, through Teredo":            {"[2001:0:a01:203::1]:443", true, false},
		"many at once":                       {"224.0.0.1:443", true, false},
		"many at once, by IPv6":              {"[ff02::1]:443", true, false},
		"all at once":                        {"255.255.255.255:443", true, false},
		"reserved":                           {"240.0.0.1:443", true, false},
		"an example's":                       {"203.0.113.7:443", true, false},
		"benchmarks":                         {"198.18.0.1:443", true, false},
	} {
		err := Guard{}.permits(netip.MustParseAddrPort(c.to), c.secure)
		if (err == nil) != c.ok {
			t.Errorf("%s, %s: %v", why, c.to, err)
		}
		if err == nil || !c.secure || strings.HasSuffix(c.to, ":6379") || strings.HasSuffix(c.to, ":25") {
			continue
		}
		if strings.Contains(c.to, "%") {
			continue // a zone is nobody's network
		}
		ip := netip.MustParseAddrPort(c.to).Addr().Unmap()
		if err := (Guard{Networks: []netip.Prefix{netip.PrefixFrom(ip, ip.BitLen())}}).permits(netip.MustParseAddrPort(c.to), false); err != nil {
			t.Errorf("%s, named by whoever runs it: %v", why, err)
		}
	}
}

func TestANetworkThatWasNamedDoesNotOpenAnother(t *testing.T) {
	t.Parallel()
	g := Guard{Networks: networks(t, "10.1.0.0/16, fd00:7::/64,192.168.1.7")}
	for to, ok := range map[string]bool{"10.1.255.255:80": true, "10.2.0.0:80": false, "192.168.1.7:5678": true, "192.168.1.8:5678": false, "[fd00:7::9]:80": true,
		"[fd00:8::9]:80": false, "[::ffff:10.1.0.1]:80": true, "[64:ff9b::10.1.0.1]:443": false, "127.0.0.1:80": false, "169.254.169.254:80": false} {
		if err := g.permits(netip.MustParseAddrPort(to), false); (err == nil) != ok {
			t.Errorf("%s: %v", to, err)
		}
	}
}

func networks(t testing.TB, list string) []netip.Prefix {
	t.Helper()
	all, err := Networks(list)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func FuzzNetworksAreReadOrRefused(f *testing.F) {
	for _, s := range []string{"", "10.0.0.0/8,fd00::/8", "192.168.1.7", "10.0.0.0/33", "::ffff:10.0.0.0/104", "fe80::1%eth0", "all", " , "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, list string) {
		all, err := Networks(list)
		if err != nil {
			if pipeline.KindOf(err) != pipeline.Usage {
				t.Errorf("%q: %v", list, err)
			}
			return
		}
		var said []string
		for _, p := range all {
			said = append(said, p.String())
		}
		if again, err := Networks(strings.Join(said, ",")); err != nil || !slices.Equal(again, all) {
			t.Errorf("%q is %v, and read again %v, %v", list, all, again, err)
		}
	})
}

func TestANetworkThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"all", "10.0.0.0/33", "10.0.0.0/8;10.1.0.0/8", "fe80::1%eth0", "::ffff:10.0.0.0/104", "*"} {
		if got, err := Networks(list); err == nil {
			t.Errorf("%q is %v", list, got)
		}
	}
}

func TestAnAddressIsLookedAtBeforeItIsKept(t *testing.T) {
	t.Parallel()
	open := Guard{Networks: networks(t, "10.0.0.0/8")}
	for address, c := range map[string]struct{ closed, open bool }{
		"https://example.org/hooks?k=1":  {true, true},
		"https://example.org:8443/":      {true, true},
		"https://example.org:6379/":      {true, true}, // the port is looked at when the name has led somewhere
		"http://example.org/":            {false, true},
		"http://10.1.2.3:5678/in":        {false, true},
		"https://10.1.2.3/":              {false, true},
		"https://192.168.1.1/":           {false, false},
		"https://[::1]/":                 {false, false},
		"https://[fe80::1%25eth0]/":      {false, false},
		"https://93.184.216.34/":         {true, true},
		"https://93.184.216.34:6379/":    {false, false},
		"ftp://example.org/":             {false, false},
		"file:///etc/passwd":             {false, false},
		"https:example.org":              {false, false},
		"https://":                       {false, false},
		"https://user:word@example.org/": {false, false},
		"https://example.org/#x":         {false, false},
		"https://example.org/ x":         {false, false},
		"":                               {false, false},
		"https://e.org/" + strings.Repeat("x", longestURL): {false, false},
	} {
		for name, g := range map[string]struct {
			Guard
			ok bool
		}{"closed": {Guard{}, c.closed}, "open": {open, c.open}} {
			if err := g.Check(address); (err == nil) != g.ok || err != nil && pipeline.KindOf(err) != pipeline.Invalid {
				t.Errorf("%s, %.60s: %v", name, address, err)
			}
		}
	}
}

// inside is a server on this machine with a certificate for example.com, who
// trusts it, and how many requests it had.
func inside(t *testing.T, answer http.HandlerFunc) (port string, trust *tls.Config, requests *atomic.Int64) {
	t.Helper()
	requests = new(atomic.Int64)
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port(), &tls.Config{RootCAs: roots, ServerName: "example.com"}, requests
}

var secretOfTests = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func sentTo(address string) catalog.Delivery {
	return catalog.Delivery{URL: address, Secrets: []string{secretOfTests}, Message: catalog.Message{ID: "msg_1", Body: []byte(`{}`), Attempts: 1}}
}

func TestANameThatLeadsInsideIsNotCalled(t *testing.T) {
	t.Parallel()
	port, trust, requests := inside(t, nil)
	to := sentTo("https://localhost:" + port + "/")
	p := newPosts(Guard{}, trust)
	if err := p.guard.Check(to.URL); err != nil {
		t.Fatalf("its name alone is nothing to see: %v", err)
	}
	if _, err := p.post(t.Context(), to, time.Now()); err == nil || err.Code != "address_closed" || strings.Contains(err.Detail, "127") || requests.Load() != 0 {
		t.Errorf("%d requests came: %v", requests.Load(), err)
	}
	if _, err := newPosts(Guard{Networks: networks(t, "10.0.0.0/8")}, trust).post(t.Context(), to, time.Now()); err == nil || requests.Load() != 0 {
		t.Errorf("another network is open, and %d requests came: %v", requests.Load(), err)
	}
	if _, err := newPosts(Guard{Networks: networks(t, "127.0.0.0/8,::1")}, trust).post(t.Context(), to, time.Now()); err != nil || requests.Load() != 1 {
		t.Errorf("its network is open, and %d requests came: %v", requests.Load(), err)
	}
}

func TestWithoutTheGuardANameLeadsInside(t *testing.T) {
	t.Parallel()
	port, trust, requests := inside(t, nil)
	p := newPosts(Guard{}, trust)
	p.secure.Transport.(*http.Transport).DialContext = (&net.Dialer{}).DialContext
	if _, err := p.post(t.Context(), sentTo("https://localhost:"+port+"/"), time.Now()); err != nil || requests.Load() != 1 {
		t.Errorf("the guard is not what stops it: %d requests, %v", requests.Load(), err)
	}
}
