//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
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
	var doc struct{ Recordings []landed }
	v.ask(t, "GET", "/v1/recordings", &doc)
	return doc.Recordings
}

// TestASourceThatWasCutIsSaidAndTheWholeOneIsTaken: an upload that was cut off
// and looks finished, as some stores show it, is a failure with a reason; when
// the whole one comes it is taken, and nothing of the other is left over.
func TestASourceThatWasCutIsSaidAndTheWholeOneIsTaken(t *testing.T) {
	if testing.Short() {
		t.Skip("makes real clips")
	}
	want := quietService(t)
	s := openStall(t)
	s.drop(t, "ada")
	file := s.path("svc/recordings/ada/show.mp4")
	first := s.path("fast.mp4") // its index first, as a recorder that streams has it
	if out, err := exec.Command("ffmpeg", "-v", "error", "-i", file, "-c", "copy", "-movflags", "+faststart", first).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	whole, err := os.ReadFile(first)
	if err == nil {
		err = os.WriteFile(file, whole[:len(whole)*2/5], 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	v := s.serve(t)
	v.until(t, "failure", func() bool {
		all := v.list(t)
		return len(all) == 1 && all[0].State == "failed"
	})
	if f := v.list(t)[0].Failure; f == nil || f.Code != "source_truncated" || f.Hint == "" || f.Step == "" {
		t.Errorf("%+v", f)
	}
	if err := os.WriteFile(file, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	v.waits(t, "clips", func(all []inspect.Document) bool {
		return len(all) > 0 && isFinished(all[len(all)-1:], 1)
	})
	if all := v.known(t); outcomeOf(all[len(all)-1:]) != want {
		t.Errorf("it made:\n%s\nundisturbed:\n%s", outcomeOf(all), want)
	}
	v.leave(t)
}

// TestASourceThatIsOverwrittenIsNeverMixed: the recording is replaced by another
// of the same name while its moment is taken out of it. What is made of either
// is of one of them only.
func TestASourceThatIsOverwrittenIsNeverMixed(t *testing.T) {
	if testing.Short() {
		t.Skip("makes real clips")
	}
	s := openStall(t)
	s.drop(t, "ada")
	file := s.path("svc/recordings/ada/show.mp4")
	other := s.path("other.mp4")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-i", file, "-c", "copy", "-metadata", "title=another", "-t", "100", other).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	v := s.serve(t)
	v.waits(t, "marks", func(all []inspect.Document) bool { return len(all) == 1 && len(all[0].Moments) == 1 })
	if err := os.Rename(other, file); err != nil {
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
	if n := len(v.known(t)); n != 2 {
		t.Errorf("%d recordings are known", n)
	}
	v.leave(t)
}

// putMarked puts a recording and its mark into a store's source.
func (f *fleet) putMarked(t *testing.T, name string, body []byte) {
	t.Helper()
	for key, body := range map[string][]byte{name + ".txt": []byte("0:50-1:15 crowd\n"), name + ".mp4": body} {
		if _, err := f.bucket.Put(t.Context(), "in/ada/"+key, bytes.NewReader(body), ""); err != nil {
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
	faultstest.Tell(t, figures)
	f.leaves(t, "serve")
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
	for n := range faultstest.Scaled(1, 4) {
		name := fmt.Sprintf("show-%d", n)
		f.putMarked(t, name, append(one, fmt.Sprintf("\x00\x00\x00\x0cfree%4d", n)...)) // bytes that mean nothing: another recording each time
		f.members["serve"].until(t, "the first is taken", func() bool { return len(f.known(t)) == 2*n+1 })
		time.Sleep(moment())
		f.putMarked(t, name, append(other, fmt.Sprintf("\x00\x00\x00\x0cfree%4d", n)...))
		figures.Faults["overwrites"]++
		f.members["serve"].until(t, "both to end", func() bool { all := f.known(t); return len(all) == 2*n+2 && f.atRest(all) })
	}
	for i, d := range f.known(t) {
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
