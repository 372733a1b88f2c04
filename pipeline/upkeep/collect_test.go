package upkeep

import (
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/storage/dir"
)

func (w *world) collect(o CollectOptions) Removed {
	w.t.Helper()
	r, err := Collect(w.t.Context(), w.premises(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// everything is every object of both buckets, by its path in the world.
func (w *world) everything() map[string]bool {
	w.t.Helper()
	out := map[string]bool{}
	for name, b := range map[string]*dir.Bucket{"clips": w.output, "store": w.data} {
		if err := b.List(w.t.Context(), "", func(o storage.Object) bool {
			out[name+"/"+o.Key] = true
			return true
		}); err != nil {
			w.t.Fatal(err)
		}
	}
	return out
}

// leave puts an object there that was written so long ago.
func (w *world) leave(file, content string, age time.Duration) {
	w.t.Helper()
	file = filepath.Join(w.folder, filepath.FromSlash(file))
	then := time.Now().Add(-age)
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(content), 0o644), os.Chtimes(file, then, then)); err != nil {
		w.t.Fatal(err)
	}
}

func hexOf(content string) string { return storage.Hex(storage.DigestBytes([]byte(content))) }

// total is how many objects and rows a collection removed.
func total(r Removed) int {
	return r.Output.Objects + r.Segments.Objects + r.Excerpts.Objects + r.Sidecars.Objects + r.Words.Objects + r.Halves +
		int(r.Rows.Segments+r.Rows.Excerpts+r.Rows.Work+r.Rows.Events+r.Rows.Messages+r.Rows.Failed)
}

func TestNothingThatIsNamedGoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.everything()
	if r := w.collect(CollectOptions{Grace: NoGrace}); total(r) != 0 {
		t.Errorf("%+v", r)
	}
	if after := w.everything(); !maps.Equal(before, after) {
		t.Errorf("%d objects of %d are left", len(after), len(before))
	}
	w.clean("after a collection", CheckOptions{Deep: true})
}

// rubbish is what nothing names, and what looks like it. All of it was written
// so long ago.
func (w *world) rubbish(age time.Duration) (goes, stays []string) {
	rec := "clips/" + w.subject().recording.Folder
	folder := "clips/" + path.Dir(w.manifest())
	ours := func(folder, content, ending string) string {
		return folder + "/short-1-9x16-fill-none-en-hook9-" + hexOf(content)[:8] + ending
	}
	put := func(to *[]string, file, content string) {
		w.leave(file, content, age)
		*to = append(*to, file)
	}
	put(&goes, ours(folder, "replaced", ".mp4"), "replaced")
	put(&goes, folder+"/core-1-poster-"+hexOf("poster")[:8]+".jpg", "poster")
	put(&goes, folder+"/short-1-xx-"+hexOf("words")[:8]+".srt", "words")
	put(&goes, ours(rec+"/moments/m_gone", "abandoned", ".mp4"), "abandoned") // no manifest was ever written there
	put(&stays, ours(folder, "made by us", ".mp4"), "edited by a person")
	put(&stays, folder+"/holiday.mp4", "a person's")
	put(&stays, ours("clips/somewhere/else", "elsewhere", ".mp4"), "elsewhere")
	put(&stays, ours("clips/ada", "beside its recordings", ".mp4"), "beside its recordings")

	put(&goes, "store/segments/"+hexOf("segment"), "segment")
	put(&goes, "store/excerpts/x_06abc", "excerpt")
	put(&goes, "store/sidecars/"+hexOf("sidecar"), "sidecar")
	put(&stays, "store/segments/notes.txt", "a person's")
	put(&stays, "store/segments/shows/r_1/"+hexOf("of a creator of that name"), "of a creator of that name")
	put(&stays, "store/other/"+hexOf("other"), "other")
	put(&stays, "store/words/"+hexOf("heard lately"), "heard lately") // words cost more to have again than to keep
	w.leave("store/words/"+hexOf("heard long ago"), "heard long ago", 31*aDay)
	goes = append(goes, "store/words/"+hexOf("heard long ago"))
	return goes, stays
}

