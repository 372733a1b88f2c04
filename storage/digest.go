package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"strings"

	"dropcut/pipeline"
)

// DigestPrefix begins every digest; the rest is lower-case hex of SHA-256.
const DigestPrefix = "sha256:"

// Digester hashes what is written to it.
type Digester struct{ h hash.Hash }

// NewDigester starts an empty digest.
func NewDigester() *Digester { return &Digester{sha256.New()} }

// Write never fails.
func (d *Digester) Write(p []byte) (int, error) { return d.h.Write(p) }

// Digest is the digest of everything written so far.
func (d *Digester) Digest() string { return DigestPrefix + hex.EncodeToString(d.h.Sum(nil)) }

// DigestBytes is the digest of b.
func DigestBytes(b []byte) string {
	d := NewDigester()
	_, _ = d.Write(b)
	return d.Digest()
}

// DigestFile is the digest and the size in bytes of the file at path.
func DigestFile(path string) (string, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	d := NewDigester()
	n, err := io.Copy(d, f)
	return d.Digest(), n, err
}

// Hex is the hexadecimal half of a digest.
func Hex(digest string) string { return strings.TrimPrefix(digest, DigestPrefix) }

// CheckDigest reports Corrupt when got is not the wanted digest; an empty want accepts all.
func CheckDigest(key, want, got string) error {
	if want == "" || want == got {
		return nil
	}
	return pipeline.Fail(pipeline.Corrupt, "digest_differs", "the bytes changed on their way; try again",
		"%s has digest %s where %s was expected", key, got, want)
}
