package render

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dropcut/captions"
	"dropcut/pipeline"
	"dropcut/pipeline/timeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

var someWords = []captions.Word{
	{Text: "hello", Start: 70, End: 80}, {Text: "there", Start: 80, End: 90}, {Text: "world.", Start: 90, End: 110, LastOfCue: true},
	{Text: "later", Start: 190, End: 200}, {Text: "words.", Start: 200, End: 215, LastOfCue: true},
}

// aMoment is one short inside a longer clip, words, and two hooks a clip.
func aMoment(t *testing.T) *mill {
	t.Helper()
	file := draw(t, source{rate: "30", seconds: 14, size: "320x180"})
	m := newMill(t, file, media(timeline.Rate30, 14, 320, 180, true), timeline.Window{In: 45, Out: 285}, timeline.Window{In: 15, Out: 405})
	for i := range m.clips {
		m.clips[i].Hooks = []pipeline.Hook{{Text: "Watch this", From: "flag"}, {Text: "You will not believe it", From: "label"}}
	}
	m.keepClips()
	m.words(someWords...)
	return m
}

// frameHashes is the hash of every picture of a file.
func frameHashes(t testing.TB, file string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(command(t, "ffmpeg", "-v", "error", "-xerror", "-i", file, "-map", "0:v", "-fps_mode", "passthrough", "-f", "framemd5", "-")) {
		if f := strings.Split(strings.TrimSpace(line), ","); !strings.HasPrefix(line, "#") && len(f) == 6 {
			out = append(out, strings.TrimSpace(f[5]))
		}
	}
	return out
}

func TestASecondRoundMakesNothing(t *testing.T) {
	t.Parallel()
	m, first := aMadeMoment(t)
	if len(first.files) != 4 || first.frames != first.told() {
		t.Errorf("%d files, %d frames, %d told", len(first.files), first.frames, first.told())
	}
	if want := int64(240 + 75 + 390 + 75); first.frames > want {
		t.Errorf("%d frames encoded, the pictures of all clips are %d", first.frames, want)
	}
	if s := m.whole(); s.frames != 0 || len(s.files) != 0 || s.rows[pipeline.Sound] != 0 {
		t.Errorf("a second round encoded %d frames, rows %v", s.frames, s.rows)
	}
}

func TestTheFirstShortIsFinishedFirst(t *testing.T) {
	t.Parallel()
	m := aMoment(t)
	m.slots = 1
	s := m.whole()
	if len(s.files) == 0 || !strings.Contains(s.files[0], "short-1-9x16-fill-karaoke-en-hook1-") {
		t.Errorf("files came in the order %v", s.files)
	}
}

func TestEveryVariantSaysHowItsCaptionsKeepTheRules(t *testing.T) {
	t.Parallel()
	m, _ := aMadeMoment(t)
	for _, v := range m.made() {
		i := slices.IndexFunc(v.Made.Checks, func(c pipeline.Check) bool { return c.Name == "captions" })
		if has := v.Look.Style != "none"; has != (i >= 0) || has && (!v.Made.Checks[i].OK || !strings.Contains(v.Made.Checks[i].Detail, "captions")) {
			t.Errorf("%s: %+v", v.Made.Key, v.Made.Checks)
		}
	}
}

func TestAnAssembledFileShowsItsSegments(t *testing.T) {
	t.Parallel()
	m, _ := aMadeMoment(t)
	for _, v := range m.made() {
		var parts []string
		for _, s := range v.Segments {
			parts = append(parts, frameHashes(t, m.data.Path(storage.SegmentKey(s.Digest)))...)
		}
		if got := frameHashes(t, m.path(v)); !slices.Equal(got, parts) || int64(len(got)) != v.Made.Frames {
			t.Errorf("%s shows %d pictures that are not the %d of its segments", v.Made.Key, len(got), len(parts))
		}
	}
}

