package detect

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/marks"
	"dropcut/pipeline/recording"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// draw makes a recording from lavfi sources, in Matroska or MP4 by its name.
func draw(t *testing.T, name, picture, sound string) string {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	path := filepath.Join(t.TempDir(), name)
	args := []string{"-v", "error", "-f", "lavfi", "-i", picture}
	if sound != "" {
		args = append(args, "-f", "lavfi", "-i", sound, "-c:a", "aac")
	}
	args = append(args, "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p", "-shortest", path)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("draw %s: %v\n%s", name, err, out)
	}
	return path
}

// bench is a step over a real folder and catalogue, with one recording in it.
type bench struct {
	*Step
	db    *catalog.DB
	rec   pipeline.Recording
	brief pipeline.Brief
}

func newBench(t *testing.T, path string) *bench {
	t.Helper()
	ctx := context.Background()
	runner, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Skip(err)
	}
	db, err := catalog.Open(ctx, filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	data, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	source, err := dir.OpenExisting(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	o, err := source.Stat(ctx, filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	shelf := recording.NewShelf(t.TempDir(), func(context.Context, pipeline.Recording) (recording.Source, error) {
		return storage.NewRanged(source, o), nil
	})
	t.Cleanup(shelf.Close)
	b := &bench{Step: &Step{Catalog: db, Data: data, Shelf: shelf, FFmpeg: runner, Temp: t.TempDir()}, db: db}
	b.rec = pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: "local", Fingerprint: path, Key: o.Key, Version: o.Version,
		Name: filepath.Base(path), Size: o.Size, State: pipeline.RecordingSealed, Media: probed(t, runner, shelf, path, o)}
	b.keep(t, func(tx *catalog.Tx) error { return tx.PutRecording(b.rec) })
	return b
}

// probed is what ingest would learn, as far as detect needs it.
func probed(t *testing.T, runner *ffmpeg.Runner, shelf *recording.Shelf, path string, o storage.Object) pipeline.Media {
	t.Helper()
	ctx := context.Background()
	opened, err := shelf.Open(ctx, pipeline.Recording{Key: o.Key, Version: o.Version})
	if err != nil {
		t.Fatal(err)
	}
	c := opened.Clock()
	m := pipeline.Media{Container: opened.Container(), Rate: c.Rate, Frames: c.Frames, Zero: c.Zero, Pieces: c.Pieces, Chapters: opened.Chapters()}
	p, err := runner.Probe(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Streams {
		switch s.Type {
		case "video":
			m.Video = pipeline.Video{Index: s.Index, Codec: s.Codec}
		case "audio":
			m.Audio = append(m.Audio, pipeline.Audio{Index: s.Index, Codec: s.Codec})
		}
	}
	return m
}

func (b *bench) keep(t *testing.T, f func(*catalog.Tx) error) {
	t.Helper()
	if err := b.db.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// sidecar puts a file of marks beside the recording.
func (b *bench) sidecar(t *testing.T, name string, body []byte, asked bool) {
	t.Helper()
	s := pipeline.Sidecar{Name: name, Digest: storage.DigestBytes(body), Asked: asked}
	if _, err := b.Data.Put(context.Background(), storage.SidecarKey(s.Digest), bytes.NewReader(body), s.Digest); err != nil {
		t.Fatal(err)
	}
	b.brief.Marks = append(b.brief.Marks, s)
}

// detect does the step once and keeps what it found.
func (b *bench) detect(t *testing.T) (marks []pipeline.Mark, moments []pipeline.Moment, out catalog.Outcome) {
	t.Helper()
	b.keep(t, func(tx *catalog.Tx) error { return tx.PutBrief(b.rec.ID, b.brief) })
	out, err := b.Do(context.Background(), catalog.Work{Kind: pipeline.Detect, Subject: b.rec.ID, Input: "o_1", Priority: 1000}, func(float64) {})
	if err != nil {
		t.Fatal(err)
	}
	b.keep(t, out.Keep)
	b.keep(t, func(tx *catalog.Tx) (err error) {
		if marks, err = tx.Marks(b.rec.ID); err != nil {
			return err
		}
		if b.rec, err = tx.Recording(b.rec.ID); err != nil {
			return err
		}
		moments, err = tx.MomentsOf(b.rec.ID)
		return err
	})
	if left, err := os.ReadDir(b.Temp); err != nil || len(left) > 0 {
		t.Errorf("left behind in the temporary folder: %v (%v)", left, err)
	}
	return marks, moments, out
}

func TestDeadAirIsSilenceOverAStillPicture(t *testing.T) {
	const clock = "color=black:s=320x180:r=25:d=30,drawbox=x='8+mod(floor(t)\\,8)*4':y=8:w=20:h=12:color=white:t=fill"
	for _, c := range []struct {
		name, file, picture, sound string
		dead                       bool
	}{
		{"black and digital silence", "a.mp4", "color=black:s=320x180:r=25:d=30", "anullsrc=d=30", true},
		{"a still picture with a small running clock", "b.mp4", clock, "anullsrc=d=30", true},
		{"hiss far below speech", "c.mp4", "color=gray:s=320x180:r=25:d=30", "anoisesrc=d=30:a=0.001", true},
		{"the negative control: a tone", "d.mp4", "color=black:s=320x180:r=25:d=30", "sine=d=30", false},
		{"a moving picture in silence", "e.mp4", "testsrc2=s=320x180:r=25:d=30", "anullsrc=d=30", false},
		{"no sound stream, a moving picture", "f.mp4", "testsrc2=s=320x180:r=25:d=30", "", false},
		{"no sound stream, a still picture", "g.mp4", "smptebars=s=320x180:r=25:d=30", "", true},
		{"one scene follows another in silence", "h.mp4", "color=black:s=320x180:r=25:d=30,drawbox=enable='gte(t\\,12)':color=white:t=fill", "anullsrc=d=30", false},
		{"Matroska", "j.mkv", "color=black:s=320x180:r=25:d=30", "anullsrc=d=30", true},
		{"Matroska, its negative control", "k.mkv", "testsrc2=s=320x180:r=25:d=30", "anullsrc=d=30", false},
		{"MPEG-TS, whose clock begins above zero", "l.ts", "color=black:s=320x180:r=25:d=30", "aevalsrc='0.2*sin(880*t)*lt(t,4)':d=30", true},
		{"MPEG-TS, its negative control", "m.ts", "color=black:s=320x180:r=25:d=30", "aevalsrc='0.2*sin(880*t)*gt(t,12)*lt(t,14)':d=30", false},
		{"FLV", "n.flv", "color=black:s=320x180:r=25:d=30", "anullsrc=d=30", true},
		{"FLV, its negative control", "o.flv", "color=black:s=320x180:r=25:d=30", "sine=d=30", false},
		{"sound on one side only, in antiphase", "i.mp4", "color=black:s=320x180:r=25:d=30", "aevalsrc='0.2*sin(880*t)|-0.2*sin(880*t)':d=30", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, draw(t, c.file, c.picture, c.sound))
			b.brief.Flags = []string{"0:20 there"}
			marks, moments, out := b.detect(t)
			if len(marks) != 1 || (marks[0].UnusedCode == UnusedDeadAir) != c.dead || marks[0].Used() == c.dead {
				t.Fatalf("%+v", marks)
			}
			if c.dead && (len(moments) != 0 || len(out.Next) != 1 || out.Next[0].Subject != b.rec.ID) {
				t.Errorf("moments %+v, next %+v", moments, out.Next)
			}
			if !c.dead && (len(moments) != 1 || out.Next[0].Subject != moments[0].ID) {
				t.Errorf("moments %+v, next %+v", moments, out.Next)
			}
		})
	}
}

func TestARangeThatWasAskedForIsKeptAndOnlyNoted(t *testing.T) {
	b := newBench(t, draw(t, "a.mp4", "color=black:s=320x180:r=25:d=30", "anullsrc=d=30"))
	b.brief.Flags = []string{"0:05-0:25 mine"}
	for range 2 {
		marks, moments, out := b.detect(t)
		if !marks[0].Used() || len(moments) != 1 || !moments[0].Given || len(moments[0].Notes) != 1 || moments[0].Notes[0].Code != UnusedDeadAir {
			t.Fatalf("%+v\n%+v", marks, moments)
		}
		if len(out.Next) != 1 || out.Next[0].Subject != moments[0].ID {
			t.Errorf("%+v", out.Next)
		}
	}
}

func TestWhatWasLookedAtIsNotReadAgain(t *testing.T) {
	b := newBench(t, draw(t, "a.mp4", "color=black:s=320x180:r=25:d=60,drawbox=enable='gte(t\\,30)':color=white:t=fill", "aevalsrc='0.2*sin(880*t)*gte(t,30)':d=60"))
	b.brief.Flags = []string{"0:20 dead", "0:55 alive"}
	first, _, _ := b.detect(t)
	b.Shelf, b.FFmpeg = nil, nil // touching either now would crash
	again, _, _ := b.detect(t)
	for i := range first {
		if first[i].Unused != again[i].Unused || first[i].UnusedCode != again[i].UnusedCode {
			t.Errorf("%+v became %+v", first[i], again[i])
		}
	}
	if first[0].Used() || !first[1].Used() {
		t.Errorf("%+v", first)
	}
}

func TestAVerdictHoldsHoweverManySurerMarksThereAre(t *testing.T) {
	var all []found
	known := map[press]verdict{}
	for i := range mostJudged {
		m := point(marks.SourceFlag, float64(100+60*i), "")
		all, known[pressOf(m.Mark)] = append(all, m), verdict{}
	}
	all = append(all, point(marks.SourceFlag, 5000, "never looked at"), point(marks.SourceTwitch, 20, "dead"))
	known[pressOf(all[len(all)-1].Mark)] = verdict{true, "nothing is heard"}
	var s Step
	if err := s.deafen(t.Context(), nil, pipeline.Media{}, all, known, ""); err != nil {
		t.Fatal(err)
	}
	if dead := all[len(all)-1]; dead.UnusedCode != UnusedDeadAir {
		t.Errorf("known to lie in dead air, and now %+v", dead.Mark)
	}
}

func TestAnUnreadableStretchGivesTheBenefitOfTheDoubt(t *testing.T) {
	path := draw(t, "a.mp4", "color=black:s=320x180:r=25:d=30", "anullsrc=d=30")
	b := newBench(t, path)
	b.rec.Media.Audio[0].Index = 7 // there is no such stream
	b.keep(t, func(tx *catalog.Tx) error { return tx.PutRecording(b.rec) })
	b.brief.Flags = []string{"0:20 there"}
	if marks, _, _ := b.detect(t); !marks[0].Used() {
		t.Errorf("%+v", marks)
	}
}

func TestTheStretchIsWhereTheEventMayLie(t *testing.T) {
	for _, c := range []struct {
		m        found
		from, to time.Duration
	}{
		{point(marks.SourceTwitch, 385, ""), sec(370), sec(388)},
		{point(marks.SourceTimestamps, 385, ""), sec(370), sec(400)},
		{point(marks.SourceChapter, 385, ""), sec(382), sec(400)},
		{point(marks.SourceFlag, 5, ""), 0, sec(8)},
		{ranged(marks.SourceFlag, 100, 130, ""), sec(100), sec(130)},
		{ranged(marks.SourceFlag, 100, 900, ""), sec(100), sec(220)},
	} {
		if from, to := stretch(c.m.Mark, sec(1200)); from != c.from || to != c.to {
			t.Errorf("%+v: %v to %v, want %v to %v", c.m.Mark, from, to, c.from, c.to)
		}
	}
}

func TestMovementIsMeasuredByArea(t *testing.T) {
	const size = pictureWidth * pictureHeight
	pictures := func(n int, paint func(i int, p []byte)) []byte {
		b := make([]byte, n*size)
		for i := range n {
			paint(i, b[i*size:(i+1)*size])
		}
		return b
	}
	blink := func(p []byte, x, y int, on bool) {
		for j := range block * block {
			if on {
				p[(y*block+j/block)*pictureWidth+x*block+j%block] = 255
			}
		}
	}
	if m := moved(nil); m != (movement{}) {
		t.Errorf("nothing moves by %+v", m)
	}
	one := moved(pictures(10, func(i int, p []byte) { blink(p, 3, 3, i%2 == 0) }))
	if one.area*rows*columns != 1 || !one.stands(still) {
		t.Errorf("one block that blinks: %+v", one)
	}
	once := moved(pictures(10, func(i int, p []byte) { blink(p, 3, 3, i > 4) }))
	if once.area != 0 {
		t.Errorf("one block that changes once: %+v", once)
	}
	cut := moved(pictures(10, func(i int, p []byte) {
		for k := range p {
			p[k] = byte(i / 5 * 200)
		}
	}))
	if cut.area != 0 || cut.cut != 1 || cut.stands(still) {
		t.Errorf("one hard cut: %+v", cut)
	}
	if q := quietShare(nil, 800*4, 10); q != 1 {
		t.Errorf("missing sound is silent to %v", q)
	}
}

func (b *bench) keepRecording(t *testing.T) {
	t.Helper()
	b.keep(t, func(tx *catalog.Tx) error { return tx.PutRecording(b.rec) })
}
