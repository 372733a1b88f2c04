package detect

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dropcut/captions"
	"dropcut/captions/transcript"
	"dropcut/pipeline/hearing"
	"dropcut/storage"
)

// How words and sounds speak for a candidate, in points beside those of a rise
// (see hearing).
const (
	wordsBefore = 20 * time.Second // said so long before a rise, words belong to it …
	wordsAfter  = 8 * time.Second  // … and so long after
	wordsAlone  = 20               // a place of which only words tell; what they tell comes on top
	perReveal   = 20               // the first word that shows something; the next ones half
	perOffer    = 12
	enough      = 40
	mostTold    = 5000
)

const originSound = "the recording's sound"

// told is words that show or sell something.
type told struct {
	at   time.Duration
	kind string
	text string
}

// told reads the words that came beside the recording, and names what
// proposals are made from. A file that cannot be read is transcribe's to judge.
func (s *Step) told(ctx context.Context, l loaded) (out []told, origin string, err error) {
	rate, names := l.recording.Media.Rate, []string{originSound}
	for _, f := range l.brief.Transcripts {
		b, err := storage.ReadSidecar(ctx, s.Data, f)
		if err != nil {
			return nil, "", err
		}
		file, err := transcript.Read(b)
		if err != nil {
			continue
		}
		names = append(names, f.Name)
		for _, t := range captions.Tellings(transcript.Words(file.Said, rate, l.recording.Media.Frames)) {
			out = append(out, told{rate.Duration(t.Window.In), t.Kind, t.Text})
		}
	}
	slices.SortStableFunc(out, func(a, b told) int { return cmp.Compare(a.at, b.at) })
	return out[:min(len(out), mostTold)], strings.Join(names, ", "), nil
}

// toldIn is the words told in [from, to].
func toldIn(all []told, from, to time.Duration) []told {
	i, _ := slices.BinarySearchFunc(all, from, func(t told, at time.Duration) int { return cmp.Compare(t.at, at) })
	k := i
	for k < len(all) && all[k].at <= to {
		k++
	}
	return all[i:k]
}

// add counts words that were told, each wording once.
func (c *candidate) add(said []told) {
	seen := map[string]bool{}
	first := map[string]bool{}
	for _, t := range said {
		if seen[t.text] || len(seen) == 4 {
			continue
		}
		points := map[string]int{captions.Reveals: perReveal, captions.Sells: perOffer}[t.kind]
		if first[t.kind] {
			points /= 2
		}
		seen[t.text], first[t.kind] = true, true
		c.points += points
		c.why = append(c.why, fmt.Sprintf("somebody says %q at %s", t.text, spoken(t.at.Truncate(time.Second))))
	}
}

// reasonsOf says in plain words what speaks for a rise, and what against it.
func reasonsOf(r hearing.Rise) []string {
	out := []string{fmt.Sprintf("louder than the minutes around it by %d dB, for %d s", (r.Above+5)/10, (r.Lasts+5)/10)}
	if r.Crowd >= 50 {
		out = append(out, "it sounds like a crowd")
	}
	if r.Surge >= 100 {
		text := fmt.Sprintf("the sound rises by %d dB", (r.Surge+5)/10)
		if r.Quiet >= 3 {
			text += fmt.Sprintf(" after %d.%d s of quiet", r.Quiet/10, r.Quiet%10)
		}
		out = append(out, text)
	}
	if r.Music >= 50 {
		out = append(out, "but it is music")
	}
	return out
}
