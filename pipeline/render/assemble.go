package render

import (
	"io"

	"github.com/Eyevinn/mp4ff/mp4"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
)

// SoundTrack is a clip's encoded sound, read from the MP4 the encoder wrote.
type SoundTrack struct{ track soundTrack }

// OpenSound reads the AAC of an MP4 of ours.
func OpenSound(r file) (*SoundTrack, error) {
	t, err := readTrack(r, "soun")
	if err != nil {
		return nil, err
	}
	e := t.entry.(*mp4.AudioSampleEntryBox)
	entry := mp4.CreateAudioSampleEntryBox("mp4a", e.ChannelCount, 16, e.SampleRate, e.Esds)
	return &SoundTrack{soundTrack{entry: entry, timescale: t.timescale, piece: piece{from: r, samples: t.samples}}}, nil
}

// Samples is how long the sound is at its own rate.
func (s *SoundTrack) Samples() int64 {
	var n int64
	for _, x := range s.track.piece.samples {
		n += int64(x.ticks)
	}
	return n
}

// Assemble writes one MP4: the segments' pictures in order, copied, and the
// sound, if any. All segments must share one decoder configuration; a mix is a
// Conflict with code mixed_avcc.
func Assemble(w io.Writer, segments []Picture, sound *SoundTrack, rate timeline.Rate) error {
	if len(segments) == 0 {
		return pipeline.Fail(pipeline.Internal, "no_segments", "", "assemble: no segments")
	}
	first := segments[0]
	m := movie{rate: rate, width: first.width, height: first.height, entry: sampleEntry(first)}
	for _, s := range segments {
		if s.AVCC != first.AVCC {
			return pipeline.Fail(pipeline.Conflict, "mixed_avcc", "", "assemble: segments of different encoders cannot stand in one file")
		}
		m.video = append(m.video, s.piece)
	}
	if sound != nil {
		m.sound = &sound.track
	}
	return m.write(w)
}

// sampleEntry describes the pictures: H.264, BT.709 in video range, square pixels.
func sampleEntry(p Picture) mp4.Box {
	e := mp4.CreateVisualSampleEntryBox("avc1", uint16(p.width), uint16(p.height), p.entry)
	e.CompressorName = ""
	const bt709 = 1
	e.AddChild(&mp4.ColrBox{ColorType: "nclx", ColorPrimaries: bt709, TransferCharacteristics: bt709, MatrixCoefficients: bt709})
	e.AddChild(&mp4.PaspBox{HSpacing: 1, VSpacing: 1})
	return e
}
