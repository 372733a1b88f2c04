package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/width"

	"dropcut/pipeline"
	"dropcut/storage/catalog"
)

// meter knows how far a run is and how long it may still take. It is for one
// goroutine at a time.
type meter struct {
	now     func() time.Time
	hand    map[string]*inHand // by work ID
	names   map[int64]string   // of the moment whose rows have that priority
	moments int                // that were found
	copied  int                // of those, whose excerpts stand
	seen    int                // of those, whose missing pieces are known
	frames  amount
	files   amount
	busy    map[pipeline.Step]time.Duration // spent on finished rows
	since   time.Time                       // when there was first something to make
	finish  time.Time                       // as shown: it follows what is reckoned slowly
	drawn   time.Time
	full    float64 // of the bar, as shown: it never goes back
	turn    int
}

// amount is how much of something is to be made.
type amount struct{ todo, done float64 }

type inHand struct {
	row    catalog.Work
	began  time.Time
	frames float64 // done of a run
	part   float64 // done of anything else, 0 to 1; 0 where it does not tell
}

func newMeter(now func() time.Time) *meter {
	return &meter{now: now, hand: map[string]*inHand{}, names: map[int64]string{}, busy: map[pipeline.Step]time.Duration{}}
}

func (m *meter) started(row catalog.Work, name string) {
	m.hand[row.ID] = &inHand{row: row, began: m.now()}
	if named(row.Subject) || row.Kind == pipeline.Ingest {
		m.names[row.Priority] = name
	}
}

func (m *meter) progress(row catalog.Work, done float64) {
	h := m.hand[row.ID]
	switch {
	case h == nil:
	case row.Kind == pipeline.Render:
		h.frames = done
	default:
		h.part = done
	}
}

func (m *meter) finished(row catalog.Work, made catalog.Made, ok bool) {
	h := m.hand[row.ID]
	delete(m.hand, row.ID)
	if h == nil || !ok {
		return
	}
	m.busy[row.Kind] += m.now().Sub(h.began)
	switch row.Kind {
	case pipeline.Detect:
		m.moments += made.Next
	case pipeline.Excerpt:
		m.copied++
	case pipeline.Compose:
		if m.seen = m.seen + 1; m.seen > m.moments { // once more over the same moment
			m.seen = m.moments
		}
		m.frames.todo += float64(made.Todo)
		m.files.todo += float64(made.Files)
		if m.since.IsZero() && made.Files > 0 {
			m.since = m.now()
		}
	case pipeline.Render:
		m.frames.done += float64(made.Frames)
	case pipeline.Assemble:
		m.files.done++
	}
}

// expected is all that will have to be made, where moments whose missing
// pieces are not known yet are taken to be like the others.
func (m *meter) expected() (frames, files float64) {
	scale := 1.0
	if m.seen > 0 && m.moments > m.seen {
		scale = float64(m.moments) / float64(m.seen)
	}
	return m.frames.todo * scale, m.files.todo * scale
}

// encoded is the pictures that exist by now.
func (m *meter) encoded() float64 {
	n := m.frames.done
	for _, h := range m.hand {
		n += h.frames
	}
	return n
}

// reckon gives how much of the making is done, 0 to 1, and how long the rest
// may take. It is false until enough was seen to tell.
func (m *meter) reckon() (part float64, left time.Duration, ok bool) {
	if m.since.IsZero() {
		return 0, 0, false
	}
	now := m.now()
	spent := maps.Clone(m.busy)
	for _, h := range m.hand {
		spent[h.row.Kind] += now.Sub(h.began)
	}
	making := spent[pipeline.Render] + spent[pipeline.Sound] + spent[pipeline.Assemble]
	elapsed := now.Sub(m.since)
	done := m.encoded()
	frames, files := m.expected()
	if elapsed < 2*time.Second || done < 25 && frames > 0 {
		return 0, 0, false
	}
	perFrame := float64(spent[pipeline.Render]) / max(done, 1)
	perFile := float64(spent[pipeline.Sound]+spent[pipeline.Assemble]) / max(m.files.done, 1)
	if m.files.done == 0 {
		perFile = max(perFile, 50*perFrame) // no file was finished yet: a guess
	}
	rest := max(frames-done, 0)*perFrame + max(files-m.files.done, 0)*perFile
	atOnce := max(float64(making)/float64(elapsed), 1)
	return float64(making) / (float64(making) + rest), time.Duration(rest / atOnce), true
}

// calm is how slowly the time left that is shown follows what is reckoned.
func calm(left time.Duration) time.Duration { return min(max(left/4, time.Second), 10*time.Second) }

