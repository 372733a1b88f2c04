//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/inspect"
	"dropcut/storage"
	"dropcut/storage/catalog"
	"dropcut/workers/traces/tracestest"
)

// served is a serve as a process of its own, over one data folder.
type served struct {
	stall
	*running
	address string
}

// listening is what serve says once it answers.
var listening = regexp.MustCompile(`"msg":"listening","address":"(http://[0-9.:]+)","for":"api"`)

// serve starts one over the stall's folder "svc" and waits until it answers.
func (s stall) serve(t *testing.T, more ...string) *served {
	t.Helper()
	return s.serveWith(t, nil, more...)
}

// serveWith is serve with more in the environment.
func (s stall) serveWith(t *testing.T, environment map[string]string, more ...string) *served {
	t.Helper()
	v := &served{stall: s}
	v.running = s.startWith(t, environment, append([]string{"serve", "--data", "svc", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--every", "200ms", "--settle", "300ms"}, more...)...)
	v.until(t, "address", func() bool {
		if m := listening.FindStringSubmatch(v.talk.String()); m != nil {
			v.address = m[1]
		}
		return v.address != ""
	})
	return v
}

// drop copies the show and its mark into a creator's folder, the mark first.
func (s stall) drop(t *testing.T, creator string) {
	t.Helper()
	show, err := os.ReadFile(s.path("show.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	s.dropThis(t, creator, show)
}

// dropThis is drop of another show.
func (s stall) dropThis(t *testing.T, creator string, show []byte) {
	t.Helper()
	folder := s.path("svc/recordings/" + creator)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range marked("show", show) {
		if err := os.WriteFile(filepath.Join(folder, f.name), f.body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// dropped is one file of what a creator drops.
type dropped struct {
	name string
	body []byte
}

// marked is a recording and what lies beside it, the recording last: one core
// and one short, since more of them break in no other way.
func marked(name string, recording []byte) []dropped {
	return []dropped{{".dropcut.yaml", []byte("shorts: 1\n")}, {name + ".txt", []byte("0:50-1:15 crowd\n")}, {name + ".mp4", recording}}
}

// known is what the service's catalogue knows, read beside it.
func (s stall) known(t *testing.T) (out []inspect.Document) {
	t.Helper()
	if _, err := os.Stat(s.path("svc/catalog.db")); err != nil {
		return nil
	}
	db, err := catalog.Open(t.Context(), s.path("svc/catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(t.Context(), func(tx *catalog.Tx) error {
		out = nil
		all, err := tx.Recordings()
		for _, r := range all {
			doc, e := inspect.Recording(tx, r.ID)
			out, err = append(out, doc), errors.Join(err, e)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// finished reports whether everything that was asked of so many recordings is done.
func (s stall) finished(t *testing.T, recordings int) bool {
	t.Helper()
	return isFinished(s.known(t), recordings)
}

func isFinished(all []inspect.Document, recordings int) bool {
	if len(all) != recordings {
		return false
	}
	for _, d := range all {
		if d.Progress == nil || d.Progress.Running+d.Progress.Waiting > 0 || d.State != pipeline.RecordingDone {
			return false
		}
	}
	return true
}

// outcomeOf is what two services have in common that were given the same: their
// made variants by where they lie in the show and what they were made from.
func outcomeOf(all []inspect.Document) string {
	var out []string
	for _, d := range all {
		for _, m := range d.Moments {
			for _, c := range m.Clips {
				for _, v := range c.Variants {
					if v.State == pipeline.VariantMade {
						out = append(out, fmt.Sprintf("%s %s %d-%d %s %d-%d %s %s %s %q", d.Creator, d.Recording.Key, m.StartMS, m.EndMS, c.Kind, c.InMS, c.OutMS, v.Aspect, v.Layout, v.Style, v.Hook))
					}
				}
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// sound checks that every made variant has its file with the bytes it says, and
// that no file lies there that nobody names.
func (s stall) sound(t *testing.T) {
	t.Helper()
	named := map[string]bool{}
	for _, d := range s.known(t) {
		for _, m := range d.Moments {
			if m.Manifest == "" {
				t.Errorf("moment %s is %s and has no manifest", m.ID, m.State)
				continue
			}
			var doc pipeline.Manifest
			body, err := os.ReadFile(s.path("svc/clips/" + m.Manifest))
			if err == nil {
				err = json.Unmarshal(body, &doc)
			}
			if err != nil {
				t.Fatal(err)
			}
			named[m.Manifest] = true
			folder := filepath.Dir(m.Manifest)
			named[filepath.Dir(filepath.Dir(folder))+"/recording.json"] = true
			s.files(t, folder, doc, named)
		}
	}
	for _, name := range files(t, s.path("svc/clips")) {
		if !named[name] {
			t.Errorf("%s is named in no manifest", name)
		}
	}
}

func (s stall) files(t *testing.T, folder string, doc pipeline.Manifest, named map[string]bool) {
	t.Helper()
	for _, c := range doc.Clips {
		for _, x := range c.Captions {
			named[folder+"/"+x.SRT], named[folder+"/"+x.VTT] = true, true
		}
		named[folder+"/"+c.Poster] = true
		for _, v := range c.Variants {
			if v.File == "" {
				continue
			}
			named[folder+"/"+v.File] = true
			if got, n, err := storage.DigestFile(s.path("svc/clips/" + folder + "/" + v.File)); err != nil || got != v.Digest || n != v.Bytes {
				t.Errorf("%s: %v; %d bytes of %d, digest %s, want %s", v.File, err, n, v.Bytes, got, v.Digest)
			}
		}
	}
}

// undisturbedService is what a service makes of a show that nobody disturbs.
type undisturbedService struct {
	outcome string
	ledger  account
}

// servedBefore is by the show's digest. Who asks while it is made waits.
var servedBefore = struct {
	sync.Mutex
	made map[string]undisturbedService
}{made: map[string]undisturbedService{}}

// quietServiceOf is what an undisturbed service makes of a show, once for all tests.
func quietServiceOf(t *testing.T, show []byte) undisturbedService {
	t.Helper()
	name := storage.DigestBytes(show)
	servedBefore.Lock()
	defer servedBefore.Unlock()
	if u, ok := servedBefore.made[name]; ok {
		return u
	}
	s := openStall(t)
	s.dropThis(t, "ada", show)
	v := s.serve(t)
	v.until(t, "clips", func() bool { return s.finished(t, 1) })
	s.sound(t)
	u := undisturbedService{outcome: outcomeOf(s.known(t))}
	v.leave(t)
	u.ledger = s.ledger(t)
	if u.outcome == "" {
		t.Fatal("the undisturbed service made nothing")
	}
	servedBefore.made[name] = u
	return u
}

// quietService is what an undisturbed service makes of the show.
func quietService(t *testing.T) string {
	t.Helper()
	show, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return quietServiceOf(t, show).outcome
}

// quietLedger is what lies about after it.
func quietLedger(t *testing.T) account {
	t.Helper()
	show, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return quietServiceOf(t, show).ledger
}

// leave tells a service to stop and checks how it does.
func (v *served) leave(t *testing.T) {
	t.Helper()
	if err := v.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if e := v.end(t, 30*time.Second); e.code != exitMade {
		t.Errorf("a service that is told to stop ends with %d: %s", e.code, e.talk)
	}
	if left := v.processes(); len(left) > 0 {
		t.Errorf("still there: %v", left)
	}
}

// TestARecordingThatIsDroppedBecomesClips walks what a creator, an editor and a
// program see of one recording: clips appear, the first short before the rest;
// changes are told; a file is had by a link; a variant that was only offered is
// made; words that come later are laid over.
func TestARecordingThatIsDroppedBecomesClips(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes real clips")
	}
	s := openStall(t)
	traces := tracestest.New(t)
	v := s.serveWith(t, tracedTo(traces), "--gc-every", "1s", "--every", "1h") // the folder's events ring
	told := v.events(t)
	s.drop(t, "ada")
	v.until(t, "clips", func() bool { return s.finished(t, 1) })
	s.sound(t)
	doc := s.known(t)[0]
	if doc.Creator != "ada" || len(doc.Moments) != 1 || doc.Moments[0].State != pipeline.MomentMade {
		t.Fatalf("%+v", doc)
	}
	if first := firstMade(told()); first == "" || kindOfVariant(doc, first) != pipeline.Short {
		t.Errorf("the first that was made is %s, a %s", first, kindOfVariant(doc, first))
	}
	v.counts(t)
	var listing struct{ Data []struct{ ID, State string } }
	if v.ask(t, "GET", "/v1/recordings", &listing); len(listing.Data) != 1 || listing.Data[0].State != "done" {
		t.Errorf("%+v", listing)
	}
	v.tellsHowFar(t, doc)
	v.fetches(t, doc)
	v.makesWhatIsOffered(t, doc)
	srt := "1\n00:00:52,000 --> 00:00:55,000\nfifty pieces of the night drop\n\n2\n00:01:00,000 --> 00:01:03,000\nand they are gone\n"
	if err := os.WriteFile(s.path("svc/recordings/ada/show.srt"), []byte(srt), 0o644); err != nil {
		t.Fatal(err)
	}
	v.until(t, "captions", func() bool {
		d := s.known(t)[0]
		return s.finished(t, 1) && slices.ContainsFunc(d.Moments[0].Clips[0].Variants, func(x inspect.Variant) bool {
			return x.State == pipeline.VariantMade && x.Style != "none"
		})
	})
	s.sound(t)
	v.leave(t)
	isTraced(t, traces, doc.Recording.ID)
	if n := strings.Count(v.talk.String(), `"removed what nobody needs"`); n < 2 || strings.Contains(v.talk.String(), "was not removed") {
		t.Errorf("what nobody needs was removed %d times", n)
	}
}

// metrics is the page that Prometheus reads.
func (v *served) metrics(t *testing.T) string {
	t.Helper()
	at := regexp.MustCompile(`"address":"(http://[0-9.:]+)","for":"metrics"`).FindStringSubmatch(v.talk.String())
	if at == nil {
		t.Fatal("metrics are read nowhere")
	}
	answer, err := http.Get(at[1])
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// counts reads the metrics: they say what the test saw.
func (v *served) counts(t *testing.T) {
	t.Helper()
	text := v.metrics(t)
	for _, want := range []string{`dropcut_clips_made_total\{kind="short"\} [1-9]`, `dropcut_frames_encoded_total [1-9]`, `dropcut_frames_wanted_total [1-9]`, `dropcut_frames_missing_total [1-9]`, `dropcut_recording_bytes_read_total [1-9]`,
		`dropcut_step_seconds_count\{outcome="done",step="publish"\} 1`, `dropcut_work\{state="due",urgency="first"\} 0`, `dropcut_claimed_total [1-9]`, `dropcut_refused_total 0`} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("no %s in:\n%s", want, text)
		}
	}
}

func firstMade(all []string) string {
	for _, e := range all {
		if id, ok := strings.CutPrefix(e, "variant.made "); ok {
			return id
		}
	}
	return ""
}

func kindOfVariant(doc inspect.Document, id string) pipeline.ClipKind {
	for _, m := range doc.Moments {
		for _, c := range m.Clips {
			for _, v := range c.Variants {
				if v.ID == id {
					return c.Kind
				}
			}
		}
	}
	return ""
}

// events follows what is told until the test ends.
func (v *served) events(t *testing.T) func() []string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", v.address+"/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+v.token(t))
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var all []string
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		kind := ""
		for lines.Scan() {
			if k, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				kind = k
			} else if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var e struct{ ID string }
				_ = json.Unmarshal([]byte(text), &e)
				mu.Lock()
				all = append(all, kind+" "+e.ID)
				mu.Unlock()
			}
		}
	}()
	t.Cleanup(func() { stop(); <-ended })
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// fetches a made file by a link, whole and in part, and not by a forged one.
func (v *served) fetches(t *testing.T, doc inspect.Document) {
	t.Helper()
	made := doc.Moments[0].Clips[0].Variants[slices.IndexFunc(doc.Moments[0].Clips[0].Variants, func(x inspect.Variant) bool { return x.State == pipeline.VariantMade })]
	var link struct{ URL, Digest string }
	v.ask(t, "GET", "/v1/variants/"+made.ID+"/link", &link)
	get := func(url, ranged string) (int, []byte) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if ranged != "" {
			req.Header.Set("Range", ranged)
		}
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, body
	}
	status, whole := get(link.URL, "")
	if status != http.StatusOK || storage.DigestBytes(whole) != link.Digest {
		t.Errorf("%s: %d, %d bytes", link.URL, status, len(whole))
	}
	if status, part := get(link.URL, "bytes=100-199"); status != http.StatusPartialContent || !bytes.Equal(part, whole[100:200]) {
		t.Errorf("a range: %d, %d bytes", status, len(part))
	}
	if status, _ := get(strings.Replace(link.URL, "until=", "until=9", 1), ""); status != http.StatusForbidden {
		t.Errorf("a forged link: %d", status)
	}
}

// makesWhatIsOffered asks for the first short in another aspect, as `dropcut
// make` does.
func (v *served) makesWhatIsOffered(t *testing.T, doc inspect.Document) {
	t.Helper()
	var id string
	for _, c := range doc.Moments[0].Clips {
		for _, x := range c.Variants {
			if id == "" && x.State == pipeline.VariantOffered && x.Aspect == "1:1" {
				id = x.ID
			}
		}
	}
	if e := v.run(t, exitMade, "inspect", "--server", v.address, "--data", "svc", doc.Recording.ID); !strings.Contains(e.said, "    "+id+"  offered") {
		t.Errorf("inspect does not list what is offered:\n%s", e.said)
	}
	if e := v.run(t, exitMade, "make", "--server", v.address, "--data", "svc", id); !strings.Contains(e.talk, id) {
		t.Errorf("%s", e.talk)
	}
	v.until(t, "the variant that was asked for", func() bool {
		for _, c := range v.known(t)[0].Moments[0].Clips {
			for _, x := range c.Variants {
				if x.ID == id && x.State == pipeline.VariantMade {
					return v.finished(t, 1)
				}
			}
		}
		return false
	})
	v.sound(t)
	if e := v.run(t, exitNotFound, "make", "--server", v.address, "--data", "svc", "v_none"); !strings.Contains(e.talk, "no such variant") {
		t.Errorf("%s", e.talk)
	}
}
