//go:build linux

package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/pipeline/ffmpeg"
	"dropcut/pipeline/inspect"
	"dropcut/pipeline/upkeep"
	"dropcut/storage"
	"dropcut/storage/catalog"
)

// account is what stands after a service, in words that are the same for whoever
// was given the same: each made variant with its recipes, and how many things of
// each kind lie about. Of a recording that failed nothing does.
type account struct {
	made []string
	lies map[string]int
}

func (a account) String() string { return strings.Join(a.made, "\n") + fmt.Sprintf("\n%v", a.lies) }

// and is what stands where both were made.
func (a account) and(o account) account {
	out := account{made: slices.Sorted(slices.Values(slices.Concat(a.made, o.made))), lies: maps.Clone(a.lies)}
	if out.lies == nil {
		out.lies = map[string]int{}
	}
	for what, n := range o.lies {
		out.lies[what] += n
	}
	return out
}

// ledger has a service at rest checked, as fsck does, and what nothing names
// removed, as gc does without grace. It gives what stands then.
func ledger(t *testing.T, p premises) account {
	t.Helper()
	all, leave, err := visit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	if all.FFmpeg, err = ffmpeg.New(ffmpegConfig()); err != nil {
		t.Fatal(err)
	}
	report, err := upkeep.Check(t.Context(), all, upkeep.CheckOptions{Deep: faultstest.Times() > 1, Pause: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		t.Errorf("fsck: %s %s %s: %s", f.Promise, f.Code, f.Subject, f.Detail)
	}
	if _, err := upkeep.Collect(t.Context(), all, upkeep.CollectOptions{Grace: upkeep.NoGrace}); err != nil {
		t.Fatal(err)
	}
	made, lies, segments := map[string]pipeline.Manifest{}, map[string]int{}, map[string]bool{}
	for name, b := range map[string]storage.Bucket{"of clips": all.Output, "of data": all.Data} {
		for _, key := range keys(t, b) {
			if strings.HasPrefix(key, "segments/") {
				segments[key] = true
			}
			if what := kindOf(key); what != "" && (name == "of clips") == (strings.Contains(key, "/shows/")) {
				lies[what]++
			}
			if path.Base(key) == "manifest.json" && name == "of clips" {
				made[path.Dir(key)] = readManifest(t, b, key)
			}
		}
	}
	lies["segments"] = pieces(t, all, segments)
	return account{nameless(signature(made)), lies}
}

// pieces is how many segments and sounds stand: one for each recipe that is
// known, and each that lies there unknown. They are not counted as files, since
// two recordings of the same pictures, or the same sound, may come to the same
// bytes.
func pieces(t *testing.T, p upkeep.Premises, lying map[string]bool) int {
	t.Helper()
	recipes, unknown := map[string]bool{}, maps.Clone(lying)
	err := p.Catalog.Read(t.Context(), func(tx *catalog.Tx) error {
		all, err := tx.SegmentsAfter("", "", 1<<20)
		for _, s := range all {
			recipes[s.Recipe] = true
			delete(unknown, storage.SegmentKey(s.Digest))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(recipes) + len(unknown)
}

// kindOf is what a key is counted as: by its folder in a store (segments: see pieces), by its ending
// among clips, or as the document it is. What came with a recording stays an
// hour whatever happens.
func kindOf(key string) string {
	first, _, _ := strings.Cut(key, "/")
	switch {
	case path.Ext(key) == ".json":
		return path.Base(key)
	case strings.Contains(key, "/shows/"):
		return path.Ext(key)
	case first == "excerpts" || first == "words":
		return first
	}
	return ""
}

func keys(t *testing.T, b storage.Bucket) (out []string) {
	t.Helper()
	if err := b.List(t.Context(), "", func(o storage.Object) bool { out = append(out, o.Key); return true }); err != nil {
		t.Fatal(err)
	}
	return out
}

func readManifest(t *testing.T, b storage.Bucket, key string) (m pipeline.Manifest) {
	t.Helper()
	r, err := b.OpenRange(t.Context(), key, "", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// nameless is a signature without the folders, which hold IDs.
func nameless(signature string) (out []string) {
	for line := range strings.Lines(signature) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		out = append(out, rest)
	}
	slices.Sort(out)
	return out
}

// ledger is that of the stall's service.
func (s stall) ledger(t *testing.T) account {
	t.Helper()
	return ledger(t, placed(s.path("svc"), "", "", ""))
}

// same checks that a service that was disturbed has made what a quiet one makes.
func (s stall) same(t *testing.T) {
	t.Helper()
	equal(t, s.ledger(t), quietLedger(t))
}

func equal(t *testing.T, got, want account) {
	t.Helper()
	if got.String() != want.String() {
		t.Errorf("after gc there is:\n%s\nundisturbed:\n%s", got, want)
	}
}

// tellMade says how many clips stand and what happened on the way.
func tellMade(t *testing.T, known []inspect.Document, want string, faults map[string]int) {
	t.Helper()
	got := outcomeOf(known)
	figures := faultstest.Figures{Faults: faults}
	for line := range strings.Lines(want) {
		switch n := strings.Count("\n"+got+"\n", "\n"+strings.TrimSpace(line)+"\n"); n {
		case 0:
			figures.Lost++
		default:
			figures.Done++
			figures.Doubled += n - 1
		}
	}
	if got != want {
		t.Errorf("it made:\n%s\nundisturbed:\n%s", got, want)
	}
	faultstest.Tell(t, figures)
}

// inHand reports whether a service has work of a kind in hand, or has had.
func (s stall) inHand(t *testing.T, db *sql.DB, kind pipeline.Step) bool {
	t.Helper()
	var n int
	if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM work WHERE kind = ? AND state IN ('running', 'done')`, string(kind)).Scan(&n); err != nil {
		return false // not made yet
	}
	return n > 0
}
