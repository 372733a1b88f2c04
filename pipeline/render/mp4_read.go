package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/Eyevinn/mp4ff/mp4"

	"dropcut/pipeline"
)

// sample is one coded picture or packet of sound, in decoding order.
type sample struct {
	offset int64 // in its file
	size   uint32
	sync   bool
	shown  int64 // when it is presented, in ticks from the first presented
	ticks  uint32
}

// track is one track of an MP4 that our own encoder or writer made.
type track struct {
	entry     mp4.Box // its sample description
	config    []byte  // avcC of pictures, esds of sound
	timescale uint32
	samples   []sample
}

// mostSamples is more than a made file can have: 90 s at 60 pictures a second,
// or its packets of sound.
const mostSamples = 1 << 16

// configHash names a decoder configuration.
func configHash(config []byte) string {
	sum := sha256.Sum256(config)
	return hex.EncodeToString(sum[:])
}

// readTrack reads the tables of the one track of that kind ("vide", "soun").
// Damage is Corrupt; the library's panics on damage are caught here.
func readTrack(r io.ReadSeeker, kind string) (t track, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = corrupt("the tables make no sense: %v", p)
		}
	}()
	length, err := r.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = r.Seek(0, io.SeekStart)
	}
	if err != nil {
		return t, fmt.Errorf("read MP4: %w", err)
	}
	f, err := mp4.DecodeFile(r, mp4.WithDecodeMode(mp4.DecModeLazyMdat))
	if err != nil {
		return t, corrupt("%v", err)
	}
	if f.Moov == nil {
		return t, corrupt("it has no index (moov)")
	}
	for _, trak := range f.Moov.Traks {
		if trak.Mdia.Hdlr.HandlerType == kind {
			if t, err = tableOf(trak); err != nil {
				return t, err
			}
			return t, t.inside(length)
		}
	}
	return t, corrupt("it has no %q track", kind)
}

func corrupt(format string, args ...any) error {
	return pipeline.Fail(pipeline.Corrupt, "bad_mp4", "", "read MP4: "+format, args...)
}

// tableOf flattens a track's boxes into one row a sample.
func tableOf(trak *mp4.TrakBox) (track, error) {
	stbl := trak.Mdia.Minf.Stbl
	t := track{timescale: trak.Mdia.Mdhd.Timescale}
	if len(stbl.Stsd.Children) != 1 {
		return t, corrupt("%d sample descriptions where one is expected", len(stbl.Stsd.Children))
	}
	t.entry = stbl.Stsd.Children[0]
	var err error
	if t.config, err = configOf(t.entry); err != nil {
		return t, err
	}
	n := stbl.Stsz.SampleNumber
	if n == 0 || n > mostSamples {
		return t, corrupt("%d samples", n)
	}
	if stbl.Stsz.SampleUniformSize == 0 && int(n) != len(stbl.Stsz.SampleSize) {
		return t, corrupt("%d sizes for %d samples", len(stbl.Stsz.SampleSize), n)
	}
	if err := t.times(stbl, n); err != nil {
		return t, err
	}
	return t, t.places(stbl)
}

func configOf(entry mp4.Box) ([]byte, error) {
	var box mp4.Box
	switch e := entry.(type) {
	case *mp4.VisualSampleEntryBox:
		if e.AvcC == nil {
			return nil, corrupt("the pictures are not H.264")
		}
		box = e.AvcC
	case *mp4.AudioSampleEntryBox:
		if e.Esds == nil {
			return nil, corrupt("the sound is not AAC")
		}
		box = e.Esds
	default:
		return nil, corrupt("unknown sample description %s", entry.Type())
	}
	var b bytes.Buffer
	if err := box.Encode(&b); err != nil {
		return nil, corrupt("%v", err)
	}
	return b.Bytes(), nil
}

