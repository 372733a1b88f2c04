package main

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"dropcut/pipeline/stranger"
	"dropcut/storage/catalog"
)

// firstToken says how to get a token where there is none yet; base is where we
// listen.
func (s *service) firstToken(ctx context.Context, base string) error {
	var n int64
	err := s.db.Read(ctx, func(tx *catalog.Tx) (err error) {
		n, err = tx.CountTokens()
		return err
	})
	if err != nil || n > 0 {
		return err
	}
	data, err := filepath.Abs(s.premises.data)
	if err == nil {
		s.said.Info("nobody has a token yet", "make one", tokenCommand(data, base))
	}
	return err
}

// defaultServer is where a serve listens by default.
const defaultServer = "http://127.0.0.1:8420"

// tokenCommand makes a token, in any shell of this machine and in any folder.
func tokenCommand(data, base string) string {
	command := "dropcut tokens create --name me --scope admin --data " + shellWord(data)
	if at := callable(base); at != defaultServer {
		command += " --server " + shellWord(at)
	}
	return command
}

// callable is where this machine reaches a listener that may listen everywhere.
func callable(base string) string {
	at, err := url.Parse(base)
	if err != nil {
		return base
	}
	if ip := net.ParseIP(at.Hostname()); ip != nil && ip.IsUnspecified() {
		at.Host = net.JoinHostPort("127.0.0.1", at.Port())
	}
	return at.String()
}

// plainWord is what a shell takes as one word as it stands.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=-]+$`)

// shellWord is text as one word of a shell.
func shellWord(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// isThisMachine reports whether a host is this machine: a loopback address, or
// one of its own in a network, at which a serve may listen.
func isThisMachine(host string) bool {
	if stranger.IsLoopback(host) {
		return true
	}
	ip := net.ParseIP(host)
	ours, err := net.InterfaceAddrs()
	if ip == nil || err != nil {
		return false
	}
	for _, a := range ours {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(ip) {
			return true
		}
	}
	return false
}
