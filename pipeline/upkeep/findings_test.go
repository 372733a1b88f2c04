package upkeep

import (
	"errors"
	"flag"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// broken is one way to break a world, and what a check says to it.
type broken struct {
	why   string
	does  func(w *world)
	code  string
	deep  bool // only a deep check sees it
	mends bool // and a repair puts it right
}

func (w *world) moment() pipeline.Moment { return w.subject().moments[0].Moment }

func (w *world) putMoment(f func(m *pipeline.Moment)) {
	m := w.moment()
	f(&m)
	w.write(func(tx *catalog.Tx) error { return tx.PutMoment(m) })
}

func (w *world) putRecording(f func(r *pipeline.Recording)) {
	r := w.subject().recording
	f(&r)
	w.write(func(tx *catalog.Tx) error { return tx.PutRecording(r) })
}

func (w *world) putVariant(n int, f func(v *pipeline.Variant)) {
	v := w.made()[n]
	f(&v)
	w.write(func(tx *catalog.Tx) error { return tx.PutVariant(v) })
}

func (w *world) manifest() string { return w.moment().Published.Key }

func (w *world) newest() pipeline.Excerpted { return w.subject().moments[0].excerpts[0] }

// enqueue adds a row that nobody does by itself.
func (w *world) enqueue(subject string, on ...string) (id string) {
	w.write(func(tx *catalog.Tx) (err error) {
		id, err = tx.Enqueue(catalog.Work{Kind: pipeline.Publish, Subject: subject, Input: "i"}, on...)
		return err
	})
	return id
}

var breakages = []broken{
	{"an accepted object's row is gone", func(w *world) { w.sql(`DELETE FROM work WHERE kind = 'ingest'`) }, arrivalLost, false, true},
	{"a recording was detected and forgotten", func(w *world) {
		w.putRecording(func(r *pipeline.Recording) { r.State = pipeline.RecordingSealed })
	}, recordingStuck, false, true},
	{"a moment was being rendered and forgotten", func(w *world) {
		w.putMoment(func(m *pipeline.Moment) { m.State = pipeline.MomentRendering })
	}, momentStuck, false, true},
	{"a moment was found and forgotten", func(w *world) {
		w.putMoment(func(m *pipeline.Moment) { m.State = pipeline.MomentExcerpted })
	}, momentStuck, false, true},
	{"a variant was being made and forgotten", func(w *world) {
		all := w.subject().moments[0].variants
		v := all[slices.IndexFunc(all, func(v pipeline.Variant) bool { return v.State == pipeline.VariantOffered })]
		v.State = pipeline.VariantRendering
		w.write(func(tx *catalog.Tx) error { return tx.PutVariant(v) })
	}, variantStuck, false, true},
	{"a recording failed and does not say why", func(w *world) {
		w.putRecording(func(r *pipeline.Recording) { r.State, r.Failure = pipeline.RecordingFailed, &pipeline.Error{Code: "x"} })
	}, failureUnsaid, false, false},
	{"a variant failed and does not say why", func(w *world) {
		w.putVariant(1, func(v *pipeline.Variant) { v.State, v.Failure = pipeline.VariantFailed, nil })
		w.putMoment(func(m *pipeline.Moment) { // its manifest still shows it
			m.State, m.Failure = pipeline.MomentFailed, &pipeline.Error{Code: "c", Step: "plan", Detail: "d"}
		})
	}, failureUnsaid, false, false},
	{"work failed and does not say why", func(w *world) {
		w.sql(`UPDATE work SET state = 'failed' WHERE kind = 'plan'`)
	}, failureUnsaid, false, false},
	{"work waits for too many", func(w *world) { w.sql(`UPDATE work SET waits = 1 WHERE id = ?`, w.enqueue("somebody")) }, waitsMiscounted, false, true},
	{"work waits for what is done", func(w *world) {
		on := w.enqueue("first")
		w.enqueue("second", on)
		w.sql(`UPDATE work SET state = 'done' WHERE id = ?`, on)
	}, waitsForFinished, false, true},

	{"two variants name one file", func(w *world) {
		other := w.made()[0].Made
		w.putVariant(1, func(v *pipeline.Variant) { v.Made = &pipeline.MadeFile{}; *v.Made = *other })
		w.putMoment(func(m *pipeline.Moment) { m.Published = nil })
	}, keyShared, false, false},
	{"a file's name is not its digest's", func(w *world) {
		v := w.made()[1]
		key := path.Join(path.Dir(v.Made.Key), "short-1-other-00000000.mp4")
		if err := os.Rename(w.output.Path(v.Made.Key), w.output.Path(key)); err != nil {
			w.t.Fatal(err)
		}
		w.putVariant(1, func(v *pipeline.Variant) { v.Made.Key = key })
		w.putMoment(func(m *pipeline.Moment) { m.Published = nil })
	}, keyMisplaced, false, false},
	{"two recordings have one folder", func(w *world) {
		r := w.subject().recording
		r.ID, r.Fingerprint = pipeline.Mint(pipeline.RecordingID), "sha256:other"
		w.write(func(tx *catalog.Tx) error { return tx.PutRecording(r) })
	}, folderShared, false, false},

	{"a clip was handed out twice on a channel", func(w *world) {
		w.posted("cl_1", "first", 0)
		w.sql(`DROP INDEX one_claim_a_clip`)
		w.posted("cl_2", "first", 0)
	}, heldTwice, false, false},
	{"a variant is in two hands, though it was asked for again", func(w *world) {
		w.claimed("cl_1", "first", 0)
		w.sql(`DROP INDEX one_claim_a_clip`)
		w.sql(`DROP INDEX one_hand_a_variant`)
		w.claimed("cl_2", "first", 0)
		w.sql(`UPDATE claims SET again = TRUE WHERE id = 'cl_2'`)
	}, heldTwice, false, false},
	{"a claim is posted at no time", func(w *world) {
		w.claimed("cl_1", "first", 0)
		w.sql(`UPDATE claims SET state = 'posted'`)
	}, postUndated, false, false},
	{"a post is not counted", func(w *world) {
		w.posted("cl_1", "first", 0)
		w.sql(`DELETE FROM post_names`)
	}, postUncounted, false, true},
	{"a post is not counted by what its platform calls it", func(w *world) {
		w.posted("cl_1", "first", 0)
		w.sql(`DELETE FROM post_names WHERE named = 'tiktok/cl_1'`)
	}, postUncounted, false, true},
	{"shares of a variant are counted to both its posts", func(w *world) {
		w.posted("cl_1", "first", 0)
		w.posted("cl_2", "second", 0)
		w.sql(`UPDATE post_names SET until_ms = ? WHERE named = ?`, int64(1)<<60, w.made()[0].ID)
	}, sharesMisdated, false, true},
	{"shares of a post are counted to none", func(w *world) {
		w.posted("cl_1", "first", 0)
		w.sql(`UPDATE post_names SET until_ms = 0 WHERE named = 'tiktok/cl_1'`)
	}, sharesMisdated, false, true},
	{"shares are counted to a post that there is not", func(w *world) {
		w.posted("cl_1", "first", 0)
		w.sql(`INSERT INTO post_names SELECT creator, named, 'cl_0', posted_ms - 1, until_ms FROM post_names WHERE named = 'tiktok/cl_1'`)
	}, sharesMisdated, false, true},
	{"nobody knows what a share is of", func(w *world) {
		w.told("tiktok/77")
		w.sql(`DELETE FROM share_subjects`)
	}, sharesUnnamed, false, false},

	{"a file that is promised is gone", func(w *world) { w.lose(w.output, w.promise().File) }, promisedGone, false, false},
	{"a file that is promised is gone while another is made", func(w *world) {
		w.lose(w.output, w.promise().File)
		m := w.moment()
		w.write(func(tx *catalog.Tx) error {
			_, err := tx.Enqueue(catalog.Work{Kind: pipeline.Publish, Subject: m.ID, Input: "i", Recording: m.Recording})
			return err
		})
	}, promisedGone, false, false},
	{"the poster of a file that is promised is gone", func(w *world) { w.lose(w.output, w.promise().Poster) }, promisedGone, false, false},
	{"a file that is promised is cut", func(w *world) {
		if err := os.Truncate(w.output.Path(w.promise().File), 1000); err != nil {
			w.t.Fatal(err)
		}
	}, promisedDamaged, false, false},
	{"a byte of a file that is promised is another", func(w *world) { w.flip(w.output, w.promise().File) }, promisedDamaged, true, false},
	{"a file that is promised was never whole", func(w *world) {
		r := w.promise()
		w.flip(w.output, r.File)
		body, err := os.ReadFile(w.output.Path(r.File))
		if err == nil {
			body = append(body[:len(body)/2], make([]byte, len(body)-len(body)/2)...)
			err = os.WriteFile(w.output.Path(r.File), body, 0o644)
		}
		if err != nil {
			w.t.Fatal(err)
		}
		r.Digest = storage.DigestBytes(body)
		w.write(func(tx *catalog.Tx) error { return tx.PutReady(r) })
	}, promisedDamaged, true, false},

	{"a made file is gone", func(w *world) { w.lose(w.output, w.made()[1].Made.Key) }, fileGone, false, true},
	{"a made file is cut", func(w *world) {
		if err := os.Truncate(w.output.Path(w.made()[1].Made.Key), 1000); err != nil {
			w.t.Fatal(err)
		}
	}, fileDamaged, false, true},
	{"a byte of a made file is another", func(w *world) { w.flip(w.output, w.made()[1].Made.Key) }, fileDamaged, true, true},
	{"a made file was never whole", func(w *world) { w.undecodable(1) }, fileUndecodable, true, true},
	{"a made file shows fewer frames", func(w *world) {
		w.putVariant(1, func(v *pipeline.Variant) { v.Made.Frames++ })
		w.putMoment(func(m *pipeline.Moment) { m.Published = nil })
	}, fileUndecodable, true, true},
	{"a poster is gone", func(w *world) { w.lose(w.output, w.made()[0].Made.Poster) }, posterGone, false, true},
	{"a byte of a poster is another", func(w *world) { w.flip(w.output, w.made()[0].Made.Poster) }, posterDamaged, true, true},
	{"captions are gone", func(w *world) { w.lose(w.output, w.firstUnder(w.output, "ada/", ".srt")) }, captionGone, false, true},
	{"captions are empty", func(w *world) {
		if err := os.Truncate(w.output.Path(w.firstUnder(w.output, "ada/", ".vtt")), 0); err != nil {
			w.t.Fatal(err)
		}
	}, captionDamaged, false, true},
	{"a byte of captions is another", func(w *world) { w.flip(w.output, w.firstUnder(w.output, "ada/", ".vtt")) }, captionDamaged, true, true},
	{"a manifest is gone", func(w *world) { w.lose(w.output, w.manifest()) }, manifestGone, false, true},
	{"a manifest is no JSON", func(w *world) {
		if err := os.WriteFile(w.output.Path(w.manifest()), []byte("{"), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}, manifestDamaged, false, true},
	{"a manifest is an old one", func(w *world) {
		body, err := os.ReadFile(w.output.Path(w.manifest()))
		text := strings.Replace(string(body), w.made()[1].Made.Digest, storage.DigestBytes([]byte("old")), 1)
		if err := errors.Join(err, os.WriteFile(w.output.Path(w.manifest()), []byte(text), 0o644)); err != nil {
			w.t.Fatal(err)
		}
	}, manifestDiffers, false, true},
	{"a recording's document is gone", func(w *world) { w.lose(w.output, w.subject().recording.Folder+"/recording.json") }, documentGone, false, true},
	{"a segment is gone", func(w *world) { w.lose(w.data, w.firstUnder(w.data, "segments/", "")) }, segmentGone, false, true},
	{"a byte of a segment is another", func(w *world) { w.flip(w.data, w.firstUnder(w.data, "segments/", "")) }, segmentDamaged, true, true},
	{"an excerpt is gone", func(w *world) { w.lose(w.data, w.newest().Key) }, excerptGone, false, true},
	{"a byte of an excerpt is another", func(w *world) { w.flip(w.data, w.newest().Key) }, excerptDamaged, true, true},
	{"an excerpt that was replaced is gone", func(w *world) {
		x := w.newest()
		x.ID, x.Key = "x_0", "excerpts/x_0"
		w.write(func(tx *catalog.Tx) error { return tx.PutExcerpt(x) })
	}, excerptGone, false, true},
	{"a sidecar is gone", func(w *world) { w.lose(w.data, w.firstUnder(w.data, "sidecars/", "")) }, sidecarGone, false, false},
	{"a byte of a sidecar is another", func(w *world) { w.flip(w.data, w.firstUnder(w.data, "sidecars/", "")) }, sidecarDamaged, true, false},

	{"a segment is reserved for work that is done", func(w *world) {
		w.sql(`INSERT INTO reservations (recipe, work_id) SELECT 'recipe', id FROM work WHERE kind = 'plan'`)
	}, reservationIdle, false, true},
	{"a worker died and nobody took over", func(w *world) {
		w.sql(`UPDATE work SET state = 'running', lease_ms = 1 WHERE id = ?`, w.enqueue("somebody"))
	}, leaseLapsed, false, true},
	{"a killed process left half a file", func(w *world) {
		if err := os.WriteFile(filepath.Join(w.folder, "store", ".dropcut-part-0"), []byte("half"), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}, halfLeft, false, true},
	{"a killed process left half a clip", func(w *world) {
		if err := os.WriteFile(w.output.Path(path.Dir(w.manifest())+"/.dropcut-part-0"), []byte("half"), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}, halfLeft, false, true},
}

// undecodable gives the n-th variant a file that nobody could have proved, with
// size, digest and name as they should be.
func (w *world) undecodable(n int) {
	v := w.made()[n]
	body, err := os.ReadFile(w.output.Path(v.Made.Key))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := len(body) / 2; i < len(body)/2+2000; i++ {
		body[i] ^= 0x55
	}
	digest := storage.DigestBytes(body)
	old := storage.Hex(v.Made.Digest)[:8]
	key := strings.Replace(v.Made.Key, "-"+old+".", "-"+storage.Hex(digest)[:8]+".", 1)
	if err := errors.Join(os.Remove(w.output.Path(v.Made.Key)), os.WriteFile(w.output.Path(key), body, 0o644)); err != nil {
		w.t.Fatal(err)
	}
	w.putVariant(n, func(v *pipeline.Variant) { v.Made.Key, v.Made.Digest = key, digest })
	w.putMoment(func(m *pipeline.Moment) { m.Published = nil })
}

func TestEveryBreakageIsFoundAndWhatCanBeIsMadeAgain(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range breakages {
		seen[c.code] = true
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.clean("before", CheckOptions{Deep: c.deep})
			c.does(w)
			if c.deep {
				w.clean("not looked at deeply", CheckOptions{})
			}
			found := w.check(CheckOptions{Deep: c.deep}).Findings
			for _, f := range found {
				if f.Code != c.code || f.Repaired || f.CanMend != c.mends || f.Promise != kinds[c.code].promise || f.Detail == "" || f.Repair == "" {
					t.Errorf("found %+v", f)
				}
			}
			if len(found) == 0 {
				t.Fatal("nothing was found")
			}
			r := w.check(CheckOptions{Deep: c.deep, Repair: true})
			if (r.Broken() == 0) != c.mends || len(r.Findings) != len(found) {
				t.Errorf("repaired: %+v", r.Findings)
			}
			if !c.mends {
				return
			}
			w.clean("once it is put to be made", CheckOptions{Deep: c.deep})
			if c.code == arrivalLost {
				w.look()
			}
			w.drainLine()
			w.clean("once it was made", CheckOptions{Deep: c.deep})
			if err := w.err(); err != nil {
				t.Error(err)
			}
		})
	}
	if missed := slices.DeleteFunc(slices.Clone(order), func(code string) bool { return seen[code] }); len(missed) > 0 {
		t.Errorf("nothing here breaks so that it is %v", missed)
	}
}

// drainLine does what is to be done, but for the rows that only a test made.
func (w *world) drainLine() {
	w.t.Helper()
	w.sql(`DELETE FROM work_waits`)
	w.sql(`DELETE FROM work WHERE input = 'i'`)
	w.drain()
}

var update = flag.Bool("update", false, "write docs/findings.md anew")

func TestThePageOfFindingsIsWhatTheCodeSays(t *testing.T) {
	t.Parallel()
	if len(order) != len(kinds) {
		t.Errorf("%d codes are in order, %d are known", len(order), len(kinds))
	}
	file := filepath.Join("..", "..", "docs", "findings.md")
	if *update {
		if err := os.WriteFile(file, []byte(Document()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(file)
	if err != nil || string(page) != Document() {
		t.Errorf("docs/findings.md is not what the code says; run go test ./pipeline/upkeep -update (%v)", err)
	}
}