// times fills in when each sample is shown, from stts, ctts and stss.
func (t *track) times(stbl *mp4.StblBox, n uint32) error {
	sync := map[uint32]bool{}
	if stbl.Stss != nil {
		for _, nr := range stbl.Stss.SampleNumber {
			sync[nr] = true
		}
	}
	var decode, first int64
	for i, count := range stbl.Stts.SampleCount {
		for range count {
			nr := uint32(len(t.samples)) + 1
			if nr > n {
				return corrupt("more times than samples")
			}
			s := sample{sync: stbl.Stss == nil || sync[nr], shown: decode, ticks: stbl.Stts.SampleTimeDelta[i],
				size: stbl.Stsz.GetSampleSize(int(nr))}
			if stbl.Ctts != nil {
				s.shown += int64(stbl.Ctts.GetCompositionTimeOffset(nr))
			}
			if nr == 1 || s.shown < first {
				first = s.shown
			}
			t.samples = append(t.samples, s)
			decode += int64(s.ticks)
		}
	}
	if uint32(len(t.samples)) != n {
		return corrupt("%d times for %d samples", len(t.samples), n)
	}
	for i := range t.samples {
		t.samples[i].shown -= first
	}
	return nil
}

// places fills in where each sample lies, from stsc and stco or co64.
func (t *track) places(stbl *mp4.StblBox) error {
	var offsets []uint64
	switch {
	case stbl.Co64 != nil:
		offsets = stbl.Co64.ChunkOffset
	case stbl.Stco != nil:
		for _, o := range stbl.Stco.ChunkOffset {
			offsets = append(offsets, uint64(o))
		}
	}
	at := 0
	for i, off := range offsets {
		chunk := stbl.Stsc.GetChunk(uint32(i + 1))
		for range chunk.NrSamples {
			if at == len(t.samples) {
				return corrupt("more places than samples")
			}
			t.samples[at].offset = int64(off)
			off += uint64(t.samples[at].size)
			at++
		}
	}
	if at != len(t.samples) {
		return corrupt("%d places for %d samples", at, len(t.samples))
	}
	return nil
}

// inside reports samples that lie, in part, behind the file's end.
func (t *track) inside(length int64) error {
	for i, s := range t.samples {
		if s.offset < 0 || s.offset > length-int64(s.size) {
			return corrupt("sample %d of %d bytes lies behind the end", i, s.size)
		}
	}
	return nil
}

// checkFrames proves that a stretch of samples is a closed GOP of constant
// rate: it begins with an IDR, and shows each of its frames once, in a block
// of its own. It returns the frame each sample shows, from 0.
func checkFrames(samples []sample, frameTicks int64) ([]int64, error) {
	if len(samples) == 0 || !samples[0].sync {
		return nil, corrupt("a segment does not begin with a picture that stands alone")
	}
	base := samples[0].shown
	shown := make([]int64, len(samples))
	seen := make([]bool, len(samples))
	for i, s := range samples {
		d := s.shown - base
		if d < 0 || d%frameTicks != 0 || d/frameTicks >= int64(len(samples)) || seen[d/frameTicks] {
			return nil, corrupt("picture %d is shown at tick %d: not a closed group of constant rate", i, d)
		}
		shown[i] = d / frameTicks
		seen[shown[i]] = true
	}
	return shown, nil
}

// isIDR reports whether an AVC sample (4-byte lengths) holds an IDR slice.
func isIDR(data []byte) bool {
	for len(data) > 4 {
		n := int(uint32(data[0])<<24 | uint32(data[1])<<16 | uint32(data[2])<<8 | uint32(data[3]))
		if n <= 0 || n > len(data)-4 {
			return false
		}
		if data[4]&0x1f == 5 {
			return true
		}
		data = data[4+n:]
	}
	return false
}

// readAt reads one sample's bytes.
func readAt(r io.ReaderAt, s sample) ([]byte, error) {
	data := make([]byte, s.size)
	if _, err := r.ReadAt(data, s.offset); err != nil {
		return nil, fmt.Errorf("read a sample at %d: %w", s.offset, err)
	}
	return data, nil
}

// checkBoxes reports whether an MP4 of ours begins with its index and has no
// edit list.
func checkBoxes(r io.ReadSeeker) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = corrupt("the tables make no sense: %v", p)
		}
	}()
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the clip: %w", err)
	}
	f, err := mp4.DecodeFile(r, mp4.WithDecodeMode(mp4.DecModeLazyMdat))
	if err != nil {
		return corrupt("%v", err)
	}
	index := false
	for _, b := range f.Children {
		switch b.Type() {
		case "moov":
			index = true
		case "mdat":
			if !index {
				return corrupt("the pictures stand before the index")
			}
		}
	}
	if f.Moov == nil {
		return corrupt("it has no index (moov)")
	}
	for _, t := range f.Moov.Traks {
		if t.Edts != nil {
			return corrupt("it has an edit list")
		}
	}
	return nil
}
