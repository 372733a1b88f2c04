package recording

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// mp4Index is an opened MP4 or MOV: whole, in fragments, or partly so.
type mp4Index struct {
	kind    string // mp4 or fmp4
	mvhd    []byte
	picture *track
	tracks  []*track // what slices hold, in the file's order
	frags   []fragment
	clk     Clock
	marks   []pipeline.Chapter
	tags    []time.Duration // GoPro HiLights, on the timeline
	cut     bool            // samples lie behind the end of the file
	last    sample          // the picture shown last, in ticks of the source
}

func (m *mp4Index) container() string            { return m.kind }
func (m *mp4Index) clock() Clock                 { return m.clk }
func (m *mp4Index) chapters() []pipeline.Chapter { return m.marks }
func (m *mp4Index) hilights() []time.Duration    { return m.tags }

const (
	mostMoov     = 256 << 20
	mostTopBoxes = 4096
	mostPictures = 12_000_000 // twelve hours at 240 a second
	mostSound    = 8          // sound and text tracks that a slice takes along, each
)

// openMP4 reads the index of an MP4 or MOV: its moov wherever it lies and, when
// the file is in fragments, their headers. Pictures and sound are not read.
func openMP4(ctx context.Context, b *bytes) (index, error) {
	moov, top, err := findMoov(ctx, b)
	if err != nil {
		return nil, err
	}
	all := readTracks(moov)
	m := &mp4Index{kind: "mp4", mvhd: child(moov, "mvhd")}
	fragmented := readDefaults(moov, all)
	if err := m.choose(all, b.Size(), fragmented); err != nil {
		return nil, err
	}
	shown := m.tableTimes(b.Size())
	if fragmented {
		if shown, err = m.walk(ctx, b, top.end(), shown); err != nil {
			return nil, err
		}
	}
	if len(shown) == 0 {
		return nil, noPicture("the recording has a video track but no picture in it that can be shown")
	}
	if err := m.setClock(shown); err != nil {
		return nil, err
	}
	m.marks, m.tags = mp4Chapters(ctx, b, moov, all, m.clk.Pieces), mp4Hilights(moov, m.clk.Pieces)
	return m, nil
}

// findMoov looks for the index among the boxes of the file.
func findMoov(ctx context.Context, b *bytes) ([]byte, topBox, error) {
	off, last, fragments := int64(0), topBox{}, false
	for range mostTopBoxes {
		t, ok, err := readTop(ctx, b, off, b.Peek)
		if err != nil {
			return nil, t, err
		}
		if !ok {
			break
		}
		if t.kind == "moov" && !t.cut {
			body, err := readMoov(ctx, b, t)
			return body, t, err
		}
		fragments = fragments || t.kind == "moof"
		off, last = t.end(), t
	}
	if fragments {
		return nil, topBox{}, pipeline.Fail(pipeline.Invalid, "no_index", "give the whole recording, beginning with its first part (often called init.mp4)",
			"the file is a piece of a recording in fragments, without the part that says what it is made of")
	}
	if t, ok, err := searchMoov(ctx, b, last); err != nil || ok {
		if err != nil {
			return nil, t, err
		}
		body, err := readMoov(ctx, b, t)
		return body, t, err
	}
	return nil, topBox{}, pipeline.Fail(pipeline.Invalid, "no_index",
		"the recorder did not finish the file: remux it with OBS (File > Remux Recordings) or repair it with untrunc, and record as MKV or hybrid MP4 from now on",
		"the recording has no index (moov): it was cut off before it was finished")
}

func readMoov(ctx context.Context, b *bytes, t topBox) ([]byte, error) {
	if t.size > mostMoov {
		return nil, pipeline.Fail(pipeline.Invalid, "index_too_large", "remux it: ffmpeg -i IN -c copy OUT.mp4",
			"the recording's index is %d MiB; dropcut reads at most %d", t.size>>20, mostMoov>>20)
	}
	body, err := b.Read(ctx, t.off+t.head, t.size-t.head)
	if err == nil && child(body, "cmov") != nil {
		err = pipeline.Fail(pipeline.Invalid, "no_index", "remux it: ffmpeg -i IN -c copy OUT.mp4", "the recording's index is compressed, which dropcut does not read")
	}
	return body, err
}

// searchBack is how much of the end of a file is searched for an index that
// the boxes do not lead to, because one of them lies about its length.
const searchBack = 16 << 20

func searchMoov(ctx context.Context, b *bytes, last topBox) (topBox, bool, error) {
	if !last.cut {
		return topBox{}, false, nil
	}
	off := max(last.off+last.head, b.Size()-searchBack)
	end, err := b.Read(ctx, off, b.Size()-off)
	if err != nil {
		return topBox{}, false, err
	}
	for at := 4; at+16 <= len(end); at++ {
		if string(end[at:at+4]) != "moov" || string(end[at+8:at+12]) != "mvhd" {
			continue
		}
		if size := int64(u32(end, at-4)); size >= 16 && size <= int64(len(end)-at+4) {
			return topBox{kind: "moov", off: off + int64(at-4), size: size, head: 8}, true, nil
		}
	}
	return topBox{}, false, nil
}

