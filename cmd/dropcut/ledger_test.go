//go:build linux

package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
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
)

// ledger has a service at rest checked, as fsck does, and what nothing names
// removed, as gc does without grace. It gives what stands then, in words that
// are the same for whoever was given the same: each made variant with its
// recipes, and how many things of each kind lie about.
func ledger(t *testing.T, p premises) string {
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
	made, lies := map[string]pipeline.Manifest{}, map[string]int{}
	for name, b := range map[string]storage.Bucket{"of clips": all.Output, "of data": all.Data} {
		for _, key := range keys(t, b) {
			if what := kindOf(key); what != "" && (name == "of clips") == (strings.Contains(key, "/shows/")) {
				lies[what]++
			}
			if path.Base(key) == "manifest.json" && name == "of clips" {
				made[path.Dir(key)] = readManifest(t, b, key)
			}
		}
	}
	return strings.Join(nameless(signature(made)), "\n") + fmt.Sprintf("\n%v", lies)
}

// kindOf is what a key is counted as: by its folder in a store, by its ending
// among clips. What came with a recording stays an hour whatever happens.
func kindOf(key string) string {
	first, _, _ := strings.Cut(key, "/")
	switch {
	case strings.Contains(key, "/shows/"):
		return path.Ext(key)
	case first == "segments" || first == "excerpts" || first == "words":
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
func (s stall) ledger(t *testing.T) string {
	t.Helper()
	return ledger(t, placed(s.path("svc"), "", "", ""))
}

// same checks that a service that was disturbed has made what a quiet one makes.
func (s stall) same(t *testing.T) {
	t.Helper()
	if got, want := s.ledger(t), quietLedger(t); got != want {
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
