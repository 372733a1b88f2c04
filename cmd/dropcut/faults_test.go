//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"dropcut/faultstest"
	"dropcut/pipeline"
	"dropcut/pipeline/inspect"
)

// waits until what is known of a service is so.
func (v *served) waits(t *testing.T, what string, so func([]inspect.Document) bool) {
	t.Helper()
	v.until(t, what, func() bool { return so(v.known(t)) })
}

// landed is what the API lists.
type landed struct {
	ID, Key, State string
	Failure        *pipeline.ManifestFailure
	Delayed        *pipeline.ManifestFailure
}

func (v *served) list(t *testing.T) []landed {
	t.Helper()
	var recordings, landings struct{ Data []landed }
	v.ask(t, "GET", "/v1/landings", &landings)
	v.ask(t, "GET", "/v1/recordings?limit=100", &recordings)
	return append(landings.Data, recordings.Data...)
}

// TestASourceThatWasCutIsSaidAndTheWholeOneIsTaken: an upload that was cut off
// and looks finished, as some stores show it, is a failure with a reason; when
// the whole one comes it is taken, and nothing of the other is left over.
func TestASourceThatWasCutIsSaidAndTheWholeOneIsTaken(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes real clips")
	}
	s := openStall(t)
	whole := s.streamed(t)
	want := quietServiceOf(t, whole)
	s.dropThis(t, "ada", whole[:len(whole)*2/5])
	v := s.serve(t)
	v.until(t, "end", func() bool {
		all := v.list(t)
		return len(all) == 1 && (all[0].State == "failed" || all[0].State == "no_moment")
	})
	if f := v.list(t)[0].Failure; f == nil || f.Code != "source_truncated" || f.Hint == "" || f.Step == "" {
		t.Errorf("%+v", f)
	}
	s.dropThis(t, "ada", whole)
	v.waits(t, "clips", func(all []inspect.Document) bool {
		return len(all) > 0 && isFinished(all[len(all)-1:], 1)
	})
	if all := v.known(t); outcomeOf(all[len(all)-1:]) != want.outcome {
		t.Errorf("it made:\n%s\nundisturbed:\n%s", outcomeOf(all), want.outcome)
	}
	v.leave(t)
	equal(t, s.ledger(t), want.ledger)
}

// TestASourceThatIsOverwrittenIsNeverMixed: the recording is replaced by another
// of the same name while its moment is taken out of it. What is made of either
// is of one of them only.
func TestASourceThatIsOverwrittenIsNeverMixed(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes real clips")
	}
	s := openStall(t)
	other := s.streamed(t)
	want := quietServiceOf(t, other).ledger
	s.drop(t, "ada")
	v := s.serve(t)
	v.waits(t, "marks", func(all []inspect.Document) bool { return len(all) == 1 && len(all[0].Moments) == 1 })
	if err := os.Rename(s.path("streamed.mp4"), s.path("svc/recordings/ada/show.mp4")); err != nil {
		t.Fatal(err)
	}
	v.waits(t, "both to end", func(all []inspect.Document) bool {
		if len(all) != 2 {
			return false
		}
		for _, d := range all {
			if d.Progress == nil || d.Progress.Running+d.Progress.Waiting > 0 || d.State != pipeline.RecordingDone && len(d.Failed) == 0 {
				return false
			}
		}
		return true
	})
	for i, d := range v.known(t) {
		if i == 1 && d.State != pipeline.RecordingDone {
			t.Errorf("the one that stands now is %s: %+v", d.State, d.Failed)
		}
		for _, f := range d.Failed {
			if f.Code != "recording_changed" && f.Code != "source_gone" {
				t.Errorf("%s: %+v", d.Recording.ID, f)
			}
		}
	}
	time.Sleep(time.Second) // nothing begins anew by itself
	all := v.known(t)
	if n := len(all); n != 2 {
		t.Errorf("%d recordings are known", n)
	}
	v.leave(t)
	if all[0].State == pipeline.RecordingDone && len(all[0].Failed) == 0 {
		want = want.and(quietLedger(t))
	}
	equal(t, s.ledger(t), want)
}

// putMarked puts a recording and its mark into a store's source.
func (f *fleet) putMarked(t *testing.T, name string, body []byte) {
	t.Helper()
	for _, d := range marked(name, body) {
		if _, err := f.bucket.Put(t.Context(), "in/ada/"+d.name, bytes.NewReader(d.body), ""); err != nil {
			t.Fatal(err)
		}
	}
}

