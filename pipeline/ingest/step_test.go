package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/recording"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// dock is a step over a real catalogue, and a folder for recordings.
type dock struct {
	*Step
	db     *catalog.DB
	folder string
	added  []pipeline.Recording
}

func newDock(t *testing.T) *dock {
	t.Helper()
	d := &dock{folder: t.TempDir()}
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	runner, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	sources := func(_ context.Context, source string) (storage.Bucket, error) { return dir.OpenExisting(source) }
	d.db, d.Step = db, &Step{Catalog: db, Sources: sources, Shelf: d, FFmpeg: runner, Temp: t.TempDir()}
	return d
}

// Add implements Shelf.
func (d *dock) Add(r pipeline.Recording, rec *recording.Recording) {
	d.added = append(d.added, r)
	_ = rec.Close()
}

// draw makes a recording in the folder by ffmpeg's own sources.
func (d *dock) draw(t *testing.T, name string, args ...string) {
	t.Helper()
	all := append(append([]string{"-v", "error", "-y"}, args...), filepath.Join(d.folder, name))
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", all...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", all, err, out)
	}
}

func (d *dock) ingest(t *testing.T, name string, brief pipeline.Brief) (pipeline.Recording, catalog.Outcome, error) {
	t.Helper()
	doc, err := json.Marshal(Request{Creator: "local", Source: d.folder, Key: name, Name: name, Brief: brief})
	if err != nil {
		t.Fatal(err)
	}
	var row catalog.Work
	d.write(t, func(tx *catalog.Tx) error {
		_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Ingest, Subject: name, Input: pipeline.Mint(pipeline.RoundID), Priority: 3, Doc: doc})
		return err
	})
	w, err := d.db.Claim(t.Context(), 1e12)
	if err != nil || w == nil {
		t.Fatal(err)
	}
	row = *w
	out, err := d.Do(t.Context(), row, func(float64) {})
	var rec pipeline.Recording
	if err == nil {
		d.write(t, func(tx *catalog.Tx) (err error) {
			if err = out.Keep(tx); err == nil {
				rec, err = tx.Recording(out.Next[0].Subject)
			}
			return err
		})
	}
	d.write(t, func(tx *catalog.Tx) error { return tx.Finish(row) })
	return rec, out, err
}

