//go:build linux

package main

import (
	"os"
	"os/exec"
	"testing"
	"time"

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
