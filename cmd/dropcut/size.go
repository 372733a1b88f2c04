package main

import (
	"fmt"
	"math"

	"github.com/dustin/go-humanize"
)

// size is so many bytes as a person writes it: 512MiB, 2GB, 1000.
type size int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *size) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(string(text))
	if err != nil || n > math.MaxInt64/2 {
		return fmt.Errorf("%q is no size such as 512MiB or 2GB", text)
	}
	*s = size(n)
	return nil
}