func TestOnlyWhatAChangeTouchesIsMadeAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why    string
		change func(m *mill)
		most   int64 // frames
		files  int
	}{
		{"one word of a caption", func(m *mill) {
			w := slices.Clone(someWords)
			w[4].Text = "word."
			m.words(w...)
		}, 2 * 120, 4},
		{"one hook more", func(m *mill) {
			m.clips[0].Hooks = append(m.clips[0].Hooks, pipeline.Hook{Text: "One more", From: "flag"})
			m.keepClips()
		}, 75, 1},
		{"an in-point, half a second later", func(m *mill) {
			m.clips[0].Parts = []timeline.Window{{In: 60, Out: 285}}
			m.keepClips()
		}, 2 * (75 + 60), 2},
		{"an out-point", func(m *mill) {
			m.clips[0].Parts = []timeline.Window{{In: 45, Out: 300}}
			m.keepClips()
		}, 60 + 15, 2},
		{"a caption that no clip shows", func(m *mill) {
			m.words(append(slices.Clone(someWords), captions.Word{Text: "after", Start: 410, End: 418})...)
		}, 0, 0},
		{"another name for the file", func(m *mill) {
			m.rec.Name, m.rec.Key = "other.mp4", "other.mp4"
			m.write(func(tx *catalog.Tx) error { return tx.PutRecording(m.rec) })
		}, 0, 0},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			m, first := aMadeMoment(t)
			kept := map[string]string{}
			for _, v := range m.made() {
				kept[v.ID] = v.Made.Digest
			}
			c.change(m)
			s := m.whole()
			t.Logf("%d frames of %d, %d files", s.frames, first.frames, len(s.files))
			if s.frames > c.most || c.most > 0 && s.frames == 0 || len(s.files) != c.files {
				t.Errorf("%d frames encoded and %d files made, want at most %d and %d", s.frames, len(s.files), c.most, c.files)
			}
			for _, v := range m.made() {
				if v.Made.Frames != m.clip(v).Window().Frames() {
					t.Errorf("%s has %d frames of %d", v.Made.Key, v.Made.Frames, m.clip(v).Window().Frames())
				}
			}
		})
	}
}

func TestANeighboursChangeLeavesAVariantItsSegments(t *testing.T) {
	t.Parallel()
	m, _ := aMadeMoment(t)
	before := map[string][]pipeline.SegmentRef{}
	for _, v := range m.made() {
		before[v.ID] = v.Segments
	}
	m.clips[0].Parts = []timeline.Window{{In: 67, Out: 311}}
	m.keepClips()
	if err := os.Remove(m.path(m.made()[3])); err != nil { // so that it must be assembled anew
		t.Fatal(err)
	}
	m.whole()
	for _, v := range m.made() {
		if v.Clip == m.clips[1].ID && !slices.Equal(v.Segments, before[v.ID]) {
			t.Errorf("its neighbour moved, and %s is cut anew", v.Made.Key)
		}
	}
}

func TestWhatIsLostOrDamagedIsMadeAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why    string
		damage func(m *mill) error
		frames int64 // at most
		files  int
	}{
		{"a file", func(m *mill) error { return os.Remove(m.path(m.made()[0])) }, 0, 1},
		{"a poster", func(m *mill) error { return os.Remove(filepath.Join(m.folder, m.made()[0].Made.Poster)) }, 0, 1},
		{"a file and a segment", func(m *mill) error {
			return firstOf(os.Remove(m.data.Path(storage.SegmentKey(m.made()[0].Segments[1].Digest))), os.Remove(m.path(m.made()[0])))
		}, 67, 1},
		{"a file, and a byte of a segment", func(m *mill) error {
			return firstOf(flip(m.data.Path(storage.SegmentKey(m.made()[0].Segments[1].Digest))), os.Remove(m.path(m.made()[0])))
		}, 67, 1},
		{"a file, and a byte of the sound", func(m *mill) error {
			return firstOf(flip(m.data.Path(storage.SegmentKey(m.sound(m.made()[0]).Digest))), os.Remove(m.path(m.made()[0])))
		}, 0, 1},
		{"a segment that no lost file needs", func(m *mill) error {
			return os.Remove(m.data.Path(storage.SegmentKey(m.made()[0].Segments[1].Digest)))
		}, 0, 0},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			m, _ := aMadeMoment(t)
			if err := c.damage(m); err != nil {
				t.Fatal(err)
			}
			s := m.whole()
			if s.frames > c.frames || c.frames > 0 && s.frames == 0 || len(s.files) != c.files {
				t.Errorf("%d frames and %d files made, want at most %d and %d", s.frames, len(s.files), c.frames, c.files)
			}
			if got := len(m.made()); got != 4 {
				t.Fatalf("%d variants are made, want 4", got)
			}
			for _, v := range m.made() {
				if d, _, err := storage.DigestFile(m.path(v)); err != nil || d != v.Made.Digest {
					t.Errorf("%s: %v, %s", v.Made.Key, err, d)
				}
			}
		})
	}
}

