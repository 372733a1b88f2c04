package render

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
)

// proven checks the assembled file and says what was checked. Any check that
// fails is an error: a file that is not proven is not a file.
func (s *Assembly) proven(ctx context.Context, in *assemblyInput, p pieces, sound facts) (*pipeline.MadeFile, error) {
	file := in.local(clipFile)
	made := &checked{MadeFile: pipeline.MadeFile{Loudness: sound.Loudness}}
	var err error
	if made.Digest, made.Bytes, err = storage.DigestFile(file); err != nil {
		return nil, disk(err, "read the clip")
	}
	if err := in.checkTables(made, p); err != nil {
		return nil, err
	}
	if err := s.checkSize(in, made, p); err != nil {
		return nil, err
	}
	if sound.Loudness != nil {
		made.check("loudness", "%.1f LUFS as decoded", *sound.Loudness)
	}
	if in.order.Captions != nil {
		made.Checks = append(made.Checks, *in.order.Captions)
	}
	if !in.order.Decode {
		return &made.MadeFile, nil
	}
	if err := s.checkProbe(ctx, in, made); err != nil {
		return nil, err
	}
	d, err := s.FFmpeg.Decode(ctx, file, in.dir)
	in.cpu += d.CPU
	if err != nil {
		return nil, err
	}
	if d.Frames != made.Frames {
		return nil, pipeline.Fail(pipeline.Corrupt, "frames_missing", "", "%d frames of %d decode", d.Frames, made.Frames)
	}
	made.check(checkDecode, "%d frames decoded without a fault", d.Frames)
	return &made.MadeFile, nil
}

// checkDecode is the check that a file was decoded whole.
const checkDecode = "decode"

// checked is a file while it is being proven.
type checked struct{ pipeline.MadeFile }

func (c *checked) check(name, detail string, args ...any) {
	c.Checks = append(c.Checks, pipeline.Check{Name: name, OK: true, Detail: fmt.Sprintf(detail, args...)})
}

// checkTables reads the file back: order of boxes, frames, and every packet
// against the pieces it was copied from.
func (in *assemblyInput) checkTables(made *checked, p pieces) error {
	f, err := os.Open(in.local(clipFile))
	if err != nil {
		return disk(err, "read the clip")
	}
	defer f.Close()
	if err := checkBoxes(f); err != nil {
		return err
	}
	made.check("layout", "index first, no edit list")
	whole, err := readTrack(f, "vide")
	if err != nil {
		return err
	}
	shown, err := checkFrames(whole.samples, in.rate().FrameTicks())
	if err != nil {
		return err
	}
	made.Frames = int64(len(shown))
	if want := in.clip.Window().Frames(); made.Frames != want {
		return pipeline.Fail(pipeline.Corrupt, "frames_missing", "", "the clip has %d frames of %d", made.Frames, want)
	}
	made.check("frames", "%d of %d, constant rate %s", made.Frames, made.Frames, in.rate())
	if err := samePackets(f, whole.samples, picturePieces(p.pictures)); err != nil {
		return err
	}
	if p.sound != nil {
		if err := in.checkSound(f, made, p.sound); err != nil {
			return err
		}
	}
	made.check("packets", "every packet is its segment's")
	return nil
}

func picturePieces(pictures []Picture) []piece {
	var out []piece
	for _, p := range pictures {
		out = append(out, p.piece)
	}
	return out
}

func (in *assemblyInput) checkSound(f file, made *checked, s *SoundTrack) error {
	t, err := readTrack(f, "soun")
	if err != nil {
		return err
	}
	if err := samePackets(f, t.samples, []piece{s.track.piece}); err != nil {
		return err
	}
	want := timeline.DivRound(made.Frames, in.rate().Den*hertz, in.rate().Num)
	if got := s.Samples(); got < want-1 || got > want+packetSamples {
		return pipeline.Fail(pipeline.Corrupt, "sound_length", "", "the sound has %d samples of %d", got, want)
	}
	made.check("sound", "%d samples", s.Samples())
	return nil
}

// samePackets compares the hash of all packets of a track with that of the
// pieces it was copied from, sizes included.
func samePackets(f io.ReaderAt, got []sample, from []piece) error {
	a, err := packetHash([]piece{{from: f, samples: got}})
	if err != nil {
		return err
	}
	b, err := packetHash(from)
	if err != nil {
		return err
	}
	if a != b {
		return corrupt("packets of the clip are not those of its segments")
	}
	return nil
}

func packetHash(pieces []piece) (string, error) {
	h := sha256.New()
	buffer := make([]byte, 256<<10)
	var sizes []byte
	for _, p := range pieces {
		for _, s := range p.samples {
			sizes = binary.BigEndian.AppendUint32(sizes, s.size)
		}
		walk := cursor{pieces: []piece{p}}
		for left := len(p.samples); left > 0; {
			r, n := walk.take(left)
			if err := r.copy(h, buffer); err != nil {
				return "", err
			}
			left -= n
		}
	}
	h.Write(sizes)
	return hex.EncodeToString(h.Sum(nil)), nil
}

// checkSize compares the picture's size with the look's.
func (s *Assembly) checkSize(in *assemblyInput, made *checked, p pieces) error {
	canvas, ok := placed(in.recording.Media.Video, in.variant.Look.Aspect, in.variant.Look.Layout, s.scale())
	made.Width, made.Height = p.pictures[0].width, p.pictures[0].height
	if !ok || int64(made.Width) != canvas.Width || int64(made.Height) != canvas.Height {
		return corrupt("the clip is %dx%d where %dx%d was asked for", made.Width, made.Height, canvas.Width, canvas.Height)
	}
	made.check("size", "%dx%d", made.Width, made.Height)
	return nil
}

// checkProbe asks ffprobe what a player would see.
func (s *Assembly) checkProbe(ctx context.Context, in *assemblyInput, made *checked) error {
	p, err := s.FFmpeg.Probe(ctx, in.local(clipFile))
	if err != nil {
		return err
	}
	v, has := p.Video()
	sounds := 0
	for _, st := range p.Streams {
		if st.Type == "audio" && st.Codec == "aac" && st.SampleRate == hertz {
			sounds++
		}
	}
	if !has || v.Codec != "h264" || v.PixFmt != "yuv420p" || v.Width != made.Width || v.Height != made.Height ||
		v.Rate != in.rate() || v.Average != in.rate() || (sounds == 1) != (in.variant.Sound != "") || len(p.Streams) != 1+sounds {
		return corrupt("the clip is %s %s %dx%d at %s (%s on average) with %d streams", v.Codec, v.PixFmt, v.Width, v.Height, v.Rate, v.Average, len(p.Streams))
	}
	made.check("probe", "h264 %dx%d at %s, %d streams", v.Width, v.Height, v.Rate, len(p.Streams))
	return nil
}
