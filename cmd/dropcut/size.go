package main

import (
	"fmt"
	"strconv"
	"strings"
)

// size is so many bytes as a person writes it: 512MiB, 2GB, 1000.
type size int64

var units = []struct {
	sign  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}, {"", 1}}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *size) UnmarshalText(text []byte) error {
	for _, u := range units {
		number, ok := strings.CutSuffix(strings.TrimSpace(string(text)), u.sign)
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if ok && err == nil && n >= 0 && n <= (1<<62)/u.bytes {
			*s = size(n * u.bytes)
			return nil
		}
	}
	return fmt.Errorf("%q is no size such as 512MiB or 2GB", text)
}