func TestWhatNothingNamesGoesOnceItIsOldEnough(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.everything()
	w.rubbish(23 * time.Hour)
	young := w.everything()
	if r := w.collect(CollectOptions{}); total(r) != 1 || r.Words.Objects != 1 {
		t.Errorf("of what is younger than a day went %+v", r)
	}
	goes, stays := w.rubbish(25 * time.Hour)
	dry := w.collect(CollectOptions{DryRun: true})
	if after := w.everything(); !maps.Equal(after, young) {
		t.Error("a dry run removed something")
	}
	wet := w.collect(CollectOptions{})
	if dry.DryRun = false; dry != wet || total(wet) != len(goes) || wet.Output.Objects != 4 || wet.Output.Bytes != int64(len("replaced")+len("poster")+len("words")+len("abandoned")) {
		t.Errorf("a dry run said %+v, removed were %+v of %d", dry, wet, len(goes))
	}
	after := w.everything()
	for _, file := range goes {
		if after[file] {
			t.Errorf("%s is still there", file)
		}
	}
	for _, file := range append(stays, slices.Collect(maps.Keys(before))...) {
		if !after[file] {
			t.Errorf("%s went", file)
		}
	}
	w.clean("after a collection", CheckOptions{Deep: true})
}

func TestAFolderWhoseManifestCannotBeReadIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.rubbish(48 * time.Hour)
	w.leave("clips/"+w.manifest(), "{", 0)
	before := w.everything()
	r := w.collect(CollectOptions{})
	if r.Output.Objects != 1 { // what lies in another folder
		t.Errorf("%+v", r)
	}
	for file := range before {
		if strings.HasPrefix(file, "clips/"+path.Dir(w.manifest())+"/") && !w.everything()[file] {
			t.Errorf("%s went", file)
		}
	}
}

func TestHalfWrittenFilesGoAfterADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.leave("store/.dropcut-part-young", "half", time.Hour)
	w.leave("store/segments/.dropcut-part-old", "half", 25*time.Hour)
	w.leave("clips/"+path.Dir(w.manifest())+"/.dropcut-part-old", "half", 25*time.Hour)
	if r := w.collect(CollectOptions{DryRun: true}); r.Halves != 2 {
		t.Errorf("%+v", r)
	}
	if r := w.collect(CollectOptions{}); r.Halves != 2 || total(r) != 2 {
		t.Errorf("%+v", r)
	}
	if r := w.collect(CollectOptions{}); total(r) != 0 {
		t.Errorf("a second time: %+v", r)
	}
}

func TestWhatWorkInHandMayBeAboutToNameStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.moment()
	w.leave("store/segments/"+hexOf("being made"), "being made", time.Minute)
	w.leave("store/sidecars/"+hexOf("came just now"), "came just now", 59*time.Minute) // and no row says so yet
	w.leave("store/segments/"+hexOf("long made"), "long made", 2*time.Hour)
	w.rubbish(2 * time.Hour)
	w.write(func(tx *catalog.Tx) error {
		_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Publish, Subject: m.ID, Input: "i", Recording: m.Recording})
		return err
	})
	r := w.collect(CollectOptions{Grace: NoGrace})
	if r.Output.Objects != 0 { // captions that are about to be published are not written anew
		t.Errorf("while their recording is worked on %d clips went", r.Output.Objects)
	}
	if r.Segments.Objects != 2 {
		t.Errorf("%d segments went, want those that nobody can be holding", r.Segments.Objects)
	}
	w.sql(`DELETE FROM work WHERE input = 'i'`)
	if r := w.collect(CollectOptions{Grace: NoGrace}); r.Output.Objects != 4 || r.Segments.Objects != 1 || r.Sidecars.Objects != 0 {
		t.Errorf("at rest went %+v", r)
	}
}

// age makes records older by so many days.
func (w *world) age(table, column string, days int) {
	w.t.Helper()
	w.sql("UPDATE "+table+" SET "+column+" = "+column+" - ? * 86400000", days)
}

func TestSegmentsAndExcerptsLiveSoLongAfterTheLastEditOfTheirMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.age("segments", "created_ms", 40)
	w.age("excerpts", "created_ms", 40)
	if r := w.collect(CollectOptions{Grace: NoGrace}); total(r) != 0 {
		t.Errorf("their moment was edited lately: %+v", r)
	}
	w.age("moments", "updated_ms", 31)
	before := w.everything()
	dry := w.collect(CollectOptions{Grace: NoGrace, DryRun: true})
	if after := w.everything(); !maps.Equal(before, after) {
		t.Error("a dry run removed something")
	}
	r := w.collect(CollectOptions{Grace: NoGrace})
	if dry.DryRun = false; dry != r || r.Rows.Segments < 4 || r.Segments.Objects < 4 || r.Rows.Excerpts != 1 || r.Excerpts.Objects != 1 || r.Output.Objects != 0 || r.Sidecars.Objects != 0 {
		t.Errorf("%+v, and dry %+v", r, dry)
	}
	w.clean("clips alone", CheckOptions{Deep: true})
	w.editLater()
}

