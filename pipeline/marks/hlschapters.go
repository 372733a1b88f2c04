package marks

import "encoding/json"

// hlsChapter is one chapter of Apple's JSON for HLS (com.apple.hls.chapters).
type hlsChapter struct {
	Start    *writtenTime `json:"start-time"`
	Duration *writtenTime `json:"duration"`
	Titles   []struct {
		Title string `json:"title"`
	} `json:"titles"`
}

func looksHLSChapters(f *file) bool {
	return first(f.head(1)) == '[' && firstOf(json.RawMessage(f.text))["start-time"] != nil
}

// parseHLSChapters reads Apple's chapters for HLS. The first title is taken.
func parseHLSChapters(f *file, of Recording) ([]List, error) {
	l := List{Source: SourceHLSChapters}
	each(&l, json.RawMessage(f.text), "chapter", func(n int, c hlsChapter) {
		if c.Start == nil {
			l.problem("chapter %d has no start-time", n)
			return
		}
		e := Entry{At: c.Start.at, Step: c.Start.step}
		if len(c.Titles) > 0 {
			e.Label = c.Titles[0].Title
		}
		if c.Duration != nil {
			e.until(instant{c.Start.at + c.Duration.at, c.Duration.step})
		}
		l.Add(e)
	})
	l.chapters(of.Length)
	return []List{l}, nil
}
