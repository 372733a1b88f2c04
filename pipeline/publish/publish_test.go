package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

// bench is a step over a real catalogue and folder, with one moment of one
// clip that has one made variant and one that is only offered.
type bench struct {
	*Step
	db      *catalog.DB
	folder  string
	rec     pipeline.Recording
	moment  pipeline.Moment
	clip    pipeline.Clip
	variant pipeline.Variant
}

func newBench(t *testing.T) *bench {
	t.Helper()
	folder := t.TempDir()
	db, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := dir.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = db.Close(), out.Close() })
	text := func(t captions.Transcript, _ timeline.Window, _ timeline.Rate) ([]byte, error) {
		return []byte(t.Words[0].Text), nil
	}
	b := &bench{Step: &Step{Catalog: db, Output: out, SRT: text, VTT: text, Dropcut: "test", FFmpeg: "test"}, db: db, folder: folder}
	b.rec = pipeline.Recording{ID: pipeline.Mint(pipeline.RecordingID), Creator: "local", Fingerprint: "sha256:1", Key: "s.mp4", Name: "s.mp4", Folder: "s",
		Media: pipeline.Media{Rate: timeline.Rate30, Frames: 9000, Video: pipeline.Video{Width: 320, Height: 180}}}
	b.moment = pipeline.Moment{ID: pipeline.Mint(pipeline.MomentID), Recording: b.rec.ID, Folder: "01-drop", Label: "drop", Window: timeline.Window{In: 900, Out: 3600}}
	b.clip = pipeline.Clip{ID: pipeline.Mint(pipeline.ClipID), Moment: b.moment.ID, Kind: pipeline.Short, N: 1, Revision: 1, Parts: []timeline.Window{{In: 1000, Out: 1600}}}
	b.variant = pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: b.clip.ID, State: pipeline.VariantMade, Lead: true, Look: look("karaoke")}
	b.write(t, func(tx *catalog.Tx) error {
		offered := pipeline.Variant{ID: pipeline.Mint(pipeline.VariantID), Clip: b.clip.ID, State: pipeline.VariantOffered, Look: look("phrase")}
		words := captions.Transcript{Language: "en", Words: []captions.Word{{Text: "hello", Start: 1100, End: 1130}}}
		return errors.Join(tx.PutRecording(b.rec), tx.PutBrief(b.rec.ID, pipeline.Brief{}), tx.PutMarks(b.rec.ID, nil), tx.PutMoment(b.moment),
			tx.PutClip(b.clip, false), tx.PutVariant(offered), tx.PutTranscripts(b.moment.ID, []captions.Transcript{words}))
	})
	b.made(t, "first")
	return b
}

func look(style string) pipeline.Look {
	return pipeline.Look{Aspect: "9:16", Layout: "fill", Style: style, Language: "en"}
}

