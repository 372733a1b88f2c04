package pipeline

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"
)

// crockford is base 32 without letters that are mistaken for digits; its order
// is the order of the bytes it stands for.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Mint makes a new ID, like c_06f2…: the prefix, then 48 bits of time and 72 of
// chance, so that IDs of one kind sort by when they were minted.
func Mint(prefix string) string {
	var b [15]byte
	binary.BigEndian.PutUint64(b[:8], uint64(time.Now().UnixMilli())<<16)
	_, _ = rand.Read(b[6:]) // never fails since Go 1.24
	return prefix + "_" + crockford.EncodeToString(b[:])
}

// The prefixes of IDs.
const (
	RecordingID = "r"
	MomentID    = "m"
	ExcerptID   = "x"
	ClipID      = "c"
	VariantID   = "v"
	RunID       = "n"
	WorkID      = "w"
)

// HasPrefix reports whether id was minted with prefix.
func HasPrefix(id, prefix string) bool { return strings.HasPrefix(id, prefix+"_") }
