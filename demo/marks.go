package demo

import (
	"fmt"
	"strings"
	"time"

	"dropcut/pipeline/timeline"
)

// late is how long after the thing itself a button is pressed.
const (
	scriptLate = 400 * time.Millisecond  // OBS, by a script that opened the sale and names the chapter
	hotkeyLate = 2600 * time.Millisecond // OBS, by the host's sister
	markerLate = 8 * time.Second         // Twitch, by a moderator who first had to cheer
)

// late is that, but never past what a short recording holds.
func (s show) late(d time.Duration) time.Duration {
	return min(d, rate.Duration((s.frames-s.reveal)/3))
}

// chapters is what OBS writes into a file: a first one at zero, one named by a
// script, one for each press of its hotkey.
func (s show) chapters() string {
	ms := rate.Millis
	pressed := ms(s.reveal) + s.late(hotkeyLate).Milliseconds()
	all := []struct {
		at   int64
		name string
	}{{0, "Start"}, {ms(s.reveal) + s.late(scriptLate).Milliseconds(), "Only 50 moon lamps"}, {pressed, "Unnamed 1"}}
	var b strings.Builder
	b.WriteString(";FFMETADATA1\n")
	for i, c := range all {
		end := ms(s.frames)
		if i+1 < len(all) {
			end = all[i+1].at
		}
		fmt.Fprintf(&b, "[CHAPTER]\nTIMEBASE=1/1000\nSTART=%d\nEND=%d\ntitle=%s\n", c.at, end, c.name)
	}
	return b.String()
}

// markers is the CSV that Twitch exports: whole seconds, late, and one press
// by mistake while nobody was there.
func (s show) markers() string {
	stamp := func(f int64, late time.Duration) string {
		t := int64((rate.Duration(f) + late) / time.Second)
		return fmt.Sprintf("%d:%02d:%02d", t/3600, t/60%60, t%60)
	}
	return stamp(s.misclick, 0) + ",Editor,pocket_mod,\n" +
		stamp(s.reveal, s.late(markerLate)) + ",Broadcaster,night_market,moon lamp reveal!!\n"
}

// srt is every sentence with its exact times.
func (s show) srt() string {
	var b strings.Builder
	for i, x := range s.sentences {
		fmt.Fprintf(&b, "%d\n%s --> %s\n%s\n\n", i+1, srtTime(x.at), srtTime(x.end), fold(x.text))
	}
	return b.String()
}

func srtTime(d time.Duration) string {
	ms := timeline.DivRound(int64(d), 1, int64(time.Millisecond))
	return fmt.Sprintf("%02d:%02d:%02d,%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}

// fold breaks a long sentence once, near its middle.
func fold(text string) string {
	if len(text) <= 42 {
		return text
	}
	best := -1
	for i, r := range text {
		if r == ' ' && (best < 0 || abs(i-len(text)/2) < abs(best-len(text)/2)) {
			best = i
		}
	}
	if best < 0 {
		return text
	}
	return text[:best] + "\n" + text[best+1:]
}

func abs(v int) int { return max(v, -v) }
