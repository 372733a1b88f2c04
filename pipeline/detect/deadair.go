package detect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/marks"
	"dropcut/pipeline/recording"
)

const (
	eitherSide = 15 * time.Second // of a mark, where its event may lie
	slip       = 3 * time.Second  // on the other side: a finger is not exact
	mostJudged = 24               // stretches looked at, those of the surest marks first

	silent  = 0.95 // share of a stretch from which on it counts as silent
	still   = 0.20 // share of the picture that may go on changing while it stands, where silence speaks too …
	alone   = 0.05 // … and where there is no sound, so that only the picture decides
	hardCut = 0.50 // share that changes at once when the picture is another
)

// stretch is the part of the recording that a mark must show something in:
// where its event may lie. For a late press that is the time before it.
func stretch(m pipeline.Mark, length time.Duration) (from, to time.Duration) {
	h := habitOf(m.Source)
	if m.IsRange() {
		from, to = m.At, min(*m.End, length)
		if to-from > windowMost {
			to = from + windowMost
		}
		return max(from, 0), to
	}
	before, after := slip, slip
	if h.Lead > 0 {
		before = eitherSide
	}
	if h.Trail > 0 {
		after = eitherSide
	}
	return min(max(m.At-before, 0), length), min(m.At+after, length)
}

// verdict is what was found about one mark.
type verdict struct {
	dead bool
	said string // plain words
}

// judge looks at one stretch: nothing heard, and no change of the picture.
// Where it cannot be read, the mark gets the benefit of the doubt.
func (s *Step) judge(ctx context.Context, rec *recording.Recording, media pipeline.Media, m pipeline.Mark, dir string) (verdict, error) {
	length := media.Rate.Duration(media.Frames)
	from, to := stretch(m, length)
	if to-from < time.Second {
		return verdict{}, nil
	}
	v, err := s.look(ctx, rec, media, from, to, dir)
	switch pipeline.KindOf(err) {
	case pipeline.Invalid, pipeline.Corrupt:
		return verdict{}, nil
	}
	return v, err
}

func (s *Step) look(ctx context.Context, rec *recording.Recording, media pipeline.Media, from, to time.Duration, dir string) (v verdict, err error) {
	dir, err = os.MkdirTemp(dir, "look-")
	if err != nil {
		return v, pipeline.Fail(pipeline.NoRoom, "no_temp", "set TMPDIR to a folder with room", "make a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file, err := rec.Slice(ctx, from, to, dir)
	if err != nil {
		return v, err
	}
	if len(media.Audio) > 0 {
		quiet, err := s.silence(ctx, file, media.Audio[0].Index, from, to, dir)
		if err != nil || quiet < silent {
			return v, err
		}
	}
	heard, most := "nothing is heard", still
	if len(media.Audio) == 0 {
		heard, most = "the recording has no sound", alone
	}
	moving, err := s.movement(ctx, file, media.Video.Index, from, to, dir)
	if err != nil || !moving.stands(most) {
		return v, err
	}
	return verdict{true, fmt.Sprintf("%s and the picture stands still from %s to %s", heard, spoken(from), spoken(to))}, nil
}

// deafen marks what lies in dead air. Verdicts of an earlier detection of the
// same recording are used again: its bytes are the same. A range that a person
// gave on the command line is only noted.
func (s *Step) deafen(ctx context.Context, rec func() (*recording.Recording, error), media pipeline.Media, all []found, known map[press]verdict, dir string) error {
	for n, i := range surest(all) {
		m := &all[i]
		v, seen := known[pressOf(m.Mark)]
		if !seen {
			if n >= mostJudged {
				continue
			}
			r, err := rec()
			if err != nil {
				return err
			}
			if v, err = s.judge(ctx, r, media, m.Mark, dir); err != nil {
				return err
			}
		}
		switch {
		case v.dead && m.Source == marks.SourceFlag && m.IsRange():
			m.quiet = v.said
		case v.dead:
			m.unuse(UnusedDeadAir, deadAir+"%s", v.said)
		}
	}
	return nil
}

// deadAir begins the reason of a mark in dead air.
const deadAir = "dead air: "

func deadRange(at time.Duration) string {
	return fmt.Sprintf("the range at %s that you gave: ", spoken(at))
}

// deadAirNote says of a range that was asked for that nothing happens in it.
func deadAirNote(m found) pipeline.Note {
	return pipeline.Note{Code: UnusedDeadAir, Detail: deadRange(m.At) + m.quiet,
		Hint: "if that is not what you meant, give another range"}
}

// surest is the places of the used marks in all, surest first.
func surest(all []found) []int {
	var out []int
	for i, m := range all {
		if m.Used() {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return -cmp.Compare(all[a].Confidence, all[b].Confidence) })
	return out
}

// press is what decides a mark's stretch.
type press struct {
	source string
	at     time.Duration
	end    time.Duration
}

func pressOf(m pipeline.Mark) press {
	p := press{source: m.Source, at: m.At}
	if m.End != nil {
		p.end = *m.End
	}
	return p
}

// verdicts is what an earlier detection found about marks, by what it kept.
func verdicts(marks []pipeline.Mark, moments []pipeline.Moment) map[press]verdict {
	known := map[press]verdict{}
	for _, m := range marks {
		switch said, dead := strings.CutPrefix(m.Unused, deadAir); {
		case m.Used():
			known[pressOf(m)] = verdict{}
		case dead && m.UnusedCode == UnusedDeadAir:
			known[pressOf(m)] = verdict{true, said}
		}
	}
	for _, o := range moments {
		for _, n := range o.Notes {
			if len(o.Marks) == 0 {
				continue
			}
			if said, ok := strings.CutPrefix(n.Detail, deadRange(o.Marks[0].At)); ok && n.Code == UnusedDeadAir {
				known[pressOf(o.Marks[0])] = verdict{true, said}
			}
		}
	}
	return known
}
