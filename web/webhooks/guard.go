package webhooks

import (
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"dropcut/pipeline"
)

// Guard says where messages may be sent: to public addresses, over https, and
// into networks that whoever runs the service named.
type Guard struct {
	Networks []netip.Prefix // there also private addresses, other ports and plain http
}

const (
	longestURL   = 2000
	networksHint = "send to a public https address, or name the network in DROPCUT_WEBHOOK_NETWORKS"
)

// ports are where others than Networks are reached. Elsewhere there are
// databases and queues, which take what they are sent for orders.
var ports = map[uint16]bool{443: true, 8443: true}

// closed is what is not public although it looks so: what netip's own words do
// not cover. IPv6 is public in 2000::/3 alone.
var closed = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", // this network; carrier-grade NAT, and some clouds' metadata
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"168.63.129.16/32",                                     // Azure's wire server
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", // Teredo and others, documentation, 6to4
)

var globalIPv6 = netip.MustParsePrefix("2000::/3")

func prefixes(all ...string) (out []netip.Prefix) {
	for _, p := range all {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

// Networks reads networks with commas between, such as 10.0.0.0/8,fd00::/8,
// 192.168.1.7. None is none; what is no network is Usage.
func Networks(list string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, one := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(one)
		if ip, alone := netip.ParseAddr(one); err != nil && alone == nil && ip.Zone() == "" {
			p, err = ip.Prefix(ip.BitLen())
		}
		if err != nil || p.Addr().Is4In6() {
			return nil, pipeline.Fail(pipeline.Usage, "bad_network", "write 10.0.0.0/8, fd00::/8 or 192.168.1.7, with commas between", "%q is no network", one)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// Check looks at a webhook's address before it is kept. Invalid says what is
// wrong with it. Where its name leads is looked at when a message is sent.
func (g Guard) Check(address string) error {
	bad := func(why string) error {
		return pipeline.Fail(pipeline.Invalid, "bad_address", networksHint, "a webhook cannot be sent to: %s", why).At("/url")
	}
	u, err := url.Parse(address)
	switch {
	case len(address) > longestURL:
		return bad("its address is too long")
	case err != nil || u.Opaque != "" || u.Hostname() == "" || strings.ContainsAny(address, " \t\r\n"):
		return bad("its address is none")
	case u.User != nil:
		return bad("its address holds a name or a password, which others would see")
	case u.Fragment != "":
		return bad("what follows # is never sent")
	case u.Scheme != "https" && (u.Scheme != "http" || len(g.Networks) == 0):
		return bad("it is not https")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	if ip, err := netip.ParseAddrPort("[" + u.Hostname() + "]:" + port); err == nil {
		return g.permits(ip, u.Scheme == "https")
	}
	if ip, err := netip.ParseAddrPort(u.Hostname() + ":" + port); err == nil {
		return g.permits(ip, u.Scheme == "https")
	}
	return nil
}

// control is a net.Dialer's: it sees the address that a name has led to, just
// before it is called, so that no answer of a name server leads elsewhere.
func (g Guard) control(secure bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return closedAddress
		}
		return g.permits(to, secure)
	}
}

// closedAddress names no address: where names lead inside is nobody's business.
var closedAddress = pipeline.Fail(pipeline.Invalid, "address_closed", networksHint, "it leads to an address, or a port, where nothing may be sent").At("/url")

// permits says why nothing may be sent there; nil where it may.
func (g Guard) permits(to netip.AddrPort, secure bool) error {
	ip := to.Addr().Unmap()
	if ip.Zone() != "" {
		return closedAddress
	}
	for _, p := range g.Networks {
		if p.Contains(ip) {
			return nil
		}
	}
	if !secure || !ports[to.Port()] || !isPublic(ip) {
		return closedAddress
	}
	return nil
}

func isPublic(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Is6() && !globalIPv6.Contains(ip) {
		return false
	}
	for _, p := range closed {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
