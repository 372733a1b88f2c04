package marks

import (
	"encoding/json"
	"strings"
)

// helixMarker is one marker of Twitch's API. Field names are read whatever
// their case: URL is written both ways.
type helixMarker struct {
	Position    *writtenTime `json:"position_seconds"`
	Description string       `json:"description"`
	URL         string       `json:"url"`
}

// helixVideo is the markers of one video.
type helixVideo struct {
	ID      string          `json:"video_id"`
	Markers json.RawMessage `json:"markers"`
}

// looksHelix reports whether a file is an answer of Twitch's API about markers:
// data of users with videos, or of markers just created.
func looksHelix(f *file) bool {
	one := firstOf(f.object()["data"])
	return first(string(one["videos"])) == '[' || one["position_seconds"] != nil
}

// parseHelix reads markers as Twitch's API gives them. Where they are of several
// videos, those of the video whose ID stands in the recording's name are read,
// else those of the first, which is the newest.
func parseHelix(f *file, of Recording) ([]List, error) {
	l := List{Source: SourceHelix}
	data := f.object()["data"]
	if firstOf(data)["videos"] == nil {
		each(&l, data, "marker", l.helix)
		l.offset(of)
		return []List{l}, nil
	}
	var videos []helixVideo
	each(&l, data, "user", func(_ int, user struct {
		Videos json.RawMessage `json:"videos"`
	}) {
		each(&l, user.Videos, "video", func(_ int, v helixVideo) { videos = append(videos, v) })
	})
	if len(videos) == 0 {
		return []List{l}, nil
	}
	const whole = 5 // digits that stand in a name by no accident
	chosen := videos[0]
	for _, v := range videos {
		if len(v.ID) >= whole && strings.Contains(of.Name, v.ID) {
			chosen = v
			break
		}
	}
	if len(videos) > 1 {
		l.remark("it has the markers of %d videos; those of video %s are read", len(videos), CleanLabel(chosen.ID))
	}
	each(&l, chosen.Markers, "marker", l.helix)
	l.offset(of)
	return []List{l}, nil
}

// helix keeps one marker. Its address says where it is when nothing else does.
func (l *List) helix(n int, m helixMarker) {
	if m.Position == nil {
		_, t, _ := strings.Cut(m.URL, "?t=")
		at, rest, ok := scanSeconds(t)
		if !ok || rest != "" && rest[0] != '&' && rest[0] != '#' {
			l.problem("marker %d has no position_seconds", n)
			return
		}
		m.Position = &writtenTime{instant: at}
	}
	l.Add(Entry{At: m.Position.at, Step: m.Position.step, Label: m.Description})
}
