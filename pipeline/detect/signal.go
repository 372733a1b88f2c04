package detect

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
)

// What is looked at: pictures of 160 × 90, five a second, and sound of 8 kHz.
const (
	pictureWidth  = 160
	pictureHeight = 90
	pictureRate   = 5
	soundRate     = 8000
	soundStep     = 100 * time.Millisecond
)

// quietBelow is the level under which a tenth of a second is silence. Room tone
// of a good microphone lies at -60 dB, speech above -40 dB.
const quietBelow = -50.0

// silence is the share of a stretch in which nothing is heard, 0 … 1.
func (s *Step) silence(ctx context.Context, file recording.Slice, stream int, from, to time.Duration, dir string) (float64, error) {
	lo, hi := int64(from)-file.Shift, int64(to)-file.Shift
	steps := int64((to - from) / soundStep)
	graph := fmt.Sprintf("[0:%d]atrim=start=%s:end=%s,asetpts=PTS-(%s)/TB,aresample=%d:async=1:first_pts=0,"+
		"aformat=sample_fmts=s16:channel_layouts=stereo,apad=whole_dur=%s[a]",
		stream, ffmpeg.Seconds(lo), ffmpeg.Seconds(hi), ffmpeg.Seconds(lo), soundRate, ffmpeg.Seconds(hi-lo))
	name := "sound.raw"
	_, err := s.FFmpeg.Run(ctx, ffmpeg.Command{Dir: dir, Read: []string{file.Path}, Limits: looking(),
		Args: ffmpeg.Arguments(ffmpeg.Input{File: file.Path, Options: []ffmpeg.Option{{Name: "copyts"}, {Name: "vn"}}}, graph,
			ffmpeg.Output{Maps: []string{"[a]"}, File: name, Options: []ffmpeg.Option{{Name: "f", Value: "s16le"},
				{Name: "t", Value: ffmpeg.Seconds(hi - lo)}, {Name: "c:a", Value: "pcm_s16le"}}})})
	if err != nil {
		return 0, err
	}
	b, err := taken(filepath.Join(dir, name))
	if err != nil {
		return 0, err
	}
	const step = int(soundRate/(time.Second/soundStep)) * 4 // two channels of two bytes
	return quietShare(b, step, int(steps)), nil
}

// quietShare is the share of steps tenths of a second, each of step bytes of
// stereo 16-bit sound, that are silent on both channels. Missing sound is silence.
func quietShare(b []byte, step, steps int) float64 {
	if steps <= 0 {
		return 1
	}
	loud := 0
	for i := range min(steps, len(b)/step) {
		var energy [2]float64
		for j, at := 0, b[i*step:(i+1)*step]; j+4 <= step; j += 4 {
			for c := range 2 {
				v := float64(int16(binary.LittleEndian.Uint16(at[j+2*c:]))) / 32768
				energy[c] += v * v
			}
		}
		if 10*math.Log10(max(energy[0], energy[1])*4/float64(step)+1e-12) >= quietBelow {
			loud++
		}
	}
	return 1 - float64(loud)/float64(steps)
}

// movement is how a stretch of picture changes.
type movement struct {
	area float64 // share of the picture that goes on changing: blocks that change twice or oftener
	cut  float64 // share that changes at once, at most
}

// stands reports whether the picture stands still but for something small: a
// running clock, a cursor. most is the share that may go on changing.
func (m movement) stands(most float64) bool { return m.area <= most && m.cut <= hardCut }

// movement looks at the pictures of a stretch.
func (s *Step) movement(ctx context.Context, file recording.Slice, stream int, from, to time.Duration, dir string) (movement, error) {
	lo, hi := int64(from)-file.Shift, int64(to)-file.Shift
	// The end stands behind fps: in front of it, a gap would be filled up to the picture after it (docs/threats.md).
	graph := fmt.Sprintf("[0:%d]setpts=PTS-(%s)/TB,fps=%d:start_time=0,trim=end=%s,scale=%d:%d:flags=area,format=gray[v]",
		stream, ffmpeg.Seconds(lo), pictureRate, ffmpeg.Seconds(hi-lo), pictureWidth, pictureHeight)
	name := "pictures.raw"
	_, err := s.FFmpeg.Run(ctx, ffmpeg.Command{Dir: dir, Read: []string{file.Path}, Limits: looking(),
		Args: ffmpeg.Arguments(ffmpeg.Input{File: file.Path, Options: []ffmpeg.Option{{Name: "copyts"}, {Name: "an"},
			{Name: "skip_loop_filter", Value: "all"}}}, graph,
			ffmpeg.Output{Maps: []string{"[v]"}, File: name, Options: []ffmpeg.Option{{Name: "f", Value: "rawvideo"}, {Name: "c:v", Value: "rawvideo"},
				{Name: "frames:v", Value: strconv.FormatInt((hi-lo)*pictureRate/int64(time.Second)+1, 10)}}})})
	if err != nil {
		return movement{}, err
	}
	b, err := taken(filepath.Join(dir, name))
	if err != nil {
		return movement{}, err
	}
	return moved(b), nil
}

// The picture is judged in blocks, so that noise and coding do not count.
const (
	block   = 10 // pixels of a block's side
	changed = 8  // mean change of a block's pixels, of 255, that is a change
	columns = pictureWidth / block
	rows    = pictureHeight / block
)

// moved is how grey pictures, one behind the other in b, change. Measured over
// 18 s: a full-screen clock that counts seconds has an area of 0.15, a black
// screen with a timecode 0.02, the stillest scene with people 0.33.
func moved(b []byte) movement {
	const size = pictureWidth * pictureHeight
	var times [rows * columns]int
	var m movement
	for i := 0; (i+2)*size <= len(b); i++ {
		at := changedBlocks(b[i*size:(i+1)*size], b[(i+1)*size:(i+2)*size])
		n := 0
		for k, yes := range at {
			if yes {
				times[k]++
				n++
			}
		}
		m.cut = max(m.cut, float64(n)/float64(len(at)))
	}
	again := 0
	for _, n := range times {
		if n >= 2 {
			again++
		}
	}
	m.area = float64(again) / float64(len(times))
	return m
}

func changedBlocks(a, b []byte) (out [rows * columns]bool) {
	var sums [rows * columns]int
	for i := range a {
		d := int(a[i]) - int(b[i])
		sums[i/pictureWidth/block*columns+i%pictureWidth/block] += max(d, -d)
	}
	for k, s := range sums {
		out[k] = s > changed*block*block
	}
	return out
}

// looking bounds one look at a stretch.
func looking() ffmpeg.Limits {
	return ffmpeg.Limits{Wall: 2 * time.Minute, CPU: 2 * time.Minute, Memory: 4 << 30, File: 64 << 20}
}

// taken reads a file of the attempt's own folder and removes it.
func taken(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		return nil, pipeline.Fail(pipeline.NoRoom, "temp", "make room, then run again", "read what was decoded: %w", err)
	}
	return b, nil
}
