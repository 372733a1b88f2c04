package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// Keys tells who calls.
type Keys struct {
	Catalog *catalog.DB
	Root    []string // texts of tokens that may do everything and stand in no catalogue; "" is none
	Open    bool     // whoever calls this machine by its own name may do everything
}

// Caller is who calls, and what for they may.
type Caller struct {
	Token   string // its ID; root or open where it has none
	Creator string // whose things it reaches; "" for everybody's
	Scopes  []pipeline.Scope
}

// May reports whether any of scopes is the caller's.
func (c Caller) May(scopes ...pipeline.Scope) bool {
	return slices.Contains(c.Scopes, pipeline.ScopeAdmin) || slices.ContainsFunc(scopes, func(s pipeline.Scope) bool { return slices.Contains(c.Scopes, s) })
}

// tokenPrefix begins every token, so that scanners of leaked secrets know it.
const tokenPrefix = "dc_"

// NewToken makes the text of a token, of 256 bits, and its digest.
func NewToken() (text, hash string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	text = tokenPrefix + base64.RawURLEncoding.EncodeToString(b[:])
	return text, hashOf(text)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Who calls; Invalid with code unauthorised where nobody knows, not_here where
// only this machine may and another was named.
func (k Keys) Who(r *http.Request) (Caller, error) {
	all := []pipeline.Scope{pipeline.ScopeAdmin}
	bearer, given := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if given && bearer != "" {
		for _, root := range k.Root {
			if root != "" && subtle.ConstantTimeCompare([]byte(hashOf(root)), []byte(hashOf(bearer))) == 1 {
				return Caller{Token: "root", Scopes: all}, nil
			}
		}
		t, err := k.Catalog.TokenWith(r.Context(), hashOf(bearer))
		switch {
		case err == nil:
			return Caller{Token: t.ID, Creator: t.Creator, Scopes: t.Scopes}, nil
		case !errors.Is(err, pipeline.NotFound):
			return Caller{}, err
		}
		return Caller{}, pipeline.Fail(pipeline.Invalid, "unauthorised", "make another: dropcut tokens create", "the token is unknown, revoked, or over")
	}
	if !k.Open {
		return Caller{}, pipeline.Fail(pipeline.Invalid, "unauthorised", "send Authorization: Bearer TOKEN; dropcut tokens create makes one", "no token was sent")
	}
	if !IsHere(r.Host) {
		return Caller{}, pipeline.Fail(pipeline.Invalid, "not_here", "call http://127.0.0.1 or localhost, or send a token", "%q is no name of this machine alone", r.Host)
	}
	return Caller{Token: "open", Scopes: all}, nil
}

// IsHere reports whether a Host is a loopback address or localhost, with or
// without a port: a page whose own name was made to lead here (DNS rebinding)
// is of the same site to a browser.
func IsHere(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}

type callerKey struct{}

func callerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// limits counts the calls of each token.
type limits struct {
	sync.Mutex
	perSecond int
	of        map[string]*rate.Limiter
}

// burst is how many calls may come at once, as a multiple of those a second.
const burst = 4

// take counts one call of who, and says how many more may follow now.
func (l *limits) take(who string) (left int, ok bool) {
	l.Lock()
	defer l.Unlock()
	if l.of == nil || len(l.of) > 10_000 {
		l.of = map[string]*rate.Limiter{}
	}
	one := l.of[who]
	if one == nil {
		one = rate.NewLimiter(rate.Limit(l.perSecond), l.perSecond*burst)
		l.of[who] = one
	}
	ok = one.AllowN(time.Now(), 1)
	return max(int(one.Tokens()), 0), ok
}