func TestASegmentThatIsForgottenAfterItWasCountedOnIsMadeAgain(t *testing.T) {
	t.Parallel()
	for what, recipe := range map[string]func(pipeline.Variant) string{
		"a segment": func(v pipeline.Variant) string { return v.Segments[1].Recipe },
		"the sound": func(v pipeline.Variant) string { return v.Sound },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			m, _ := aMadeMoment(t)
			v := m.made()[0]
			if err := os.Remove(m.path(v)); err != nil {
				t.Fatal(err)
			}
			m.after = func(tx *catalog.Tx) error { return forget(tx, recipe(v)) }
			if s := m.whole(); len(s.files) != 1 || len(m.made()) != 4 {
				t.Errorf("%d files made, %d variants", len(s.files), len(m.made()))
			}
		})
	}
}

// forget drops all that is kept of a recipe.
func forget(tx *catalog.Tx, recipe string) error {
	rows, err := tx.Segments(recipe)
	for _, row := range rows {
		err = errors.Join(err, tx.DropSegment(row))
	}
	return err
}

func TestEncodersThatDoNotFitAreNotMixed(t *testing.T) {
	t.Parallel()
	m, _ := aMadeMoment(t)
	// As if another build had made one segment: its row has another decoder configuration.
	v := m.made()[0]
	m.write(func(tx *catalog.Tx) error {
		rows, err := tx.Segments(v.Segments[1].Recipe)
		if err != nil {
			return err
		}
		row := rows[0]
		if err := tx.DropSegment(row); err != nil {
			return err
		}
		row.AVCC, row.Encoder = "other", "another build"
		_, err = tx.PutSegment(row)
		return err
	})
	if err := os.Remove(m.path(v)); err != nil {
		t.Fatal(err)
	}
	if s := m.whole(); s.frames == 0 || s.frames > 67 || len(m.made()) != 4 {
		t.Errorf("%d frames made again, %d variants", s.frames, len(m.made()))
	}
}

func TestAPlanMakesNothing(t *testing.T) {
	t.Parallel()
	m := aMoment(t)
	m.brief(pipeline.Brief{PlanOnly: true})
	if s := m.whole(); s.frames != 0 || len(s.rows) != 2 {
		t.Errorf("%d frames, rows %v", s.frames, s.rows)
	}
	m.write(func(tx *catalog.Tx) error {
		all, err := tx.VariantsOf(m.clips[0].ID)
		if len(all) != 48 || all[0].State != pipeline.VariantOffered {
			t.Errorf("%d variants, the first %s", len(all), all[0].State)
		}
		return err
	})
}

func TestAFailureIsKeptWithItsVariants(t *testing.T) {
	t.Parallel()
	m := aMoment(t)
	m.write(func(tx *catalog.Tx) error {
		x, err := tx.ExcerptOf(m.moment.ID)
		x.Bytes++
		return firstOf(err, tx.PutExcerpt(x))
	})
	s := m.round()
	m.write(func(tx *catalog.Tx) error {
		all, err := tx.VariantsOf(m.clips[0].ID)
		if v := all[0]; v.State != pipeline.VariantFailed || v.Failure == nil || v.Failure.Code != "excerpt_damaged" || len(s.failed) == 0 {
			t.Errorf("%s, %+v", v.State, v.Failure)
		}
		return err
	})
}

func TestAHookThatIsGoneLeavesNoVariant(t *testing.T) {
	t.Parallel()
	m, _ := aMadeMoment(t)
	m.clips[0].Hooks = []pipeline.Hook{m.clips[0].Hooks[0], {Text: "You will not believe this", From: "label"}} // a slip of the pen, corrected
	m.keepClips()
	m.brief(pipeline.Brief{PlanOnly: true})
	m.whole()
	if n := len(m.made()); n != 4 {
		t.Errorf("a plan left %d variants of 4", n)
	}
	m.brief(pipeline.Brief{})
	if s := m.whole(); len(s.files) != 1 || s.frames > 75 {
		t.Errorf("%d files made, %d frames", len(s.files), s.frames)
	}
	for _, v := range m.made() {
		if v.Clip == m.clips[0].ID && v.HookN == 2 {
			t.Errorf("%q is still made", v.Hook.Text)
		}
	}
}