// timeLeft is what to say of the time left; "" while nothing can be said.
func (m *meter) timeLeft() string {
	part, left, ok := m.reckon()
	if !ok {
		return ""
	}
	now := m.now()
	target := now.Add(left)
	if m.finish.IsZero() {
		m.finish = target
	}
	follow := 1 - math.Exp(-float64(now.Sub(m.drawn))/float64(calm(left)))
	m.finish = m.finish.Add(time.Duration(float64(target.Sub(m.finish)) * follow))
	m.drawn, m.full = now, max(m.full, part)
	return roughly(m.finish.Sub(now))
}

// roughly is a time left as people say it.
func roughly(d time.Duration) string {
	switch {
	case d < 3*time.Second:
		return "a moment left"
	case d < time.Minute:
		return fmt.Sprintf("%d s left", d.Round(time.Second)/time.Second)
	case d < 10*time.Minute:
		d = d.Round(5 * time.Second)
		return fmt.Sprintf("%d:%02d min left", d/time.Minute, d%time.Minute/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min left", d.Round(time.Minute)/time.Minute)
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d:%02d h left", d/time.Hour, d%time.Hour/time.Minute)
}

// counts is how far the making is, in words; "" before anything is made.
func (m *meter) counts() string {
	frames, files := m.expected()
	if frames+files == 0 {
		return ""
	}
	var parts []string
	if frames > 0 {
		parts = append(parts, fmt.Sprintf("%.0f of %.0f frames", min(m.encoded(), frames), frames))
	}
	parts = append(parts, fmt.Sprintf("%.0f of %.0f files", min(m.files.done, files), files))
	if left := m.timeLeft(); left != "" {
		parts = append(parts, left)
	}
	return strings.Join(parts, ", ")
}

// oldest is what has been in hand the longest; nil where nothing is.
func (m *meter) oldest() *inHand {
	if len(m.hand) == 0 {
		return nil
	}
	return slices.MinFunc(slices.Collect(maps.Values(m.hand)), func(a, b *inHand) int { return a.began.Compare(b.began) })
}

// doing is what has been in hand the longest, in words.
func (m *meter) doing() string {
	h := m.oldest()
	if h == nil {
		return ""
	}
	name := m.names[h.row.Priority]
	if name == "" {
		name = "a moment"
	}
	text := words[h.row.Kind]
	if h.row.Kind == pipeline.Detect && h.part > 0 {
		text = "listening to %s" // where nobody pointed
	}
	text = fmt.Sprintf(text, shorten(printableLine(name), 28))
	if h.part > 0 {
		text += fmt.Sprintf(": %.0f %%", 100*h.part)
	}
	if h.row.Kind == pipeline.Excerpt && m.moments > 1 && m.copied > 0 {
		text += fmt.Sprintf(", %d of %d moments copied", min(m.copied, m.moments), m.moments)
	}
	return text
}

// words is what a step does, for people.
var words = map[pipeline.Step]string{
	pipeline.Ingest:     "reading %s",
	pipeline.Detect:     "looking for marks in %s",
	pipeline.Excerpt:    "copying %s",
	pipeline.Transcribe: "collecting words of %s",
	pipeline.Plan:       "choosing cuts of %s",
	pipeline.Compose:    "seeing what is missing of %s",
	pipeline.Render:     "encoding %s",
	pipeline.Sound:      "mixing sound of %s",
	pipeline.Assemble:   "assembling %s",
	pipeline.Publish:    "writing the manifest of %s",
}

// line is one line of at most that many columns: what is done now, a bar, how
// much is made and how long it will take.
func (m *meter) line(columns int) string {
	m.turn++
	doing, counts := m.doing(), m.counts()
	if counts == "" {
		return shorten(doing+" "+string(`|/-\`[m.turn%4]), columns)
	}
	const words, numbers, most, least = 38, 52, 40, 8 // columns
	wide := min(columns-words-numbers, most)
	if wide < least || columnsOf(counts) > numbers-3 {
		return shorten(doing+"  "+counts, columns)
	}
	doing = shorten(doing, words-1)
	full := min(int(m.full*float64(wide)), wide)
	return doing + strings.Repeat(" ", words-columnsOf(doing)) + "[" + strings.Repeat("=", full) + strings.Repeat("-", wide-full) + "] " + counts
}

// shorten cuts text to that many columns.
func shorten(s string, columns int) string {
	if columnsOf(s) <= columns {
		return s
	}
	var b strings.Builder
	at := 1 // of the ellipsis
	for _, r := range s {
		if at += columnsOf(string(r)); at > columns {
			break
		}
		b.WriteRune(r)
	}
	return b.String() + "…"
}

// columnsOf is how wide text stands on a terminal, never less than that.
func columnsOf(s string) (n int) {
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth || r >= 0x1F000 {
			n++
		}
	}
	return n
}
