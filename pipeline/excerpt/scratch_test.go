package excerpt

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"
)

func TestScratch(t *testing.T) {
	f := os.Getenv("SCRATCH")
	if f == "" {
		t.Skip()
	}
	in, _ := strconv.ParseInt(os.Getenv("IN"), 10, 64)
	out, _ := strconv.ParseInt(os.Getenv("OUT"), 10, 64)
	d := newDesk(t, f, in, out)
	began := time.Now()
	x, o := d.do(t)
	fmt.Println("wall", time.Since(began), "cpu", o.Made.CPU, "read", x.BytesRead, "bytes", x.Bytes, x.Asked, x.Window, x.FirstPTS, x.HasSound, x.TextCount, d.moment.Notes)
	r := d.rec.Media.Rate
	fmt.Println("silences")
	for _, s := range x.Signals.Silences {
		fmt.Print(" ", r.Duration(s.In).Seconds(), "-", r.Duration(s.Out).Seconds())
	}
	fmt.Println("\ngaps", len(x.Signals.Gaps))
	for _, s := range x.Signals.Gaps {
		fmt.Printf(" %.2f-%.2f", r.Duration(s.In).Seconds(), r.Duration(s.Out).Seconds())
	}
	fmt.Println("\nshots", len(x.Signals.Shots))
	for _, s := range x.Signals.Shots {
		fmt.Printf(" %d:%.2f", s.At, s.Score)
	}
	fmt.Println("\nfrozen", x.Signals.Frozen)
	n := len(x.Signals.Loudness)
	fmt.Println("loudness", n)
	for i := 0; i < n; i += 100 {
		fmt.Print(x.Signals.Loudness[i], " ")
	}
	fmt.Println()
}