func TestARetiredClipLeavesNoVariant(t *testing.T) {
	t.Parallel()
	m, _ := aMadeMoment(t)
	gone := m.clips[1]
	m.write(func(tx *catalog.Tx) error { return tx.PutClip(gone, true) })
	m.whole()
	m.write(func(tx *catalog.Tx) error {
		all, err := tx.VariantsOf(gone.ID)
		for _, v := range all {
			if v.State != pipeline.VariantReplaced || v.Made != nil {
				t.Errorf("%s %q is %s", v.Look.Style, v.Hook.Text, v.State)
			}
		}
		return firstOf(err, tx.PutClip(gone, false))
	})
	if s := m.whole(); s.frames != 0 || len(m.made()) != 4 {
		t.Errorf("planned again, it cost %d frames; %d variants are made", s.frames, len(m.made()))
	}
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// flip changes one byte in the middle of a file.
func flip(file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	b[len(b)/2] ^= 0xff
	return os.WriteFile(file, b, 0o644)
}

// sound is the row of a variant's sound.
func (m *mill) sound(v pipeline.Variant) (row catalog.Segment) {
	m.t.Helper()
	m.write(func(tx *catalog.Tx) error {
		rows, err := tx.Segments(v.Sound)
		row = rows[0]
		return err
	})
	return row
}

func (m *mill) clip(v pipeline.Variant) pipeline.Clip {
	return m.clips[slices.IndexFunc(m.clips, func(c pipeline.Clip) bool { return c.ID == v.Clip })]
}

// number reads a number that a test's command printed.
func number(t testing.TB, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		t.Fatal(fmt.Errorf("%q: %w", s, err))
	}
	return f
}

func TestAHookKeepsItsNumberAndANewOneGetsANewNumber(t *testing.T) {
	t.Parallel()
	m, _ := aMadeMoment(t)
	want := map[string]int{"Watch this": 1, "You will not believe it": 2, "One more": 3, "And another": 4}
	for _, text := range []string{"One more", "And another"} {
		m.clips[0].Hooks = append([]pipeline.Hook{{Text: text, From: "flag"}}, m.clips[0].Hooks...)
		m.keepClips()
		m.whole()
		m.clips[0].Hooks = m.clips[0].Hooks[1:] // gone again: its number stays its own
	}
	for _, v := range m.made() {
		if v.HookN != want[v.Hook.Text] || !strings.Contains(v.Made.Key, fmt.Sprintf("-hook%d-", want[v.Hook.Text])) {
			t.Errorf("%q is hook %d in %s, want %d", v.Hook.Text, v.HookN, v.Made.Key, want[v.Hook.Text])
		}
	}
}

// full is a bucket in which there is no room for more.
type full struct{ *dir.Bucket }

func (full) Put(_ context.Context, key string, _ io.Reader, _ string) (storage.Object, error) {
	return storage.Object{}, pipeline.Fail(pipeline.NoRoom, "disk_full", "make room", "write %s: no room", key)
}

func TestAFailureThatMayPassLeavesNothingInTheMaking(t *testing.T) {
	t.Parallel()
	m := aMoment(t)
	m.bench.Data = full{m.data}
	m.round()
	m.write(func(tx *catalog.Tx) error {
		all, err := tx.VariantsOf(m.clips[0].ID)
		for _, v := range all {
			if v.State == pipeline.VariantRendering || v.Failure != nil && v.Failure.Code != "disk_full" {
				t.Errorf("%s %q is still %s: %+v", v.Look.Style, v.Hook.Text, v.State, v.Failure)
			}
		}
		return err
	})
	m.bench.Data = m.data
	if m.whole(); len(m.made()) != 4 {
		t.Errorf("%d variants made when there is room again, want 4", len(m.made()))
	}
}

func TestEveryLookHasOneFileThatWasDecodedWhole(t *testing.T) {
	t.Parallel()
	m, _ := aMadeMoment(t)
	wholes := func() (looks map[pipeline.Look]int, files map[string]bool) {
		looks, files = map[pipeline.Look]int{}, map[string]bool{}
		for _, v := range m.made() {
			looks[v.Look] += 0
			if slices.ContainsFunc(v.Made.Checks, func(c pipeline.Check) bool { return c.Name == checkDecode }) {
				looks[v.Look]++
				files[v.Made.Key] = true
			}
		}
		return looks, files
	}
	looks, before := wholes()
	for look, n := range looks {
		if n != 1 {
			t.Errorf("%d files of %v were decoded whole", n, look)
		}
	}
	m.clips[1].Hooks = append(m.clips[1].Hooks, pipeline.Hook{Text: "One more", From: "flag"})
	m.keepClips()
	m.whole()
	if _, now := wholes(); !maps.Equal(now, before) {
		t.Errorf("one hook more: decoded whole are %v, before %v", now, before)
	}
	w := slices.Clone(someWords)
	w[1].Text = "everyone" // both clips show it: the files that were decoded are replaced
	m.words(w...)
	m.whole()
	looks, now := wholes()
	for look, n := range looks {
		if n != 1 {
			t.Errorf("after an edit, %d files of %v were decoded whole", n, look)
		}
	}
	if maps.Equal(now, before) {
		t.Error("the edit replaced no file that was decoded: the case shows nothing")
	}
}