// streamed is the show with its index first, as a recorder that streams has it.
func (s stall) streamed(t *testing.T) []byte {
	t.Helper()
	first := s.path("streamed.mp4")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-i", s.path("show.mp4"), "-c", "copy", "-movflags", "+faststart", first).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	body, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestEveryCutRecordingInAStoreIsSaid: some stores show an upload that was cut
// off as if it were whole, only shorter.
func TestEveryCutRecordingInAStoreIsSaid(t *testing.T) {
	f := openFleet(t)
	whole := f.streamed(t)
	f.begin(t, "serve")
	cuts := faultstest.Scaled(2, 40)
	for n, part := range faultstest.Rand(t).Perm(190)[:cuts] { // never the same bytes twice: that is one recording
		f.putMarked(t, fmt.Sprintf("cut-%d", n), whole[:len(whole)*(200+part)/1000])
	}
	figures := faultstest.Figures{Faults: map[string]int{"cut recordings": cuts}}
	defer func() {
		if t.Failed() {
			for _, d := range f.known(t) {
				t.Logf("%s is %s: %+v, %+v", d.Recording.Key, d.State, d.Progress, d.Failed)
			}
		}
	}()
	f.members["serve"].until(t, "all failures", func() bool {
		figures.Done = 0
		for _, d := range f.known(t) {
			if d.State == pipeline.RecordingFailed {
				figures.Done++
			}
		}
		return figures.Done == cuts
	})
	for _, d := range f.known(t) {
		if len(d.Failed) == 0 || d.Failed[0].Code != "source_truncated" || d.Failed[0].Hint == "" {
			t.Errorf("%s: %+v", d.Recording.Key, d.Failed)
		}
	}
	f.drops(t, "ada") // and a whole one beside them
	f.members["serve"].until(t, "the whole one", func() bool {
		all := f.known(t)
		return len(all) == cuts+1 && isFinished(all[cuts:], 1)
	})
	f.leaves(t, "serve")
	equal(t, f.ledger(t), quietLedger(t))
	faultstest.Tell(t, figures)
}

// TestARecordingThatIsOverwrittenInAStoreIsNeverMixed: as in a folder, again and
// again at another moment of the work.
func TestARecordingThatIsOverwrittenInAStoreIsNeverMixed(t *testing.T) {
	if faultstest.Times() == 1 {
		t.Skip("make faults")
	}
	f := openFleet(t)
	moment := moments(t, 5*time.Second)
	one := f.streamed(t)
	other, err := os.ReadFile(f.path("show.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	f.begin(t, "serve")
	f.begin(t, "work-1")
	figures := faultstest.Figures{Faults: map[string]int{}}
	var shows [][]byte
	for n := range faultstest.Scaled(1, 4) {
		name := fmt.Sprintf("show-%d", n)
		mark := fmt.Sprintf("\x00\x00\x00\x0cfree%4d", n) // bytes that mean nothing: another recording each time
		shows = append(shows, slices.Concat(one, []byte(mark)), slices.Concat(other, []byte(mark)))
		f.putMarked(t, name, shows[2*n])
		f.members["serve"].until(t, "the first is taken", func() bool { return len(f.known(t)) == 2*n+1 })
		time.Sleep(moment())
		f.putMarked(t, name, shows[2*n+1])
		figures.Faults["overwrites"]++
		f.members["serve"].until(t, "both to end", func() bool { all := f.known(t); return len(all) == 2*n+2 && f.atRest(all) })
	}
	all := f.known(t)
	for i, d := range all {
		for _, x := range d.Failed {
			if x.Code != "recording_changed" && x.Code != "source_gone" {
				t.Errorf("%s: %+v", d.Recording.Key, x)
			}
		}
		if i%2 == 1 && d.State != pipeline.RecordingDone {
			t.Errorf("the one that stands now is %s: %+v", d.State, d.Failed)
		}
		figures.Done++
	}
	f.sound(t)
	for name := range f.members {
		f.leaves(t, name)
	}
	var want account
	for i, d := range all {
		if d.State == pipeline.RecordingDone && len(d.Failed) == 0 {
			want = want.and(quietServiceOf(t, shows[i]).ledger)
		}
	}
	equal(t, f.ledger(t), want)
	faultstest.Tell(t, figures)
}

// atRest reports whether nothing is to be done for any of them.
func (f *fleet) atRest(all []inspect.Document) bool {
	for _, d := range all {
		if d.Progress == nil || d.Progress.Running+d.Progress.Waiting > 0 || d.State != pipeline.RecordingDone && len(d.Failed) == 0 {
			return false
		}
	}
	return true
}