// editLater asks for a variant that was never made, and wants it to be made
// from the recording.
func (w *world) editLater() {
	w.t.Helper()
	made := len(w.made())
	all := w.subject().moments[0].variants
	v := all[slices.IndexFunc(all, func(v pipeline.Variant) bool {
		return v.State == pipeline.VariantOffered && w.subject().moments[0].shown[v.Clip]
	})]
	w.write(func(tx *catalog.Tx) error { _, err := tx.Ask(v.ID); return err })
	w.drain()
	if err := w.err(); err != nil || len(w.made()) != made+1 {
		w.t.Errorf("%d variants are made, want %d: %v", len(w.made()), made+1, err)
	}
	w.clean("after an edit", CheckOptions{})
}

func TestASegmentThatNoVariantNamesAnyMoreLivesAsLong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := "pictures"
	seg := catalog.Segment{Recipe: strings.Repeat("ab", 32), AVCC: "1", Digest: storage.DigestBytes([]byte(body)), Frames: 1, Bytes: int64(len(body))}
	w.write(func(tx *catalog.Tx) error { _, err := tx.PutSegment(seg); return err })
	w.leave("store/"+storage.SegmentKey(seg.Digest), body, 40*aDay)
	if r := w.collect(CollectOptions{}); total(r) != 0 {
		t.Errorf("made lately: %+v", r)
	}
	w.age("segments", "created_ms", 40)
	if r := w.collect(CollectOptions{}); r.Rows.Segments != 1 || r.Segments.Objects != 1 || total(r) != 2 {
		t.Errorf("made long ago: %+v", r)
	}
}

func TestAnExcerptThatWasReplacedGoesWhenNobodyCanBeReadingIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	x := w.newest()
	old := x
	old.ID, old.Key, old.Bytes = "x_0", "excerpts/x_0", 3
	w.write(func(tx *catalog.Tx) error { return tx.PutExcerpt(old) })
	w.sql(`UPDATE excerpts SET created_ms = created_ms - 3600000 WHERE id = 'x_0'`)
	w.leave("store/excerpts/x_0", "old", 48*time.Hour)
	w.clean("with both", CheckOptions{})
	if r := w.collect(CollectOptions{}); total(r) != 0 {
		t.Errorf("its replacement is young: %+v", r)
	}
	w.age("excerpts", "created_ms", 2)
	if r := w.collect(CollectOptions{}); r.Rows.Excerpts != 1 || r.Excerpts.Objects != 1 || total(r) != 2 {
		t.Errorf("%+v", r)
	}
	if now := w.newest(); now.ID != x.ID {
		t.Errorf("%s is used now", now.ID)
	}
}

func TestDoneWorkAndWhatWasToldOfItAreForgottenAfterAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sql(`INSERT INTO work (id, kind, subject, input, recording, priority, state, doc) VALUES
		('w_00', 'plan', 'm_1', 'old', '', 0, 'done', '{}'), ('w_01', 'plan', 'm_2', 'old', '', 0, 'failed', '{}'), ('w_02', 'plan', 'm_3', 'old', '', 0, 'replaced', '{}')`)
	if r := w.collect(CollectOptions{}); r.Rows.Work != 2 || total(r) != 2 {
		t.Errorf("%+v", r)
	}
	w.age("events", "at_ms", 31)
	if r := w.collect(CollectOptions{}); r.Rows.Events < 4 || total(r) != int(r.Rows.Events) {
		t.Errorf("%+v", r)
	}
}

func TestWhatIsNamedAfterTheNamesWereReadStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.everything()
	s := w.subject()
	c := &collection{Premises: w.premises(), CollectOptions: CollectOptions{Grace: NoGrace}.orDefault(), names: newNames()} // as if nothing had been named
	if err := c.data(t.Context()); err != nil {
		t.Error(err)
	}
	folder := path.Dir(w.manifest())
	walk := outputWalk{collection: c, folders: map[string]string{s.recording.Folder: s.recording.ID}, recording: s.recording.ID, held: held{}, folder: folder, named: named{}}
	err := w.output.List(t.Context(), folder+"/", func(o storage.Object) bool {
		walk.err = walk.visit(t.Context(), o)
		return walk.err == nil
	})
	if err := errors.Join(err, walk.err); err != nil || total(c.removed) != 0 || !maps.Equal(before, w.everything()) {
		t.Errorf("%v: %+v", err, c.removed)
	}
}
