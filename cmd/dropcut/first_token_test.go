package main

import (
	"net"
	"os/exec"
	"strings"
	"testing"
)

// TestTheFirstTokensCommandSaysWhereTheServeIs: whatever address and folder a
// serve was given, in any shell of its machine.
func TestTheFirstTokensCommandSaysWhereTheServeIs(t *testing.T) {
	t.Parallel()
	const begin = "dropcut tokens create --name me --scope admin --data "
	for _, c := range []struct{ data, base, want string }{
		{"/srv/dropcut", "http://127.0.0.1:8420", "/srv/dropcut"},                                             // the command's own default
		{"/srv/dropcut", "http://127.0.0.1:9000", "/srv/dropcut --server http://127.0.0.1:9000"},              // another port
		{"/srv/dropcut", "http://[::]:9000", "/srv/dropcut --server http://127.0.0.1:9000"},                   // everywhere is no address to call
		{"/srv/dropcut", "http://0.0.0.0:8420", "/srv/dropcut"},                                               // everywhere, at the default port
		{"/srv/dropcut", "http://192.0.2.7:8420", "/srv/dropcut --server http://192.0.2.7:8420"},              // one of its addresses
		{"/srv/dropcut", "http://[2001:db8::7]:8420", "/srv/dropcut --server 'http://[2001:db8::7]:8420'"},    // brackets are a shell's
		{"/srv/ada's clips", "http://127.0.0.1:9000", `'/srv/ada'\''s clips' --server http://127.0.0.1:9000`}, // a folder that a shell would take apart
	} {
		got := tokenCommand(c.data, c.base)
		if got != begin+c.want {
			t.Errorf("%s at %s: %s", c.data, c.base, got)
		}
		words, err := exec.Command("sh", "-c", "printf '%s\n' "+got).Output()
		if err != nil || !strings.Contains(string(words), "\n"+c.data+"\n") {
			t.Errorf("a shell reads %s as %q, %v", got, words, err)
		}
	}
}

// TestAKeyOfThisMachineIsToldToNoOther: a serve may listen at an address of this
// machine in a network, and only such addresses are told the key of its folder.
func TestAKeyOfThisMachineIsToldToNoOther(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{"127.0.0.1": true, "localhost": true, "::1": true, "192.0.2.7": false, "clips.example.org": false, "": false} {
		if got := isThisMachine(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
	ours, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range ours {
		if n, ok := a.(*net.IPNet); ok && !isThisMachine(n.IP.String()) {
			t.Errorf("%s is an address of this machine", n.IP)
		}
	}
}
