package excerpt

import (
	"bufio"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// packet is one packet of a stream as ffmpeg's framecrc lists it.
type packet struct {
	at  int64 // when it is shown, in nanoseconds, rounded to the nearest; timeless when it does not say
	key bool  // it stands alone and is whole: framecrc names the flags of all others
}

// timeless stands where a packet has no time.
const timeless = math.MinInt64

// mostPackets of one stream are read; an excerpt of minutes never has as many.
const mostPackets = 1 << 20

// readPackets reads a framecrc listing, and gives each stream's packets in
// their order. Lines that are no packet are passed over.
func readPackets(r io.Reader) (map[int][]packet, error) {
	bases := map[string]timeline.Rate{}
	out := map[int][]packet{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if rest, ok := strings.CutPrefix(line, "#tb "); ok {
			n, base, _ := strings.Cut(rest, ": ")
			if tick, err := timeline.ParseRate(base); err == nil {
				bases[n] = tick
			}
			continue
		}
		f := strings.Split(line, ",")
		if strings.HasPrefix(line, "#") || len(f) < 6 {
			continue
		}
		name := strings.TrimSpace(f[0])
		stream, err := strconv.Atoi(name)
		at, bad := strconv.ParseInt(strings.TrimSpace(f[2]), 10, 64)
		tick, ok := bases[name]
		if err != nil || bad != nil || !ok || len(out[stream]) == mostPackets {
			continue
		}
		if at != timeless {
			at = timeline.DivRound(at, tick.Num*1e9, tick.Den)
		}
		out[stream] = append(out[stream], packet{at: at, key: !strings.HasPrefix(strings.TrimSpace(append(f, "")[6]), "F=")})
	}
	return out, lines.Err()
}

// packetsIn reads the listing in file.
func packetsIn(file string) (map[int][]packet, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, pipeline.Fail(pipeline.Internal, "no_listing", "", "read a list of packets: %w", err)
	}
	defer f.Close()
	out, err := readPackets(f)
	if err != nil {
		return nil, pipeline.Fail(pipeline.Internal, "no_listing", "", "read a list of packets: %w", err)
	}
	return out, nil
}

// times is when each packet that says so is shown, in order.
func times(all []packet) []int64 {
	out := make([]int64, 0, len(all))
	for _, p := range all {
		if p.at != timeless {
			out = append(out, p.at)
		}
	}
	slices.Sort(out)
	return out
}
