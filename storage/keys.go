package storage

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"dropcut/pipeline"
)

// CheckKey refuses keys that are not relative, clean and free of NUL.
func CheckKey(key string) error {
	if key == "" || key == "." || strings.ContainsRune(key, 0) || path.IsAbs(key) ||
		path.Clean(key) != key || key == ".." || strings.HasPrefix(key, "../") {
		return pipeline.Fail(pipeline.Invalid, "bad_key", "", "%q is not a key: keys are relative and clean", key)
	}
	return nil
}

// SegmentKey is where the bytes of a segment (or of a clip's sound) lie in the data bucket.
func SegmentKey(digest string) string { return "segments/" + Hex(digest) }

// ExcerptKey is where an excerpt lies in the data bucket.
func ExcerptKey(id string) string { return "excerpts/" + id }

// SidecarKey is where a file of marks or words lies in the data bucket.
func SidecarKey(digest string) string { return "sidecars/" + Hex(digest) }

// WordsKey is where a document that a recogniser or a translator made lies in
// the data bucket, under its recipe ID.
func WordsKey(recipe string) string { return "words/" + Hex(recipe) }

// maxName keeps names well inside the 255 bytes a file system allows.
const maxName = 60

// SafeName makes text fit for one path element that a person reads: letters
// and digits of any script, everything else one dash. It is never empty; where
// nothing is left it is fallback.
func SafeName(text, fallback string) string {
	var b strings.Builder
	dash := false
	for _, r := range text {
		ok := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '.'
		if !ok || r == utf8.RuneError {
			dash = b.Len() > 0
			continue
		}
		if b.Len()+utf8.RuneLen(r)+1 > maxName {
			break
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteRune(r)
	}
	name := strings.Trim(b.String(), ".-")
	if name == "" {
		return fallback
	}
	return name
}

// CreatorKey is the first folder of everything a creator owns: the name where
// it is safe, else what is left of it and some of its digest.
func CreatorKey(creator string) string {
	safe := SafeName(creator, "creator")
	if safe == creator {
		return safe
	}
	return safe + "-" + Hex(DigestBytes([]byte(creator)))[:8]
}