func (b *bench) write(t *testing.T, f func(*catalog.Tx) error) {
	t.Helper()
	if err := b.db.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// made gives the variant a finished file with that content.
func (b *bench) made(t *testing.T, content string) string {
	t.Helper()
	key := "s/01-drop/short-1-" + content + ".mp4"
	digest := storage.DigestBytes([]byte(content))
	if _, err := b.Output.Put(t.Context(), key, strings.NewReader(content), digest); err != nil {
		t.Fatal(err)
	}
	b.variant.Made = &pipeline.MadeFile{Key: key, Digest: digest, Width: 1080, Height: 1920, Frames: 600, Bytes: int64(len(content))}
	b.write(t, func(tx *catalog.Tx) error { return tx.PutVariant(b.variant) })
	return filepath.Join(b.folder, filepath.FromSlash(key))
}

func (b *bench) publish(t *testing.T, round string) error {
	t.Helper()
	out, err := b.Do(t.Context(), catalog.Work{Kind: pipeline.Publish, Subject: b.moment.ID, Input: round}, nil)
	if err == nil {
		b.write(t, out.Keep)
	}
	return err
}

// now is the moment as it is kept.
func (b *bench) now(t *testing.T) (m pipeline.Moment) {
	t.Helper()
	b.write(t, func(tx *catalog.Tx) (err error) {
		m, err = tx.Moment(b.moment.ID)
		return err
	})
	return m
}

func (b *bench) manifestFile() string {
	return filepath.Join(b.folder, "s", "01-drop", "manifest.json")
}

func (b *bench) read(t *testing.T) pipeline.Manifest {
	t.Helper()
	text, err := os.ReadFile(b.manifestFile())
	var m pipeline.Manifest
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEverythingAManifestNamesExists(t *testing.T) {
	b := newBench(t)
	if err := b.publish(t, "one"); err != nil {
		t.Fatal(err)
	}
	m := b.read(t)
	if len(m.Clips) != 1 || len(m.Clips[0].Variants) != 2 || len(m.Clips[0].Captions) != 1 {
		t.Fatalf("clips: %+v", m.Clips)
	}
	b.write(t, func(tx *catalog.Tx) error { // schedulers are handed captions by the catalogue
		mo, err := tx.Moment(b.moment.ID)
		all, c := mo.CaptionsOf(m.Clips[0].ID), m.Clips[0].Captions[0]
		if err == nil && (len(all) != 1 || path.Base(all[0].SRT) != c.SRT || path.Dir(all[0].SRT) != path.Dir(mo.Published.Key) || all[0].VTT == "") {
			t.Errorf("the catalogue has %+v, the manifest %+v", all, c)
		}
		return err
	})
	for _, name := range Files(m) {
		if _, err := os.Stat(filepath.Join(filepath.Dir(b.manifestFile()), name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(b.folder, "s", "recording.json")); err != nil {
		t.Error(err)
	}
}

func TestPublishingAgainChangesNothing(t *testing.T) {
	b := newBench(t)
	for _, round := range []string{"one", "two"} {
		if err := b.publish(t, round); err != nil {
			t.Fatal(err)
		}
		if m := b.read(t); m.Revision != 1 {
			t.Errorf("round %s: revision %d", round, m.Revision)
		}
	}
}

func TestAReplacedFileGoesOnlyAfterTheNewManifestStands(t *testing.T) {
	b := newBench(t)
	old := b.made(t, "old")
	if err := b.publish(t, "one"); err != nil {
		t.Fatal(err)
	}
	made := b.made(t, "new")
	real := b.Output
	b.Output = refusing{real}
	if err := b.publish(t, "two"); err == nil {
		t.Fatal("a manifest that could not be written was called published")
	}
	if _, err := os.Stat(old); err != nil {
		t.Error("the old file went although the new manifest does not stand")
	}
	b.Output = real
	if err := b.publish(t, "three"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("the replaced file stayed")
	}
	if _, err := os.Stat(made); err != nil {
		t.Error(err)
	}
	if m := b.read(t); m.Revision != 2 {
		t.Errorf("revision %d", m.Revision)
	}
}

// refusing cannot store manifests.
type refusing struct{ storage.Bucket }

func (r refusing) Replace(ctx context.Context, key, version string, body io.Reader, digest string) (storage.Object, error) {
	if strings.HasSuffix(key, "manifest.json") {
		return storage.Object{}, pipeline.Fail(pipeline.NoRoom, "disk_full", "", "replace %s", key)
	}
	return r.Bucket.Replace(ctx, key, version, body, digest)
}

// overtaken lets somebody else write a manifest just before ours.
type overtaken struct{ storage.Bucket }

func (o overtaken) Replace(ctx context.Context, key, version string, body io.Reader, digest string) (storage.Object, error) {
	if strings.HasSuffix(key, "manifest.json") {
		if _, err := o.Bucket.Put(ctx, key, strings.NewReader(`{"version":1,"revision":7}`), ""); err != nil {
			return storage.Object{}, err
		}
	}
	return o.Bucket.Replace(ctx, key, version, body, digest)
}

// TestAStaleManifestNeverStandsOverANewerOne: whoever was slow is told to look
// again, and removes nothing that the newer one names.
func TestAStaleManifestNeverStandsOverANewerOne(t *testing.T) {
	b := newBench(t)
	old := b.made(t, "old")
	if err := b.publish(t, "one"); err != nil {
		t.Fatal(err)
	}
	b.made(t, "new")
	real := b.Output
	b.Output = overtaken{real}
	err := b.publish(t, "two")
	if why := pipeline.AsError(err, ""); why.Code != "raced" || !why.Retryable() {
		t.Fatalf("%v", err)
	}
	if _, err := os.Stat(old); err != nil {
		t.Error("what was slow removed a file: ", err)
	}
	b.Output = real
	if err := b.publish(t, "two"); err != nil {
		t.Fatal(err)
	}
	if m := b.read(t); m.Revision != 8 {
		t.Errorf("revision %d", m.Revision)
	}
}

// slow lets something happen while the first captions are stored.
type slow struct {
	storage.Bucket
	meanwhile func()
}

func (s *slow) Put(ctx context.Context, key string, body io.Reader, digest string) (storage.Object, error) {
	if f := s.meanwhile; f != nil && strings.HasSuffix(key, ".srt") {
		s.meanwhile = nil
		f()
	}
	return s.Bucket.Put(ctx, key, body, digest)
}

// TestWhatWasReadBeforeANewerManifestNeverStandsOverIt: a round that took over
// while captions were being stored published what is true now.
func TestWhatWasReadBeforeANewerManifestNeverStandsOverIt(t *testing.T) {
	b := newBench(t)
	b.made(t, "old")
	real := b.Output
	var newer string
	b.Output = &slow{real, func() {
		b.Output = real
		b.write(t, func(tx *catalog.Tx) error {
			b.rec.Notes = []pipeline.Note{{Code: "news"}}
			return tx.PutRecording(b.rec)
		})
		newer = b.made(t, "new")
		if err := b.publish(t, "two"); err != nil {
			t.Error(err)
		}
	}}
	if err := b.publish(t, "one"); !isRaced(err) {
		t.Errorf("what was slow heard: %v", err)
	}
	if _, err := os.Stat(newer); err != nil {
		t.Error("what was slow removed the newer file: ", err)
	}
	if m := b.read(t); !slices.Contains(Files(m), filepath.Base(newer)) {
		t.Errorf("the manifest names %v", Files(m))
	}
}

func isRaced(err error) bool {
	var why *pipeline.Error
	return errors.As(err, &why) && why.Code == "raced" && why.Retryable()
}

// TestWhatWasReadOfARecordingBeforeItsNewerDocumentNeverStandsOverIt: whenever
// something was read, somebody else publishes what is true then.
func TestWhatWasReadOfARecordingBeforeItsNewerDocumentNeverStandsOverIt(t *testing.T) {
	b := newBench(t)
	work := catalog.Work{Kind: pipeline.Publish, Subject: b.rec.ID}
	say := func(code string) {
		b.write(t, func(tx *catalog.Tx) error {
			b.rec.Notes = []pipeline.Note{{Code: code}}
			return tx.PutRecording(b.rec)
		})
	}
	var newest string
	var meddled *late
	meddled = &late{Catalog: b.db, after: func(n int) {
		newest = fmt.Sprintf("news-%d", n)
		say(newest)
		b.Catalog = b.db
		if _, err := b.Do(t.Context(), work, nil); err != nil {
			t.Error(err)
		}
		b.Catalog = meddled
		say(fmt.Sprintf("unpublished-%d", n))
	}}
	b.Catalog = meddled
	if _, err := b.Do(t.Context(), work, nil); !isRaced(err) {
		t.Errorf("what was slow heard: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(b.folder, "s", "recording.json"))
	if err != nil || !strings.Contains(string(text), newest) {
		t.Errorf("want %s, %v: %s", newest, err, text)
	}
}

// late lets something happen each time after it was read from.
type late struct {
	Catalog
	reads int
	after func(n int)
}

func (l *late) Write(ctx context.Context, f func(*catalog.Tx) error) error {
	err := l.Catalog.Write(ctx, f)
	l.reads++
	l.after(l.reads)
	return err
}

func TestTheLastGoodFileOutlivesARevisionThatFailed(t *testing.T) {
	b := newBench(t)
	good := b.made(t, "good")
	if err := b.publish(t, "one"); err != nil {
		t.Fatal(err)
	}
	b.variant.State, b.variant.Failure = pipeline.VariantFailed, pipeline.Fail(pipeline.NoRoom, "disk_full", "make room", "encode x: no room")
	b.write(t, func(tx *catalog.Tx) error { return tx.PutVariant(b.variant) })
	if err := b.publish(t, "two"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(good); err != nil {
		t.Error("the last good file went with a revision that failed: ", err)
	}
	b.variant.State, b.variant.Failure = pipeline.VariantMade, nil
	b.made(t, "better")
	if err := b.publish(t, "three"); err != nil {
		t.Fatal(err)
	}
	if err := Tidy(t.Context(), b.db, b.Output, b.rec.ID); err != nil {
		t.Fatal(err)
	}
	if m := b.read(t); len(m.Clips) != 1 {
		t.Errorf("%+v", m)
	}
}

func TestADamagedManifestIsWrittenAnew(t *testing.T) {
	b := newBench(t)
	if err := b.publish(t, "one"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.manifestFile(), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := b.publish(t, "two"); err != nil {
		t.Fatal(err)
	}
	if m := b.read(t); len(m.Clips) != 1 {
		t.Errorf("%+v", m)
	}
}

func TestAClipWithoutAMadeVariantIsANoteAndNotAClip(t *testing.T) {
	b := newBench(t)
	b.variant.State, b.variant.Made = pipeline.VariantFailed, nil
	b.variant.Failure = pipeline.Fail(pipeline.Corrupt, "does_not_decode", "run again", "decode x: no")
	b.write(t, func(tx *catalog.Tx) error { return tx.PutVariant(b.variant) })
	if err := b.publish(t, "one"); err != nil {
		t.Fatal(err)
	}
	m := b.read(t)
	named := slices.ContainsFunc(m.Notes, func(n pipeline.Note) bool { return n.Code == "clip_not_made" && strings.Contains(n.Detail, "decode x") })
	if len(m.Clips) != 0 || !named {
		t.Errorf("clips %d, notes %+v", len(m.Clips), m.Notes)
	}
	if got := b.now(t); got.State != pipeline.MomentFailed || got.Failure == nil || got.Failure.Code != "does_not_decode" {
		t.Errorf("the moment is %s, %+v", got.State, got.Failure)
	}
}

func TestAMomentFromWhichNothingWasCutIsFailed(t *testing.T) {
	b := newBench(t)
	b.write(t, func(tx *catalog.Tx) error {
		b.moment.Notes = []pipeline.Note{{Code: "too_short", Detail: "only 9 s", Hint: "point elsewhere"}}
		return errors.Join(tx.PutClip(b.clip, true), tx.PutMoment(b.moment))
	})
	if err := b.publish(t, "one"); err != nil {
		t.Fatal(err)
	}
	if got := b.now(t); got.State != pipeline.MomentFailed || got.Failure == nil || got.Failure.Code != "too_short" || got.Failure.Hint == "" || got.Failure.Step != pipeline.Plan {
		t.Errorf("the moment is %s, %+v", got.State, got.Failure)
	}
}

func TestAPlanWritesNoFile(t *testing.T) {
	b := newBench(t)
	b.write(t, func(tx *catalog.Tx) error { return tx.PutBrief(b.rec.ID, pipeline.Brief{PlanOnly: true}) })
	if err := b.publish(t, "one"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(b.manifestFile()); err == nil {
		t.Error("a plan wrote a manifest")
	}
}

func TestMadeCountsThisRoundOnly(t *testing.T) {
	b := newBench(t)
	b.variant.Segments = []pipeline.SegmentRef{{Recipe: "a", In: 1000, Out: 1300}, {Recipe: "b", In: 1300, Out: 1600}}
	b.made(t, "x")
	b.write(t, func(tx *catalog.Tx) error {
		return tx.AddTally(b.moment.ID, catalog.Tally{EncodedFrames: 300, BytesRead: 7, CPU: time.Second})
	})
	if err := b.publish(t, "one"); err != nil {
		t.Fatal(err)
	}
	m := b.read(t).Made
	if m.EncodedFrames != 300 || m.ReusedFrames != 300 || m.BytesRead != 7 || m.CPUMS != 1000 {
		t.Errorf("%+v", m)
	}
	if err := b.publish(t, "two"); err != nil {
		t.Fatal(err)
	}
	b.write(t, func(tx *catalog.Tx) error {
		mo, err := tx.Moment(b.moment.ID)
		if made := mo.Published.Made; err == nil && (made.EncodedFrames != 0 || made.ReusedFrames != 600) {
			t.Errorf("second round: %+v", made)
		}
		return err
	})
}
