package render

import (
	"io"

	"github.com/Eyevinn/mp4ff/mp4"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// Picture is the pictures of one segment: a closed group of constant rate that
// begins with an IDR, proven when it is made.
type Picture struct {
	AVCC   string // hash of its decoder configuration
	Frames int64

	width, height int
	entry         *mp4.AvcCBox
	piece         piece
}

// file is what segments are read from.
type file interface {
	io.ReadSeeker
	io.ReaderAt
}

// Split cuts what one strand of a run gave into its segments. frames is the
// length of each; together they are all of it. Anything else than exactly the
// frames asked for, each segment closed, is Corrupt.
func Split(r file, frames []int64, rate timeline.Rate) ([]Picture, error) {
	t, err := readTrack(r, "vide")
	if err != nil {
		return nil, err
	}
	if int64(t.timescale) != rate.Timescale() {
		return nil, corrupt("time scale %d where %d was asked for", t.timescale, rate.Timescale())
	}
	var want int64
	for _, n := range frames {
		want += n
	}
	if int64(len(t.samples)) != want {
		return nil, pipeline.Fail(pipeline.Corrupt, "frames_missing", "", "the encoder gave %d frames of %d", len(t.samples), want)
	}
	var out []Picture
	at := int64(0)
	for _, n := range frames {
		p, err := t.picture(r, t.samples[at:at+n], rate)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
		at += n
	}
	return out, nil
}

// picture proves one closed group.
func (t track) picture(r io.ReaderAt, samples []sample, rate timeline.Rate) (Picture, error) {
	shown, err := checkFrames(samples, rate.FrameTicks())
	if err != nil {
		return Picture{}, err
	}
	first, err := readAt(r, samples[0])
	if err != nil {
		return Picture{}, err
	}
	if !isIDR(first) {
		return Picture{}, corrupt("a segment begins with a picture that is no IDR")
	}
	entry := t.entry.(*mp4.VisualSampleEntryBox)
	return Picture{AVCC: configHash(t.config), Frames: int64(len(samples)), width: int(entry.Width), height: int(entry.Height),
		entry: entry.AvcC, piece: piece{from: r, samples: samples, shown: shown}}, nil
}

// OpenSegment reads a stored segment.
func OpenSegment(r file, rate timeline.Rate) (Picture, error) {
	t, err := readTrack(r, "vide")
	if err != nil {
		return Picture{}, err
	}
	return t.picture(r, t.samples, rate)
}

// WriteSegment stores one segment as a small MP4 that plays by itself.
func WriteSegment(w io.Writer, p Picture, rate timeline.Rate) error {
	return Assemble(w, []Picture{p}, nil, rate)
}
