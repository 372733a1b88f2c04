package marks

import (
	"encoding/json"
	"strings"
)

// looksYtdlp reports whether a file is yt-dlp's description of a video.
func looksYtdlp(f *file) bool {
	return f.has("extractor", '"') || f.has("extractor_key", '"') || f.has("webpage_url", '"') ||
		firstOf(f.object()["chapters"])["start_time"] != nil || firstOf(f.object()["heatmap"])["value"] != nil
}

// ytdlpChapter is one chapter of a video.
type ytdlpChapter struct {
	Start *writtenTime `json:"start_time"`
	End   *writtenTime `json:"end_time"`
	Title string       `json:"title"`
}

// parseYtdlp reads what yt-dlp writes beside a video: its chapters, what of it
// is replayed most, and the times in its description. Each is a list of its own.
func parseYtdlp(f *file, of Recording) ([]List, error) {
	doc := f.object()
	l := List{Source: SourceYtdlp}
	each(&l, doc["chapters"], "chapter", func(n int, c ytdlpChapter) {
		if c.Start == nil {
			l.problem("chapter %d has no start_time", n)
			return
		}
		l.Add(entryOf(*c.Start, c.End, c.Title))
	})
	l.chapters(of.Length)
	// Twitch's chapters say which game was played: no one pointed at anything.
	l.Built = strings.HasPrefix(strings.ToLower(textOf(doc["extractor"])+textOf(doc["extractor_key"])), "twitch")
	out := []List{l, heatmap(doc["heatmap"])}
	if text := textOf(doc["description"]); text != "" {
		all, err := parseTimestamps(&file{text: strings.ReplaceAll(text, "\r", "\n")}, of)
		if err != nil {
			return nil, err
		}
		all[0].Source = SourceYtdlpDescription
		out = append(out, all...)
	}
	return out, nil
}

// textOf is a JSON text; empty for anything else.
func textOf(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s)
	return s
}