// choose takes the picture track that is shown and the tracks that go with it.
func (m *mp4Index) choose(all []*track, size int64, fragmented bool) error {
	pointed := map[uint32]bool{} // chapter tracks: their pictures and words are not the recording's
	for _, t := range all {
		for _, id := range t.chapters {
			pointed[id] = true
		}
	}
	sound, text, pictures := 0, 0, 0
	for _, t := range all {
		t.table.count = min(t.table.count, size, mostSamples)
		if pointed[t.id] || t.codec == "" || t.table.count == 0 && !fragmented {
			continue
		}
		switch {
		case t.kind == "vide":
			if pictures++; m.picture == nil || isStill(m.picture) && !isStill(t) {
				if m.picture != nil {
					m.tracks = slices.DeleteFunc(m.tracks, func(x *track) bool { return x == m.picture })
				}
				m.picture = t
				m.tracks = append(m.tracks, t)
			}
		case t.kind == "soun" && sound < mostSound:
			sound++
			m.tracks = append(m.tracks, t)
		case t.isText() && text < mostSound:
			text++
			m.tracks = append(m.tracks, t)
		}
	}
	switch {
	case m.picture == nil && sound > 0:
		return noPicture("the recording has sound but no picture")
	case m.picture == nil:
		return noPicture("the recording has no video track that dropcut could read")
	}
	m.picture.table.count = min(m.picture.table.count, mostPictures)
	for _, t := range m.tracks {
		if t.spans = t.spansOf(); fragmented {
			t.spans = everything(t.fragmentDelta())
		}
	}
	return nil
}

// isStill reports whether a track is a cover: one picture of a kind that no
// recorder writes.
func isStill(t *track) bool {
	return t.table.count <= 1 && (t.codec == "jpeg" || t.codec == "png " || t.codec == "mjpa")
}

// fragmentDelta is what the edit list of a file in fragments does: its first
// entries move the whole track.
func (t *track) fragmentDelta() int64 {
	var empty int64
	for i, e := range t.edits {
		if e.media >= 0 {
			return empty - e.media
		}
		if i > 0 {
			break
		}
		empty = e.dur
	}
	return empty
}

// source is when the picture of s is shown, in ticks of t, and whether it is.
func (t *track) source(s sample) (int64, bool) {
	for _, x := range t.spans {
		if x.holds(s.pts) {
			return s.pts + x.delta, true
		}
	}
	return s.pts + t.spans[0].delta, false
}

// tableTimes is when the pictures of the sample table are shown, in ticks.
func (m *mp4Index) tableTimes(size int64) []int64 {
	t := m.picture
	var out []int64
	var total int64
	t.table.each(func(_ int64, s sample) bool {
		if s.off+s.size > size || s.size <= 0 {
			m.cut = m.cut || s.size > 0
			return true
		}
		if total += s.size; total > 2*size {
			return false // tables that name the same bytes again and again
		}
		for _, x := range t.spans {
			if x.holds(s.pts) {
				out = append(out, m.note(s, x.delta))
			}
		}
		return len(out) < mostPictures
	})
	return out
}

// note remembers which picture is shown last, and says when s is.
func (m *mp4Index) note(s sample, delta int64) int64 {
	if s.pts += delta; m.last.size == 0 || s.pts > m.last.pts {
		m.last = s
	}
	return s.pts
}

// setClock makes the clock of pictures shown at ticks, in any order.
func (m *mp4Index) setClock(ticks []int64) error {
	t := m.picture
	slices.Sort(ticks)
	ticks = slices.Compact(ticks)
	facts := rateOf(ticks, timeline.NewRate(t.scale, 1), timeline.Rate{})
	hold := m.lastHold(ticks)
	for i := range ticks {
		ticks[i] = t.ns(ticks[i])
	}
	m.clk = clockWith(ticks, hold, facts, m.sounds)
	if len(m.clk.Pieces) > mostPieces {
		return damaged("its clock jumps %d times", len(m.clk.Pieces)-1)
	}
	if m.cut {
		m.clk.Notes = append(m.clk.Notes, pipeline.Note{Code: "truncated",
			Detail: "the recording ends before its index says; what is there is used",
			Hint:   "give the whole file to get the rest"})
	} else if n, ok := m.durationNote(); ok {
		m.clk.Notes = append(m.clk.Notes, n)
	}
	return nil
}

// lastHold is how long the last picture stands, in nanoseconds: what the file
// says if that can be, else as long as others stand.
func (m *mp4Index) lastHold(ticks []int64) int64 {
	const look = 1 << 12
	if says := m.picture.ns(m.last.dur); says > 0 && says <= int64(longestGap) {
		return says
	}
	steps := stepsOf(ticks[max(0, len(ticks)-look):])
	if len(steps) == 0 {
		return int64(40 * time.Millisecond)
	}
	slices.Sort(steps)
	return min(m.picture.ns(steps[len(steps)/2]), int64(longestGap))
}

func (m *mp4Index) durationNote() (pipeline.Note, bool) {
	if m.kind == "fmp4" || m.picture.duration <= 0 || len(m.clk.Pieces) > 1 || len(m.picture.edits) > 0 {
		return pipeline.Note{}, false
	}
	says := time.Duration(m.picture.ns(m.picture.duration))
	has := m.clk.Rate.Duration(m.clk.Frames)
	if d := says - has; max(d, -d) <= time.Second+has/100 {
		return pipeline.Note{}, false
	}
	return pipeline.Note{Code: "duration_differs", Detail: fmt.Sprintf("the recording says it lasts %v, its pictures last %v; the pictures are believed", says.Round(time.Millisecond), has.Round(time.Millisecond))}, true
}
