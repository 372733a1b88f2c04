package detect

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/hearing"
	"dropcut/pipeline/marks"
	"dropcut/pipeline/recording"
)

const (
	mostProposed  = 10               // candidates; the best five go on
	proposedApart = 60 * time.Second // from a better one
	mostLookedAt  = 8                // candidates whose picture is looked at
	surestSignal  = 0.50             // what no proposal is surer than: nobody pointed
)

// pointedAt reports whether somebody pointed at something, be it at nothing
// that can be used. Chapters that merely say how a recording is built are no
// pointing, and neither is a plan.
func pointedAt(all []found) bool {
	return slices.ContainsFunc(all, func(m found) bool {
		return m.Source != marks.SourcePlan && m.UnusedCode != UnusedStructure && m.UnusedCode != marks.PassOffset
	})
}

// propose finds marks where nobody made any: it listens to the whole
// recording once, reads the words that came beside it, and looks at the
// pictures of what stands out. What an earlier detection proposed from the same
// is proposed again.
func (s *Step) propose(ctx context.Context, l loaded, spent *int64, tell func(float64)) ([]found, []pipeline.Note, error) {
	words, origin, err := s.told(ctx, l)
	if err != nil {
		return nil, nil, err
	}
	if known, notes, ok := proposedBefore(l, origin); ok {
		return known, notes, nil
	}
	if len(l.recording.Media.Audio) == 0 && len(words) == 0 {
		return nil, nil, nil
	}
	dir, err := os.MkdirTemp(s.Temp, "propose-")
	if err != nil {
		return nil, nil, pipeline.Fail(pipeline.NoRoom, "no_temp", "set TMPDIR to a folder with room", "make a temporary folder: %w", err)
	}
	defer os.RemoveAll(dir)
	rec, err := s.Shelf.Open(ctx, l.recording)
	if err != nil {
		return nil, nil, err
	}
	before := rec.BytesRead()
	heard, err := s.overhear(ctx, rec, l, dir, tell)
	if err != nil || len(heard.all) == 0 && len(words) == 0 {
		return nil, nil, err
	}
	all := candidates(hearing.Rises(heard.all, int(proposedApart/hearing.Hop), mostProposed), words)
	if err := s.glance(ctx, rec, l.recording.Media, all, dir); err != nil {
		return nil, nil, err
	}
	tell(1)
	read := rec.BytesRead() - before
	*spent += rec.Charge()
	return ranked(all, origin), []pipeline.Note{listened(l.recording, heard, len(words) > 0, read)}, nil
}

// proposedBefore is what the last detection proposed, if it listened to the
// same: the bytes of a recording do not change, and words are known by name.
func proposedBefore(l loaded, origin string) (out []found, notes []pipeline.Note, ok bool) {
	for _, n := range l.recording.Notes {
		if n.Code == codeProposed {
			notes, ok = append(notes, n), true
		}
	}
	for _, m := range l.marks {
		if !isProposed(m) {
			continue
		}
		if m.Origin != origin {
			return nil, nil, false
		}
		if m.UnusedCode != UnusedFaint {
			m.Unused, m.UnusedCode = "", "" // dead air is judged anew, from what is known
		}
		out = append(out, found{Mark: m})
	}
	return out, notes, ok && (len(out) > 0 || origin == originSound)
}

// candidate is a place that may be worth a clip.
type candidate struct {
	at     time.Duration
	points int
	why    []string
}

// candidates are the rises of the sound, and where words tell something
// without one. Pure.
func candidates(rises []hearing.Rise, words []told) []candidate {
	var out []candidate
	for _, r := range rises {
		c := candidate{at: time.Duration(r.At) * hearing.Hop, points: r.Points, why: reasonsOf(r)}
		c.add(toldIn(words, c.at-wordsBefore, c.at+wordsAfter))
		out = append(out, c)
	}
	for _, w := range words {
		c := candidate{at: w.at, points: wordsAlone}
		c.add(toldIn(words, w.at, w.at+wordsBefore))
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b candidate) int { return cmp.Compare(b.points, a.points) })
	return apartFrom(out)
}

// apartFrom leaves out what is near to something better; all is best first.
func apartFrom(all []candidate) (out []candidate) {
	for _, c := range all {
		near := func(o candidate) bool { return (c.at - o.at).Abs() < proposedApart }
		if len(out) < mostProposed && !slices.ContainsFunc(out, near) {
			out = append(out, c)
		}
	}
	return out
}

// glance looks at the pictures of the best: a picture that stands still speaks
// against a moment, a new scene for it.
func (s *Step) glance(ctx context.Context, rec *recording.Recording, media pipeline.Media, all []candidate, dir string) error {
	length := media.Rate.Duration(media.Frames)
	for i := range all[:min(len(all), mostLookedAt)] {
		c := &all[i]
		from, to := max(c.at-4*time.Second, 0), min(c.at+8*time.Second, length)
		m, err := s.glimpse(ctx, rec, media, from, to, dir)
		switch pipeline.KindOf(err) {
		case pipeline.Invalid, pipeline.Corrupt:
			continue // nothing is known of its pictures
		}
		switch {
		case err != nil:
			return err
		case m.stands(alone):
			c.points -= 30
			c.why = append(c.why, "but the picture stands still")
		case m.cut > hardCut:
			c.points += 10
			c.why = append(c.why, "the picture changes at once")
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.points, a.points) })
	return nil
}

// ranked makes marks of candidates, best first. Those that do not stand out
// enough are kept too, so that it can be seen that they were weighed.
func ranked(all []candidate, origin string) []found {
	var out []found
	for _, c := range all {
		m := found{Mark: markOf(marks.Entry{At: c.at, Step: hearing.Hop * 5}, marks.SourceSignal, origin)}
		m.Why, m.Confidence = c.why, sureness(c.points)
		if c.points < enough {
			m.unuse(UnusedFaint, "%d points, and %d are enough: it stands out too little", c.points, enough)
		}
		out = append(out, m)
	}
	return out
}

// sureness turns points into a confidence: more is surer, and nothing is as
// sure as a person's mark.
func sureness(points int) float64 {
	points = max(points, 0)
	return float64(points*1000/(points+200)) / 1000 * surestSignal
}

// listened says what was proposed from, and what that cost.
func listened(rec pipeline.Recording, o overheard, words bool, read int64) pipeline.Note {
	what := "its sound and of its pictures at what stands out"
	if words {
		what = "its sound and words, and of its pictures at what stands out"
	}
	text := fmt.Sprintf("nobody pointed at anything, so dropcut listened to %s of %s (%d MiB read); what it proposes is a guess",
		spoken((time.Duration(len(o.all)) * hearing.Hop).Truncate(time.Second)), what, (read+(1<<19))>>20)
	if o.deaf > 0 {
		text += fmt.Sprintf("; %s could not be read", spoken(o.deaf.Truncate(time.Second)))
	}
	if rest := rec.Media.Rate.Duration(rec.Media.Frames) - mostHeard; rest > 0 {
		text += fmt.Sprintf("; the last %s were not listened to", spoken(rest.Truncate(time.Second)))
	}
	return pipeline.Note{Code: codeProposed, Detail: text, Hint: "dropcut inspect shows why each was proposed; " + pointHint}
}

// glimpse is how the picture changes in [from, to).
func (s *Step) glimpse(ctx context.Context, rec *recording.Recording, media pipeline.Media, from, to time.Duration, dir string) (movement, error) {
	file, err := rec.Slice(ctx, from, to, dir)
	if err != nil {
		return movement{}, err
	}
	defer os.Remove(file.Path)
	return s.movement(ctx, file, media.Video.Index, from, to, dir)
}
