package render

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
)

// spent is the processor time of this process and its children so far, user
// and system. Wall time says nothing on a machine that does other things.
func spent() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}

func cost(f func()) float64 {
	before := spent()
	f()
	return (spent() - before).Seconds()
}

var benchHooks = []string{"Nobody saw this coming", "Fifty plates in one minute", "Wait for the last one", "This is why we queue", "The price was wrong"}

// theMatrix is a core of 75 s with shorts of 20, 25 and 20 s inside it, in
// three aspects, two styles and five hooks: 120 variants, at half size.
func theMatrix(b *testing.B) (*mill, pipeline.Video, string) {
	b.Helper()
	file := draw(b, source{rate: "30", seconds: 82, size: "960x540", video: ",noise=alls=4:allf=t",
		encode: []string{"-c:v", "libx264", "-preset", "superfast", "-crf", "20", "-g", "60", "-bf", "2", "-pix_fmt", "yuv420p"}})
	md := media(timeline.Rate30, 82, 960, 540, true)
	w := func(in, seconds int64) timeline.Window { return timeline.Window{In: in, Out: in + 30*seconds} }
	m := newMill(b, file, md, w(100, 75), w(400, 20), w(1000, 25), w(1700, 20))
	m.bench.Scale = 2
	for i := range m.clips {
		for _, h := range benchHooks {
			m.clips[i].Hooks = append(m.clips[i].Hooks, pipeline.Hook{Text: h, From: "flag"})
		}
	}
	m.keepClips()
	m.words(benchWords("seven")...)
	m.brief(pipeline.Brief{Aspects: []string{"9:16", "1:1", "16:9"}, Styles: []string{"karaoke", "phrase"}})
	return m, md.Video, file
}

// benchWords speak all the time; the word at 40 s is given.
func benchWords(fourtieth string) []captions.Word {
	lines := strings.Fields("come closer and look at this one here, it is the last of them. nobody makes it like we do, and tonight it is yours!")
	var out []captions.Word
	for at, n := int64(5), 0; at < 2440; at, n = at+12, n+1 {
		word := lines[n%len(lines)]
		if at >= 1200 && at < 1212 {
			word = fourtieth
		}
		out = append(out, captions.Word{Text: word, Start: at, End: at + 11})
	}
	return out
}

// naive makes one variant's pictures by one plain process: the same filters
// and encoder, from the same excerpt.
func naive(b *testing.B, m *mill, v pipeline.Variant, file string) {
	b.Helper()
	mt := material{recording: m.rec, moment: m.moment, clips: m.clips, fonts: m.bench.Fonts, scale: 2, variants: map[string][]pipeline.Variant{},
		transcripts: []captions.Transcript{{Language: "en", Words: benchWords("seven")}}, brief: pipeline.Brief{}}
	d := newDrafter(mt)
	c := m.clip(v)
	v.Made = &pipeline.MadeFile{}
	x := d.draft(draft{variant: v, clip: c, wanted: true}, Segments(c.Window(), d.cuts), "")
	o := d.run([]strand{{Canvas: x.canvas, Script: d.script(v.Look.Aspect, x.events, c.Window()), Segments: x.refs}})
	dir := b.TempDir()
	s := Run{m.bench}
	if err := s.prepare(o, dir); err != nil {
		b.Fatal(err)
	}
	args := arguments(o, file, Encoder(), timeline.Rate30, 2)
	if _, err := m.bench.FFmpeg.Run(b.Context(), ffmpeg.Command{Args: args, Dir: dir, Read: []string{file}}); err != nil {
		b.Fatal(err)
	}
}

// naiveSound is what one plain process spends on one variant's sound.
func naiveSound(b *testing.B, file string, w timeline.Window) {
	b.Helper()
	command(b, "ffmpeg", "-v", "error", "-y", "-ss", fmt.Sprint(10+timeline.Rate30.Duration(w.In).Seconds()), "-i", file, "-t", fmt.Sprint(timeline.Rate30.Duration(w.Frames()).Seconds()),
		"-vn", "-c:a", "aac", "-b:a", "192k", filepath.Join(b.TempDir(), "a.m4a"))
}

