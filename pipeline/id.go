package pipeline

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"sync"
	"time"
)

// The prefixes of IDs.
const (
	RecordingID = "r"
	MomentID    = "m"
	ExcerptID   = "x"
	ClipID      = "c"
	VariantID   = "v"
	RunID       = "n"
	RoundID     = "o" // one call of `dropcut run`, or one event in a service
	WorkID      = "w"
	ChannelID   = "ch"
	ClaimID     = "cl" // and the post that it becomes
	VerdictID   = "vd"
	TokenID     = "t"
	WebhookID   = "wh"
	MessageID   = "msg" // of a webhook
	SnapshotID  = "s"
	LiveMarkID  = "lm"
	RecallID    = "rc"
)

// crockford is base 32 without letters that are mistaken for digits; its order
// is the order of the bytes it stands for.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// last is the number of the newest ID, so that two minted in one millisecond
// by one process keep their order too.
var last struct {
	sync.Mutex
	millis uint64
	chance uint64
}

// Mint makes a new ID, such as c_06f2…: the prefix, then 48 bits of time and 72
// of chance. IDs of one kind sort by when they were minted.
func Mint(prefix string) string {
	var b [15]byte
	_, _ = rand.Read(b[6:]) // never fails since Go 1.24
	last.Lock()
	now := uint64(time.Now().UnixMilli())
	if now > last.millis {
		last.millis, last.chance = now, binary.BigEndian.Uint64(b[6:14])>>1 // half the range is left to count up
	} else {
		last.chance++
	}
	binary.BigEndian.PutUint64(b[6:14], last.chance)
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], last.millis<<16)
	copy(b[:6], head[:6])
	last.Unlock()
	return prefix + "_" + crockford.EncodeToString(b[:])
}

// FirstAt is the lowest ID with prefix that can be minted at that time: those
// that sort before it were minted earlier.
func FirstAt(prefix string, t time.Time) string {
	var b [15]byte
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], uint64(max(t.UnixMilli(), 0))<<16)
	copy(b[:6], head[:6])
	return prefix + "_" + crockford.EncodeToString(b[:])
}

// HasPrefix reports whether id was minted with prefix.
func HasPrefix(id, prefix string) bool { return strings.HasPrefix(id, prefix+"_") }

// MintedAt is when an ID was minted, to a millisecond, by the clock of the
// machine that did; false for a text that is none.
func MintedAt(id string) (time.Time, bool) {
	_, body, ok := strings.Cut(id, "_")
	b, err := crockford.DecodeString(body)
	if !ok || err != nil || len(b) != 15 {
		return time.Time{}, false
	}
	var head [8]byte
	copy(head[2:], b[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(head[:]))), true
}
