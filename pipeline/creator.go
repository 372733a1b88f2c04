package pipeline

import "strings"

// Local is the creator of recordings that lie in no creator's folder.
const Local = "local"

// CreatorOf is whose recording lies under a key of a source: its first folder is.
func CreatorOf(key string) string {
	first, _, below := strings.Cut(key, "/")
	if !below {
		return Local
	}
	return first
}
