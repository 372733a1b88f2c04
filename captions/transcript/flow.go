package transcript

import (
	"strings"
	"time"

	"dropcut/captions"
)

const (
	flowPause = time.Second // in which one stretch of words ends
	flowWords = 60          // at most, in one stretch
)

// flow cuts words of a language that come without segments into stretches: at
// pauses, behind sentences.
func (s *stretches) flow(parts []Part, tag string) error {
	parts = usable(parts)
	for from := 0; from < len(parts); {
		to := from + 1
		for to < len(parts) && to-from < flowWords && parts[to].Start-max(parts[to-1].End, parts[to-1].Start) < flowPause && !captions.EndsSentence(strings.TrimSpace(parts[to-1].Text), strings.TrimSpace(parts[to].Text), tag) {
			to++
		}
		if err := s.add(instant{}, instant{}, "", parts[from:to]); err != nil {
			return err
		}
		from = to
	}
	return nil
}
