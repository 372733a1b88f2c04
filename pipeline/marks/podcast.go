package marks

import "encoding/json"

// podcastChapter is one chapter as Podcasting 2.0 writes it.
type podcastChapter struct {
	Start *writtenTime `json:"startTime"`
	End   *writtenTime `json:"endTime"`
	Title string       `json:"title"`
	TOC   *bool        `json:"toc"`
}

func looksPodcast(f *file) bool { return firstOf(f.object()["chapters"])["startTime"] != nil }

// parsePodcast reads Podcasting 2.0 chapters. Those that stand in no table of
// contents say nothing of how the recording is built: they are a list of their own.
func parsePodcast(f *file, of Recording) ([]List, error) {
	l, silent := List{Source: SourcePodcast}, List{Source: SourcePodcast}
	each(&l, f.object()["chapters"], "chapter", func(n int, c podcastChapter) {
		if c.Start == nil {
			l.problem("chapter %d has no startTime", n)
			return
		}
		e := entryOf(*c.Start, c.End, c.Title)
		if c.TOC != nil && !*c.TOC {
			silent.Add(e)
			return
		}
		l.Add(e)
	})
	l.chapters(of.Length)
	var named string
	if json.Unmarshal(f.object()["fileName"], &named) == nil {
		l.Named = baseOf(named)
	}
	if len(silent.Entries) > 0 {
		return []List{l, silent}, nil
	}
	return []List{l}, nil
}