func (d *dock) write(t *testing.T, f func(*catalog.Tx) error) {
	t.Helper()
	if err := d.db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// show is the arguments of a small recording.
func show(seconds string, more ...string) []string {
	args := []string{"-f", "lavfi", "-i", "testsrc2=s=160x120:r=25", "-f", "lavfi", "-i", "sine=300:r=48000", "-t", seconds,
		"-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac"}
	return append(args, more...)
}

func TestARecordingIsWhatItsProbeSays(t *testing.T) {
	t.Parallel()
	d := newDock(t)
	for _, c := range []struct {
		why, name string
		args      []string
		check     func(pipeline.Recording) bool
	}{
		{"a plain one", "a.mp4", show("16"), func(r pipeline.Recording) bool {
			m := r.Media
			return m.Container == "mp4" && m.Rate == timeline.Rate25 && m.Frames == 400 && !m.Video.Variable && m.Video.Codec == "h264" &&
				m.Video.Width == 160 && m.Video.SAR == timeline.NewRate(1, 1) && m.Video.Interlaced == "" && m.Video.PixFmt == "yuv420p" &&
				len(m.Audio) == 1 && m.Audio[0].SampleRate == 48000 && len(m.Pieces) == 1 && len(r.Notes) == 0 && r.State == pipeline.RecordingSealed
		}},
		{"pixels that are not square", "sar.mkv", show("16", "-vf", "setsar=4/3"), func(r pipeline.Recording) bool {
			w, h := r.Media.Video.Shown()
			return r.Media.Container == "matroska" && w == 213 && h == 120
		}},
		{"two fields a picture", "i.ts", show("16", "-flags", "+ilme+ildct", "-x264opts", "tff=1"), func(r pipeline.Recording) bool {
			return r.Media.Container == "mpegts" && r.Media.Video.Interlaced == "tt"
		}},
		{"high dynamic range", "hdr.mkv", show("16", "-pix_fmt", "yuv420p10le", "-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc"), func(r pipeline.Recording) bool {
			return r.Media.Video.IsHDR() && r.Media.Video.Matrix == "bt2020nc" && r.Media.Video.Primaries == "bt2020"
		}},
		{"no sound", "mute.mp4", show("16", "-an"), func(r pipeline.Recording) bool { return len(r.Media.Audio) == 0 && len(r.Notes) == 0 }},
		{"sound nobody reads", "odd.mkv", show("16", "-c:a", "wmav2"), func(r pipeline.Recording) bool {
			return len(r.Media.Audio) == 0 && len(r.Notes) == 1 && r.Notes[0].Code == "sound_unreadable"
		}},
	} {
		d.draw(t, c.name, c.args...)
		rec, out, err := d.ingest(t, c.name, pipeline.Brief{})
		if err != nil {
			t.Errorf("%s: %v", c.why, err)
			continue
		}
		if !c.check(rec) {
			t.Errorf("%s: %+v, notes %v", c.why, rec.Media, rec.Notes)
		}
		if n := out.Next[0]; n.Recording != rec.ID || n.Priority != 3 || n.Input == "" {
			t.Errorf("%s: passed on %+v", c.why, n)
		}
		if n := len(d.added); n == 0 || d.added[n-1].Version != rec.Version {
			t.Errorf("%s: not on the shelf", c.why)
		}
	}
	left, err := os.ReadDir(d.Temp)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestAPhonesRotationIsKnown(t *testing.T) {
	t.Parallel()
	d := newDock(t)
	d.draw(t, "flat.mp4", show("16")...)
	// ffmpeg 5.1 writes rotate=90 as a turn against the clock (looked at).
	d.draw(t, "turned.mp4", "-i", filepath.Join(d.folder, "flat.mp4"), "-c", "copy", "-metadata:s:v", "rotate=90")
	rec, _, err := d.ingest(t, "turned.mp4", pipeline.Brief{})
	if err != nil || rec.Media.Video.Rotation != 270 {
		t.Errorf("rotation %d, %v", rec.Media.Video.Rotation, err)
	}
}

func TestWhatCannotBeARecordingIsRefusedWithAHint(t *testing.T) {
	t.Parallel()
	d := newDock(t)
	d.draw(t, "short.mp4", show("9")...)
	d.draw(t, "sound.mp4", "-f", "lavfi", "-i", "sine=300", "-t", "20", "-c:a", "aac")
	d.draw(t, "tiny.mkv", show("16", "-vf", "scale=8:8")...)
	d.draw(t, "codec.mkv", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25", "-t", "16", "-c:v", "msmpeg4v3")
	d.draw(t, "foreign.mkv", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25", "-t", "16", "-c:v", "wmv2")
	for name, body := range map[string]string{"empty.mp4": "", "notes.mp4": "Dear diary", "list.mp4": "#EXTM3U\n#EXTINF:10,\n/etc/passwd\n"} {
		if err := os.WriteFile(filepath.Join(d.folder, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(d.folder, "folder.mp4"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, code string
		kind       pipeline.Kind
	}{
		{"short.mp4", "too_short", pipeline.Invalid}, {"sound.mp4", "no_picture", pipeline.Invalid}, {"tiny.mkv", "picture_size", pipeline.Invalid},
		{"codec.mkv", "unknown_codec", pipeline.Invalid}, {"foreign.mkv", "unknown_codec", pipeline.Invalid}, {"empty.mp4", "empty_file", pipeline.Invalid}, {"notes.mp4", "not_a_recording", pipeline.Invalid},
		{"list.mp4", "not_a_recording", pipeline.Invalid}, {"missing.mp4", "no_such_recording", pipeline.NotFound}, {"folder.mp4", "no_such_recording", pipeline.NotFound},
		{"", "no_such_recording", pipeline.NotFound},
	} {
		_, _, err := d.ingest(t, c.name, pipeline.Brief{})
		e := pipeline.AsError(err, pipeline.Ingest)
		if err == nil || e.Code != c.code || !errors.Is(err, c.kind) || e.Hint == "" || strings.Contains(e.Detail, "\n") {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
	d.write(t, func(tx *catalog.Tx) error {
		if all, err := tx.Recordings(); err != nil || len(all) != 0 {
			t.Errorf("kept %v, %v", all, err)
		}
		return nil
	})
}

// So `dropcut inspect` shows the marks of one that gives no clip.
func TestAShortRecordingIsTakenInWhereItIsOnlyLookedAt(t *testing.T) {
	t.Parallel()
	d := newDock(t)
	d.draw(t, "short.mp4", show("2")...)
	d.Least = time.Nanosecond
	rec, _, err := d.ingest(t, "short.mp4", pipeline.Brief{})
	if err != nil || rec.Media.Frames == 0 {
		t.Fatalf("%+v, %v", rec, err)
	}
	if len(rec.Notes) != 1 || rec.Notes[0].Code != "too_short" || !strings.Contains(rec.Notes[0].Detail, "nothing can be cut from it") {
		t.Errorf("notes %+v", rec.Notes)
	}
}

func TestTheSameBytesAreOneRecording(t *testing.T) {
	t.Parallel()
	d := newDock(t)
	d.draw(t, "show.mp4", show("16")...)
	first, _, err := d.ingest(t, "show.mp4", pipeline.Brief{Shorts: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(d.folder, "show.mp4"), filepath.Join(d.folder, "renamed.mp4")); err != nil {
		t.Fatal(err)
	}
	second, _, err := d.ingest(t, "renamed.mp4", pipeline.Brief{Shorts: 2})
	if err != nil || second.ID != first.ID || second.Name != "renamed.mp4" || second.Key != "renamed.mp4" || second.Folder != first.Folder || second.Media.Frames != first.Media.Frames {
		t.Errorf("under another name: %+v, %v", second, err)
	}
	d.write(t, func(tx *catalog.Tx) error {
		if b, err := tx.Brief(first.ID); err != nil || b.Shorts != 2 {
			t.Errorf("brief %+v, %v", b, err)
		}
		return nil
	})
	if len(d.added) != 1 {
		t.Errorf("opened %d times", len(d.added))
	}
	d.draw(t, "show.mp4", show("17")...)
	other, _, err := d.ingest(t, "show.mp4", pipeline.Brief{})
	if want := "show-" + storage.Hex(other.Fingerprint)[:4]; err != nil || other.ID == first.ID || other.Folder != want {
		t.Errorf("other bytes under the same name: %+v, %v", other, err)
	}
}

func TestTwoThatIngestTheSameBytesAtOnceAgree(t *testing.T) {
	t.Parallel()
	d := newDock(t)
	d.draw(t, "a.mp4", show("16")...)
	body, err := os.ReadFile(filepath.Join(d.folder, "a.mp4"))
	if err == nil {
		err = os.WriteFile(filepath.Join(d.folder, "b.mp4"), body, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	var rows []catalog.Work
	var outs []catalog.Outcome
	for _, name := range []string{"a.mp4", "b.mp4"} {
		doc, _ := json.Marshal(Request{Creator: "local", Source: d.folder, Key: name, Name: name})
		d.write(t, func(tx *catalog.Tx) error {
			_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Ingest, Subject: name, Input: "round", Doc: doc})
			return err
		})
		w, err := d.db.Claim(t.Context(), 1e12)
		if err != nil || w == nil {
			t.Fatal(err)
		}
		out, err := d.Do(t.Context(), *w, func(float64) {})
		if err != nil {
			t.Fatal(err)
		}
		rows, outs = append(rows, *w), append(outs, out)
	}
	for i := range rows {
		d.write(t, func(tx *catalog.Tx) error { return errors.Join(outs[i].Keep(tx), tx.Finish(rows[i])) })
	}
	if outs[0].Next[0].Subject != outs[1].Next[0].Subject || outs[1].Next[0].Recording != outs[0].Next[0].Subject {
		t.Errorf("two recordings: %v and %v", outs[0].Next, outs[1].Next)
	}
}

func TestWhatOthersKeptMeanwhileStands(t *testing.T) {
	t.Parallel()
	d := newDock(t)
	d.draw(t, "a.mp4", show("16")...)
	first, _, err := d.ingest(t, "a.mp4", pipeline.Brief{})
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := json.Marshal(Request{Creator: "local", Source: d.folder, Key: "a.mp4", Name: "renamed"})
	d.write(t, func(tx *catalog.Tx) error {
		_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Ingest, Subject: "a.mp4", Input: "another round", Doc: doc})
		return err
	})
	w, err := d.db.Claim(t.Context(), 1e12)
	if err != nil || w == nil {
		t.Fatal(err)
	}
	out, err := d.Do(t.Context(), *w, func(float64) {})
	if err != nil {
		t.Fatal(err)
	}
	d.write(t, func(tx *catalog.Tx) error { // a detection of an earlier round ends just now
		first.State, first.Notes = pipeline.RecordingDetected, []pipeline.Note{{Code: "theirs"}}
		return tx.PutRecording(first)
	})
	d.write(t, func(tx *catalog.Tx) error {
		if err := out.Keep(tx); err != nil {
			return err
		}
		now, err := tx.Recording(first.ID)
		if len(now.Notes) != 1 || now.State != pipeline.RecordingDetected || now.Name != "renamed" {
			t.Errorf("kept %+v", now)
		}
		return err
	})
}

func TestFoldersAreUniquePerCreator(t *testing.T) {
	hex := func(s string) string { return "sha256:" + s + strings.Repeat("0", 64-len(s)) }
	taken := []pipeline.Recording{{ID: "r_1", Creator: "a", Folder: "Show"}, {ID: "r_2", Creator: "a", Folder: "show-abcd"}, {ID: "r_3", Creator: "b", Folder: "other"}}
	for _, c := range []struct{ why, name, print, want string }{
		{"free", "new.mp4", hex("abcd"), "new"},
		{"taken, but for case", "show.mkv", hex("1234"), "show-1234"},
		{"taken twice", "show.mkv", hex("abcdef01"), "show-abcdef01"},
		{"another creator's", "other.ts", hex("1"), "other"},
		{"nothing left of the name", "....mp4", hex("1"), "recording"},
		{"no way out of the folder", "../../etc/x.mp4", hex("1"), "etc-x"},
	} {
		if got := folderFor(pipeline.Recording{ID: "r_9", Creator: "a", Name: c.name, Fingerprint: c.print}, taken); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

func TestTheSamplesAreTaken(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "samples", "media")
	if _, err := os.Stat(root); err != nil {
		t.Skip("the sample recordings are not here")
	}
	d := newDock(t)
	for _, c := range []struct {
		file  string
		check func(pipeline.Recording) bool
	}{
		{"people/example.mp4", func(r pipeline.Recording) bool { return r.Media.Rate == timeline.Rate30 }},
		{"people/car-detection.mp4", func(r pipeline.Recording) bool { return r.Media.Rate == timeline.Rate30 && len(r.Media.Audio) == 1 }},
		{"timing/movie_300.mp4", func(r pipeline.Recording) bool { return r.Media.Rate == timeline.Rate24 }},
		{"scene/test-optimization.mp4", func(r pipeline.Recording) bool {
			return r.Media.Video.SAR == timeline.NewRate(3, 4) && r.Media.Video.PixFmt == "yuvj444p"
		}},
		{"scene/scene-change.mov", func(r pipeline.Recording) bool { return r.Media.Video.Codec == "mjpeg" }},
		{"webm/big-buck-bunny_trailer.webm", func(r pipeline.Recording) bool { return r.Media.Audio[0].Codec == "vorbis" }},
		{"av1/long_180p_av1.mp4", func(r pipeline.Recording) bool { return r.Media.Rate == timeline.Rate60 }},
	} {
		d.folder = filepath.Join(root, filepath.Dir(c.file))
		rec, _, err := d.ingest(t, filepath.Base(c.file), pipeline.Brief{})
		if err != nil || !c.check(rec) {
			t.Errorf("%s: %+v, %v", c.file, rec.Media, err)
		}
	}
	if !slices.ContainsFunc(d.added, func(r pipeline.Recording) bool { return r.Name == "example.mp4" }) {
		t.Error("nothing reached the shelf")
	}
}
