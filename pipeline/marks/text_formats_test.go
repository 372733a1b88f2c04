package marks

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// clock is seconds as h:mm:ss, with milliseconds where there are any.
func clock(d time.Duration) string {
	ms := d.Milliseconds()
	s := fmt.Sprintf("%d:%02d:%02d", ms/3600000, ms/60000%60, ms/1000%60)
	if ms%1000 != 0 {
		s += fmt.Sprintf(".%03d", ms%1000)
	}
	return s
}

var _ = prove(SourceTwitch, proof{points: true, write: func(all []wrote) string {
	var b strings.Builder
	for _, w := range all {
		fmt.Fprintf(&b, "%s,Broadcaster,streamer,\"%s\"\n", clock(sec(w.at)), strings.ReplaceAll(w.label, `"`, `""`))
	}
	return b.String()
}, seeds: []string{"Time,Note\n0:00:01,\"a\n,,,\n", "0:01:01,Broadcaster,x,\n", "0:00:05,B,x,OFFSET: 0:00:10\n"}})

func FuzzTwitch(f *testing.F) { fuzzRow(f, "twitch_csv") }

var _ = prove(SourceTimestamps, proof{write: func(all []wrote) string {
	var b strings.Builder
	for _, w := range all {
		b.WriteString("- " + clock(sec(w.at)))
		if w.end > 0 {
			b.WriteString(" - " + clock(sec(w.end)))
		}
		b.WriteString(" " + w.label + "\n")
	}
	return b.String()
}, seeds: []string{"0:10 a\n[12:34] b\n1. 0:10-0:20 c", "drop (1:02:03)\nx – 12:00-13:00"}})

func FuzzTimestamps(f *testing.F) { fuzzRow(f, "timestamps") }

var _ = prove(SourceNative, proof{write: func(all []wrote) string {
	type mark struct {
		Start string  `json:"start"`
		End   float64 `json:"end,omitempty"`
		Label string  `json:"label"`
	}
	doc := struct {
		Version int    `json:"version"`
		Marks   []mark `json:"marks"`
	}{Version: 1}
	for _, w := range all {
		doc.Marks = append(doc.Marks, mark{clock(sec(w.at)), w.end, w.label})
	}
	b, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return string(b)
}, seeds: []string{`{"version":1,"marks":[{"start":0.0000000001},{"start":"-1"},{"end":1}]}`, `{"version":1,"marks":[{"start":1e300}]}`}})

func FuzzNative(f *testing.F) { fuzzRow(f, "dropcut_json") }
