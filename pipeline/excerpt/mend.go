package excerpt

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
)

// mending is what a copy gets wrong that a second one puts right.
type mending struct {
	sound int64 // nanoseconds the sound must be later
	told  bool  // text that did not say how long it stands lies ready in files that do
}

func (m mending) needed() bool { return m.sound != 0 || m.told }

// mend finds out what a copy got wrong.
func (b *bench) mend(ctx context.Context, probe ffmpeg.Probe) (m mending, err error) {
	first := 1
	if s, ok := probe.Sound(); ok {
		first = 2
		if s.Codec == "opus" {
			if m.sound, err = b.early(ctx); err != nil {
				return m, err
			}
		}
	}
	for i, s := range texts(probe) {
		if isUntold(s) {
			m.told = true
			if err := b.tell(i, times(b.exact[first+i])); err != nil {
				return m, err
			}
		}
	}
	return m, nil
}

// early is how much too early the sound of the file is: ffmpeg 5.1 writes the
// decoder's delay of Opus into Matroska but not the time it is then late by
// (measured: 6.5 ms).
func (b *bench) early(ctx context.Context) (int64, error) {
	list := ffmpeg.Output{Maps: []string{"0:a:0"}, File: fileListing, Options: []ffmpeg.Option{{Name: "c", Value: "copy"}, {Name: "f", Value: "framecrc"}}}
	if _, err := b.run(ctx, ffmpeg.Arguments(own(), "", list), ffmpeg.Limits{File: mostListing}); err != nil {
		return 0, fmt.Errorf("list the sound of an excerpt: %w", err)
	}
	all, err := packetsIn(filepath.Join(b.folder, fileListing))
	if err != nil || len(all[0]) == 0 || len(b.exact[1]) == 0 {
		return 0, err
	}
	if early := b.exact[1][0].at - all[0][0].at; early > rounded || early < -rounded {
		return early, nil
	}
	return 0, nil
}

// isUntold reports whether a text stream does not itself say how long a text
// stands: in MP4 the next one, which may be empty, ends it, and ffmpeg 5.1
// does not say so for one in fragments. Such text becomes SRT.
func isUntold(s ffmpeg.Stream) bool { return s.Codec == "mov_text" || s.Codec == "text" }

func untold(p ffmpeg.Probe) []ffmpeg.Stream {
	return slices.DeleteFunc(texts(p), func(s ffmpeg.Stream) bool { return !isUntold(s) })
}

func textFile(i int) string { return fmt.Sprintf("text-%d.srt", i) }

const textLasts = 3 * time.Second // the last text of all, of which nobody knows

// tell writes into a stream's SRT how long each text stands: until the next
// packet of the stream.
func (b *bench) tell(i int, packets []int64) error {
	file := filepath.Join(b.folder, textFile(i))
	body, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, told(body, packets), 0o600)
	}
	if err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "write the text of an excerpt: %w", err)
	}
	return nil
}

// aTime is a line of times of ffmpeg's own SRT.
var aTime = regexp.MustCompile(`(?m)^(\d+):(\d\d):(\d\d),(\d{3}) --> \d+:\d\d:\d\d,\d{3}$`)

func told(srt []byte, packets []int64) []byte {
	return aTime.ReplaceAllFunc(srt, func(line []byte) []byte {
		var part [4]int64
		for i, p := range aTime.FindSubmatch(line)[1:] {
			part[i], _ = strconv.ParseInt(string(p), 10, 64)
		}
		start := ((part[0]*60+part[1])*60+part[2])*1000 + part[3]
		end := start + textLasts.Milliseconds()
		for _, p := range packets {
			if ms := timeline.DivRound(p, 1, int64(time.Millisecond)); ms > start {
				end = ms
				break
			}
		}
		return []byte(srtTime(start) + " --> " + srtTime(end))
	})
}

func srtTime(ms int64) string {
	return fmt.Sprintf("%02d:%02d:%02d,%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}