// BenchmarkMatrix compares, in one run, making every variant of a moment here
// with one plain process a variant. The plain processes are sampled: the first
// short in each look, in processor seconds a picture.
func BenchmarkMatrix(b *testing.B) {
	for range b.N {
		m, _, file := theMatrix(b)
		matrix := cost(func() { m.whole() })
		made := m.made()
		if len(made) != 120 {
			b.Fatalf("%d variants, want 120", len(made))
		}
		var pictures, distinct, sampled int64
		seen, looks := map[string]bool{}, map[pipeline.Look]bool{}
		var samples []pipeline.Variant
		for _, v := range made {
			pictures += v.Made.Frames
			for _, s := range v.Segments {
				if !seen[s.Recipe] {
					seen[s.Recipe] = true
					distinct += s.Frames()
				}
			}
			if m.clip(v).ID == m.clips[1].ID && !looks[v.Look] {
				looks[v.Look] = true
				samples = append(samples, v)
				sampled += v.Made.Frames
			}
		}
		plain := cost(func() {
			for _, v := range samples {
				naive(b, m, v, file)
			}
		}) / float64(sampled)
		sound := cost(func() { naiveSound(b, file, m.clips[1].Window()) }) / float64(m.clips[1].Window().Frames())
		all := (plain + sound) * float64(pictures)
		b.ReportMetric(matrix/all, "matrix/naive")
		b.ReportMetric(matrix/(plain*float64(distinct)), "matrix/distinct")
		b.ReportMetric(float64(distinct)/float64(pictures), "distinct/pictures")

		m.words(benchWords("eight")...)
		var edited int64
		caption := cost(func() { edited = m.whole().frames })
		b.ReportMetric(float64(edited), "caption-frames")
		b.ReportMetric(caption/matrix, "caption/matrix")
		for i := range m.clips {
			m.clips[i].Hooks = append(m.clips[i].Hooks, pipeline.Hook{Text: "One more reason to stay", From: "flag"})
		}
		m.keepClips()
		hook := cost(func() { m.whole() })
		b.ReportMetric(hook/matrix, "hook/matrix")
		b.ReportMetric(matrix, "matrix-cpu-s")
		b.ReportMetric(all, "naive-cpu-s(sampled)")
		again := cost(func() {
			if s := m.whole(); s.frames != 0 {
				b.Errorf("%d frames encoded again", s.frames)
			}
		})
		b.ReportMetric(again, "second-round-cpu-s")
	}
}

// BenchmarkAssembly compares assembling one core with ffmpeg's concat demuxer
// over the same segments and sound.
func BenchmarkAssembly(b *testing.B) {
	file := draw(b, source{rate: "30", seconds: 66, size: "480x270"})
	m := newMill(b, file, media(timeline.Rate30, 66, 480, 270, true), timeline.Window{In: 60, Out: 60 + 61*30})
	m.whole()
	v := m.made()[0]
	dir := b.TempDir()
	var list strings.Builder
	for _, s := range v.Segments {
		fmt.Fprintf(&list, "file '%s'\n", m.data.Path(storage.SegmentKey(s.Digest)))
	}
	if err := os.WriteFile(filepath.Join(dir, "list.txt"), []byte(list.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	sound := m.data.Path(storage.SegmentKey(m.sound(v).Digest))
	const times = 10
	for range b.N {
		ours := cost(func() {
			for range times {
				assembleOnce(b, m, v, filepath.Join(dir, "ours.mp4"))
			}
		})
		theirs := cost(func() {
			for range times {
				command(b, "ffmpeg", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", filepath.Join(dir, "list.txt"), "-i", sound, "-map", "0:v", "-map", "1:a",
					"-c", "copy", "-movflags", "+faststart", filepath.Join(dir, "theirs.mp4"))
			}
		})
		b.ReportMetric(ours/theirs, "assembly/concat")
		b.ReportMetric(ours/times*1000, "assembly-cpu-ms")
	}
}

// assembleOnce reads the segments and writes the file, without its proofs.
func assembleOnce(b *testing.B, m *mill, v pipeline.Variant, to string) {
	b.Helper()
	var pictures []Picture
	for _, s := range v.Segments {
		raw, err := os.ReadFile(m.data.Path(storage.SegmentKey(s.Digest)))
		if err != nil {
			b.Fatal(err)
		}
		p, err := OpenSegment(bytes.NewReader(raw), timeline.Rate30)
		if err != nil {
			b.Fatal(err)
		}
		pictures = append(pictures, p)
	}
	raw, err := os.ReadFile(m.data.Path(storage.SegmentKey(m.sound(v).Digest)))
	if err != nil {
		b.Fatal(err)
	}
	sound, err := OpenSound(bytes.NewReader(raw))
	if err != nil {
		b.Fatal(err)
	}
	f, err := os.Create(to)
	if err != nil {
		b.Fatal(err)
	}
	if err := Assemble(f, pictures, sound, timeline.Rate30); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}
