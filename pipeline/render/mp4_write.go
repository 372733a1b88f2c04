package render

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/Eyevinn/mp4ff/mp4"

	"dropcut/pipeline/timeline"
)

// piece is a stretch of one file that is copied into a made file.
type piece struct {
	from    io.ReaderAt
	samples []sample
	shown   []int64 // pictures: the frame each shows, from the piece's first
}

// movie is a whole MP4 in tables: pictures, and sound where there is any.
type movie struct {
	rate   timeline.Rate
	width  int
	height int
	entry  mp4.Box // avc1 with avcC
	video  []piece
	sound  *soundTrack
}

// soundTrack is the sound of a movie.
type soundTrack struct {
	entry     mp4.Box // mp4a with esds
	timescale uint32
	piece     piece
}

// chunkMillis is about how much of a track lies together before the other's turn.
const chunkMillis = 500

// chunk is a run of samples of one track that lie together in the file.
type chunk struct {
	sound bool
	first int // sample number from 0
	count int
	start int64 // milliseconds at which it is decoded
}

// write writes ftyp, moov, mdat: an index first, no edit list, no times of
// day, so that the same pieces give the same bytes.
func (m movie) write(w io.Writer) error {
	ftyp := mp4.NewFtyp("isom", 0x200, []string{"isom", "iso2", "avc1", "mp41"})
	chunks := m.chunks()
	moov, err := m.moov(chunks, 0)
	if err != nil {
		return err
	}
	var payload int64
	for _, p := range m.all() {
		for _, s := range p.samples {
			payload += int64(s.size)
		}
	}
	head := mdatHeader(payload)
	if moov, err = m.moov(chunks, int64(ftyp.Size()+moov.Size())+int64(len(head))); err != nil {
		return err
	}
	if err := ftyp.Encode(w); err != nil {
		return fmt.Errorf("write ftyp: %w", err)
	}
	if err := moov.Encode(w); err != nil {
		return fmt.Errorf("write moov: %w", err)
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	return m.copy(w, chunks)
}

func (m movie) all() []piece {
	if m.sound == nil {
		return m.video
	}
	return append(append([]piece{}, m.video...), m.sound.piece)
}

// mdatHeader is 8 bytes, or 16 where the payload needs a long size.
func mdatHeader(payload int64) []byte {
	if payload+8 < 1<<32 {
		return append(binary.BigEndian.AppendUint32(nil, uint32(payload+8)), "mdat"...)
	}
	head := append(binary.BigEndian.AppendUint32(nil, 1), "mdat"...)
	return binary.BigEndian.AppendUint64(head, uint64(payload+16))
}

// chunks orders both tracks by time, about half a second at a turn.
func (m movie) chunks() []chunk {
	frames := 0
	for _, p := range m.video {
		frames += len(p.samples)
	}
	out := evenly(false, frames, int(m.rate.FramesOfMillis(chunkMillis)), func(n int) int64 { return m.rate.Millis(int64(n)) })
	if m.sound == nil {
		return out
	}
	const packet = 1024
	per := max(int(m.sound.timescale)*chunkMillis/1000/packet, 1)
	sound := evenly(true, len(m.sound.piece.samples), per, func(n int) int64 {
		return timeline.DivRound(int64(n)*packet, 1000, int64(m.sound.timescale))
	})
	return interleave(out, sound)
}

func evenly(sound bool, samples, per int, at func(int) int64) []chunk {
	var out []chunk
	for first := 0; first < samples; first += per {
		out = append(out, chunk{sound: sound, first: first, count: min(per, samples-first), start: at(first)})
	}
	return out
}

func interleave(a, b []chunk) []chunk {
	out := make([]chunk, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].start <= b[0].start {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// moov is the index of the movie when its first chunk begins at offset.
func (m movie) moov(chunks []chunk, offset int64) (*mp4.MoovBox, error) {
	video, sound := m.offsets(chunks, offset)
	mvhd := mp4.CreateMvhd()
	mvhd.Timescale = uint32(m.rate.Timescale())
	vtrak, frames, err := m.videoTrack(video)
	if err != nil {
		return nil, err
	}
	mvhd.Duration = uint64(frames * m.rate.FrameTicks())
	moov := mp4.NewMoovBox()
	moov.AddChild(mvhd)
	moov.AddChild(vtrak)
	if m.sound != nil {
		strak := m.sound.box(sound, mvhd.Timescale)
		mvhd.Duration = max(mvhd.Duration, strak.Tkhd.Duration)
		moov.AddChild(strak)
		mvhd.NextTrackID = 3
	}
	return moov, nil
}

// place is where one chunk of a track lies and how many samples it has.
type place struct {
	offset int64
	count  int
}

func (m movie) offsets(chunks []chunk, at int64) (video, sound []place) {
	pictures := flat(m.video)
	var packets []sample
	if m.sound != nil {
		packets = m.sound.piece.samples
	}
	for _, c := range chunks {
		p := place{offset: at, count: c.count}
		from := pictures
		if c.sound {
			from = packets
		}
		for _, s := range from[c.first : c.first+c.count] {
			at += int64(s.size)
		}
		if c.sound {
			sound = append(sound, p)
		} else {
			video = append(video, p)
		}
	}
	return video, sound
}

func flat(pieces []piece) []sample {
	var out []sample
	for _, p := range pieces {
		out = append(out, p.samples...)
	}
	return out
}

// videoTrack is the picture track: constant rate, the first picture shown at
// 0, and composition offsets that may be negative (version 1) instead of an
// edit list.
func (m movie) videoTrack(places []place) (*mp4.TrakBox, int64, error) {
	trak := mp4.CreateEmptyTrak(1, uint32(m.rate.Timescale()), "video", "und")
	stbl := trak.Mdia.Minf.Stbl
	stbl.Stsd.AddChild(m.entry)
	stss, ctts := &mp4.StssBox{}, &mp4.CttsBox{Version: 1}
	var frames int64
	var counts []uint32
	var offsets []int32
	for _, p := range m.video {
		for i, s := range p.samples {
			if s.sync {
				stss.SampleNumber = append(stss.SampleNumber, uint32(frames)+1)
			}
			off := int32((p.shown[i] - int64(i)) * m.rate.FrameTicks())
			if n := len(offsets); n > 0 && offsets[n-1] == off {
				counts[n-1]++
			} else {
				counts, offsets = append(counts, 1), append(offsets, off)
			}
			stbl.Stsz.SampleSize = append(stbl.Stsz.SampleSize, s.size)
			frames++
		}
	}
	if err := ctts.AddSampleCountsAndOffset(counts, offsets); err != nil {
		return nil, 0, err
	}
	stbl.Stsz.SampleNumber = uint32(frames)
	stbl.Stts.SampleCount, stbl.Stts.SampleTimeDelta = []uint32{uint32(frames)}, []uint32{uint32(m.rate.FrameTicks())}
	stbl.AddChild(stss)
	stbl.AddChild(ctts)
	setPlaces(stbl, places)
	trak.Mdia.Mdhd.Duration = uint64(frames * m.rate.FrameTicks())
	trak.Tkhd.Duration = trak.Mdia.Mdhd.Duration
	trak.Tkhd.Width, trak.Tkhd.Height = mp4.Fixed32(m.width<<16), mp4.Fixed32(m.height<<16)
	return trak, frames, nil
}

// box is the sound track.
func (s *soundTrack) box(places []place, movieScale uint32) *mp4.TrakBox {
	trak := mp4.CreateEmptyTrak(2, s.timescale, "audio", "und")
	stbl := trak.Mdia.Minf.Stbl
	stbl.Stsd.AddChild(s.entry)
	var length uint64
	for _, x := range s.piece.samples {
		stbl.Stsz.SampleSize = append(stbl.Stsz.SampleSize, x.size)
		length += uint64(x.ticks)
		if n := len(stbl.Stts.SampleCount); n > 0 && stbl.Stts.SampleTimeDelta[n-1] == x.ticks {
			stbl.Stts.SampleCount[n-1]++
		} else {
			stbl.Stts.SampleCount = append(stbl.Stts.SampleCount, 1)
			stbl.Stts.SampleTimeDelta = append(stbl.Stts.SampleTimeDelta, x.ticks)
		}
	}
	stbl.Stsz.SampleNumber = uint32(len(s.piece.samples))
	setPlaces(stbl, places)
	trak.Mdia.Mdhd.Duration = length
	trak.Tkhd.Duration = length * uint64(movieScale) / uint64(s.timescale)
	return trak
}

// setPlaces writes stsc, and stco or (past 4 GiB) co64.
func setPlaces(stbl *mp4.StblBox, places []place) {
	long := false
	for i, p := range places {
		if i == 0 || places[i-1].count != p.count {
			_ = stbl.Stsc.AddEntry(uint32(i)+1, uint32(p.count), 1) // fails only when the first entry is not chunk 1
		}
		long = long || p.offset > 1<<32-1
	}
	if !long {
		for _, p := range places {
			stbl.Stco.ChunkOffset = append(stbl.Stco.ChunkOffset, uint32(p.offset))
		}
		return
	}
	co64 := &mp4.Co64Box{}
	for _, p := range places {
		co64.ChunkOffset = append(co64.ChunkOffset, uint64(p.offset))
	}
	for i, c := range stbl.Children {
		if c == mp4.Box(stbl.Stco) {
			stbl.Children[i] = co64
		}
	}
	stbl.Stco, stbl.Co64 = nil, co64
}

// copy streams every chunk's samples in order, in constant memory: those that
// lie together are copied together.
func (m movie) copy(w io.Writer, chunks []chunk) error {
	pictures := cursor{pieces: m.video}
	var packets cursor
	if m.sound != nil {
		packets = cursor{pieces: []piece{m.sound.piece}}
	}
	buffer := make([]byte, 256<<10)
	for _, c := range chunks {
		from := &pictures
		if c.sound {
			from = &packets
		}
		for left := c.count; left > 0; {
			r, n := from.take(left)
			if err := r.copy(w, buffer); err != nil {
				return err
			}
			left -= n
		}
	}
	return nil
}

// stretch is bytes of one file.
type stretch struct {
	from   io.ReaderAt
	offset int64
	size   int64
}

// copy writes the stretch, through a buffer of the caller's.
func (r stretch) copy(w io.Writer, buffer []byte) error {
	for done := int64(0); done < r.size; {
		n := min(int64(len(buffer)), r.size-done)
		if got, err := r.from.ReadAt(buffer[:n], r.offset+done); int64(got) != n {
			return corrupt("%d bytes of samples gave %d (%v)", r.size, done+int64(got), err)
		}
		if _, err := w.Write(buffer[:n]); err != nil {
			return err
		}
		done += n
	}
	return nil
}

// cursor walks the samples of pieces.
type cursor struct {
	pieces []piece
	piece  int
	sample int
}

// take is the next samples, at most most of them, as far as they lie together,
// and how many that is.
func (c *cursor) take(most int) (stretch, int) {
	for c.sample == len(c.pieces[c.piece].samples) {
		c.piece, c.sample = c.piece+1, 0
	}
	p := c.pieces[c.piece]
	r := stretch{from: p.from, offset: p.samples[c.sample].offset}
	n := 0
	for ; n < most && c.sample < len(p.samples) && p.samples[c.sample].offset == r.offset+r.size; n++ {
		r.size += int64(p.samples[c.sample].size)
		c.sample++
	}
	return r, n
}
